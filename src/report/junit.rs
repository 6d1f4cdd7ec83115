//! JUnit XML, for CI: one suite per api, one test case per case; a failure only for what gates.

use std::io;
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};

use super::failure::Failure;
use super::text::visible;
use crate::record::{ApiRecord, CaseRecord, CheckRecord, SuiteOrigin, Verdict};

/// Writes the record as JUnit XML.
///
/// # Errors
/// Those of the writer.
pub(super) fn write(record: &CheckRecord, out: &mut dyn io::Write) -> io::Result<()> {
    let name = if record.self_check { "self-check of the built-in reference" } else { "proofhouse check" };
    let mut report = Report::new(name);
    report.set_time(Duration::from_millis(record.duration_ms));
    for api in &record.apis {
        report.add_test_suite(suite(record, api));
    }
    let mut out = io::BufWriter::with_capacity(64 * 1024, out);
    report.serialize(&mut out).map_err(|error: SerializeError| io::Error::other(error.to_string()))?;
    io::Write::flush(&mut out)
}

fn suite(record: &CheckRecord, api: &ApiRecord) -> TestSuite {
    let mut suite = TestSuite::new(api.name.as_str());
    suite.set_time(api.cases.iter().map(CaseRecord::duration).sum());
    let origin = match &record.suite {
        SuiteOrigin::Embedded(digest) => format!("embedded {digest}"),
        SuiteOrigin::Paths(paths) => paths.join(" "),
    };
    suite.add_property(("gate", record.settings.gate.as_str()));
    suite.add_property(("suite", origin.as_str()));
    suite.add_property(("target", api.target.base_url.as_str()));
    suite.add_property(("self-check", if record.self_check { "true" } else { "false" }));
    suite.add_property(("proofhouse", record.proofhouse.as_str()));
    suite.add_test_cases(api.cases.iter().map(|case| test_case(record, api, case)));
    suite
}

fn test_case(record: &CheckRecord, api: &ApiRecord, case: &CaseRecord) -> TestCase {
    let failure = Failure::new(api, case);
    let mut test = TestCase::new(case.address.as_str(), status(&failure));
    test.set_classname(format!("{}/{}", api.name, case.place.file));
    test.set_time(case.duration());
    if let Some(said) = said_beside(record, &failure) {
        test.set_system_out(said);
    }
    test
}

fn status(failure: &Failure<'_>) -> TestCaseStatus {
    match failure.case.verdict {
        Verdict::Pass | Verdict::Observed => TestCaseStatus::success(),
        Verdict::Skip => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(failure.case.skip.as_deref().unwrap_or("not sent"));
            status
        }
        Verdict::KnownFailure => {
            let mut status = TestCaseStatus::skipped();
            let why = failure.case.known_failure.as_ref().map(ToString::to_string).unwrap_or_default();
            status.set_type("known-failure").set_message(format!("known failure: {why}; {}", failure.one_line()));
            status
        }
        Verdict::Inconclusive => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            let why = failure.case.uncertainty().map_or("could not be judged", crate::record::Uncertainty::sentence);
            status.set_type("inconclusive").set_message(why);
            status
        }
        Verdict::Fail => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            let kind = failure.case.kind().map_or("fail", crate::record::MismatchKind::as_str);
            status.set_type(kind).set_message(failure.one_line()).set_description(described(failure));
            status
        }
    }
}

/// Everything that a failure has to say, as text.
fn described(failure: &Failure<'_>) -> String {
    let mut lines = Vec::new();
    for (claim, mismatches) in &failure.broken {
        lines.push(format!("level: {}", claim.level));
        if let Some((rule, authority)) = failure.rule(claim) {
            lines.push(format!("rule: {rule}"));
            lines.push(format!("place: {authority}"));
        }
        for mismatch in *mismatches {
            lines.push(format!("{} at {}", mismatch.kind.sentence(), mismatch.at));
            lines.push(format!("  expected: {}", visible(&mismatch.expected)));
            lines.push(format!("  actual:   {}", visible(&mismatch.actual)));
        }
    }
    lines.extend(failure.reply().map(|reply| format!("reply: {reply}")));
    lines.extend(failure.notes().into_iter().map(|note| format!("note: {note}")));
    lines.extend(failure.curl().map(|line| format!("repeat: {line}")));
    lines.push(format!("case: {}", failure.case.place));
    lines.join("\n")
}

/// What does not gate and is worth reading: should-level misses, and what an observed case saw.
fn said_beside(record: &CheckRecord, failure: &Failure<'_>) -> Option<String> {
    let case = failure.case;
    let beside: Vec<String> = failure
        .broken
        .iter()
        .filter(|(claim, _)| claim.level < record.settings.gate)
        .flat_map(|(claim, mismatches)| mismatches.iter().map(move |mismatch| (claim, mismatch)))
        .map(|(claim, mismatch)| {
            let (expected, actual) = (visible(&mismatch.expected), visible(&mismatch.actual));
            format!("{}: {} at {}: {actual}, expected {expected}", claim.level, mismatch.kind.sentence(), mismatch.at)
        })
        .collect();
    let observed = (case.verdict == Verdict::Observed).then(|| case.last_step()).flatten();
    let observed = observed.map(|step| format!("observed: {}", visible(&step.observation.to_string())));
    let lines: Vec<String> = beside.into_iter().chain(observed).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::sample;

    #[test]
    fn only_what_gates_is_a_failure() {
        let record = sample::record();
        let mut text = Vec::new();
        write(&record, &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        let totals = record.totals();
        assert_eq!(text.matches("<failure ").count(), totals.fail, "{text}");
        assert_eq!(text.matches("<error ").count(), totals.inconclusive, "{text}");
        assert_eq!(text.matches("<skipped ").count(), totals.skip, "{text}");
        assert_eq!(text.matches("<testcase ").count(), totals.cases, "{text}");
        assert!(text.contains("should: right outcome, wrong code at /code: 1002 (number)"), "{text}");
        assert!(!text.contains('\u{1b}'), "no control character reaches the XML");
    }
}
