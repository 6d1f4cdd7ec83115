//! The observations in the form in which hypotheses read them: in order, in seconds, each with how much later than usual
//! its decision may have been made.

use std::time::Duration;

use crate::limit::observation::{Decision, Observation};

/// What hypotheses are held against. Of refusals in a row only the first and the last are kept, and one now and then: a
/// limiter that is full at both ends of a short row is full in between.
pub(super) struct Trace {
    /// When each of these requests was sent, in seconds, ascending.
    pub(super) at: Vec<f64>,
    /// The same of all requests, for limiters that count refused ones too.
    pub(super) all: Vec<f64>,
    /// When each was answered.
    pub(super) answered: Vec<f64>,
    pub(super) decision: Vec<Decision>,
    /// How much later than usual each decision may have been made: the answer tells the latest instant.
    pub(super) late: Vec<f64>,
    /// By how much an instant of decision is off at most, but for one in twenty, in seconds.
    pub(super) slack: f64,
    /// How many admissions may have been decided on the other side of each request.
    pub(super) close: Vec<Close>,
    /// Indices of what was admitted.
    pub(super) admitted: Vec<usize>,
    /// How many refusals are kept.
    pub(super) refusals: usize,
    /// Where something was refused and soon after something admitted: a limiter opened in between.
    pub(super) openings: Vec<Opening>,
    /// How many admissions in quick succession ended with a refusal, ascending.
    pub(super) runs: Vec<usize>,
}

/// Admissions whose order with a request is open.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Close {
    pub(super) before: f64,
    pub(super) after: f64,
}

/// A refusal and the admission after it, by index.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opening {
    pub(super) refused: usize,
    pub(super) admitted: usize,
}

/// In a row of refusals one is kept each time this has passed: a window that is shorter than the row would have opened.
const ROW: Duration = Duration::from_millis(100);
/// An opening is seen when refusal and admission lie no more than so many intervals apart.
const SOON: f64 = 4.0;
/// Requests in quick succession lie no further apart than this share of an interval: at three times the limit and more.
const QUICK: f64 = 0.3;
/// Below this no two schedulers agree on an instant.
const LEAST_SLACK: f64 = 1e-4;
/// An admitted request may be late because it was worked on. Where no refusal tells how long the way took, it is no later
/// than this.
const MOST_LATE: f64 = 5e-3;
/// A refusal tells of admissions within this time.
const NEAR: f64 = 0.03;
/// Orders of more neighbours than this are not looked into: they are not close, but standing still.
const MOST_CLOSE: usize = 400;

impl Trace {
    pub(super) fn new(observations: &[Observation], documented: f64) -> Self {
        let mut sorted: Vec<&Observation> = observations.iter().collect();
        sorted.sort_by_key(|observation| observation.sent);
        let all = sorted.iter().map(|one| one.sent.as_secs_f64()).collect();
        let sorted = without_inner_refusals(&sorted);
        let at: Vec<f64> = sorted.iter().map(|one| one.sent.as_secs_f64()).collect();
        let answered: Vec<f64> = sorted.iter().map(|one| one.answered.as_secs_f64()).collect();
        let decision: Vec<Decision> = sorted.iter().map(|one| one.decision).collect();
        let late = lateness(&at, &answered, &decision);
        let admitted: Vec<usize> = indices(&decision, Decision::Admitted).collect();
        let refusals = indices(&decision, Decision::Refused).count();
        let openings = openings(&at, &decision, SOON / documented);
        let runs = runs(&at, &decision, QUICK / documented);
        let mut ordered = late.clone();
        ordered.sort_by(f64::total_cmp);
        let slack = ordered.get(ordered.len() * 19 / 20).copied().unwrap_or_default().clamp(LEAST_SLACK, MOST_LATE);
        let close = close(&at, &decision, &late);
        Self { at, all, answered, decision, late, slack, close, admitted, refusals, openings, runs }
    }

    /// The same with so much more room for the instants of decisions, in seconds.
    pub(super) fn with_room(mut self, room: f64) -> Self {
        self.slack += room;
        self.late.iter_mut().for_each(|late| *late += room);
        self.close = close(&self.at, &self.decision, &self.late);
        self
    }

    pub(super) fn len(&self) -> usize {
        self.at.len()
    }

    /// How long an answer took, in seconds.
    pub(super) fn service(&self, index: usize) -> f64 {
        self.answered[index] - self.at[index]
    }
}

fn indices(decision: &[Decision], of: Decision) -> impl Iterator<Item = usize> {
    decision.iter().enumerate().filter(move |(_, one)| **one == of).map(|(index, _)| index)
}

fn without_inner_refusals<'a>(sorted: &[&'a Observation]) -> Vec<&'a Observation> {
    let refused = |index: Option<usize>| {
        index.and_then(|index| sorted.get(index)).is_some_and(|one| one.decision == Decision::Refused)
    };
    let inner = |index: usize| refused(index.checked_sub(1)) && refused(Some(index)) && refused(Some(index + 1));
    let mut kept = Duration::ZERO;
    let keeps = |&index: &usize| {
        let keeps = !inner(index) || sorted[index].sent >= kept + ROW;
        if keeps {
            kept = sorted[index].sent;
        }
        keeps
    };
    (0..sorted.len()).filter(keeps).map(|index| sorted[index]).collect()
}

/// By how much each answer was slower than the quickest ones with the same decision. For an admission that is a bound only
/// as far as refusals around it were slow too: the rest was work, after the decision.
fn lateness(at: &[f64], answered: &[f64], decision: &[Decision]) -> Vec<f64> {
    let mut late = vec![0.0; at.len()];
    for of in [Decision::Admitted, Decision::Refused] {
        let mut service: Vec<f64> = indices(decision, of).map(|index| answered[index] - at[index]).collect();
        service.sort_by(f64::total_cmp);
        let quickest = service.get(service.len() / 20).copied().unwrap_or_default();
        for index in indices(decision, of) {
            late[index] = (answered[index] - at[index] - quickest).max(0.0);
        }
    }
    let refused: Vec<usize> = indices(decision, Decision::Refused).collect();
    let mut way: Vec<f64> = refused.iter().map(|&index| late[index]).collect();
    way.sort_by(f64::total_cmp);
    // What delays the way of one refusal in twenty may delay any admission.
    let usual = way.get(way.len() * 19 / 20).copied().unwrap_or(MOST_LATE).min(MOST_LATE);
    for index in indices(decision, Decision::Admitted) {
        let next = refused.partition_point(|&one| one < index);
        let around = [next.checked_sub(1), Some(next)].into_iter().flatten().filter_map(|place| refused.get(place));
        let near = around.filter(|&&one| (at[one] - at[index]).abs() <= NEAR).map(|&one| late[one]);
        let bound = near.fold(None, |most: Option<f64>, one| Some(most.map_or(one, |most| most.max(one))));
        late[index] = late[index].min(bound.map_or(MOST_LATE, |bound| bound.max(usual)));
    }
    late
}

/// Counts the admissions that were sent before a request and may have been decided after it, and the other way round.
fn close(at: &[f64], decision: &[Decision], late: &[f64]) -> Vec<Close> {
    let mut close = vec![Close::default(); at.len()];
    for index in indices(decision, Decision::Admitted) {
        for other in (index + 1..at.len()).take(MOST_CLOSE).take_while(|&other| at[other] <= at[index] + late[index]) {
            close[other].before += 1.0;
        }
    }
    for index in 0..at.len() {
        let after = (index + 1..at.len()).take(MOST_CLOSE).take_while(|&other| at[other] <= at[index] + late[index]);
        for other in after {
            if decision[other] == Decision::Admitted {
                close[index].after += 1.0;
            }
        }
    }
    close
}

fn openings(at: &[f64], decision: &[Decision], soon: f64) -> Vec<Opening> {
    let mut openings = Vec::new();
    let mut refused = None;
    for (index, one) in decision.iter().enumerate() {
        match one {
            Decision::Refused => refused = Some(index),
            Decision::Admitted => {
                // After idling it may have opened at any time.
                if let Some(refused) = refused.take().filter(|&refused| at[index] - at[refused] <= soon) {
                    openings.push(Opening { refused, admitted: index });
                }
            }
            Decision::Unknown => {}
        }
    }
    openings
}

fn runs(at: &[f64], decision: &[Decision], quick: f64) -> Vec<usize> {
    let (mut runs, mut run, mut then) = (Vec::new(), 0, f64::MIN);
    for (at, decision) in at.iter().zip(decision) {
        if at - then > quick {
            run = 0;
        }
        then = *at;
        match decision {
            Decision::Admitted => run += 1,
            Decision::Refused if run > 0 => runs.push(std::mem::take(&mut run)),
            Decision::Refused | Decision::Unknown => {}
        }
    }
    runs.sort_unstable();
    runs
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Requests sent at these milliseconds, each answered after so many microseconds.
    fn trace(of: &[(u64, u64, Decision)]) -> Trace {
        let one = |&(sent, took, decision): &(u64, u64, Decision)| {
            let sent = Duration::from_millis(sent);
            Observation { sent, answered: sent + Duration::from_micros(took), decision, probe: 0 }
        };
        Trace::new(&of.iter().map(one).collect::<Vec<_>>(), 100.0)
    }

    const YES: Decision = Decision::Admitted;
    const NO: Decision = Decision::Refused;

    #[test]
    fn of_refusals_in_a_row_the_ends_are_kept_and_all_count_as_asked() {
        let trace = trace(&[(0, 100, YES), (1, 100, NO), (2, 100, NO), (3, 100, NO), (4, 100, NO), (9, 100, YES)]);
        assert_eq!(trace.at, [0.0, 0.001, 0.004, 0.009]);
        assert_eq!((trace.all.len(), trace.refusals, trace.admitted.len()), (6, 2, 2));
    }

    #[test]
    fn an_opening_is_a_refusal_with_an_admission_soon_after() {
        let trace = trace(&[(0, 100, YES), (2, 100, NO), (10, 100, YES), (12, 100, NO), (900, 100, YES)]);
        let seen: Vec<(usize, usize)> = trace.openings.iter().map(|one| (one.refused, one.admitted)).collect();
        // After nearly a second it may have opened at any time.
        assert_eq!(seen, [(1, 2)]);
    }

    #[test]
    fn a_run_is_what_was_admitted_in_quick_succession_up_to_a_refusal() {
        let trace = trace(&[(0, 100, YES), (50, 100, YES), (51, 100, YES), (52, 100, YES), (53, 100, NO)]);
        assert_eq!(trace.runs, [3]);
    }

    #[test]
    fn a_slow_refusal_was_decided_late_and_slow_work_was_not() {
        let mut requests: Vec<(u64, u64, Decision)> = (0..40).map(|at| (at * 10, 200, NO)).collect();
        for request in requests.iter_mut().skip(1).step_by(2) {
            *request = (request.0, 20_000, YES);
        }
        requests[20].1 = 3_200;
        requests[21].1 = 24_000;
        let trace = trace(&requests);
        assert!((trace.late[20] - 0.003).abs() < 1e-9, "{}", trace.late[20]);
        // Refusals beside it came within their time, but for one: by so much it may have been late, and by no more.
        assert!((trace.late[21] - 0.003).abs() < 1e-9, "{}", trace.late[21]);
        assert!(trace.late[31] < 1e-9, "{}", trace.late[31]);
    }

    #[test]
    fn requests_whose_order_may_have_changed_are_close() {
        let trace =
            trace(&[(0, 200, NO), (10, 200, NO), (20, 4_200, YES), (22, 200, NO), (40, 200, NO), (60, 200, YES)]);
        // The admission at 20 ms took 4 ms: whether it was decided before the refusal at 22 ms nobody knows.
        let place = trace.at.iter().position(|at| (at - 0.022).abs() < 1e-9).unwrap();
        let far = trace.at.iter().position(|at| (at - 0.04).abs() < 1e-9).unwrap();
        assert_eq!((trace.close[far].before, trace.close[far].after), (0.0, 0.0));
        assert!(trace.close[place].before <= 1.0);
    }
}
