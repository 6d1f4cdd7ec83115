//! What a stretch of time brought: counts per phase, and a histogram per measure, phase, case and fate.
//!
//! A ledger is filled by one shard without locks, and added to others by the collector. Histograms have nanoseconds, up
//! to one hour, three digits, and `u32` counters (a counter saturates at four thousand million in one bucket). They are
//! made at first use and kept when the ledger is cleared, so that a steady state allocates nothing.

use hdrhistogram::Histogram;

use super::accounting::{Accounts, Fate};

/// A histogram of durations in nanoseconds.
pub type Durations = Histogram<u32>;

/// The highest duration that is told apart: one hour.
pub const LONGEST: u64 = 3_600_000_000_000;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Measure {
    /// finished − intended, or the age of what never finished: *the* latency.
    Response,
    /// finished − dispatched.
    Service,
    /// released − intended: the generator's own delay.
    Lag,
    /// dispatched − released: the wait for a connection.
    Wait,
}

/// What a histogram is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// Response or service time of one phase, case and fate.
    Latency {
        /// Response or service; lag and wait are not kept by case.
        measure: Latency,
        /// Index of the phase.
        phase: usize,
        /// Index of the case.
        case: usize,
        /// How the arrivals ended.
        fate: Fate,
    },
    /// Dispatch lag of one phase.
    Lag {
        /// Index of the phase.
        phase: usize,
    },
    /// Connection wait of one phase.
    Wait {
        /// Index of the phase.
        phase: usize,
    },
}

/// The two measures that are kept by case and fate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Latency {
    /// finished − intended.
    Response,
    /// finished − dispatched.
    Service,
}

impl Key {
    /// The measure without its place.
    #[must_use]
    pub fn measure(&self) -> Measure {
        match self {
            Self::Latency { measure: Latency::Response, .. } => Measure::Response,
            Self::Latency { measure: Latency::Service, .. } => Measure::Service,
            Self::Lag { .. } => Measure::Lag,
            Self::Wait { .. } => Measure::Wait,
        }
    }

    /// The phase's index.
    #[must_use]
    pub fn phase(&self) -> usize {
        match self {
            Self::Latency { phase, .. } | Self::Lag { phase } | Self::Wait { phase } => *phase,
        }
    }
}

/// Counts and histograms of a stretch of time.
#[derive(Clone, Debug)]
pub struct Ledger {
    accounts: Vec<Accounts>,
    cases: usize,
    /// From the dense number of a key to its place in `series`; `NONE` where nothing was recorded.
    index: Vec<u32>,
    series: Vec<(Key, Durations)>,
    /// Cleared histograms for the next keys.
    spare: Vec<Durations>,
}

const NONE: u32 = u32::MAX;

impl Ledger {
    /// An empty ledger for so many phases and cases.
    #[must_use]
    pub fn new(phases: usize, cases: usize) -> Self {
        let keys = phases * (2 + cases * Fate::ALL.len() * 2);
        Self {
            accounts: vec![Accounts::default(); phases],
            cases,
            index: vec![NONE; keys],
            series: Vec::new(),
            spare: Vec::new(),
        }
    }

    /// The counts of a phase.
    ///
    /// # Panics
    /// If there is no such phase.
    #[must_use]
    pub fn accounts(&self, phase: usize) -> &Accounts {
        &self.accounts[phase]
    }

    /// The counts of a phase, for counting.
    pub(crate) fn accounts_mut(&mut self, phase: usize) -> &mut Accounts {
        &mut self.accounts[phase]
    }

    /// The counts of all phases together.
    #[must_use]
    pub fn total(&self) -> Accounts {
        let mut total = Accounts::default();
        for accounts in &self.accounts {
            total += accounts;
        }
        total
    }

    /// Records a duration in nanoseconds; one above an hour counts as an hour.
    pub(crate) fn record(&mut self, key: Key, nanos: u64) {
        let place = self.place(key);
        self.series[place].1.saturating_record(nanos);
    }

    /// Adds a histogram to the one of a key.
    pub(crate) fn merge(&mut self, key: Key, durations: &Durations) {
        let place = self.place(key);
        // Equal bounds: adding cannot fail.
        let _ = self.series[place].1.add(durations);
    }

    /// Adds another ledger of the same run.
    pub(crate) fn add(&mut self, other: &Self) {
        for (mine, theirs) in self.accounts.iter_mut().zip(&other.accounts) {
            *mine += theirs;
        }
        for (key, durations) in &other.series {
            self.merge(*key, durations);
        }
    }

    /// Everything that was recorded, in the order of first use.
    pub fn series(&self) -> impl Iterator<Item = (&Key, &Durations)> {
        self.series.iter().map(|(key, durations)| (key, durations))
    }

    /// The sum of the histograms whose key is wanted; empty if nothing was recorded.
    #[must_use]
    pub fn sum(&self, mut wanted: impl FnMut(&Key) -> bool) -> Durations {
        let mut sum = empty();
        for (_, durations) in self.series.iter().filter(|(key, _)| wanted(key)) {
            let _ = sum.add(durations);
        }
        sum
    }

    /// Forgets everything and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.accounts.fill(Accounts::default());
        self.index.fill(NONE);
        for (_, mut durations) in self.series.drain(..) {
            durations.reset();
            self.spare.push(durations);
        }
    }

    fn place(&mut self, key: Key) -> usize {
        let dense = self.dense(key);
        if self.index[dense] == NONE {
            self.index[dense] = u32::try_from(self.series.len()).unwrap_or(NONE);
            self.series.push((key, self.spare.pop().unwrap_or_else(empty)));
        }
        self.index[dense] as usize
    }

    fn dense(&self, key: Key) -> usize {
        match key {
            Key::Lag { phase } => phase * 2,
            Key::Wait { phase } => phase * 2 + 1,
            Key::Latency { measure, phase, case, fate } => {
                let row = (phase * self.cases + case) * Fate::ALL.len() + fate as usize;
                self.accounts.len() * 2 + row * 2 + measure as usize
            }
        }
    }
}

/// An empty histogram with the bounds of all others.
#[must_use]
pub fn empty() -> Durations {
    match Durations::new_with_bounds(1, LONGEST, 3) {
        Ok(durations) => durations,
        Err(error) => unreachable!("constant bounds are valid: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(phase: usize, case: usize, fate: Fate) -> Key {
        Key::Latency { measure: Latency::Response, phase, case, fate }
    }

    #[test]
    fn every_key_has_a_place_of_its_own() {
        let ledger = Ledger::new(3, 2);
        let mut seen = vec![false; ledger.index.len()];
        let mut visit = |key| {
            let dense = ledger.dense(key);
            assert!(!seen[dense], "{key:?}");
            seen[dense] = true;
        };
        for phase in 0..3 {
            visit(Key::Lag { phase });
            visit(Key::Wait { phase });
            for case in 0..2 {
                for fate in Fate::ALL {
                    for measure in [Latency::Response, Latency::Service] {
                        visit(Key::Latency { measure, phase, case, fate });
                    }
                }
            }
        }
        assert!(seen.iter().all(|&seen| seen));
    }

    #[test]
    fn ledgers_add_up_and_forget() {
        let (mut one, mut two) = (Ledger::new(1, 1), Ledger::new(1, 1));
        one.record(response(0, 0, Fate::AsExpected), 1_000);
        two.record(response(0, 0, Fate::AsExpected), 3_000);
        two.record(response(0, 0, Fate::Shed), 2 * LONGEST);
        two.accounts_mut(0).add(Fate::Shed, 1);
        one.add(&two);
        assert_eq!(one.sum(|key| key.measure() == Measure::Response).len(), 3);
        assert_eq!(one.total().of(Fate::Shed), 1);
        one.clear();
        assert_eq!(one.series().count(), 0);
        assert_eq!(one.total(), Accounts::default());
        one.record(Key::Lag { phase: 0 }, 5);
        assert_eq!(one.sum(|_| true).len(), 1);
    }
}
