//! A reading by name, with its values.

use std::fmt;

use super::{nexconn, profile, rongcloud, tencent};
use crate::reference::row::Row;
use crate::reference::{Api, profile as profiles, tencent as attributes};

/// One open point of one api.
#[derive(Clone, Copy)]
pub struct Reading(pub(super) Row<Entry<profiles::Rules>, Entry<attributes::Rules>>);

/// What a table of readings says of one.
pub(super) struct Entry<R: 'static> {
    /// Unique within its api.
    pub(super) name: &'static str,
    /// The question that the document leaves open.
    pub(super) question: &'static str,
    pub(super) values: Values<R>,
}

/// The values that a reading can have.
pub(super) enum Values<R: 'static> {
    /// One of these, the first of which is the default.
    Named(&'static [Named<R>]),
    /// A text in a form of its own, or `none`, which is the default.
    Text {
        form: &'static str,
        /// False when the text has not that form.
        set: fn(&mut R, &str) -> bool,
    },
}

/// One value of a reading.
pub(super) struct Named<R: 'static> {
    pub(super) name: &'static str,
    pub(super) means: &'static str,
    pub(super) set: fn(&mut R),
}

impl<R> Entry<R> {
    /// A reading with named values, the default first.
    pub(super) const fn named(name: &'static str, question: &'static str, values: &'static [Named<R>]) -> Self {
        Self { name, question, values: Values::Named(values) }
    }

    /// A reading with a text as value, `none` by default.
    pub(super) const fn text(
        name: &'static str,
        question: &'static str,
        form: &'static str,
        set: fn(&mut R, &str) -> bool,
    ) -> Self {
        Self { name, question, values: Values::Text { form, set } }
    }
}

impl<R> Named<R> {
    pub(super) const fn new(name: &'static str, means: &'static str, set: fn(&mut R)) -> Self {
        Self { name, means, set }
    }
}

/// A value that a reading can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What stands after the `=`; for readings that take a text, its form in capitals.
    pub value: &'static str,
    /// What the server does under it.
    pub means: &'static str,
}

impl Reading {
    /// Every open point that the reference can read in more than one way, by api.
    pub fn all() -> impl Iterator<Item = Self> {
        Row::all(profile::READINGS, rongcloud::READINGS, nexconn::READINGS, tencent::READINGS).map(Self)
    }

    /// The api whose document is silent.
    #[must_use]
    pub fn api(self) -> Api {
        self.0.api()
    }

    /// The name within the api.
    #[must_use]
    pub fn short_name(self) -> &'static str {
        self.0.read(|entry| entry.name, |entry| entry.name)
    }

    /// What the document leaves open, as a question.
    #[must_use]
    pub fn question(self) -> &'static str {
        self.0.read(|entry| entry.question, |entry| entry.question)
    }

    /// The values, the default first.
    #[must_use]
    pub fn choices(self) -> Vec<Choice> {
        self.0.read(|entry| entry.values.choices(), |entry| entry.values.choices())
    }
}

impl<R> Values<R> {
    fn choices(&self) -> Vec<Choice> {
        match self {
            Self::Named(values) => {
                values.iter().map(|named| Choice { value: named.name, means: named.means }).collect()
            }
            Self::Text { form, .. } => {
                vec![Choice { value: "none", means: "nothing of the kind" }, Choice { value: form, means: "this one" }]
            }
        }
    }

    /// What is wrong with a value, if anything.
    pub(super) fn problem(&self, rules: &mut R, value: &str) -> Option<String> {
        match self {
            Self::Named(values) => {
                let known = values.iter().any(|named| named.name == value);
                let names = || values.iter().map(|named| named.name).collect::<Vec<_>>().join(", ");
                (!known).then(|| format!("there are {}", names()))
            }
            Self::Text { form, set } => {
                (value != "none" && !set(rules, value)).then(|| format!("it must be none or {form}"))
            }
        }
    }

    /// Reads the rules in this way; a value with a problem leaves them as they are.
    pub(super) fn apply(&self, rules: &mut R, value: &str) {
        match self {
            Self::Named(values) => {
                if let Some(named) = values.iter().find(|named| named.name == value) {
                    (named.set)(rules);
                }
            }
            Self::Text { set, .. } if value != "none" => {
                set(rules, value);
            }
            Self::Text { .. } => {}
        }
    }
}

impl fmt::Display for Reading {
    /// The full name, as `rongcloud/length-unit`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.api(), self.short_name())
    }
}
