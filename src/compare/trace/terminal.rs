//! The matrix for people at a terminal: by api, each rule with its cases counted, what is wrong written out.

use std::io::{self, Write};

use super::{ApiTrace, Coverage, Implication, RequirementTrace, RuleVerdict, Trace, TracedCase};
use crate::record::{Level, Source, SuiteOrigin};

/// How much of a rule is shown before it is cut: with place and level it stays on two lines of a wide terminal.
const RULE_SHOWN: usize = 100;

/// Which cases are written out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Those that broke a rule, or could not be judged.
    Attention,
    /// All of them.
    Everything,
}

/// Writes the matrix.
///
/// # Errors
/// Those of the writer.
pub fn write_matrix(trace: &Trace, extent: Extent, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "suite  {}", origin(&trace.suite))?;
    if let Some(run) = &trace.run {
        let what = if run.self_check { "self-check of the built-in reference" } else { "check" };
        let started = &run.started;
        writeln!(out, "run    {what}, begun {started}, exit code {}, suite {}", run.exit_code, origin(&run.suite))?;
    }
    for api in &trace.apis {
        write_api(api, extent, out)?;
    }
    Ok(())
}

fn write_api(api: &ApiTrace, extent: Extent, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n{}: {}", api.name, api.title)?;
    for rule in &api.requirements {
        write_rule(rule, extent, out)?;
    }
    if !api.unattributed.is_empty() {
        writeln!(out, "\n  without a requirement: {}", counted(api.unattributed.len(), "case"))?;
        for address in api.unattributed.iter().filter(|_| extent == Extent::Everything) {
            writeln!(out, "    {address}")?;
        }
    }
    let counts = [
        (Coverage::Checked, "checked"),
        (Coverage::CheckedWhereDeclared, "checked where declared"),
        (Coverage::Observed, "observed"),
        (Coverage::Excluded, "excluded"),
        (Coverage::Uncovered, "UNCOVERED"),
    ];
    let counts = counts.map(|(coverage, word)| format!("{} {word}", api.count(coverage)));
    writeln!(out, "\n{}: {}: {}", api.name, counted(api.requirements.len(), "requirement"), counts.join(", "))
}

fn write_rule(rule: &RequirementTrace, extent: Extent, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "  {:<8} {:<32} {}", rule.level.as_str(), rule.id, covered_by(rule))?;
    writeln!(out, "           {}: {}", authority(rule), shortened(&rule.rule))?;
    for case in rule.cases.iter().filter(|case| is_shown(case, extent)) {
        let verdict = case.verdict.map_or_else(|| case.level.as_str(), RuleVerdict::as_str);
        writeln!(out, "             {verdict:<12} {}  {}", case.address, case.place)?;
    }
    Ok(())
}

/// What covers a rule, in a few words: `3 pass, 1 fail`, `4 cases`, `excluded: …`.
fn covered_by(rule: &RequirementTrace) -> String {
    let words = match (rule.coverage, &rule.excluded) {
        (Coverage::Uncovered, _) => return "UNCOVERED: no case, and no reason why none can be".into(),
        (Coverage::Excluded, reason) => return format!("excluded: {}", reason.as_deref().unwrap_or_default()),
        (Coverage::Observed, _) if rule.level != Level::Observe => "observed only, no case binds: ",
        (Coverage::CheckedWhereDeclared, _) => "where declared: ",
        (Coverage::Observed | Coverage::Checked, _) => "",
    };
    let verdicts: Vec<String> =
        rule.verdicts.iter().map(|(verdict, count)| format!("{count} {}", verdict.as_str())).collect();
    let named = if rule.cases.is_empty() { Vec::new() } else { vec![counted(rule.cases.len(), "case")] };
    let mut parts = if verdicts.is_empty() { named } else { verdicts };
    match rule.implied {
        Some(Implication::Envelope(cases)) if rule.verdicts.is_empty() => {
            parts.push(format!("judged with {} that bind", counted(cases, "more case")));
        }
        Some(Implication::Rate) => parts.push("measured over every paced run, and by `proofhouse limit`".into()),
        Some(Implication::Envelope(_)) | None => {}
    }
    format!("{words}{}", parts.join(", "))
}

fn authority(rule: &RequirementTrace) -> String {
    match (rule.source, &rule.place) {
        (Source::Document, Some(place)) => format!("document, {place}"),
        (Source::Document, None) => "document".into(),
        (Source::Public, _) => "public evidence".into(),
        (Source::Open, _) => "open".into(),
    }
}

fn is_shown(case: &TracedCase, extent: Extent) -> bool {
    match (extent, case.verdict) {
        (Extent::Everything, _) => true,
        (Extent::Attention, Some(RuleVerdict::Fail | RuleVerdict::Missed | RuleVerdict::Inconclusive)) => true,
        (
            Extent::Attention,
            None
            | Some(
                RuleVerdict::KnownFailure
                | RuleVerdict::Pass
                | RuleVerdict::Observed
                | RuleVerdict::Skip
                | RuleVerdict::NotRun,
            ),
        ) => false,
    }
}

fn origin(suite: &SuiteOrigin) -> String {
    match suite {
        SuiteOrigin::Embedded(digest) => format!("embedded, digest {digest}"),
        SuiteOrigin::Paths(paths) => paths.join(", "),
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(RULE_SHOWN) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
    }
}

fn counted(count: usize, one: &str) -> String {
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::record::{DocumentPlace, PlaceRecord};

    fn rule(coverage: Coverage) -> RequirementTrace {
        RequirementTrace {
            id: "x.name".into(),
            level: Level::Must,
            source: Source::Document,
            rule: "a name has at most 64 characters".into(),
            place: Some(DocumentPlace { section: "Keys".into(), row: Some("name".into()), clause: None }),
            evidence: None,
            excluded: None,
            coverage,
            implied: None,
            verdicts: BTreeMap::new(),
            cases: Vec::new(),
        }
    }

    fn case(address: &str, verdict: Option<RuleVerdict>) -> TracedCase {
        let place = PlaceRecord { file: "x.yaml".into(), line: 3, column: 5 };
        TracedCase { address: address.into(), place, level: Level::Must, verdict }
    }

    fn shown(rule: &RequirementTrace, extent: Extent) -> String {
        let mut out = Vec::new();
        write_rule(rule, extent, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_is_not_covered_stands_out() {
        let uncovered = shown(&rule(Coverage::Uncovered), Extent::Attention);
        assert!(uncovered.starts_with("  must     x.name                           UNCOVERED"), "{uncovered}");
        let excluded = RequirementTrace { excluded: Some("cannot be seen".into()), ..rule(Coverage::Excluded) };
        assert!(shown(&excluded, Extent::Attention).contains("excluded: cannot be seen"));
        let observed = RequirementTrace { cases: vec![case("a", None)], ..rule(Coverage::Observed) };
        assert!(shown(&observed, Extent::Attention).contains("observed only, no case binds: 1 case"));
    }

    #[test]
    fn a_failing_case_is_written_out_and_a_passing_one_counted() {
        let cases = vec![case("good", Some(RuleVerdict::Pass)), case("bad", Some(RuleVerdict::Fail))];
        let verdicts = BTreeMap::from([(RuleVerdict::Pass, 1), (RuleVerdict::Fail, 1)]);
        let rule = RequirementTrace { cases, verdicts, ..rule(Coverage::Checked) };
        let text = shown(&rule, Extent::Attention);
        assert!(text.contains("1 fail, 1 pass"), "{text}");
        assert!(text.contains("document, Keys › name: a name has at most 64 characters"), "{text}");
        assert!(text.contains("fail         bad  x.yaml:3:5") && !text.contains("good"), "{text}");
        assert!(shown(&rule, Extent::Everything).contains("good"));
    }
}
