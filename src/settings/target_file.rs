//! The target file: where an implementation is, how to be let in, and what it says of itself.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::api::Api;
use crate::source::{Diagnostics, Document};
use crate::target::Declared;

/// A target file.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetFile {
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
        let mut file: Self = root.decode("a target file").map_err(Diagnostics::from)?;
        if file.version != 1 {
            let node = root.get("version").unwrap_or_else(|| root.clone());
            let message = format!("version {} is not known: write 1", file.version);
            return Err(Diagnostics::from(node.value_error(message)).into());
        }
        if file.apis.is_empty() {
            return Err(Diagnostics::from(root.error("`apis` names no api")).into());
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
    /// Facts and companions that the api does not have.
    pub fn check(&self, api: &Api) -> Result<(), String> {
        let Some(entry) = self.apis.get(&api.name) else {
            return Ok(());
        };
        for fact in entry.declares.facts.keys() {
            if !api.declarations.contains_key(fact) {
                let known: Vec<&str> = api.declarations.keys().map(String::as_str).collect();
                return Err(format!("`{}` knows no fact `{fact}`: it knows {}", api.name, known.join(", ")));
            }
        }
        for name in &entry.declares.companions {
            if !api.operations.get(name).is_some_and(|operation| operation.companion) {
                let companions = api.operations.iter().filter(|(_, operation)| operation.companion);
                let known: Vec<&str> = companions.map(|(name, _)| name.as_str()).collect();
                return Err(format!("`{}` has no companion `{name}`: it has {}", api.name, known.join(", ")));
            }
        }
        if entry.declares.users.as_ref().is_some_and(Vec::is_empty) {
            return Err(format!("`users` of `{}` is empty: leave it out, or name at least one", api.name));
        }
        Ok(())
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
