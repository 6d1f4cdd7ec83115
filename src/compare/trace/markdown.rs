//! The places of one document in order, each with what covers it, as a Markdown page. The document's own text is not in it.

use std::fmt::Write as _;

use indexmap::IndexMap;

use super::{ApiTrace, Coverage, Implication, RequirementTrace};
use crate::record::Source;

/// The page of one api. It depends on the suite only, so that it can be kept under version control and compared.
#[must_use]
pub fn coverage_page(api: &ApiTrace) -> String {
    let mut page = format!("# {}: what covers each rule of {}\n\n", api.title, api.document);
    page.push_str(
        "Written by `proofhouse trace --docs docs`; a test compares it with the suite. The rules are in our own words. \
         A case is named with the number of its variants; `must` gates, `should` gates on request, `observe` never \
         does. *Where declared*: the cases bind on targets that declare what they need, companions that make effects \
         visible, or facts; on others they are skipped, or observed.\n",
    );
    let _ = writeln!(
        page,
        "\n{} rules: {} checked, {} checked where declared, {} observed, {} excluded with a reason, {} uncovered.",
        api.requirements.len(),
        api.count(Coverage::Checked),
        api.count(Coverage::CheckedWhereDeclared),
        api.count(Coverage::Observed),
        api.count(Coverage::Excluded),
        api.count(Coverage::Uncovered),
    );
    let mut sections: IndexMap<&str, Vec<&RequirementTrace>> = IndexMap::new();
    for rule in &api.requirements {
        if let (Source::Document, Some(place)) = (rule.source, &rule.place) {
            sections.entry(&place.section).or_default().push(rule);
        }
    }
    for (section, rules) in sections {
        let _ = write!(page, "\n## {section}\n\n| place | level | rule | covered by |\n| --- | --- | --- | --- |\n");
        rules.iter().for_each(|rule| row(&mut page, &place(rule), rule));
    }
    let beyond = [(Source::Public, "Known from elsewhere", "evidence"), (Source::Open, "Open", "requirement")];
    for (source, heading, first) in beyond {
        let rules: Vec<&RequirementTrace> = api.requirements.iter().filter(|rule| rule.source == source).collect();
        if rules.is_empty() {
            continue;
        }
        let _ = write!(page, "\n## {heading}\n\n| {first} | level | rule | covered by |\n| --- | --- | --- | --- |\n");
        for rule in rules {
            let id = format!("`{}`", rule.id);
            row(&mut page, rule.evidence.as_deref().unwrap_or(&id), rule);
        }
    }
    page
}

fn row(page: &mut String, first: &str, rule: &RequirementTrace) {
    let (first, words, by) = (cell(first), cell(&rule.rule), covered_by(rule));
    let _ = writeln!(page, "| {first} | {} | {words} | {by} |", rule.level);
}

/// Row and clause: the section is the heading.
fn place(rule: &RequirementTrace) -> String {
    let parts = rule.place.iter().flat_map(|place| [place.row.as_deref(), place.clause.as_deref()]);
    let parts: Vec<&str> = parts.flatten().collect();
    if parts.is_empty() { "the section".into() } else { parts.join(" › ") }
}

fn covered_by(rule: &RequirementTrace) -> String {
    match (rule.coverage, &rule.excluded) {
        (Coverage::Uncovered, _) => return "**nothing**".into(),
        (Coverage::Excluded, reason) => return format!("excluded: {}", cell(reason.as_deref().unwrap_or_default())),
        (Coverage::Checked | Coverage::CheckedWhereDeclared | Coverage::Observed, _) => {}
    }
    let condition = if rule.coverage == Coverage::CheckedWhereDeclared { "*where declared*: " } else { "" };
    let mut names: IndexMap<&str, usize> = IndexMap::new();
    for case in &rule.cases {
        *names.entry(case.address.split('[').next().unwrap_or(&case.address)).or_default() += 1;
    }
    let several = |count: usize| if count == 1 { String::new() } else { format!(" × {count}") };
    let mut parts: Vec<String> = names.iter().map(|(name, count)| format!("`{name}`{}", several(*count))).collect();
    match rule.implied {
        Some(Implication::Envelope(_)) => parts.push("every case that binds".into()),
        Some(Implication::Rate) => parts.push("every paced run; `proofhouse limit`".into()),
        None => {}
    }
    format!("{condition}{}", parts.join(", "))
}

/// A text that does not end a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::trace::{Suites, trace_api};
    use crate::scenario::Suite;
    use crate::target::Declared;

    #[test]
    fn every_rule_stands_once_and_a_section_has_one_heading() {
        let suite = Suite::embedded().unwrap();
        for api in suite.tested_apis() {
            let everything = suite.cases(api, &Declared::everything(api)).unwrap();
            let trace = trace_api(api, Suites { everything: &everything, nothing: &[] }, None);
            let page = coverage_page(&trace);
            let rows = page.lines().filter(|line| line.starts_with("| ")).count();
            let mut headings: Vec<&str> = page.lines().filter(|line| line.starts_with("## ")).collect();
            assert_eq!(rows, trace.requirements.len() + 2 * headings.len(), "{}", api.name);
            headings.sort_unstable();
            let all = headings.len();
            headings.dedup();
            assert_eq!(headings.len(), all, "{headings:?}");
        }
    }
}
