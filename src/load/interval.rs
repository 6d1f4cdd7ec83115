//! What one shard hands to the collector each second: a ledger, new findings with their counts, examples, its own cost.
//!
//! Intervals circulate: the shard swaps a full one for an empty one when there is one, and goes on in the old one when
//! there is none. It never waits, and a steady state allocates nothing.

use super::deviation::Count;
use super::finding::{Example, Finding};
use super::ledger::Ledger;

/// How often the generator's own limits stood in the way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exhausted {
    /// No file descriptor for a connection.
    pub descriptors: u64,
    /// No local port for a connection.
    pub ports: u64,
}

/// One shard's second, or several if the collector was late.
#[derive(Debug)]
pub(crate) struct Interval {
    pub(crate) shard: usize,
    /// The number of the last second that it covers.
    pub(crate) second: u64,
    /// Whether the shard has ended and this is its last.
    pub(crate) last: bool,
    pub(crate) ledger: Ledger,
    /// Findings that the shard made for the first time; they take the next numbers.
    pub(crate) new: Vec<Finding>,
    /// By finding and phase.
    counts: Vec<Count>,
    phases: usize,
    /// With the finding's number.
    pub(crate) examples: Vec<(usize, Example)>,
    pub(crate) exhausted: Exhausted,
    /// Connections that were begun.
    pub(crate) opened: u64,
    /// Processor time of the shard's thread, in nanoseconds.
    pub(crate) cpu: u64,
    /// How much of it was spent on waiting awake.
    pub(crate) spun: u64,
}

impl Interval {
    pub(crate) fn new(shard: usize, phases: usize, cases: usize) -> Self {
        Self {
            shard,
            second: 0,
            last: false,
            ledger: Ledger::new(phases, cases),
            new: Vec::new(),
            counts: Vec::new(),
            phases,
            examples: Vec::new(),
            exhausted: Exhausted::default(),
            opened: 0,
            cpu: 0,
            spun: 0,
        }
    }

    /// The count of a finding in a phase, for counting.
    pub(crate) fn count_mut(&mut self, finding: usize, phase: usize) -> &mut Count {
        let place = finding * self.phases + phase;
        if place >= self.counts.len() {
            self.counts.resize((finding + 1) * self.phases, Count::default());
        }
        &mut self.counts[place]
    }

    /// Everything that was found in it: the finding's number, the phase, the count.
    pub(crate) fn counts(&self) -> impl Iterator<Item = (usize, usize, Count)> {
        let counted = self.counts.iter().enumerate().filter(|(_, count)| count.total() > 0);
        counted.map(|(place, count)| (place / self.phases, place % self.phases, *count))
    }

    /// Forgets everything and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.ledger.clear();
        self.new.clear();
        self.counts.fill(Count::default());
        self.examples.clear();
        self.exhausted = Exhausted::default();
        (self.opened, self.cpu, self.spun) = (0, 0, 0);
    }
}
