//! A text in every form in which it could come back or be printed; written apart from the product's own list.

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// The text in each encoding, with the encoding's name.
pub(crate) fn encodings(text: &str) -> Vec<(&'static str, String)> {
    let each = |write: fn(u8) -> String| text.bytes().map(write).collect::<String>();
    let escaped =
        |byte: u8| if byte.is_ascii_alphanumeric() { char::from(byte).into() } else { format!("%{byte:02X}") };
    let standard = GeneralPurpose::new(&STANDARD, GeneralPurposeConfig::new());
    let url_safe = GeneralPurpose::new(&URL_SAFE, GeneralPurposeConfig::new().with_encode_padding(false));
    vec![
        ("plain", text.to_owned()),
        ("reversed", text.chars().rev().collect()),
        ("upper case", text.to_uppercase()),
        ("percent", text.bytes().map(escaped).collect()),
        ("percent, lower case", text.bytes().map(escaped).collect::<String>().to_lowercase()),
        ("percent, every byte", each(|byte| format!("%{byte:02X}"))),
        ("hex", each(|byte| format!("{byte:02x}"))),
        ("hex, upper case", each(|byte| format!("{byte:02X}"))),
        ("base64", standard.encode(text)),
        ("base64 in the middle", standard.encode(format!("ab{text}c"))),
        ("base64url", url_safe.encode(text)),
        ("base64url in the middle", url_safe.encode(format!("a{text}bc"))),
        ("JSON escapes", each(|byte| format!("\\u{byte:04x}"))),
        ("JSON escapes, quoted once more", each(|byte| format!(r"\\u{byte:04x}"))),
        ("hexadecimal escapes", each(|byte| format!("\\x{byte:02x}"))),
        ("HTML entities", each(|byte| format!("&#{byte};"))),
        ("hexadecimal HTML entities", each(|byte| format!("&#x{byte:x};"))),
    ]
}

/// What the base64 in a file decodes to, whatever stands before and after a text in it.
pub(crate) fn decoded_base64(bytes: &[u8]) -> Vec<u8> {
    const LEAST: usize = 16;
    let config = GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let engine = GeneralPurpose::new(&STANDARD, config);
    let belongs = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(byte);
    let mut decoded = Vec::new();
    for run in bytes.split(|byte| !belongs(byte)).filter(|run| run.len() >= LEAST) {
        let standard: Vec<u8> = run
            .iter()
            .map(|byte| match byte {
                b'-' => b'+',
                b'_' => b'/',
                other => *other,
            })
            .collect();
        for start in 0..4 {
            let part = &standard[start..];
            // One letter alone is no byte.
            let part = if part.len() % 4 == 1 { &part[..part.len() - 1] } else { part };
            decoded.extend(engine.decode(part).unwrap_or_default());
            decoded.push(b'\n');
        }
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_wherever_the_text_stands_in_it() {
        for (name, text) in encodings("s3cret/Y1W2+eFwww").iter().filter(|(name, _)| name.starts_with("base64")) {
            let found = decoded_base64(format!("{{\"a\":\"{text}\"}}").as_bytes());
            assert!(String::from_utf8_lossy(&found).contains("s3cret/Y1W2+eFwww"), "{name}: {text}");
        }
    }
}
