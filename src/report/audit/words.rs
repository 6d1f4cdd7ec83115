//! The sentences of an audit that all formats share.

use crate::record::{AuditRecord, Change, Difference, RequirementGroup};
use crate::report::text::{counted, shortened, visible};

/// What every output says first: of whom it speaks, and how much differs.
pub(super) fn headline(audit: &AuditRecord) -> String {
    format!("proofhouse diff: {}", summary(audit))
}

/// The counts in a sentence.
pub(in crate::report) fn summary(audit: &AuditRecord) -> String {
    format!(
        "{}: {} compared, {} differ in {} ({} at the gate `{}`), {} not compared",
        audit.api,
        counted(audit.compared, "case"),
        audit.differing,
        counted(audit.groups.len(), "requirement"),
        gating(audit),
        audit.gate,
        audit.not_compared.len()
    )
}

/// How many differences are at the level that gates.
pub(in crate::report) fn gating(audit: &AuditRecord) -> usize {
    audit.groups.iter().filter(|group| group.level >= audit.gate).map(|group| group.differences.len()).sum()
}

/// The rule, or that there is none.
pub(in crate::report) fn rule(group: &RequirementGroup) -> &str {
    group.rule.as_deref().unwrap_or("no requirement")
}

/// Level, rule and id.
pub(super) fn title(group: &RequirementGroup) -> String {
    let id = group.requirement.as_ref().map_or_else(String::new, |id| format!(" ({id})"));
    format!("{}: {}{id}", group.level, rule(group))
}

/// What has to be known besides the differences.
pub(in crate::report) fn notes(audit: &AuditRecord) -> impl Iterator<Item = String> {
    let sides = ["A", "B"].iter().zip(&audit.sides).filter(|(_, side)| !side.volatile.is_empty());
    let volatile =
        sides.map(|(name, side)| format!("{name} changes from time to time, left out: {}", side.volatile.join(", ")));
    volatile.chain(audit.notes.iter().cloned()).map(|note| visible(&note))
}

/// Both sides, with when each was checked.
pub(in crate::report) fn sides(audit: &AuditRecord) -> [(&'static str, String); 2] {
    let side = |index: usize| format!("{}, checked {}", audit.sides[index].target, audit.sides[index].started);
    [("A", side(0)), ("B", side(1))]
}

/// What, on A, on B; values of at most so many characters.
pub(in crate::report) fn changes(
    difference: &Difference,
    most: usize,
) -> impl Iterator<Item = (String, String, String)> {
    let short = move |text: &str| visible(&shortened(text, most));
    difference.changes.iter().map(move |change| (what(change), short(&change.a), short(&change.b)))
}

fn what(change: &Change) -> String {
    let at = if change.at.is_empty() { String::new() } else { format!(" at {}", visible(&change.at)) };
    format!("{}{at}", change.aspect.as_str())
}

/// A difference in lines of text: whom the document supports, and what differs.
pub(super) fn told(difference: &Difference, most: usize) -> Vec<String> {
    let changes = changes(difference, most).map(|(what, a, b)| format!("{what}: A {a}, B {b}"));
    std::iter::once(format!("{}: {}", difference.address, difference.supports.sentence())).chain(changes).collect()
}
