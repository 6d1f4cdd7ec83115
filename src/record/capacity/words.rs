//! What a search ended with, in sentences.

use std::time::Duration;

use super::{ResultKind, TrialVerdict};
use crate::capacity::{
    Capacity, Ceiling, Criterion, LatencyLimit, NoNumber, Outcome, Precision, Search, Thresholds, Tried, Verdict,
};
use crate::load::{Percentile, Rate, connections_needed};

/// A duration to three digits.
pub(super) fn time(duration: Duration) -> String {
    let nanos = duration.as_nanos().max(1);
    let unit = 10u128.pow(nanos.ilog10().saturating_sub(2));
    let rounded = (nanos + unit / 2) / unit * unit;
    format!("{:?}", Duration::from_nanos(u64::try_from(rounded).unwrap_or(u64::MAX)))
}

/// A rate to four digits.
pub(super) fn rate(rate: Rate) -> String {
    let digits = if rate.get() < 100.0 { 2 } else { usize::from(rate.get() < 1_000.0) };
    format!("{:.digits$}/s", rate.get())
}

/// The result in a sentence.
pub(super) fn said(search: &Search, thresholds: &Thresholds) -> String {
    match &search.outcome {
        Outcome::Found(capacity) => {
            let Capacity { rate: at, low, high, broke, .. } = capacity;
            let what = breaks(*broke, search, thresholds);
            format!("carries {} (95 % interval {} to {}); above, {what}", rate(*at), rate(*low), rate(*high))
        }
        Outcome::AtLeast { rate: at, ceiling } => {
            let why = match ceiling {
                Ceiling::Generator { rate: more, causes } => {
                    format!("the generator, not the target, failed at {}: {}", rate(*more), causes.join("; "))
                }
                Ceiling::Highest => "more was not allowed to be sent".into(),
                Ceiling::TimeUp => "the time was up before a rate was found that is too high".into(),
            };
            format!("carries at least {}: {why}", rate(*at))
        }
        Outcome::Below { rate: at, broke } => {
            format!(
                "does not carry {}, the lowest rate that was tried: {}",
                rate(*at),
                breaks(*broke, search, thresholds)
            )
        }
        Outcome::NoNumber(why) => no_number(why),
    }
}

fn breaks(criterion: Criterion, search: &Search, thresholds: &Thresholds) -> String {
    let more_than = |what: &str| format!("more than {} % {what}", thresholds.share(criterion) * 100.0);
    match criterion {
        Criterion::Latency => {
            let limit = search.limit.map(time).unwrap_or_default();
            match (thresholds.latency, search.unloaded) {
                (LatencyLimit::Times(times), Some(unloaded)) => {
                    format!("the p99 is longer than {limit}, {times} × the unloaded median of {}", time(unloaded.p50))
                }
                (LatencyLimit::Times(_) | LatencyLimit::Within(_), _) => format!("the p99 is longer than {limit}"),
            }
        }
        Criterion::Errors => more_than("time out or break off"),
        Criterion::Deviations => more_than("of the replies differ from what is expected"),
        Criterion::Unsent => more_than("cannot be sent, because no connection is to be had"),
        Criterion::Limited => more_than("are refused because of the rate"),
    }
}

fn no_number(why: &NoNumber) -> String {
    match why {
        NoNumber::NothingAnswers => "no number: nothing answers at the target".into(),
        NoNumber::NothingAdmitted => {
            "no number: the target answers, and not one reply is as expected, even at the lowest rate".into()
        }
        NoNumber::Disappeared { rate: at, at: when } => format!(
            "no number: the target disappeared during the trial with {} that began after {}, and did not come back",
            rate(*at),
            time(*when)
        ),
        NoNumber::Restarted { rate: at, at: when } => format!(
            "no number: the target refused connections during the trial with {} that began after {}, and then was there \
             again: it was restarted",
            rate(*at),
            time(*when)
        ),
        NoNumber::BrokeOff { rate: at, at: when, failed } => format!(
            "no number: {failed} requests broke off during the trial with {} that began after {}, and none when it was \
             repeated: the target was restarted, or something between cut connections",
            rate(*at),
            time(*when)
        ),
        NoNumber::SlowedDown { before, now, at: when } => format!(
            "no number: the target slowed down: its unloaded median was {} and is {} since {} at the latest",
            time(*before),
            time(*now),
            time(*when)
        ),
        NoNumber::Changed { before, after, at: when } => format!(
            "no number: the target changed after about {}: its thresholds broke at {} before, and at {} since",
            time(*when),
            rate(*before),
            rate(*after)
        ),
        NoNumber::Unsteady { rate: at, broke, at: when } => format!(
            "no number: the target is unsteady: {} is well below what it carried before, and after {} broke {broke} three \
             times in a row",
            rate(*at),
            time(*when)
        ),
        NoNumber::Unsound(causes) => {
            format!("no number: the generator could not even offer low rates on time: {}", causes.join("; "))
        }
        NoNumber::OutOfTime => "no number: the time was up before anything could be said".into(),
        NoNumber::Stopped => "no number: the search was interrupted".into(),
    }
}

/// What kind of end it is, and what breaks first.
pub(super) fn kind(outcome: &Outcome) -> (ResultKind, Option<String>) {
    match outcome {
        Outcome::Found(capacity) => (ResultKind::Found, Some(capacity.broke.word().into())),
        Outcome::AtLeast { ceiling: Ceiling::Generator { .. }, .. } => (ResultKind::AtLeast, Some("generator".into())),
        Outcome::AtLeast { ceiling: Ceiling::Highest | Ceiling::TimeUp, .. } => (ResultKind::AtLeast, None),
        Outcome::Below { broke, .. } => (ResultKind::Below, Some(broke.word().into())),
        Outcome::NoNumber(_) => (ResultKind::NoNumber, None),
    }
}

/// What else there is to know, and what to do.
pub(super) fn notes(search: &Search, connections: u32) -> Vec<String> {
    let mut notes = Vec::new();
    match &search.outcome {
        Outcome::Found(Capacity { precision: Precision::TimeUp, .. }) => {
            notes.push("the interval is wider than it was to be: give more `--max-time`".into());
        }
        Outcome::AtLeast { ceiling: Ceiling::TimeUp, .. } | Outcome::NoNumber(NoNumber::OutOfTime) => {
            notes.push("give more `--max-time`".into());
        }
        Outcome::AtLeast { ceiling: Ceiling::Highest, .. } => {
            notes.push("allow more with `--highest`, and on a vendor's host with `--allow-overload`".into());
        }
        Outcome::NoNumber(NoNumber::NothingAnswers | NoNumber::NothingAdmitted) => {
            notes.push("`proofhouse check` says what is wrong with its replies".into());
        }
        Outcome::NoNumber(_) => {
            notes.push("search again when nothing else happens to the target".into());
        }
        Outcome::Found(_) | Outcome::AtLeast { .. } | Outcome::Below { .. } => {}
    }
    if broke(search) == Some(Criterion::Limited) {
        notes.push(
            "how the limit is enforced, and what constant arrivals get, is for `proofhouse limit` to find out".into(),
        );
    }
    notes.extend(waited(search, connections));
    notes
}

fn broke(search: &Search) -> Option<Criterion> {
    match &search.outcome {
        Outcome::Found(capacity) => Some(capacity.broke),
        Outcome::Below { broke, .. } => Some(*broke),
        Outcome::AtLeast { .. } | Outcome::NoNumber(_) => None,
    }
}

/// Says it when arrivals waited for connections: the bound on those may be what broke, and it is no part of the target.
fn waited(search: &Search, connections: u32) -> Option<String> {
    let Outcome::Found(capacity) = &search.outcome else { return None };
    let limit = search.limit?;
    let waited = |tried: &&Tried| {
        let long = tried.trial.wait_p99.is_some_and(|wait| wait > limit / 10) || tried.trial.tally.shed > 0;
        long && tried.step.rate.get() < capacity.high.get() * 1.1
    };
    let tried = search.tried.iter().find(waited)?;
    let mean = Duration::from_nanos(nanos(tried.trial.responses.histogram().mean()));
    Some(format!(
        "at {} arrivals waited for one of the {connections} connections, each of which waits for its reply: by Little's law \
         the rate keeps about {} busy, so a higher `--connections` may show a higher capacity",
        rate(tried.step.rate),
        connections_needed(tried.step.rate.get(), mean)
    ))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
fn nanos(number: f64) -> u64 {
    number as u64
}

/// What a trial amounts to, and why.
pub(super) fn trial(tried: &Tried, thresholds: &Thresholds) -> (TrialVerdict, String) {
    let trial = &tried.trial;
    let p99 = trial.responses.quantile(0.99);
    let p99 = p99.map_or_else(
        || "unknown".into(),
        |p99| match p99 {
            Percentile::Exact(value) => time(value),
            Percentile::AtLeast(value) => format!("at least {}", time(value)),
        },
    );
    let against = tried.step.limit.map_or_else(String::new, |limit| format!(" against {}", time(limit)));
    match tried.verdict {
        Verdict::Met => (TrialVerdict::Met, format!("p99 {p99}{against}")),
        Verdict::Broken(Criterion::Latency) => (TrialVerdict::Broken, format!("p99 {p99}{against}")),
        Verdict::Broken(criterion) => {
            let (arrivals, events) = trial.count(criterion);
            let share = thresholds.share(criterion) * 100.0;
            (TrialVerdict::Broken, format!("{criterion}: {events} of {arrivals} against {share} %"))
        }
        Verdict::Unsound => (TrialVerdict::Unsound, trial.unsound.join("; ")),
        Verdict::Unjudged => {
            let median = trial.responses.quantile(0.5).map(Percentile::value);
            (TrialVerdict::Unjudged, median.map_or_else(|| "no reply".into(), |median| format!("p50 {}", time(median))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_short() {
        assert_eq!(time(Duration::from_nanos(50_503_670)), "50.5ms");
        assert_eq!(time(Duration::from_nanos(999_950)), "1ms");
        assert_eq!(time(Duration::ZERO), "1ns");
        assert_eq!(rate(Rate::per_second(15_612.34).unwrap()), "15612/s");
        assert_eq!(rate(Rate::per_second(151.699).unwrap()), "151.7/s");
    }
}
