//! Comparing a JSON value with what is expected of it, where `$` words stand for classes of values.
//!
//! | word | holds for |
//! | --- | --- |
//! | `$type: string` | a value of this type: string, number, integer, bool, array, object, null |
//! | `$regex: "^u[0-9]+$"` | a text that the expression finds a match in |
//! | `$range: [0, 2]` | a number from the first to the second |
//! | `$any_of: [1, null]` | a value that one of these holds for |
//! | `$absent: true` | a member that is not there |
//! | `$json: {…}` | a text that is JSON, for which this holds |

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::{Mismatch, MismatchKind};

/// Whether members that are not named may be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// They may.
    Partial,
    /// They may not.
    Exact,
}

/// The words, for messages and for the schema.
pub const WORDS: [&str; 6] = ["$type", "$regex", "$range", "$any_of", "$absent", "$json"];

/// Every difference between what is expected and what is there.
#[must_use]
pub fn differences(expected: &Value, actual: &Value, strictness: Strictness) -> Vec<Mismatch> {
    let mut found = Vec::new();
    compare(expected, Some(actual), strictness, "", &mut found);
    found
}

/// What is wrong with an expectation's `$` words; `None` when they are sound.
#[must_use]
pub fn mistake(expected: &Value) -> Option<String> {
    match expected {
        Value::Array(list) => list.iter().find_map(mistake),
        Value::Object(members) => match word(members) {
            None => members.values().find_map(mistake),
            Some((word, argument)) => match (word, argument) {
                ("$type", Value::String(name)) if TYPES.contains(&name.as_str()) => None,
                ("$type", _) => Some(format!("`$type` takes one of {}", TYPES.join(", "))),
                ("$regex", Value::String(text)) => regex::Regex::new(text).err().map(|error| error.to_string()),
                ("$regex", _) => Some("`$regex` takes a text".into()),
                ("$range", Value::Array(ends)) if ends.len() == 2 && ends.iter().all(Value::is_number) => None,
                ("$range", _) => Some("`$range` takes two numbers".into()),
                ("$any_of", Value::Array(list)) if !list.is_empty() => list.iter().find_map(mistake),
                ("$any_of", _) => Some("`$any_of` takes a list".into()),
                ("$absent", Value::Bool(true)) => None,
                ("$absent", _) => Some("`$absent` takes `true`".into()),
                ("$json", inner) => mistake(inner),
                (word, _) => Some(format!("unknown word `{word}`: known are {}", WORDS.join(", "))),
            },
        },
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// A value with its type, for messages; long texts are shortened in the middle.
#[must_use]
pub fn typed(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(_) => format!("{value} (bool)"),
        Value::Number(_) => format!("{value} (number)"),
        Value::String(_) => format!("{} (string)", shortened(&value.to_string())),
        Value::Array(list) => format!("{} (array of {})", shortened(&value.to_string()), list.len()),
        Value::Object(members) => format!("{} (object of {})", shortened(&value.to_string()), members.len()),
    }
}

const TYPES: [&str; 7] = ["string", "number", "integer", "bool", "array", "object", "null"];

/// The longest value that a message shows whole: it fits a line beside its name.
const SHOWN: usize = 160;

fn shortened(text: &str) -> String {
    let length = text.chars().count();
    if length <= SHOWN {
        return text.to_owned();
    }
    let head: String = text.chars().take(SHOWN / 2).collect();
    let tail: String = text.chars().skip(length - SHOWN / 4).collect();
    format!("{head}…[{} characters]…{tail}", length - SHOWN / 2 - SHOWN / 4)
}

fn word(members: &Map<String, Value>) -> Option<(&str, &Value)> {
    let (key, argument) = members.iter().next()?;
    (members.len() == 1 && key.starts_with('$')).then_some((key.as_str(), argument))
}

fn compare(expected: &Value, actual: Option<&Value>, strictness: Strictness, at: &str, found: &mut Vec<Mismatch>) {
    if let Value::Object(members) = expected
        && let Some((word, argument)) = word(members)
    {
        if let ("$json", Some(inner)) = (word, actual.and_then(json_text)) {
            return compare(argument, Some(&inner), strictness, at, found);
        }
        if !word_holds(word, argument, actual, strictness) {
            found.push(mismatch(at, &described(word, argument), actual));
        }
        return;
    }
    match (expected, actual) {
        (Value::Object(expected), Some(Value::Object(actual))) => {
            for (key, expected) in expected {
                compare(expected, actual.get(key), strictness, &pointer(at, key), found);
            }
            if strictness == Strictness::Exact {
                for (key, actual) in actual.iter().filter(|(key, _)| !expected.contains_key(*key)) {
                    found.push(mismatch(&pointer(at, key), "absent", Some(actual)));
                }
            }
        }
        (Value::Array(expected), Some(Value::Array(actual))) if expected.len() == actual.len() => {
            for (index, (expected, actual)) in expected.iter().zip(actual).enumerate() {
                compare(expected, Some(actual), strictness, &format!("{at}/{index}"), found);
            }
        }
        (expected, Some(actual)) if equal(expected, actual) => {}
        (expected, actual) => found.push(mismatch(at, &typed(expected), actual)),
    }
}

/// Numbers are equal by value: JSON does not tell 200 from 200.0.
fn equal(expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (Value::Number(expected), Value::Number(actual)) => {
            expected == actual || (expected.as_f64() == actual.as_f64() && expected.is_f64() != actual.is_f64())
        }
        (expected, actual) => expected == actual,
    }
}

fn word_holds(word: &str, argument: &Value, actual: Option<&Value>, strictness: Strictness) -> bool {
    let Some(actual) = actual else {
        return word == "$absent" || (word == "$any_of" && list(argument).any(is_absent_word));
    };
    match word {
        "$type" => argument.as_str().is_some_and(|name| has_type(actual, name)),
        "$regex" => {
            let regex = argument.as_str().and_then(|text| regex::Regex::new(text).ok());
            actual.as_str().zip(regex).is_some_and(|(text, regex)| regex.is_match(text))
        }
        "$range" => actual.as_f64().is_some_and(|number| {
            let ends: Vec<f64> = list(argument).filter_map(Value::as_f64).collect();
            matches!(ends.as_slice(), [low, high] if (*low..=*high).contains(&number))
        }),
        "$json" => json_text(actual).is_some_and(|inner| differences(argument, &inner, strictness).is_empty()),
        "$any_of" => list(argument).any(|one| differences(one, actual, strictness).is_empty()),
        _ => false,
    }
}

/// The JSON that a text is.
fn json_text(value: &Value) -> Option<Value> {
    serde_json::from_str(value.as_str()?).ok()
}

fn is_absent_word(value: &Value) -> bool {
    value.as_object().and_then(word).is_some_and(|(word, _)| word == "$absent")
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn has_type(value: &Value, name: &str) -> bool {
    match name {
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => crate::api::integer(value).is_some(),
        "bool" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        _ => false,
    }
}

fn described(word: &str, argument: &Value) -> String {
    match word {
        "$type" => format!("of type {}", argument.as_str().unwrap_or_default()),
        "$regex" => format!("a text that matches {argument}"),
        "$range" => {
            let ends: Vec<String> = list(argument).map(ToString::to_string).collect();
            format!("a number from {}", ends.join(" to "))
        }
        "$any_of" => {
            let mut text = String::from("one of ");
            for (index, one) in list(argument).enumerate() {
                let _ = write!(text, "{}{}", if index == 0 { "" } else { ", " }, typed(one));
            }
            text
        }
        "$json" => format!("a text that is JSON: {}", typed(argument)),
        _ => "absent".into(),
    }
}

fn mismatch(at: &str, expected: &str, actual: Option<&Value>) -> Mismatch {
    Mismatch {
        kind: MismatchKind::WrongContent,
        at: if at.is_empty() { "/".into() } else { at.to_owned() },
        expected: expected.to_owned(),
        actual: actual.map_or_else(|| "absent".into(), typed),
    }
}

fn pointer(at: &str, key: &str) -> String {
    format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(expected: &Value, actual: &Value, strictness: Strictness) -> Vec<String> {
        differences(expected, actual, strictness).into_iter().map(|mismatch| mismatch.at).collect()
    }

    #[test]
    fn members_that_are_not_named_may_be_there_unless_it_is_exact() {
        let (expected, actual) = (json!({ "a": { "b": 1 } }), json!({ "a": { "b": 1, "c": 2 }, "d": 3 }));
        assert_eq!(at(&expected, &actual, Strictness::Partial), [""; 0]);
        assert_eq!(at(&expected, &actual, Strictness::Exact), ["/a/c", "/d"]);
    }

    #[test]
    fn types_count() {
        assert_eq!(at(&json!({ "a": 1 }), &json!({ "a": "1" }), Strictness::Partial), ["/a"]);
        assert_eq!(at(&json!({ "a": 1 }), &json!({ "a": 1.0 }), Strictness::Partial), [""; 0]);
        assert_eq!(at(&json!([1, 2]), &json!([1]), Strictness::Partial), ["/"]);
    }

    #[test]
    fn words_stand_for_classes() {
        let holds = |expected: Value, actual: Value| differences(&expected, &actual, Strictness::Partial).is_empty();
        assert!(holds(json!({ "a": { "$type": "integer" } }), json!({ "a": 3 })));
        assert!(!holds(json!({ "a": { "$type": "integer" } }), json!({ "a": 3.5 })));
        assert!(holds(json!({ "$regex": "^u[0-9]$" }), json!("u1")));
        assert!(!holds(json!({ "$regex": "^u[0-9]$" }), json!("x")));
        assert!(holds(json!({ "$range": [0, 2] }), json!(2)));
        assert!(!holds(json!({ "$range": [0, 2] }), json!(3)));
        assert!(holds(json!({ "a": { "$absent": true } }), json!({})));
        assert!(!holds(json!({ "a": { "$absent": true } }), json!({ "a": null })));
        assert!(holds(json!({ "$json": { "a": 1 } }), json!("{\"a\":1,\"b\":2}")));
        assert!(!holds(json!({ "$json": { "a": 1 } }), json!("{\"a\":2}")));
        assert!(!holds(json!({ "$json": { "a": 1 } }), json!({ "a": 1 })));
        assert!(holds(json!({ "a": { "$any_of": [null, { "$absent": true }] } }), json!({})));
        assert!(!holds(json!({ "a": { "$any_of": [null, ""] } }), json!({ "a": 1 })));
    }

    #[test]
    fn mistakes_in_words_are_found() {
        assert_eq!(mistake(&json!({ "a": { "$type": "string" } })), None);
        for wrong in
            [json!({ "$type": "text" }), json!({ "$regex": "(" }), json!({ "$range": [1] }), json!({ "$of": 1 })]
        {
            assert!(mistake(&json!({ "a": [wrong.clone()] })).is_some(), "{wrong}");
        }
    }
}
