//! JUnit XML of a measured limit: each requirement a test case, and one for each thing that a sound limiter does not do.

use std::io;
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};

use crate::record::limit::{LimitFindingKind, LimitRecord, LimitVerdict, RequirementVerdict};
use crate::record::load::Completeness;
use crate::report::text::visible;

/// What a sound limiter does not do, as test cases that pass when it does not.
const SOUNDNESS: [(LimitFindingKind, &str); 3] = [
    (LimitFindingKind::ThrottlesBelow, "nothing is refused below the documented rate"),
    (LimitFindingKind::AdmitsTooMuch, "no more than 1.5 times the limit passes"),
    (LimitFindingKind::StaysClosed, "the documented rate is admitted again after an excess"),
];

/// Writes the record as JUnit XML.
///
/// # Errors
/// Those of the writer.
pub(super) fn write(record: &LimitRecord, out: &mut dyn io::Write) -> io::Result<()> {
    let name = if record.settings.built_in { "limit of the built-in reference" } else { "proofhouse limit" };
    let mut report = Report::new(name);
    report.set_time(Duration::from_nanos(record.ran_ns));
    let mut suite = TestSuite::new(format!("limit/{}", record.settings.api));
    suite.set_time(Duration::from_nanos(record.ran_ns));
    suite.add_property(("target", record.settings.target.as_str()));
    suite.add_property(("documented", record.settings.documented.to_string().as_str()));
    suite.add_property(("fingerprint", record.fingerprint.words.as_str()));
    suite.add_property(("proofhouse", record.settings.proofhouse.as_str()));
    for verdict in &record.requirements {
        let mut case = case(record, &verdict.requirement, requirement(record, verdict));
        if verdict.verdict == RequirementVerdict::Observed {
            case.set_system_out(format!("observed: {}", visible(&verdict.said)));
        }
        suite.add_test_case(case);
    }
    for (kind, name) in SOUNDNESS {
        suite.add_test_case(case(record, name, soundness(record, kind)));
    }
    report.add_test_suite(suite);
    report.serialize(out).map_err(|error: SerializeError| io::Error::other(error.to_string()))
}

fn case(record: &LimitRecord, name: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(name, status);
    case.set_classname(format!("limit/{}", record.settings.api));
    case
}

fn requirement(record: &LimitRecord, verdict: &LimitVerdict) -> TestCaseStatus {
    if let Some(error) = not_judged(record) {
        return error;
    }
    match verdict.verdict {
        RequirementVerdict::Pass | RequirementVerdict::Observed => TestCaseStatus::success(),
        RequirementVerdict::Fail => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type("fail").set_message(format!("{}: {}", verdict.rule, visible(&verdict.said)));
            if let Some(place) = &verdict.place {
                status.set_description(format!("level: {}\nrule: {}\nplace: {place}", verdict.level, verdict.rule));
            }
            status
        }
        RequirementVerdict::Inconclusive => error("inconclusive", &verdict.said),
    }
}

fn soundness(record: &LimitRecord, kind: LimitFindingKind) -> TestCaseStatus {
    if let Some(error) = not_judged(record) {
        return error;
    }
    match record.findings.iter().find(|one| one.finding == kind) {
        None => TestCaseStatus::success(),
        Some(finding) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type("unsound limiter").set_message(visible(&finding.said));
            status
        }
    }
}

/// Why nothing passes, if the run as a whole says nothing.
fn not_judged(record: &LimitRecord) -> Option<TestCaseStatus> {
    if record.ending == Completeness::Interrupted {
        return Some(error("interrupted", "the run was interrupted"));
    }
    if record.soundness.sound == Some(false) {
        return Some(error("unsound", &record.soundness.causes.join("; ")));
    }
    let unsteady = record.requirements.iter().find(|one| one.verdict == RequirementVerdict::Inconclusive);
    unsteady.map(|one| error("inconclusive", &one.said))
}

fn error(kind: &str, message: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_type(kind).set_message(visible(message));
    status
}
