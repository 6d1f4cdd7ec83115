//! A claim: one requirement, how far it binds here, and what must hold of the reply.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::api::Level;

/// What must hold of one exchange, for the sake of one requirement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// The requirement's id; `None` in suites that name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requirement: Option<String>,
    /// How far the claim binds: at most as far as its requirement.
    pub level: Level,
    /// What must hold.
    pub expectation: Expectation,
}

/// The outcome that is expected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ExpectedOutcome {
    /// Any well-formed outcome.
    #[default]
    Any,
    /// The code of success.
    Accepted,
    /// Another code.
    Refused,
}

/// What must hold of a reply; empty parts demand nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// Accepted or refused.
    #[serde(default)]
    pub outcome: ExpectedOutcome,
    /// The codes of which a refusal must have one; any, when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<i64>,
    /// The names of which a refusal must name one; any or none, when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub culprits: Vec<String>,
    /// The HTTP statuses of which the reply must have one; any, when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statuses: Vec<u16>,
    /// What headers of the reply must be, each by its name in lower case.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub headers: Map<String, Value>,
    /// What the body must contain: members that are not named may be there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json: Option<Value>,
    /// What the body must be, member for member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json_exactly: Option<Value>,
}
