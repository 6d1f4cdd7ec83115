//! All findings of a run, merged over shards: exact counts, and a bounded number of examples for each deviation.
//!
//! Decides at the end what "limited (learned)" holds: a well-formed refusal above the documented rate is the limit at
//! work only if its outcome was never seen at or below that rate. If it was, all of its counts are deviations.

use std::collections::HashMap;
use std::sync::Arc;

use super::accounting::Fate;
use super::finding::{Example, Finding, Kind, MOST_EXAMPLES, Side};

/// How often a finding was made in one phase.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// At or below the documented rate.
    pub within: u64,
    /// Above it.
    pub above: u64,
}

impl Count {
    /// Both sides.
    #[must_use]
    pub fn total(self) -> u64 {
        self.within + self.above
    }

    pub(crate) fn add(&mut self, side: Side) {
        match side {
            Side::Within => self.within += 1,
            Side::Above => self.above += 1,
        }
    }
}

/// A finding with its counts.
#[derive(Clone, Debug)]
pub struct Row {
    /// What was found.
    pub finding: Finding,
    /// How often, for each phase.
    pub counts: Vec<Count>,
    /// Evidence, for deviations and for what the limit answers.
    pub examples: Vec<Example>,
}

impl Row {
    /// How often it was found in all phases.
    #[must_use]
    pub fn count(&self) -> Count {
        self.counts.iter().fold(Count::default(), |sum, count| Count {
            within: sum.within + count.within,
            above: sum.above + count.above,
        })
    }
}

/// Deviations of one case and shape.
#[derive(Clone, Debug)]
pub struct Group<'a> {
    /// Index of the case.
    pub case: usize,
    /// The diff with volatile values abstracted.
    pub shape: &'a str,
    /// The outcome in the api's words.
    pub outcome: &'a str,
    /// Exactly how many.
    pub count: u64,
    /// Some of them, whole.
    pub examples: &'a [Example],
}

/// The findings of a run.
#[derive(Clone, Debug, Default)]
pub struct Recorder {
    phases: usize,
    rows: Vec<Row>,
    places: HashMap<Finding, usize>,
    examples: usize,
}

/// How many examples a run keeps over all findings: with [`super::finding::LONGEST_BODY`] some 4 MB of bodies.
const MOST_IN_ALL: usize = 256;

impl Recorder {
    /// No findings yet.
    #[must_use]
    pub fn new(phases: usize) -> Self {
        Self { phases, ..Self::default() }
    }

    /// Adds counts of a finding in a phase.
    pub fn count(&mut self, finding: &Finding, phase: usize, more: Count) {
        let place = self.place(finding);
        let count = &mut self.rows[place].counts[phase];
        count.within += more.within;
        count.above += more.above;
    }

    /// Keeps an example, within the bounds; returns whether it was kept.
    pub fn example(&mut self, finding: &Finding, example: &Example) -> bool {
        let place = self.place(finding);
        let kept = self.rows[place].examples.len() < MOST_EXAMPLES && self.examples < MOST_IN_ALL;
        if kept {
            self.rows[place].examples.push(example.clone());
            self.examples += 1;
        }
        kept
    }

    /// How many phases its counts have.
    #[must_use]
    pub fn phases(&self) -> usize {
        self.phases
    }

    /// Everything that was found.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The row of a finding.
    #[must_use]
    pub fn row_of(&self, finding: &Finding) -> Option<usize> {
        self.places.get(finding).copied()
    }

    /// The fate of what a row counted above the documented rate: [`Fate::Learned`] only for an outcome that was never seen
    /// at or below it.
    #[must_use]
    pub fn fate_above(&self, row: &Row) -> Fate {
        match row.finding.fate(Side::Above) {
            Fate::Learned if self.seen_within(&row.finding.outcome) => Fate::Deviating,
            fate => fate,
        }
    }

    /// The deviations, the most frequent first.
    #[must_use]
    pub fn groups(&self) -> Vec<Group<'_>> {
        let mut groups: Vec<Group<'_>> = self
            .rows
            .iter()
            .filter_map(|row| {
                let Kind::Deviating { shape, .. } = &row.finding.kind else { return None };
                let Count { within, above } = row.count();
                let count = within + if self.fate_above(row) == Fate::Deviating { above } else { 0 };
                let Finding { case, outcome, .. } = &row.finding;
                (count > 0).then_some(Group { case: *case, shape, outcome, count, examples: &row.examples })
            })
            .collect();
        groups.sort_by(|one, other| other.count.cmp(&one.count).then(one.shape.cmp(other.shape)));
        groups
    }

    /// What must be taken from learned to deviating, as counts for each phase.
    pub(crate) fn unlearned(&self) -> Vec<u64> {
        let mut counts = vec![0; self.phases];
        for row in &self.rows {
            if row.finding.fate(Side::Above) == Fate::Learned && self.seen_within(&row.finding.outcome) {
                for (sum, count) in counts.iter_mut().zip(&row.counts) {
                    *sum += count.above;
                }
            }
        }
        counts
    }

    fn seen_within(&self, outcome: &Arc<str>) -> bool {
        self.rows.iter().any(|row| row.finding.outcome == *outcome && row.count().within > 0)
    }

    fn place(&mut self, finding: &Finding) -> usize {
        if let Some(&place) = self.places.get(finding) {
            return place;
        }
        let place = self.rows.len();
        let counts = vec![Count::default(); self.phases];
        self.rows.push(Row { finding: finding.clone(), counts, examples: Vec::new() });
        self.places.insert(finding.clone(), place);
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::plan::Refusal;

    fn refusal(outcome: &str, refusal: Refusal) -> Finding {
        let kind = Kind::Deviating { shape: format!("code {outcome}").into(), refusal };
        Finding { case: 0, outcome: outcome.into(), kind }
    }

    #[test]
    fn a_refusal_that_appears_only_above_the_rate_is_the_limit() {
        let mut recorder = Recorder::new(2);
        recorder.count(&refusal("1008", Refusal::WellFormed), 1, Count { within: 0, above: 40 });
        assert!(recorder.groups().is_empty());
        assert_eq!(recorder.unlearned(), [0, 0]);
    }

    #[test]
    fn a_refusal_that_appears_below_the_rate_as_well_is_a_deviation_everywhere() {
        let mut recorder = Recorder::new(2);
        recorder.count(&refusal("1008", Refusal::WellFormed), 1, Count { within: 0, above: 40 });
        recorder.count(&refusal("1008", Refusal::WellFormed), 0, Count { within: 1, above: 0 });
        assert_eq!(recorder.groups()[0].count, 41);
        assert_eq!(recorder.unlearned(), [0, 40]);
    }

    #[test]
    fn other_deviations_above_the_rate_stay_deviations() {
        let mut recorder = Recorder::new(1);
        recorder.count(&refusal("broken", Refusal::No), 0, Count { within: 0, above: 7 });
        assert_eq!(recorder.groups()[0].count, 7);
        assert_eq!(recorder.unlearned(), [0]);
    }
}
