//! What both documents say alike, and the reference's reading where both are silent.

use super::refusal::codes;
use super::reply::{CodeForm, Culprit, Message, OnSuccess, Reply, RequestCulprit, Which};
use super::rules::{
    AcceptedMethod, BasicKey, Caller, Digits, Duplicate, EmptyObject, Extended, Header, KeyMeasure, LETTERS, Lookup,
    Needed, Nulls, PairsScope, Prefix, Request, Rules, SignatureCheck, Strictness, UnknownKey, ValueRule,
};
use crate::reference::answer::JSON;
use crate::reference::form::Plus;
use crate::reference::write::WriteRules;

/// Row `userExtProfile` of both documents' tables of parameters: the longest extended key, in characters.
const KEY_MAX: usize = 32;
/// The same rows: the longest extended value, in characters.
const VALUE_MAX: usize = 256;
/// The same rows: the default limit of pairs.
const PAIRS_MAX: usize = 20;
/// The same rows: with what an extended key must begin.
const PREFIX: &str = "ext_";

impl Rules {
    /// The rules of an api whose replies have `success` as the code of success.
    pub(crate) fn with_success(success: u32) -> Self {
        Self {
            caller: caller(),
            request: request(),
            basic: basic_keys(),
            unknown_key: UnknownKey::Refused,
            nulls: Nulls::Refused,
            extended: extended(),
            write: WriteRules::faithful(),
            reply: reply(success),
            throttle: None,
        }
    }
}

/// The table of basic keys, row for row the same in both documents ("`userProfile` keys", "`userProfile` fields").
fn basic_keys() -> Vec<BasicKey> {
    [
        ("uniqueId", ValueRule::text(32)),
        ("name", ValueRule::text(64)),
        ("portraitUri", ValueRule::text(1024)),
        ("email", ValueRule::text(128)),
        ("birthday", ValueRule::text(32)),
        ("gender", ValueRule::int(0, 2)),
        ("location", ValueRule::text(32)),
        ("role", ValueRule::int(0, 100)),
        ("level", ValueRule::int(0, 100)),
    ]
    .map(|(name, value)| BasicKey { name, value })
    .into()
}

fn extended() -> Extended {
    Extended {
        prefix: Prefix::Exact(PREFIX),
        alphabet: LETTERS.into(),
        // It breaks none of the rows' rules, and a client of the vendor's shows it as its example key.
        bare_prefix: Strictness::Accepted,
        key_max: KEY_MAX,
        key_measure: KeyMeasure::WholeKey,
        value: ValueRule::text(VALUE_MAX),
        pairs_max: PAIRS_MAX,
        pairs_scope: PairsScope::Request,
        registered: None,
    }
}

/// Both documents: every request is signed. The vendor's RongCloud clients send seconds, and nonces of any length.
fn caller() -> Caller {
    Caller {
        required: vec![Header::AppKey, Header::Nonce, Header::Timestamp, Header::Signature],
        app_key: Lookup::MustBeKnown,
        signature: SignatureCheck::Whole,
        hex: Digits::LowerCase,
        seconds: Strictness::Accepted,
        nonce_max: None,
        window: None,
        replay: Strictness::Accepted,
        missing_code: codes::SIGNATURE,
    }
}

/// Both tables of parameters: `userId` is required and each profile is a JSON object; the rest is silence.
fn request() -> Request {
    Request {
        missing_user_id: Strictness::Refused,
        empty_user_id: Strictness::Refused,
        user_id_max: None,
        numeric_user_id: Strictness::Refused,
        profiles: Needed::Nothing,
        malformed_json: Strictness::Refused,
        profile_not_object: Strictness::Refused,
        profile_as_text: Strictness::Refused,
        empty_object: EmptyObject::Provided,
        null_profile: Strictness::Accepted,
        duplicate_member: Duplicate::Last,
        duplicate_parameter: Duplicate::First,
        plus: Plus::Space,
        extra_parameter: Strictness::Accepted,
        other_content_type: Strictness::Accepted,
        methods: AcceptedMethod::Post,
        unknown_user: Strictness::Accepted,
    }
}

/// Both "Response" tables: `code`, and `profileKey` when it is not that of success. HTTP statuses are those of the
/// vendor's public status table; that a refused profile has 200 is how its Python client gets to see `profileKey`.
fn reply(success: u32) -> Reply {
    Reply {
        success,
        success_status: 200,
        profile_status: 200,
        parameter_status: 400,
        caller_status: 401,
        code_form: CodeForm::Number,
        culprit: Culprit::Key,
        which: Which::First,
        request_culprit: RequestCulprit::Absent,
        on_success: OnSuccess::Absent,
        message: Message::Given,
        content_type: JSON,
    }
}
