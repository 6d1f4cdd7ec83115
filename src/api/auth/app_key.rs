//! The signature of RongCloud and Nexconn: hexadecimal SHA-1 over app secret, nonce and timestamp.
//!
//! Neither method, path nor body is covered: whoever has one signature can send any request with it.

use sha1::{Digest, Sha1};

use crate::secret::Secret;

/// The length of a signature in hexadecimal digits: 160 bits, four a digit.
pub const SIGNATURE_DIGITS: usize = 40;

/// The signature of a request, in lower-case hexadecimal, as every published client sends it.
///
/// The three texts are joined as they stand; the timestamp is the text of its header, whatever its unit.
#[must_use]
pub fn signature(secret: &Secret, nonce: &str, timestamp: &str) -> String {
    signature_digits(secret, nonce, timestamp).iter().map(|&digit| char::from(digit)).collect()
}

/// The same digits as ASCII bytes of a fixed length.
#[must_use]
pub fn signature_digits(secret: &Secret, nonce: &str, timestamp: &str) -> [u8; SIGNATURE_DIGITS] {
    let text = Sha1::new().chain_update(secret.expose()).chain_update(nonce).chain_update(timestamp);
    hexadecimal(text.finalize().into())
}

fn hexadecimal(hash: [u8; 20]) -> [u8; SIGNATURE_DIGITS] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut digits = [0; SIGNATURE_DIGITS];
    for (pair, byte) in digits.chunks_exact_mut(2).zip(hash) {
        pair[0] = DIGITS[usize::from(byte >> 4)];
        pair[1] = DIGITS[usize::from(byte & 15)];
    }
    digits
}

/// Signatures with one secret, for a sender that patches many of them into finished requests.
///
/// The joined text lies in one buffer that is used again: to hash it at once takes three quarters of the time that its
/// three parts take one by one.
pub struct Signatures {
    /// The secret, and behind it nonce and timestamp of the latest signature.
    text: Vec<u8>,
    secret: usize,
}

impl Signatures {
    /// Keeps a copy of the secret.
    #[must_use]
    pub fn new(secret: &Secret) -> Self {
        let secret = secret.expose().as_bytes();
        let mut text = Vec::with_capacity(secret.len() + 64);
        text.extend_from_slice(secret);
        Self { text, secret: secret.len() }
    }

    /// The digits for a nonce and a timestamp, as they stand in their headers.
    #[must_use]
    pub fn digits(&mut self, nonce: &[u8], timestamp: &[u8]) -> [u8; SIGNATURE_DIGITS] {
        self.text.truncate(self.secret);
        self.text.extend_from_slice(nonce);
        self.text.extend_from_slice(timestamp);
        hexadecimal(Sha1::digest(&self.text).into())
    }
}

/// Shows nothing: the buffer begins with the secret.
impl std::fmt::Debug for Signatures {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Signatures").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of the vendor's published example, public for years.
    const PUBLISHED_SECRET: &str = "Y1W2MeFwwwRxa0";

    #[test]
    fn the_published_vector_and_those_of_real_clients_are_met() {
        let vectors = [
            ("14314", "1408710653000", "30be0bbca9c9b2e27578701e9fda2358a814c88f"),
            ("14314", "1408710653491", "dd11a264276f438b045b3b236a2741ddc89d48df"),
            ("5577006791947779410", "1795291677", "b6c210d642c9bbb11c54b2da864b2103170b5e9e"),
            ("8674665223082153551", "1795291677", "62b4e1c5e66648c8c4eb8e82dff7d93643fe5019"),
            ("279887377", "1795291878", "85606c9c27dd11ed2d3f1c5bf5e098921aea54e6"),
            ("332443377", "1795291878", "a880e4e542855de20d39c8a150ff6cc0b86e0e99"),
            ("854511719458527612", "1795291663359", "28a2377ae2b7fb3d3969ff8bcfcc4cc418a959b9"),
            ("52717262434718046", "1795291665924", "ab45bd1a8137003f9f5a274dafde8cbdab956cc8"),
        ];
        let secret = Secret::new(PUBLISHED_SECRET);
        for (nonce, timestamp, expected) in vectors {
            assert_eq!(signature(&secret, nonce, timestamp), expected, "nonce {nonce}, timestamp {timestamp}");
        }
    }

    #[test]
    fn the_signature_printed_in_the_document_was_made_with_the_app_key_and_other_seconds() {
        let printed = "45beb7cc7307889a8e711219a47b7cf6a5b000e8";
        assert_eq!(signature(&Secret::new("uwd1c0sxdlx2"), "14314", "1408706337"), printed);
        assert_ne!(signature(&Secret::new(PUBLISHED_SECRET), "14314", "1408710653491"), printed);
    }

    #[test]
    fn every_form_gives_the_same_digits() {
        let secret = Secret::new("s");
        let mut signatures = Signatures::new(&secret);
        for (nonce, timestamp) in [("1", "2"), ("a longer nonce", "1408710653491"), ("", "")] {
            let digits = signature_digits(&secret, nonce, timestamp);
            assert_eq!(signature(&secret, nonce, timestamp).as_bytes(), digits);
            assert_eq!(signatures.digits(nonce.as_bytes(), timestamp.as_bytes()), digits);
        }
    }
}
