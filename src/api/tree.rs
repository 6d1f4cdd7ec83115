//! A request's content before it is encoded: JSON values whose texts may hold slots.

use indexmap::IndexMap;
use serde_json::{Map, Number, Value};

use crate::exchange::Slot;

/// A JSON value in which texts may hold slots.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, written as it was read: `1.0` stays `1.0`.
    Number(Number),
    /// Text.
    Text(Text),
    /// A list.
    Array(Vec<Tree>),
    /// Members in the order in which they are sent.
    Object(Vec<(String, Tree)>),
}

/// A text: literal parts and slots.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(pub Vec<TextPart>);

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextPart {
    /// Characters as they are, not yet escaped.
    Literal(String),
    /// A place that is filled for each sending.
    Slot(Slot),
    /// A value that an earlier step of the case captures; replaced before the request is formed.
    Capture(String),
}

impl Text {
    /// A text without slots.
    #[must_use]
    pub fn literal(text: impl Into<String>) -> Self {
        Self(vec![TextPart::Literal(text.into())])
    }

    /// The text, when it has no slots.
    #[must_use]
    pub fn as_literal(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [TextPart::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// The text with its slots filled.
    pub fn fill<'a>(&self, value: impl Fn(Slot) -> &'a str) -> String {
        let mut text = String::new();
        for part in &self.0 {
            match part {
                TextPart::Literal(literal) => text.push_str(literal),
                TextPart::Slot(slot) => text.push_str(value(*slot)),
                TextPart::Capture(_) => {}
            }
        }
        text
    }

    /// The text with its captures replaced; one that was never captured becomes empty.
    #[must_use]
    pub fn with_captures(&self, captured: &Captured) -> Self {
        let part = |part: &TextPart| match part {
            TextPart::Capture(name) => TextPart::Literal(captured.get(name).map_or_else(String::new, plain_text)),
            TextPart::Literal(_) | TextPart::Slot(_) => part.clone(),
        };
        Self(self.0.iter().map(part).collect())
    }
}

/// What the steps of a case have captured so far.
pub type Captured = IndexMap<String, Value>;

/// A value as it stands inside a text: a text without its quotes.
fn plain_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

impl Tree {
    /// The tree with its captures replaced; a text that is nothing but one capture takes the captured type.
    #[must_use]
    pub fn with_captures(&self, captured: &Captured) -> Self {
        match self {
            Self::Text(text) => match text.0.as_slice() {
                [TextPart::Capture(name)] => captured.get(name).map_or(Self::Null, Self::from),
                _ => Self::Text(text.with_captures(captured)),
            },
            Self::Array(list) => Self::Array(list.iter().map(|tree| tree.with_captures(captured)).collect()),
            Self::Object(members) => {
                Self::Object(members.iter().map(|(key, tree)| (key.clone(), tree.with_captures(captured))).collect())
            }
            Self::Null | Self::Bool(_) | Self::Number(_) => self.clone(),
        }
    }

    /// The plain JSON value, with the slots filled.
    pub fn fill<'a>(&self, value: &impl Fn(Slot) -> &'a str) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(yes) => Value::Bool(*yes),
            Self::Number(number) => Value::Number(number.clone()),
            Self::Text(text) => Value::String(text.fill(value)),
            Self::Array(list) => list.iter().map(|tree| tree.fill(value)).collect(),
            Self::Object(members) => {
                let members = members.iter().map(|(key, tree)| (key.clone(), tree.fill(value)));
                Value::Object(members.collect::<Map<_, _>>())
            }
        }
    }
}

impl From<&Value> for Tree {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(yes) => Self::Bool(*yes),
            Value::Number(number) => Self::Number(number.clone()),
            Value::String(text) => Self::Text(Text::literal(text.as_str())),
            Value::Array(list) => Self::Array(list.iter().map(Self::from).collect()),
            Value::Object(members) => {
                Self::Object(members.iter().map(|(key, value)| (key.clone(), Self::from(value))).collect())
            }
        }
    }
}
