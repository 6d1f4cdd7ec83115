//! Fills the slots of a case's template for one arrival: user, unique value, nonce, timestamp, signature, random number.
//!
//! All values are functions of the run and the arrival's index; nonces and unique values hold the index itself, so that
//! no two arrivals of a run share one. Signatures are `api`'s own: there is one to trust.

use std::time::Duration;

use super::instants::Offset;
use super::plan::{Case, Destination, Signing, TimestampUnit, UserSigMaker, Users};
use super::random::{below, scramble};
use super::template::{NONCE_WIDTH, RANDOM_WIDTH, Template, UNIQUE_WIDTH, Widths};
use crate::api::auth::app_key::Signatures;
use crate::exchange::Slot;

/// What the stamps of one run have in common.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    /// Tells the runs against one server apart: six digits of each nonce, three characters of each unique value.
    pub(crate) number: u64,
    /// Seeds users and random numbers.
    pub(crate) seed: u64,
    /// The wall-clock time at the start of the run, since 1970-01-01 UTC; timestamps count on from it monotonically.
    pub(crate) started: Duration,
}

/// The requests of one case.
pub(crate) struct Stamp {
    run: Run,
    template: Template,
    case: Case,
    destination: Destination,
    scheme: Scheme,
    /// Whether the template has users, unique values, random numbers, so that absent ones cost nothing.
    slots: Present,
    /// The timestamp that the template holds, as a number: most requests of a busy run share it with the one before.
    timestamp: u64,
}

/// A request as evidence.
#[derive(Debug)]
pub(crate) struct Shown {
    /// What was sent, with what authorises calls masked.
    pub(crate) bytes: Vec<u8>,
    /// What filled the user slot, if there is one.
    pub(crate) user: Option<String>,
    /// What filled the slot for unique texts, if there is one.
    pub(crate) unique: Option<String>,
}

/// What authorises the requests, with what it needs between two of them.
enum Scheme {
    None,
    AppKey {
        signatures: Signatures,
        unit: TimestampUnit,
        /// The timestamp that is sent, in its first digits.
        sent: [u8; 13],
    },
    UserSig {
        maker: UserSigMaker,
        renew_at: Duration,
    },
}

#[derive(Clone, Copy)]
struct Present {
    user: bool,
    unique: bool,
    nonce: bool,
    random: bool,
}

impl Stamp {
    /// Compiles a case; a `UserSig` is made here for the first time.
    pub(crate) fn new(case: &Case, destination: &Destination, run: Run) -> Self {
        let mut stamp = Self {
            run,
            template: Template::compile(&case.request, &destination.host, &destination.path_prefix, &widths(case, 0)),
            case: case.clone(),
            destination: destination.clone(),
            scheme: Scheme::None,
            slots: Present { user: false, unique: false, nonce: false, random: false },
            timestamp: 0,
        };
        stamp.scheme = match &case.signing {
            Signing::None => Scheme::None,
            Signing::AppKey { secret, unit } => {
                Scheme::AppKey { signatures: Signatures::new(secret), unit: *unit, sent: [b'0'; 13] }
            }
            Signing::UserSig(maker) => Scheme::UserSig { maker: maker.clone(), renew_at: Duration::ZERO },
        };
        stamp.slots = Present {
            user: stamp.template.has(Slot::User),
            unique: stamp.template.has(Slot::Unique),
            nonce: stamp.template.has(Slot::Nonce),
            random: stamp.template.has(Slot::Random),
        };
        stamp
    }

    /// Fills every slot for arrival `index`, signed as of `now`.
    pub(crate) fn stamp(&mut self, index: u64, now: Offset) {
        let wall = self.run.started + now.as_duration();
        self.renew(wall);
        if self.slots.user {
            self.fill_user(index);
        }
        if self.slots.unique {
            self.template.fill(Slot::Unique, &self.unique(index));
        }
        if self.slots.random {
            let mut value = [0; RANDOM_WIDTH];
            // The lowest number of ten digits, up to the highest of 32 bits.
            let random = 1_000_000_000 + below(scramble(self.run.seed ^ 0x72, index), 3_294_967_296);
            write_digits(&mut value, random);
            self.template.fill(Slot::Random, &value);
        }
        self.sign(index, wall);
    }

    /// The request as it is sent.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.template.bytes()
    }

    /// The request as evidence: without what authorises calls, and with what a later sending has to take over.
    pub(crate) fn shown(&self) -> Shown {
        let text = |slot| self.template.value(slot).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        Shown { bytes: self.template.masked(), user: text(Slot::User), unique: text(Slot::Unique) }
    }

    fn sign(&mut self, index: u64, wall: Duration) {
        self.write_timestamp(wall);
        if !self.slots.nonce && !matches!(self.scheme, Scheme::AppKey { .. }) {
            return;
        }
        let mut nonce = [0; NONCE_WIDTH];
        write_digits(&mut nonce[..6], 100_000 + self.run.number % 900_000);
        write_digits(&mut nonce[6..], index);
        self.template.fill(Slot::Nonce, &nonce);
        if let Scheme::AppKey { signatures, unit, sent } = &mut self.scheme {
            let signature = signatures.digits(&nonce, &sent[..digits(*unit)]);
            self.template.fill(Slot::Signature, &signature);
        }
    }

    /// Writes the timestamp where it is sent and where it is signed, unless it stands there already.
    fn write_timestamp(&mut self, wall: Duration) {
        let unit = match &self.scheme {
            Scheme::AppKey { unit, .. } => *unit,
            Scheme::None | Scheme::UserSig { .. } => TimestampUnit::Milliseconds,
        };
        let now = in_unit(wall, unit);
        if now == self.timestamp {
            return;
        }
        self.timestamp = now;
        let mut text = [0; 13];
        write_digits(&mut text[..digits(unit)], now);
        self.template.fill(Slot::Timestamp, &text[..digits(unit)]);
        if let Scheme::AppKey { sent, .. } = &mut self.scheme {
            *sent = text;
        }
    }

    /// Makes the `UserSig` anew when it is due; its length may change, so the template is compiled again.
    fn renew(&mut self, wall: Duration) {
        if let Scheme::UserSig { maker, renew_at } = &mut self.scheme
            && wall >= *renew_at
        {
            let made = maker(wall);
            // A maker whose signatures are due for renewal at once must not be asked for every arrival.
            *renew_at = made.renew_at.max(wall + Duration::from_secs(1));
            let text = made.text.expose();
            let Destination { host, path_prefix, .. } = &self.destination;
            self.template = Template::compile(&self.case.request, host, path_prefix, &widths(&self.case, text.len()));
            self.template.fill(Slot::UserSig, text.as_bytes());
            self.timestamp = 0;
        }
    }

    fn fill_user(&mut self, index: u64) {
        let drawn = scramble(self.run.seed, index);
        match &self.case.users {
            Users::Named(names) => {
                let place = usize::try_from(below(drawn, names.len() as u64)).unwrap_or_default();
                let fits = |name: &&String| name.len() == names[0].len();
                if let Some(name) = names.get(place).filter(fits).or(names.first()) {
                    self.template.fill(Slot::User, name.as_bytes());
                }
            }
            Users::Numbered { prefix, pool } => {
                let (prefix, pool) = (prefix.as_bytes(), u64::from(pool.get()));
                let mut user = [b'0'; 128];
                let width = (prefix.len() + pool_digits(pool)).min(user.len());
                let text = prefix.len().min(width);
                user[..text].copy_from_slice(&prefix[..text]);
                write_digits(&mut user[text..width], below(drawn, pool));
                self.template.fill(Slot::User, &user[..width]);
            }
        }
    }

    fn unique(&self, index: u64) -> [u8; UNIQUE_WIDTH] {
        const SYMBOLS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
        let mut text = [b'0'; UNIQUE_WIDTH];
        for (part, mut number) in [(0..3, self.run.number % 46_656), (3..UNIQUE_WIDTH, index)] {
            for place in text[part].iter_mut().rev() {
                *place = SYMBOLS[usize::try_from(number % 36).unwrap_or_default()];
                number /= 36;
            }
        }
        text
    }
}

fn widths(case: &Case, user_sig: usize) -> Widths {
    let unit = match &case.signing {
        Signing::AppKey { unit, .. } => *unit,
        Signing::None | Signing::UserSig(_) => TimestampUnit::Milliseconds,
    };
    let user = match &case.users {
        Users::Numbered { prefix, pool } => (prefix.len() + pool_digits(u64::from(pool.get()))).min(128),
        Users::Named(names) => names.first().map_or(0, String::len),
    };
    Widths { user, timestamp: digits(unit), user_sig }
}

/// How many digits the largest number below `pool` has.
fn pool_digits(pool: u64) -> usize {
    pool.saturating_sub(1).checked_ilog10().map_or(1, |log| log as usize + 1)
}

fn digits(unit: TimestampUnit) -> usize {
    match unit {
        TimestampUnit::Milliseconds => 13,
        TimestampUnit::Seconds => 10,
    }
}

fn in_unit(wall: Duration, unit: TimestampUnit) -> u64 {
    match unit {
        TimestampUnit::Milliseconds => wall.as_secs() * 1_000 + u64::from(wall.subsec_millis()),
        TimestampUnit::Seconds => wall.as_secs(),
    }
}

/// Writes the last digits of a number, with leading zeros; two at a time, because a division takes longer than a look-up.
fn write_digits(place: &mut [u8], mut number: u64) {
    const PAIRS: [[u8; 2]; 100] = {
        let mut pairs = [[b'0'; 2]; 100];
        let mut number = 0u8;
        while number < 100 {
            pairs[number as usize] = [b'0' + number / 10, b'0' + number % 10];
            number += 1;
        }
        pairs
    };
    let mut pairs = place.rchunks_exact_mut(2);
    for pair in &mut pairs {
        pair.copy_from_slice(&PAIRS[usize::try_from(number % 100).unwrap_or_default()]);
        number /= 100;
    }
    if let [first] = pairs.into_remainder() {
        *first = PAIRS[usize::try_from(number % 10).unwrap_or_default()][1];
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use sha1::{Digest, Sha1};

    use super::*;
    use crate::exchange::{Pieces, Request};
    use crate::load::plan::{Transport, UserSig};
    use crate::secret::Secret;

    fn destination() -> Destination {
        let address = "127.0.0.1:1".parse().unwrap();
        Destination { address, host: "h".into(), path_prefix: String::new(), transport: Transport::Plain }
    }

    fn stamp(slots: &[Slot], signing: Signing) -> Stamp {
        let mut body = Pieces::new();
        for slot in slots {
            body.slot(*slot);
            body.literal("|");
        }
        let request = Request { method: "POST".into(), path: "/".into(), headers: Vec::new(), body };
        let users = Users::Numbered { prefix: "user-".into(), pool: 1_000.try_into().unwrap() };
        let case = Case { name: "c".into(), weight: 1, request, signing, users };
        Stamp::new(
            &case,
            &destination(),
            Run { number: 42, seed: 1, started: Duration::from_millis(1_408_710_653_000) },
        )
    }

    fn values(stamp: &Stamp) -> Vec<String> {
        let text = String::from_utf8(stamp.bytes().to_vec()).unwrap();
        let (_, body) = text.split_once("\r\n\r\n").unwrap();
        body.split_terminator('|').map(str::to_owned).collect()
    }

    #[test]
    fn the_signature_covers_secret_nonce_and_timestamp_as_sent() {
        let signing = Signing::AppKey { secret: Secret::new("Y1W2MeFwwwRxa0"), unit: TimestampUnit::Milliseconds };
        let mut stamp = stamp(&[Slot::Nonce, Slot::Timestamp, Slot::Signature], signing);
        stamp.stamp(7, Offset::from_nanos(491_000_000));
        let values = values(&stamp);
        assert_eq!(values[..2], ["100042000000000007", "1408710653491"]);
        let expected = Sha1::digest(format!("Y1W2MeFwwwRxa0{}{}", values[0], values[1]));
        assert_eq!(values[2], expected.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    }

    #[test]
    fn nonces_and_unique_values_never_repeat_and_keep_their_width() {
        let mut stamp = stamp(&[Slot::Nonce, Slot::Unique, Slot::Random, Slot::User], Signing::None);
        let mut seen = HashSet::new();
        for index in (0..5_000).chain([999_999_999_999]) {
            stamp.stamp(index, Offset::START);
            let values = values(&stamp);
            assert_eq!(values.iter().map(String::len).collect::<Vec<_>>(), [18, 12, 10, 8]);
            assert!(values[2].parse::<u32>().is_ok() && !values[2].starts_with('0'));
            assert!(values[3].starts_with("user-"));
            assert!(seen.insert(values[0].clone()) && seen.insert(values[1].clone()));
        }
    }

    #[test]
    fn a_user_sig_is_made_once_and_again_when_it_is_due_even_if_its_length_changes() {
        let made = Arc::new(AtomicU64::new(0));
        let count = made.clone();
        let maker: UserSigMaker = Arc::new(move |now| {
            let number = count.fetch_add(1, Ordering::Relaxed);
            let text = Secret::new("x".repeat(5 + usize::try_from(number).unwrap()));
            UserSig { text, renew_at: now + Duration::from_secs(60) }
        });
        let mut stamp = stamp(&[Slot::UserSig, Slot::User], Signing::UserSig(maker));
        for second in 0..121 {
            stamp.stamp(second, Offset::from(Duration::from_secs(second)));
        }
        assert_eq!(made.load(Ordering::Relaxed), 3);
        assert_eq!(values(&stamp)[0], "xxxxxxx");
        let shown = stamp.shown();
        assert!(!String::from_utf8(shown.bytes).unwrap().contains("xxx"));
        assert_eq!((shown.user, shown.unique), (values(&stamp).pop(), None));
    }
}
