//! Whose certificates a run trusted: what has to stand in a line that repeats one of its requests.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::Trust;

/// Whose certificates were trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Trusted {
    /// Those of the usual authorities.
    #[default]
    Authorities,
    /// Those of the authorities in this file too, as `--ca-file` or the target file named it.
    CaFile(String),
    /// Any.
    Anything,
}

impl Trusted {
    /// Whether nothing has to be said about it.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        *self == Self::Authorities
    }
}

impl From<&Trust> for Trusted {
    fn from(trust: &Trust) -> Self {
        match (&trust.ca_file, trust.insecure) {
            (_, true) => Self::Anything,
            (Some(path), false) => Self::CaFile(path.display().to_string()),
            (None, false) => Self::Authorities,
        }
    }
}
