//! Taking secrets out of texts that a server wrote: it may echo what it was sent, in whatever encoding.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// What stands in place of a secret.
pub const REDACTED: &str = "<redacted>";

/// The shortest text that is treated as a secret: a shorter one stands in any reply by chance.
const SHORTEST: usize = 4;

/// Stands where a text was shortened.
const CUT: char = '…';

/// The shortest part of a secret that is taken out beside a cut: a shorter one stands there by chance.
const PART: usize = 6;

/// Replaces known secrets in texts.
#[derive(Clone, Default)]
pub struct Redactor {
    /// Every encoding of every secret, longest first, so that no part of one stays behind.
    forms: Vec<String>,
}

impl Redactor {
    /// A redactor for these secrets.
    #[must_use]
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let secrets = secrets.into_iter().filter(|secret| secret.len() >= SHORTEST);
        let forms: BTreeSet<String> = secrets.flat_map(forms).collect();
        let mut forms: Vec<String> = forms.into_iter().collect();
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        Self { forms }
    }

    /// The text without its secrets. Where it was shortened before, which `…` shows, a part of a secret that the cut has
    /// left goes too.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        let redacted = self.whole(text);
        if !redacted.contains(CUT) {
            return redacted;
        }
        let mut pieces = redacted.split(CUT).peekable();
        let mut text = pieces.next().map(|first| self.without_beginning(first)).unwrap_or_default();
        while let Some(piece) = pieces.next() {
            text.push(CUT);
            let piece = self.without_end(piece);
            text.push_str(&if pieces.peek().is_some() { self.without_beginning(&piece) } else { piece });
        }
        text
    }

    /// The same of a text of which only the beginning was kept.
    #[must_use]
    pub fn redact_beginning(&self, text: &str) -> String {
        self.without_beginning(&self.redact(text))
    }

    /// The text without the beginning of a secret at its own end.
    fn without_beginning(&self, text: &str) -> String {
        let part = |form: &String| {
            let lengths = (PART..form.len()).rev().filter(|length| form.is_char_boundary(*length));
            lengths.map(|length| &form[..length]).find(|part| text.ends_with(part)).map(str::len)
        };
        match self.forms.iter().filter_map(part).max() {
            Some(length) => format!("{}{REDACTED}", &text[..text.len() - length]),
            None => text.to_owned(),
        }
    }

    /// The text without the end of a secret at its own beginning.
    fn without_end(&self, text: &str) -> String {
        let part = |form: &String| {
            let starts = (1..form.len().saturating_sub(PART) + 1).filter(|start| form.is_char_boundary(*start));
            starts.map(|start| &form[start..]).find(|part| text.starts_with(part)).map(str::len)
        };
        match self.forms.iter().filter_map(part).max() {
            Some(length) => format!("{REDACTED}{}", &text[length..]),
            None => text.to_owned(),
        }
    }

    fn whole(&self, text: &str) -> String {
        let mut redacted = text.to_owned();
        for form in &self.forms {
            if memchr::memmem::find(redacted.as_bytes(), form.as_bytes()).is_some() {
                redacted = redacted.replace(form.as_str(), REDACTED);
            }
        }
        redacted
    }

    /// Whether the text holds one of the secrets, in any of the encodings.
    #[must_use]
    pub fn finds(&self, text: &[u8]) -> bool {
        self.forms.iter().any(|form| memchr::memmem::find(text, form.as_bytes()).is_some())
    }
}

/// A secret as it is, percent-encoded, JSON-escaped, HTML-escaped, hexadecimal, and in both base64 alphabets.
fn forms(secret: &str) -> Vec<String> {
    let mut forms = as_a_whole(secret);
    forms.extend(letter_by_letter(secret));
    // A JSON text that is quoted once more doubles its backslashes.
    let quoted: Vec<String> =
        forms.iter().filter(|form| form.contains('\\')).map(|form| form.replace('\\', r"\\")).collect();
    forms.extend(quoted);
    forms.retain(|form| form.len() >= SHORTEST);
    forms
}

/// The encodings that change each letter in the same way, whether or not it needs it. Made for each exchange: by table.
fn letter_by_letter(secret: &str) -> Vec<String> {
    const LOWER: &[u8; 16] = b"0123456789abcdef";
    const UPPER: &[u8; 16] = b"0123456789ABCDEF";
    let mut forms = vec![secret.chars().map(|letter| format!("&#{};", u32::from(letter))).collect()];
    for digits in [LOWER, UPPER] {
        forms.extend(["", "%", "\\x"].map(|before| pairs(secret, before, digits, "")));
        if secret.is_ascii() {
            forms.push(pairs(secret, "\\u00", digits, ""));
            forms.push(pairs(secret, "&#x", digits, ";"));
        }
    }
    if !secret.is_ascii() {
        let units = |write: fn(u16) -> String| secret.encode_utf16().map(write).collect::<String>();
        forms.extend([units(|unit| format!("\\u{unit:04x}")), units(|unit| format!("\\u{unit:04X}"))]);
        let letters = |write: fn(u32) -> String| secret.chars().map(|one| write(one.into())).collect::<String>();
        forms.extend([letters(|letter| format!("&#x{letter:x};")), letters(|letter| format!("&#x{letter:X};"))]);
    }
    forms
}

/// Each byte as two digits, with what stands before and after them.
fn pairs(secret: &str, before: &str, digits: &[u8; 16], after: &str) -> String {
    let mut text = String::with_capacity(secret.len() * (before.len() + 2 + after.len()));
    for byte in secret.bytes() {
        text.push_str(before);
        text.push(char::from(digits[usize::from(byte >> 4)]));
        text.push(char::from(digits[usize::from(byte & 15)]));
        text.push_str(after);
    }
    text
}

/// The encodings that leave most letters as they are, or mix them.
fn as_a_whole(secret: &str) -> Vec<String> {
    let percent = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    let json = serde_json::Value::from(secret).to_string();
    let json = json.trim_matches('"').to_owned();
    let html: String = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let mut forms = vec![
        secret.to_owned(),
        percent.to_lowercase(),
        percent.replace("%2D", "-").replace("%5F", "_").replace("%2E", "."),
        percent.replace('%', "%25"),
        percent,
        json.replace('/', "\\/"),
        ascii_only(&json),
        json,
        html.replace('\'', "&#39;"),
        html.replace('\'', "&apos;"),
        html,
        secret.to_uppercase(),
        secret.chars().rev().collect(),
    ];
    for shift in 0..3 {
        let encoded = base64_within(secret.as_bytes(), shift);
        forms.push(encoded.replace('+', "-").replace('/', "_"));
        forms.push(encoded);
    }
    forms
}

/// JSON as writers have it that escape whatever is not ASCII.
fn ascii_only(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for letter in json.chars() {
        if letter.is_ascii() {
            text.push(letter);
        } else {
            let units = &mut [0; 2];
            letter.encode_utf16(units).iter().for_each(|unit| text.push_str(&format!("\\u{unit:04x}")));
        }
    }
    text
}

/// The part of the base64 text that depends on the secret alone, when `shift` bytes stand before it.
fn base64_within(secret: &[u8], shift: usize) -> String {
    let mut bytes = vec![0; shift];
    bytes.extend_from_slice(secret);
    let encoded = STANDARD.encode(&bytes).trim_end_matches('=').to_owned();
    // The first letters mix in the bytes before, the last one those after.
    let start = (shift * 8).div_ceil(6);
    let end = bytes.len() * 8 / 6;
    encoded.get(start..end).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "s3cr3t/+key\"=";

    #[test]
    fn every_encoding_is_found() {
        let redactor = Redactor::new([SECRET]);
        let base64 = |text: &str| STANDARD.encode(text);
        let texts = [
            SECRET.to_owned(),
            "s3cr3t%2F%2Bkey%22%3D".into(),
            "s3cr3t%2f%2bkey%22%3d".into(),
            "s3cr3t/+key\\\"=".into(),
            "s3cr3t\\/+key\\\"=".into(),
            "s3cr3t/+key&quot;=".into(),
            "7333637233742f2b6b6579223d".into(),
            "%73%33%63%72%33%74%2f%2b%6b%65%79%22%3d".into(),
            "s3cr3t%252F%252Bkey%2522%253D".into(),
            r"\x73\x33\x63\x72\x33\x74\x2F\x2B\x6B\x65\x79\x22\x3D".into(),
            "&#115;&#51;&#99;&#114;&#51;&#116;&#47;&#43;&#107;&#101;&#121;&#34;&#61;".into(),
            "&#x73;&#x33;&#x63;&#x72;&#x33;&#x74;&#x2f;&#x2b;&#x6b;&#x65;&#x79;&#x22;&#x3d;".into(),
            base64(SECRET),
            base64(&format!("a{SECRET}b")),
            base64(&format!("ab{SECRET}")),
            base64(&format!("{{\"secret\":\"{SECRET}\"}}")),
        ];
        let wide = Redactor::new(["schlüssel☃"]);
        for text in [r"schl\u00fcssel\u2603", "&#x73;&#x63;&#x68;&#x6c;&#xfc;&#x73;&#x73;&#x65;&#x6c;&#x2603;"] {
            assert!(wide.finds(text.as_bytes()), "{text}");
        }
        for text in texts {
            let around = format!("before {text} after");
            let redacted = redactor.redact(&around);
            assert!(redacted.contains(REDACTED), "{text} stays in {redacted}");
            assert!(!redactor.finds(redacted.as_bytes()));
        }
    }

    #[test]
    fn a_part_of_a_secret_beside_a_cut_goes_too() {
        let redactor = Redactor::new([SECRET]);
        let shortened = redactor.redact("code s3cr3t/+k…[70 characters]…/+key\"= and more");
        assert_eq!(shortened, "code <redacted>…[70 characters]…<redacted> and more");
        assert_eq!(redactor.redact_beginning("a body that ends in s3cr3t%2F%2B"), "a body that ends in <redacted>");
        assert_eq!(redactor.redact("a secret…[7 characters]…key"), "a secret…[7 characters]…key");
    }

    #[test]
    fn what_is_no_secret_stays() {
        assert_eq!(Redactor::new([SECRET, ""]).redact("code 200"), "code 200");
    }
}
