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
    /// Facts and companions that the api does not have, each at its place.
    pub fn check(&self, api: &Api) -> Result<(), Diagnostics> {
        let mut mistakes = Diagnostics::new();
        let Some(entry) = self.apis.get(&api.name) else {
            return Ok(());
        };
        for (fact, value) in &entry.declares.facts {
            let message = match api.declarations.get(fact) {
                Some(known) => {
                    known.problem(value).map(|right| format!("`{fact}` is not {right}: it is {}", known.about))
                }
                None => {
                    let known: Vec<&str> = api.declarations.keys().map(String::as_str).collect();
                    Some(format!("`{}` knows no fact `{fact}`: it knows {}", api.name, known.join(", ")))
                }
            };
            let place = ["apis", &api.name, "declares", "facts", fact];
            mistakes.extend(message.map_or_else(Diagnostics::new, |message| self.mistake(&place, message)));
        }
        let companions = || api.operations.iter().filter(|(_, operation)| operation.companion).map(|(name, _)| name);
        for name in entry.declares.companions.iter().filter(|name| !companions().any(|known| known == *name)) {
            let known: Vec<&str> = companions().map(String::as_str).collect();
            let message = format!("`{}` has no companion `{name}`: it has {}", api.name, known.join(", "));
            mistakes.extend(self.mistake(&["apis", &api.name, "declares", "companions"], message));
        }
        if entry.declares.users.as_ref().is_some_and(Vec::is_empty) {
            let message = format!("`users` of `{}` is empty: leave it out, or name at least one", api.name);
            mistakes.extend(self.mistake(&["apis", &api.name, "declares", "users"], message));
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
