//! What a step sends: its fields, with their variables resolved, as a [`RequestSpec`].

use std::time::Duration;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::format::{AuthEntry, SpaceWord, StepFields};
use super::value::{Scope, Words};
use crate::api::auth::Variation;
use crate::api::form::Space;
use crate::api::{Api, RequestSpec, Text, TextPart, Tree};
use crate::target::Declared;

/// The field that is at fault, and why.
type Fault = (&'static str, String);

/// Makes the request of a step.
///
/// # Errors
/// The field at fault, and why.
pub(super) fn spec(
    operation: &str,
    content: Tree,
    fields: &StepFields,
    scope: &Scope<'_>,
) -> Result<RequestSpec, Fault> {
    let text = |field, text: &Option<String>| match text {
        Some(text) => scope.text(text).map(Some).map_err(|message| (field, message)),
        None => Ok(None),
    };
    let literal = |field, given: &Option<String>| match text(field, given)? {
        Some(text) => match text.as_literal() {
            Some(literal) => Ok(Some(literal.to_owned())),
            None => Err((field, "a slot such as `${user}` cannot stand here".to_owned())),
        },
        None => Ok(None),
    };
    let headers = texts("headers", &fields.headers, scope)?.into_iter();
    Ok(RequestSpec {
        operation: operation.to_owned(),
        method: literal("method", &fields.method)?,
        path: literal("path", &fields.path)?,
        content,
        raw_body: text("body", &fields.body)?,
        content_type: literal("content_type", &fields.content_type)?,
        query: texts("query", &fields.query, scope)?,
        headers: headers.filter_map(|(name, value)| Some((name, value?))).collect(),
        space: match fields.space {
            Some(SpaceWord::Percent) => Space::Percent,
            Some(SpaceWord::Plus) | None => Space::Plus,
        },
        auth: variation(&fields.auth, scope).map_err(|message| ("auth", message))?,
    })
}

/// Why the target cannot take a content: it holds a name that must be configured and that the target, which declares
/// what is configured, does not have.
pub(super) fn missing_name(content: &Tree, api: &Api, declared: &Declared) -> Option<String> {
    for (fact, declaration) in &api.declarations {
        let (Some(list), Some(names)) = (&declaration.names, declared.facts.get(fact).and_then(Value::as_array)) else {
            continue;
        };
        let missing = api.lists.get(list)?.iter().filter(|name| !names.iter().any(|have| have.as_str() == Some(name)));
        for name in missing {
            if has_key(content, name) {
                return Some(format!("needs `{name}`, which is not among the declared {fact}"));
            }
        }
    }
    None
}

fn has_key(content: &Tree, name: &str) -> bool {
    match content {
        Tree::Object(members) => members.iter().any(|(key, value)| key == name || has_key(value, name)),
        Tree::Array(list) => list.iter().any(|value| has_key(value, name)),
        Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) => false,
    }
}

fn texts(
    field: &'static str,
    members: &Map<String, Value>,
    scope: &Scope<'_>,
) -> Result<IndexMap<String, Option<Text>>, Fault> {
    let absent = serde_json::json!({ "$absent": true });
    let mut texts = IndexMap::new();
    for (name, value) in members {
        let name = scope.plain(&Value::from(name.as_str()), Words::Making).map_err(|message| (field, message))?;
        let name = name.as_str().map_or_else(|| name.to_string(), ToOwned::to_owned);
        if *value == absent {
            texts.insert(name, None);
            continue;
        }
        let text = match scope.tree(value, Words::Making).map_err(|message| (field, message))? {
            Tree::Text(text) => text,
            Tree::Null => return Err((field, format!("`{name}` has no value; `{{ $absent: true }}` leaves it out"))),
            Tree::Bool(yes) => Text::literal(yes.to_string()),
            Tree::Number(number) => Text::literal(number.to_string()),
            Tree::Array(_) | Tree::Object(_) => return Err((field, format!("`{name}` is a text or a number"))),
        };
        texts.insert(name, Some(text));
    }
    Ok(texts)
}

fn variation(entry: &Map<String, Value>, scope: &Scope<'_>) -> Result<Variation, String> {
    if entry.is_empty() {
        return Ok(Variation::default());
    }
    // Texts with slots stay texts here; everything else is resolved, so that variables can stand for any word.
    let mut resolved = entry.clone();
    let mut slots: [IndexMap<String, Text>; 2] = [IndexMap::new(), IndexMap::new()];
    for (part, found) in ["set", "signed_over"].iter().zip(&mut slots) {
        for (name, value) in resolved.shift_remove(*part).as_ref().and_then(Value::as_object).into_iter().flatten() {
            let name = scope.plain(&Value::from(name.as_str()), Words::Making)?;
            let value = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
            found.insert(name.as_str().unwrap_or_default().to_owned(), scope.text(&value)?);
        }
    }
    let resolved = scope.plain(&Value::Object(resolved), Words::Making)?;
    let entry: AuthEntry = serde_json::from_value(resolved).map_err(|error| format!("in `auth`: {error}"))?;
    let [set, signed_over] = slots;
    check_names(&entry, set.keys().chain(signed_over.keys()), scope.api)?;
    set.iter().chain(&signed_over).try_for_each(|(name, text)| check_text(name, text))?;
    Ok(Variation {
        set,
        omit: entry.omit,
        rename: entry.rename,
        signed_over,
        secret: entry.secret.unwrap_or_default(),
        signature: entry.signature.unwrap_or_default(),
        timestamp: entry.timestamp.unwrap_or_default(),
        nonce_length: entry.nonce_length,
        age: entry.age.as_deref().map(duration).transpose()?.unwrap_or_default(),
        lifetime: entry.lifetime.as_deref().map(duration).transpose()?,
        form: entry.usersig.unwrap_or_default(),
    })
}

fn duration(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text).map_err(|error| format!("{text:?} is no duration: {error}; write `2d` or `10m`"))
}

fn check_names<'b>(entry: &'b AuthEntry, texts: impl Iterator<Item = &'b String>, api: &Api) -> Result<(), String> {
    let known = api.auth.names();
    let mut named = entry.omit.iter().chain(entry.rename.keys()).chain(texts);
    match named.find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(format!("`auth` has no `{name}`: the scheme has {}", known.join(", "))),
        None => Ok(()),
    }
}

/// What fills a slot is not escaped anywhere, so it must not need to be.
fn check_text(name: &str, text: &Text) -> Result<(), String> {
    let plain = |character: char| character.is_ascii_alphanumeric() || "-._*".contains(character);
    let literals = text.0.iter().filter_map(|part| match part {
        TextPart::Literal(literal) => Some(literal.as_str()),
        TextPart::Slot(_) | TextPart::Capture(_) => None,
    });
    match literals.flat_map(str::chars).find(|character| !plain(*character)) {
        Some(character) => Err(format!("`{name}` cannot hold {character:?}: letters, digits, `-`, `.`, `_`, `*` only")),
        None => Ok(()),
    }
}
