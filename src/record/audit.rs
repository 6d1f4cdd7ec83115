//! The result of an audit: every difference between two implementations of one api, grouped by requirement.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Level;

/// The version of the format.
pub const VERSION: u32 = 1;

/// Everything that a comparison of two check records says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditRecord {
    /// Always `diff`.
    pub record: String,
    /// The version of this format: 1.
    pub version: u32,
    /// The exit code, as far as the comparison itself decides it.
    #[serde(default)]
    pub exit_code: u8,
    /// The api that both implement.
    pub api: String,
    /// The least level that gates.
    pub gate: Level,
    /// Both sides, A and then B.
    pub sides: [AuditSide; 2],
    /// How many cases were compared.
    pub compared: usize,
    /// How many of them differ.
    pub differing: usize,
    /// The differences, those that bind furthest first.
    pub groups: Vec<RequirementGroup>,
    /// The cases that could not be compared.
    pub not_compared: Vec<NotCompared>,
    /// What a reader has to know besides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// One side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditSide {
    /// The target's base URL.
    pub target: String,
    /// When it was checked.
    pub started: String,
    /// Pointers of body members that differ when the same is sent twice, with the path that they are from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub volatile: Vec<String>,
}

/// The differences in one requirement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequirementGroup {
    /// Its id; absent for a case of nobody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requirement: Option<String>,
    /// How far the differences bind: `observe` where the document leaves room for both.
    pub level: Level,
    /// The rule in our own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
    /// The cases that differ.
    pub differences: Vec<Difference>,
}

/// One case that differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// The case.
    pub address: String,
    /// Which side the document supports.
    pub supports: Support,
    /// What differs; never empty.
    pub changes: Vec<Change>,
    /// Both replies that show it first, laid out alike, without volatile members; equal ones are left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replies: Option<[String; 2]>,
}

/// One thing that differs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// What it is.
    pub aspect: Aspect,
    /// The step, or the pointer into the body, where one is needed to find it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub at: String,
    /// On side A.
    pub a: String,
    /// On side B.
    pub b: String,
}

/// What two replies can differ in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Aspect {
    /// Accepted, refused, limited, unreadable, or no reply.
    Outcome,
    /// The code of a refusal.
    Code,
    /// What a refusal names.
    Culprit,
    /// The HTTP status.
    Status,
    /// What every reply must have.
    Envelope,
    /// Other members of the body.
    Content,
    /// A point that the document leaves open.
    Characteristic,
}

/// Which side the document supports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Support {
    /// Only A does what it says.
    A,
    /// Only B does what it says.
    B,
    /// Neither does.
    Neither,
    /// It leaves room for both, or the case does not check the rule that decides.
    Open,
}

/// A case that could not be compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotCompared {
    /// The case.
    pub address: String,
    /// Why, naming the side.
    pub why: String,
}

impl Aspect {
    /// The word in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Outcome => "outcome",
            Self::Code => "code",
            Self::Culprit => "culprit",
            Self::Status => "HTTP status",
            Self::Envelope => "envelope",
            Self::Content => "content",
            Self::Characteristic => "characteristic",
        }
    }
}

impl Support {
    /// A sentence for people.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::A => "the document supports A",
            Self::B => "the document supports B",
            Self::Neither => "the document supports neither",
            Self::Open => "no rule checked here decides between them",
        }
    }
}

impl AuditRecord {
    /// Whether a difference gates.
    #[must_use]
    pub fn is_violated(&self) -> bool {
        self.groups.iter().any(|group| group.level >= self.gate)
    }
}
