//! `proofhouse schema`: the JSON Schema of a file format.

use super::{Console, Exit};
use crate::compare::trace::Trace;
use crate::record::capacity::CapacityRecord;
use crate::record::compare::CompareRecord;
use crate::record::limit::LimitRecord;
use crate::record::load::{Line, LoadRecord};
use crate::record::{AuditRecord, CheckRecord};
use crate::scenario::{api_schema, known_failures_schema, plan_schema, scenario_schema};
use crate::settings::schema::{Schema, SchemaName};
use crate::settings::target_file::Contents;

pub(super) fn run(args: &Schema, console: &mut Console) -> Exit {
    let schema = match args.format {
        SchemaName::Scenario => scenario_schema(),
        SchemaName::Api => api_schema(),
        SchemaName::Target => schemars::schema_for!(Contents).to_value(),
        SchemaName::Plan => plan_schema(),
        SchemaName::CompareRecord => schemars::schema_for!(CompareRecord).to_value(),
        SchemaName::AuditRecord => schemars::schema_for!(AuditRecord).to_value(),
        SchemaName::LoadRecord => schemars::schema_for!(LoadRecord).to_value(),
        SchemaName::Journal => schemars::schema_for!(Line).to_value(),
        SchemaName::CapacityRecord => schemars::schema_for!(CapacityRecord).to_value(),
        SchemaName::KnownFailures => known_failures_schema(),
        SchemaName::Trace => schemars::schema_for!(Trace).to_value(),
        SchemaName::LimitRecord => schemars::schema_for!(LimitRecord).to_value(),
        SchemaName::Record => schemars::schema_for!(CheckRecord).to_value(),
    };
    console.line(format_args!("{schema:#}"));
    Exit::Conforms
}
