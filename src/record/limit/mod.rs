//! The wire types of a measured rate limit.
//!
//! `report` is the one document of a run of `proofhouse limit`, its `report.json`; `fingerprint` is the part of it that says
//! how the target limits.

mod fingerprint;
mod report;

pub use fingerprint::{Estimate, FingerprintReport, LimiterKind};
pub use report::{
    ExcessReply, LimitFinding, LimitFindingKind, LimitKind, LimitRecord, LimitSecond, LimitSettings, LimitVerdict,
    ProbeCounts, ProbeReport, RateOrigin, RequirementVerdict,
};

/// The version of these types; a reader refuses others.
pub const VERSION: u32 = 1;
