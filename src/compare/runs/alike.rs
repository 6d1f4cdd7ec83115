//! What must not be compared: runs that cannot be believed, and runs of different things.

use super::LoadRun;
use crate::record::load::{Completeness, LoadRecord};

/// Why runs are not compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The sides do not say the same kind of thing: the call is wrong.
    Unlike(String),
    /// A run cannot be believed, or not to its end.
    Unsound(String),
}

/// The rates of two plans of one rate differ by rounding only.
const RATE_TOLERANCE: f64 = 1e-3;

/// Finds every reason not to compare the runs of two sides.
#[must_use]
pub fn check(base: &[LoadRun], head: &[LoadRun]) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    for (side, runs) in [("base", base), ("head", head)] {
        for run in runs {
            if let Some(why) = unbelievable(&run.record) {
                refusals.push(Refusal::Unsound(format!("{side}: {}: {why}", run.source)));
            }
        }
        for (number, run) in runs.iter().enumerate() {
            if let Some(twin) = runs[..number].iter().find(|other| is_same(&other.record, &run.record)) {
                let (one, other) = (&twin.source, &run.source);
                refusals.push(Refusal::Unlike(format!(
                    "{side}: {one} and {other} are one run: given twice it would look like two that agree"
                )));
            }
        }
    }
    let Some(first) = base.first() else { return refusals };
    for (side, run) in base.iter().skip(1).map(|run| ("base", run)).chain(head.iter().map(|run| ("head", run))) {
        for (what, one, other) in differences(&first.record, &run.record) {
            let (source, first) = (&run.source, &first.source);
            let text = format!("{side}: {source} is of {what} {other}, but base: {first} of {what} {one}");
            refusals.push(Refusal::Unlike(text));
        }
    }
    refusals
}

fn unbelievable(record: &LoadRecord) -> Option<String> {
    match (record.ending, record.soundness.sound) {
        (Completeness::Interrupted, _) => Some("the run was interrupted".into()),
        (Completeness::Killed, _) => Some("the run was killed".into()),
        (Completeness::Completed, Some(true)) if record.totals.judged.sent == 0 => Some("nothing was sent".into()),
        (Completeness::Completed, Some(true)) => None,
        (Completeness::Completed, _) => Some(format!("the run is unsound: {}", record.soundness.causes.join("; "))),
    }
}

/// No two runs begin in the same millisecond and take the same nanoseconds.
fn is_same(one: &LoadRecord, other: &LoadRecord) -> bool {
    (&one.started, one.ran_ns, &one.settings.target) == (&other.started, other.ran_ns, &other.settings.target)
}

/// In what two runs differ that changes what is measured: what it is, of the one, of the other.
fn differences(one: &LoadRecord, other: &LoadRecord) -> Vec<(&'static str, String, String)> {
    let pairs = traits(one).into_iter().zip(traits(other));
    let mut found: Vec<_> = pairs.filter(|(a, b)| a.1 != b.1).map(|((what, a), (_, b))| (what, a, b)).collect();
    // Phases of other lengths have their rates at other seconds.
    if found.is_empty() && !same_rates(one, other) {
        let rate =
            |record: &LoadRecord| offered(record).map_or_else(|| "unknown".into(), |rate| format!("{rate:.2}/s"));
        found.push(("rate", rate(one), rate(other)));
    }
    found
}

/// What has to be equal, in words. Seeds and thresholds may differ: they change nothing about how the target is driven on
/// the whole, or nothing at all.
fn traits(record: &LoadRecord) -> Vec<(&'static str, String)> {
    let settings = &record.settings;
    let mix: Vec<String> =
        settings.mix.iter().map(|case| format!("{} ({:.3} %)", case.address, case.share * 100.0)).collect();
    let phase = |phase: &crate::record::load::PhaseReport| {
        format!("{} {} ({})", phase.name, seconds(phase.duration_ns), phase.stretch)
    };
    let phases: Vec<String> = record.phases.iter().map(phase).collect();
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "none".into());
    vec![
        ("api", settings.api.clone()),
        ("model", record.model.clone()),
        ("mix", mix.join(", ")),
        ("phases", phases.join(", ")),
        ("arrivals", or_none(settings.arrivals.clone())),
        ("connections", settings.connections.to_string()),
        ("requests per connection", or_none(settings.requests_per_connection.map(|count| count.to_string()))),
        ("timeout", seconds(settings.timeout_ns)),
        ("threads", record.threads.to_string()),
        ("pacing", settings.pacing.clone()),
    ]
}

#[expect(clippy::cast_precision_loss, reason = "a text")]
fn seconds(nanos: u64) -> String {
    format!("{}s", nanos as f64 / 1e9)
}

/// Whether the planned rate is the same in every second that both have.
fn same_rates(one: &LoadRecord, other: &LoadRecord) -> bool {
    let mut pairs = one.seconds.iter().zip(&other.seconds);
    one.model == "closed" || pairs.all(|(a, b)| (a.offered - b.offered).abs() <= a.offered * RATE_TOLERANCE)
}

/// The mean planned rate of the judged phases, per second; `None` in the closed model.
#[expect(clippy::cast_precision_loss, reason = "a rate")]
pub(super) fn offered(record: &LoadRecord) -> Option<f64> {
    let nanos = judged_ns(record);
    (record.model != "closed" && nanos > 0).then(|| record.totals.judged.planned as f64 / (nanos as f64 / 1e9))
}

/// How long the judged phases take together.
pub(super) fn judged_ns(record: &LoadRecord) -> u64 {
    record.phases.iter().filter(|phase| phase.judged).map(|phase| phase.duration_ns).sum()
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::load::Ledger;
    use crate::record::load::Counts;

    fn run(source: &str, started_ms: u64) -> LoadRun {
        let counts = Counts { planned: 1_000, sent: 1_000, as_expected: 1_000, ..Counts::default() };
        LoadRun::new(source.to_owned(), sample::with_counts(&Ledger::new(1, 1), counts, started_ms), None)
    }

    fn refused(change: impl FnOnce(&mut LoadRecord)) -> Vec<Refusal> {
        let mut head = run("head", 2);
        change(&mut head.record);
        check(&[run("base", 1)], &[head])
    }

    fn unlike(change: impl FnOnce(&mut LoadRecord)) -> String {
        match refused(change).as_slice() {
            [Refusal::Unlike(text)] => text.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn runs_of_the_same_are_not_refused_whatever_their_seeds_and_targets() {
        let same = refused(|record| {
            record.settings.seed = 9;
            record.settings.target = "http://127.0.0.1:9".into();
            record.settings.thresholds.clear();
        });
        assert_eq!(same, []);
    }

    #[test]
    fn runs_of_different_things_are_refused_with_what_differs() {
        assert_eq!(
            unlike(|record| record.settings.api = "nexconn".into()),
            "head: head is of api nexconn, but base: base of api rongcloud"
        );
        assert!(unlike(|record| record.model = "closed".into()).contains("of model closed"));
        assert!(unlike(|record| record.settings.mix[0].share = 0.5).contains("of mix rongcloud/plain (50.000 %)"));
        assert!(unlike(|record| record.phases[0].duration_ns /= 2).contains("of phases steady 5s (steady)"));
        assert!(unlike(|record| record.settings.connections = 3).contains("of connections 3"));
        let faster = unlike(|record| {
            record.totals.judged.planned *= 2;
            record.seconds.iter_mut().for_each(|second| second.offered *= 2.0);
        });
        assert_eq!(faster, "head: head is of rate 200.00/s, but base: base of rate 100.00/s");
    }

    #[test]
    fn runs_that_cannot_be_believed_are_refused_and_say_why() {
        let unsound = |change: fn(&mut LoadRecord)| match refused(change).as_slice() {
            [Refusal::Unsound(text)] => text.clone(),
            other => panic!("{other:?}"),
        };
        let text = unsound(|record| {
            record.soundness.sound = Some(false);
            record.soundness.causes = vec!["no file descriptor; raise the limit".into()];
        });
        assert_eq!(text, "head: head: the run is unsound: no file descriptor; raise the limit");
        assert!(unsound(|record| record.ending = Completeness::Interrupted).ends_with("interrupted"));
        assert!(unsound(|record| record.ending = Completeness::Killed).ends_with("killed"));
        assert!(unsound(|record| record.totals.judged.sent = 0).ends_with("nothing was sent"));
    }

    #[test]
    fn a_run_that_is_given_twice_on_a_side_is_noticed() {
        let twice = [run("a", 1), run("./a", 1)];
        let refusals = check(&twice, &[run("b", 2), run("c", 3)]);
        assert!(matches!(refusals.as_slice(), [Refusal::Unlike(text)] if text.contains("are one run")), "{refusals:?}");
    }
}
