//! How outcomes are told: code, HTTP status, words, and the key that failed.

use super::refusal::{Place, Refusal, codes};
use crate::reference::answer::Answer;
use crate::reference::json::{Json, Members};

/// How outcomes are told.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reply {
    /// The code that means success.
    pub(crate) success: u32,
    pub(crate) success_status: u16,
    /// HTTP status of a refusal that names a key: unknown.
    pub(crate) profile_status: u16,
    /// HTTP status of other refused parameters.
    pub(crate) parameter_status: u16,
    /// HTTP status of a refused caller.
    pub(crate) caller_status: u16,
    pub(crate) code_form: CodeForm,
    pub(crate) culprit: Culprit,
    /// Which of several bad keys is named: unknown.
    pub(crate) which: Which,
    /// What is named when no single key is at fault: unknown.
    pub(crate) request_culprit: RequestCulprit,
    /// `profileKey` of a success.
    pub(crate) on_success: OnSuccess,
    /// Whether a refusal says in words what is wrong.
    pub(crate) message: Message,
    pub(crate) content_type: &'static str,
}

/// In which form the code stands in the reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CodeForm {
    Number,
    Text,
    Missing,
    /// Named in another case.
    Capitalised,
    /// Inside a further object.
    Nested,
    /// Always that of success.
    AlwaysSuccess,
}

/// How the failed key is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Culprit {
    /// By its bare name.
    Key,
    Missing,
    /// Always by the same name.
    Always(&'static str),
    /// With the parameter before it.
    Path,
    /// Only by the parameter it stands in.
    Parameter,
    /// Without the prefix of extended keys.
    WithoutPrefix,
    /// In lower case.
    Lowercased,
    /// In a list.
    InList,
    /// Under another member name.
    OtherMember,
}

/// Which of several bad keys is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    First,
    Last,
    /// The first key of the request, whether bad or good.
    FirstGiven,
}

/// Whether a refusal says in words what is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Message {
    Given,
    LeftOut,
}

/// What `profileKey` is when no single key is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RequestCulprit {
    Absent,
    /// The parameter.
    Parameter,
    Empty,
}

/// `profileKey` of a success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnSuccess {
    Absent,
    Null,
    Empty,
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
