//! JUnit XML of a comparison: a test case for each percentile and each share.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};

use super::words;
use crate::record::compare::{ChangeFinding, CompareRecord, LatencyChange, ShareChange};
use crate::report::text::visible;

/// Writes the record as JUnit XML.
///
/// # Errors
/// Those of the writer.
pub(super) fn write(record: &CompareRecord, out: &mut dyn Write) -> io::Result<()> {
    let mut report = Report::new(words::headline(record));
    let mut suite = TestSuite::new(format!("compare {}", record.api));
    for (name, side) in ["base", "head"].into_iter().zip(&record.sides) {
        suite.add_property((name, visible(&words::side(side)).as_str()));
    }
    suite.add_property(("runs", words::design(record).as_str()));
    suite.add_property(("proofhouse", record.proofhouse.as_str()));
    for change in &record.latencies {
        suite.add_test_case(case(record, &words::latency(change), status_of_latency(change)));
    }
    for change in &record.shares {
        suite.add_test_case(case(record, &words::what(change), status_of_share(change)));
    }
    report.add_test_suite(suite);
    report.serialize(out).map_err(|error: SerializeError| io::Error::other(error.to_string()))
}

fn case(record: &CompareRecord, name: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(visible(name), status);
    case.set_classname(format!("compare/{}", record.api));
    case
}

fn status_of_latency(change: &LatencyChange) -> TestCaseStatus {
    let [base, head] = words::means(change);
    let (relative, interval) = (words::relative(change.change), words::interval(change));
    let message = match &change.why {
        Some(why) => why.clone(),
        None => format!("{base} → {head}: {relative} ({interval}), p {}", words::probability(change.p)),
    };
    status(change.finding, &message)
}

fn status_of_share(change: &ShareChange) -> TestCaseStatus {
    let [base, head] = words::shares(change);
    status(change.finding, &format!("{base} → {head}, p {}", words::probability(change.p)))
}

fn status(finding: ChangeFinding, message: &str) -> TestCaseStatus {
    let mut status = match finding {
        ChangeFinding::Regression => TestCaseStatus::non_success(NonSuccessKind::Failure),
        ChangeFinding::Suspected => TestCaseStatus::non_success(NonSuccessKind::Error),
        ChangeFinding::NotCompared => TestCaseStatus::skipped(),
        ChangeFinding::Worse | ChangeFinding::Better | ChangeFinding::Unproven => return TestCaseStatus::success(),
    };
    status.set_type(finding.as_str()).set_message(visible(message));
    status
}
