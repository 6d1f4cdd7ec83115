//! Every planned arrival ends in exactly one fate, and the sums must agree: the identity that each run is held to.
//!
//! planned = sent + unsent + shed + abandoned;
//! sent (last byte handed to the kernel) = as expected + deviating + limited + timed out + failed + in flight at the end.
//!
//! The two sides are counted at different places (`planned` and `sent` where they happen, the fates where they are
//! decided), so that the identity says something.

use std::fmt;
use std::ops::AddAssign;

/// How an arrival ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fate {
    /// The reply met its expectation.
    AsExpected,
    /// The reply differed from its expectation.
    Deviating,
    /// Refused because of the rate, as the api description says.
    Limited,
    /// Refused above the documented rate in a way that is learned to be the limit at work.
    Learned,
    /// No whole reply within the request timeout; its connection was closed.
    TimedOut,
    /// Sent, and then the connection closed or what came was no reply.
    Failed,
    /// Connecting or writing failed.
    Unsent,
    /// Waited for a connection longer than the request timeout.
    Shed,
    /// Cut off by the end of the run before it was sent.
    Abandoned,
    /// Sent, and cut off by the end of the run before its reply.
    InFlight,
}

/// What an arrival's latency is known to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Knowledge {
    /// A reply came: the latency is measured.
    Measured,
    /// No reply came while anybody watched: the latency is at least the age.
    AtLeast,
    /// There is no latency to speak of: refused for the rate, or broken.
    None,
}

impl Fate {
    /// All fates, in the order of their discriminants.
    pub const ALL: [Self; 10] = [
        Self::AsExpected,
        Self::Deviating,
        Self::Limited,
        Self::Learned,
        Self::TimedOut,
        Self::Failed,
        Self::Unsent,
        Self::Shed,
        Self::Abandoned,
        Self::InFlight,
    ];

    /// What the recorded value says of the response time. Limited replies have a distribution of their own; what failed
    /// or was never sent counts as an error and must not make a distribution look quick.
    #[must_use]
    pub fn knowledge(self) -> Knowledge {
        match self {
            Self::AsExpected | Self::Deviating => Knowledge::Measured,
            Self::TimedOut | Self::Shed | Self::Abandoned | Self::InFlight => Knowledge::AtLeast,
            Self::Limited | Self::Learned | Self::Failed | Self::Unsent => Knowledge::None,
        }
    }

    /// The word for it in records and reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::AsExpected => "as expected",
            Self::Deviating => "deviating",
            Self::Limited => "limited",
            Self::Learned => "limited (learned)",
            Self::TimedOut => "timed out",
            Self::Failed => "failed",
            Self::Unsent => "unsent",
            Self::Shed => "shed",
            Self::Abandoned => "abandoned",
            Self::InFlight => "in flight",
        }
    }
}

/// The counts of a run, a phase or a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accounts {
    /// Arrivals intended before the run ended; in the closed model those that were begun.
    pub planned: u64,
    /// Requests whose last byte was handed to the kernel.
    pub sent: u64,
    /// How many arrivals ended in each fate, by [`Fate`].
    fates: [u64; Fate::ALL.len()],
}

impl Accounts {
    /// How many arrivals ended in a fate.
    #[must_use]
    pub fn of(&self, fate: Fate) -> u64 {
        self.fates[fate as usize]
    }

    /// Counts `count` arrivals to a fate.
    pub fn add(&mut self, fate: Fate, count: u64) {
        self.fates[fate as usize] += count;
    }

    /// Takes `count` arrivals from one fate to another: what was learned to be the limit and then seen below it.
    pub fn reclassify(&mut self, from: Fate, to: Fate, count: u64) {
        self.fates[from as usize] = self.fates[from as usize].saturating_sub(count);
        self.fates[to as usize] += count;
    }

    /// Limited replies of both kinds.
    #[must_use]
    pub fn limited(&self) -> u64 {
        self.of(Fate::Limited) + self.of(Fate::Learned)
    }

    /// Replies that came whole.
    #[must_use]
    pub fn answered(&self) -> u64 {
        self.of(Fate::AsExpected) + self.of(Fate::Deviating) + self.limited()
    }

    /// Holds the counts of a finished run to the identity.
    ///
    /// # Errors
    /// The side that does not add up: an internal error, never a finding about the target.
    pub fn verify(&self) -> Result<(), BrokenIdentity> {
        let never_sent = self.of(Fate::Unsent) + self.of(Fate::Shed) + self.of(Fate::Abandoned);
        let after_sending = self.answered() + self.of(Fate::TimedOut) + self.of(Fate::Failed) + self.of(Fate::InFlight);
        if self.planned == self.sent + never_sent && self.sent == after_sending {
            Ok(())
        } else {
            Err(BrokenIdentity(*self))
        }
    }
}

impl AddAssign<&Self> for Accounts {
    fn add_assign(&mut self, other: &Self) {
        self.planned += other.planned;
        self.sent += other.sent;
        for (mine, theirs) in self.fates.iter_mut().zip(other.fates) {
            *mine += theirs;
        }
    }
}

impl fmt::Display for Accounts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "planned {} = sent {} + unsent {} + shed {} + abandoned {}; sent {} = as expected {} + deviating {} + limited {} \
             + timed out {} + failed {} + in flight {}",
            self.planned,
            self.sent,
            self.of(Fate::Unsent),
            self.of(Fate::Shed),
            self.of(Fate::Abandoned),
            self.sent,
            self.of(Fate::AsExpected),
            self.of(Fate::Deviating),
            self.limited(),
            self.of(Fate::TimedOut),
            self.of(Fate::Failed),
            self.of(Fate::InFlight),
        )
    }
}

/// The counts of a run do not add up: a fault of the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BrokenIdentity(pub Accounts);

impl fmt::Display for BrokenIdentity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the counts of the run do not add up: {}", self.0)
    }
}

impl std::error::Error for BrokenIdentity {}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_of_each() -> Accounts {
        let mut accounts = Accounts { planned: 10, sent: 7, ..Accounts::default() };
        for fate in Fate::ALL {
            accounts.add(fate, 1);
        }
        accounts
    }

    #[test]
    fn a_run_in_which_everything_happened_once_adds_up() {
        assert_eq!(one_of_each().verify(), Ok(()));
    }

    #[test]
    fn each_lost_or_doubled_arrival_breaks_the_identity() {
        for fate in Fate::ALL {
            let mut accounts = one_of_each();
            accounts.add(fate, 1);
            assert!(accounts.verify().is_err(), "{fate:?}");
        }
        assert!(Accounts { planned: 11, ..one_of_each() }.verify().is_err());
        assert!(Accounts { sent: 6, ..one_of_each() }.verify().is_err());
    }

    #[test]
    fn sums_of_accounts_that_add_up_add_up() {
        let mut sum = one_of_each();
        sum += &one_of_each();
        sum.reclassify(Fate::Learned, Fate::Deviating, 2);
        assert_eq!(sum.verify(), Ok(()));
        assert_eq!((sum.planned, sum.limited(), sum.of(Fate::Deviating)), (20, 2, 4));
    }

    #[test]
    fn fates_index_their_counts() {
        assert!(Fate::ALL.iter().enumerate().all(|(index, fate)| *fate as usize == index));
    }
}
