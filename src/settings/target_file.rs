//! The target file: where an implementation is, how to be let in, and what it says of itself.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::api::Api;
use crate::source::{Diagnostics, Document, Node};
use crate::target::Declared;

/// A target file, with the places of what stands in it.
#[derive(Clone, Debug)]
pub struct TargetFile {
    /// One entry for each api that the target speaks, by the api's name.
    pub apis: IndexMap<String, ApiEntry>,
    root: Node,
}

/// What a target file holds.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TargetFile")]
pub struct Contents {
    /// The version of this format: 1.
    pub version: u32,
    /// One entry for each api that the target speaks, by the api's name.
    pub apis: IndexMap<String, ApiEntry>,
}

/// One api of a target. Texts of the form `${VARIABLE}` are taken from the environment.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiEntry {
    /// The base URL; a path prefix is kept: `https://gateway.example/im`.
    #[serde(default)]
    pub url: Option<String>,
    /// For `app-key-sha1`: `${PROOFHOUSE_APP_KEY}`.
    #[serde(default)]
    pub app_key: Option<String>,
    /// For `app-key-sha1`: `${PROOFHOUSE_APP_SECRET}`.
    #[serde(default)]
    pub app_secret: Option<String>,
    /// For `usersig`: `${PROOFHOUSE_SDK_APP_ID}`.
    #[serde(default)]
    pub sdk_app_id: Option<String>,
    /// For `usersig`: `${PROOFHOUSE_SECRET_KEY}`.
    #[serde(default)]
    pub secret_key: Option<String>,
    /// For `usersig`: the administrator that calls; `admin` by default.
    #[serde(default)]
    pub admin: Option<String>,
    /// For `header`: `${PROOFHOUSE_APP_SECRET}`.
    #[serde(default)]
    pub token: Option<String>,
    /// Further certificate authorities, a PEM file beside this one: `ca.pem`.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// Whether any certificate will do: `true`.
    #[serde(default)]
    pub insecure: bool,
    /// Headers that every request carries, never shown: `{ X-Gateway-Token: "${GATEWAY_TOKEN}" }`.
    #[serde(default)]
    pub headers: IndexMap<String, String>,
    /// Whether load may be sent to it, though it is not on this machine: `true`.
    #[serde(default)]
    pub allow_load: bool,
    /// What the target says of itself.
    #[serde(default)]
    pub declares: DeclaresEntry,
}

/// What a target says of itself. What is not here has the documents' default.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclaresEntry {
    /// Users that exist; requests write to these only: `[anna, bert]`.
    #[serde(default)]
    pub users: Option<Vec<String>>,
    /// Companion operations that it has: `[batch_query, clean]`.
    #[serde(default)]
    pub companions: Vec<String>,
    /// The requests a second that it admits: `100`.
    #[serde(default)]
    pub rate: Option<u32>,
    /// Facts that the api's description names: `{ pair_limit: 40 }`.
    #[serde(default)]
    pub facts: IndexMap<String, Value>,
}

impl TargetFile {
    /// Reads a target file; a CA file in it is found beside it.
    ///
    /// # Errors
    /// The system's reason when it cannot be read, or every mistake in it.
    pub fn read(path: &Path) -> Result<Self, TargetFileError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| TargetFileError::Unreadable { path: path.to_owned(), reason: error.to_string() })?;
        let document = Document::parse(&path.display().to_string(), &text)?;
        let root = document.root();
        let Contents { version, apis } = root.decode("a target file").map_err(Diagnostics::from)?;
        let mut file = Self { apis, root };
        if version != 1 {
            return Err(file.mistake(&["version"], format!("version {version} is not known: write 1")).into());
        }
        if file.apis.is_empty() {
            return Err(file.mistake(&["apis"], "`apis` names no api").into());
        }
        for entry in file.apis.values_mut() {
            if let (Some(ca_file), Some(directory)) = (&entry.ca_file, path.parent()) {
                entry.ca_file = Some(directory.join(ca_file));
            }
        }
        Ok(file)
    }

    /// Checks the entry of one api against its description.
    ///
    /// # Errors
    /// What the target says of itself and cannot be, each at its place.
    pub fn check(&self, api: &Api) -> Result<(), Diagnostics> {
        let mut mistakes = Diagnostics::new();
        for (path, problem) in self.apis.get(&api.name).into_iter().flat_map(|entry| entry.declares.problems(api)) {
            let path: Vec<&str> = ["apis", &api.name, "declares"].into_iter().chain(path).collect();
            mistakes.extend(self.mistake(&path, problem));
        }
        mistakes.into_result(())
    }

    /// A message at the key to which the path leads, or at the innermost of those that stand there.
    #[must_use]
    pub fn mistake(&self, path: &[&str], message: impl Into<String>) -> Diagnostics {
        let mut node = self.root.clone();
        for key in path {
            match node.get(key) {
                Some(inner) => node = inner,
                None => break,
            }
        }
        node.error(message).into()
    }
}

/// A path of keys below `declares`, and what is wrong there.
type Problem<'a> = (Vec<&'a str>, String);

impl DeclaresEntry {
    fn problems<'a>(&'a self, api: &'a Api) -> Vec<Problem<'a>> {
        let mut problems: Vec<Problem<'_>> =
            self.users_problem().map(|problem| (vec!["users"], problem)).into_iter().collect();
        if self.rate == Some(0) {
            let problem = "a target that admits nothing cannot be judged: write its requests a second, from 1";
            problems.push((vec!["rate"], problem.into()));
        }
        let companions = || api.operations.iter().filter(|(_, operation)| operation.companion).map(|(name, _)| name);
        for name in self.companions.iter().filter(|name| !companions().any(|known| known == *name)) {
            let known: Vec<&str> = companions().map(String::as_str).collect();
            let problem = format!("`{}` has no companion `{name}`: it has {}", api.name, known.join(", "));
            problems.push((vec!["companions"], problem));
        }
        let of_fact = |(fact, value): (&'a String, &Value)| {
            let problem = match api.declarations.get(fact) {
                Some(known) => format!("`{fact}` is not {}: it is {}", known.problem(value)?, known.about),
                None => {
                    let known: Vec<&str> = api.declarations.keys().map(String::as_str).collect();
                    format!("`{}` knows no fact `{fact}`: it knows {}", api.name, known.join(", "))
                }
            };
            Some((vec!["facts", fact.as_str()], problem))
        };
        problems.extend(self.facts.iter().filter_map(of_fact));
        problems
    }

    fn users_problem(&self) -> Option<String> {
        let users = self.users.as_deref()?;
        if users.is_empty() {
            return Some("`users` is empty: leave it out, or name at least one".into());
        }
        if users.iter().any(String::is_empty) {
            return Some("one of `users` has no name".into());
        }
        let twice = users.iter().enumerate().find(|(at, user)| users[..*at].contains(user));
        twice.map(|(_, user)| format!("the user `{user}` stands twice"))
    }
}

impl From<&DeclaresEntry> for Declared {
    fn from(entry: &DeclaresEntry) -> Self {
        Self {
            facts: entry.facts.clone(),
            users: entry.users.clone(),
            companions: entry.companions.clone(),
            rate: entry.rate,
        }
    }
}

/// Why a target file cannot be used.
#[derive(Debug)]
pub enum TargetFileError {
    /// It cannot be read.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        reason: String,
    },
    /// Mistakes in it.
    Mistakes(Diagnostics),
}

impl From<Diagnostics> for TargetFileError {
    fn from(mistakes: Diagnostics) -> Self {
        Self::Mistakes(mistakes)
    }
}
