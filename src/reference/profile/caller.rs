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
