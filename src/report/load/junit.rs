//! JUnit XML of a load run: a test case for each threshold, for the accounting identity and for soundness.

use std::io::{self, Write};
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};

use super::summary::headline;
use crate::record::load::{Completeness, LoadRecord, Quantity, ThresholdReport, ThresholdVerdict};
use crate::report::text::visible;

/// Writes the record as JUnit XML.
///
/// # Errors
/// Those of the writer.
pub(super) fn write(record: &LoadRecord, out: &mut dyn Write) -> io::Result<()> {
    let mut report = Report::new(headline(record));
    report.set_time(Duration::from_nanos(record.ran_ns));
    let marks = record.marks();
    let marks = if marks.is_empty() { String::new() } else { format!(" [{}]", marks.join(", ")) };
    let mut suite = TestSuite::new(format!("load {}{marks}", record.settings.api));
    suite.set_time(Duration::from_nanos(record.ran_ns));
    suite.add_property(("target", record.settings.target.as_str()));
    suite.add_property(("built-in", if record.settings.built_in { "true" } else { "false" }));
    suite.add_property(("model", record.model.as_str()));
    suite.add_property(("proofhouse", record.settings.proofhouse.as_str()));
    suite.add_test_case(case(record, "soundness", soundness(record)));
    suite.add_test_case(case(record, "accounting", accounting(record)));
    for threshold in &record.thresholds {
        suite.add_test_case(case(record, &threshold.text, status(record, threshold)));
    }
    report.add_test_suite(suite);
    report.serialize(out).map_err(|error: SerializeError| io::Error::other(error.to_string()))
}

fn case(record: &LoadRecord, name: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(name, status);
    case.set_classname(format!("load/{}", record.settings.api));
    case.set_time(Duration::from_nanos(record.ran_ns));
    case
}

fn soundness(record: &LoadRecord) -> TestCaseStatus {
    let unsound = record.soundness.sound != Some(true);
    match record.ending {
        Completeness::Completed if !unsound => TestCaseStatus::success(),
        Completeness::Completed => error("unsound", &record.soundness.causes.join("; ")),
        Completeness::Interrupted => error("interrupted", "the run was interrupted"),
        Completeness::Killed => error("killed", "the run was killed"),
    }
}

fn accounting(record: &LoadRecord) -> TestCaseStatus {
    if record.totals.judged.add_up() && record.totals.all.add_up() {
        return TestCaseStatus::success();
    }
    error("identity", &record.totals.identity)
}

fn status(record: &LoadRecord, threshold: &ThresholdReport) -> TestCaseStatus {
    let actual = threshold.actual.as_deref().unwrap_or("nothing measured");
    match threshold.verdict {
        ThresholdVerdict::Met => TestCaseStatus::success(),
        ThresholdVerdict::Unjudged => error("not judged", &format!("{} could not be judged: {actual}", threshold.text)),
        ThresholdVerdict::Broken => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status
                .set_type(threshold.threshold.quantity.to_string())
                .set_message(format!("{}: {actual}", threshold.text));
            status.set_description(described(record, threshold));
            status
        }
    }
}

fn described(record: &LoadRecord, threshold: &ThresholdReport) -> String {
    let mut lines: Vec<String> = threshold.remedy.iter().cloned().collect();
    if threshold.threshold.quantity == Quantity::Deviations {
        lines.extend(record.deviations.iter().map(|group| {
            let cases: Vec<&str> = group.cases.iter().map(|case| case.case.as_str()).collect();
            format!("{} × {} ({}): {}", group.count, visible(&group.shape), visible(&group.outcome), cases.join(", "))
        }));
    }
    lines.push(record.totals.identity.clone());
    lines.join("\n")
}

fn error(kind: &str, message: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_type(kind).set_message(visible(message));
    status
}
