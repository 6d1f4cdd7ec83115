//! Groups of deviations with their diffs and examples, up to a size.

use crate::record::load::{Deviation, Example, LoadRecord};
use crate::report::diff::JsonDiff;
use crate::report::html::rows::escaped_length;
use crate::report::html::side_by_side::{DiffRow, side_by_side};
use crate::report::load::example::curl;
use crate::report::load::figure::{rate, time};
use crate::report::text::{shortened, visible};

/// How many groups are shown.
const GROUPS: usize = 50;
/// How much their examples may weigh together.
const BUDGET: usize = 500_000;
/// How many lines of a diff are shown.
const LINES: usize = 80;
/// How much of a request or a body is shown.
const BODY: usize = 4_000;
/// How many cases of a group are named.
const CASES: usize = 20;

/// Deviations of one shape.
pub(super) struct Group {
    pub(super) number: usize,
    pub(super) count: u64,
    pub(super) warm_up: u64,
    pub(super) shape: String,
    pub(super) outcome: String,
    pub(super) cases: Vec<(String, u64)>,
    pub(super) cases_left_out: usize,
    pub(super) examples: Vec<ExampleView>,
    pub(super) examples_left_out: usize,
}

/// One exchange as evidence.
pub(super) struct ExampleView {
    pub(super) line: String,
    pub(super) mismatches: Vec<(&'static str, String, String, String)>,
    pub(super) diff: Vec<DiffRow>,
    pub(super) diff_left_out: usize,
    pub(super) request: String,
    pub(super) reply: String,
    pub(super) curl: String,
}

/// The groups, and how many have no place.
pub(super) fn groups(record: &LoadRecord) -> (Vec<Group>, usize) {
    let mut room = BUDGET;
    let shown = record.deviations.iter().take(GROUPS).enumerate();
    let groups = shown.map(|(index, deviation)| group(record, index + 1, deviation, &mut room)).collect();
    (groups, record.deviations.len().saturating_sub(GROUPS))
}

fn group(record: &LoadRecord, number: usize, deviation: &Deviation, room: &mut usize) -> Group {
    let mut examples = Vec::new();
    for example in &deviation.examples {
        let view = view(record, example);
        match room.checked_sub(view.weight()) {
            Some(left) => *room = left,
            None => break,
        }
        examples.push(view);
    }
    let cases = deviation.cases.iter().take(CASES).map(|case| (visible(&case.case), case.count));
    Group {
        number,
        count: deviation.count,
        warm_up: deviation.warm_up,
        shape: visible(&shortened(&deviation.shape, BODY)),
        outcome: visible(&deviation.outcome),
        cases: cases.collect(),
        cases_left_out: deviation.cases.len().saturating_sub(CASES),
        examples_left_out: deviation.examples.len() - examples.len(),
        examples,
    }
}

fn view(record: &LoadRecord, example: &Example) -> ExampleView {
    let lines = JsonDiff::between(&example.body, &example.mismatches).map(|diff| diff.lines()).unwrap_or_default();
    let mut diff = side_by_side(lines);
    let diff_left_out = diff.len().saturating_sub(LINES);
    diff.truncate(LINES);
    let took = example.finished_ns.saturating_sub(example.intended_ns);
    let offered = if example.offered > 0.0 { format!(" at {} offered", rate(example.offered)) } else { String::new() };
    let mismatches = example.mismatches.iter().map(|mismatch| {
        let text = |text: &str| visible(&shortened(text, BODY));
        (mismatch.kind.sentence(), text(&mismatch.at), text(&mismatch.expected), text(&mismatch.actual))
    });
    ExampleView {
        line: format!(
            "arrival {}, planned {} after the start{offered}: HTTP {} after {} (dispatched {} after the planned instant)",
            example.index,
            time(example.intended_ns),
            example.status,
            time(took),
            time(example.dispatched_ns.saturating_sub(example.intended_ns))
        ),
        mismatches: mismatches.collect(),
        diff,
        diff_left_out,
        request: lines_of(&example.request),
        reply: reply(example),
        curl: curl(&record.settings, example),
    }
}

fn reply(example: &Example) -> String {
    let mut text = format!("HTTP {}\n", example.status);
    for (name, value) in &example.headers {
        text.push_str(&format!("{}: {}\n", visible(name), visible(value)));
    }
    text.push('\n');
    text.push_str(&lines_of(&example.body));
    text
}

/// The text with its own lines, and nothing else that moves.
fn lines_of(text: &str) -> String {
    let short = shortened(text, BODY);
    let lines = short.split('\n').map(|line| visible(line.trim_end_matches('\r')));
    lines.collect::<Vec<_>>().join("\n")
}

impl ExampleView {
    fn weight(&self) -> usize {
        let texts = [&self.line, &self.request, &self.reply, &self.curl].map(|text| escaped_length(text));
        let mismatches = self.mismatches.iter();
        let mismatches = mismatches.map(|(_, at, expected, actual)| {
            200 + [at, expected, actual].map(|text| escaped_length(text)).iter().sum::<usize>()
        });
        let diff = self.diff.iter().map(|row| 60 + escaped_length(&row.expected) + escaped_length(&row.actual));
        700 + texts.iter().sum::<usize>() + mismatches.sum::<usize>() + diff.sum::<usize>()
    }
}
