//! One way in which a reply is not what was expected.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The kinds of deviation, from the outside in: transport, envelope, outcome, detail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MismatchKind {
    /// No reply came, though others come: a crashing or hanging handler.
    NoReply,
    /// The envelope that every reply must have is broken.
    Envelope,
    /// Accepted what must be refused.
    WronglyAccepted,
    /// Refused what must be accepted.
    WronglyRefused,
    /// The right outcome with another code.
    WrongCode,
    /// The right outcome, but another key is named, or none.
    WrongCulprit,
    /// Another HTTP status.
    WrongStatus,
    /// The body's content differs.
    WrongContent,
    /// Refused because of the rate, below the documented rate.
    LimitedTooEarly,
}

impl MismatchKind {
    /// The word used in YAML, records and JUnit.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoReply => "no-reply",
            Self::Envelope => "envelope",
            Self::WronglyAccepted => "wrongly-accepted",
            Self::WronglyRefused => "wrongly-refused",
            Self::WrongCode => "wrong-code",
            Self::WrongCulprit => "wrong-culprit",
            Self::WrongStatus => "wrong-status",
            Self::WrongContent => "wrong-content",
            Self::LimitedTooEarly => "limited-too-early",
        }
    }

    /// The kind as a short sentence for people.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::NoReply => "no reply",
            Self::Envelope => "malformed envelope",
            Self::WronglyAccepted => "accepted what must be refused",
            Self::WronglyRefused => "refused what must be accepted",
            Self::WrongCode => "right outcome, wrong code",
            Self::WrongCulprit => "right outcome, wrong culprit",
            Self::WrongStatus => "wrong HTTP status",
            Self::WrongContent => "wrong content",
            Self::LimitedTooEarly => "limited below the documented rate",
        }
    }
}

impl fmt::Display for MismatchKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// One deviation: where, what was expected there and what was found, both with their types.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mismatch {
    /// The kind.
    pub kind: MismatchKind,
    /// A JSON pointer into the reply's body, `HTTP status`, `header` with its name, or `connection`.
    pub at: String,
    /// In words, with the type of every value.
    pub expected: String,
    /// In words, with the type of every value.
    pub actual: String,
}
