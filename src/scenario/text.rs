//! Texts of a given length: generated, never pasted, and well-formed at every length.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::{Shape, Text, TextPart, Unit};
use crate::exchange::Slot;

/// What a generated text is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Script {
    /// English letters and digits, in the shape that the field asks for.
    #[default]
    Ascii,
    /// Chinese characters: three bytes of UTF-8, one UTF-16 unit each.
    Cjk,
    /// Characters outside the Basic Multilingual Plane: four bytes of UTF-8, two UTF-16 units each.
    Emoji,
    /// A letter with a combining accent: two characters that people read as one.
    Combining,
}

impl Script {
    /// The word used in addresses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ascii => "ascii",
            Self::Cjk => "cjk",
            Self::Emoji => "emoji",
            Self::Combining => "combining",
        }
    }

    fn cycle(self) -> &'static [&'static str] {
        match self {
            Self::Ascii => &["a", "b", "c", "d", "e", "f", "g", "h", "j", "k"],
            Self::Cjk => &["山", "水", "风", "云", "天", "地", "日", "月"],
            Self::Emoji => &["😀", "🚀", "🌍", "🎉"],
            Self::Combining => &["e\u{301}", "a\u{300}", "o\u{302}"],
        }
    }
}

/// How many characters of a unique id come from the run and the case.
const UNIQUE: usize = 12;

/// A text with exactly this length.
///
/// # Errors
/// Why no text of this shape has this length.
pub(super) fn generate(shape: Shape, script: Script, length: usize, unit: Unit, prefix: &str) -> Result<Text, String> {
    match (shape, script) {
        (Shape::Free, script) => Ok(Text::literal(repeat(script, length, unit))),
        (_, Script::Cjk | Script::Emoji | Script::Combining) => {
            Err(format!("a text of shape {shape:?} is ASCII; only a `free` field takes {}", script.as_str()))
        }
        (Shape::UniqueId, Script::Ascii) => unique_id(length),
        (Shape::Email, Script::Ascii) => email(length),
        (Shape::Url, Script::Ascii) => filled("https://example.com/", length, ".png"),
        (Shape::Date, Script::Ascii) => date(length),
        (Shape::Key, Script::Ascii) => filled(prefix, length, ""),
    }
}

/// Characters of the script until the length is reached; what is too narrow for one more is filled with letters.
fn repeat(script: Script, length: usize, unit: Unit) -> String {
    let mut text = String::new();
    let mut measured = 0;
    for piece in script.cycle().iter().cycle() {
        let size = unit.measure(piece);
        if measured + size > length {
            break;
        }
        text.push_str(piece);
        measured += size;
    }
    text.extend(std::iter::repeat_n('a', length - measured));
    text
}

fn filled(head: &str, length: usize, tail: &str) -> Result<Text, String> {
    let fixed = head.len() + tail.len();
    let missing = length.checked_sub(fixed).ok_or_else(|| format!("{head:?} with {tail:?} is longer than {length}"))?;
    Ok(Text::literal(format!("{head}{}{tail}", repeat(Script::Ascii, missing, Unit::Bytes))))
}

fn unique_id(length: usize) -> Result<Text, String> {
    let rest = length.checked_sub(UNIQUE).ok_or_else(|| format!("a unique id has at least {UNIQUE} characters"))?;
    Ok(Text(vec![TextPart::Slot(Slot::Unique), TextPart::Literal(repeat(Script::Ascii, rest, Unit::Bytes))]))
}

/// Local part of at most 64 characters, labels of at most 63: RFC 5321 and RFC 1035.
fn email(length: usize) -> Result<Text, String> {
    const DOMAIN: &str = "example.com";
    const LABEL: usize = 40;
    let around = DOMAIN.len() + 1;
    let total = length.checked_sub(around + 1).ok_or_else(|| format!("no address at {DOMAIN} has {length}"))? + 1;
    let local = total.min(LABEL);
    let mut text = format!("{}@", repeat(Script::Ascii, local, Unit::Bytes));
    let mut missing = total - local;
    while missing > 0 {
        // Never leave a single character over: a label needs a letter and its dot.
        let label = if missing <= LABEL { missing } else { LABEL.min(missing - 2) };
        if label == 1 {
            return email_with_local(local + 1, DOMAIN);
        }
        let _ = write!(text, "{}.", repeat(Script::Ascii, label - 1, Unit::Bytes));
        missing -= label;
    }
    Ok(Text::literal(text + DOMAIN))
}

fn email_with_local(local: usize, domain: &str) -> Result<Text, String> {
    Ok(Text::literal(format!("{}@{domain}", repeat(Script::Ascii, local, Unit::Bytes))))
}

/// A date, or an RFC 3339 instant with as many digits of a second as the length asks for.
fn date(length: usize) -> Result<Text, String> {
    const DATE: &str = "1990-01-01";
    const BARE: usize = "1990-01-01T00:00:00.+00:00".len();
    if length == DATE.len() {
        return Ok(Text::literal(DATE));
    }
    let digits = length.checked_sub(BARE).filter(|digits| *digits > 0);
    let digits = digits.ok_or_else(|| format!("no RFC 3339 date has {length} characters"))?;
    Ok(Text::literal(format!("{DATE}T00:00:00.{}+00:00", "0".repeat(digits))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(shape: Shape, script: Script, length: usize, unit: Unit) -> String {
        let text = generate(shape, script, length, unit, "ext_").unwrap();
        text.fill(|_| "u23456789abc")
    }

    #[test]
    fn every_shape_has_the_length_asked_for() {
        for (shape, lengths) in [
            (Shape::Free, 1..70),
            (Shape::UniqueId, 12..40),
            (Shape::Email, 14..140),
            (Shape::Url, 26..1030),
            (Shape::Date, 27..40),
            (Shape::Key, 5..40),
        ] {
            for length in lengths {
                assert_eq!(text(shape, Script::Ascii, length, Unit::Characters).len(), length, "{shape:?}");
            }
        }
    }

    #[test]
    fn an_email_keeps_its_form_at_every_length() {
        for length in 14..140 {
            let email = text(Shape::Email, Script::Ascii, length, Unit::Characters);
            let (local, domain) = email.split_once('@').unwrap();
            assert!((1..=64).contains(&local.len()), "{email}");
            assert!(domain.split('.').all(|label| (1..=63).contains(&label.len())), "{email}");
        }
    }

    #[test]
    fn bytes_that_no_character_fits_are_filled_with_letters() {
        let text = text(Shape::Free, Script::Cjk, 50, Unit::Bytes);
        assert_eq!((text.len(), text.chars().count()), (50, 18));
        assert!(text.ends_with("aa"));
    }

    #[test]
    fn characters_are_counted_whatever_their_bytes() {
        assert_eq!(text(Shape::Free, Script::Cjk, 64, Unit::Characters).chars().count(), 64);
        assert_eq!(text(Shape::Free, Script::Emoji, 64, Unit::Characters).chars().count(), 64);
        assert_eq!(text(Shape::Free, Script::Combining, 64, Unit::Characters).chars().count(), 64);
    }

    #[test]
    fn an_impossible_length_says_so() {
        assert!(generate(Shape::Date, Script::Ascii, 12, Unit::Characters, "").is_err());
        assert!(generate(Shape::Email, Script::Cjk, 64, Unit::Characters, "").is_err());
    }
}
