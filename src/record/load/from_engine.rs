//! From the engine's types to the lines of the journal.

use super::line::{
    Cost, Counts, End, Example, Found, Percentile, Phase, PhaseCounts, PhaseMeasures, Second, Start, Summary,
};
use super::{Settings, VERSION};
use crate::load;

/// The percentiles that summaries hold, in thousandths of a per cent.
const PERCENTILES: [u32; 7] = [50_000, 75_000, 90_000, 95_000, 99_000, 99_900, 100_000];

impl Start {
    /// The first line of a run with these settings.
    #[must_use]
    pub fn new(started: &load::Started, settings: Settings) -> Self {
        let load::Approach::Spin(spin) = started.approach else { return Self::waiting(started, settings) };
        Self { spin_ns: nanos(spin), ..Self::waiting(started, settings) }
    }

    fn waiting(started: &load::Started, settings: Settings) -> Self {
        let phases = started.phases.iter().map(|(name, stretch, duration)| Phase {
            name: name.clone(),
            stretch: stretch_word(*stretch).to_owned(),
            duration_ns: nanos(*duration),
        });
        Self {
            version: VERSION,
            model: match started.model {
                load::Model::Open => "open",
                load::Model::Closed => "closed",
            }
            .to_owned(),
            phases: phases.collect(),
            cases: started.cases.clone(),
            threads: started.threads,
            spin_ns: 0,
            started_ms: u64::try_from(started.at.as_millis()).unwrap_or(u64::MAX),
            settings,
        }
    }
}

impl From<&load::Second<'_>> for Second {
    fn from(second: &load::Second<'_>) -> Self {
        let phases = second.found.phases();
        Self {
            number: second.number,
            offered: second.offered,
            counts: phase_counts(second.now, phases).filter(|counts| counts.counts != Counts::default()).collect(),
            measures: summaries(second.now, |_| true),
            found: found(second.found),
            cost: Cost::from(&second.cost),
        }
    }
}

impl From<&load::Finished> for End {
    fn from(finished: &load::Finished) -> Self {
        let soundness = &finished.soundness;
        Self {
            interrupted: finished.ending == load::Ending::Interrupted,
            ran_ns: nanos(finished.ran),
            counts: phase_counts(&finished.ledger, finished.started.phases.len()).collect(),
            measures: all_summaries(&finished.ledger, |phase| finished.is_judged(phase)),
            by_phase: by_phase(&finished.ledger, finished.started.phases.len()),
            unsound: soundness.causes.iter().map(|cause| format!("{cause}; {}", cause.remedy())).collect(),
            steal_blamed: soundness.steal == load::Steal::Blamed,
            lag_bound_ns: soundness.lag_bound.map(nanos),
            cost: Cost::from(&finished.cost),
        }
    }
}

impl From<&load::Accounts> for Counts {
    fn from(accounts: &load::Accounts) -> Self {
        use load::Fate;
        Self {
            planned: accounts.planned,
            sent: accounts.sent,
            as_expected: accounts.of(Fate::AsExpected),
            deviating: accounts.of(Fate::Deviating),
            limited: accounts.of(Fate::Limited),
            learned: accounts.of(Fate::Learned),
            timed_out: accounts.of(Fate::TimedOut),
            failed: accounts.of(Fate::Failed),
            unsent: accounts.of(Fate::Unsent),
            shed: accounts.of(Fate::Shed),
            abandoned: accounts.of(Fate::Abandoned),
            in_flight: accounts.of(Fate::InFlight),
        }
    }
}

impl From<&load::Cost> for Cost {
    fn from(cost: &load::Cost) -> Self {
        Self {
            cpu_ns: nanos(cost.cpu),
            spun_ns: nanos(cost.spun),
            busiest: cost.busiest,
            steal: cost.steal,
            opened: cost.opened,
            no_descriptor: cost.exhausted.descriptors,
            no_port: cost.exhausted.ports,
        }
    }
}

impl From<&load::Example> for Example {
    fn from(example: &load::Example) -> Self {
        Self {
            index: example.index,
            case: None,
            user: example.user.clone(),
            unique: example.unique.clone(),
            intended_ns: example.intended.nanos(),
            released_ns: example.released.nanos(),
            dispatched_ns: example.dispatched.nanos(),
            finished_ns: example.finished.nanos(),
            offered: example.offered,
            request: String::from_utf8_lossy(&example.request).into_owned(),
            status: example.reply.status,
            headers: example.reply.headers.clone(),
            body: String::from_utf8_lossy(&example.reply.body).into_owned(),
            mismatches: Vec::new(),
        }
    }
}

impl Summary {
    /// A distribution in the usual percentiles; `None` without values.
    #[must_use]
    pub fn of(measure: load::Measure, distribution: &load::Distribution) -> Option<Self> {
        let word = match measure {
            load::Measure::Response => "response",
            load::Measure::Service => "service",
            load::Measure::Lag => "lag",
            load::Measure::Wait => "wait",
        };
        Self::named(word, distribution)
    }

    fn named(measure: &str, distribution: &load::Distribution) -> Option<Self> {
        let percentiles = PERCENTILES.iter().map(|&of_100_000| {
            let percentile = distribution.quantile(f64::from(of_100_000) / 100_000.0)?;
            let at_least = matches!(percentile, load::Percentile::AtLeast(_));
            Some(Percentile { of_100_000, ns: nanos(percentile.value()), at_least })
        });
        let percentiles = percentiles.collect::<Option<Vec<_>>>()?;
        let mean_ns = nanos(std::time::Duration::from_secs_f64(distribution.histogram().mean() / 1e9));
        Some(Self { measure: measure.to_owned(), count: distribution.count(), mean_ns, percentiles })
    }
}

fn summaries(ledger: &load::Ledger, wanted: impl Fn(usize) -> bool) -> Vec<Summary> {
    use load::Measure;
    let measures = [Measure::Response, Measure::Service, Measure::Lag, Measure::Wait];
    measures
        .into_iter()
        .filter_map(|measure| Summary::of(measure, &load::Distribution::of(ledger, measure, &wanted)))
        .collect()
}

/// The summaries of all measures over the phases that are wanted, limited replies last.
pub(super) fn all_summaries(ledger: &load::Ledger, wanted: impl Fn(usize) -> bool) -> Vec<Summary> {
    let limited = Summary::named("limited", &load::Distribution::of_limited(ledger, &wanted));
    summaries(ledger, &wanted).into_iter().chain(limited).collect()
}

/// The summaries of each phase.
pub(super) fn by_phase(ledger: &load::Ledger, phases: usize) -> Vec<PhaseMeasures> {
    (0..phases).map(|phase| PhaseMeasures { phase, measures: all_summaries(ledger, |one| one == phase) }).collect()
}

fn phase_counts(ledger: &load::Ledger, phases: usize) -> impl Iterator<Item = PhaseCounts> {
    (0..phases).map(|phase| PhaseCounts { phase, counts: Counts::from(ledger.accounts(phase)) })
}

fn found(recorder: &load::Recorder) -> Vec<Found> {
    let mut found = Vec::new();
    for row in recorder.rows() {
        let (shape, refusal) = match &row.finding.kind {
            load::Kind::Deviating { shape, refusal } => (Some(shape.to_string()), *refusal),
            load::Kind::AsExpected | load::Kind::Limited | load::Kind::Failed(_) => (None, load::Refusal::No),
        };
        for (phase, count) in row.counts.iter().enumerate() {
            let examples: Vec<Example> =
                row.examples.iter().filter(|example| example.phase == phase).map(Example::from).collect();
            if count.total() > 0 || !examples.is_empty() {
                found.push(Found {
                    case: row.finding.case,
                    phase,
                    outcome: row.finding.outcome.to_string(),
                    fate: row.finding.fate(load::Side::Within).word().to_owned(),
                    shape: shape.clone(),
                    may_be_limit: refusal == load::Refusal::WellFormed,
                    within: count.within,
                    above: count.above,
                    examples,
                });
            }
        }
    }
    found
}

fn stretch_word(stretch: load::Stretch) -> &'static str {
    match stretch {
        load::Stretch::WarmUp => "warm-up",
        load::Stretch::Steady => "steady",
        load::Stretch::Step => "step",
        load::Stretch::Ramp => "ramp",
    }
}

fn nanos(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
