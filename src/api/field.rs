//! Fields of a request and what the document says of their values, as data from which boundaries are derived.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Level;

/// The type that a field's value has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FieldType {
    /// Text.
    String,
    /// A whole number.
    Int,
    /// An object, or a map with free keys.
    Object,
    /// A list.
    Array,
}

/// What a length counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Characters; boundaries use characters that every reading of the word counts as one.
    Characters,
    /// Bytes of UTF-8.
    Bytes,
}

impl Unit {
    /// The length of a text in this unit.
    #[must_use]
    pub fn measure(self, text: &str) -> usize {
        match self {
            Self::Characters => text.chars().count(),
            Self::Bytes => text.len(),
        }
    }
}

/// The form that a text must keep at any length, so that a stricter alphabet of the target condemns nobody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// Any text.
    #[default]
    Free,
    /// Letters and digits, beginning with what no other case has.
    UniqueId,
    /// Local part, `@`, labels of at most 63 characters.
    Email,
    /// An `https` URL with a path.
    Url,
    /// An RFC 3339 date, with a time where the length asks for one.
    Date,
    /// A name that begins with the field's `prefix` and goes on with English letters.
    Key,
}

/// The longest that a text may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Length {
    /// The greatest length that is accepted.
    pub max: usize,
    /// What is counted.
    pub unit: Unit,
    /// The first length that is over the limit under every reading, where that is not `max` + 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<usize>,
    /// The requirement that says so.
    pub requirement: String,
    /// The requirement that says what is open about it: what exactly is counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<String>,
}

/// The least and the greatest number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// Accepted; one below it is not.
    pub min: i64,
    /// Accepted; one above it is not.
    pub max: i64,
    /// The requirement that says so.
    pub requirement: String,
}

/// The greatest number of members or elements.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// The greatest number that is accepted.
    pub max: usize,
    /// The declaration of the target that stands in for `max` where it is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declaration: Option<String>,
    /// The requirement that says so.
    pub requirement: String,
}

/// Which characters a text may have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alphabet {
    /// What it must begin with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// The alphabet after the prefix, in words.
    pub of: String,
    /// The requirement that says so.
    pub requirement: String,
}

/// One field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// The documented type.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// The requirement for the type, where the document states one that can be checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub type_requirement: Option<String>,
    /// The requirement that demands the field; absent when it is optional.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required: Option<String>,
    /// Which entry of `wrong_types` says what must be refused in this field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wrong_types: Option<String>,
    /// The limit of the text's length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<Length>,
    /// The limits of the number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<Range>,
    /// The limit of members or elements.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Count>,
    /// Which characters it may have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alphabet: Option<Alphabet>,
    /// What generated text keeps.
    #[serde(default)]
    pub shape: Shape,
    /// Whether a fault in this field alone must be named in the reply, by the last part of its path.
    #[serde(default)]
    pub culprit: bool,
}

/// A value of another type than the documented one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WrongType {
    /// Text that is no number.
    Text,
    /// A number written as text.
    Digits,
    /// A whole number.
    Number,
    /// A number with a fraction.
    Fraction,
    /// A whole number written with a fraction, `1.0`.
    WholeFloat,
    /// `true`.
    Bool,
    /// A list.
    Array,
    /// An object.
    Object,
    /// `null`.
    Null,
}

impl WrongType {
    /// The value that is sent.
    #[must_use]
    pub fn value(self) -> Value {
        match self {
            Self::Text => json!("one"),
            Self::Digits => json!("1"),
            Self::Number => json!(1),
            Self::Fraction => json!(1.5),
            Self::WholeFloat => json!(1.0),
            Self::Bool => json!(true),
            Self::Array => json!([1]),
            Self::Object => json!({ "a": 1 }),
            Self::Null => Value::Null,
        }
    }

    /// The word used in YAML and in addresses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Digits => "digits",
            Self::Number => "number",
            Self::Fraction => "fraction",
            Self::WholeFloat => "whole_float",
            Self::Bool => "bool",
            Self::Array => "array",
            Self::Object => "object",
            Self::Null => "null",
        }
    }
}

/// For one class of fields: which wrong types bind how far. What is not listed is not sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WrongTypes {
    /// Must be refused.
    #[serde(default)]
    pub must: Vec<WrongType>,
    /// Should be refused.
    #[serde(default)]
    pub should: Vec<WrongType>,
    /// Recorded only.
    #[serde(default)]
    pub observe: Vec<WrongType>,
}

impl WrongTypes {
    /// Every listed type with its level, `must` first.
    pub fn iter(&self) -> impl Iterator<Item = (WrongType, Level)> {
        let level = |list: &[WrongType], level| list.iter().map(|wrong| (*wrong, level)).collect::<Vec<_>>();
        level(&self.must, Level::Must)
            .into_iter()
            .chain(level(&self.should, Level::Should))
            .chain(level(&self.observe, Level::Observe))
    }
}

/// Fields by their path, parts joined with a dot, in the order of the description.
pub type Fields = IndexMap<String, Field>;
