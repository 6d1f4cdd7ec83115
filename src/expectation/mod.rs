//! What must hold of an exchange, and whether it does: pure functions from claim and exchange to verdict.
//!
//! "The target is wrong" is a [`Mismatch`]; "nobody can say" is [`Finding::Inconclusive`]. Neither is an error of ours,
//! and the three never share a type.

mod claim;
mod judge;
pub mod matcher;
mod mismatch;
mod shape;

pub use claim::{Claim, Expectation, ExpectedOutcome};
pub use judge::{ClaimVerdict, Finding, Judgement, Observation, Uncertainty, judge};
pub use mismatch::{Mismatch, MismatchKind};
pub use shape::shape;
