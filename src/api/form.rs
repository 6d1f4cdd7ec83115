//! Forming a request: from content and operation to literal pieces and slots.
//!
//! This is the only place that knows how a body or a query is encoded. What fills a slot needs no escaping in any of
//! these encodings, so a slot stands for itself whatever is around it. Captures were replaced before.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{BodyEncoding, Operation, Text, TextPart, Tree};
use crate::exchange::Pieces;

/// What a form and a query leave as it is (the unreserved characters of RFC 3986); the rest is percent-encoded.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'*');

/// How a space is written in a form: both are correct, and clients use both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Space {
    /// `+`, as browsers and most libraries do.
    #[default]
    Plus,
    /// `%20`.
    Percent,
}

/// The body of an operation with this content.
#[must_use]
pub fn body(operation: &Operation, content: &Tree, space: Space) -> Pieces {
    let mut pieces = Pieces::new();
    match operation.body {
        BodyEncoding::Json => write_json(&mut pieces, content),
        BodyEncoding::Form => write_form(&mut pieces, operation, content, space),
        BodyEncoding::None => {}
    }
    pieces
}

/// A query string, without `?`.
#[must_use]
pub fn query(parameters: &[(String, Text)]) -> Pieces {
    let mut pieces = Pieces::new();
    for (name, value) in parameters {
        separate(&mut pieces);
        write_encoded(&mut pieces, &Text::literal(name.as_str()), Space::Percent);
        pieces.literal("=");
        write_encoded(&mut pieces, value, Space::Percent);
    }
    pieces
}

/// Text as it stands, with its slots.
#[must_use]
pub fn raw(text: &Text) -> Pieces {
    let mut pieces = Pieces::new();
    for part in &text.0 {
        match part {
            TextPart::Literal(literal) => pieces.literal(literal),
            TextPart::Slot(slot) => pieces.slot(*slot),
            TextPart::Capture(_) => {}
        }
    }
    pieces
}

fn separate(pieces: &mut Pieces) {
    if !pieces.is_empty() {
        pieces.literal("&");
    }
}

fn write_form(pieces: &mut Pieces, operation: &Operation, content: &Tree, space: Space) {
    let Tree::Object(members) = content else {
        return;
    };
    for (name, value) in members {
        match value {
            // A parameter that may stand several times is written as a list.
            Tree::Array(values) if !operation.json_text.contains(name) => {
                for value in values {
                    write_parameter(pieces, name, value, space);
                }
            }
            value => write_parameter(pieces, name, value, space),
        }
    }
}

fn write_parameter(pieces: &mut Pieces, name: &str, value: &Tree, space: Space) {
    separate(pieces);
    write_encoded(pieces, &Text::literal(name), space);
    pieces.literal("=");
    match value {
        Tree::Text(text) => write_encoded(pieces, text, space),
        value => {
            let mut text = Text::default();
            json_text(value, &mut text);
            write_encoded(pieces, &text, space);
        }
    }
}

fn write_encoded(pieces: &mut Pieces, text: &Text, space: Space) {
    for part in &text.0 {
        match part {
            TextPart::Literal(literal) => {
                let encoded = utf8_percent_encode(literal, UNRESERVED).to_string();
                match space {
                    Space::Plus => pieces.literal(encoded.replace("%20", "+")),
                    Space::Percent => pieces.literal(encoded),
                }
            }
            TextPart::Slot(slot) => pieces.slot(*slot),
            TextPart::Capture(_) => {}
        }
    }
}

fn write_json(pieces: &mut Pieces, content: &Tree) {
    let mut text = Text::default();
    json_text(content, &mut text);
    pieces.extend(&raw(&text));
}

/// Appends the JSON text of a value, with the slots inside it kept.
fn json_text(value: &Tree, into: &mut Text) {
    match value {
        Tree::Null => push(into, "null"),
        Tree::Bool(yes) => push(into, if *yes { "true" } else { "false" }),
        Tree::Number(number) => push(into, &number.to_string()),
        Tree::Text(text) => {
            push(into, "\"");
            for part in &text.0 {
                match part {
                    TextPart::Literal(literal) => {
                        let quoted = serde_json::Value::from(literal.as_str()).to_string();
                        push(into, &quoted[1..quoted.len() - 1]);
                    }
                    TextPart::Slot(_) | TextPart::Capture(_) => into.0.push(part.clone()),
                }
            }
            push(into, "\"");
        }
        Tree::Array(list) => {
            push(into, "[");
            for (index, value) in list.iter().enumerate() {
                push(into, if index == 0 { "" } else { "," });
                json_text(value, into);
            }
            push(into, "]");
        }
        Tree::Object(members) => {
            push(into, "{");
            for (index, (key, value)) in members.iter().enumerate() {
                push(into, if index == 0 { "" } else { "," });
                push(into, &serde_json::Value::from(key.as_str()).to_string());
                push(into, ":");
                json_text(value, into);
            }
            push(into, "}");
        }
    }
}

fn push(into: &mut Text, literal: &str) {
    if let Some(TextPart::Literal(last)) = into.0.last_mut() {
        last.push_str(literal);
    } else if !literal.is_empty() {
        into.0.push(TextPart::Literal(literal.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::exchange::Slot;

    fn operation(body: BodyEncoding) -> Operation {
        Operation { json_text: vec!["userProfile".into()], ..Operation::post("/set", body) }
    }

    fn rendered(pieces: &Pieces) -> String {
        String::from_utf8(pieces.render(|_| "u1")).unwrap()
    }

    #[test]
    fn a_form_carries_profiles_as_json_text() {
        let content = Tree::from(&json!({ "userId": "u 1", "userProfile": { "name": "Nick é" } }));
        let operation = operation(BodyEncoding::Form);
        assert_eq!(
            rendered(&body(&operation, &content, Space::Plus)),
            "userId=u+1&userProfile=%7B%22name%22%3A%22Nick+%C3%A9%22%7D"
        );
        assert!(rendered(&body(&operation, &content, Space::Percent)).starts_with("userId=u%201&"));
    }

    #[test]
    fn a_text_in_place_of_a_profile_is_sent_as_it_stands() {
        let content = Tree::from(&json!({ "userProfile": "{\"name\"" }));
        assert_eq!(rendered(&body(&operation(BodyEncoding::Form), &content, Space::Plus)), "userProfile=%7B%22name%22");
    }

    #[test]
    fn a_list_of_plain_values_repeats_the_parameter() {
        let content = Tree::from(&json!({ "userId": ["a", "b"] }));
        assert_eq!(rendered(&body(&operation(BodyEncoding::Form), &content, Space::Plus)), "userId=a&userId=b");
    }

    #[test]
    fn json_keeps_number_forms_and_slots() {
        let id = Text(vec![TextPart::Slot(Slot::User), TextPart::Literal("-\"1".into())]);
        let content = Tree::Object(vec![
            ("id".into(), Tree::Text(id)),
            ("whole".into(), Tree::from(&json!(1.0))),
            ("list".into(), Tree::from(&json!([null, true]))),
        ]);
        assert_eq!(
            rendered(&body(&operation(BodyEncoding::Json), &content, Space::Plus)),
            r#"{"id":"u1-\"1","whole":1.0,"list":[null,true]}"#
        );
    }
}
