//! The `UserSig` of Tencent Chat: an HMAC-SHA256 over identity, application and lifetime, carried as compressed JSON.
//!
//! [`UserSig`] is issued and encoded by callers, decoded and verified by servers. The layout is that of the vendor's
//! published generators (TLSSigAPIv2). It authorises any call until it expires, so it has neither `Debug` nor `Display`.

use std::fmt::{self, Write as _};
use std::io::{Read, Write as _};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::secret::Secret;

/// The most JSON that is unpacked from one `UserSig`: real ones have about 200 bytes, and compression must not let a
/// short parameter fill the memory.
const UNPACKED_LIMIT: u64 = 16 * 1024;

/// The version that all published generators write.
const VERSION: &str = "2.0";

/// A `UserSig` as its parts; nothing is verified by holding one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserSig {
    #[serde(rename = "TLS.ver", default)]
    version: String,
    #[serde(rename = "TLS.identifier")]
    identifier: String,
    #[serde(rename = "TLS.sdkappid")]
    sdkappid: u64,
    #[serde(rename = "TLS.expire")]
    lifetime: u64,
    #[serde(rename = "TLS.time")]
    issued: u64,
    #[serde(rename = "TLS.userbuf", default, skip_serializing_if = "Option::is_none")]
    userbuf: Option<String>,
    #[serde(rename = "TLS.sig")]
    mac: String,
}

impl UserSig {
    /// Issues one: `issued` is the time since 1970-01-01 UTC, of which, as of `lifetime`, whole seconds count.
    ///
    /// The key is used as the text that the console shows; its hexadecimal digits are not decoded.
    #[must_use]
    pub fn issue(identifier: &str, sdkappid: u64, key: &Secret, issued: Duration, lifetime: Duration) -> Self {
        let mut usersig = Self {
            version: VERSION.to_owned(),
            identifier: identifier.to_owned(),
            sdkappid,
            lifetime: lifetime.as_secs(),
            issued: issued.as_secs(),
            userbuf: None,
            mac: String::new(),
        };
        usersig.mac = STANDARD.encode(usersig.authenticator(key).finalize().into_bytes());
        usersig
    }

    /// The text that stands in the query: JSON, zlib, base64 with `*`, `-`, `_` for `+`, `/`, `=`.
    ///
    /// The bytes depend on the build of zlib: compare what is decoded, never the texts.
    #[must_use]
    pub fn encode(&self) -> String {
        let json = serde_json::to_vec(self).unwrap_or_default();
        let mut packer = ZlibEncoder::new(Vec::with_capacity(json.len()), Compression::default());
        // Writing to memory does not fail; an encoder that did would give a text that no verifier accepts.
        let packed = packer.write_all(&json).and_then(|()| packer.finish()).unwrap_or_default();
        STANDARD.encode(packed).chars().map(to_query_letter).collect()
    }

    /// Reads the text of a query back into its parts; JSON order and white space are the generator's choice.
    ///
    /// # Errors
    /// [`UserSigError::Empty`] and [`UserSigError::Illegal`].
    pub fn decode(text: &str) -> Result<Self, UserSigError> {
        if text.is_empty() {
            return Err(UserSigError::Empty);
        }
        let base64: String = text.chars().map(from_query_letter).collect();
        let packed = STANDARD.decode(base64).map_err(|_| UserSigError::Illegal)?;
        let mut json = Vec::with_capacity(512);
        ZlibDecoder::new(packed.as_slice())
            .take(UNPACKED_LIMIT)
            .read_to_end(&mut json)
            .map_err(|_| UserSigError::Illegal)?;
        serde_json::from_slice(&json).map_err(|_| UserSigError::Illegal)
    }

    /// Verifies all parts, in the order of the vendor's published verifier: application, identity, expiry, key.
    ///
    /// # Errors
    /// The first check that fails.
    pub fn verify(&self, identifier: &str, sdkappid: u64, key: &Secret, now: Duration) -> Result<(), UserSigError> {
        if !self.is_for_app(sdkappid) {
            return Err(UserSigError::OtherApp);
        }
        if !self.is_of(identifier) {
            return Err(UserSigError::OtherIdentity);
        }
        if self.is_expired(now) {
            return Err(UserSigError::Expired);
        }
        if !self.is_signed_with(key) {
            return Err(UserSigError::OtherKey);
        }
        Ok(())
    }

    /// Whether it was issued for this application.
    #[must_use]
    pub fn is_for_app(&self, sdkappid: u64) -> bool {
        self.sdkappid == sdkappid
    }

    /// Whether it was issued for this identity; case counts.
    #[must_use]
    pub fn is_of(&self, identifier: &str) -> bool {
        self.identifier == identifier
    }

    /// Whether `now`, in whole seconds since 1970-01-01 UTC, lies after its last second.
    ///
    /// That second itself is still good, and an issue time in the future is no fault: so the published verifier.
    #[must_use]
    pub fn is_expired(&self, now: Duration) -> bool {
        now.as_secs() > self.issued.saturating_add(self.lifetime)
    }

    /// Whether its authentication code was made with this key.
    #[must_use]
    pub fn is_signed_with(&self, key: &Secret) -> bool {
        STANDARD.decode(&self.mac).is_ok_and(|mac| self.authenticator(key).verify_slice(&mac).is_ok())
    }

    /// The keyed hash over the canonical lines, not yet finished.
    fn authenticator(&self, key: &Secret) -> Hmac<Sha256> {
        let mut content = format!(
            "TLS.identifier:{}\nTLS.sdkappid:{}\nTLS.time:{}\nTLS.expire:{}\n",
            self.identifier, self.sdkappid, self.issued, self.lifetime
        );
        if let Some(userbuf) = &self.userbuf {
            // Writing to a string does not fail.
            let _ = writeln!(content, "TLS.userbuf:{userbuf}");
        }
        let mut authenticator = hmac_with(key);
        authenticator.update(content.as_bytes());
        authenticator
    }
}

/// An HMAC with any key: the construction hashes long keys and pads short ones, so no length is refused.
fn hmac_with(key: &Secret) -> Hmac<Sha256> {
    match Hmac::new_from_slice(key.expose().as_bytes()) {
        Ok(hmac) => hmac,
        Err(_) => unreachable!("HMAC takes keys of every length"),
    }
}

fn to_query_letter(letter: char) -> char {
    match letter {
        '+' => '*',
        '/' => '-',
        '=' => '_',
        other => other,
    }
}

fn from_query_letter(letter: char) -> char {
    match letter {
        '*' => '+',
        '-' => '/',
        '_' => '=',
        other => other,
    }
}

/// Why a `UserSig` does not authenticate its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserSigError {
    /// The text is empty.
    Empty,
    /// The text is not base64 of zlib of the expected JSON, or unpacks to more than 16 KiB.
    Illegal,
    /// Issued for another application.
    OtherApp,
    /// Issued for another identity.
    OtherIdentity,
    /// Its lifetime is over.
    Expired,
    /// Signed with another key, or altered after signing.
    OtherKey,
}

impl fmt::Display for UserSigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Empty => "the UserSig is empty",
            Self::Illegal => "the UserSig cannot be decoded",
            Self::OtherApp => "the UserSig was issued for another SDKAppID",
            Self::OtherIdentity => "the UserSig was issued for another identifier",
            Self::Expired => "the UserSig has expired",
            Self::OtherKey => "the UserSig was signed with another key, or altered",
        })
    }
}

impl std::error::Error for UserSigError {}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLISHED_KEY: &str = "5bd2850fff3ecb11d7c805251c51ee463a25727bddc2385f3fa8bfee1bb93b5e";
    const SDKAPPID: u64 = 1_400_000_000;
    const ISSUED: Duration = Duration::from_secs(1_600_000_000);
    const HALF_A_YEAR: Duration = Duration::from_secs(15_552_000);
    const HOUR: Duration = Duration::from_secs(3600);

    /// Identifier, lifetime, authentication code, and what the vendor's packages made of them at second 1600000000.
    const VECTORS: [(&str, Duration, &str, &[&str]); 3] = [
        (
            "xiaojun",
            HALF_A_YEAR,
            "1Z5PngDjGaufeSiPoBuxdHY7EK3JTdAjMP93S4KvV3M=",
            &[
                "eJyrVgrxCdYrSy1SslJQMtIzUNJRAItkpqTmlWSmZUIkKjIT87NK82CSxSnZiQUFmSlAKUMTAyiAyqVWFGQWpYJkTE1NjRDiJZm5YFEzNPXFmekgGwyjTAPy0l2y3BNL01KDMwPynUorUjwizV29jb1CUhyzfAMsjYNNvMvCjH1tlWoBGhAzGw__",
                "eJyrVgrxCdYrSy1SslIy0jNQ0gHzM1NS80oy0zLBwhWZiflZpXlQqeKU7MSCgswUJStDEwMogMiUZOamKlkZmqGKplYUZBaBxE1NTY3gosWZ6UpWSoZRpgF56S5Z7omlaanBmQH5TqUVKR6R5q7exl4hKY5ZvgGWxsEm3mVhxr62SrUAnj0xuw__",
                "eAEArABT-3siVExTLnZlciI6IjIuMCIsIlRMUy5pZGVudGlmaWVyIjoieGlhb2p1biIsIlRMUy5zZGthcHBpZCI6MTQwMDAwMDAwMCwiVExTLmV4cGlyZSI6MTU1NTIwMDAsIlRMUy50aW1lIjoxNjAwMDAwMDAwLCJUTFMuc2lnIjoiMVo1UG5nRGpHYXVmZVNpUG9CdXhkSFk3RUszSlRkQWpNUDkzUzRLdlYzTT0ifQoBAAD--9vIMcU_",
            ],
        ),
        (
            "administrator",
            HALF_A_YEAR,
            "Kdre1b5wdOGAspZciCW+BEYQVec8wjj+14/ZlFdiZwk=",
            &[
                "eJyrVgrxCdYrSy1SslJQMtIzUNJRAItkpqTmlWSmZUIkElNyM-Myi0uKEkvyi2BKilOyEwsKMlOACgxNDKAAKpdaUZBZlAqSMTU1NUKIl2TmgkXN0NQXZ6aD7PFOKUo1TDItT-F3dywuiErOdA7XdnKNDAxLTbYoz8rSNjTRj8pxS8mMKs*2VaoFAM4cNho_",
                "eJyrVgrxCdYrSy1SslIy0jNQ0gHzM1NS80oy0zLBwokpuZl5mcUlRYkl*UVQBcUp2YkFBZkpSlaGJgZQAJEpycxNVbIyNEMVTa0oyCwCiZuamhrBRYsz05WslLxTilINk0zLU-zdHYsLopIzncO1nVwjA8NSky3Ks7K0DU30o3LcUjKjyrNtlWoBPAA0ug__",
            ],
        ),
        (
            "admin",
            HOUR,
            "LrGRUTjTZZ5hjFuO0ljV2cKhGdvlAbQA6b9HnJZdI4E=",
            &[
                "eJyrVgrxCdYrSy1SslJQMtIzUNJRAItkpqTmlWSmZUIkElNyM-NgUsUp2YkFBZkpQAlDEwMogMqlVhRkFqUCZYzN4GIlmbkgEUMzNLXFmekgs32K3INCQ7JCoqJMM7LcSv0NcrLCjJK9M9xTynIckwIdzZIsPfK8olI8TVxtlWoB1Vgxnw__",
                "eJyrVgrxCdYrSy1SslIy0jNQ0gHzM1NS80oy0zLBwokpuZl5UInilOzEgoLMFCUrQxMDKIDIlGTmpipZGZqhiqZWFGQWpSpZGZvBRIoz05WslHyK3INCQ7JCoqJMM7LcSv0NcrLCjJK9M9xTynIckwIdzZIsPfK8olI8TVxtlWoBZGIwPw__",
            ],
        ),
    ];

    fn key() -> Secret {
        Secret::new(PUBLISHED_KEY)
    }

    fn decoded(text: &str) -> UserSig {
        UserSig::decode(text).unwrap()
    }

    #[test]
    fn what_the_published_packages_generate_is_verified() {
        for (identifier, lifetime, mac, texts) in VECTORS {
            for text in texts {
                let usersig = decoded(text);
                assert_eq!(usersig.mac, mac);
                assert_eq!(usersig.verify(identifier, SDKAPPID, &key(), ISSUED), Ok(()));
                assert_eq!(usersig.verify(identifier, SDKAPPID, &key(), ISSUED + lifetime), Ok(()));
            }
        }
    }

    #[test]
    fn what_is_issued_has_the_same_authentication_code() {
        for (identifier, lifetime, mac, texts) in VECTORS {
            let usersig = UserSig::issue(identifier, SDKAPPID, &key(), ISSUED, lifetime);
            assert_eq!(usersig.mac, mac);
            assert!(usersig == decoded(texts[0]));
            assert!(usersig == decoded(&usersig.encode()));
        }
    }

    #[test]
    fn one_captured_from_a_real_client_is_verified() {
        let usersig = decoded(
            "eJw9jEELgjAcxb-LroapNG1Ch6BDh0WgFuhtsiV-0znmMin67pkN3*393uP3RhlN3UFoFKPA9dBq7sCFNHCDGTPegoTeaGY6bQ89vzOlgKPY33g2-0WMCrSYOMY4WKiB9sciggPib6PQWqCa-OUYqvx5zS8OLYaahLWpjklzejQvr5OFPqRrWmaJJmdnv0OfL2V4NTY_",
        );
        assert_eq!(usersig.mac, "bx6pYwVYU+LZvj96jtgHRlMulz0onZrDS/LbTRr9O+A=");
        assert_eq!(usersig.verify("administrator", SDKAPPID, &key(), Duration::from_secs(1_795_291_876)), Ok(()));
    }

    #[test]
    fn each_mismatch_has_its_own_error_in_the_order_of_the_published_verifier() {
        let usersig = UserSig::issue("admin", SDKAPPID, &key(), ISSUED, HOUR);
        let late = ISSUED + HOUR + Duration::from_secs(1);
        let other = Secret::new("other");
        assert_eq!(usersig.verify("bob", 1, &other, late), Err(UserSigError::OtherApp));
        assert_eq!(usersig.verify("bob", SDKAPPID, &other, late), Err(UserSigError::OtherIdentity));
        assert_eq!(usersig.verify("admin", SDKAPPID, &other, late), Err(UserSigError::Expired));
        assert_eq!(usersig.verify("admin", SDKAPPID, &other, ISSUED), Err(UserSigError::OtherKey));
    }

    #[test]
    fn a_part_that_was_altered_is_noticed_by_its_authentication_code() {
        let mut usersig = UserSig::issue("admin", SDKAPPID, &key(), ISSUED, HOUR);
        usersig.lifetime *= 2;
        assert!(!usersig.is_signed_with(&key()));
    }

    #[test]
    fn a_userbuf_is_covered_by_the_authentication_code() {
        let mut usersig = UserSig::issue("admin", SDKAPPID, &key(), ISSUED, HOUR);
        usersig.userbuf = Some("YWJj".to_owned());
        assert!(!usersig.is_signed_with(&key()));
        usersig.mac = STANDARD.encode(usersig.authenticator(&key()).finalize().into_bytes());
        assert!(decoded(&usersig.encode()).is_signed_with(&key()));
    }

    #[test]
    fn texts_that_are_no_usersig_are_illegal() {
        let good = UserSig::issue("admin", SDKAPPID, &key(), ISSUED, HOUR).encode();
        assert_eq!(UserSig::decode("").err(), Some(UserSigError::Empty));
        for text in ["garbage", "%%%", &good[..good.len() / 2], "e30_"] {
            assert_eq!(UserSig::decode(text).err(), Some(UserSigError::Illegal), "{text}");
        }
    }

    #[test]
    fn a_text_that_unpacks_to_megabytes_is_illegal() {
        let mut packer = ZlibEncoder::new(Vec::new(), Compression::best());
        packer.write_all(&vec![b' '; 4 << 20]).unwrap();
        let bomb: String = STANDARD.encode(packer.finish().unwrap()).chars().map(to_query_letter).collect();
        assert_eq!(UserSig::decode(&bomb).err(), Some(UserSigError::Illegal));
    }
}
