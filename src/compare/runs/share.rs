//! Counts of two sides as shares of their arrivals: wrong, limited, unanswered and unsent requests.
//!
//! A share is compared on the scale on which chance gives it the same variance wherever it lies (arcsine, with Anscombe's
//! correction of 1948), so that the same evidence serves it: chance within the runs at least, and drift as it is seen. What
//! no run of base has and every run of head has did not drift in: there chance within the runs is all that can explain it.

use super::evidence::{Evidence, Value};
use super::run::LoadRun;
use super::verdict::{ERROR, OF_LATENCIES, Size, Terms};
use crate::record::compare::{ChangeFinding, Counted, Design, ShareChange};
use crate::record::load::LoadRecord;

/// What is counted, and for deviations of one shape which.
type Row = (Counted, Option<[String; 2]>);

/// Compares every share that is above zero anywhere.
pub(super) fn shares(base: &[LoadRun], head: &[LoadRun], terms: &Terms) -> Vec<ShareChange> {
    let rows = rows(base, head);
    #[expect(clippy::cast_precision_loss, reason = "a number of rows")]
    let error = ERROR * (1.0 - OF_LATENCIES) / rows.len().max(1) as f64;
    rows.into_iter().map(|row| judged(row, base, head, terms, error)).collect()
}

fn rows(base: &[LoadRun], head: &[LoadRun]) -> Vec<Row> {
    let mut shapes: Vec<[String; 2]> = Vec::new();
    for group in base.iter().chain(head).flat_map(|run| &run.record.deviations) {
        let shape = [group.outcome.clone(), group.shape.clone()];
        if group.count > 0 && !shapes.contains(&shape) {
            shapes.push(shape);
        }
    }
    // One shape alone is all that deviates.
    let all = (shapes.len() > 1).then_some(Counted::Deviating);
    let others = [Counted::Limited, Counted::TimedOut, Counted::Failed, Counted::NeverSent];
    let plain = all.into_iter().chain(others).map(|counted| (counted, None));
    let shaped = shapes.into_iter().map(|shape| (Counted::Deviation, Some(shape)));
    let some = |row: &Row| base.iter().chain(head).any(|run| count(row, &run.record) > 0);
    plain.chain(shaped).filter(some).collect()
}

fn count((counted, shape): &Row, record: &LoadRecord) -> u64 {
    let counts = &record.totals.judged;
    match counted {
        Counted::Deviating => counts.deviating,
        Counted::Deviation => {
            let is = |group: &&crate::record::load::Deviation| {
                shape.as_ref().is_some_and(|[outcome, shape]| group.outcome == *outcome && group.shape == *shape)
            };
            record.deviations.iter().find(is).map_or(0, |group| group.count)
        }
        Counted::Limited => counts.limited + counts.learned,
        Counted::TimedOut => counts.timed_out,
        Counted::Failed => counts.failed,
        Counted::NeverSent => counts.never_sent(),
    }
}

fn judged(row: Row, base: &[LoadRun], head: &[LoadRun], terms: &Terms, error: f64) -> ShareChange {
    let side = |runs: &[LoadRun]| -> Vec<u64> { runs.iter().map(|run| count(&row, &run.record)).collect() };
    let planned = |runs: &[LoadRun]| -> Vec<u64> { runs.iter().map(|run| run.record.totals.judged.planned).collect() };
    let (counts, of) = ([side(base), side(head)], [planned(base), planned(head)]);
    let values = |side: usize| -> Vec<Value> { counts[side].iter().zip(&of[side]).map(stabilised).collect() };
    let evidence = match terms.design {
        Design::Paired => Evidence::of_pairs(&values(0), &values(1)),
        Design::Independent | Design::Single => Evidence::between(&values(0), &values(1)),
    };
    let sums = |of: &[Vec<u64>; 2]| [of[0].iter().sum::<u64>(), of[1].iter().sum::<u64>()];
    let (sum, all) = (sums(&counts), sums(&of));
    let apart = sum[0] == 0 && counts[1].iter().all(|count| *count > 0);
    let evidence = if apart { evidence.map(Evidence::without_drift) } else { evidence };
    let size = if share(sum[1], all[1]) > share(sum[0], all[0]) * (1.0 + terms.max_regression) {
        Size::Above
    } else {
        Size::Within
    };
    let finding = evidence.map_or(ChangeFinding::NotCompared, |evidence| terms.finding(&evidence, size, error));
    let (counted, shape) = row;
    ShareChange {
        counted,
        shape,
        finding,
        new: sum[0] == 0 && sum[1] > 0,
        counts: sum,
        of: all,
        p: evidence.and_then(|evidence| terms.corrected(&evidence, error)),
        runs: counts,
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts below 2^53")]
fn stabilised((count, of): (&u64, &u64)) -> Value {
    let (count, of) = (*count as f64, *of as f64);
    let share = ((count + 0.375) / (of + 0.75)).min(1.0);
    Value { at: 2.0 * share.sqrt().asin(), chance: 1.0 / (of + 0.5) }
}

#[expect(clippy::cast_precision_loss, reason = "counts below 2^53")]
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::load::Ledger;
    use crate::record::load::{Counts, Deviation};

    /// A run of 5 000 arrivals, so many of them answered with a shape.
    fn run(shapes: &[(&str, u64)]) -> LoadRun {
        let deviating: u64 = shapes.iter().map(|(_, count)| count).sum();
        let as_expected = 5_000 - deviating;
        let counts = Counts { planned: 5_000, sent: 5_000, as_expected, deviating, ..Counts::default() };
        let mut record = sample::with_counts(&Ledger::new(1, 1), counts, 1);
        record.deviations = shapes
            .iter()
            .map(|(shape, count)| Deviation {
                shape: (*shape).to_owned(),
                outcome: "refused 1".into(),
                count: *count,
                warm_up: 0,
                cases: Vec::new(),
                examples: Vec::new(),
            })
            .collect();
        LoadRun::new("run".into(), record, None)
    }

    fn side(shape: &str, counts: &[u64]) -> Vec<LoadRun> {
        counts.iter().map(|count| run(&[(shape, *count)])).collect()
    }

    fn found(base: &[u64], head: &[u64], design: Design) -> ChangeFinding {
        let terms = Terms { design, max_regression: 0.05 };
        let changes = shares(&side("a", base), &side("a", head), &terms);
        assert_eq!(changes.len(), 1);
        changes[0].finding
    }

    #[test]
    fn what_every_run_of_head_has_and_none_of_base_is_a_regression_from_two_runs_on() {
        assert_eq!(found(&[0, 0], &[30, 22], Design::Independent), ChangeFinding::Regression);
        assert_eq!(found(&[0], &[30], Design::Single), ChangeFinding::Suspected);
        assert_eq!(found(&[0, 0, 0, 0, 0], &[1, 0, 0, 0, 0], Design::Independent), ChangeFinding::Unproven);
    }

    #[test]
    fn what_both_sides_have_drifts_and_is_judged_by_its_scatter() {
        let base = [50, 60, 55, 48, 52];
        assert_eq!(found(&base, &[51, 58, 57, 50, 49], Design::Independent), ChangeFinding::Unproven);
        assert_eq!(found(&base, &[110, 95, 105, 99, 120], Design::Independent), ChangeFinding::Regression);
        assert_eq!(found(&base, &[5, 500, 4, 6, 90], Design::Independent), ChangeFinding::Unproven);
        assert_eq!(found(&base, &[0, 0, 1, 0, 0], Design::Independent), ChangeFinding::Better);
    }

    #[test]
    fn a_new_shape_is_noticed_where_the_sum_stays_the_same() {
        let base = [run(&[("old", 40)]), run(&[("old", 42)]), run(&[("old", 38)])];
        let head =
            [run(&[("old", 11), ("new", 30)]), run(&[("old", 9), ("new", 31)]), run(&[("old", 10), ("new", 29)])];
        let changes = shares(&base, &head, &Terms { design: Design::Independent, max_regression: 0.05 });
        let of = |wanted: &str| {
            let is = |change: &&ShareChange| change.shape.as_ref().is_some_and(|[_, shape]| shape == wanted);
            changes.iter().find(is).unwrap()
        };
        assert_eq!((of("new").finding, of("new").new), (ChangeFinding::Regression, true));
        assert_ne!(of("old").finding, ChangeFinding::Regression);
        let sum = changes.iter().find(|change| change.counted == Counted::Deviating).unwrap();
        assert_eq!((sum.counts, sum.finding), ([120, 120], ChangeFinding::Unproven));
    }
}
