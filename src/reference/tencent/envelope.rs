//! The envelope of every Tencent reply: `ActionStatus`, `ErrorInfo`, `ErrorCode`, and HTTP 200 whatever happened.

use crate::reference::answer::Answer;
use crate::reference::json::{Json, Members};
use crate::reference::profile::Strictness;

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: u32,
    /// For people; clients must not decide on it.
    pub(crate) info: &'static str,
}

impl Refusal {
    pub(crate) fn new(code: u32, info: &'static str) -> Self {
        Self { code, info }
    }
}

/// The numbers that are told. Those of the document's own table are marked; the others are in the vendor's public one.
pub(crate) mod codes {
    /// The URL cannot be understood.
    pub(crate) const URL: u32 = 60002;
    /// The account of the query was not recognised.
    pub(crate) const ACCOUNT_CHECK: u32 = 60004;
    /// Too many calls a second.
    pub(crate) const RATE: u32 = 60007;
    /// The HTTP request is malformed.
    pub(crate) const FORMAT: u32 = 60008;
    /// No such command.
    pub(crate) const RESOURCE: u32 = 60009;
    /// `sdkappid` is missing.
    pub(crate) const NO_SDKAPPID: u32 = 60012;
    /// A parameter of the query is wrong.
    pub(crate) const QUERY: u32 = 60025;
    /// The `UserSig` has expired.
    pub(crate) const EXPIRED: u32 = 70001;
    /// The `UserSig` is empty.
    pub(crate) const EMPTY_USERSIG: u32 = 70002;
    /// The `UserSig` cannot be decoded.
    pub(crate) const ILLEGAL_USERSIG: u32 = 70003;
    /// The `UserSig` was signed with another key.
    pub(crate) const OTHER_KEY: u32 = 70009;
    /// The `UserSig` is another identifier's.
    pub(crate) const OTHER_IDENTIFIER: u32 = 70013;
    /// The `UserSig` is another application's.
    pub(crate) const OTHER_SDKAPPID: u32 = 70014;
    /// There is no such application.
    pub(crate) const UNKNOWN_SDKAPPID: u32 = 70020;
    /// An account was not imported.
    pub(crate) const NOT_IMPORTED: u32 = 70107;
    /// Document: the body is not the JSON that it should be.
    pub(crate) const JSON: u32 = 90001;
    /// `To_Account` is missing or wrong.
    pub(crate) const ACCOUNT: u32 = 90003;
    /// Document: the caller is not an admin.
    pub(crate) const NOT_ADMIN: u32 = 90009;
    /// Document: too many accounts.
    pub(crate) const TOO_MANY_ACCOUNTS: u32 = 90018;
    /// Document: an attribute is invalid.
    pub(crate) const ATTRIBUTE: u32 = 90033;
    /// The body is too large.
    pub(crate) const SIZE: u32 = 93000;
    /// An account does not exist.
    pub(crate) const UNKNOWN_ACCOUNT: u32 = 90048;
}

/// How outcomes are told.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reply {
    /// HTTP status of a success ("Error Codes": always 200).
    pub(crate) ok_status: u16,
    /// HTTP status of a failure (the same).
    pub(crate) fail_status: u16,
    pub(crate) form: EnvelopeForm,
    /// Whether a failure says in words what is wrong, or has an empty `ErrorInfo`.
    pub(crate) error_info: Strictness,
    /// Members beyond the documented ones, all empty texts.
    pub(crate) extra_members: &'static [&'static str],
    /// The code of an excess call.
    pub(crate) limited_code: u32,
    /// The code of an unknown command.
    pub(crate) address_code: u32,
    pub(crate) content_type: &'static str,
}

/// The form of the envelope: the documented one, or one with a flaw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EnvelopeForm {
    Documented,
    StatusMissing,
    /// `ActionStatus` is left out of failures only.
    StatusMissingOnFail,
    /// Failures say `OK`.
    AlwaysOk,
    /// Successes say `FAIL`.
    AlwaysFail,
    StatusLowerCase,
    StatusAsBool,
    InfoMissing,
    InfoMissingOnOk,
    InfoNull,
    CodeMissing,
    CodeAsText,
    /// Successes have 200 instead of 0.
    OkCode200,
    /// Failures have 0.
    CodeAlwaysZero,
    /// All three stand inside a further object.
    Wrapped,
}

impl Reply {
    /// The answer to a request that was carried out, with what a companion endpoint has to say.
    pub(crate) fn success(&self, result: Members) -> Answer {
        let code = if self.form == EnvelopeForm::OkCode200 { 200 } else { 0 };
        let mut members = self.envelope(Outcome::Ok, code, "");
        members.extend(result);
        self.answer(self.ok_status, members)
    }

    /// The answer to a refused request.
    pub(crate) fn refusal(&self, refusal: &Refusal) -> Answer {
        let info = if self.error_info == Strictness::Accepted { refusal.info } else { "" };
        let code = if self.form == EnvelopeForm::CodeAlwaysZero { 0 } else { refusal.code };
        self.answer(self.fail_status, self.envelope(Outcome::Fail, code, info))
    }

    fn envelope(&self, outcome: Outcome, code: u32, info: &str) -> Members {
        use EnvelopeForm as Form;
        let failed = outcome == Outcome::Fail;
        let status = match self.form {
            Form::StatusMissing => None,
            Form::StatusMissingOnFail if failed => None,
            Form::AlwaysOk => Some(Json::text("OK")),
            Form::AlwaysFail => Some(Json::text("FAIL")),
            Form::StatusAsBool => Some(Json::Bool(!failed)),
            Form::StatusLowerCase => Some(Json::text(if failed { "fail" } else { "ok" })),
            _ => Some(Json::text(if failed { "FAIL" } else { "OK" })),
        };
        let info = match self.form {
            Form::InfoMissing => None,
            Form::InfoMissingOnOk if !failed => None,
            Form::InfoNull => Some(Json::Null),
            _ => Some(Json::text(info)),
        };
        let code = match self.form {
            Form::CodeMissing => None,
            Form::CodeAsText => Some(Json::Text(code.to_string())),
            _ => Some(Json::Int(code.into())),
        };
        let documented = [("ActionStatus", status), ("ErrorInfo", info), ("ErrorCode", code)];
        let extra = self.extra_members.iter().map(|name| (*name, Some(Json::text(""))));
        documented.into_iter().chain(extra).filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }

    fn answer(&self, status: u16, members: Members) -> Answer {
        let members = match self.form {
            EnvelopeForm::Wrapped => vec![("Response".to_owned(), Json::Object(members))],
            _ => members,
        };
        Answer { status, content_type: self.content_type, body: Json::Object(members).write() }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Ok,
    Fail,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::tencent::rules;

    fn reply(form: EnvelopeForm) -> Reply {
        Reply { form, ..rules().reply }
    }

    #[test]
    fn success_and_failure_have_all_three_members_and_http_200() {
        let reply = reply(EnvelopeForm::Documented);
        let ok = reply.success(Vec::new());
        assert_eq!((ok.status, ok.body.as_str()), (200, r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}"#));
        let fail = reply.refusal(&Refusal::new(90009, "no admin"));
        let expected = r#"{"ActionStatus":"FAIL","ErrorInfo":"no admin","ErrorCode":90009}"#;
        assert_eq!((fail.status, fail.body.as_str()), (200, expected));
    }

    #[test]
    fn each_flawed_form_shows_in_one_of_them() {
        use EnvelopeForm as Form;
        let told = |form| {
            let reply = reply(form);
            (reply.success(Vec::new()).body, reply.refusal(&Refusal::new(90009, "x")).body)
        };
        for form in [
            Form::StatusMissing,
            Form::StatusMissingOnFail,
            Form::AlwaysOk,
            Form::AlwaysFail,
            Form::StatusLowerCase,
            Form::StatusAsBool,
            Form::InfoMissing,
            Form::InfoMissingOnOk,
            Form::InfoNull,
            Form::CodeMissing,
            Form::CodeAsText,
            Form::OkCode200,
            Form::CodeAlwaysZero,
            Form::Wrapped,
        ] {
            assert_ne!(told(form), told(Form::Documented), "{form:?}");
        }
    }

    #[test]
    fn further_members_stand_behind_and_words_may_be_left_out() {
        let reply = Reply {
            extra_members: &["ErrorDisplay"],
            error_info: Strictness::Refused,
            ..reply(EnvelopeForm::Documented)
        };
        let fail = reply.refusal(&Refusal::new(90009, "no admin"));
        assert_eq!(fail.body, r#"{"ActionStatus":"FAIL","ErrorInfo":"","ErrorCode":90009,"ErrorDisplay":""}"#);
    }

    #[test]
    fn what_is_wrong_with_one_outcome_leaves_the_other_as_it_is() {
        use EnvelopeForm as Form;
        let success = |form| reply(form).success(Vec::new()).body;
        let refusal = |form| reply(form).refusal(&Refusal::new(90009, "x")).body;
        let documented = Form::Documented;
        assert_eq!(success(Form::StatusMissingOnFail), success(documented));
        assert_eq!(refusal(Form::StatusMissingOnFail), r#"{"ErrorInfo":"x","ErrorCode":90009}"#);
        assert_eq!(refusal(Form::InfoMissingOnOk), refusal(documented));
        assert_eq!(success(Form::InfoMissingOnOk), r#"{"ActionStatus":"OK","ErrorCode":0}"#);
        let with = |status: bool, code| format!(r#"{{"ActionStatus":{status},"ErrorInfo":"{code}","ErrorCode":"#);
        assert!(success(Form::StatusAsBool).starts_with(&with(true, "")));
        assert!(refusal(Form::StatusAsBool).starts_with(&with(false, "x")));
    }
}
