//! Everything that is decided before the first arrival: suite, plan, target, cases, permission.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::settle::{settle, thresholds};
use crate::api::Api;
use crate::command::drive::{BuiltInLimiter, Choice, Drive, Peak, Refused, named_api, plain};
use crate::load::{Arrivals, Load as EngineLoad, Plan};
use crate::record::load::{MixedCase, Settings};
use crate::record::{Authentication, Trusted};
use crate::scenario::plan::{Drawn, LoadPlan};
use crate::scenario::{Origin, Suite, SuiteError};
use crate::settings::environment::Environment;
use crate::settings::load_args::{Load, PacingArg};
use crate::settings::targets::ApiTarget;
use crate::source::Diagnostics;

/// A run that may begin.
pub(in crate::command) struct Prepared {
    pub(super) drive: Drive,
    pub(in crate::command) plan: Plan,
    pub(in crate::command) settings: Settings,
}

/// Decides all of it.
///
/// # Errors
/// Whatever would make the run another one than was meant.
pub(in crate::command) async fn prepare(args: &Load, environment: &Environment) -> Result<Prepared, Refused> {
    let suite = read_suite(args).map_err(Refused::Suite)?;
    let plan = args.plan.as_deref().map(|name| find_plan(&suite, name)).transpose()?;
    let api = chosen_api(args, plan, &suite)?;
    let choice = Choice::of(&args.place.target_args(&api.name), environment, &suite, &api)?;
    let engine_plan = settle(args, plan, &api, choice.rate())?;
    let started = choice.start(BuiltInLimiter::None)?;
    let drawn = draw(&suite, plan, &started.target)?;
    let drive = Drive::prepare(started, &drawn, &suite, Peak::of(&engine_plan), &args.place).await?;
    let settings = settings(args, plan, &suite, &engine_plan, &drawn, &drive);
    Ok(Prepared { drive, plan: engine_plan, settings })
}

/// The embedded suite, or the one that was asked for; with the plan, where that is a file.
fn read_suite(args: &Load) -> Result<Suite, SuiteError> {
    let file = args.plan.as_deref().map(Path::new).filter(|path| is_file(path));
    let mut paths = args.suite.clone();
    paths.extend(file.map(Path::to_owned));
    Suite::chosen(&paths)
}

fn is_file(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") || path.is_file()
}

fn find_plan<'a>(suite: &'a Suite, name: &str) -> Result<&'a LoadPlan, String> {
    let path = Path::new(name);
    if is_file(path) {
        // It was read last, after the suite.
        return suite.plans.last().ok_or_else(|| format!("{name} is no load plan: its name ends in `.load.yaml`"));
    }
    suite.plans.iter().find(|plan| plan.name == name).ok_or_else(|| {
        let known: Vec<&str> = suite.plans.iter().map(|plan| plan.name.as_str()).collect();
        format!("no load plan `{name}`: give a file, or one of {}", known.join(", "))
    })
}

fn chosen_api(args: &Load, plan: Option<&LoadPlan>, suite: &Suite) -> Result<Arc<Api>, String> {
    let name = match (&args.api, plan) {
        (Some(name), Some(plan)) if *name != plan.api => {
            return Err(format!("`--api {name}` contradicts the plan {}, which is of `{}`", plan.name, plan.api));
        }
        (Some(name), _) => Some(name.as_str()),
        (None, plan) => plan.map(|plan| plan.api.as_str()),
    };
    let given = named_api(name, suite);
    if name.is_none() { given.map_err(|error| format!("{error}, or a load plan")) } else { given }
}

/// The cases of the plan for this target, or the plain request alone.
fn draw(suite: &Suite, plan: Option<&LoadPlan>, target: &ApiTarget) -> Result<Vec<Drawn>, Diagnostics> {
    let Some(plan) = plan else { return plain(suite, target) };
    let plain = suite.plain(&target.api, &target.declared)?;
    plan.draw(&suite.cases(&target.api, &target.declared)?, &plain)
}

fn settings(
    args: &Load,
    plan: Option<&LoadPlan>,
    suite: &Suite,
    engine: &Plan,
    drawn: &[Drawn],
    drive: &Drive,
) -> Settings {
    let target = drive.target();
    let nanos = |duration: Duration| u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
    let all: f64 = drawn.iter().map(|drawn| f64::from(drawn.weight)).sum();
    let scheme = &target.api.auth;
    Settings {
        proofhouse: env!("CARGO_PKG_VERSION").into(),
        api: target.api.name.clone(),
        authentication: Authentication {
            scheme: scheme.scheme,
            names: scheme.names().into_iter().map(ToOwned::to_owned).collect(),
        },
        target: target.base.as_str().trim_end_matches('/').to_owned(),
        trusted: Trusted::from(&target.trust),
        built_in: drive.is_built_in(),
        plan: plan.map(|plan| plan.name.clone()),
        suite: match &suite.origin {
            Origin::Embedded { digest } => Some(digest.clone()),
            Origin::Paths(_) => None,
        },
        mix: drawn
            .iter()
            .map(|one| MixedCase { address: one.case.address.clone(), share: f64::from(one.weight) / all })
            .collect(),
        arrivals: match &engine.load {
            EngineLoad::Open { arrivals: Arrivals::Constant, .. } => Some("constant".into()),
            EngineLoad::Open { arrivals: Arrivals::Poisson, .. } => Some("poisson".into()),
            EngineLoad::Closed { .. } => None,
        },
        connections: engine.connections.get(),
        requests_per_connection: engine.requests_per_connection.map(std::num::NonZeroU64::get),
        pacing: match args.pacing {
            PacingArg::Wait => "wait",
            PacingArg::Spin => "spin",
            PacingArg::Auto => "auto",
        }
        .into(),
        seed: engine.seed,
        timeout_ns: nanos(engine.request_timeout),
        documented: engine.documented.map(crate::load::Rate::get),
        lag_bound_ns: engine.lag_bound.map(nanos),
        thresholds: thresholds(plan),
    }
}
