//! The exit code: one pure function over a few facts, and those facts from a record.

use super::{ApiRecord, Baseline, CheckRecord, FindingRecord, KnownFailuresRecord, Verdict};
use crate::expectation::Uncertainty;

/// What a process says by its exit code. Part of the contract with other people's CI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitCode {
    /// The target conforms, or its thresholds are met.
    Conforms = 0,
    /// The target violates something that gates.
    Violated = 1,
    /// The command line, a scenario or the credentials are wrong: nothing was sent.
    Usage = 2,
    /// Something that gates could not be judged, or the run was unsound.
    Inconclusive = 3,
    /// No case was selected, or none was run.
    NothingRun = 4,
    /// Only the list of known failures is at fault.
    KnownFailures = 5,
    /// A report that was asked for could not be written.
    ReportNotWritten = 6,
    /// An internal error: a panic, a broken identity.
    Internal = 70,
    /// Interrupted: 128 and the number of SIGINT, as shells have it.
    Interrupted = 130,
}

impl ExitCode {
    /// Every code, in the order of precedence: the first that applies is the one.
    pub const PRECEDENCE: [Self; 9] = [
        Self::Interrupted,
        Self::Internal,
        Self::Usage,
        Self::NothingRun,
        Self::Violated,
        Self::Inconclusive,
        Self::ReportNotWritten,
        Self::KnownFailures,
        Self::Conforms,
    ];

    /// Every code, from 0 upward.
    #[must_use]
    pub fn ascending() -> [Self; 9] {
        let mut all = Self::PRECEDENCE;
        all.sort_by_key(|one| one.code());
        all
    }

    /// The number.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The code with this number; `None` for one that is not used.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::PRECEDENCE.into_iter().find(|one| one.code() == code)
    }

    /// What it says, for people.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Conforms => "conforms",
            Self::Violated => "violates what must hold",
            Self::Usage => "wrong usage, scenario or credentials; nothing was sent",
            Self::Inconclusive => "inconclusive",
            Self::NothingRun => "no case was selected or run",
            Self::KnownFailures => "the list of known failures is at fault",
            Self::ReportNotWritten => "a report could not be written",
            Self::Internal => "internal error",
            Self::Interrupted => "interrupted",
        }
    }
}

impl ExitCode {
    /// When a command ends with it, as the reference of the exit codes says it.
    #[must_use]
    pub fn explained(self) -> &'static str {
        match self {
            Self::Conforms => "conforms: nothing that gates is violated, and every threshold is met",
            Self::Violated => "the target violates something that gates, or misses a threshold",
            Self::Usage => "a mistake in arguments, files or credentials; nothing was sent",
            Self::Inconclusive => "no judgement: no connection, a wrong URL, or a run whose generator was unsound",
            Self::NothingRun => "no case was selected or run",
            Self::KnownFailures => "only the list of known failures is at fault: an entry of it is not true any more",
            Self::ReportNotWritten => "a report that was asked for could not be written",
            Self::Internal => "an internal error of proofhouse",
            Self::Interrupted => "interrupted; an interrupted run never passes",
        }
    }
}

/// Everything on which the exit code rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each of which decides one code")]
pub struct ExitFacts {
    /// The run was stopped before its end.
    pub interrupted: bool,
    /// Something of ours is broken.
    pub internal_error: bool,
    /// The command line, a scenario or the credentials are wrong.
    pub usage_error: bool,
    /// No case was selected, or all were skipped.
    pub nothing_run: bool,
    /// Something that gates is violated.
    pub violated: bool,
    /// Something that gates could not be judged.
    pub undecided: bool,
    /// A report that was asked for could not be written.
    pub report_not_written: bool,
    /// The list of known failures is at fault.
    pub known_failures_at_fault: bool,
}

/// The exit code: the first that applies of 130, 70, 2, 4, 1, 3, 6, 5, 0.
///
/// A proven violation outranks "could not judge"; an interrupted run never passes.
#[must_use]
pub fn exit_code(facts: ExitFacts) -> ExitCode {
    let applies = |code: &ExitCode| match code {
        ExitCode::Interrupted => facts.interrupted,
        ExitCode::Internal => facts.internal_error,
        ExitCode::Usage => facts.usage_error,
        ExitCode::NothingRun => facts.nothing_run,
        ExitCode::Violated => facts.violated,
        ExitCode::Inconclusive => facts.undecided,
        ExitCode::ReportNotWritten => facts.report_not_written,
        ExitCode::KnownFailures => facts.known_failures_at_fault,
        ExitCode::Conforms => true,
    };
    ExitCode::PRECEDENCE.into_iter().find(applies).unwrap_or(ExitCode::Internal)
}

impl ExitFacts {
    /// Nothing is wrong, and something was run.
    pub const CLEAN: Self = Self {
        interrupted: false,
        internal_error: false,
        usage_error: false,
        nothing_run: false,
        violated: false,
        undecided: false,
        report_not_written: false,
        known_failures_at_fault: false,
    };

    /// What a record says. Whether reports could be written is for the caller to add.
    #[must_use]
    pub fn of(record: &CheckRecord) -> Self {
        let undecided = |(_, case): (&ApiRecord, &super::CaseRecord)| {
            let gates = case.level >= record.settings.gate;
            case.verdict == Verdict::Inconclusive && gates
        };
        let list = record.known_failures.as_ref();
        let violates = |(_, case): (&ApiRecord, &super::CaseRecord)| {
            case.verdict == Verdict::Fail && !list.is_some_and(|list| list.is_wrong_about(&case.address))
        };
        Self {
            interrupted: record.interrupted,
            nothing_run: record.apis.iter().all(nothing_run),
            violated: record.cases().any(violates) || record.apis.iter().any(|api| api.baseline == Baseline::Refused),
            undecided: record.cases().any(undecided) || record.apis.iter().any(|api| api.gone || !has_envelope(api)),
            known_failures_at_fault: list.is_some_and(KnownFailuresRecord::is_at_fault),
            ..Self::CLEAN
        }
    }
}

/// Whether no case was sent, or was to be sent, beside the plain request, which goes first whatever is selected.
fn nothing_run(api: &ApiRecord) -> bool {
    api.cases.iter().skip(1).all(|case| case.verdict == Verdict::Skip)
}

/// Whether anything came in the api's envelope.
pub(crate) fn has_envelope(api: &ApiRecord) -> bool {
    let mut claims = api.cases.iter().flat_map(|case| &case.claims);
    !claims.any(|claim| claim.finding == FindingRecord::Inconclusive(Uncertainty::NoEnvelope))
}

/// Why the exit code is what it is, in short sentences.
pub(super) fn reasons(record: &CheckRecord) -> Vec<String> {
    let facts = ExitFacts::of(record);
    let mut reasons = Vec::new();
    if facts.interrupted {
        reasons.push("the run was interrupted".into());
    }
    if facts.nothing_run {
        reasons.push("no case was selected or run".into());
    }
    for api in &record.apis {
        let name = &api.name;
        match api.baseline {
            Baseline::Refused => reasons.push(format!("{name}: the plain request is refused")),
            Baseline::NoReply => reasons.push(format!("{name}: the plain request has no reply")),
            Baseline::Accepted | Baseline::Unreadable => {}
        }
        if !has_envelope(api) {
            reasons.push(format!("{name}: nothing answers in the api's envelope: wrong URL?"));
        }
        if api.gone && api.baseline != Baseline::NoReply {
            reasons.push(format!("{name}: nothing answered any more during the run"));
        }
        let totals = &api.totals;
        if totals.fail > 0 {
            reasons.push(format!("{name}: fail: {} of {} cases", totals.fail, totals.cases));
        }
        if facts.undecided && totals.inconclusive > 0 {
            reasons.push(format!("{name}: inconclusive: {} of {} cases", totals.inconclusive, totals.cases));
        }
    }
    for finding in record.known_failures.iter().flat_map(|list| &list.findings) {
        if finding.trouble.is_fault() {
            reasons.push(format!("known failures: {finding}"));
        }
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fact_alone_gives_its_code() {
        let table = [
            (ExitFacts { interrupted: true, ..ExitFacts::CLEAN }, 130),
            (ExitFacts { internal_error: true, ..ExitFacts::CLEAN }, 70),
            (ExitFacts { usage_error: true, ..ExitFacts::CLEAN }, 2),
            (ExitFacts { nothing_run: true, ..ExitFacts::CLEAN }, 4),
            (ExitFacts { violated: true, ..ExitFacts::CLEAN }, 1),
            (ExitFacts { undecided: true, ..ExitFacts::CLEAN }, 3),
            (ExitFacts { report_not_written: true, ..ExitFacts::CLEAN }, 6),
            (ExitFacts { known_failures_at_fault: true, ..ExitFacts::CLEAN }, 5),
            (ExitFacts::CLEAN, 0),
        ];
        for (facts, code) in table {
            assert_eq!(exit_code(facts).code(), code, "{facts:?}");
            assert_eq!(ExitCode::from_code(code), Some(exit_code(facts)));
        }
    }

    #[test]
    fn the_first_that_applies_wins() {
        let mut facts = ExitFacts {
            interrupted: true,
            internal_error: true,
            usage_error: true,
            nothing_run: true,
            violated: true,
            undecided: true,
            report_not_written: true,
            known_failures_at_fault: true,
        };
        let mut codes = Vec::new();
        let cleared: [fn(&mut ExitFacts); 8] = [
            |facts| facts.interrupted = false,
            |facts| facts.internal_error = false,
            |facts| facts.usage_error = false,
            |facts| facts.nothing_run = false,
            |facts| facts.violated = false,
            |facts| facts.undecided = false,
            |facts| facts.report_not_written = false,
            |facts| facts.known_failures_at_fault = false,
        ];
        for clear in cleared {
            codes.push(exit_code(facts).code());
            clear(&mut facts);
        }
        codes.push(exit_code(facts).code());
        assert_eq!(codes, [130, 70, 2, 4, 1, 3, 6, 5, 0]);
    }
}
