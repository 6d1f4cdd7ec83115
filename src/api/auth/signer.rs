//! Values for the slots of one sending: user, nonce, time, and the signature over them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::usersig::UserSig;
use super::{Credentials, SignatureForm, SigningSecret, TimestampUnit, UserSigForm, Variation, app_key};
use crate::clock::Clock;
use crate::exchange::Slot;
use crate::secret::Secret;

/// How long a generated `UserSig` lives: long enough for any run's next request, short enough that a leaked one is
/// soon worthless.
const LIFETIME: Duration = Duration::from_mins(10);

/// How many digits a nonce has: the documents of the scheme allow 18, and a number of 17 digits is below 2^63.
const NONCE_DIGITS: usize = 17;

/// What fills the slots of one sending.
#[derive(Clone, Default)]
pub struct SlotValues {
    /// The user id.
    pub user: String,
    /// The unique text.
    pub unique: String,
    nonce: String,
    timestamp: String,
    signature: String,
    usersig: String,
    random: String,
}

impl SlotValues {
    /// Values for a user and a unique text; what is signed is added by [`Signer::sign`].
    #[must_use]
    pub fn new(user: String, unique: String) -> Self {
        Self { user, unique, ..Self::default() }
    }

    /// What fills this slot.
    #[must_use]
    pub fn get(&self, slot: Slot) -> &str {
        match slot {
            Slot::User => &self.user,
            Slot::Unique => &self.unique,
            Slot::Nonce => &self.nonce,
            Slot::Timestamp => &self.timestamp,
            Slot::Signature => &self.signature,
            Slot::UserSig => &self.usersig,
            Slot::Random => &self.random,
        }
    }

    /// What fills this slot where people read it: secrets are replaced.
    #[must_use]
    pub fn shown(&self, slot: Slot) -> &str {
        if slot.is_secret() { "<redacted>" } else { self.get(slot) }
    }

    /// The texts of this sending that authorise calls.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        [self.signature.as_str(), self.usersig.as_str()].into_iter().filter(|text| !text.is_empty())
    }
}

/// Signs requests of one api.
pub struct Signer {
    credentials: Credentials,
    clock: Clock,
    randomness: AtomicU64,
    issued: Mutex<Option<Issued>>,
}

/// A `UserSig` that is used again while it is fresh.
struct Issued {
    text: String,
    at: Duration,
}

impl Signer {
    /// A signer; `seed` decides nonces and random numbers.
    #[must_use]
    pub fn new(credentials: Credentials, clock: Clock, seed: u64) -> Self {
        Self { credentials, clock, randomness: AtomicU64::new(seed), issued: Mutex::new(None) }
    }

    /// The credentials it signs with.
    #[must_use]
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Fills in everything but user and unique text.
    pub fn sign(&self, variation: &Variation, values: &mut SlotValues) {
        values.random = (self.next() >> 32).to_string();
        match &self.credentials {
            Credentials::AppKey { secret, app_key } => {
                let secret = signing_secret(secret, variation.secret, app_key);
                self.sign_app_key(&secret, variation, values);
            }
            Credentials::UserSig { sdk_app_id, key, admin } => {
                self.sign_usersig(*sdk_app_id, key, admin, variation, values);
            }
            Credentials::Header { token } => {
                let token = signing_secret(token, variation.secret, "");
                values.signature = formed(token.expose().into(), variation.signature);
            }
        }
    }

    fn sign_app_key(&self, secret: &Secret, variation: &Variation, values: &mut SlotValues) {
        let set = |name: &str| variation.set.get(name).map(|text| text.fill(|slot| values.get(slot)));
        let signed = |name: &str| variation.signed_over.get(name).map(|text| text.fill(|slot| values.get(slot)));
        let nonce = set("Nonce").unwrap_or_else(|| self.nonce(variation.nonce_length.unwrap_or(NONCE_DIGITS)));
        let timestamp = set("Timestamp").unwrap_or_else(|| {
            let signed_at = self.clock.now().saturating_sub(variation.age);
            match variation.timestamp {
                TimestampUnit::Milliseconds => signed_at.as_millis().to_string(),
                TimestampUnit::Seconds => signed_at.as_secs().to_string(),
            }
        });
        let over_nonce = signed("Nonce").unwrap_or_else(|| nonce.clone());
        let over_timestamp = signed("Timestamp").unwrap_or_else(|| timestamp.clone());
        let signature = app_key::signature(secret, &over_nonce, &over_timestamp);
        let signature = set("Signature").unwrap_or_else(|| formed(signature, variation.signature));
        values.nonce = nonce;
        values.timestamp = timestamp;
        values.signature = signature;
    }

    fn sign_usersig(&self, sdk_app_id: u64, key: &Secret, admin: &str, variation: &Variation, values: &mut SlotValues) {
        if variation.is_none() {
            values.usersig = self.own_usersig(sdk_app_id, key, admin);
            return;
        }
        let fill = |text: &crate::api::Text| text.fill(|slot| values.get(slot));
        let set = |name: &str| variation.set.get(name).map(fill);
        let signed = |name: &str| variation.signed_over.get(name).map(fill).or_else(|| set(name));
        let identifier = signed("identifier").unwrap_or_else(|| admin.to_owned());
        let number = signed("sdkappid").and_then(|text| text.parse().ok()).unwrap_or(sdk_app_id);
        let key = signing_secret(key, variation.secret, &sdk_app_id.to_string());
        let issued = self.clock.now().saturating_sub(variation.age);
        let usersig = UserSig::issue(&identifier, number, &key, issued, variation.lifetime.unwrap_or(LIFETIME));
        let usersig = match variation.signature {
            SignatureForm::Altered => usersig.with_altered_mac(),
            SignatureForm::Signed | SignatureForm::UpperCase => usersig,
        };
        let text = match variation.form {
            UserSigForm::Complete => usersig.encode(),
            UserSigForm::Truncated => {
                let mut text = usersig.encode();
                text.truncate(text.len() / 2);
                text
            }
            UserSigForm::Uncompressed => usersig.encode_uncompressed(),
        };
        let text = match variation.signature {
            SignatureForm::UpperCase => text.to_ascii_uppercase(),
            SignatureForm::Signed | SignatureForm::Altered => text,
        };
        values.usersig = set("usersig").unwrap_or(text);
    }

    /// The correct `UserSig`, made once and renewed at half of its life.
    fn own_usersig(&self, sdk_app_id: u64, key: &Secret, admin: &str) -> String {
        let now = self.clock.now();
        let mut issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(issued) = issued.as_ref().filter(|issued| now.saturating_sub(issued.at) < LIFETIME / 2) {
            return issued.text.clone();
        }
        let text = UserSig::issue(admin, sdk_app_id, key, now, LIFETIME).encode();
        *issued = Some(Issued { text: text.clone(), at: now });
        text
    }

    fn nonce(&self, digits: usize) -> String {
        let mut text = String::with_capacity(digits);
        while text.len() < digits {
            text.push_str(&format!("{:017}", self.next() % 100_000_000_000_000_000));
        }
        text.truncate(digits);
        text
    }

    /// The next number of SplitMix64, whose period is 2^64: no number comes twice within a run.
    fn next(&self) -> u64 {
        const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
        let state = self.randomness.fetch_add(GOLDEN, Ordering::Relaxed).wrapping_add(GOLDEN);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// The secret that signs; `identity` is what the request says of its caller.
fn signing_secret(own: &Secret, chosen: SigningSecret, identity: &str) -> Secret {
    match chosen {
        SigningSecret::Own => own.clone(),
        SigningSecret::Wrong => Secret::new(altered(own.expose())),
        SigningSecret::Empty => Secret::new(""),
        SigningSecret::Identity => Secret::new(identity),
    }
}

/// A finished signature as it is sent.
fn formed(signature: String, form: SignatureForm) -> String {
    match form {
        SignatureForm::Signed => signature,
        SignatureForm::Altered => altered(&signature),
        SignatureForm::UpperCase => signature.to_ascii_uppercase(),
    }
}

/// The text with its last character replaced by another of the same alphabet.
fn altered(text: &str) -> String {
    let mut changed = text.to_owned();
    let last = changed.pop();
    changed.push(if last == Some('0') { '1' } else { '0' });
    changed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Text;

    fn app_key() -> Signer {
        let credentials = Credentials::AppKey { app_key: "uwd1c0sxdlx2".into(), secret: Secret::new("Y1W2MeFwwwRxa0") };
        Signer::new(credentials, Clock::Frozen(Duration::from_millis(1_408_710_653_000)), 1)
    }

    fn signed(signer: &Signer, variation: &Variation) -> SlotValues {
        let mut values = SlotValues::new("u1".into(), "x".into());
        signer.sign(variation, &mut values);
        values
    }

    #[test]
    fn the_published_vector_comes_out_of_nonce_and_clock() {
        let mut variation = Variation::default();
        variation.set.insert("Nonce".into(), Text::literal("14314"));
        let values = signed(&app_key(), &variation);
        assert_eq!(values.get(Slot::Timestamp), "1408710653000");
        assert_eq!(values.get(Slot::Signature), "30be0bbca9c9b2e27578701e9fda2358a814c88f");
    }

    #[test]
    fn nonces_have_the_length_asked_for_and_differ() {
        let signer = app_key();
        let long = Variation { nonce_length: Some(19), ..Variation::default() };
        let first = signed(&signer, &long);
        assert_eq!(first.get(Slot::Nonce).len(), 19);
        let second = signed(&signer, &Variation::default());
        assert_eq!(second.get(Slot::Nonce).len(), NONCE_DIGITS);
        assert_ne!(first.get(Slot::Nonce)[..17], *second.get(Slot::Nonce));
    }

    #[test]
    fn each_negative_gives_another_signature() {
        let fixed = |variation: Variation| {
            let mut variation = variation;
            variation.set.insert("Nonce".into(), Text::literal("14314"));
            signed(&app_key(), &variation).get(Slot::Signature).to_owned()
        };
        let good = fixed(Variation::default());
        let mut other_nonce = Variation::default();
        other_nonce.signed_over.insert("Nonce".into(), Text::literal("14315"));
        assert_ne!(fixed(Variation { secret: SigningSecret::Wrong, ..Variation::default() }), good);
        let sent = |signature| fixed(Variation { signature, ..Variation::default() });
        assert_ne!(sent(SignatureForm::Altered), good);
        assert_eq!(sent(SignatureForm::UpperCase), good.to_uppercase());
        assert_ne!(fixed(other_nonce), good);
    }

    #[test]
    fn a_usersig_is_used_again_and_its_negatives_fail_to_verify() {
        let key = Secret::new("5bd2850fff3ecb11d7c805251c51ee463a25727bddc2385f3fa8bfee1bb93b5e");
        let now = Duration::from_secs(1_600_000_000);
        let credentials = Credentials::UserSig { sdk_app_id: 1_400_000_000, key: key.clone(), admin: "admin".into() };
        let signer = Signer::new(credentials, Clock::Frozen(now), 1);
        let verify = |variation: &Variation| {
            let values = signed(&signer, variation);
            UserSig::decode(values.get(Slot::UserSig))
                .and_then(|usersig| usersig.verify("admin", 1_400_000_000, &key, now))
        };
        assert!(verify(&Variation::default()).is_ok());
        let age = Duration::from_secs(700);
        assert!(verify(&Variation { age, ..Variation::default() }).is_err());
        assert!(verify(&Variation { secret: SigningSecret::Wrong, ..Variation::default() }).is_err());
        assert!(verify(&Variation { signature: SignatureForm::Altered, ..Variation::default() }).is_err());
        assert!(verify(&Variation { form: UserSigForm::Truncated, ..Variation::default() }).is_err());
        assert!(verify(&Variation { form: UserSigForm::Uncompressed, ..Variation::default() }).is_err());
        let mut other = Variation::default();
        other.signed_over.insert("identifier".into(), Text::literal("somebody"));
        assert!(verify(&other).is_err());
    }
}
