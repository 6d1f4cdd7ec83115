//! What can be said of recorded counts and summaries: sums, shares and the accounting identity.

use super::{Counts, Percentile, Phase, Summary};

impl Counts {
    /// Adds others.
    pub fn add(&mut self, other: &Self) {
        let Self { planned, sent, as_expected, deviating, limited, learned, .. } = other;
        self.planned += planned;
        self.sent += sent;
        self.as_expected += as_expected;
        self.deviating += deviating;
        self.limited += limited;
        self.learned += learned;
        self.timed_out += other.timed_out;
        self.failed += other.failed;
        self.unsent += other.unsent;
        self.shed += other.shed;
        self.abandoned += other.abandoned;
        self.in_flight += other.in_flight;
    }

    /// Arrivals that were never sent.
    #[must_use]
    pub fn never_sent(&self) -> u64 {
        self.unsent + self.shed + self.abandoned
    }

    /// Everything that came of what was sent.
    #[must_use]
    pub fn after_sending(&self) -> u64 {
        let answered = self.as_expected + self.deviating + self.limited + self.learned;
        answered + self.timed_out + self.failed + self.in_flight
    }

    /// The accounting identity with its numbers.
    #[must_use]
    pub fn identity(&self) -> String {
        format!(
            "planned {} = sent {} + unsent {} + shed {} + abandoned {}; sent {} = as expected {} + deviating {} + limited {} \
             + timed out {} + failed {} + in flight {}",
            self.planned,
            self.sent,
            self.unsent,
            self.shed,
            self.abandoned,
            self.sent,
            self.as_expected,
            self.deviating,
            self.limited + self.learned,
            self.timed_out,
            self.failed,
            self.in_flight
        )
    }

    /// Whether both sides of the identity are equal.
    #[must_use]
    pub fn add_up(&self) -> bool {
        self.planned == self.sent + self.never_sent() && self.sent == self.after_sending()
    }
}

impl Phase {
    /// Whether the phase counts: all but warm-ups do.
    #[must_use]
    pub fn is_judged(&self) -> bool {
        self.stretch != "warm-up"
    }
}

impl Summary {
    /// A percentile, in thousandths of a per cent.
    #[must_use]
    pub fn at(&self, of_100_000: u32) -> Option<&Percentile> {
        self.percentiles.iter().find(|percentile| percentile.of_100_000 == of_100_000)
    }
}
