//! The blocks of failing cases, as texts, up to a size.

use super::rows::escaped_length;
use super::side_by_side::{DiffRow, side_by_side};
use crate::record::CheckRecord;
use crate::report::failure::{Failure, failures};
use crate::report::text::visible;

/// How much the blocks may weigh together: with the rows of 2 000 cases the file stays below 2 MB.
const BUDGET: usize = 900_000;

/// What the markup of a block weighs without its texts.
const MARKUP: usize = 900;

/// How many failures beyond that have a line each.
const LINES: usize = 1_000;

/// How many lines of a diff are shown.
const DIFF_LINES: usize = 80;

/// How many blocks are open from the beginning.
const OPEN: usize = 3;

/// One failing case.
pub(super) struct Block<'a> {
    pub(super) address: &'a str,
    pub(super) api: &'a str,
    pub(super) level: &'a str,
    pub(super) about: &'a str,
    pub(super) sentence: &'a str,
    pub(super) broken: Vec<BrokenClaim>,
    pub(super) reply: String,
    pub(super) diff: Vec<DiffRow>,
    pub(super) diff_left_out: usize,
    pub(super) notes: Vec<String>,
    pub(super) curl: String,
    pub(super) place: String,
    pub(super) open: bool,
}

/// One claim that is broken.
pub(super) struct BrokenClaim {
    pub(super) rule: String,
    pub(super) authority: String,
    pub(super) level: &'static str,
    pub(super) mismatches: Vec<MismatchText>,
}

/// Where, and what, with types.
pub(super) struct MismatchText {
    pub(super) kind: &'static str,
    pub(super) at: String,
    pub(super) expected: String,
    pub(super) actual: String,
}

/// A failure that has a line only.
pub(super) struct Line<'a> {
    pub(super) address: &'a str,
    pub(super) text: String,
}

/// All failures, in full as far as they fit.
pub(super) struct Blocks<'a> {
    pub(super) blocks: Vec<Block<'a>>,
    pub(super) lines: Vec<Line<'a>>,
    pub(super) left_out: usize,
}

/// The failures of a record.
pub(super) fn blocks(record: &CheckRecord) -> Blocks<'_> {
    let failures = failures(record);
    let mut weight = 0;
    let mut blocks = Vec::new();
    for failure in &failures {
        let block = block(failure, blocks.len() < OPEN);
        weight += block.weight();
        if weight > BUDGET {
            break;
        }
        blocks.push(block);
    }
    let rest = &failures[blocks.len()..];
    let lines =
        rest.iter().take(LINES).map(|failure| Line { address: &failure.case.address, text: failure.one_line() });
    Blocks { lines: lines.collect(), left_out: rest.len().saturating_sub(LINES), blocks }
}

fn block<'a>(failure: &Failure<'a>, open: bool) -> Block<'a> {
    let case = failure.case;
    let mut diff = failure.diff().map_or_else(Vec::new, |diff| side_by_side(diff.lines()));
    let diff_left_out = diff.len().saturating_sub(DIFF_LINES);
    diff.truncate(DIFF_LINES);
    Block {
        address: &case.address,
        api: &failure.api.name,
        level: case.level.as_str(),
        about: case.about.as_deref().unwrap_or_default(),
        sentence: failure.sentence(),
        broken: broken(failure),
        reply: failure.reply().unwrap_or_default(),
        diff,
        diff_left_out,
        notes: failure.notes(),
        curl: failure.curl().unwrap_or_default(),
        place: case.place.to_string(),
        open,
    }
}

fn broken(failure: &Failure<'_>) -> Vec<BrokenClaim> {
    let text = |mismatch: &crate::record::MismatchRecord| MismatchText {
        kind: mismatch.kind.sentence(),
        at: mismatch.at.clone(),
        expected: visible(&mismatch.expected),
        actual: visible(&mismatch.actual),
    };
    let claims = failure.broken.iter().map(|(claim, mismatches)| {
        let (rule, authority) = failure.rule(claim).unwrap_or_default();
        BrokenClaim { rule, authority, level: claim.level.as_str(), mismatches: mismatches.iter().map(text).collect() }
    });
    claims.collect()
}

impl Block<'_> {
    fn weight(&self) -> usize {
        let claims = self.broken.iter().map(|claim| {
            let mismatches = claim.mismatches.iter();
            let texts = mismatches.map(|one| 160 + escaped_length(&one.expected) + escaped_length(&one.actual));
            200 + escaped_length(&claim.rule) + escaped_length(&claim.authority) + texts.sum::<usize>()
        });
        let diff = self.diff.iter().map(|row| 60 + escaped_length(&row.expected) + escaped_length(&row.actual));
        let notes = self.notes.iter().map(|note| 10 + escaped_length(note));
        let texts = escaped_length(&self.reply) + escaped_length(&self.curl) + 3 * escaped_length(self.address);
        MARKUP + texts + claims.sum::<usize>() + diff.sum::<usize>() + notes.sum::<usize>()
    }
}
