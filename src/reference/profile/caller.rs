//! Who calls: the four headers of the signature, under either of their names, in any case.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Mutex;
use std::time::Duration;

use axum::http::HeaderMap;

use super::refusal::{Place, Refusal, codes};
use super::rules::{Caller, Digits, Header, Lookup, SignatureCheck, Strictness};
use crate::api::auth::app_key::{SIGNATURE_DIGITS, signature_digits};
use crate::reference::store::lock;
use crate::secret::Secret;

/// The digits of a timestamp in milliseconds, as both documents show it (since 2001, until 2286).
const MILLISECOND_DIGITS: usize = 13;
/// The digits of one in seconds, as the vendor's own RongCloud clients send it.
const SECOND_DIGITS: usize = 10;

/// The nonces that were seen, for the reading that refuses them a second time; empty under every other.
#[derive(Default)]
pub(crate) struct Nonces(Mutex<HashSet<String>>);

impl Header {
    /// The documented name, and the one for platforms that filter headers (both compare without case).
    fn names(self) -> [&'static str; 2] {
        match self {
            Self::AppKey => ["app-key", "rc-app-key"],
            Self::Nonce => ["nonce", "rc-nonce"],
            Self::Timestamp => ["timestamp", "rc-timestamp"],
            Self::Signature => ["signature", "rc-signature"],
        }
    }

    /// Its value; an empty one counts as none.
    fn value(self, headers: &HeaderMap) -> Option<Cow<'_, str>> {
        let value = self.names().into_iter().find_map(|name| headers.get(name))?;
        Some(String::from_utf8_lossy(value.as_bytes())).filter(|value| !value.is_empty())
    }
}

impl Caller {
    /// Whether the request was signed with this secret for this app key.
    pub(crate) fn authenticate(
        &self,
        headers: &HeaderMap,
        app_key: &str,
        secret: &Secret,
        now: Duration,
        nonces: &Nonces,
    ) -> Result<(), Refusal> {
        let [key, nonce, timestamp, signature] =
            [Header::AppKey, Header::Nonce, Header::Timestamp, Header::Signature].map(|header| header.value(headers));
        match key {
            Some(key) if self.knows(&key, app_key) => {}
            None if !self.required.contains(&Header::AppKey) => {}
            _ => return Err(refusal(codes::PARAMETER, "the App-Key is missing or unknown")),
        }
        for (header, value) in
            [(Header::Nonce, &nonce), (Header::Timestamp, &timestamp), (Header::Signature, &signature)]
        {
            if value.is_none() && self.required.contains(&header) {
                let [name, _] = header.names();
                return Err(refusal(self.missing_code, format!("the header {name} is missing")));
            }
        }
        let (Some(nonce), Some(timestamp), Some(signature)) = (nonce, timestamp, signature) else {
            // A header that no rule requires is missing, so there is nothing to verify.
            return Ok(());
        };
        self.check_forms(&nonce, &timestamp)?;
        if !self.is_signature(&signature, &signature_digits(secret, &nonce, &timestamp)) {
            return Err(refusal(codes::SIGNATURE, "the signature does not fit secret, nonce and timestamp"));
        }
        self.check_freshness(&nonce, &timestamp, now, nonces)
    }

    fn knows(&self, key: &str, app_key: &str) -> bool {
        match self.app_key {
            Lookup::MustBeKnown => key == app_key,
            Lookup::Anything => true,
        }
    }

    fn check_forms(&self, nonce: &str, timestamp: &str) -> Result<(), Refusal> {
        if self.nonce_max.is_some_and(|max| nonce.chars().count() > max) {
            return Err(refusal(codes::SIGNATURE, "the nonce is too long"));
        }
        let length_fits = timestamp.len() == MILLISECOND_DIGITS
            || timestamp.len() == SECOND_DIGITS && self.seconds == Strictness::Accepted;
        if !length_fits || !timestamp.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(refusal(codes::SIGNATURE, "the timestamp is not in milliseconds since 1970"));
        }
        Ok(())
    }

    fn is_signature(&self, given: &str, expected: &[u8; SIGNATURE_DIGITS]) -> bool {
        let folded = match self.hex {
            Digits::LowerCase => Cow::Borrowed(given),
            Digits::AnyCase => Cow::Owned(given.to_ascii_lowercase()),
        };
        let given = folded.as_bytes();
        match self.signature {
            SignatureCheck::Whole => given == expected,
            SignatureCheck::Leading(digits) => {
                given.len() == SIGNATURE_DIGITS && given[..digits.min(SIGNATURE_DIGITS)] == expected[..digits]
            }
            SignatureCheck::Shape => given.len() == SIGNATURE_DIGITS && given.iter().all(u8::is_ascii_hexdigit),
            SignatureCheck::Skipped => true,
        }
    }

    fn check_freshness(&self, nonce: &str, timestamp: &str, now: Duration, nonces: &Nonces) -> Result<(), Refusal> {
        if let Some(window) = self.window {
            let number = timestamp.parse().unwrap_or_default();
            let sent = if timestamp.len() == SECOND_DIGITS {
                Duration::from_secs(number)
            } else {
                Duration::from_millis(number)
            };
            if now.abs_diff(sent) > window {
                return Err(refusal(codes::SIGNATURE, "the timestamp is too far from the server's time"));
            }
        }
        match self.replay {
            Strictness::Accepted => Ok(()),
            Strictness::Refused if lock(&nonces.0).insert(nonce.to_owned()) => Ok(()),
            Strictness::Refused => Err(refusal(codes::SIGNATURE, "the nonce was used before")),
        }
    }
}

fn refusal(code: u32, message: impl Into<String>) -> Refusal {
    Refusal { code, place: Place::Caller, message: message.into() }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;
    use crate::reference::rongcloud;

    const MILLISECONDS: &str = "1408710653000";
    const NOW: Duration = Duration::from_millis(1_408_710_653_000);

    /// Headers signed with the secret `secret`.
    fn signed(nonce: &str, timestamp: &str) -> HeaderMap {
        let digits = signature_digits(&Secret::new("secret"), nonce, timestamp).to_vec();
        let signature = String::from_utf8(digits).unwrap();
        [("app-key", "key"), ("nonce", nonce), ("timestamp", timestamp), ("signature", &signature)]
            .into_iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()))
            .collect()
    }

    fn code(caller: &Caller, headers: &HeaderMap, nonces: &Nonces) -> u32 {
        match caller.authenticate(headers, "key", &Secret::new("secret"), NOW, nonces) {
            Ok(()) => 0,
            Err(refusal) => {
                assert_eq!(refusal.place, Place::Caller);
                refusal.code
            }
        }
    }

    fn documented(headers: &HeaderMap) -> u32 {
        code(&rongcloud::rules().caller, headers, &Nonces::default())
    }

    #[test]
    fn both_units_of_time_and_any_nonce_are_taken() {
        for (nonce, timestamp) in [
            ("1", MILLISECONDS),
            ("5577006791947779410", "1408710653"),
            ("123456.789012345678", "1408710653"),
            ("0.123", "1408710653000"),
        ] {
            assert_eq!(documented(&signed(nonce, timestamp)), 0, "{nonce} {timestamp}");
        }
    }

    #[test]
    fn a_limited_nonce_may_be_as_long_as_the_limit() {
        let caller = Caller { nonce_max: Some(18), ..rongcloud::rules().caller };
        for (length, expected) in [(1, 0), (17, 0), (18, 0), (19, codes::SIGNATURE), (20, codes::SIGNATURE)] {
            let headers = signed(&"7".repeat(length), MILLISECONDS);
            assert_eq!(code(&caller, &headers, &Nonces::default()), expected, "{length}");
        }
    }

    #[test]
    fn timestamps_of_another_length_or_with_other_characters_are_refused() {
        for timestamp in ["140871065", "14087106530000", "140871065300x", "now"] {
            assert_eq!(documented(&signed("1", timestamp)), codes::SIGNATURE, "{timestamp}");
        }
    }

    #[test]
    fn each_missing_or_empty_header_is_refused() {
        for (name, expected) in [
            ("app-key", codes::PARAMETER),
            ("nonce", codes::SIGNATURE),
            ("timestamp", codes::SIGNATURE),
            ("signature", codes::SIGNATURE),
        ] {
            let mut headers = signed("1", MILLISECONDS);
            headers.remove(name);
            assert_eq!(documented(&headers), expected, "without {name}");
            headers.insert(name, HeaderValue::from_static(""));
            assert_eq!(documented(&headers), expected, "empty {name}");
        }
    }

    #[test]
    fn a_signature_over_anything_else_is_refused() {
        for (name, value) in [
            ("app-key", "other"),
            ("nonce", "2"),
            ("timestamp", "1408710653001"),
            ("signature", "30be0bbca9c9b2e27578701e9fda2358a814c88f"),
        ] {
            let mut headers = signed("1", MILLISECONDS);
            headers.insert(name, HeaderValue::from_static(value));
            assert_ne!(documented(&headers), 0, "{name}");
        }
    }

    #[test]
    fn upper_case_digits_are_an_open_point() {
        let mut headers = signed("1", MILLISECONDS);
        let upper = headers["signature"].to_str().unwrap().to_uppercase();
        headers.insert("signature", HeaderValue::from_str(&upper).unwrap());
        assert_eq!(documented(&headers), codes::SIGNATURE);
        let tolerant = Caller { hex: Digits::AnyCase, ..rongcloud::rules().caller };
        assert_eq!(code(&tolerant, &headers, &Nonces::default()), 0);
    }

    #[test]
    fn a_window_holds_on_both_sides_and_in_both_units() {
        let caller = Caller { window: Some(Duration::from_secs(60)), ..rongcloud::rules().caller };
        let within = |timestamp| code(&caller, &signed("1", timestamp), &Nonces::default()) == 0;
        assert!(within("1408710593000") && within("1408710713000") && within("1408710593"));
        assert!(!within("1408710592999") && !within("1408710713001") && !within("1408710592"));
    }

    #[test]
    fn a_nonce_counts_as_used_only_after_a_good_signature() {
        let caller = Caller { replay: Strictness::Refused, ..rongcloud::rules().caller };
        let nonces = Nonces::default();
        let mut forged = signed("1", MILLISECONDS);
        forged.insert("signature", HeaderValue::from_static("30be0bbca9c9b2e27578701e9fda2358a814c88f"));
        assert_eq!(code(&caller, &forged, &nonces), codes::SIGNATURE);
        assert_eq!(code(&caller, &signed("1", MILLISECONDS), &nonces), 0);
        assert_eq!(code(&caller, &signed("1", MILLISECONDS), &nonces), codes::SIGNATURE);
        assert_eq!(code(&caller, &signed("2", MILLISECONDS), &nonces), 0);
    }

    #[test]
    fn a_signature_may_be_checked_in_part_or_by_its_shape() {
        let good = String::from_utf8(signature_digits(&Secret::new("secret"), "1", MILLISECONDS).to_vec()).unwrap();
        let other = |digit: char| if digit == '0' { '1' } else { '0' };
        let altered = |at: usize| -> String {
            good.char_indices().map(|(index, digit)| if index == at { other(digit) } else { digit }).collect()
        };
        for (check, given, taken) in [
            (SignatureCheck::Leading(8), good.clone(), true),
            (SignatureCheck::Leading(8), altered(8), true),
            (SignatureCheck::Leading(8), altered(7), false),
            (SignatureCheck::Leading(8), good[..39].to_owned(), false),
            (SignatureCheck::Shape, altered(0), true),
            (SignatureCheck::Shape, good[..39].to_owned(), false),
            (SignatureCheck::Shape, good.replace(&good[..1], "x"), false),
            (SignatureCheck::Skipped, "x".to_owned(), true),
        ] {
            let mut headers = signed("1", MILLISECONDS);
            headers.insert("signature", HeaderValue::from_str(&given).unwrap());
            let caller = Caller { signature: check, ..rongcloud::rules().caller };
            assert_eq!(code(&caller, &headers, &Nonces::default()) == 0, taken, "{check:?} {given}");
        }
    }
}
