//! The wire types of a search for the capacity.
//!
//! `report` is the one document of a run of `proofhouse capacity`, its `report.json`; `trial` is the part of it that a
//! single trial has; `from_search` makes both of what the search ends with, `words` says it in sentences.

mod from_search;
mod report;
mod trial;
mod words;

pub use report::{
    CapacityKind, CapacityRecord, CapacityResult, CapacitySettings, CurvePoint, Requirement, RequirementVerdict,
    ResultKind, UnloadedReport,
};
pub use trial::{TrialCounts, TrialOutcome, TrialReport, TrialVerdict};

/// The version of these types; a reader refuses others.
pub const VERSION: u32 = 1;
