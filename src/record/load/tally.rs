//! Everything that the seconds of a journal found, merged: outcomes with exact counts, deviations by shape.
//!
//! What may be the limit at work counts as learned only if its outcome was never seen at or below the documented rate.

use super::report::{Deviation, DeviationCase, Outcome};
use super::{Example, Found};
use crate::load::Fate;
use crate::record::journal::Journalled;

/// All findings of a run.
pub(super) struct Tally<'a> {
    journal: &'a Journalled,
    rows: Vec<Row<'a>>,
}

/// What was found of one case, outcome and shape.
struct Row<'a> {
    first: &'a Found,
    /// At or below the documented rate, for each phase.
    within: Vec<u64>,
    /// Above it.
    above: Vec<u64>,
    examples: Vec<&'a Example>,
}

/// A count in the judged phases, and one in warm-ups.
#[derive(Clone, Copy, Default)]
struct Pair {
    judged: u64,
    warm_up: u64,
}

impl<'a> Tally<'a> {
    pub(super) fn of(journal: &'a Journalled) -> Self {
        let mut rows: Vec<Row<'a>> = Vec::new();
        let phases = journal.start.phases.len();
        for found in journal.seconds.iter().flat_map(|second| &second.found) {
            let place = rows.iter().position(|row| row.is_of(found)).unwrap_or_else(|| {
                let zeros = vec![0; phases];
                rows.push(Row { first: found, within: zeros.clone(), above: zeros, examples: Vec::new() });
                rows.len() - 1
            });
            let row = &mut rows[place];
            row.within[found.phase] += found.within;
            row.above[found.phase] += found.above;
            row.examples.extend(&found.examples);
        }
        Self { journal, rows }
    }

    /// Deviations by shape and outcome, whatever the case; the most frequent first.
    pub(super) fn deviations(&self) -> Vec<Deviation> {
        let mut groups: Vec<Deviation> = Vec::new();
        for row in &self.rows {
            let Some(shape) = &row.first.shape else { continue };
            let mut count = self.pair(&row.within);
            if !self.is_learned(row) {
                count = count.plus(self.pair(&row.above));
            }
            if count.sum() == 0 {
                continue;
            }
            let outcome = &row.first.outcome;
            let same = |group: &Deviation| group.shape == *shape && group.outcome == *outcome;
            let place = groups.iter().position(same).unwrap_or_else(|| {
                groups.push(Deviation {
                    shape: shape.clone(),
                    outcome: outcome.clone(),
                    count: 0,
                    warm_up: 0,
                    cases: Vec::new(),
                    examples: Vec::new(),
                });
                groups.len() - 1
            });
            let group = &mut groups[place];
            group.count += count.judged;
            group.warm_up += count.warm_up;
            group.cases.push(DeviationCase { case: self.case(row).to_owned(), count: count.sum() });
            let case = self.case(row);
            let whole = |example: &&Example| Example { case: Some(case.to_owned()), ..(*example).clone() };
            group.examples.extend(row.examples.iter().map(whole));
        }
        for group in &mut groups {
            group.cases.sort_by_key(|case| std::cmp::Reverse(case.count));
        }
        groups.sort_by_key(|group| std::cmp::Reverse((group.count, group.warm_up)));
        groups
    }

    /// Every outcome of every case, the most frequent first.
    pub(super) fn outcomes(&self) -> Vec<Outcome> {
        let mut outcomes: Vec<Outcome> = Vec::new();
        for row in &self.rows {
            let (within, above) = (self.pair(&row.within), self.pair(&row.above));
            let parts = if self.is_learned(row) {
                vec![(row.first.fate.as_str(), within), (Fate::Learned.word(), above)]
            } else {
                vec![(row.first.fate.as_str(), within.plus(above))]
            };
            for (fate, count) in parts.into_iter().filter(|(_, count)| count.sum() > 0) {
                let (case, outcome) = (self.case(row), &row.first.outcome);
                let same = |one: &Outcome| one.case == case && one.outcome == *outcome && one.fate == fate;
                let place = outcomes.iter().position(same).unwrap_or_else(|| {
                    outcomes.push(Outcome {
                        case: case.to_owned(),
                        outcome: outcome.clone(),
                        fate: fate.to_owned(),
                        count: 0,
                        warm_up: 0,
                    });
                    outcomes.len() - 1
                });
                outcomes[place].count += count.judged;
                outcomes[place].warm_up += count.warm_up;
            }
        }
        outcomes.sort_by_key(|outcome| std::cmp::Reverse((outcome.count, outcome.warm_up)));
        outcomes
    }

    /// For each phase, how many replies its seconds counted as learned though they are deviations.
    pub(super) fn unlearned(&self) -> Vec<u64> {
        let mut counts = vec![0; self.journal.start.phases.len()];
        for row in self.rows.iter().filter(|row| row.first.may_be_limit && !self.is_learned(row)) {
            counts.iter_mut().zip(&row.above).for_each(|(sum, count)| *sum += count);
        }
        counts
    }

    fn is_learned(&self, row: &Row<'_>) -> bool {
        let outcome = &row.first.outcome;
        let below = |other: &Row<'_>| other.first.outcome == *outcome && other.within.iter().any(|count| *count > 0);
        row.first.may_be_limit && !self.rows.iter().any(below)
    }

    fn pair(&self, counts: &[u64]) -> Pair {
        let mut pair = Pair::default();
        for (phase, count) in self.journal.start.phases.iter().zip(counts) {
            *if phase.is_judged() { &mut pair.judged } else { &mut pair.warm_up } += count;
        }
        pair
    }

    fn case(&self, row: &Row<'_>) -> &'a str {
        &self.journal.start.cases[row.first.case]
    }
}

impl Row<'_> {
    fn is_of(&self, found: &Found) -> bool {
        let Found { case, outcome, fate, shape, may_be_limit, .. } = self.first;
        (*case, outcome, fate, shape, *may_be_limit)
            == (found.case, &found.outcome, &found.fate, &found.shape, found.may_be_limit)
    }
}

impl Pair {
    fn plus(self, other: Self) -> Self {
        Self { judged: self.judged + other.judged, warm_up: self.warm_up + other.warm_up }
    }

    fn sum(self) -> u64 {
        self.judged + self.warm_up
    }
}
