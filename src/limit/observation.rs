//! One request as inference sees it: when it was really sent, when its answer came, what was decided.

use std::time::Duration;

/// One request. Instants are counted from the start of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Observation {
    /// Just before its first byte was written: never the instant that was planned, so that a late send is no evidence.
    pub sent: Duration,
    /// When it ended.
    pub answered: Duration,
    /// What the target decided.
    pub decision: Decision,
    /// The probe in which it was planned, as an index into the plan's probes.
    pub probe: usize,
}

/// What a target decided about a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Decision {
    /// It was answered as it must be.
    Admitted,
    /// It was refused because of the rate.
    Refused,
    /// It was answered otherwise, or not at all: nobody knows what it counted for.
    Unknown,
}

impl Observation {
    /// How long the answer took.
    #[must_use]
    pub fn service(&self) -> Duration {
        self.answered.saturating_sub(self.sent)
    }
}
