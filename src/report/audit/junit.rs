//! JUnit XML of an audit: a test case for each requirement in which the sides differ, and one for each case that could not
//! be compared; a failure only for what gates.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};

use super::words::{headline, rule, sides, told};
use crate::record::{AuditRecord, RequirementGroup};
use crate::report::text::{counted, visible};

/// How many cases of a requirement are told.
const CASES: usize = 100;
/// How long a value may be on its line.
const VALUE: usize = 500;

/// Writes the audit as JUnit XML.
///
/// # Errors
/// Those of the writer.
pub(super) fn write(audit: &AuditRecord, out: &mut dyn Write) -> io::Result<()> {
    let mut report = Report::new(headline(audit));
    let mut suite = TestSuite::new(format!("diff {}", audit.api));
    for (name, side) in sides(audit) {
        suite.add_property((name, visible(&side).as_str()));
    }
    suite.add_property(("gate", audit.gate.as_str()));
    suite.add_test_case(case(audit, "compared", compared(audit)));
    for group in &audit.groups {
        suite.add_test_case(requirement(audit, group));
    }
    for one in &audit.not_compared {
        let mut status = TestCaseStatus::skipped();
        status.set_type("not compared").set_message(visible(&one.why));
        suite.add_test_case(case(audit, &one.address, status));
    }
    report.add_test_suite(suite);
    report.serialize(out).map_err(|error: SerializeError| io::Error::other(error.to_string()))
}

fn case(audit: &AuditRecord, name: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(visible(name), status);
    case.set_classname(format!("diff/{}", audit.api));
    case
}

/// Whether there was anything to judge by.
fn compared(audit: &AuditRecord) -> TestCaseStatus {
    if audit.compared > 0 {
        return TestCaseStatus::success();
    }
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_type("nothing compared").set_message("no case could be compared");
    status
}

fn requirement(audit: &AuditRecord, group: &RequirementGroup) -> TestCase {
    let name = group.requirement.as_deref().unwrap_or_else(|| rule(group));
    let told: Vec<String> = group.differences.iter().take(CASES).flat_map(|one| told(one, VALUE)).collect();
    let more = group.differences.len().saturating_sub(CASES);
    let left_out = (more > 0).then(|| format!("and {} not told here", counted(more, "case")));
    let text = told.into_iter().chain(left_out).collect::<Vec<_>>().join("\n");
    if group.level < audit.gate {
        let mut case = case(audit, name, TestCaseStatus::success());
        case.set_system_out(format!("{}\n{text}", rule(group)));
        return case;
    }
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    let differ = counted(group.differences.len(), "case");
    status.set_type(group.level.as_str()).set_message(format!("{}: the sides differ in {differ}", rule(group)));
    status.set_description(text);
    case(audit, name, status)
}
