//! What both profile documents leave open: lengths, keys, values, replies, and what is stored.

use std::time::Duration;

use super::reading::{Entry, Named};
use crate::reference::json::Kind;
use crate::reference::length::Unit;
use crate::reference::profile::{
    AcceptedMethod, Digits, Duplicate, Form, KeyMeasure, Limit, Message, Nulls, OnSuccess, PairsScope, Prefix,
    RequestCulprit, Rules, Strictness, UnknownKey, Which,
};
use crate::reference::write::{EmptyValue, Mode};

/// The table; every default is what the rules say anyway.
#[rustfmt::skip]
pub(super) const READINGS: &[Entry<Rules>] = &[
    Entry::named("length-unit", "what is a character beyond the basic plane?", &[
        Named::new("characters", "one character", |r| unit(r, Unit::Characters)),
        Named::new("utf16", "two, as in UTF-16", |r| unit(r, Unit::Utf16)),
        Named::new("graphemes", "no character is: what a reader sees as one is counted", |r| unit(r, Unit::Graphemes)),
        Named::new("astral-bytes", "four, its bytes", |r| unit(r, Unit::BytesBeyondBasic)),
    ]),
    Entry::named("ext-key-length", "does the limit of an extended key count its prefix?", &[
        Named::new("whole", "it does", |r| r.extended.key_measure = KeyMeasure::WholeKey),
        Named::new("after-prefix", "it does not", |r| r.extended.key_measure = KeyMeasure::AfterPrefix),
    ]),
    Entry::named("ext-bare", "is the prefix alone a key?", &[
        Named::new("accepted", "it is", |r| r.extended.bare_prefix = Strictness::Accepted),
        Named::new("refused", "it is not", |r| r.extended.bare_prefix = Strictness::Refused),
    ]),
    Entry::named("ext-underscore", "may a key have further underscores?", &[
        Named::new("refused", "it may not", |_| {}),
        Named::new("accepted", "it may", |r| r.extended.alphabet.push('_'..='_')),
    ]),
    Entry::named("ext-prefix-case", "is the prefix case-sensitive?", &[
        Named::new("exact", "it is", |r| r.extended.prefix = Prefix::Exact("ext_")),
        Named::new("any", "it is not", |r| r.extended.prefix = Prefix::AnyCase("ext_")),
    ]),
    Entry::text("registered-keys", "which extended keys were added in the console?", "KEY,KEY", |r, text| {
        r.extended.registered = Some(text.split(',').map(str::to_owned).collect());
        !text.is_empty()
    }),
    Entry::named("pairs-scope", "where are pairs counted?", &[
        Named::new("request", "in each request", |r| r.extended.pairs_scope = PairsScope::Request),
        Named::new("stored", "in what would be stored of the user", |r| r.extended.pairs_scope = PairsScope::Stored),
    ]),
    Entry::named("unknown-key", "what becomes of a basic key that no table has?", &[
        Named::new("refused", "the request is refused", |r| r.unknown_key = UnknownKey::Refused),
        Named::new("stored", "it is stored", |r| r.unknown_key = UnknownKey::Stored),
        Named::new("ignored", "it is ignored", |r| r.unknown_key = UnknownKey::Ignored),
    ]),
    Entry::named("int-digits", "may a whole number be a text of digits?", &[
        Named::new("refused", "it may not", |_| {}),
        Named::new("accepted", "it may, and is stored as a number", |r| ints_admit(r, Kind::Digits)),
    ]),
    Entry::named("int-whole-float", "may a whole number be written as 1.0?", &[
        Named::new("refused", "it may not", |_| {}),
        Named::new("accepted", "it may, and is stored as a whole one", |r| ints_admit(r, Kind::WholeFloat)),
    ]),
    Entry::named("null-value", "what is null as the value of a basic key?", &[
        Named::new("refused", "a wrong type", |r| r.nulls = Nulls::Refused),
        Named::new("ignored", "as good as absent", |r| r.nulls = Nulls::Ignored),
        Named::new("deletes", "the removal of the key", |r| r.nulls = Nulls::Deletes),
    ]),
    Entry::named("non-text", "what becomes of a number or a boolean where a basic text belongs?", &[
        Named::new("refused", "the request is refused", |_| {}),
        Named::new("coerced", "it is stored as a text", |r| {
            for key in r.basic.iter_mut().filter(|key| matches!(key.value.limit, Limit::Length { .. })) {
                key.value.admits.extend([Kind::Bool, Kind::Int, Kind::WholeFloat, Kind::Fraction]);
            }
        }),
    ]),
    Entry::named("unique-id-form", "what may a uniqueId consist of?", &[
        Named::new("any", "anything", |r| form(r, "uniqueId", Form::Any)),
        Named::new("letters-digits", "ASCII letters and digits", |r| form(r, "uniqueId", Form::LettersAndDigits)),
    ]),
    Entry::named("email-form", "must an email be an address?", &[
        Named::new("any", "it need not", |r| form(r, "email", Form::Any)),
        Named::new("address", "it must", |r| form(r, "email", Form::Address)),
    ]),
    Entry::named("birthday-form", "must a birthday be a date?", &[
        Named::new("any", "it need not", |r| form(r, "birthday", Form::Any)),
        Named::new("date", "it must begin with one", |r| form(r, "birthday", Form::Date)),
    ]),
    Entry::named("portrait-form", "must a portraitUri be a web address?", &[
        Named::new("any", "it need not", |r| form(r, "portraitUri", Form::Any)),
        Named::new("web-address", "it must", |r| form(r, "portraitUri", Form::WebAddress)),
    ]),
    Entry::named("null-profile", "what is a profile that is null?", &[
        Named::new("absent", "no profile", |r| r.request.null_profile = Strictness::Accepted),
        Named::new("refused", "a fault", |r| r.request.null_profile = Strictness::Refused),
    ]),
    Entry::named("duplicate-key", "which of two equal keys counts?", &[
        Named::new("last", "the last", |r| r.request.duplicate_member = Duplicate::Last),
        Named::new("first", "the first", |r| r.request.duplicate_member = Duplicate::First),
        Named::new("refused", "neither: the request is refused", |r| r.request.duplicate_member = Duplicate::Refused),
    ]),
    Entry::named("extra-parameter", "what becomes of parameters that no document names?", &[
        Named::new("ignored", "they are ignored", |r| r.request.extra_parameter = Strictness::Accepted),
        Named::new("refused", "the request is refused", |r| r.request.extra_parameter = Strictness::Refused),
    ]),
    Entry::named("content-type", "must the body declare its type?", &[
        Named::new("any", "it need not", |r| r.request.other_content_type = Strictness::Accepted),
        Named::new("enforced", "it must", |r| r.request.other_content_type = Strictness::Refused),
    ]),
    Entry::named("method", "do other methods than POST reach the endpoint?", &[
        Named::new("post", "they do not", |r| r.request.methods = AcceptedMethod::Post),
        Named::new("any", "they do", |r| r.request.methods = AcceptedMethod::Any),
    ]),
    Entry::named("empty-user-id", "is an empty userId one?", &[
        Named::new("refused", "it is not", |r| r.request.empty_user_id = Strictness::Refused),
        Named::new("accepted", "it is", |r| r.request.empty_user_id = Strictness::Accepted),
    ]),
    Entry::text("user-id-max", "how long may a userId be?", "BYTES", |r, text| {
        r.request.user_id_max = text.parse().ok();
        r.request.user_id_max.is_some()
    }),
    Entry::named("unknown-user", "what becomes of a user without record?", &[
        Named::new("created", "the record is made", |r| r.request.unknown_user = Strictness::Accepted),
        Named::new("refused", "the request is refused", |r| r.request.unknown_user = Strictness::Refused),
    ]),
    Entry::named("write", "what becomes of stored keys that a request does not name?", &[
        Named::new("merge", "they stay", |r| r.write.mode = Mode::Merge),
        Named::new("replace", "they go, in each profile that is given", |r| r.write.mode = Mode::Replace),
    ]),
    Entry::named("empty-value", "what does an empty text do?", &[
        Named::new("stored", "it is stored", |r| r.write.empty_value = EmptyValue::Stored),
        Named::new("deletes", "it removes the key", |r| r.write.empty_value = EmptyValue::Deletes),
    ]),
    Entry::text("timestamp-window", "how far may a timestamp be from the server's time?", "SECONDS", |r, text| {
        r.caller.window = text.parse().ok().map(Duration::from_secs);
        r.caller.window.is_some()
    }),
    Entry::named("nonce-replay", "may a nonce come again?", &[
        Named::new("accepted", "it may", |r| r.caller.replay = Strictness::Accepted),
        Named::new("refused", "it may not", |r| r.caller.replay = Strictness::Refused),
    ]),
    Entry::named("signature-case", "may the digits of a signature be upper-case?", &[
        Named::new("lower", "they may not", |r| r.caller.hex = Digits::LowerCase),
        Named::new("any", "they may", |r| r.caller.hex = Digits::AnyCase),
    ]),
    Entry::named("missing-header-code", "with which code is a missing nonce, timestamp or signature refused?", &[
        Named::new("1004", "a wrong signature's", |r| r.caller.missing_code = 1004),
        Named::new("1002", "a wrong parameter's", |r| r.caller.missing_code = 1002),
        Named::new("1001", "a wrong secret's", |r| r.caller.missing_code = 1001),
    ]),
    Entry::named("profile-status", "with which HTTP status is a bad key refused?", &[
        Named::new("200", "200", |r| r.reply.profile_status = 200),
        Named::new("400", "400", |r| r.reply.profile_status = 400),
    ]),
    Entry::named("parameter-status", "with which HTTP status is a bad parameter refused?", &[
        Named::new("400", "400", |r| r.reply.parameter_status = 400),
        Named::new("422", "422", |r| r.reply.parameter_status = 422),
    ]),
    Entry::named("error-message", "does a refusal say in words what is wrong?", &[
        Named::new("given", "it does", |r| r.reply.message = Message::Given),
        Named::new("left-out", "it does not", |r| r.reply.message = Message::LeftOut),
    ]),
    Entry::named("success-key", "what is profileKey of a success?", &[
        Named::new("absent", "absent", |r| r.reply.on_success = OnSuccess::Absent),
        Named::new("null", "null", |r| r.reply.on_success = OnSuccess::Null),
        Named::new("empty", "an empty text", |r| r.reply.on_success = OnSuccess::Empty),
    ]),
    Entry::named("request-key", "what is profileKey when no key of a profile is at fault?", &[
        Named::new("absent", "absent", |r| r.reply.request_culprit = RequestCulprit::Absent),
        Named::new("parameter", "the parameter", |r| r.reply.request_culprit = RequestCulprit::Parameter),
        Named::new("empty", "an empty text", |r| r.reply.request_culprit = RequestCulprit::Empty),
    ]),
    Entry::named("which-key", "which of several bad keys is named?", &[
        Named::new("first", "the first", |r| r.reply.which = Which::First),
        Named::new("last", "the last", |r| r.reply.which = Which::Last),
    ]),
    Entry::named("reply-type", "what is the Content-Type of a reply?", &[
        Named::new("json-utf8", "JSON with its character set", |_| {}),
        Named::new("json", "JSON without", |r| r.reply.content_type = "application/json"),
        Named::new("text", "plain text", |r| r.reply.content_type = "text/plain; charset=utf-8"),
    ]),
];

/// The unit of every limited text.
fn unit(rules: &mut Rules, unit: Unit) {
    for value in rules.values_mut() {
        if let Limit::Length { unit: counted, .. } = &mut value.limit {
            *counted = unit;
        }
    }
}

fn ints_admit(rules: &mut Rules, kind: Kind) {
    for value in rules.values_mut().filter(|value| matches!(value.limit, Limit::Range { .. })) {
        value.admits.push(kind);
    }
}

fn form(rules: &mut Rules, key: &str, form: Form) {
    if let Some(value) = rules.basic_mut(key) {
        value.form = form;
    }
}
