//! A refusal and how it is told: code, HTTP status, words, and the key that failed.

use super::rules::{CodeForm, Culprit, Message, OnSuccess, Reply, RequestCulprit};
use crate::reference::answer::Answer;
use crate::reference::json::{Json, Members};

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refusal {
    /// The number of the status table; the documents say only that it is not that of success.
    pub(crate) code: u32,
    pub(crate) place: Place,
    /// For people; clients must not decide on it.
    pub(crate) message: String,
}

/// What is at fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The caller's signature.
    Caller,
    /// The address or the method.
    Address,
    /// The rate.
    Rate,
    /// A parameter as a whole.
    Parameter(&'static str),
    /// One key of a profile, with the name of the profile's parameter.
    Key { parameter: &'static str, key: String },
}

impl Refusal {
    /// A parameter error of the general kind (1002 in the vendor's status table).
    pub(crate) fn parameter(parameter: &'static str, message: impl Into<String>) -> Self {
        Self { code: codes::PARAMETER, place: Place::Parameter(parameter), message: message.into() }
    }
}

/// The numbers of public status tables: none stands in the two documents, so nothing may rest on them.
pub(crate) mod codes {
    /// No such address.
    pub(crate) const ADDRESS: u32 = 404;
    /// A parameter is missing or wrong; also an unknown app key.
    pub(crate) const PARAMETER: u32 = 1002;
    /// The signature is wrong.
    pub(crate) const SIGNATURE: u32 = 1004;
    /// Something is too long.
    pub(crate) const SIZE: u32 = 1005;
    /// More requests than the documented 100 a second.
    pub(crate) const RATE: u32 = 1008;
    /// A basic key that stands in no table.
    pub(crate) const UNKNOWN_KEY: u32 = 24361;
    /// An extended key that cannot have been, or was not, added in the console.
    pub(crate) const EXTENDED_KEY: u32 = 24362;
    /// Too many extended pairs.
    pub(crate) const PAIRS: u32 = 24363;
    /// A value is too long.
    pub(crate) const LENGTH: u32 = 24364;
    /// The user has no record.
    pub(crate) const UNKNOWN_USER: u32 = 24366;
    /// A value must be a whole number.
    pub(crate) const NUMBER: u32 = 24367;
    /// A number is out of its range.
    pub(crate) const RANGE: u32 = 24368;
}

impl Reply {
    /// The answer to a request that was carried out, with what a companion endpoint has to say.
    pub(crate) fn success(&self, result: Members) -> Answer {
        let mut members = self.code(self.success);
        match self.on_success {
            OnSuccess::Absent => {}
            OnSuccess::Null => members.push(("profileKey".to_owned(), Json::Null)),
            OnSuccess::Empty => members.push(("profileKey".to_owned(), Json::text(""))),
        }
        members.extend(result);
        self.answer(self.success_status, members)
    }

    /// The answer to a refused request.
    pub(crate) fn refusal(&self, refusal: &Refusal) -> Answer {
        let mut members = self.code(refusal.code);
        if let Some((name, value)) = self.culprit(&refusal.place) {
            members.push((name.to_owned(), value));
        }
        match self.message {
            Message::Given => members.push(("errorMessage".to_owned(), Json::text(refusal.message.as_str()))),
            Message::LeftOut => {}
        }
        self.answer(self.status(refusal), members)
    }

    fn status(&self, refusal: &Refusal) -> u16 {
        match &refusal.place {
            Place::Key { .. } => self.profile_status,
            Place::Parameter(_) => self.parameter_status,
            // The status table pairs 1002, also the one of an unknown app key, with 400 and 1004 with 401.
            Place::Caller if refusal.code == codes::PARAMETER => self.parameter_status,
            Place::Caller => self.caller_status,
            Place::Address => 404,
            Place::Rate => 429,
        }
    }

    fn code(&self, code: u32) -> Members {
        let number = Json::Int(code.into());
        match self.code_form {
            CodeForm::Number => vec![("code".to_owned(), number)],
            CodeForm::Text => vec![("code".to_owned(), Json::Text(code.to_string()))],
            CodeForm::Missing => Vec::new(),
            CodeForm::Capitalised => vec![("Code".to_owned(), number)],
            CodeForm::Nested => vec![("result".to_owned(), Json::object([("code", number)]))],
            CodeForm::AlwaysSuccess => vec![("code".to_owned(), Json::Int(self.success.into()))],
        }
    }

    fn culprit(&self, place: &Place) -> Option<(&'static str, Json)> {
        const MEMBER: &str = "profileKey";
        let (parameter, key) = match place {
            Place::Key { parameter, key } => (*parameter, key.as_str()),
            Place::Parameter(parameter) => {
                return match self.request_culprit {
                    RequestCulprit::Absent => None,
                    RequestCulprit::Parameter => Some((MEMBER, Json::text(*parameter))),
                    RequestCulprit::Empty => Some((MEMBER, Json::text(""))),
                };
            }
            Place::Caller | Place::Address | Place::Rate => return None,
        };
        Some(match self.culprit {
            Culprit::Key => (MEMBER, Json::text(key)),
            Culprit::Missing => return None,
            Culprit::Always(name) => (MEMBER, Json::text(name)),
            Culprit::Path => (MEMBER, Json::Text(format!("{parameter}.{key}"))),
            Culprit::Parameter => (MEMBER, Json::text(parameter)),
            Culprit::WithoutPrefix => (MEMBER, Json::text(key.strip_prefix("ext_").unwrap_or(key))),
            Culprit::Lowercased => (MEMBER, Json::Text(key.to_lowercase())),
            Culprit::InList => (MEMBER, Json::Array(vec![Json::text(key)])),
            Culprit::OtherMember => ("key", Json::text(key)),
        })
    }

    fn answer(&self, status: u16, members: Members) -> Answer {
        Answer { status, content_type: self.content_type, body: Json::Object(members).write() }
    }
}
