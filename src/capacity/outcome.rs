//! What a search ends with: a rate with an interval, a lower bound, or a verdict in place of a number.

use std::time::Duration;

use super::criterion::Criterion;
use super::trial::{Step, Trial};
use crate::load::Rate;

/// A whole search.
#[derive(Clone, Debug)]
pub struct Search {
    /// What it ends with.
    pub outcome: Outcome,
    /// The target with nothing else to do; `None` where even that could not be measured.
    pub unloaded: Option<Unloaded>,
    /// What the 99th percentile was held to.
    pub limit: Option<Duration>,
    /// Every trial in order.
    pub tried: Vec<Tried>,
    /// Where the latency curve bends.
    pub knee: Option<Rate>,
    /// How long it took.
    pub took: Duration,
}

/// The response time of a target that has nothing else to do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unloaded {
    /// The median.
    pub p50: Duration,
    /// At which rate.
    pub rate: Rate,
}

/// A trial with its place in the search.
#[derive(Clone, Debug)]
pub struct Tried {
    /// What was asked.
    pub step: Step,
    /// When, since the begin of the search.
    pub began: Duration,
    /// What it brought.
    pub trial: Trial,
    /// What that amounts to.
    pub verdict: Verdict,
}

/// What a trial amounts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Everything is met, by the figures as they are.
    Met,
    /// Something is not; this is the worst.
    Broken(Criterion),
    /// The generator could not offer the rate, or was disturbed: it says nothing about the target.
    Unsound,
    /// There was nothing to hold it to: the limit was not known yet, or only the low rate was of interest.
    Unjudged,
}

/// What a search ends with.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The thresholds break here.
    Found(Capacity),
    /// They hold up to here at least, and why nobody knows more.
    AtLeast {
        /// The highest rate that was carried.
        rate: Rate,
        /// What kept the search from going on.
        ceiling: Ceiling,
    },
    /// They do not even hold at the lowest rate.
    Below {
        /// The lowest rate.
        rate: Rate,
        /// What breaks there.
        broke: Criterion,
    },
    /// No number can be given.
    NoNumber(NoNumber),
}

/// The highest rate that is carried.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Capacity {
    /// The estimate.
    pub rate: Rate,
    /// The ends of its 95 % interval.
    pub low: Rate,
    /// See `low`.
    pub high: Rate,
    /// What breaks above.
    pub broke: Criterion,
    /// Whether the interval is as narrow as it was to be.
    pub precision: Precision,
}

/// Whether an interval is as narrow as was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// It is.
    Reached,
    /// The time was up before.
    TimeUp,
}

/// What kept a search from finding a rate that is too high.
#[derive(Clone, Debug, PartialEq)]
pub enum Ceiling {
    /// The generator could not offer more, for these reasons.
    Generator {
        /// The rate that it could not offer.
        rate: Rate,
        /// Why not.
        causes: Vec<String>,
    },
    /// More may not, or was not to, be sent.
    Highest,
    /// The time was up.
    TimeUp,
}

/// Why there is no number.
#[derive(Clone, Debug, PartialEq)]
pub enum NoNumber {
    /// Not one whole reply came at the lowest rate.
    NothingAnswers,
    /// Replies came, and none of them was as expected.
    NothingAdmitted,
    /// The target was there, and then nobody answered any more.
    Disappeared {
        /// The rate of the trial in which it went.
        rate: Rate,
        /// When that trial began.
        at: Duration,
    },
    /// The target refused connections, and then was there again.
    Restarted {
        /// The rate of the trial in which it went.
        rate: Rate,
        /// When that trial began.
        at: Duration,
    },
    /// Requests broke off at a rate, and at the same rate did not afterwards.
    BrokeOff {
        /// The rate of the trial in which they did.
        rate: Rate,
        /// When that trial began.
        at: Duration,
        /// How many.
        failed: u64,
    },
    /// The target is slower than it was, without load.
    SlowedDown {
        /// The unloaded median before.
        before: Duration,
        /// And now.
        now: Duration,
        /// Since when, at the latest.
        at: Duration,
    },
    /// Trials before and after a moment contradict each other.
    Changed {
        /// The rate at which thresholds broke before.
        before: Rate,
        /// And after.
        after: Rate,
        /// The moment.
        at: Duration,
    },
    /// A rate well below what had been carried was not carried any more.
    Unsteady {
        /// The rate.
        rate: Rate,
        /// What broke.
        broke: Criterion,
        /// When.
        at: Duration,
    },
    /// The generator could not even offer the lowest rates.
    Unsound(Vec<String>),
    /// The time was up before anything could be said.
    OutOfTime,
    /// The search was stopped.
    Stopped,
}
