//! Requirements: the rules of a document, one by one, each with its place and how far it binds.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How far a rule binds. The order is by weight: `observe` is the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Open in the documents: what the target does is recorded and never gates.
    Observe,
    /// Public evidence outside the document says so: reported, gates only on request.
    Should,
    /// The document says so outright: gates.
    Must,
}

impl Level {
    /// The word used in YAML, reports and on the terminal.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Observe => "observe",
            Self::Should => "should",
            Self::Must => "must",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Where a rule is known from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The api's document says so; `place` says where.
    Document,
    /// Another public source says so; `evidence` says which, in our own words.
    Public,
    /// No source decides it.
    Open,
}

/// Where in its document a rule stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentPlace {
    /// The heading of the section, shortened.
    pub section: String,
    /// The row of a table, or the sentence, that holds the rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<String>,
    /// Which of several rules of that row this is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
}

impl fmt::Display for DocumentPlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.section)?;
        for part in [&self.row, &self.clause].into_iter().flatten() {
            write!(formatter, " › {part}")?;
        }
        Ok(())
    }
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// How far it binds; `must` only with source `document`.
    pub level: Level,
    /// Where it is known from.
    pub source: Source,
    /// The rule in our own words, with the document's exact numbers.
    pub rule: String,
    /// Its place in the document; with source `document` only, and then always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<DocumentPlace>,
    /// What speaks for it, in our own words; with source `public` always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// The rule of which it is a finer point, such as the unit of a length: where both are broken alike, `diff` tells it
    /// once, under that rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refines: Option<String>,
    /// Why no case checks it, where none can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excluded: Option<String>,
}

impl Requirement {
    /// What contradicts itself in the entry; `None` when it is sound.
    #[must_use]
    pub fn contradiction(&self) -> Option<&'static str> {
        match (self.source, &self.place, &self.evidence) {
            (Source::Document, None, _) => Some("source `document` needs a `place`"),
            (Source::Public, _, None) => Some("source `public` needs `evidence`"),
            (Source::Public | Source::Open, _, _) if self.level == Level::Must => {
                Some("level `must` needs source `document`")
            }
            (Source::Public | Source::Open, Some(_), _) => Some("a `place` goes with source `document`"),
            (Source::Document | Source::Public | Source::Open, _, _) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requirement(level: Level, source: Source, place: bool, evidence: bool) -> Requirement {
        let place = place.then(|| DocumentPlace { section: "Keys".into(), row: None, clause: None });
        let evidence = evidence.then(|| "seen".to_owned());
        Requirement { level, source, rule: "a rule".into(), place, evidence, refines: None, excluded: None }
    }

    #[test]
    fn must_needs_a_document_and_a_place() {
        assert_eq!(requirement(Level::Must, Source::Document, true, false).contradiction(), None);
        assert!(requirement(Level::Must, Source::Document, false, false).contradiction().is_some());
        assert!(requirement(Level::Must, Source::Public, false, true).contradiction().is_some());
        assert!(requirement(Level::Must, Source::Open, false, false).contradiction().is_some());
    }

    #[test]
    fn public_evidence_is_named() {
        assert!(requirement(Level::Should, Source::Public, false, false).contradiction().is_some());
        assert_eq!(requirement(Level::Should, Source::Public, false, true).contradiction(), None);
        assert_eq!(requirement(Level::Observe, Source::Open, false, false).contradiction(), None);
    }
}
