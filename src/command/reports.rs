//! interim
use super::api_run::Planned;
use super::{Console, Exit};
use crate::check::Event;
use crate::record::{CheckRecord, ExitCode, Verdict};
use crate::settings::args::{Check, ReportArgs};
use crate::settings::environment::Environment;
use std::path::PathBuf;

pub(super) struct Progress;
impl Progress {
    pub(super) fn start(_: &[Planned], _: &Check, _: &Console) -> Self {
        Self
    }
    pub(super) fn listener(&self) -> Box<dyn Fn(Event) + Send + Sync> {
        Box::new(|_| {})
    }
    pub(super) fn finish(self) {}
}
pub(super) fn prepare(_: &ReportArgs, _: &str, _: &[Planned]) -> Result<PathBuf, String> {
    Ok(PathBuf::new())
}
pub(super) fn finish(record: CheckRecord, _: &PathBuf, _: &Check, _: &Environment, console: &mut Console) -> Exit {
    for api in &record.apis {
        let mut counts = std::collections::BTreeMap::new();
        for case in &api.cases {
            *counts.entry(format!("{:?}", case.verdict)).or_insert(0) += 1;
            if matches!(case.verdict, Verdict::Fail | Verdict::Inconclusive) {
                console.line(format_args!("{:?} {} {:?}", case.verdict, case.address, case.claims));
            }
        }
        console.line(format_args!("{} {:?} {counts:?}", api.name, api.baseline));
    }
    console.line(format_args!("{} ms", record.duration_ms));
    ExitCode::from_code(record.exit_code).unwrap()
}
