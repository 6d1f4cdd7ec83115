//! JUnit XML of a search: a test case for the search itself, and one for the rate that was required.

use std::io::{self, Write};
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};

use super::summary::headline;
use crate::record::capacity::{CapacityRecord, Requirement, RequirementVerdict};
use crate::record::{ExitCode, capacity::ResultKind};
use crate::report::load::figure::rate;
use crate::report::text::visible;

/// Writes the record as JUnit XML.
///
/// # Errors
/// Those of the writer.
pub(super) fn write(record: &CapacityRecord, out: &mut dyn Write) -> io::Result<()> {
    let mut report = Report::new(headline(record));
    report.set_time(Duration::from_nanos(record.ran_ns));
    let marks = record.marks();
    let marks = if marks.is_empty() { String::new() } else { format!(" [{}]", marks.join(", ")) };
    let mut suite = TestSuite::new(format!("capacity {}{marks}", record.settings.api));
    suite.set_time(Duration::from_nanos(record.ran_ns));
    suite.add_property(("target", record.settings.target.as_str()));
    suite.add_property(("built-in", if record.settings.built_in { "true" } else { "false" }));
    suite.add_property(("proofhouse", record.settings.proofhouse.as_str()));
    suite.add_test_case(case(record, "capacity".into(), found(record)));
    if let Some(required) = record.required {
        suite.add_test_case(case(record, format!("carries {}", rate(required.rate)), carried(record, required)));
    }
    report.add_test_suite(suite);
    report.serialize(out).map_err(|error: SerializeError| io::Error::other(error.to_string()))
}

fn case(record: &CapacityRecord, name: String, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(name, status);
    case.set_classname(format!("capacity/{}", record.settings.api));
    case.set_time(Duration::from_nanos(record.ran_ns));
    case
}

/// Where a required rate decides, a lower bound is as good as a capacity.
fn found(record: &CapacityRecord) -> TestCaseStatus {
    let undecided = ExitCode::from_code(record.exit_code) != Some(ExitCode::Conforms) && record.required.is_none();
    match record.result.kind {
        ResultKind::Below => status(NonSuccessKind::Failure, "below", record),
        ResultKind::NoNumber => status(NonSuccessKind::Error, "no number", record),
        ResultKind::AtLeast if undecided => status(NonSuccessKind::Error, "at least", record),
        ResultKind::Found | ResultKind::AtLeast => TestCaseStatus::success(),
    }
}

fn carried(record: &CapacityRecord, required: Requirement) -> TestCaseStatus {
    match required.verdict {
        RequirementVerdict::Met => TestCaseStatus::success(),
        RequirementVerdict::Broken => status(NonSuccessKind::Failure, "not carried", record),
        RequirementVerdict::Unjudged => status(NonSuccessKind::Error, "not judged", record),
    }
}

fn status(kind: NonSuccessKind, word: &str, record: &CapacityRecord) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(word).set_message(visible(&record.result.said));
    status.set_description(record.result.notes.iter().map(|note| visible(note)).collect::<Vec<_>>().join("\n"));
    status
}
