//! What failed, in a few lines for the first screen: cases that break one rule in one way are one line.

use crate::record::CheckRecord;
use crate::report::failure::{Failure, failures};

/// How many lines there are.
const LINES: usize = 4;

/// Cases that break one rule in one way.
pub(super) struct Short<'a> {
    pub(super) sentence: &'static str,
    /// The rule and its place; empty for a case that stands for none.
    pub(super) rule: String,
    pub(super) authority: String,
    pub(super) count: usize,
    /// The first of them, to go to.
    pub(super) address: &'a str,
}

/// The lines, those of most cases first, and how many there are beyond them.
pub(super) fn shorts(record: &CheckRecord) -> (Vec<Short<'_>>, usize) {
    let mut shorts: Vec<Short<'_>> = Vec::new();
    for failure in failures(record) {
        let (rule, authority) = rule(&failure);
        let sentence = failure.sentence();
        match shorts.iter_mut().find(|short| short.rule == rule && short.sentence == sentence) {
            Some(short) => short.count += 1,
            None => shorts.push(Short { sentence, rule, authority, count: 1, address: &failure.case.address }),
        }
    }
    shorts.sort_by_key(|short| std::cmp::Reverse(short.count));
    let left_out = shorts.len().saturating_sub(LINES);
    shorts.truncate(LINES);
    (shorts, left_out)
}

fn rule(failure: &Failure<'_>) -> (String, String) {
    let claim = failure.broken.first().map(|(claim, _)| *claim);
    claim.and_then(|claim| failure.rule(claim)).unwrap_or_default()
}

impl Short<'_> {
    /// The address as the fragment of a link.
    pub(super) fn link(&self) -> String {
        percent_encoding::utf8_percent_encode(self.address, percent_encoding::NON_ALPHANUMERIC).to_string()
    }
}
