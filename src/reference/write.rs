//! What an accepted request does to the store: by merging, entirely or not at all, under the user it names.
//!
//! The ways in which that can be wrong are [`Effect`]s, so that the rules say in one place what is stored.

use super::json::{Json, Members};
use super::store::{Record, Store, put};

/// How accepted values reach the store.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct WriteRules {
    /// What happens to stored values that the request does not name: open in all three documents.
    pub(crate) mode: Mode,
    /// What an empty text does: open in all three documents.
    pub(crate) empty_value: EmptyValue,
    /// [`Effect::Faithful`] in every conformant server.
    pub(crate) effect: Effect,
}

impl WriteRules {
    /// What the reference does: merge, store empty texts, and store nothing else than it was told.
    pub(crate) const fn faithful() -> Self {
        Self { mode: Mode::Merge, empty_value: EmptyValue::Stored, effect: Effect::Faithful }
    }
}

/// What happens to stored values that a request does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// They stay.
    Merge,
    /// They go, in each profile that the request carries.
    Replace,
}

/// What an empty text means as a new value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EmptyValue {
    /// A value like any other.
    Stored,
    /// The key is removed.
    Deletes,
}

/// What really reaches the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// What was accepted, and nothing of what was refused.
    Faithful,
    /// Nothing, although the reply says success.
    NothingStored,
    /// What was refused is stored as well.
    RefusedStored,
    /// Of a refused request, the part without fault is stored.
    ValidPartStored,
    /// Values go to another user than the one named.
    OtherUser,
    /// Values go to the named user and to another one.
    OneMoreUser,
    /// A value that is already there is not replaced.
    FirstKept,
    /// Texts lose what goes beyond this many characters.
    Truncated(usize),
    /// Texts lose white space at their ends.
    Trimmed,
    /// Letters of texts are stored in lower case.
    Lowercased,
    /// Texts lose everything outside ASCII.
    AsciiOnly,
    /// Keys are stored in lower case, so that two which differ in case become one.
    KeysFolded,
    /// The basic profile of a request is not stored.
    BasicLost,
    /// The extended profile of a request is not stored.
    ExtendedLost,
    /// The last value of each profile is not stored.
    LastLost,
    /// Numbers are stored as texts.
    NumbersAsText,
}

/// One user's new values.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Patch {
    pub(crate) user: String,
    /// The basic profile, when the request carries one.
    pub(crate) basic: Option<Members>,
    /// The extended profile or the attributes, when the request carries them.
    pub(crate) extended: Option<Members>,
}

/// Applies a patch under the rules, faults included.
pub(crate) fn write(rules: &WriteRules, store: &Store, mut patch: Patch) {
    match rules.effect {
        Effect::NothingStored => return,
        Effect::OtherUser => patch.user.push_str("-2"),
        Effect::OneMoreUser => change(rules, store, Patch { user: format!("{}-2", patch.user), ..patch.clone() }),
        Effect::BasicLost => patch.basic = None,
        Effect::ExtendedLost => patch.extended = None,
        Effect::LastLost => {
            for members in [&mut patch.basic, &mut patch.extended].into_iter().flatten() {
                members.pop();
            }
        }
        Effect::Faithful
        | Effect::RefusedStored
        | Effect::ValidPartStored
        | Effect::FirstKept
        | Effect::Truncated(_)
        | Effect::Trimmed
        | Effect::Lowercased
        | Effect::AsciiOnly
        | Effect::KeysFolded
        | Effect::NumbersAsText => {}
    }
    change(rules, store, patch);
}

fn change(rules: &WriteRules, store: &Store, patch: Patch) {
    store.change(&patch.user, |record: &mut Record| {
        if let Some(members) = patch.basic {
            merge(rules, &mut record.basic, members);
        }
        if let Some(members) = patch.extended {
            merge(rules, &mut record.extended, members);
        }
    });
}

fn merge(rules: &WriteRules, stored: &mut Members, members: Members) {
    if rules.mode == Mode::Replace {
        stored.clear();
    }
    for (name, value) in members {
        let name = if rules.effect == Effect::KeysFolded { name.to_lowercase() } else { name };
        // A null gets this far only under a reading in which it removes the key.
        if value == Json::Null || rules.empty_value == EmptyValue::Deletes && value.as_text() == Some("") {
            stored.retain(|(have, _)| *have != name);
        } else if rules.effect != Effect::FirstKept || stored.iter().all(|(have, _)| *have != name) {
            put(stored, name, altered(rules.effect, value));
        }
    }
}

fn altered(effect: Effect, value: Json) -> Json {
    match (effect, value) {
        (Effect::Truncated(length), Json::Text(text)) => Json::Text(text.chars().take(length).collect()),
        (Effect::Trimmed, Json::Text(text)) => Json::text(text.trim()),
        (Effect::Lowercased, Json::Text(text)) => Json::Text(text.to_lowercase()),
        (Effect::AsciiOnly, Json::Text(text)) => Json::Text(text.chars().filter(char::is_ascii).collect()),
        (Effect::NumbersAsText, Json::Int(number)) => Json::Text(number.to_string()),
        (_, value) => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patch(members: &[(&str, Json)]) -> Patch {
        let members = members.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        Patch { user: "u".to_owned(), basic: None, extended: Some(members) }
    }

    fn stored(rules: &WriteRules, patches: &[Patch]) -> Option<String> {
        let store = Store::new(0);
        for patch in patches {
            write(rules, &store, patch.clone());
        }
        store.get("u").map(|record| Json::Object(record.extended).write())
    }

    #[test]
    fn merging_keeps_what_is_not_named_and_replacing_does_not() {
        let patches = [patch(&[("a", Json::text("1")), ("b", Json::text("2"))]), patch(&[("b", Json::text(""))])];
        let faithful = WriteRules::faithful();
        assert_eq!(stored(&faithful, &patches).unwrap(), r#"{"a":"1","b":""}"#);
        let replacing = WriteRules { mode: Mode::Replace, ..faithful.clone() };
        assert_eq!(stored(&replacing, &patches).unwrap(), r#"{"b":""}"#);
        let deleting = WriteRules { empty_value: EmptyValue::Deletes, ..faithful };
        assert_eq!(stored(&deleting, &patches).unwrap(), r#"{"a":"1"}"#);
    }

    #[test]
    fn every_effect_stores_something_else_than_the_faithful_one() {
        let patches = [
            patch(&[("K", Json::text(" Ab成 ")), ("k", Json::text("x".repeat(40)))]),
            patch(&[("K", Json::text(" Cd成 ")), ("n", Json::Int(1)), ("z", Json::text("last"))]),
        ];
        let faithful = stored(&WriteRules::faithful(), &patches);
        for effect in [
            Effect::NothingStored,
            Effect::OtherUser,
            Effect::FirstKept,
            Effect::Truncated(32),
            Effect::Trimmed,
            Effect::Lowercased,
            Effect::AsciiOnly,
            Effect::KeysFolded,
            Effect::ExtendedLost,
            Effect::LastLost,
            Effect::NumbersAsText,
        ] {
            let rules = WriteRules { effect, ..WriteRules::faithful() };
            assert_ne!(stored(&rules, &patches), faithful, "{effect:?}");
        }
    }
}
