//! Values of any size for a limited field: texts, numbers, keys, members, elements.

use serde_json::Value;

use super::case::Case;
use super::search::Names;
use super::text::{Script, generate};
use super::value::beyond;
use crate::api::{Api, Field, FieldType, Shape, Text, TextPart, Tree, Unit};
use crate::exchange::Slot;
use crate::target::Declared;

/// What grows with the size.
#[derive(Clone, Debug)]
pub(super) enum Sizes {
    /// The length of a text.
    Text { shape: Shape, unit: Unit },
    /// The number itself.
    Number,
    /// The length of a member's name, which the path ends in.
    Key { unit: Unit, prefix: String },
    /// The number of members, with names that all differ.
    Members { names: Vec<String> },
    /// The number of elements, each for an account of its own.
    Elements { item: Tree },
}

impl Sizes {
    /// What grows in this field, and which names that takes; `None` for a field without limit.
    pub(super) fn of(api: &Api, declared: &Declared, plain: &Case, path: &str, field: &Field) -> Option<(Self, Names)> {
        if field.range.is_some() {
            return Some((Self::Number, Names::default()));
        }
        if let Some(length) = &field.length {
            if field.shape == Shape::Key {
                let prefix = field.alphabet.as_ref().and_then(|alphabet| alphabet.prefix.clone()).unwrap_or_default();
                let (_, names) = configured(api, declared, &prefix);
                return Some((Self::Key { unit: length.unit, prefix }, names));
            }
            let sizes = Self::Text { shape: field.shape, unit: length.unit };
            return Some((sizes, member(api, declared, plain, path)));
        }
        field.count.as_ref()?;
        match field.kind {
            FieldType::Array => {
                let item = first_element(&plain.steps.first()?.request.content, path)?.clone();
                let skip = declared.users.as_ref().map(|users| format!("needs more users than {}", users.len()));
                Some((Self::Elements { item }, Names { skip, ..Names::default() }))
            }
            FieldType::Object => {
                let (known, names) = configured(api, declared, &prefix_of(api, path));
                Some((Self::Members { names: known }, names))
            }
            FieldType::String | FieldType::Int => None,
        }
    }

    /// The value of this size with the path where it goes; `None` when there is no such value.
    pub(super) fn value(&self, path: &str, size: i64) -> Option<(String, Tree)> {
        let count = usize::try_from(size);
        let value = match self {
            Self::Number => Tree::from(&Value::from(size)),
            Self::Text { shape, unit } => Tree::Text(generate(*shape, Script::Ascii, count.ok()?, *unit, "").ok()?),
            Self::Key { unit, prefix } => {
                let key = generate(Shape::Key, Script::Ascii, count.ok()?, *unit, prefix).ok()?;
                let (parent, _) = path.rsplit_once('.')?;
                return Some((format!("{parent}.{}", key.as_literal()?), Tree::Text(Text::literal("hi"))));
            }
            Self::Members { names } => {
                let name = |turn| names.get(turn).cloned().unwrap_or_else(|| beyond(names, turn));
                Tree::Object((0..count.ok()?).map(|turn| (name(turn), Tree::Text(Text::literal("hi")))).collect())
            }
            Self::Elements { item } => Tree::Array((0..count.ok()?).map(|turn| in_turn(item, turn)).collect()),
        };
        Some((path.to_owned(), value))
    }

    /// The smallest size from which on there is a value of every size up to the documented one.
    pub(super) fn least(&self, path: &str, documented: i64) -> i64 {
        let sizes = (1..documented).rev();
        sizes.take_while(|size| self.value(path, *size).is_some()).last().unwrap_or(documented)
    }
}

/// The names of a list that must be configured on a target, those of the api when the target does not say; to one that
/// does say, no name can be made up.
fn configured(api: &Api, declared: &Declared, prefix: &str) -> (Vec<String>, Names) {
    for (fact, declaration) in &api.declarations {
        let Some(list) = declaration.names.as_ref().and_then(|list| api.lists.get(list)) else {
            continue;
        };
        if !list.iter().any(|name| name.starts_with(prefix)) {
            continue;
        }
        let Some(own) = declared.facts.get(fact).and_then(Value::as_array) else {
            return (list.clone(), Names { assumed: Some(fact.clone()), ..Names::default() });
        };
        let own = own.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect();
        let skip = Some(format!("needs names that are not among the declared {fact}"));
        return (own, Names { skip, ..Names::default() });
    }
    (vec![format!("{prefix}a")], Names::default())
}

/// Where a text goes whose path ends in any member: into one that the plain request has, or a configured one.
fn member(api: &Api, declared: &Declared, plain: &Case, path: &str) -> Names {
    let Some(parent) = path.strip_suffix(".*") else {
        return Names::default();
    };
    let has_it = plain.steps.first().is_some_and(|step| has(&step.request.content, parent));
    if has_it {
        return Names::default();
    }
    let (known, names) = configured(api, declared, &prefix_of(api, parent));
    match known.first() {
        Some(name) => Names { path: Some(format!("{parent}.{name}")), skip: None, ..names },
        None => Names { path: None, ..names },
    }
}

/// What the names of an object's members begin with, as its field `key` says.
fn prefix_of(api: &Api, path: &str) -> String {
    let key = api.fields.get(&format!("{path}.key"));
    let prefix = key.and_then(|field| field.alphabet.as_ref()).and_then(|alphabet| alphabet.prefix.clone());
    prefix.unwrap_or_default()
}

fn has(content: &Tree, path: &str) -> bool {
    let (head, rest) = path.split_once('.').map_or((path, None), |(head, rest)| (head, Some(rest)));
    let inner = match content {
        Tree::Object(members) => members.iter().find(|(key, _)| head == "*" || key == head).map(|(_, value)| value),
        Tree::Array(list) if head == "*" => list.first(),
        Tree::Array(_) | Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) => None,
    };
    inner.is_some_and(|inner| rest.is_none_or(|rest| has(inner, rest)))
}

fn first_element<'a>(content: &'a Tree, path: &str) -> Option<&'a Tree> {
    match content {
        Tree::Object(members) => match &members.iter().find(|(key, _)| key == path)?.1 {
            Tree::Array(list) => list.first(),
            _ => None,
        },
        _ => None,
    }
}

/// The element with an account of its own: the user with the number of the turn, as `${account}` has it.
fn in_turn(item: &Tree, turn: usize) -> Tree {
    match item {
        Tree::Text(text) if text.0.contains(&TextPart::Slot(Slot::User)) => {
            let number = TextPart::Literal(format!("{turn:03}"));
            Tree::Text(Text(text.0.iter().cloned().chain([number]).collect()))
        }
        Tree::Array(list) => Tree::Array(list.iter().map(|tree| in_turn(tree, turn)).collect()),
        Tree::Object(members) => {
            Tree::Object(members.iter().map(|(key, tree)| (key.clone(), in_turn(tree, turn))).collect())
        }
        Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) => item.clone(),
    }
}
