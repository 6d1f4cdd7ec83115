//! One exchange in a record: what was sent, what came back, and what had to hold.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::ClaimRecord;
use super::case::is_false;
use crate::api::Level;
use crate::expectation::ExpectedOutcome;

/// One exchange.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExchangeRecord {
    /// The step's name, in a case of several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// Why it took place.
    #[serde(default, skip_serializing_if = "Purpose::is_step")]
    pub purpose: Purpose,
    /// What was sent, without secrets.
    pub request: RequestRecord,
    /// What came of it.
    pub answer: Answer,
    /// From before the first byte was written to after the last one was read, in microseconds.
    pub duration_us: u64,
    /// What had to hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expected: Vec<ExpectedRecord>,
    /// How the target answered.
    pub observation: ObservationRecord,
    /// What was found in the whole reply; only where the kept one is cut or had a secret taken out, so that it cannot be
    /// judged again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub found: Vec<ClaimRecord>,
}

impl ExchangeRecord {
    /// The duration, to the microsecond.
    #[must_use]
    pub fn duration(&self) -> Duration {
        Duration::from_micros(self.duration_us)
    }

    /// The reply, if one came.
    #[must_use]
    pub fn reply(&self) -> Option<&ReplyRecord> {
        match &self.answer {
            Answer::Reply(reply) => Some(reply),
            Answer::Failure(_) => None,
        }
    }
}

/// Why an exchange took place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// A step of the case: what it is judged by.
    #[default]
    Step,
    /// An attempt that did not count, because it was sent again.
    Superseded,
    /// The plain request, sent to find out whether the target still answers.
    Probe,
    /// Clean-up.
    Cleanup,
    /// A step sent once more, to learn what differs from time to time; nothing is judged by it.
    Repeat,
}

impl Purpose {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
    fn is_step(&self) -> bool {
        *self == Self::Step
    }
}

/// A request as it was sent, with its secrets replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestRecord {
    /// The method.
    pub method: String,
    /// The whole URL.
    pub url: String,
    /// Name and value of each header, in order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: BodyRecord,
}

/// A body: text, or base64 of what is no UTF-8.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BodyRecord {
    /// The text.
    pub text: String,
    /// Whether the text is base64 of the bytes.
    #[serde(default, skip_serializing_if = "is_false")]
    pub base64: bool,
    /// Whether the end was left out.
    #[serde(default, skip_serializing_if = "is_false")]
    pub truncated: bool,
}

impl BodyRecord {
    /// Bytes as they are kept: copied only where they are no UTF-8.
    #[must_use]
    pub fn new(bytes: Vec<u8>, truncated: bool) -> Self {
        use base64::Engine as _;
        match String::from_utf8(bytes) {
            Ok(text) => Self { text, base64: false, truncated },
            Err(error) => {
                let text = base64::engine::general_purpose::STANDARD.encode(error.as_bytes());
                Self { text, base64: true, truncated }
            }
        }
    }

    /// The bytes; what claims to be base64 and is not gives its own text.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        use base64::Engine as _;
        let text = self.text.as_bytes();
        let decoded = self.base64.then(|| base64::engine::general_purpose::STANDARD.decode(text).ok()).flatten();
        decoded.unwrap_or_else(|| text.to_vec())
    }
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// A whole reply.
    Reply(ReplyRecord),
    /// None.
    Failure(FailureRecord),
}

/// A reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplyRecord {
    /// The HTTP status.
    pub status: u16,
    /// Names in lower case with their values, in the order received.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: BodyRecord,
}

/// Why no reply came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FailureRecord {
    /// The class.
    pub kind: FailureWord,
    /// The cause in words.
    pub detail: String,
}

/// The classes of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FailureWord {
    /// No connection: refused, unreachable, no such name.
    Connect,
    /// The certificate's issuer is not trusted.
    TlsUnknownIssuer,
    /// The certificate is for another name.
    TlsWrongName,
    /// The certificate has expired or is not valid yet.
    TlsExpired,
    /// The TLS handshake failed in another way.
    Tls,
    /// The connection closed before the first byte of a reply.
    Closed,
    /// The connection closed in the middle of a reply.
    CutOff,
    /// Nothing, or not all, came in time.
    Timeout,
    /// What came is not HTTP.
    NotHttp,
    /// The reply is larger than the limit.
    TooLarge,
}

impl FailureWord {
    /// The class in words.
    #[must_use]
    pub fn sentence(self) -> String {
        crate::exchange::FailureKind::from(self).to_string()
    }
}

/// What had to hold of one exchange, for the sake of one requirement; empty parts demand nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedRecord {
    /// The requirement's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requirement: Option<String>,
    /// How far it binds.
    pub level: Level,
    /// Accepted or refused.
    pub outcome: ExpectedOutcome,
    /// The codes of which a refusal must have one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<i64>,
    /// The names of which a refusal must name one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub culprits: Vec<String>,
    /// The HTTP statuses of which the reply must have one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statuses: Vec<u16>,
    /// What headers of the reply must be, each by its name in lower case.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub headers: Map<String, Value>,
    /// What the body must contain.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub json: Option<Value>,
    /// What the body must be, member for member.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub json_exactly: Option<Value>,
}

/// A member that is there, also when it is `null`: a body that must be `null` is an expectation.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// How the target answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ObservationRecord {
    /// `accepted`, `refused`, `limited`, `unreadable`, or the kind of failure.
    pub outcome: String,
    /// The code of a refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<i64>,
    /// What a refusal names, with its type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub culprit: Option<String>,
    /// The HTTP status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
}

impl std::fmt::Display for ObservationRecord {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.outcome)?;
        if let Some(code) = self.code {
            write!(formatter, " with code {code}")?;
        }
        if let Some(culprit) = &self.culprit {
            write!(formatter, " naming {culprit}")?;
        }
        match self.status {
            Some(status) if status != 200 => write!(formatter, " (HTTP {status})"),
            Some(_) | None => Ok(()),
        }
    }
}
