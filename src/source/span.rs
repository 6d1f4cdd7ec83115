//! Places in a source text, and the map from a value's pointer to its place.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A file's name and content; the name is what messages show, so it is the path as the user gave it.
#[derive(Debug, PartialEq, Eq)]
pub struct SourceText {
    /// The path as shown to people.
    pub name: String,
    /// The whole content.
    pub text: String,
}

impl SourceText {
    /// Line and column (both from 1, the column in characters) of a byte offset.
    #[must_use]
    pub fn line_and_column(&self, offset: usize) -> (usize, usize) {
        let before = &self.text[..offset.min(self.text.len())];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }

    /// The place of a byte offset.
    #[must_use]
    pub fn place(&self, offset: usize) -> Place {
        let (line, column) = self.line_and_column(offset);
        Place { file: self.name.clone(), line, column }
    }
}

/// File, line and column, for people and records: `scenarios/rongcloud/profile.yaml:14:7`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The path as shown to people.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// A path into a document, as a JSON pointer (RFC 6901).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Pointer(String);

impl Pointer {
    /// The document itself.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// The member `key` of this object, or the element with this index in decimal.
    #[must_use]
    pub fn child(&self, key: &str) -> Self {
        Self(format!("{}/{}", self.0, key.replace('~', "~0").replace('/', "~1")))
    }

    /// The element of this array.
    #[must_use]
    pub fn element(&self, index: usize) -> Self {
        Self(format!("{}/{index}", self.0))
    }

    /// What this points into; `None` for the document itself.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        self.0.rfind('/').map(|slash| Self(self.0[..slash].to_owned()))
    }

    /// The pointer as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Where a member's key and value stand, in bytes.
#[derive(Clone, Debug)]
struct Extent {
    key: Option<Range<usize>>,
    value: Range<usize>,
}

/// The places of all values in one document.
#[derive(Clone, Debug)]
pub struct Spans {
    text: Arc<SourceText>,
    extents: HashMap<Pointer, Extent>,
}

impl Spans {
    pub(super) fn new(text: Arc<SourceText>) -> Self {
        Self { text, extents: HashMap::new() }
    }

    pub(super) fn insert(&mut self, pointer: Pointer, key: Option<Range<usize>>, value: Range<usize>) {
        self.extents.insert(pointer, Extent { key, value });
    }

    /// The text that the places are in.
    #[must_use]
    pub fn text(&self) -> &Arc<SourceText> {
        &self.text
    }

    /// Where the key of a member stands; its value, where it has no key; the nearest thing around it, where it is not
    /// in the document at all.
    #[must_use]
    pub fn key(&self, pointer: &Pointer) -> Range<usize> {
        self.nearest(pointer).map_or(0..0, |extent| extent.key.clone().unwrap_or_else(|| extent.value.clone()))
    }

    /// Where a value stands, or the nearest thing around it.
    #[must_use]
    pub fn value(&self, pointer: &Pointer) -> Range<usize> {
        self.nearest(pointer).map_or(0..0, |extent| extent.value.clone())
    }

    /// File, line and column of a value.
    #[must_use]
    pub fn place(&self, pointer: &Pointer) -> Place {
        self.text.place(self.key(pointer).start)
    }

    fn nearest(&self, pointer: &Pointer) -> Option<&Extent> {
        let mut at = Some(pointer.clone());
        while let Some(pointer) = at {
            if let Some(extent) = self.extents.get(&pointer) {
                return Some(extent);
            }
            at = pointer.parent();
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_counts_characters_not_bytes() {
        let text = SourceText { name: "a.yaml".into(), text: "x: 1\n名字: y\n".into() };
        let offset = text.text.find('y').unwrap();
        assert_eq!(text.line_and_column(offset), (2, 5));
    }

    #[test]
    fn a_pointer_escapes_slashes_and_tildes() {
        let pointer = Pointer::root().child("a/b~c").element(2);
        assert_eq!(pointer.as_str(), "/a~1b~0c/2");
        assert_eq!(pointer.parent(), Some(Pointer::root().child("a/b~c")));
    }
}
