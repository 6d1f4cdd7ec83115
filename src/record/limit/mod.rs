//! The wire types of a measured rate limit.
//!
//! `report` is the one document of a run of `proofhouse limit`, its `report.json`; `fingerprint` is the part of it that says
//! how the target limits. `from_analysis` makes both of an analysis, `words` says what was found in sentences.

mod fingerprint;
mod from_analysis;
mod report;
mod words;

pub use fingerprint::{Estimate, FingerprintReport, LimiterKind};
pub use from_analysis::{LimitFacts, ReplyFacts};
pub use report::{
    ExcessReply, LimitFinding, LimitFindingKind, LimitKind, LimitRecord, LimitSecond, LimitSettings, LimitVerdict,
    ProbeCounts, ProbeReport, RateOrigin, RequirementVerdict,
};

/// The version of these types; a reader refuses others.
pub const VERSION: u32 = 1;
