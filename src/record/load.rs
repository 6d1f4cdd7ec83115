//! The wire types of a load run: what the journal holds line by line, and what `report.json` is made of.
//!
//! They are copies of the engine's types in plain words and integers (nanoseconds), so that the engine may change and old
//! records stay readable.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::load;

/// The version of these types; a reader refuses others.
pub const VERSION: u32 = 1;

/// One line of the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// The first line.
    Start(Box<Start>),
    /// One line for each second.
    Second(Box<Second>),
    /// The last line of a run that ended by itself or was stopped in order.
    End(Box<End>),
}

/// What was known before the first arrival.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// The version of the record.
    pub version: u32,
    /// `open` or `closed`.
    pub model: String,
    /// The phases; indices of phases count here.
    pub phases: Vec<Phase>,
    /// Names of the cases; indices of cases count here.
    pub cases: Vec<String>,
    /// How many shards there are.
    pub threads: usize,
    /// For how many nanoseconds before each arrival a shard stays awake; zero if it sleeps.
    pub spin_ns: u64,
    /// The wall-clock time of the start, in milliseconds since 1970-01-01 UTC.
    pub started_ms: u64,
    /// The settings of the run as the command understood them.
    pub settings: serde_json::Value,
}

/// A phase of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// Its name.
    pub name: String,
    /// `warm-up`, `steady`, `step` or `ramp`.
    pub stretch: String,
    /// How long arrivals are planned in it.
    pub duration_ns: u64,
}

/// What one second brought.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Second {
    /// Its number, from zero.
    pub number: u64,
    /// The planned rate, per second.
    pub offered: f64,
    /// Counts of the phases in which anything happened.
    pub counts: Vec<PhaseCounts>,
    /// Percentiles over all phases of the second, in the order response, service, lag, wait; those without values left out.
    pub measures: Vec<Summary>,
    /// What was found.
    pub found: Vec<Found>,
    /// What it cost.
    pub cost: Cost,
}

/// Counts of one phase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PhaseCounts {
    /// Index of the phase.
    pub phase: usize,
    /// Its counts.
    pub counts: Counts,
}

/// The sides of the accounting identity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the words are those of load::Fate, which documents them")]
pub struct Counts {
    pub planned: u64,
    pub sent: u64,
    pub as_expected: u64,
    pub deviating: u64,
    pub limited: u64,
    pub learned: u64,
    pub timed_out: u64,
    pub failed: u64,
    pub unsent: u64,
    pub shed: u64,
    pub abandoned: u64,
    pub in_flight: u64,
}

/// A distribution in a few numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// `response`, `service`, `lag` or `wait`.
    pub measure: String,
    /// How many values.
    pub count: u64,
    /// Percentiles, ascending.
    pub percentiles: Vec<Percentile>,
}

/// A percentile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Percentile {
    /// Which, in thousandths of a per cent: 99 900 is p99.9.
    pub of_100_000: u32,
    /// Its value.
    pub ns: u64,
    /// Whether the true value may be higher, because arrivals that never finished reach it.
    pub at_least: bool,
}

/// How often something was found in one phase.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Found {
    /// Index of the case.
    pub case: usize,
    /// Index of the phase.
    pub phase: usize,
    /// The outcome in the api's words, or the class of failure.
    pub outcome: String,
    /// How it counts at or below the documented rate, in the words of the counts.
    pub fate: String,
    /// The diff with volatile values abstracted, for deviations.
    pub shape: Option<String>,
    /// How often at or below the documented rate.
    pub within: u64,
    /// How often above it.
    pub above: u64,
    /// Evidence that is new.
    pub examples: Vec<Example>,
}

/// A whole exchange as evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// The arrival's number.
    pub index: u64,
    /// When it was planned, since the start.
    pub intended_ns: u64,
    /// When the shard took it up.
    pub released_ns: u64,
    /// When its first byte was written.
    pub dispatched_ns: u64,
    /// When the last byte of its reply came.
    pub finished_ns: u64,
    /// The offered rate at that moment, per second.
    pub offered: f64,
    /// The request; what authorises calls is masked. Bytes that are no UTF-8 are replaced.
    pub request: String,
    /// The reply's status.
    pub status: u16,
    /// The reply's headers.
    pub headers: Vec<(String, String)>,
    /// The reply's body. Bytes that are no UTF-8 are replaced.
    pub body: String,
}

/// What the generator spent, and what stood in its way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// Processor time of all shards.
    pub cpu_ns: u64,
    /// How much of it was spent on waiting awake.
    pub spun_ns: u64,
    /// The share of its core that the busiest shard worked, waiting awake left out.
    pub busiest: f64,
    /// The share of the machine that was stolen.
    pub steal: f64,
    /// Connections that were begun.
    pub opened: u64,
    /// How often there was no file descriptor.
    pub no_descriptor: u64,
    /// How often there was no local port.
    pub no_port: u64,
}

/// How the run ended; totals and percentiles can be made from the seconds and the histogram log as well.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct End {
    /// Whether it was stopped before everything planned was taken up.
    pub interrupted: bool,
    /// How long it took.
    pub ran_ns: u64,
    /// The counts of each phase, which add up.
    pub counts: Vec<PhaseCounts>,
    /// Percentiles of the judged phases: response, service, lag, wait.
    pub measures: Vec<Summary>,
    /// Why the generator could not hold its schedule; empty for a sound run.
    pub unsound: Vec<String>,
    /// Whether steal explains it.
    pub steal_blamed: bool,
    /// What the dispatch lag's p99 was held to; absent in the closed model.
    pub lag_bound_ns: Option<u64>,
    /// What it cost: times are sums, shares the highest of any judged second.
    pub cost: Cost,
}

/// The percentiles that summaries hold, in thousandths of a per cent.
const PERCENTILES: [u32; 7] = [50_000, 75_000, 90_000, 95_000, 99_000, 99_900, 100_000];

impl Start {
    /// The first line of a run with these settings.
    #[must_use]
    pub fn new(started: &load::Started, settings: serde_json::Value) -> Self {
        let load::Approach::Spin(spin) = started.approach else { return Self::waiting(started, settings) };
        Self { spin_ns: nanos(spin), ..Self::waiting(started, settings) }
    }

    fn waiting(started: &load::Started, settings: serde_json::Value) -> Self {
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
            measures: summaries(&finished.ledger, |phase| finished.is_judged(phase)),
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
            intended_ns: example.intended.nanos(),
            released_ns: example.released.nanos(),
            dispatched_ns: example.dispatched.nanos(),
            finished_ns: example.finished.nanos(),
            offered: example.offered,
            request: String::from_utf8_lossy(&example.request).into_owned(),
            status: example.reply.status,
            headers: example.reply.headers.clone(),
            body: String::from_utf8_lossy(&example.reply.body).into_owned(),
        }
    }
}

impl Summary {
    /// A distribution in the usual percentiles; `None` without values.
    #[must_use]
    pub fn of(measure: load::Measure, distribution: &load::Distribution) -> Option<Self> {
        let percentiles = PERCENTILES.iter().map(|&of_100_000| {
            let percentile = distribution.quantile(f64::from(of_100_000) / 100_000.0)?;
            let at_least = matches!(percentile, load::Percentile::AtLeast(_));
            Some(Percentile { of_100_000, ns: nanos(percentile.value()), at_least })
        });
        let measure = match measure {
            load::Measure::Response => "response",
            load::Measure::Service => "service",
            load::Measure::Lag => "lag",
            load::Measure::Wait => "wait",
        };
        let percentiles = percentiles.collect::<Option<Vec<_>>>()?;
        Some(Self { measure: measure.to_owned(), count: distribution.count(), percentiles })
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

fn phase_counts(ledger: &load::Ledger, phases: usize) -> impl Iterator<Item = PhaseCounts> {
    (0..phases).map(|phase| PhaseCounts { phase, counts: Counts::from(ledger.accounts(phase)) })
}

fn found(recorder: &load::Recorder) -> Vec<Found> {
    let mut found = Vec::new();
    for row in recorder.rows() {
        let shape = match &row.finding.kind {
            load::Kind::Deviating { shape, .. } => Some(shape.to_string()),
            load::Kind::AsExpected | load::Kind::Limited | load::Kind::Failed(_) => None,
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
