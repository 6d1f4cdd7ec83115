//! What outlives the process: the versioned record of a run, from which every report is rendered.
//!
//! Wire types are apart from domain types: `check`, `case`, `exchange` and `totals` say how a record is written, `from_run`
//! and `rejudge` translate from and to the types of the engine. The words that both share are exported here, so that
//! reports need nothing but this module.

pub mod audit;
pub mod capacity;
mod case;
mod characteristic;
mod check;
pub mod compare;
mod exchange;
mod exit;
mod file;
mod from_run;
pub mod hlog;
pub mod journal;
mod known_failures;
pub mod limit;
pub mod load;
mod rejudge;
#[cfg(test)]
pub(crate) mod sample;
mod totals;
mod trusted;

pub use audit::{Aspect, AuditRecord, AuditSide, Change, Difference, NotCompared, RequirementGroup, Support};
pub use case::{CaseRecord, ClaimRecord, FindingRecord, MismatchRecord, PlaceRecord, Verdict};
pub use characteristic::{Characteristic, Choice, characteristics};
pub use check::{
    ApiRecord, Assumed, Authentication, Baseline, CheckRecord, Pacing, RecordKind, ReplyPointers, RequirementRecord,
    Settings, SuiteOrigin, TargetFacts, VERSION,
};
pub use exchange::{
    Answer, BodyRecord, ExchangeRecord, ExpectedRecord, FailureRecord, FailureWord, ObservationRecord, Purpose,
    ReplyRecord, RequestRecord,
};
pub use exit::{ExitCode, ExitFacts, exit_code};
pub use file::{
    Layout, ReadError, read_audit, read_capacity, read_check, read_compare, read_limit, read_load, write_check,
};
pub use from_run::{ApiFacts, RunFacts, rfc3339};
pub use known_failures::{KnownFailureFinding, KnownFailureRecord, KnownFailureTrouble, KnownFailuresRecord};
pub use rejudge::rejudge;
pub use totals::Totals;
pub use trusted::Trusted;

pub use crate::api::auth::SchemeName;
pub use crate::api::{DocumentPlace, Level, Source};
pub use crate::check::Event as CheckEvent;
pub use crate::expectation::{ExpectedOutcome, MismatchKind, Uncertainty};
pub use crate::secret::REDACTED;
