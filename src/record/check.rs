//! The record of a check: one JSON document with everything on which its verdicts rest.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{CaseRecord, KnownFailuresRecord, Totals, Trusted};
use crate::api::auth::SchemeName;
use crate::api::{DocumentPlace, Level, Source};

/// The version of the record that this binary writes, and the only one that it reads.
pub const VERSION: u32 = 1;

/// Which kind of run a record is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RecordKind {
    /// A run of `proofhouse check`.
    Check,
}

/// A whole run of `check`. Credentials, signatures and `UserSig`s were taken out before anything came here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckRecord {
    /// Always `check`.
    pub record: RecordKind,
    /// The version of this format: 1.
    pub version: u32,
    /// The version of the tool that wrote it.
    pub proofhouse: String,
    /// The command as it was given; it never holds credentials, because no argument takes any.
    pub command: String,
    /// When the run began, as RFC 3339 in UTC.
    pub started: String,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// The exit code, as far as the run itself decides it: a report that could not be written comes on top.
    pub exit_code: u8,
    /// Why it is this one, in short sentences; empty for 0.
    pub reasons: Vec<String>,
    /// Whether the target was the built-in reference, so that nothing is said about any other server.
    pub self_check: bool,
    /// Whether the run was stopped before its end.
    pub interrupted: bool,
    /// Where the cases are from.
    pub suite: SuiteOrigin,
    /// How the run was done.
    pub settings: Settings,
    /// What the list of known failures came to; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_failures: Option<KnownFailuresRecord>,
    /// What came of each api, in the order in which they were checked.
    pub apis: Vec<ApiRecord>,
}

/// Where a suite is from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SuiteOrigin {
    /// Compiled into the binary: the first 12 hexadecimal digits of a SHA-256 over its files.
    Embedded(String),
    /// Read from these paths.
    Paths(Vec<String>),
}

/// How a run was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The least level that gates.
    pub gate: Level,
    /// How fast requests were sent.
    pub pacing: Pacing,
    /// How many cases were under way at once.
    pub concurrency: usize,
    /// What was sent again and from which record, in words; absent in a run of the suite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay: Option<String>,
    /// The patterns of which an address had to match one; all cases, when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
    /// The patterns of which an address had to match none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skip: Vec<String>,
}

/// How fast requests were sent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Pacing {
    /// As fast as the target answered.
    None,
    /// At 90 % of the documented, or declared, rate.
    Documented,
    /// At this many requests a second.
    Rate(f64),
}

/// What came of one api.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiRecord {
    /// The word by which it is chosen.
    pub name: String,
    /// What it is, for people.
    pub title: String,
    /// The name of the document that is the law.
    pub document: String,
    /// How its requests are authenticated.
    pub authentication: Authentication,
    /// Where its replies carry what people want to read.
    pub reply: ReplyPointers,
    /// The system under test.
    pub target: TargetFacts,
    /// What became of the plain accepted request.
    pub baseline: Baseline,
    /// How many replies were refused because of the rate.
    pub limited: usize,
    /// Whether nothing answered any more at some point.
    pub gone: bool,
    /// How many cases came to what.
    pub totals: Totals,
    /// The requirements that occur in its cases, by id.
    pub requirements: IndexMap<String, RequirementRecord>,
    /// The cases in the order of the files: the plain request first and the rate, where it was measured, last.
    pub cases: Vec<CaseRecord>,
}

/// How requests are authenticated; without anything that authenticates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Authentication {
    /// The scheme.
    pub scheme: SchemeName,
    /// The headers or query parameters that it adds to a request.
    pub names: Vec<String>,
}

/// JSON pointers into replies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplyPointers {
    /// The code.
    pub code: String,
    /// The message for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The name of what was at fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub culprit: Option<String>,
}

/// The system under test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetFacts {
    /// Where requests went, without user and password.
    pub base_url: String,
    /// What it declares about itself.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub declared: IndexMap<String, Value>,
    /// Whose certificates were trusted; the usual ones where nothing is said.
    #[serde(default, skip_serializing_if = "Trusted::is_usual")]
    pub trusted: Trusted,
    /// What was assumed for it, as far as a case rests on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assumed: Vec<Assumed>,
}

/// A fact that a target can declare and this one does not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Assumed {
    /// Its name in the target file.
    pub name: String,
    /// What it is, for people.
    pub about: String,
    /// What was taken for it; absent when nothing can be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
}

impl std::fmt::Display for Assumed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} ({})", self.name, self.about)?;
        match &self.value {
            Some(value) => write!(formatter, " = {value}"),
            None => Ok(()),
        }
    }
}

/// What became of the plain accepted request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Baseline {
    /// It was accepted: refusals mean something.
    Accepted,
    /// It was refused: a refusal of anything else says nothing.
    Refused,
    /// No readable answer.
    Unreadable,
    /// No reply at all.
    NoReply,
}

/// One rule of the document, as it stood when the run was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequirementRecord {
    /// How far it binds.
    pub level: Level,
    /// Where it is known from.
    pub source: Source,
    /// The rule in our own words.
    pub rule: String,
    /// Its place in the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<DocumentPlace>,
    /// What speaks for it, where the document does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// The rule of which it is a finer point: where both are broken alike, that is one difference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refines: Option<String>,
}

impl CheckRecord {
    /// All cases with their apis, in order.
    pub fn cases(&self) -> impl Iterator<Item = (&ApiRecord, &CaseRecord)> {
        self.apis.iter().flat_map(|api| api.cases.iter().map(move |case| (api, case)))
    }

    /// How many cases came to what, over all apis.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        self.apis.iter().for_each(|api| totals.add(&api.totals));
        totals
    }
}

impl ApiRecord {
    /// Where a requirement stands, for people: `the RongCloud document › userProfile keys › name › length`, or why it is
    /// believed.
    #[must_use]
    pub fn authority(&self, id: &str) -> Option<String> {
        let requirement = self.requirements.get(id)?;
        match (&requirement.place, &requirement.evidence) {
            (Some(place), _) => Some(format!("{} › {place}", self.document)),
            (None, Some(evidence)) => Some(format!("not in the document; {evidence}")),
            (None, None) => Some("no source decides it".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_of_the_record_names_its_members() {
        let schema = schemars::schema_for!(CheckRecord).to_value();
        for member in ["record", "version", "exit_code", "self_check", "apis"] {
            assert!(schema["properties"].get(member).is_some(), "{member}");
        }
        assert_eq!(schema["additionalProperties"], false);
    }
}
