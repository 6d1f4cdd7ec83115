//! The Tencent document as rules, as data: what readings choose between and what faults break.

use crate::reference::answer::JSON;
use crate::reference::json::Kind;
use crate::reference::length::Unit;
use crate::reference::limiter::Law;
use crate::reference::profile::{AcceptedMethod, Duplicate, Form, Limit, Strictness, ValueRule};
use crate::reference::write::WriteRules;

use super::envelope::{EnvelopeForm, Reply, codes};

/// "Feature Overview": the most users of one request.
const USERS_MAX: usize = 100;
/// "Request fields", row `Attrs`: the longest value, in bytes.
const VALUE_MAX: usize = 50;
/// "Sample request": the attribute names that count as configured until a request changes them.
const NAMES: [&str; 2] = ["sex", "city"];

/// All rules.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rules {
    pub(crate) caller: Caller,
    pub(crate) request: Request,
    pub(crate) batch: Batch,
    pub(crate) attributes: Attributes,
    pub(crate) write: WriteRules,
    pub(crate) reply: Reply,
    /// A rate limit of the api's own, in place of the one the server was started with.
    pub(crate) throttle: Option<Law>,
}

/// How the caller is authenticated.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Caller {
    /// What is checked, in this order.
    pub(crate) checks: Vec<Check>,
    /// Whether body, caller or rights are looked at first: unknown.
    pub(crate) order: Order,
    /// Codes of missing parameters: unknown.
    pub(crate) missing_sdkappid: u32,
    pub(crate) missing_identifier: u32,
    pub(crate) missing_usersig: u32,
    /// The code of a caller without admin rights.
    pub(crate) not_admin: u32,
    pub(crate) random: Random,
    /// What becomes of a `contenttype` that is missing or not `json`.
    pub(crate) other_content_type: Strictness,
}

/// One check of the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    /// `usersig` is there.
    Present,
    /// It can be decoded.
    Legal,
    /// It was issued for the application of the query, and that one is the server's.
    Application,
    /// It was issued for the identifier of the query.
    Identity,
    /// It has not expired.
    Expiry,
    /// It was signed with the application's key.
    Key,
    /// The identifier is an admin's.
    Admin,
}

/// What is looked at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Who calls, and then its rights.
    Caller,
    /// The JSON.
    Body,
    /// Admin rights before the `UserSig`.
    Rights,
}

/// How `random` is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Random {
    Unchecked,
    /// It must be there.
    Required,
    /// It must be a 32-bit number.
    Number,
    /// Nothing is asked of it but, when it is a number, a range: too small a one, in a fault.
    Between {
        min: u64,
        max: u64,
    },
}

/// The rules of the body around the attributes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Request {
    pub(crate) methods: AcceptedMethod,
    pub(crate) malformed_json: Strictness,
    /// The code of a body that is not JSON.
    pub(crate) json_code: u32,
    pub(crate) duplicate_member: Duplicate,
    /// What becomes of a body without a proper `UserAttrs`.
    pub(crate) bad_user_attrs: Strictness,
    pub(crate) empty_user_attrs: Strictness,
    /// What becomes of `UserAttrs` given as one object instead of an array.
    pub(crate) bare_object: Strictness,
    /// Whether a client's misspelling is taken: the users stand in a top-level `Attrs`.
    pub(crate) top_level_attrs: Strictness,
    /// What becomes of an entry without a proper `To_Account`.
    pub(crate) bad_account: Strictness,
    pub(crate) empty_account: Strictness,
    /// The longest `To_Account` in bytes; none when there is no limit.
    pub(crate) account_max: Option<usize>,
    /// What becomes of an entry without a proper `Attrs`.
    pub(crate) bad_attrs: Strictness,
    pub(crate) empty_attrs: Strictness,
    /// Which of two entries for one account counts.
    pub(crate) duplicate_account: Duplicate,
    pub(crate) unknown_account: UnknownAccount,
    /// Codes of the faults above: open.
    pub(crate) user_attrs_code: u32,
    pub(crate) account_code: u32,
    pub(crate) attrs_code: u32,
}

/// What becomes of an account without record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnknownAccount {
    Created,
    Refused,
    /// Left out and named in `ErrorList` of a success.
    Reported,
}

/// How many users a request may have, and which of them are looked at.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Batch {
    pub(crate) users_max: usize,
    pub(crate) counted: Counted,
    pub(crate) checked: Checked,
    pub(crate) stored: Stored,
    /// The code of too many.
    pub(crate) code: u32,
}

/// What the limit of a batch counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    Users,
    Attributes,
}

/// Which entries of a batch are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Checked {
    All,
    OnlyFirst,
    OnlyLast,
}

/// Which entries of an accepted batch reach the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stored {
    All,
    OnlyFirst,
    AllButLast,
}

/// The rules of attribute names and values.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Attributes {
    pub(crate) value: ValueRule,
    pub(crate) names: NameCheck,
    /// The names configured at the start.
    pub(crate) configured: Vec<String>,
    /// The code of a value that is too long: 90033, or a public table's 90034.
    pub(crate) long_value_code: u32,
    /// The code of a name that is not configured.
    pub(crate) name_code: u32,
}

/// How attribute names are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NameCheck {
    MustBeConfigured,
    Unchecked,
}

/// The rules without any fault, under the default readings.
pub(crate) fn rules() -> Rules {
    use Check::{Admin, Application, Expiry, Identity, Key, Legal, Present};
    Rules {
        caller: Caller {
            checks: vec![Present, Legal, Application, Identity, Expiry, Key, Admin],
            order: Order::Caller,
            missing_sdkappid: codes::NO_SDKAPPID,
            missing_identifier: codes::ACCOUNT_CHECK,
            missing_usersig: codes::EMPTY_USERSIG,
            not_admin: codes::NOT_ADMIN,
            random: Random::Unchecked,
            other_content_type: Strictness::Accepted,
        },
        request: request(),
        batch: Batch {
            users_max: USERS_MAX,
            counted: Counted::Users,
            checked: Checked::All,
            stored: Stored::All,
            code: codes::TOO_MANY_ACCOUNTS,
        },
        attributes: Attributes {
            value: ValueRule {
                admits: vec![Kind::Text, Kind::Digits],
                limit: Limit::Length { max: VALUE_MAX, unit: Unit::Bytes },
                form: Form::Any,
            },
            names: NameCheck::MustBeConfigured,
            configured: NAMES.map(str::to_owned).into(),
            long_value_code: codes::ATTRIBUTE,
            name_code: codes::ATTRIBUTE,
        },
        write: WriteRules::faithful(),
        reply: Reply {
            ok_status: 200,
            fail_status: 200,
            form: EnvelopeForm::Documented,
            error_info: Strictness::Accepted,
            extra_members: &[],
            limited_code: codes::RATE,
            address_code: codes::RESOURCE,
            content_type: JSON,
        },
        throttle: None,
    }
}

/// "Request fields": `To_Account` and `Attrs` are required; the sample shows `UserAttrs`; the rest is silence.
fn request() -> Request {
    Request {
        methods: AcceptedMethod::Post,
        malformed_json: Strictness::Refused,
        json_code: codes::JSON,
        duplicate_member: Duplicate::Last,
        bad_user_attrs: Strictness::Refused,
        empty_user_attrs: Strictness::Refused,
        bare_object: Strictness::Refused,
        top_level_attrs: Strictness::Refused,
        bad_account: Strictness::Refused,
        empty_account: Strictness::Refused,
        account_max: None,
        bad_attrs: Strictness::Refused,
        empty_attrs: Strictness::Accepted,
        duplicate_account: Duplicate::Last,
        unknown_account: UnknownAccount::Created,
        user_attrs_code: codes::JSON,
        account_code: codes::ACCOUNT,
        attrs_code: codes::JSON,
    }
}
