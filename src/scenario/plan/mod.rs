//! Load plans (`*.load.yaml`): phases with their rates, a weighted mix of cases from the suites, thresholds.
//!
//! `format` says how a plan is written, `read` makes a [`LoadPlan`] of it with every mistake in place, `mix` draws its
//! cases from a suite. What a plan leaves out is `None`: defaults are the command's.

mod format;
mod mix;
mod read;
mod threshold;

use std::time::Duration;

pub(super) use format::{MixEntry, PhaseEntry, PlanHead, ThresholdsEntry};
pub use mix::{Drawn, MOST_CASES, unfit};
pub(super) use read::read_plan;
pub use threshold::{Bound, Quantity, Threshold};

use crate::source::Node;

/// A plan as written.
#[derive(Clone, Debug)]
pub struct LoadPlan {
    /// By which it is chosen: `rongcloud/documented-rate`.
    pub name: String,
    /// The api whose cases it sends.
    pub api: String,
    /// The rate of every phase that names none of its own.
    pub rate: Option<PlanRate>,
    /// How arrivals lie around their rate.
    pub arrivals: Option<PlanArrivals>,
    /// The phases in their order; empty for the command's own.
    pub phases: Vec<PlanPhase>,
    /// The cases; empty for the api's plain request alone.
    pub mix: Vec<MixPart>,
    /// What decides the exit code, where it departs from the command's own.
    pub thresholds: Vec<Threshold>,
    /// How long a reply may take.
    pub timeout: Option<Duration>,
    /// The most connections at once.
    pub connections: Option<u32>,
    /// How many generator threads.
    pub threads: Option<u16>,
    /// The whole file, for messages.
    pub node: Node,
}

/// The rate of a plan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PlanRate {
    /// Requests a second; above zero and finite.
    PerSecond(f64),
    /// As many as the connections carry: the closed model.
    Max,
}

/// How arrivals lie around their rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanArrivals {
    /// Evenly spaced.
    Constant,
    /// A Poisson process.
    Poisson,
}

/// A phase of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanPhase {
    /// How reports call it.
    pub name: Option<String>,
    /// How long it takes; of `steps` each one.
    pub duration: Duration,
    /// What it does.
    pub kind: PhaseKind,
}

/// What a phase does.
#[derive(Clone, Debug, PartialEq)]
pub enum PhaseKind {
    /// Sends without counting.
    WarmUp(PhaseRate),
    /// Keeps one rate.
    Constant(PhaseRate),
    /// Moves evenly from one rate to another.
    Ramp {
        /// At its begin.
        from: f64,
        /// At its end.
        to: f64,
    },
    /// Keeps several rates, one after the other.
    Steps(Vec<f64>),
}

/// The rate of a phase.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PhaseRate {
    /// The plan's own.
    Plan,
    /// Requests a second.
    PerSecond(f64),
}

/// A part of the mix as written.
#[derive(Clone, Debug)]
pub struct MixPart {
    /// An address, or a pattern of addresses with `*`.
    pub case: String,
    /// The part's share relative to the others'; what a pattern matches shares it evenly.
    pub weight: u32,
    node: Node,
}
