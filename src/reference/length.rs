//! Units of length: what "a character" is, and what a byte limit counts.

use unicode_segmentation::UnicodeSegmentation;

/// What a length limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Unicode scalar values: the plain reading of "characters".
    Characters,
    /// UTF-16 code units: equal to characters up to U+FFFF, two beyond.
    Utf16,
    /// What a reader sees as one: a letter with its accents, an emoji with its modifiers.
    Graphemes,
    /// Characters, but one outside the basic plane counts as its four bytes.
    BytesBeyondBasic,
    /// Bytes of UTF-8.
    Bytes,
}

impl Unit {
    /// The length of a text in this unit.
    pub(crate) fn length(self, text: &str) -> usize {
        match self {
            Self::Characters => text.chars().count(),
            Self::Utf16 => text.encode_utf16().count(),
            Self::Graphemes => text.graphemes(true).count(),
            Self::BytesBeyondBasic => text.chars().map(|c| if c.len_utf8() > 3 { 4 } else { 1 }).sum(),
            Self::Bytes => text.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_units_differ_where_they_should() {
        let length = |text: &str| {
            [Unit::Characters, Unit::Utf16, Unit::Graphemes, Unit::BytesBeyondBasic, Unit::Bytes]
                .map(|unit| unit.length(text))
        };
        assert_eq!(length("abc"), [3, 3, 3, 3, 3]);
        assert_eq!(length("成都"), [2, 2, 2, 2, 6]);
        assert_eq!(length("😀"), [1, 2, 1, 4, 4]);
        assert_eq!(length("e\u{301}"), [2, 2, 1, 2, 3]);
    }
}
