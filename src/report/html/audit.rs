//! The page of an audit: two implementations in two columns, the differences that bind furthest first.

use std::io::{self, Write};

use askama::Template;

use super::lead::{Lead, POINTS, Point, Tile};
use super::rows::escaped_length;
use super::side_by_side::{DiffRow, side_by_side};
use super::written::written;
use crate::record::{AuditRecord, Difference, NotCompared, RequirementGroup, Support};
use crate::report::audit::words::{changes, gating, notes, rule, sides};
use crate::report::diff::lines_between;
use crate::report::text::counted;

/// How much the differences may weigh together.
const BUDGET: usize = 1_500_000;
/// How long a value may be.
const VALUE: usize = 500;
/// How long one may be on the first screen.
const SHORT: usize = 100;
/// How many lines of a pair of replies are shown.
const LINES: usize = 80;
/// How many cases that were not compared are listed.
const LISTED: usize = 500;
/// How many differences are open from the beginning.
const OPEN: usize = 5;

#[derive(Template)]
#[template(path = "audit.html")]
struct Page<'a> {
    title: String,
    lead: Lead,
    marks: Vec<&'static str>,
    audit: &'a AuditRecord,
    groups: Vec<Group<'a>>,
    left_out: usize,
    not_compared: &'a [NotCompared],
    not_compared_left_out: usize,
    notes: Vec<String>,
}

struct Group<'a> {
    group: &'a RequirementGroup,
    class: &'static str,
    rule: &'a str,
    differences: Vec<DifferenceView<'a>>,
}

struct DifferenceView<'a> {
    address: &'a str,
    supports: &'static str,
    is_open: bool,
    changes: Vec<(String, String, String)>,
    diff: Vec<DiffRow>,
    diff_left_out: usize,
}

/// Writes the audit as one HTML file.
///
/// # Errors
/// Those of the writer.
pub(in crate::report) fn write(audit: &AuditRecord, out: &mut dyn Write) -> io::Result<()> {
    written(&page(audit), out)
}

fn page(audit: &AuditRecord) -> Page<'_> {
    let (mut room, mut shown, mut total) = (BUDGET, 0, 0);
    let mut groups = Vec::new();
    for group in &audit.groups {
        total += group.differences.len();
        let mut differences = Vec::new();
        for difference in &group.differences {
            let view = view(difference, shown < OPEN);
            let Some(left) = room.checked_sub(view.weight()) else { break };
            room = left;
            shown += 1;
            differences.push(view);
        }
        let class = if group.level >= audit.gate { "fail" } else { "inconclusive" };
        groups.push(Group { group, class, rule: rule(group), differences });
    }
    Page {
        title: format!("proofhouse diff: {}: {} of {} cases differ", audit.api, audit.differing, audit.compared),
        lead: lead(audit),
        marks: Vec::new(),
        audit,
        groups,
        left_out: total - shown,
        not_compared: &audit.not_compared[..audit.not_compared.len().min(LISTED)],
        not_compared_left_out: audit.not_compared.len().saturating_sub(LISTED),
        notes: notes(audit).collect(),
    }
}

fn lead(audit: &AuditRecord) -> Lead {
    let gating = gating(audit);
    let (points, points_left_out) = points(audit);
    let supports = |side: Support| {
        audit.groups.iter().flat_map(|group| &group.differences).filter(|one| one.supports == side).count()
    };
    let (class, verdict, advice) = match (audit.compared, gating, audit.differing) {
        (0, ..) => ("inconclusive", "nothing could be compared", "The reasons stand below."),
        (_, 0, 0) => ("pass", "no difference was found", "Both did the same in every case that was compared."),
        (_, 0, _) => (
            "pass",
            "the sides differ only where the gate leaves room",
            "What differs stands below; none of it is at the level that gates.",
        ),
        _ => (
            "fail",
            "the sides differ in what must hold",
            "For each difference the page says which side the document supports: the other one is to be changed.",
        ),
    };
    Lead {
        over: "proofhouse diff",
        class,
        verdict: verdict.to_owned(),
        summary: format!(
            "{}: {} compared, {} differ, in {}; {gating} of them in what {} hold",
            audit.api,
            counted(audit.compared, "case"),
            audit.differing,
            counted(audit.groups.len(), "requirement"),
            audit.gate
        ),
        points,
        points_left_out,
        advice: advice.to_owned(),
        facts: sides(audit).into(),
        tiles: vec![
            Tile::new("cases compared", audit.compared.to_string(), ""),
            Tile::new("differ", audit.differing.to_string(), if gating > 0 { "fail" } else { "" }),
            Tile::new("the document supports A", supports(Support::A).to_string(), ""),
            Tile::new("the document supports B", supports(Support::B).to_string(), ""),
            Tile::new("supports neither", supports(Support::Neither).to_string(), ""),
            Tile::new("open", supports(Support::Open).to_string(), ""),
            Tile::new("not compared", audit.not_compared.len().to_string(), ""),
        ],
        ..Lead::default()
    }
}

/// The requirements that differ, those that bind furthest first, and how many there are beyond them.
fn points(audit: &AuditRecord) -> (Vec<Point>, usize) {
    let point = |group: &RequirementGroup| {
        let id = group.requirement.as_ref().map_or_else(String::new, |id| format!(" ({id})"));
        Some(Point {
            strong: whom(group).to_owned(),
            text: format!("{}{id}", rule(group)),
            place: group.authority.clone().unwrap_or_default(),
            example: group.differences.first().map(example).unwrap_or_default(),
            count: group.differences.len(),
            address: group.differences.first()?.address.clone(),
        })
    };
    let points: Vec<Point> = audit.groups.iter().take(POINTS).filter_map(point).collect();
    let left_out = audit.groups.len() - points.len();
    (points, left_out)
}

/// Whom the document supports, which may be one side here and the other one there; cases that leave it open add nothing.
fn whom(group: &RequirementGroup) -> &'static str {
    let seen = |side: &Support| group.differences.iter().any(|one| one.supports == *side);
    let decided: Vec<Support> = [Support::A, Support::B, Support::Neither].into_iter().filter(seen).collect();
    match decided.as_slice() {
        [] => Support::Open.sentence(),
        [one] => one.sentence(),
        _ => "the document supports one side in some cases, and not in others",
    }
}

/// What the first case shows, the first thing of it.
fn example(difference: &Difference) -> String {
    let first = changes(difference, SHORT).next();
    first.map(|(what, a, b)| format!("{what}: A {a}, B {b}")).unwrap_or_default()
}

fn view(difference: &Difference, is_open: bool) -> DifferenceView<'_> {
    let mut diff = side_by_side(difference.replies.as_ref().map(|[a, b]| lines_between(a, b)).unwrap_or_default());
    let diff_left_out = diff.len().saturating_sub(LINES);
    diff.truncate(LINES);
    let supports = difference.supports.sentence();
    DifferenceView {
        address: &difference.address,
        supports,
        is_open,
        changes: changes(difference, VALUE).collect(),
        diff,
        diff_left_out,
    }
}

impl DifferenceView<'_> {
    fn weight(&self) -> usize {
        let changes = self.changes.iter();
        let changes =
            changes.map(|(what, a, b)| 150 + [what, a, b].map(|text| escaped_length(text)).iter().sum::<usize>());
        let diff = self.diff.iter().map(|row| 90 + escaped_length(&row.expected) + escaped_length(&row.actual));
        600 + 2 * escaped_length(self.address) + changes.sum::<usize>() + diff.sum::<usize>()
    }
}
