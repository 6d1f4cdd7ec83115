//! The arguments of `schema` as typed.

use clap::{Args, ValueEnum};

/// Arguments of `schema`.
#[derive(Debug, Args)]
pub struct Schema {
    /// Which format
    #[arg(value_enum)]
    pub format: SchemaName,
}

/// The file formats with a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SchemaName {
    /// Scenario files.
    Scenario,
    /// `api.yaml`.
    Api,
    /// Target files.
    Target,
    /// `report.json` of a check.
    Record,
    /// Load plans.
    Plan,
    /// `report.json` of a load run.
    LoadRecord,
    /// `report.json` of a search for the capacity.
    CapacityRecord,
    /// `report.json` of a measured rate limit.
    LimitRecord,
    /// One line of the `journal.ndjson` of a load run.
    Journal,
    /// `report.json` of a comparison of load runs.
    CompareRecord,
    /// `report.json` of an audit.
    AuditRecord,
    /// Lists of known failures.
    KnownFailures,
    /// `trace --json`.
    Trace,
}
