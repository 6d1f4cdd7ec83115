//! Faults of Tencent.

use super::fault::Entry;
use crate::reference::length::Unit;
use crate::reference::limiter::Law;
use crate::reference::profile::{Limit, Strictness};
use crate::reference::tencent::{Check, Checked, Counted, EnvelopeForm, NameCheck, Random, Rules, Stored};
use crate::reference::write::Effect;

/// The table; limits first, then the body, callers, replies, effects.
#[rustfmt::skip]
pub(super) const FAULTS: &[Entry<Rules>] = &[
    Entry::new("users-101", "accepts 101 users", |r| r.batch.users_max = 101),
    Entry::new("users-99", "refuses 100 users", |r| r.batch.users_max = 99),
    Entry::new("users-unlimited", "accepts any number of users", |r| r.batch.users_max = usize::MAX),
    Entry::new("attributes-counted", "counts attributes instead of users", |r| r.batch.counted = Counted::Attributes),
    Entry::new("value-51", "accepts a value of 51 bytes", |r| longest(r, 51, Unit::Bytes)),
    Entry::new("value-49", "refuses a value of 50 bytes", |r| longest(r, 49, Unit::Bytes)),
    Entry::new("value-unlimited", "accepts values of any length", |r| longest(r, usize::MAX, Unit::Bytes)),
    Entry::new("value-in-characters", "counts the characters of a value", |r| longest(r, 50, Unit::Characters)),
    Entry::new("value-in-utf16", "counts the UTF-16 units of a value", |r| longest(r, 50, Unit::Utf16)),
    Entry::new("only-first-checked", "checks only the first user of a batch", |r| r.batch.checked = Checked::OnlyFirst),
    Entry::new("only-last-checked", "checks only the last user of a batch", |r| r.batch.checked = Checked::OnlyLast),

    Entry::new("names-unchecked", "accepts attribute names that are not configured", |r| r.attributes.names = NameCheck::Unchecked),
    Entry::new("json-unchecked", "accepts a body that is not JSON", |r| r.request.malformed_json = Strictness::Accepted),
    Entry::new("user-attrs-optional", "accepts a body without proper UserAttrs", |r| r.request.bad_user_attrs = Strictness::Accepted),
    Entry::new("account-optional", "accepts an entry without proper To_Account", |r| r.request.bad_account = Strictness::Accepted),
    Entry::new("attrs-optional", "accepts an entry without proper Attrs", |r| r.request.bad_attrs = Strictness::Accepted),
    Entry::new("json-code-60003", "refuses what is not JSON with 60003 instead of 90001", |r| r.request.json_code = 60003),
    Entry::new("users-code-90001", "refuses too many users with 90001 instead of 90018", |r| r.batch.code = 90001),
    Entry::new("value-code-90001", "refuses a long value with 90001 instead of 90033", |r| r.attributes.long_value_code = 90001),
    Entry::new("name-code-90001", "refuses an unknown attribute name with 90001 instead of 90033", |r| r.attributes.name_code = 90001),
    Entry::new("admin-code-60010", "refuses who is no admin with 60010 instead of 90009", |r| r.caller.not_admin = 60010),

    Entry::new("usersig-unverified", "lets pass any UserSig, or none", |r| r.caller.checks = vec![Check::Admin]),
    Entry::new("usersig-optional", "accepts a request without UserSig", |r| leave_out(r, Check::Present)),
    Entry::new("usersig-garbage-accepted", "accepts a UserSig that cannot be decoded", |r| leave_out(r, Check::Legal)),
    Entry::new("usersig-expired-accepted", "accepts an expired UserSig", |r| leave_out(r, Check::Expiry)),
    Entry::new("usersig-other-identity-accepted", "accepts the UserSig of another identifier", |r| leave_out(r, Check::Identity)),
    Entry::new("usersig-other-sdkappid-accepted", "accepts the UserSig of another SDKAppID", |r| leave_out(r, Check::Application)),
    Entry::new("usersig-other-key-accepted", "accepts a UserSig signed with another key", |r| leave_out(r, Check::Key)),
    Entry::new("admin-not-required", "accepts callers without admin rights", |r| leave_out(r, Check::Admin)),
    Entry::new("random-31-bits", "refuses a random of 2^31 or more", |r| r.caller.random = Random::Between { min: 0, max: (1 << 31) - 1 }),
    Entry::new("random-not-zero", "refuses a random of 0", |r| r.caller.random = Random::Between { min: 1, max: u64::MAX }),

    Entry::new("status-missing", "gives no ActionStatus", |r| r.reply.form = EnvelopeForm::StatusMissing),
    Entry::new("status-missing-on-fail", "gives no ActionStatus with a failure", |r| r.reply.form = EnvelopeForm::StatusMissingOnFail),
    Entry::new("status-always-ok", "says OK with a failure", |r| r.reply.form = EnvelopeForm::AlwaysOk),
    Entry::new("status-always-fail", "says FAIL with a success", |r| r.reply.form = EnvelopeForm::AlwaysFail),
    Entry::new("status-lower-case", "says ok and fail in lower case", |r| r.reply.form = EnvelopeForm::StatusLowerCase),
    Entry::new("status-as-bool", "gives ActionStatus as a boolean", |r| r.reply.form = EnvelopeForm::StatusAsBool),
    Entry::new("info-missing", "gives no ErrorInfo", |r| r.reply.form = EnvelopeForm::InfoMissing),
    Entry::new("info-missing-on-ok", "gives no ErrorInfo with a success", |r| r.reply.form = EnvelopeForm::InfoMissingOnOk),
    Entry::new("info-null", "gives null as ErrorInfo", |r| r.reply.form = EnvelopeForm::InfoNull),
    Entry::new("code-missing", "gives no ErrorCode", |r| r.reply.form = EnvelopeForm::CodeMissing),
    Entry::new("code-as-text", "gives ErrorCode as a text", |r| r.reply.form = EnvelopeForm::CodeAsText),
    Entry::new("success-code-200", "says success with 200 instead of 0", |r| r.reply.form = EnvelopeForm::OkCode200),
    Entry::new("code-always-0", "gives 0 as ErrorCode of a failure", |r| r.reply.form = EnvelopeForm::CodeAlwaysZero),
    Entry::new("envelope-wrapped", "puts the envelope into a further object", |r| r.reply.form = EnvelopeForm::Wrapped),
    Entry::new("fail-http-400", "answers a failure with HTTP 400", |r| r.reply.fail_status = 400),
    Entry::new("fail-http-500", "answers a failure with HTTP 500", |r| r.reply.fail_status = 500),
    Entry::new("success-http-201", "answers a success with HTTP 201", |r| r.reply.ok_status = 201),

    Entry::new("nothing-stored", "stores nothing of what it accepts", |r| r.write.effect = Effect::NothingStored),
    Entry::new("only-first-stored", "stores only the first user of a batch", |r| r.batch.stored = Stored::OnlyFirst),
    Entry::new("last-user-lost", "does not store the last user of a batch", |r| r.batch.stored = Stored::AllButLast),
    Entry::new("last-attribute-lost", "does not store the last attribute of a user", |r| r.write.effect = Effect::LastLost),
    Entry::new("refused-stored", "stores what it refuses", |r| r.write.effect = Effect::RefusedStored),
    Entry::new("refused-partly-stored", "stores the users of a refused batch that have no fault", |r| r.write.effect = Effect::ValidPartStored),
    Entry::new("stored-under-other-user", "stores under another user", |r| r.write.effect = Effect::OtherUser),
    Entry::new("stored-under-one-more-user", "stores under another user as well", |r| r.write.effect = Effect::OneMoreUser),
    Entry::new("previous-kept", "keeps the previous value of an attribute", |r| r.write.effect = Effect::FirstKept),
    Entry::new("stored-truncated", "stores only the first 15 characters of a value", |r| r.write.effect = Effect::Truncated(15)),
    Entry::new("stored-trimmed", "stores values without the spaces at their ends", |r| r.write.effect = Effect::Trimmed),
    Entry::new("stored-in-lower-case", "stores values in lower case", |r| r.write.effect = Effect::Lowercased),
    Entry::new("stored-in-ascii", "stores values without what is not ASCII", |r| r.write.effect = Effect::AsciiOnly),
    Entry::paced("throttled", "admits 40 of the documented 100 requests a second", |r| r.throttle = Some(Law::throttled())),
];

/// The limit of a value and its unit.
fn longest(rules: &mut Rules, max: usize, unit: Unit) {
    rules.attributes.value.limit = Limit::Length { max, unit };
}

fn leave_out(rules: &mut Rules, check: Check) {
    rules.caller.checks.retain(|kept| *kept != check);
}
