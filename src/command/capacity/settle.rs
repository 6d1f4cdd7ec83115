//! From arguments to what is searched, how trials are run, and what the record says of both.

use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

use super::super::drive::Drive;
use crate::capacity::{LatencyLimit, PRECISION, Settings, Thresholds};
use crate::load::{Arrivals, Load, Pacing, Plan, Rate};
use crate::record::Authentication;
use crate::record::capacity::CapacitySettings;
use crate::scenario::{Origin, Suite};
use crate::settings::capacity_args::CapacityArgs;
use crate::settings::load_args::{ArrivalsArg, PacingArg};

/// What is searched.
///
/// # Errors
/// Bounds that contradict each other.
pub(super) fn settings(args: &CapacityArgs, documented: Option<f64>) -> Result<Settings, String> {
    let usual = Thresholds::default();
    let latency = match (args.p99, args.p99_times) {
        (Some(limit), _) if limit.is_zero() => {
            return Err("`--p99 0s` is met by nothing: give a time above zero".into());
        }
        (Some(limit), _) => LatencyLimit::Within(limit),
        (None, Some(times)) => LatencyLimit::Times(times),
        (None, None) => usual.latency,
    };
    if args.highest.is_some_and(|highest| highest < args.lowest) {
        return Err("`--highest` lies below `--lowest`: give a lower `--lowest`".into());
    }
    if args.max_time < LEAST_TIME {
        let least = humantime::format_duration(LEAST_TIME);
        return Err(format!("`--max-time` leaves no time for a search: give {least} or more"));
    }
    if args.timeout.is_zero() {
        return Err("`--timeout 0s` waits for no reply: give a time above zero".into());
    }
    let CapacityArgs { errors, deviations, unsent, limited, .. } = *args;
    Ok(Settings {
        thresholds: Thresholds { latency, errors, deviations, unsent, limited },
        lowest: Rate::per_second(args.lowest).ok_or("`--lowest` is no rate")?,
        documented: documented.and_then(Rate::per_second),
        highest: args.highest.and_then(Rate::per_second),
        precision: PRECISION,
        max_time: args.max_time,
    })
}

/// In less time not even the unloaded latency and a bracket can be had.
const LEAST_TIME: Duration = Duration::from_secs(10);

/// What all trials have in common; each has phases, seed and stop of its own.
pub(super) fn plan(args: &CapacityArgs) -> Plan {
    let usual = Plan::new(Load::Open { phases: Vec::new(), arrivals: arrivals(args) });
    Plan {
        connections: args.connections.and_then(NonZeroU32::new).unwrap_or(usual.connections),
        threads: args.threads.map(usize::from).and_then(NonZeroUsize::new).unwrap_or(usual.threads),
        request_timeout: args.timeout,
        seed: args.seed,
        pacing: match args.pacing {
            PacingArg::Wait => Pacing::Wait,
            PacingArg::Spin => Pacing::Spin,
            PacingArg::Auto => Pacing::Auto,
        },
        ..usual
    }
}

/// How arrivals lie around their rate.
pub(super) fn arrivals(args: &CapacityArgs) -> Arrivals {
    match args.arrivals {
        ArrivalsArg::Constant => Arrivals::Constant,
        ArrivalsArg::Poisson => Arrivals::Poisson,
    }
}

/// What the record says of all this.
pub(super) fn recorded(args: &CapacityArgs, settings: &Settings, suite: &Suite, drive: &Drive) -> CapacitySettings {
    let nanos = |duration: Duration| u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
    let (target, plan) = (drive.target(), plan(args));
    let scheme = &target.api.auth;
    CapacitySettings {
        proofhouse: env!("CARGO_PKG_VERSION").into(),
        api: target.api.name.clone(),
        authentication: Authentication {
            scheme: scheme.scheme,
            names: scheme.names().into_iter().map(ToOwned::to_owned).collect(),
        },
        target: target.base.as_str().trim_end_matches('/').to_owned(),
        built_in: drive.is_built_in(),
        suite: match &suite.origin {
            Origin::Embedded { digest } => Some(digest.clone()),
            Origin::Paths(_) => None,
        },
        arrivals: match args.arrivals {
            ArrivalsArg::Constant => "constant",
            ArrivalsArg::Poisson => "poisson",
        }
        .into(),
        documented: settings.documented.map(Rate::get),
        highest: settings.highest.map(Rate::get),
        p99_times: match settings.thresholds.latency {
            LatencyLimit::Times(times) => Some(times),
            LatencyLimit::Within(_) => None,
        },
        max_time_ns: nanos(args.max_time),
        connections: plan.connections.get(),
        threads: plan.threads.get(),
        timeout_ns: nanos(plan.request_timeout),
        seed: args.seed,
    }
}
