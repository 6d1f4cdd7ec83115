//! How a target limits the rate of requests: what to send, and what follows from what came of it.
//!
//! `probe` is the plan; `learn` makes observations of the engine's samples; `infer` finds the law, `share` counts and
//! `verdict` judges, `steady` says whether there is anything to judge. All of it is pure; [`analyse`] does it in order.

mod analysis;
pub mod infer;
mod learn;
mod observation;
mod probe;
mod share;
mod steady;
mod verdict;

pub use analysis::{Analysis, analyse, infer};
pub use learn::{Excess, Known, Observed, observed};
pub use observation::{Decision, Observation};
pub use probe::{Extent, Probe, ProbePlan, Purpose};
pub use share::{Share, all_of, share_of};
pub use steady::{Unsteady, unsteady};
pub use verdict::{Admits, Finding, admits, findings, most_in_a_second, recovery};
