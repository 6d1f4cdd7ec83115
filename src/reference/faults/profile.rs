//! Faults that RongCloud and Nexconn can have alike: of keys, values, replies, and what is stored.

use super::fault::Entry;
use crate::reference::json::Kind;
use crate::reference::length::Unit;
use crate::reference::limiter::Law;
use crate::reference::profile::{
    CodeForm, Culprit, Header, Limit, Lookup, Needed, Rules, SignatureCheck, Strictness, ValueRule, Which,
};
use crate::reference::write::Effect;

/// The table; limits first, then kinds, keys, callers, replies, effects.
#[rustfmt::skip]
pub(super) const FAULTS: &[Entry<Rules>] = &[
    Entry::new("unique-id-33", "accepts a uniqueId of 33 characters", |r| longest(r, "uniqueId", 33)),
    Entry::new("unique-id-31", "refuses a uniqueId of 32 characters", |r| longest(r, "uniqueId", 31)),
    Entry::new("name-65", "accepts a name of 65 characters", |r| longest(r, "name", 65)),
    Entry::new("name-63", "refuses a name of 64 characters", |r| longest(r, "name", 63)),
    Entry::new("name-32", "refuses names over 32 characters, as another page of the vendor's has it", |r| longest(r, "name", 32)),
    Entry::new("name-unlimited", "accepts a name of any length", |r| longest(r, "name", usize::MAX)),
    Entry::new("portrait-uri-1025", "accepts a portraitUri of 1025 characters", |r| longest(r, "portraitUri", 1025)),
    Entry::new("portrait-uri-1023", "refuses a portraitUri of 1024 characters", |r| longest(r, "portraitUri", 1023)),
    Entry::new("portrait-uri-128", "refuses portraitUris over 128 characters, as another page of the vendor's has it", |r| longest(r, "portraitUri", 128)),
    Entry::new("email-129", "accepts an email of 129 characters", |r| longest(r, "email", 129)),
    Entry::new("email-127", "refuses an email of 128 characters", |r| longest(r, "email", 127)),
    Entry::new("birthday-33", "accepts a birthday of 33 characters", |r| longest(r, "birthday", 33)),
    Entry::new("birthday-31", "refuses a birthday of 32 characters", |r| longest(r, "birthday", 31)),
    Entry::new("location-33", "accepts a location of 33 characters", |r| longest(r, "location", 33)),
    Entry::new("location-31", "refuses a location of 32 characters", |r| longest(r, "location", 31)),
    Entry::new("gender-max-3", "accepts a gender of 3", |r| range(r, "gender", 0, 3)),
    Entry::new("gender-max-1", "refuses a gender of 2", |r| range(r, "gender", 0, 1)),
    Entry::new("gender-min-below", "accepts a gender of -1", |r| range(r, "gender", -1, 2)),
    Entry::new("gender-min-1", "refuses a gender of 0", |r| range(r, "gender", 1, 2)),
    Entry::new("role-max-101", "accepts a role of 101", |r| range(r, "role", 0, 101)),
    Entry::new("role-max-99", "refuses a role of 100", |r| range(r, "role", 0, 99)),
    Entry::new("role-min-below", "accepts a role of -1", |r| range(r, "role", -1, 100)),
    Entry::new("role-min-1", "refuses a role of 0", |r| range(r, "role", 1, 100)),
    Entry::new("level-max-101", "accepts a level of 101", |r| range(r, "level", 0, 101)),
    Entry::new("level-max-99", "refuses a level of 100", |r| range(r, "level", 0, 99)),
    Entry::new("level-min-below", "accepts a level of -1", |r| range(r, "level", -1, 100)),
    Entry::new("level-min-1", "refuses a level of 0", |r| range(r, "level", 1, 100)),
    Entry::new("level-unlimited", "accepts a level of any size", |r| range(r, "level", i64::MIN, i64::MAX)),
    Entry::new("ext-key-37", "accepts extended keys of 37 characters", |r| r.extended.key_max = 37),
    Entry::new("ext-key-31", "refuses an extended key of 32 characters", |r| r.extended.key_max = 31),
    Entry::new("ext-key-unlimited", "accepts extended keys of any length", |r| r.extended.key_max = usize::MAX),
    Entry::new("ext-value-257", "accepts an extended value of 257 characters", |r| ext_longest(r, 257, Unit::Characters)),
    Entry::new("ext-value-255", "refuses an extended value of 256 characters", |r| ext_longest(r, 255, Unit::Characters)),
    Entry::new("ext-value-unlimited", "accepts extended values of any length", |r| ext_longest(r, usize::MAX, Unit::Characters)),
    Entry::new("pairs-21", "accepts 21 extended pairs", |r| r.extended.pairs_max = 21),
    Entry::new("pairs-19", "refuses 20 extended pairs", |r| r.extended.pairs_max = 19),
    Entry::new("pairs-unlimited", "accepts any number of extended pairs", |r| r.extended.pairs_max = usize::MAX),
    Entry::new("name-in-bytes", "counts the bytes of a name", |r| counted(r, "name", Unit::Bytes)),
    Entry::new("location-in-bytes", "counts the bytes of a location", |r| counted(r, "location", Unit::Bytes)),
    Entry::new("ext-value-in-bytes", "counts the bytes of an extended value", |r| ext_longest(r, 256, Unit::Bytes)),

    Entry::new("int-takes-text", "accepts words where a whole number belongs", |r| ints_admit(r, Kind::Text)),
    Entry::new("int-takes-bool", "accepts true where a whole number belongs", |r| ints_admit(r, Kind::Bool)),
    Entry::new("int-takes-array", "accepts an array where a whole number belongs", |r| ints_admit(r, Kind::Array)),
    Entry::new("int-takes-object", "accepts an object where a whole number belongs", |r| ints_admit(r, Kind::Object)),
    Entry::new("int-takes-fraction", "accepts a fraction where a whole number belongs", |r| ints_admit(r, Kind::Fraction)),
    Entry::new("gender-takes-text", "accepts words as a gender", |r| admit(r, "gender", Kind::Text)),
    Entry::new("role-takes-bool", "accepts true as a role", |r| admit(r, "role", Kind::Bool)),
    Entry::new("level-takes-fraction", "accepts a fraction as a level", |r| admit(r, "level", Kind::Fraction)),
    Entry::new("ext-value-takes-int", "accepts a whole number as an extended value", |r| r.extended.value.admits.push(Kind::Int)),
    Entry::new("ext-value-takes-fraction", "accepts a fraction as an extended value", |r| r.extended.value.admits.push(Kind::Fraction)),
    Entry::new("ext-value-takes-bool", "accepts true as an extended value", |r| r.extended.value.admits.push(Kind::Bool)),
    Entry::new("ext-value-takes-null", "accepts null as an extended value", |r| r.extended.value.admits.push(Kind::Null)),
    Entry::new("ext-value-takes-array", "accepts an array as an extended value", |r| r.extended.value.admits.push(Kind::Array)),
    Entry::new("ext-value-takes-object", "accepts an object as an extended value", |r| r.extended.value.admits.push(Kind::Object)),

    Entry::new("ext-key-takes-hyphen", "accepts a hyphen in extended keys", |r| r.extended.alphabet.push('-'..='-')),
    Entry::new("ext-key-takes-dot", "accepts a dot in extended keys", |r| r.extended.alphabet.push('.'..='.')),
    Entry::new("ext-key-takes-space", "accepts a space in extended keys", |r| r.extended.alphabet.push(' '..=' ')),
    Entry::new("ext-key-takes-other-scripts", "accepts letters of any script in extended keys", |r| r.extended.alphabet.push('\u{80}'..=char::MAX)),
    Entry::new("ext-key-takes-anything", "accepts any character in extended keys", |r| r.extended.alphabet.push('\0'..=char::MAX)),
    Entry::new("ext-key-refuses-upper-case", "refuses capital letters in extended keys", |r| r.extended.alphabet.retain(|range| *range.start() != 'A')),
    Entry::new("ext-key-refuses-lower-case", "refuses small letters after the prefix", |r| r.extended.alphabet.retain(|range| *range.start() != 'a')),
    Entry::new("user-id-optional", "accepts a request without userId", |r| r.request.missing_user_id = Strictness::Accepted),
    Entry::new("basic-required", "refuses a request without basic profile", |r| r.request.profiles = Needed::Basic),
    Entry::new("extended-required", "refuses a request without extended profile", |r| r.request.profiles = Needed::Extended),
    Entry::new("json-unchecked", "accepts what is not JSON", |r| r.request.malformed_json = Strictness::Accepted),

    Entry::new("signature-unchecked", "accepts any signature", |r| r.caller.signature = SignatureCheck::Skipped),
    Entry::new("signature-shape-only", "accepts any signature of 40 hexadecimal digits", |r| r.caller.signature = SignatureCheck::Shape),
    Entry::new("signature-half-compared", "compares only the first half of a signature", |r| r.caller.signature = SignatureCheck::Leading(20)),
    Entry::new("app-key-unchecked", "accepts any app key", |r| r.caller.app_key = Lookup::Anything),
    Entry::new("app-key-optional", "accepts a request without app key", |r| leave_out(r, Header::AppKey)),
    Entry::new("nonce-optional", "accepts a request without nonce", |r| leave_out(r, Header::Nonce)),
    Entry::new("timestamp-optional", "accepts a request without timestamp", |r| leave_out(r, Header::Timestamp)),
    Entry::new("signature-optional", "accepts a request without signature", |r| leave_out(r, Header::Signature)),

    Entry::new("code-as-text", "gives the code as a text", |r| r.reply.code_form = CodeForm::Text),
    Entry::new("code-missing", "gives no code", |r| r.reply.code_form = CodeForm::Missing),
    Entry::new("code-capitalised", "spells the code's name with a capital", |r| r.reply.code_form = CodeForm::Capitalised),
    Entry::new("code-nested", "puts the code into a further object", |r| r.reply.code_form = CodeForm::Nested),
    Entry::new("code-always-success", "says success whatever happened", |r| r.reply.code_form = CodeForm::AlwaysSuccess),
    Entry::new("success-http-201", "answers a success with HTTP 201", |r| r.reply.success_status = 201),
    Entry::new("success-http-500", "answers a success with HTTP 500", |r| r.reply.success_status = 500),
    Entry::new("culprit-missing", "does not name the failed key", |r| r.reply.culprit = Culprit::Missing),
    Entry::new("culprit-always-name", "names `name` as the failed key, whichever failed", |r| r.reply.culprit = Culprit::Always("name")),
    Entry::new("culprit-empty", "names the failed key with an empty text", |r| r.reply.culprit = Culprit::Always("")),
    Entry::new("culprit-with-path", "names the failed key with its profile before it", |r| r.reply.culprit = Culprit::Path),
    Entry::new("culprit-is-parameter", "names the profile instead of the failed key", |r| r.reply.culprit = Culprit::Parameter),
    Entry::new("culprit-without-prefix", "names failed extended keys without prefix", |r| r.reply.culprit = Culprit::WithoutPrefix),
    Entry::new("culprit-lower-case", "names the failed key in lower case", |r| r.reply.culprit = Culprit::Lowercased),
    Entry::new("culprit-in-list", "names the failed key in an array", |r| r.reply.culprit = Culprit::InList),
    Entry::new("culprit-under-other-name", "names the failed key in a member of another name", |r| r.reply.culprit = Culprit::OtherMember),
    Entry::new("culprit-first-given", "names the first key of the request, whichever failed", |r| r.reply.which = Which::FirstGiven),

    Entry::new("nothing-stored", "stores nothing of what it accepts", |r| r.write.effect = Effect::NothingStored),
    Entry::new("basic-lost", "stores no basic profile", |r| r.write.effect = Effect::BasicLost),
    Entry::new("extended-lost", "stores no extended profile", |r| r.write.effect = Effect::ExtendedLost),
    Entry::new("last-lost", "does not store the last value of a profile", |r| r.write.effect = Effect::LastLost),
    Entry::new("refused-stored", "stores what it refuses", |r| r.write.effect = Effect::RefusedStored),
    Entry::new("refused-partly-stored", "stores the part of a refused request that has no fault", |r| r.write.effect = Effect::ValidPartStored),
    Entry::new("stored-under-other-user", "stores under another user", |r| r.write.effect = Effect::OtherUser),
    Entry::new("stored-under-one-more-user", "stores under another user as well", |r| r.write.effect = Effect::OneMoreUser),
    Entry::new("previous-kept", "keeps the previous value of a key", |r| r.write.effect = Effect::FirstKept),
    Entry::new("stored-truncated", "stores only the first 31 characters of a text", |r| r.write.effect = Effect::Truncated(31)),
    Entry::new("stored-trimmed", "stores texts without the spaces at their ends", |r| r.write.effect = Effect::Trimmed),
    Entry::new("stored-in-lower-case", "stores texts in lower case", |r| r.write.effect = Effect::Lowercased),
    Entry::new("stored-in-ascii", "stores texts without what is not ASCII", |r| r.write.effect = Effect::AsciiOnly),
    Entry::new("stored-keys-folded", "takes extended keys that differ in case for one", |r| r.write.effect = Effect::KeysFolded),
    Entry::new("stored-numbers-as-text", "stores whole numbers as texts", |r| r.write.effect = Effect::NumbersAsText),
    Entry::paced("throttled", "admits 40 of the documented 100 requests a second", |r| r.throttle = Some(Law::throttled())),
];

/// The limit of a basic text.
fn longest(rules: &mut Rules, key: &str, max: usize) {
    if let Some(ValueRule { limit: Limit::Length { max: limit, .. }, .. }) = rules.basic_mut(key) {
        *limit = max;
    }
}

/// The unit in which a basic text is counted.
fn counted(rules: &mut Rules, key: &str, unit: Unit) {
    if let Some(ValueRule { limit: Limit::Length { unit: counted, .. }, .. }) = rules.basic_mut(key) {
        *counted = unit;
    }
}

/// The range of a basic number.
fn range(rules: &mut Rules, key: &str, min: i64, max: i64) {
    if let Some(value) = rules.basic_mut(key) {
        value.limit = Limit::Range { min, max };
    }
}

fn ext_longest(rules: &mut Rules, max: usize, unit: Unit) {
    rules.extended.value.limit = Limit::Length { max, unit };
}

fn admit(rules: &mut Rules, key: &str, kind: Kind) {
    if let Some(value) = rules.basic_mut(key) {
        value.admits.push(kind);
    }
}

fn ints_admit(rules: &mut Rules, kind: Kind) {
    for value in rules.values_mut().filter(|value| matches!(value.limit, Limit::Range { .. })) {
        value.admits.push(kind);
    }
}

fn leave_out(rules: &mut Rules, header: Header) {
    rules.caller.required.retain(|required| *required != header);
}
