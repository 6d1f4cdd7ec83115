//! What inference says: the kind of limiter, its numbers with their intervals, and what it cannot say.

use std::time::Duration;

/// A kind of limiter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Nothing was refused or held back for its rate.
    None,
    /// A count that starts anew with each window.
    FixedWindow,
    /// A count over the last window.
    SlidingWindow,
    /// Tokens, or the generic cell rate algorithm.
    TokenBucket,
    /// A queue that is emptied at an even pace.
    LeakyBucket,
    /// A bound on what is being answered at the same time.
    Concurrency,
    /// The decisions do not tell.
    Undetermined,
}

/// A number with the interval that the data leave for it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate<T> {
    /// The best value.
    pub value: T,
    /// The least that agrees with what was seen.
    pub low: T,
    /// The most.
    pub high: T,
}

/// A detail of a kind that has several forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// There is only one.
    Plain,
    /// Windows that follow each other without a gap.
    Grid,
    /// Windows that begin with the first request after the last one ended.
    Anchored,
    /// A log of single instants.
    Log,
    /// Counts of this window and the last one, weighted.
    Weighted,
}

/// Whether refused requests count toward the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Counted {
    /// Only admitted ones do, or nobody can tell.
    Admitted,
    /// Refused ones do too: whoever keeps asking stays out.
    All,
}

/// Up to which offered rate the fingerprint holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reach {
    /// For all that was offered.
    Everything,
    /// Up to this rate; above it the target decides otherwise.
    UpTo(f64),
}

/// How a target limits.
#[derive(Clone, Debug, PartialEq)]
pub struct Fingerprint {
    /// The kind.
    pub kind: Kind,
    /// Its form.
    pub form: Form,
    /// What it counts.
    pub counted: Counted,
    /// Up to which offered rate this holds.
    pub reach: Reach,
    /// Requests admitted a second in the long run.
    pub rate: Option<Estimate<f64>>,
    /// How many are admitted at once after idling.
    pub burst: Option<Estimate<f64>>,
    /// The length of a window.
    pub window: Option<Estimate<Duration>>,
    /// When a window of a grid begins, from the start of the run; less than its length.
    pub phase: Option<Estimate<Duration>>,
    /// How many wait at most; its `high` is infinite where none was refused.
    pub queue: Option<Estimate<f64>>,
    /// How many are answered at the same time.
    pub concurrency: Option<Estimate<f64>>,
    /// Why something is undetermined.
    pub undetermined: Vec<String>,
    /// How many decisions were held against it and agree.
    pub explained: usize,
    /// How many contradict it.
    pub unexplained: usize,
}

impl Fingerprint {
    /// One that says nothing but why.
    #[must_use]
    pub fn undetermined(reason: String) -> Self {
        Self { undetermined: vec![reason], ..Self::of(Kind::Undetermined) }
    }

    /// One of a kind, without any number.
    #[must_use]
    pub(super) fn of(kind: Kind) -> Self {
        Self {
            kind,
            form: Form::Plain,
            counted: Counted::Admitted,
            reach: Reach::Everything,
            rate: None,
            burst: None,
            window: None,
            phase: None,
            queue: None,
            concurrency: None,
            undetermined: Vec::new(),
            explained: 0,
            unexplained: 0,
        }
    }
}
