//! How one case departs from correct authentication.

use std::time::Duration;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::Text;

/// The unit of a signed timestamp.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TimestampUnit {
    /// 13 digits.
    #[default]
    Milliseconds,
    /// 10 digits.
    Seconds,
}

/// The secret that signs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SigningSecret {
    /// The target's.
    #[default]
    Own,
    /// Another one.
    Wrong,
    /// None at all.
    Empty,
    /// What the request says of its caller: anybody who sees a request knows it.
    Identity,
}

/// What becomes of a finished signature.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureForm {
    /// It is sent as it is.
    #[default]
    Signed,
    /// One character is another.
    Altered,
    /// Its letters are capitals.
    UpperCase,
}

/// How the text of a `UserSig` is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum UserSigForm {
    /// Compressed and complete.
    #[default]
    Complete,
    /// The second half is left out.
    Truncated,
    /// The JSON is not compressed.
    Uncompressed,
}

/// A departure from correct authentication; the default departs in nothing.
///
/// Names are those of the scheme's headers or query parameters. What `set` gives for a signed value is what is signed,
/// unless `signed_over` gives another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variation {
    /// Values that are sent in place of the correct ones.
    pub set: IndexMap<String, Text>,
    /// Headers or parameters that are left out.
    pub omit: Vec<String>,
    /// Other names under which headers or parameters are sent.
    pub rename: IndexMap<String, String>,
    /// Values that are signed, though others are sent.
    pub signed_over: IndexMap<String, Text>,
    /// The secret that signs.
    pub secret: SigningSecret,
    /// What becomes of the finished signature.
    pub signature: SignatureForm,
    /// The unit of the timestamp.
    pub timestamp: TimestampUnit,
    /// How many digits the nonce has; `None` for 17.
    pub nonce_length: Option<usize>,
    /// How long ago it was signed.
    pub age: Duration,
    /// How long a `UserSig` lives; `None` for ten minutes.
    pub lifetime: Option<Duration>,
    /// How the text of a `UserSig` is made.
    pub form: UserSigForm,
}

impl Variation {
    /// Whether this is correct authentication.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}
