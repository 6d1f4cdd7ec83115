//! A YAML file as values with places.
//!
//! Two parsers read the text: one gives the values (with the error for what is no YAML), the other gives events, from
//! which come the places, duplicate keys, and what the format leaves out (anchors, aliases, tags, several documents).
//! Values are decoded piece by piece, so that each mistake of meaning has its own message.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use saphyr_parser::{Event, Parser, Span};
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::Segment;

use super::{Diagnostic, Diagnostics, Place, Pointer, SourceText, Spans};

/// One parsed file.
#[derive(Clone, Debug)]
pub struct Document {
    value: Value,
    spans: Arc<Spans>,
}

impl Document {
    /// Parses a file's text.
    ///
    /// # Errors
    /// The first place that is no YAML, or else all uses of what the format leaves out.
    pub fn parse(name: &str, text: &str) -> Result<Self, Diagnostics> {
        let source = Arc::new(SourceText { name: name.to_owned(), text: text.to_owned() });
        let spans = Events::read(&source)?;
        let value = serde_yaml::from_str::<Value>(text).map_err(|error| {
            let at = error.location().map_or(0, |location| location.index().min(text.len()));
            Diagnostic::new(&source, at..at, format!("this is no valid YAML: {error}"))
        })?;
        Ok(Self { value, spans: Arc::new(spans) })
    }

    /// The whole document.
    #[must_use]
    pub fn root(&self) -> Node {
        Node { value: self.value.clone(), pointer: Pointer::root(), spans: Arc::clone(&self.spans) }
    }
}

/// A value and where it stands.
#[derive(Clone, Debug)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Its path in the document.
    pub pointer: Pointer,
    spans: Arc<Spans>,
}

impl Node {
    /// The member of this object; `None` where it is absent.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Self> {
        self.value.get(key).map(|value| self.with(value, self.pointer.child(key)))
    }

    /// The same place with another value: part of a mapping, to be decoded apart.
    #[must_use]
    pub fn with_value(&self, value: Value) -> Self {
        Self { value, ..self.clone() }
    }

    /// The elements of this array; none when it is no array.
    pub fn elements(&self) -> impl Iterator<Item = Self> {
        let list = self.value.as_array().map(Vec::as_slice).unwrap_or_default();
        list.iter().enumerate().map(|(index, value)| self.with(value, self.pointer.element(index)))
    }

    /// The members of this object in the order written; none when it is no object.
    pub fn members(&self) -> impl Iterator<Item = (String, Self)> {
        let members = self.value.as_object().into_iter().flatten();
        members.map(|(key, value)| (key.clone(), self.with(value, self.pointer.child(key))))
    }

    /// Takes a member out of this object, so that what remains can be decoded apart.
    pub fn take(&mut self, key: &str) -> Option<Self> {
        let value = self.value.as_object_mut()?.shift_remove(key)?;
        Some(self.with(&value, self.pointer.child(key)))
    }

    /// Decodes the value.
    ///
    /// # Errors
    /// The first thing that does not fit `T`, at its place; `what` names `T` for people, as in "an expectation".
    pub fn decode<T: DeserializeOwned>(&self, what: &str) -> Result<T, Diagnostic> {
        serde_path_to_error::deserialize(self.value.clone()).map_err(|error| {
            let pointer = error.path().iter().fold(self.pointer.clone(), |pointer, segment| match segment {
                Segment::Seq { index } => pointer.element(*index),
                Segment::Map { key } => pointer.child(key),
                Segment::Enum { variant } => pointer.child(variant),
                Segment::Unknown => pointer,
            });
            self.explain(&pointer, what, &error.into_inner().to_string())
        })
    }

    /// A message at this value's key.
    #[must_use]
    pub fn error(&self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(self.spans.text(), self.spans.key(&self.pointer), message)
    }

    /// A message at this value.
    #[must_use]
    pub fn value_error(&self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(self.spans.text(), self.spans.value(&self.pointer), message)
    }

    /// Where the value stands.
    #[must_use]
    pub fn place(&self) -> Place {
        self.spans.place(&self.pointer)
    }

    fn with(&self, value: &Value, pointer: Pointer) -> Self {
        Self { value: value.clone(), pointer, spans: Arc::clone(&self.spans) }
    }

    /// Turns a decoder's words into a message. Its list of names, in backticks, is used for nothing but a suggestion.
    fn explain(&self, pointer: &Pointer, what: &str, words: &str) -> Diagnostic {
        let unknown = words.starts_with("unknown field") || words.starts_with("unknown variant");
        let range =
            if words.starts_with("unknown field") { self.spans.key(pointer) } else { self.spans.value(pointer) };
        let (message, expected) = words.split_once(", expected ").unwrap_or((words, ""));
        // A type's name is ours; people write a mapping.
        let expected = if expected.starts_with("struct ") { "a mapping" } else { expected };
        let mut diagnostic = if expected.is_empty() || unknown {
            Diagnostic::new(self.spans.text(), range, format!("{message} in {what}"))
        } else {
            Diagnostic::new(self.spans.text(), range, format!("{message} in {what}: expected {expected}"))
        };
        if unknown {
            let given = message.split('`').nth(1).unwrap_or_default();
            let names: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
            match nearest(given, &names) {
                Some(name) => diagnostic = diagnostic.label(format!("did you mean `{name}`?")),
                None if expected.is_empty() => {}
                None => diagnostic = diagnostic.help(format!("known here: {}", names.join(", "))),
            }
        }
        diagnostic
    }
}

/// The name that `given` was probably meant to be.
pub(crate) fn nearest<'a>(given: &str, names: &[&'a str]) -> Option<&'a str> {
    let scored = names.iter().map(|name| (strsim::damerau_levenshtein(given, name), *name));
    // Two slips in a word of six letters is a typing mistake; more is another word.
    scored.min().filter(|(distance, _)| *distance * 3 <= given.len().max(3)).map(|(_, name)| name)
}

/// What is open while the events go by.
enum Open {
    Object { pointer: Pointer, keys: HashSet<String>, key: Option<(String, Range<usize>)>, own: Own },
    Array { pointer: Pointer, next: usize, own: Own },
}

/// The key and beginning of a collection, kept until its end is known.
struct Own {
    key: Option<Range<usize>>,
    start: usize,
}

/// Collects places and mistakes from the events of one text.
struct Events<'a> {
    source: &'a Arc<SourceText>,
    offsets: Vec<usize>,
    spans: Spans,
    mistakes: Diagnostics,
    open: Vec<Open>,
    documents: usize,
}

impl<'a> Events<'a> {
    fn read(source: &'a Arc<SourceText>) -> Result<Spans, Diagnostics> {
        let text = &source.text;
        let offsets = text.char_indices().map(|(offset, _)| offset).chain([text.len()]).collect();
        let spans = Spans::new(Arc::clone(source));
        let mut events =
            Events { source, offsets, spans, mistakes: Diagnostics::new(), open: Vec::new(), documents: 0 };
        for event in Parser::new_from_str(text) {
            match event {
                Ok((event, span)) => events.take(event, span),
                Err(error) => {
                    let at = events.offset(error.marker().index());
                    events.mistakes.push(Diagnostic::new(
                        source,
                        at..at,
                        format!("this is no valid YAML: {}", error.info()),
                    ));
                    break;
                }
            }
        }
        events.mistakes.into_result(events.spans)
    }

    fn offset(&self, characters: usize) -> usize {
        self.offsets.get(characters).copied().unwrap_or(self.source.text.len())
    }

    fn take(&mut self, event: Event<'_>, span: Span) {
        let range = self.offset(span.start.index())..self.offset(span.end.index());
        match event {
            Event::Scalar(text, _, anchor, tag) => {
                self.refuse(anchor > 0, tag.is_some(), &range);
                self.scalar(&text, range);
            }
            Event::SequenceStart(anchor, tag) => {
                self.refuse(anchor > 0, tag.is_some(), &range);
                let (pointer, key) = self.child();
                self.open.push(Open::Array { pointer, next: 0, own: Own { key, start: range.start } });
            }
            Event::MappingStart(anchor, tag) => {
                self.refuse(anchor > 0, tag.is_some(), &range);
                let (pointer, key) = self.child();
                let own = Own { key, start: range.start };
                self.open.push(Open::Object { pointer, keys: HashSet::new(), key: None, own });
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let (Open::Object { pointer, own, .. } | Open::Array { pointer, own, .. }) =
                    self.open.pop().expect("an end follows a start");
                self.spans.insert(pointer, own.key, own.start..range.end.max(own.start));
            }
            Event::Alias(_) => {
                let _ = self.child();
                self.mistake(range, "aliases are not part of the format", "write the value out");
            }
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents == 2 {
                    self.mistake(range, "a file holds one document", "move what follows into a file of its own");
                }
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
    }

    fn scalar(&mut self, text: &str, range: Range<usize>) {
        if let Some(Open::Object { keys, key, .. }) = self.open.last_mut()
            && key.is_none()
        {
            *key = Some((text.to_owned(), range.clone()));
            if !keys.insert(text.to_owned()) {
                self.mistake(range, &format!("the key `{text}` stands twice in one mapping"), "keep one of the two");
            }
            return;
        }
        let (pointer, key) = self.child();
        self.spans.insert(pointer, key, range);
    }

    /// The pointer of the value that begins now, and where its key stands.
    fn child(&mut self) -> (Pointer, Option<Range<usize>>) {
        match self.open.last_mut() {
            None => (Pointer::root(), None),
            Some(Open::Array { pointer, next, .. }) => {
                *next += 1;
                (pointer.element(*next - 1), None)
            }
            Some(Open::Object { pointer, key, .. }) => match key.take() {
                Some((name, range)) => (pointer.child(&name), Some(range)),
                None => (pointer.clone(), None),
            },
        }
    }

    fn refuse(&mut self, anchor: bool, tag: bool, range: &Range<usize>) {
        if anchor {
            self.mistake(range.clone(), "anchors are not part of the format", "write the value out where it is used");
        }
        if tag {
            self.mistake(range.clone(), "tags are not part of the format", "write the plain value");
        }
    }

    fn mistake(&mut self, range: Range<usize>, message: &str, help: &str) {
        self.mistakes.push(Diagnostic::new(self.source, range, message).help(help));
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::super::Palette;
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only decoded")]
    struct Claim {
        status: Option<u16>,
        code: Option<u32>,
    }

    fn mistakes(text: &str) -> Vec<String> {
        Document::parse("a.yaml", text).unwrap_err().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn an_unknown_field_points_at_its_key() {
        let document = Document::parse("a.yaml", "expect:\n  名: 1\n  statuz: 200\n").unwrap();
        let node = document.root().get("expect").unwrap();
        let mut value = node.clone();
        value.value.as_object_mut().unwrap().shift_remove("名");
        let error = value.decode::<Claim>("an expectation").unwrap_err();
        assert_eq!(error.place().to_string(), "a.yaml:3:3");
        assert!(error.render(Palette::Plain).contains("did you mean `status`?"));
    }

    #[test]
    fn a_wrong_type_points_at_the_value() {
        let document = Document::parse("a.yaml", "status: 1\ncode: many\n").unwrap();
        let error = document.root().decode::<Claim>("an expectation").unwrap_err();
        assert_eq!(error.place().to_string(), "a.yaml:2:7");
    }

    #[test]
    fn what_the_format_leaves_out_is_named_all_at_once() {
        let found = mistakes("a: &x 1\nb: *x\nc: !t 2\nd: 3\nd: 4\n");
        assert_eq!(found.len(), 4, "{found:?}");
        assert!(found[0].starts_with("a.yaml:1:"), "{found:?}");
        assert!(found[3].starts_with("a.yaml:5:1: the key `d`"), "{found:?}");
    }

    #[test]
    fn broken_syntax_has_a_place() {
        let found = mistakes("a: [1, 2\nb: 3\n");
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("a.yaml:"), "{found:?}");
    }
}
