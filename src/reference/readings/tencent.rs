//! What the Tencent document leaves open.

use super::reading::{Entry, Named};
use crate::reference::json::Kind;
use crate::reference::profile::{AcceptedMethod, Duplicate, Strictness};
use crate::reference::tencent::{Order, Random, Rules, UnknownAccount};
use crate::reference::write::{EmptyValue, Mode};

/// The table; every default is what the rules say anyway.
#[rustfmt::skip]
pub(super) const READINGS: &[Entry<Rules>] = &[
    Entry::text("attribute-names", "which attribute names are configured, if others than sex and city?", "NAME,NAME", |r, text| {
        r.attributes.configured = text.split(',').map(str::to_owned).collect();
        !text.is_empty() && r.attributes.configured.len() <= 10
    }),
    Entry::named("long-value-code", "with which code is a long value refused?", &[
        Named::new("90033", "an invalid attribute's", |r| r.attributes.long_value_code = 90033),
        Named::new("90034", "that of a tag over 50, in a public table", |r| r.attributes.long_value_code = 90034),
    ]),
    Entry::named("non-text", "what becomes of a value that is not a text?", &[
        Named::new("refused", "the request is refused", |_| {}),
        Named::new("accepted", "it is stored", |r| {
            let kinds = [Kind::Null, Kind::Bool, Kind::Int, Kind::WholeFloat, Kind::Fraction, Kind::Array, Kind::Object];
            r.attributes.value.admits.extend(kinds);
        }),
    ]),
    Entry::named("empty-attrs", "may Attrs be empty?", &[
        Named::new("accepted", "it may", |r| r.request.empty_attrs = Strictness::Accepted),
        Named::new("refused", "it may not", |r| r.request.empty_attrs = Strictness::Refused),
    ]),
    Entry::named("empty-user-attrs", "may UserAttrs be empty?", &[
        Named::new("refused", "it may not", |r| r.request.empty_user_attrs = Strictness::Refused),
        Named::new("accepted", "it may", |r| r.request.empty_user_attrs = Strictness::Accepted),
    ]),
    Entry::named("bare-object", "may UserAttrs be one object?", &[
        Named::new("refused", "it may not", |r| r.request.bare_object = Strictness::Refused),
        Named::new("accepted", "it may", |r| r.request.bare_object = Strictness::Accepted),
    ]),
    Entry::named("top-level-attrs", "may the users stand in Attrs, as a client sends them?", &[
        Named::new("refused", "they may not", |r| r.request.top_level_attrs = Strictness::Refused),
        Named::new("accepted", "they may", |r| r.request.top_level_attrs = Strictness::Accepted),
    ]),
    Entry::named("empty-account", "may To_Account be empty?", &[
        Named::new("refused", "it may not", |r| r.request.empty_account = Strictness::Refused),
        Named::new("accepted", "it may", |r| r.request.empty_account = Strictness::Accepted),
    ]),
    Entry::text("account-max", "how long may To_Account be?", "BYTES", |r, text| {
        r.request.account_max = text.parse().ok();
        r.request.account_max.is_some()
    }),
    Entry::named("duplicate-account", "which of two entries for one account counts?", &[
        Named::new("last", "both, the last one last", |r| r.request.duplicate_account = Duplicate::Last),
        Named::new("first", "the first", |r| r.request.duplicate_account = Duplicate::First),
        Named::new("refused", "neither: the request is refused", |r| r.request.duplicate_account = Duplicate::Refused),
    ]),
    Entry::named("duplicate-key", "which of two equal members counts?", &[
        Named::new("last", "the last", |r| r.request.duplicate_member = Duplicate::Last),
        Named::new("first", "the first", |r| r.request.duplicate_member = Duplicate::First),
        Named::new("refused", "neither: the request is refused", |r| r.request.duplicate_member = Duplicate::Refused),
    ]),
    Entry::named("unknown-account", "what becomes of an account without record?", &[
        Named::new("created", "the record is made", |r| r.request.unknown_account = UnknownAccount::Created),
        Named::new("refused", "the request is refused", |r| r.request.unknown_account = UnknownAccount::Refused),
        Named::new("reported", "it is named in the ErrorList of a success", |r| r.request.unknown_account = UnknownAccount::Reported),
    ]),
    Entry::named("random", "is random checked?", &[
        Named::new("unchecked", "it is not", |r| r.caller.random = Random::Unchecked),
        Named::new("required", "it must be there", |r| r.caller.random = Random::Required),
        Named::new("number", "it must be a 32-bit number", |r| r.caller.random = Random::Number),
    ]),
    Entry::named("contenttype", "must contenttype be json?", &[
        Named::new("any", "it need not", |r| r.caller.other_content_type = Strictness::Accepted),
        Named::new("enforced", "it must", |r| r.caller.other_content_type = Strictness::Refused),
    ]),
    Entry::named("check-order", "what is looked at first?", &[
        Named::new("caller", "the caller", |r| r.caller.order = Order::Caller),
        Named::new("body", "the body", |r| r.caller.order = Order::Body),
        Named::new("admin", "the caller's rights, then who it is", |r| r.caller.order = Order::Rights),
    ]),
    Entry::named("missing-sdkappid-code", "with which code is a missing sdkappid refused?", &[
        Named::new("60012", "its own", |r| r.caller.missing_sdkappid = 60012),
        Named::new("60025", "that of any wrong parameter", |r| r.caller.missing_sdkappid = 60025),
    ]),
    Entry::named("missing-identifier-code", "with which code is a missing identifier refused?", &[
        Named::new("60004", "that of a failed account check", |r| r.caller.missing_identifier = 60004),
        Named::new("60025", "that of any wrong parameter", |r| r.caller.missing_identifier = 60025),
    ]),
    Entry::named("missing-usersig-code", "with which code is a missing usersig refused?", &[
        Named::new("70002", "that of an empty one", |r| r.caller.missing_usersig = 70002),
        Named::new("60004", "that of a failed account check", |r| r.caller.missing_usersig = 60004),
        Named::new("60025", "that of any wrong parameter", |r| r.caller.missing_usersig = 60025),
    ]),
    Entry::named("user-attrs-code", "with which code are wrong UserAttrs refused?", &[
        Named::new("90001", "that of wrong JSON", |r| r.request.user_attrs_code = 90001),
        Named::new("90033", "an invalid attribute's", |r| r.request.user_attrs_code = 90033),
    ]),
    Entry::named("account-code", "with which code is a wrong To_Account refused?", &[
        Named::new("90003", "its own", |r| r.request.account_code = 90003),
        Named::new("60015", "that of an account that is no text", |r| r.request.account_code = 60015),
        Named::new("90001", "that of wrong JSON", |r| r.request.account_code = 90001),
    ]),
    Entry::named("attrs-code", "with which code are wrong Attrs refused?", &[
        Named::new("90001", "that of wrong JSON", |r| r.request.attrs_code = 90001),
        Named::new("90033", "an invalid attribute's", |r| r.request.attrs_code = 90033),
    ]),
    Entry::named("address-code", "with which code is an unknown command refused?", &[
        Named::new("60009", "that of a wrong resource", |r| r.reply.address_code = 60009),
        Named::new("60002", "that of a wrong URL", |r| r.reply.address_code = 60002),
    ]),
    Entry::named("limited-code", "with which code is an excess call refused?", &[
        Named::new("60007", "that of the call frequency", |r| r.reply.limited_code = 60007),
        Named::new("60011", "that of the application's frequency", |r| r.reply.limited_code = 60011),
        Named::new("60018", "that of too frequent requests", |r| r.reply.limited_code = 60018),
    ]),
    Entry::named("method", "do other methods than POST reach the endpoint?", &[
        Named::new("post", "they do not", |r| r.request.methods = AcceptedMethod::Post),
        Named::new("any", "they do", |r| r.request.methods = AcceptedMethod::Any),
    ]),
    Entry::named("write", "what becomes of stored attributes that a request does not name?", &[
        Named::new("merge", "they stay", |r| r.write.mode = Mode::Merge),
        Named::new("replace", "they go", |r| r.write.mode = Mode::Replace),
    ]),
    Entry::named("empty-value", "what does an empty value do?", &[
        Named::new("stored", "it is stored", |r| r.write.empty_value = EmptyValue::Stored),
        Named::new("deletes", "it removes the attribute", |r| r.write.empty_value = EmptyValue::Deletes),
    ]),
    Entry::named("error-info", "does a failure say in words what is wrong?", &[
        Named::new("text", "it does", |r| r.reply.error_info = Strictness::Accepted),
        Named::new("empty", "it does not", |r| r.reply.error_info = Strictness::Refused),
    ]),
    Entry::named("extra-members", "has the envelope further members?", &[
        Named::new("none", "it has not", |r| r.reply.extra_members = &[]),
        Named::new("error-display", "an empty ErrorDisplay", |r| r.reply.extra_members = &["ErrorDisplay"]),
        Named::new("several", "empty texts named ErrorDisplay, TaskId and RequestId", |r| {
            r.reply.extra_members = &["ErrorDisplay", "TaskId", "RequestId"];
        }),
    ]),
    Entry::named("reply-type", "what is the Content-Type of a reply?", &[
        Named::new("json-utf8", "JSON with its character set", |_| {}),
        Named::new("json", "JSON without", |r| r.reply.content_type = "application/json"),
        Named::new("text", "plain text", |r| r.reply.content_type = "text/plain; charset=utf-8"),
    ]),
];
