//! A suite: api descriptions and scenario files, found, parsed, and expanded for a target.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexMap;

use super::Case;
use super::coverage::Named;
use super::expand::{Rigour, expand_file};
use super::plain::plain;
use super::plan::{LoadPlan, read_plan};
use super::read::{FileSource, read_file};
use super::search::{Search, searches};
use crate::api::Api;
use crate::source::{Diagnostic, Diagnostics, Document, Node, embedded_digest, embedded_files};
use crate::target::Declared;

/// Where a suite is from, as the header of a run says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Compiled into the binary; the digest identifies it.
    Embedded {
        /// The first 12 hexadecimal digits of a SHA-256.
        digest: String,
    },
    /// Read from these paths.
    Paths(Vec<PathBuf>),
}

/// Api descriptions and cases as written.
#[derive(Debug)]
pub struct Suite {
    /// Where it is from.
    pub origin: Origin,
    /// All known apis by name, in the order of their names.
    pub apis: IndexMap<String, Arc<Api>>,
    /// The load plans, in the order of their names.
    pub plans: Vec<LoadPlan>,
    files: Vec<FileSource>,
    rigour: Rigour,
}

/// Why a suite could not be read.
#[derive(Debug)]
pub enum SuiteError {
    /// A path cannot be read.
    Path {
        /// The path as given.
        path: PathBuf,
        /// The system's reason.
        reason: String,
    },
    /// The paths hold no scenario file.
    Empty(Vec<PathBuf>),
    /// Mistakes in the files.
    Mistakes(Diagnostics),
}

/// A file's name as shown, its stem in addresses, and its text.
struct Text {
    name: String,
    stem: String,
    text: String,
}

impl Suite {
    /// The suite in these paths, or the embedded one where there are none.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn chosen(paths: &[PathBuf]) -> Result<Self, SuiteError> {
        if paths.is_empty() { Self::embedded() } else { Self::from_paths(paths) }
    }

    /// The suite that is compiled into the binary.
    ///
    /// # Errors
    /// Mistakes in it, which the tests rule out.
    pub fn embedded() -> Result<Self, SuiteError> {
        let origin = Origin::Embedded { digest: embedded_digest() };
        Self::read(origin, embedded_texts(), Rigour::RequirementsMandatory, IndexMap::new())
    }

    /// The suite in these files and directories; apis that they do not describe are the embedded ones. Where they hold load
    /// plans and no scenario, the cases of those plans are the embedded ones too.
    ///
    /// # Errors
    /// Paths that cannot be read, and every mistake in every file.
    pub fn from_paths(paths: &[PathBuf]) -> Result<Self, SuiteError> {
        let mut texts = Vec::new();
        for path in paths {
            collect(path, path, &mut texts)?;
        }
        if texts.is_empty() {
            return Err(SuiteError::Empty(paths.to_vec()));
        }
        let (descriptions, embedded): (Vec<Text>, Vec<Text>) = embedded_texts().into_iter().partition(Text::is_api);
        if texts.iter().any(Text::is_plan) && !texts.iter().any(Text::is_scenario) {
            texts.extend(embedded.into_iter().filter(Text::is_scenario));
        }
        let known = read_apis(&descriptions).map_err(SuiteError::Mistakes)?;
        let known = known.into_iter().map(|(name, (api, _))| (name, api)).collect();
        Self::read(Origin::Paths(paths.to_vec()), texts, Rigour::RequirementsOptional, known)
    }

    fn read(
        origin: Origin,
        texts: Vec<Text>,
        rigour: Rigour,
        mut apis: IndexMap<String, Arc<Api>>,
    ) -> Result<Self, SuiteError> {
        let (descriptions, scenarios): (Vec<Text>, Vec<Text>) = texts.into_iter().partition(Text::is_api);
        let mut mistakes = Diagnostics::new();
        let described = mistakes.take_all(read_apis(&descriptions)).unwrap_or_default();
        apis.extend(described.iter().map(|(name, (api, _))| (name.clone(), Arc::clone(api))));
        let mut plans = Vec::new();
        for text in scenarios.iter().filter(|text| text.is_plan()) {
            let name = text.stem.trim_end_matches(".load").to_owned();
            match Document::parse(&text.name, &text.text).and_then(|document| read_plan(&document, name)) {
                Ok(plan) => plans.push(plan),
                Err(found) => mistakes.extend(found),
            }
        }
        let mut files = Vec::new();
        for text in scenarios.iter().filter(|text| text.is_scenario()) {
            match Document::parse(&text.name, &text.text).and_then(|document| read_file(&document, text.stem.clone())) {
                Ok(file) => files.push(file),
                Err(found) => mistakes.extend(found),
            }
        }
        if !mistakes.is_empty() {
            return Err(SuiteError::Mistakes(mistakes));
        }
        apis.sort_keys();
        let suite = Self { origin, apis, plans, files, rigour };
        suite.check(&described).map_err(SuiteError::Mistakes)?;
        suite.check_plans().map_err(SuiteError::Mistakes)?;
        Ok(suite)
    }

    /// Expands the cases of one api for a target that declares this about itself.
    ///
    /// # Errors
    /// Mistakes that only these declarations bring out.
    pub fn cases(&self, api: &Api, declared: &Declared) -> Result<Vec<Case>, Diagnostics> {
        let mut mistakes = Diagnostics::new();
        let mut cases = Vec::new();
        for file in self.files.iter().filter(|file| file.head.api == api.name) {
            cases.extend(expand_file(file, api, declared, self.rigour, &mut mistakes));
        }
        mistakes.into_result(cases)
    }

    /// The api's plain accepted request as a case.
    ///
    /// # Errors
    /// What is wrong with it in the api's description.
    pub fn plain(&self, api: &Api, declared: &Declared) -> Result<Case, Diagnostics> {
        let text = Arc::new(crate::source::SourceText { name: api.place.file.clone(), text: String::new() });
        plain(api, declared).map_err(|message| Diagnostic::new(&text, 0..0, message).into())
    }

    /// What can be searched of one api: characteristics that no single case shows. They belong to the shipped suite:
    /// whoever gives paths wants what is in them, and nothing else sent.
    ///
    /// # Errors
    /// As [`Suite::plain`].
    pub fn searches(&self, api: &Api, declared: &Declared) -> Result<Vec<Search>, Diagnostics> {
        match self.origin {
            Origin::Embedded { .. } => Ok(searches(api, declared, &self.plain(api, declared)?)),
            Origin::Paths(_) => Ok(Vec::new()),
        }
    }

    /// The apis that have at least one scenario file.
    pub fn tested_apis(&self) -> impl Iterator<Item = &Arc<Api>> {
        self.apis.values().filter(|api| self.files.iter().any(|file| file.head.api == api.name))
    }

    /// Every mistake of meaning, in every file, addresses that stand twice, and rules of the apis that are described
    /// here which are not covered as they should be.
    fn check(&self, described: &Apis) -> Result<(), Diagnostics> {
        let mut mistakes = Diagnostics::new();
        let mut named: HashMap<&str, Named> = HashMap::new();
        let mut seen: HashMap<String, String> = HashMap::new();
        for file in &self.files {
            let Some(api) = self.apis.get(&file.head.api) else {
                mistakes.push(self.unknown_api(&file.head.api, &file.node));
                continue;
            };
            for case in expand_file(file, api, &Declared::default(), self.rigour, &mut mistakes) {
                if let Some(before) = seen.insert(case.address.clone(), case.place.to_string()) {
                    let node = file.case_at(&case.place);
                    let message = format!("the address `{}` stands twice; the first is at {before}", case.address);
                    mistakes.push(node.error(message).help("rename the case, the row or the file"));
                }
                named.entry(&api.name).or_default().add(&case);
            }
        }
        // A case with a mistake is not expanded: what it would check is not known to be missing.
        if mistakes.is_empty() {
            for (name, (api, root)) in described {
                mistakes.extend(named.remove(name.as_str()).unwrap_or_default().mistakes(api, root, self.rigour));
            }
        }
        mistakes.into_result(())
    }

    /// Plans of unknown apis, and mixes that match nothing or what cannot be sent under load.
    fn check_plans(&self) -> Result<(), Diagnostics> {
        let mut mistakes = Diagnostics::new();
        for plan in &self.plans {
            let Some(api) = self.apis.get(&plan.api) else {
                mistakes.push(self.unknown_api(&plan.api, &plan.node));
                continue;
            };
            let declared = Declared::default();
            let drawn = self.cases(api, &declared).and_then(|cases| plan.draw(&cases, &self.plain(api, &declared)?));
            if let Err(found) = drawn {
                mistakes.extend(found);
            }
        }
        mistakes.into_result(())
    }

    fn unknown_api(&self, name: &str, whole: &Node) -> Diagnostic {
        let known: Vec<&str> = self.apis.keys().map(String::as_str).collect();
        let node = whole.get("api").unwrap_or_else(|| whole.clone());
        let message = format!("unknown api `{name}`: known are {}", known.join(", "));
        node.value_error(message).help("give the path of its `api.yaml` too")
    }
}

impl FileSource {
    /// The case or row at a place.
    fn case_at(&self, place: &crate::source::Place) -> crate::source::Node {
        let mut nodes =
            self.cases.iter().flat_map(|case| std::iter::once(&case.node).chain(case.rows.iter().map(|row| &row.node)));
        nodes.rfind(|node| node.place() == *place).unwrap_or(&self.node).clone()
    }
}

impl Text {
    fn is_api(&self) -> bool {
        Path::new(&self.name).file_name().is_some_and(|name| name == "api.yaml")
    }

    fn is_plan(&self) -> bool {
        self.name.ends_with(".load.yaml")
    }

    /// Load plans and lists of known failures have files of their own.
    fn is_scenario(&self) -> bool {
        let name =
            Path::new(&self.name).file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        !self.is_plan() && !self.is_api() && !["known-failures.yaml", "target.yaml"].contains(&name.as_str())
    }
}

/// Each with the root of its description.
type Apis = BTreeMap<String, (Arc<Api>, Node)>;

fn read_apis(texts: &[Text]) -> Result<Apis, Diagnostics> {
    let mut mistakes = Diagnostics::new();
    let mut apis = Apis::new();
    for text in texts {
        let document = match Document::parse(&text.name, &text.text) {
            Ok(document) => document,
            Err(found) => {
                mistakes.extend(found);
                continue;
            }
        };
        match Api::read(&document) {
            Ok(api) => {
                if let Some((_, before)) = apis.get(&api.name) {
                    let node = document.root().get("api").unwrap_or_else(|| document.root());
                    let message = format!("the api `{}` is described in {} too", api.name, before.place().file);
                    mistakes.push(node.value_error(message));
                }
                apis.insert(api.name.clone(), (Arc::new(api), document.root()));
            }
            Err(found) => mistakes.extend(found),
        }
    }
    mistakes.into_result(apis)
}

fn embedded_texts() -> Vec<Text> {
    let text = |file: crate::source::EmbeddedFile| Text {
        name: format!("scenarios/{}", file.path),
        stem: file.path.trim_end_matches(".yaml").to_owned(),
        text: file.text.to_owned(),
    };
    embedded_files().into_iter().map(text).collect()
}

/// Reads a file, or every YAML file below a directory, in the order of their names.
fn collect(root: &Path, path: &Path, texts: &mut Vec<Text>) -> Result<(), SuiteError> {
    let fail = |error: std::io::Error| SuiteError::Path { path: path.to_owned(), reason: error.to_string() };
    if std::fs::metadata(path).map_err(fail)?.is_dir() {
        let entries = std::fs::read_dir(path).map_err(fail)?;
        let mut inner =
            entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>().map_err(fail)?;
        inner.sort();
        for path in inner {
            let is_yaml = path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
            if is_yaml || path.is_dir() {
                collect(root, &path, texts)?;
            }
        }
        return Ok(());
    }
    let text = std::fs::read_to_string(path).map_err(fail)?;
    let below = path.strip_prefix(root).ok().filter(|below| !below.as_os_str().is_empty());
    let stem = below.unwrap_or_else(|| path.file_name().map_or(path, Path::new)).with_extension("");
    texts.push(Text { name: path.display().to_string(), stem: stem.display().to_string(), text });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first lines of the mistakes in the shipped suites without one of their files.
    fn without(file: &str, rigour: Rigour) -> Vec<String> {
        let mut texts = embedded_texts();
        texts.retain(|text| text.name != file && !text.is_plan());
        let origin = Origin::Embedded { digest: String::new() };
        match Suite::read(origin, texts, rigour, IndexMap::new()) {
            Ok(_) => Vec::new(),
            Err(SuiteError::Mistakes(mistakes)) => mistakes.iter().map(ToString::to_string).collect(),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_rule_that_lost_its_cases_is_a_mistake_in_the_shipped_suites_only() {
        let found = without("scenarios/tencent/batch.yaml", Rigour::RequirementsMandatory);
        let users = found.iter().find(|message| message.ends_with("no case checks `tc.users`"));
        assert!(users.is_some_and(|message| message.starts_with("scenarios/tencent/api.yaml:")), "{found:#?}");
        assert_eq!(without("scenarios/tencent/batch.yaml", Rigour::RequirementsOptional), Vec::<String>::new());
    }
}
