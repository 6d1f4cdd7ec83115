//! The shape of a deviation: what stays when the values that differ from reply to reply are taken out.

use std::fmt::Write as _;

use super::Mismatch;

/// A text that two deviations share exactly when they are of one kind: kinds and places, with indices and volatile
/// numbers abstracted, and the actual value only where it is a short code.
#[must_use]
pub fn shape(mismatches: &[Mismatch]) -> String {
    let mut text = String::new();
    for mismatch in mismatches {
        let separator = if text.is_empty() { "" } else { "; " };
        let _ = write!(text, "{separator}{} at {}: {}", mismatch.kind, place(&mismatch.at), value(&mismatch.actual));
    }
    text
}

/// Indices of lists do not tell one deviation from another.
fn place(at: &str) -> String {
    let is_index = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    at.split('/').map(|part| if is_index(part) { "*" } else { part }).collect::<Vec<_>>().join("/")
}

/// Codes are short; what is longer than any code carries times, ids or texts.
fn value(actual: &str) -> String {
    const LONGEST_CODE: usize = 24;
    if actual.len() <= LONGEST_CODE {
        return actual.to_owned();
    }
    actual.rsplit_once('(').map_or_else(|| "…".to_owned(), |(_, kind)| format!("… ({kind}"))
}

#[cfg(test)]
mod tests {
    use super::super::MismatchKind;
    use super::*;

    fn mismatch(at: &str, actual: &str) -> Mismatch {
        Mismatch { kind: MismatchKind::WrongContent, at: at.into(), expected: String::new(), actual: actual.into() }
    }

    #[test]
    fn indices_and_long_values_do_not_split_a_group() {
        let one = shape(&[mismatch("/list/0/id", "\"request 1234567890123456789 failed\" (string)")]);
        let two = shape(&[mismatch("/list/7/id", "\"request 9876543210987654321 failed\" (string)")]);
        assert_eq!(one, two);
    }

    #[test]
    fn codes_and_places_do() {
        assert_ne!(shape(&[mismatch("/code", "1 (number)")]), shape(&[mismatch("/code", "2 (number)")]));
        assert_ne!(shape(&[mismatch("/a", "1 (number)")]), shape(&[mismatch("/b", "1 (number)")]));
    }
}
