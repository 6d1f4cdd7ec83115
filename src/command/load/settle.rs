//! From arguments and plan to what the engine runs: arguments come first, then the plan, then the defaults.

use std::num::{NonZeroU32, NonZeroU64, NonZeroUsize};
use std::time::Duration;

use crate::api::Api;
use crate::load::{Arrivals, Load as EngineLoad, Pacing, Phase, Plan, Rate, Stretch};
use crate::scenario::plan::{LoadPlan, PhaseKind, PhaseRate, PlanArrivals, PlanPhase, PlanRate, Threshold};
use crate::settings::load_args::{ArrivalsArg, Load, LoadRate, PacingArg};

const WARM_UP: Duration = Duration::from_secs(5);
const DURATION: Duration = Duration::from_secs(30);
const TIMEOUT: Duration = Duration::from_secs(10);
/// As many as wrk and its kind use by habit; the open model takes as many as it needs.
const CLOSED_CONNECTIONS: u32 = 64;
/// Two runs of one plan send the same requests at the same instants: that is what makes them comparable.
const SEED: u64 = 1;

/// The engine's plan.
///
/// # Errors
/// Arguments that contradict the plan, or leave open how fast requests are sent.
pub(super) fn settle(args: &Load, plan: Option<&LoadPlan>, api: &Api, declared: Option<u32>) -> Result<Plan, String> {
    let rate = rate(args, plan, declared)?;
    let phases = phases(args, plan)?;
    let arrivals = match (args.arrivals, plan.and_then(|plan| plan.arrivals)) {
        (Some(ArrivalsArg::Poisson), _) | (None, Some(PlanArrivals::Poisson)) => Arrivals::Poisson,
        (Some(ArrivalsArg::Constant), _) | (None, Some(PlanArrivals::Constant) | None) => Arrivals::Constant,
    };
    let load = match rate {
        Some(rate) => EngineLoad::Open { phases: named(open(&phases, rate)?), arrivals },
        None => closed(&phases),
    };
    let defaults = Plan::new(load);
    let connections = args.connections.or(plan.and_then(|plan| plan.connections));
    let connections = connections.or(rate.is_none().then_some(CLOSED_CONNECTIONS)).and_then(NonZeroU32::new);
    let request_timeout = args.timeout.or(plan.and_then(|plan| plan.timeout)).unwrap_or(TIMEOUT);
    if request_timeout.is_zero() {
        return Err("with a `--timeout` of zero no reply could be in time: give one above it".into());
    }
    let threads = args.threads.or(plan.and_then(|plan| plan.threads)).map(usize::from).and_then(NonZeroUsize::new);
    Ok(Plan {
        connections: connections.unwrap_or(defaults.connections),
        threads: threads.unwrap_or(defaults.threads),
        request_timeout,
        requests_per_connection: api.requests_per_connection.and_then(|count| NonZeroU64::new(count.into())),
        seed: args.seed.unwrap_or(SEED),
        pacing: match args.pacing {
            PacingArg::Wait => Pacing::Wait,
            PacingArg::Spin => Pacing::Spin,
            PacingArg::Auto => Pacing::Auto,
        },
        documented: declared.and_then(|rate| Rate::per_second(rate.into())),
        lag_bound: args.lag_bound,
        ..defaults
    })
}

/// The thresholds: those of the plan, and the defaults for what it does not name.
pub(super) fn thresholds(plan: Option<&LoadPlan>) -> Vec<Threshold> {
    let mut thresholds = plan.map(|plan| plan.thresholds.clone()).unwrap_or_default();
    for default in Threshold::defaults() {
        if thresholds.iter().all(|threshold| threshold.quantity != default.quantity) {
            thresholds.push(default);
        }
    }
    thresholds
}

/// The rate of phases without one of their own; `None` for the closed model.
fn rate(args: &Load, plan: Option<&LoadPlan>, declared: Option<u32>) -> Result<Option<f64>, String> {
    let uses_rate = |phase: &PlanPhase| {
        matches!(phase.kind, PhaseKind::WarmUp(PhaseRate::Plan) | PhaseKind::Constant(PhaseRate::Plan))
    };
    if let (Some(_), Some(plan)) = (args.rate, plan.filter(|plan| !plan.phases.is_empty()))
        && !plan.phases.iter().all(uses_rate)
    {
        return Err(format!(
            "`--rate` contradicts the plan {}, whose phases have rates of their own: write `constant: rate` there, or leave \
             `--rate` out",
            plan.name
        ));
    }
    match (args.rate, plan.and_then(|plan| plan.rate), declared) {
        (Some(LoadRate::Max), _, _) | (None, Some(PlanRate::Max), _) => Ok(None),
        (Some(LoadRate::PerSecond(rate)), _, _) | (None, Some(PlanRate::PerSecond(rate)), _) => Ok(Some(rate)),
        (None, None, Some(rate)) => Ok(Some(rate.into())),
        (None, None, None) => Err("the api documents no rate: give `--rate N`".into()),
    }
}

/// The phases as a plan would write them.
fn phases(args: &Load, plan: Option<&LoadPlan>) -> Result<Vec<PlanPhase>, String> {
    let phase = |kind, duration| PlanPhase { name: None, duration, kind };
    let Some(plan) = plan.filter(|plan| !plan.phases.is_empty()) else {
        return Ok(vec![
            phase(PhaseKind::WarmUp(PhaseRate::Plan), args.warm_up.unwrap_or(WARM_UP)),
            phase(PhaseKind::Constant(PhaseRate::Plan), args.duration.unwrap_or(DURATION)),
        ]);
    };
    let mut phases = plan.phases.clone();
    let is_warm_up = |phase: &&mut PlanPhase| matches!(phase.kind, PhaseKind::WarmUp(_));
    for (flag, wanted, warm_up) in [("--duration", args.duration, false), ("--warm-up", args.warm_up, true)] {
        let Some(wanted) = wanted else { continue };
        let mut meant: Vec<&mut PlanPhase> = phases.iter_mut().filter(|phase| is_warm_up(phase) == warm_up).collect();
        match meant.as_mut_slice() {
            [only] => only.duration = wanted,
            _ => {
                let count = meant.len();
                let kind = if warm_up { "warm-up" } else { "judged" };
                return Err(format!("`{flag}` needs one {kind} phase, and the plan {} has {count}", plan.name));
            }
        }
    }
    Ok(phases)
}

fn open(phases: &[PlanPhase], rate: f64) -> Result<Vec<(Option<String>, Phase)>, String> {
    let per_second = |rate: f64| Rate::per_second(rate).ok_or_else(|| format!("{rate} is no rate"));
    let own = |of: PhaseRate| match of {
        PhaseRate::Plan => per_second(rate),
        PhaseRate::PerSecond(rate) => per_second(rate),
    };
    let mut made = Vec::new();
    for PlanPhase { name, duration, kind } in phases.iter().filter(|phase| !phase.duration.is_zero()) {
        let (name, duration) = (name.clone(), *duration);
        let constant = |text: &str, stretch, rate| (name.clone(), Phase::constant(text, stretch, rate, duration));
        match kind {
            PhaseKind::WarmUp(rate) => made.push(constant("warm-up", Stretch::WarmUp, own(*rate)?)),
            PhaseKind::Constant(rate) => made.push(constant("steady", Stretch::Steady, own(*rate)?)),
            PhaseKind::Ramp { from, to } => {
                let (from, to) = (per_second(*from)?, per_second(*to)?);
                let ramp = Phase { name: "ramp".into(), stretch: Stretch::Ramp, duration, from, to };
                made.push((name, ramp));
            }
            PhaseKind::Steps(steps) => {
                let rates = steps.iter().map(|rate| per_second(*rate)).collect::<Result<Vec<_>, _>>()?;
                let prefix = name.map(|name| format!("{name} ")).unwrap_or_default();
                let steps = Phase::steps(&rates, duration).into_iter();
                made.extend(steps.map(|step| (Some(format!("{prefix}{}", step.name)), step)));
            }
        }
    }
    if made.iter().all(|(_, phase)| phase.stretch == Stretch::WarmUp) {
        return Err("nothing would be counted: give a `--duration` above zero".into());
    }
    Ok(made)
}

/// Gives every phase a name of its own.
fn named(phases: Vec<(Option<String>, Phase)>) -> Vec<Phase> {
    let mut named: Vec<Phase> = Vec::new();
    for (given, mut phase) in phases {
        let name = given.unwrap_or_else(|| phase.name.clone());
        let taken = |name: &str| named.iter().any(|one| one.name == name);
        phase.name = if taken(&name) {
            (2..).map(|number| format!("{name} ({number})")).find(|name| !taken(name)).unwrap_or(name)
        } else {
            name
        };
        named.push(phase);
    }
    named
}

fn closed(phases: &[PlanPhase]) -> EngineLoad {
    let sum = |warm_up: bool| {
        let meant = phases.iter().filter(|phase| matches!(phase.kind, PhaseKind::WarmUp(_)) == warm_up);
        meant.map(|phase| phase.duration).sum()
    };
    EngineLoad::Closed { warm_up: sum(true), steady: sum(false) }
}
