//! Texts that a server wrote, made safe and short enough to be shown.

use crate::record::BodyRecord;

/// The text on one line: control characters, with which a server could repaint a terminal, as escapes.
pub(super) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            // Marks that turn the direction of writing can make a text look like another one; other ends of lines break
            // what is read by lines; the last two are characters in no XML.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}' => {
                shown.extend(character.escape_unicode());
            }
            control if control.is_control() => shown.extend(control.escape_unicode()),
            other => shown.push(other),
        }
    }
    shown
}

/// At most this many characters, and how many were left out.
pub(super) fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}… [{} more characters]", &text[..end], text[end..].chars().count()),
    }
}

/// The beginning of a body on one line.
pub(super) fn preview(body: &BodyRecord, most: usize) -> String {
    match (body.text.is_empty(), body.base64) {
        (true, _) => "(empty body)".into(),
        (false, true) => format!("base64: {}", shortened(&body.text, most)),
        (false, false) => visible(&shortened(&body.text, most)),
    }
}

/// `1 case`, `2 cases`.
pub(super) fn counted(count: usize, one: &str) -> String {
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_cannot_repaint_the_terminal() {
        assert_eq!(visible("a\u{1b}[31m\nb\u{202e}"), "a\\u{1b}[31m\\nb\\u{202e}");
        assert_eq!(visible("\u{2028}\u{85}\u{ffff}"), "\\u{2028}\\u{85}\\u{ffff}");
    }

    #[test]
    fn a_long_text_says_how_much_is_missing() {
        assert_eq!(shortened("äöüß", 2), "äö… [2 more characters]");
        assert_eq!(shortened("äö", 2), "äö");
    }
}
