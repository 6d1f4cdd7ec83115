//! What a length counts: texts that are long by one count and short by another, and the count that explains what
//! became of all of them.

use unicode_segmentation::UnicodeSegmentation as _;

use super::Taken;

/// Beyond the Basic Multilingual Plane: one character, two UTF-16 units, four bytes.
const ASTRAL: &str = "😀";

/// In it: one character, one UTF-16 unit, three bytes.
const WIDE: &str = "山";

/// Two characters that people read as one. No composed form exists, so that a target which normalises does not
/// shorten it.
const COMBINED: &str = "q\u{301}";

/// What can be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Count {
    /// Code points.
    Characters,
    /// UTF-16 code units.
    Utf16,
    /// Bytes of UTF-8.
    Bytes,
    /// What people read as one character.
    Graphemes,
}

impl Count {
    const ALL: [Self; 4] = [Self::Characters, Self::Utf16, Self::Bytes, Self::Graphemes];

    fn of(self, text: &str) -> usize {
        match self {
            Self::Characters => text.chars().count(),
            Self::Utf16 => text.encode_utf16().count(),
            Self::Bytes => text.len(),
            Self::Graphemes => text.graphemes(true).count(),
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Characters => "characters",
            Self::Utf16 => "UTF-16 units",
            Self::Bytes => "bytes",
            Self::Graphemes => "grapheme clusters",
        }
    }
}

/// A text and how it was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Observed {
    pub(super) text: String,
    pub(super) taken: Taken,
}

/// What is known of the unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// This one explains everything that was seen, and no other does.
    Is(Count),
    /// Nothing can be said, and why.
    Undetermined(String),
}

/// The texts that tell the units apart at a limit that is known from plain letters, with words for each.
pub(super) fn texts(limit: usize) -> Vec<(String, String)> {
    let text = |what: &str, piece: &str, times: usize| (format!("{times} × {what}"), piece.repeat(times.max(1)));
    vec![
        text("CJK", WIDE, limit / 3),
        text("CJK", WIDE, limit / 3 + 1),
        text("emoji", ASTRAL, limit / 4),
        text("emoji", ASTRAL, limit / 2),
        text("emoji", ASTRAL, limit / 2 + 1),
        text("combined", COMBINED, limit / 3),
        text("combined", COMBINED, limit / 2 + 1),
    ]
}

/// The unit that explains what was seen at this limit.
pub(super) fn infer(limit: usize, seen: &[Observed]) -> Unit {
    // Short by every count and refused all the same: it is not the length that the target minds.
    let minded =
        |one: &&Observed| one.taken == Taken::Refused && Count::ALL.iter().all(|count| count.of(&one.text) <= limit);
    if let Some(one) = seen.iter().find(minded) {
        return Unit::Undetermined(format!("{} is refused even where it is short by every count", kind(&one.text)));
    }
    let explains =
        |count: &Count| seen.iter().all(|one| (count.of(&one.text) <= limit) == (one.taken == Taken::Accepted));
    let fitting: Vec<Count> = Count::ALL.into_iter().filter(explains).collect();
    match fitting.as_slice() {
        [count] => Unit::Is(*count),
        [] => Unit::Undetermined(unexplained(limit, seen)),
        several => {
            let names: Vec<&str> = several.iter().map(|count| count.words()).collect();
            Unit::Undetermined(format!("it may be {}", names.join(" or ")))
        }
    }
}

/// Which texts no unit explains: those that are refused although the others say characters.
fn unexplained(limit: usize, seen: &[Observed]) -> String {
    let short = seen.iter().find(|one| one.taken == Taken::Refused && Count::Utf16.of(&one.text) <= limit);
    match short {
        Some(one) => {
            format!("no single unit explains it: {} counts more than its UTF-16 units", kind(&one.text))
        }
        None => "no single unit explains what was accepted and what was refused".into(),
    }
}

fn kind(text: &str) -> &'static str {
    match text {
        text if text.starts_with(ASTRAL) => "an emoji",
        text if text.starts_with(WIDE) => "a Chinese character",
        _ => "a letter with a combining mark",
    }
}

/// The finding, for people.
pub(super) fn words(unit: &Unit) -> String {
    match unit {
        Unit::Is(count) => count.words().into(),
        Unit::Undetermined(why) => format!("undetermined: {why}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a target accepts a text.
    type Accepts<'a> = &'a dyn Fn(&str) -> bool;

    /// What a target that takes texts in this way shows at a limit.
    fn inferred(limit: usize, accepts: Accepts<'_>) -> Unit {
        let seen = texts(limit).into_iter().map(|(_, text)| {
            let taken = if accepts(&text) { Taken::Accepted } else { Taken::Refused };
            Observed { text, taken }
        });
        infer(limit, &seen.collect::<Vec<_>>())
    }

    #[test]
    fn each_unit_is_told_from_the_others_at_every_limit() {
        for limit in 4..300 {
            for count in Count::ALL {
                let unit = inferred(limit, &|text| count.of(text) <= limit);
                assert_eq!(unit, Unit::Is(count), "at {limit}");
            }
        }
    }

    #[test]
    fn what_no_unit_explains_is_undetermined_with_its_reason() {
        let astral_as_four = |text: &str| {
            let count: usize = text.chars().map(|one| if one.len_utf8() == 4 { 4 } else { 1 }).sum();
            count <= 64
        };
        let no_emoji = |text: &str| text.chars().count() <= 64 && !text.contains('😀');
        let no_marks = |text: &str| text.chars().count() <= 64 && !text.contains('\u{301}');
        let ascii = |text: &str| text.is_ascii();
        let anything = |_: &str| true;
        let table: [(Accepts<'_>, &str); 5] = [
            (&astral_as_four, "no single unit explains it: an emoji counts more than its UTF-16 units"),
            (&no_emoji, "an emoji is refused even where it is short by every count"),
            (&no_marks, "a letter with a combining mark is refused even where it is short by every count"),
            (&ascii, "a Chinese character is refused even where it is short by every count"),
            (&anything, "grapheme clusters"),
        ];
        for (accepts, expected) in table {
            let found = words(&inferred(64, accepts));
            assert!(found.ends_with(expected), "{found}");
        }
    }

    #[test]
    fn too_little_to_go_by_names_what_it_may_be() {
        let text = ASTRAL.repeat(33);
        let unit = infer(64, &[Observed { text, taken: Taken::Accepted }]);
        assert_eq!(words(&unit), "undetermined: it may be characters or grapheme clusters");
    }
}
