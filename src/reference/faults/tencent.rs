//! Faults of Tencent.

use super::fault::Row;
use crate::reference::length::Unit;
use crate::reference::limiter::Law;
use crate::reference::profile::{Limit, Strictness};
use crate::reference::tencent::{Check, Checked, Counted, EnvelopeForm, NameCheck, Random, Rules, Stored};
use crate::reference::write::Effect;

/// The table; limits first, then the body, callers, replies, effects.
#[rustfmt::skip]
pub(super) const FAULTS: &[Row<Rules>] = &[
    Row::new("users-101", "accepts 101 users", |r| r.batch.users_max = 101),
    Row::new("users-99", "refuses 100 users", |r| r.batch.users_max = 99),
    Row::new("users-unlimited", "accepts any number of users", |r| r.batch.users_max = usize::MAX),
    Row::new("attributes-counted", "counts attributes instead of users", |r| r.batch.counted = Counted::Attributes),
    Row::new("value-51", "accepts a value of 51 bytes", |r| longest(r, 51, Unit::Bytes)),
    Row::new("value-49", "refuses a value of 50 bytes", |r| longest(r, 49, Unit::Bytes)),
    Row::new("value-unlimited", "accepts values of any length", |r| longest(r, usize::MAX, Unit::Bytes)),
    Row::new("value-in-characters", "counts the characters of a value", |r| longest(r, 50, Unit::Characters)),
    Row::new("value-in-utf16", "counts the UTF-16 units of a value", |r| longest(r, 50, Unit::Utf16)),
    Row::new("only-first-checked", "checks only the first user of a batch", |r| r.batch.checked = Checked::OnlyFirst),
    Row::new("only-last-checked", "checks only the last user of a batch", |r| r.batch.checked = Checked::OnlyLast),

    Row::new("names-unchecked", "accepts attribute names that are not configured", |r| r.attributes.names = NameCheck::Unchecked),
    Row::new("json-unchecked", "accepts a body that is not JSON", |r| r.request.malformed_json = Strictness::Accepted),
    Row::new("user-attrs-optional", "accepts a body without proper UserAttrs", |r| r.request.bad_user_attrs = Strictness::Accepted),
    Row::new("account-optional", "accepts an entry without proper To_Account", |r| r.request.bad_account = Strictness::Accepted),
    Row::new("attrs-optional", "accepts an entry without proper Attrs", |r| r.request.bad_attrs = Strictness::Accepted),
    Row::new("json-code-60003", "refuses what is not JSON with 60003 instead of 90001", |r| r.request.json_code = 60003),
    Row::new("users-code-90001", "refuses too many users with 90001 instead of 90018", |r| r.batch.code = 90001),
    Row::new("value-code-90001", "refuses a long value with 90001 instead of 90033", |r| r.attributes.long_value_code = 90001),
    Row::new("name-code-90001", "refuses an unknown attribute name with 90001 instead of 90033", |r| r.attributes.name_code = 90001),
    Row::new("admin-code-60010", "refuses who is no admin with 60010 instead of 90009", |r| r.caller.not_admin = 60010),

    Row::new("usersig-unverified", "lets pass any UserSig, or none", |r| r.caller.checks = vec![Check::Admin]),
    Row::new("usersig-optional", "accepts a request without UserSig", |r| leave_out(r, Check::Present)),
    Row::new("usersig-garbage-accepted", "accepts a UserSig that cannot be decoded", |r| leave_out(r, Check::Legal)),
    Row::new("usersig-expired-accepted", "accepts an expired UserSig", |r| leave_out(r, Check::Expiry)),
    Row::new("usersig-other-identity-accepted", "accepts the UserSig of another identifier", |r| leave_out(r, Check::Identity)),
    Row::new("usersig-other-sdkappid-accepted", "accepts the UserSig of another SDKAppID", |r| leave_out(r, Check::Application)),
    Row::new("usersig-other-key-accepted", "accepts a UserSig signed with another key", |r| leave_out(r, Check::Key)),
    Row::new("admin-not-required", "accepts callers without admin rights", |r| leave_out(r, Check::Admin)),
    Row::new("random-31-bits", "refuses a random of 2^31 or more", |r| r.caller.random = Random::Between { min: 0, max: (1 << 31) - 1 }),
    Row::new("random-not-zero", "refuses a random of 0", |r| r.caller.random = Random::Between { min: 1, max: u64::MAX }),

    Row::new("status-missing", "gives no ActionStatus", |r| r.reply.form = EnvelopeForm::StatusMissing),
    Row::new("status-missing-on-fail", "gives no ActionStatus with a failure", |r| r.reply.form = EnvelopeForm::StatusMissingOnFail),
    Row::new("status-always-ok", "says OK with a failure", |r| r.reply.form = EnvelopeForm::AlwaysOk),
    Row::new("status-always-fail", "says FAIL with a success", |r| r.reply.form = EnvelopeForm::AlwaysFail),
    Row::new("status-lower-case", "says ok and fail in lower case", |r| r.reply.form = EnvelopeForm::StatusLowerCase),
    Row::new("status-as-bool", "gives ActionStatus as a boolean", |r| r.reply.form = EnvelopeForm::StatusAsBool),
    Row::new("info-missing", "gives no ErrorInfo", |r| r.reply.form = EnvelopeForm::InfoMissing),
    Row::new("info-missing-on-ok", "gives no ErrorInfo with a success", |r| r.reply.form = EnvelopeForm::InfoMissingOnOk),
    Row::new("info-null", "gives null as ErrorInfo", |r| r.reply.form = EnvelopeForm::InfoNull),
    Row::new("code-missing", "gives no ErrorCode", |r| r.reply.form = EnvelopeForm::CodeMissing),
    Row::new("code-as-text", "gives ErrorCode as a text", |r| r.reply.form = EnvelopeForm::CodeAsText),
    Row::new("success-code-200", "says success with 200 instead of 0", |r| r.reply.form = EnvelopeForm::OkCode200),
    Row::new("code-always-0", "gives 0 as ErrorCode of a failure", |r| r.reply.form = EnvelopeForm::CodeAlwaysZero),
    Row::new("envelope-wrapped", "puts the envelope into a further object", |r| r.reply.form = EnvelopeForm::Wrapped),
    Row::new("fail-http-400", "answers a failure with HTTP 400", |r| r.reply.fail_status = 400),
    Row::new("fail-http-500", "answers a failure with HTTP 500", |r| r.reply.fail_status = 500),
    Row::new("success-http-201", "answers a success with HTTP 201", |r| r.reply.ok_status = 201),

    Row::new("nothing-stored", "stores nothing of what it accepts", |r| r.write.effect = Effect::NothingStored),
    Row::new("only-first-stored", "stores only the first user of a batch", |r| r.batch.stored = Stored::OnlyFirst),
    Row::new("last-user-lost", "does not store the last user of a batch", |r| r.batch.stored = Stored::AllButLast),
    Row::new("last-attribute-lost", "does not store the last attribute of a user", |r| r.write.effect = Effect::LastLost),
    Row::new("refused-stored", "stores what it refuses", |r| r.write.effect = Effect::RefusedStored),
    Row::new("refused-partly-stored", "stores the users of a refused batch that have no fault", |r| r.write.effect = Effect::ValidPartStored),
    Row::new("stored-under-other-user", "stores under another user", |r| r.write.effect = Effect::OtherUser),
    Row::new("stored-under-one-more-user", "stores under another user as well", |r| r.write.effect = Effect::OneMoreUser),
    Row::new("previous-kept", "keeps the previous value of an attribute", |r| r.write.effect = Effect::FirstKept),
    Row::new("stored-truncated", "stores only the first 15 characters of a value", |r| r.write.effect = Effect::Truncated(15)),
    Row::new("stored-trimmed", "stores values without the spaces at their ends", |r| r.write.effect = Effect::Trimmed),
    Row::new("stored-in-lower-case", "stores values in lower case", |r| r.write.effect = Effect::Lowercased),
    Row::new("stored-in-ascii", "stores values without what is not ASCII", |r| r.write.effect = Effect::AsciiOnly),
    Row::paced("throttled", "admits 40 of the documented 100 requests a second", |r| r.throttle = Some(Law::throttled())),
];

/// The limit of a value and its unit.
fn longest(rules: &mut Rules, max: usize, unit: Unit) {
    rules.attributes.value.limit = Limit::Length { max, unit };
}

fn leave_out(rules: &mut Rules, check: Check) {
    rules.caller.checks.retain(|kept| *kept != check);
}
