//! Reading a reply in the terms of the api: accepted, refused or limited, and which rules of the envelope it breaks.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::exchange::Reply;

/// Where the outcome stands in a reply, and what every reply must have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutcomeRules {
    /// JSON pointer of the code.
    pub code: String,
    /// The code that means success; every other one is a refusal.
    pub accepted: i64,
    /// JSON pointer of the name of what was at fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub culprit: Option<CulpritRule>,
    /// JSON pointer of the message for people; shown, never judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What every reply must have; each line is a claim on every case that gates.
    pub envelope: Vec<EnvelopeRule>,
    /// Replies that mean "refused because of the rate"; such a reply never judges its case.
    #[serde(default)]
    pub limited: Vec<Sign>,
    /// Codes that ask to try again: on a case that must be accepted, it is sent once more.
    #[serde(default)]
    pub try_again: Vec<i64>,
    /// Codes that mean "too many failed verifications": the cases about authentication that remain are not judged.
    #[serde(default)]
    pub locked_out: Vec<i64>,
}

/// Where a reply names what was at fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CulpritRule {
    /// JSON pointer of the name.
    pub at: String,
    /// The requirement that says so.
    pub requirement: String,
}

/// A sign by which a reply is recognised: all that is given must hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sign {
    /// The code of the envelope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<i64>,
    /// The HTTP status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
}

/// When a rule of the envelope applies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum When {
    /// To every reply.
    #[default]
    Always,
    /// When the code is the one of success.
    Accepted,
    /// When it is another.
    Refused,
}

/// The types that a document names for members of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MemberType {
    /// Text.
    String,
    /// Any number.
    Number,
    /// A number without a fraction.
    Integer,
}

impl MemberType {
    /// Whether the value has this type; `200.0` is an integer, as JSON knows one kind of number only.
    #[must_use]
    pub fn holds(self, value: &Value) -> bool {
        match self {
            Self::String => value.is_string(),
            Self::Number => value.is_number(),
            Self::Integer => integer(value).is_some(),
        }
    }

    /// The word for messages.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Number => "number",
            Self::Integer => "integer",
        }
    }
}

/// One rule of the envelope: either a status, or a member with its type or its value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnvelopeRule {
    /// When it applies.
    #[serde(default)]
    pub when: When,
    /// The HTTP status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// JSON pointer of the member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// The member's type.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<MemberType>,
    /// The member's value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equals: Option<Value>,
    /// The requirement that says so.
    pub requirement: String,
}

/// How the target answered, in the terms of its api.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The code of success.
    Accepted,
    /// Another code.
    Refused {
        /// The code.
        code: i64,
        /// The name of what was at fault, with whatever type it came.
        culprit: Option<Value>,
    },
    /// Refused because of the rate.
    Limited,
    /// The code is missing or is no number: what the target meant cannot be said.
    Unreadable,
}

/// A reply whose body was parsed once.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The outcome.
    pub outcome: Outcome,
    /// The body; `None` when it is no JSON.
    pub json: Option<Value>,
}

/// How near a reply comes to the api's envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resemblance {
    /// Nothing says that this api answered.
    None,
    /// A success status with a JSON object, but without a code.
    Object,
    /// The code's member is there, of whatever type.
    Envelope,
}

impl OutcomeRules {
    /// Reads a reply.
    #[must_use]
    pub fn read(&self, reply: &Reply) -> Answer {
        let json: Option<Value> = serde_json::from_slice(&reply.body).ok();
        let code = json.as_ref().and_then(|json| json.pointer(&self.code)).and_then(integer);
        if self.limited.iter().any(|sign| sign.fits(reply.status, code)) {
            return Answer { outcome: Outcome::Limited, json };
        }
        let outcome = match code {
            Some(code) if code == self.accepted => Outcome::Accepted,
            Some(code) => {
                let at = self.culprit.as_ref().map(|rule| rule.at.as_str());
                let culprit = at.and_then(|at| json.as_ref()?.pointer(at).cloned());
                Outcome::Refused { code, culprit }
            }
            None => Outcome::Unreadable,
        };
        Answer { outcome, json }
    }

    /// How near the reply comes to this api's envelope, whatever the outcome.
    #[must_use]
    pub fn resemblance(&self, reply: &Reply, answer: &Answer) -> Resemblance {
        match &answer.json {
            Some(json) if json.pointer(&self.code).is_some() => Resemblance::Envelope,
            Some(Value::Object(_)) if (200..300).contains(&reply.status) => Resemblance::Object,
            Some(_) | None => Resemblance::None,
        }
    }

    /// Whether a reply is a gateway's own: a 5xx that does not carry the envelope.
    #[must_use]
    pub fn is_gateway_error(&self, reply: &Reply, answer: &Answer) -> bool {
        reply.status >= 500 && self.resemblance(reply, answer) == Resemblance::None
    }

    /// Whether the code asks to try again.
    #[must_use]
    pub fn asks_to_try_again(&self, outcome: &Outcome) -> bool {
        matches!(outcome, Outcome::Refused { code, .. } if self.try_again.contains(code))
    }

    /// Whether the code says that too many verifications failed.
    #[must_use]
    pub fn says_locked_out(&self, outcome: &Outcome) -> bool {
        matches!(outcome, Outcome::Refused { code, .. } if self.locked_out.contains(code))
    }
}

impl Sign {
    fn fits(&self, status: u16, code: Option<i64>) -> bool {
        let given = self.code.is_some() || self.status.is_some();
        given && self.code.is_none_or(|want| code == Some(want)) && self.status.is_none_or(|want| status == want)
    }
}

impl EnvelopeRule {
    /// Whether the rule applies to an outcome.
    #[must_use]
    pub fn applies(&self, outcome: &Outcome) -> bool {
        match self.when {
            When::Always => true,
            When::Accepted => *outcome == Outcome::Accepted,
            When::Refused => matches!(outcome, Outcome::Refused { .. }),
        }
    }
}

/// The whole number that a JSON value is, also when it is written with a fraction of zero.
#[must_use]
pub fn integer(value: &Value) -> Option<i64> {
    let number = value.as_number()?;
    if let Some(whole) = number.as_i64() {
        return Some(whole);
    }
    let float = number.as_f64()?;
    // Beyond 2^53 a double does not tell neighbours apart.
    #[expect(clippy::cast_possible_truncation, reason = "bounded and without a fraction")]
    (float.fract() == 0.0 && float.abs() < 9_007_199_254_740_992.0).then_some(float as i64)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rules() -> OutcomeRules {
        serde_json::from_value(json!({
            "code": "/code", "accepted": 200, "culprit": { "at": "/profileKey", "requirement": "x" },
            "envelope": [], "limited": [{ "code": 1008 }, { "status": 429 }], "try_again": [91000],
        }))
        .unwrap()
    }

    fn reply(status: u16, body: &str) -> Reply {
        Reply { status, headers: Vec::new(), body: body.as_bytes().to_vec() }
    }

    fn outcome(status: u16, body: &str) -> Outcome {
        rules().read(&reply(status, body)).outcome
    }

    #[test]
    fn a_code_as_text_is_no_code() {
        assert_eq!(outcome(200, r#"{"code":"200"}"#), Outcome::Unreadable);
        assert_eq!(outcome(200, r#"{"code":200}"#), Outcome::Accepted);
        assert_eq!(outcome(200, r#"{"code":200.0}"#), Outcome::Accepted);
    }

    #[test]
    fn limited_comes_before_every_other_reading() {
        assert_eq!(outcome(429, "slow down"), Outcome::Limited);
        assert_eq!(outcome(200, r#"{"code":1008}"#), Outcome::Limited);
        assert_eq!(outcome(200, r#"{"code":1002}"#), Outcome::Refused { code: 1002, culprit: None });
    }

    #[test]
    fn a_page_is_no_envelope_and_a_gateway_is_known_by_it() {
        let rules = rules();
        let gateway = reply(502, "<html>");
        let answer = rules.read(&gateway);
        assert_eq!(rules.resemblance(&gateway, &answer), Resemblance::None);
        assert!(rules.is_gateway_error(&gateway, &answer));
        let own = reply(500, r#"{"code":1000}"#);
        assert!(!rules.is_gateway_error(&own, &rules.read(&own)));
    }
}
