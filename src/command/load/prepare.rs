//! Everything that is decided before the first arrival: suite, plan, target, cases, permission.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::built_in::BuiltIn;
use super::cases::{self, Issued};
use super::judge::judge_of;
use super::permission;
use super::settle::{settle, thresholds};
use super::{BUILT_IN_PATIENCE, Claims, destination};
use crate::api::Api;
use crate::clock::Clock;
use crate::command::embedded;
use crate::command::sign::random_seed;
use crate::load::{Arrivals, Load as EngineLoad, Plan, Setup};
use crate::record::load::{MixedCase, Settings};
use crate::record::{Authentication, Trusted};
use crate::scenario::plan::{Drawn, LoadPlan};
use crate::scenario::{Origin, Suite, SuiteError};
use crate::secret::Redactor;
use crate::settings::environment::Environment;
use crate::settings::load_args::{Load, PacingArg};
use crate::settings::target_file::TargetFileError;
use crate::settings::targets::{ApiTarget, TargetError, Targets, base_url, targets};
use crate::source::Diagnostics;
use crate::target::Declared;

/// A run that may begin.
pub(super) struct Prepared {
    pub(super) setup: Setup,
    pub(super) settings: Settings,
    pub(super) target: ApiTarget,
    pub(super) claims: Claims,
    pub(super) issued: Issued,
    /// Ends when it is dropped.
    pub(super) built_in: Option<BuiltIn>,
}

/// Why nothing is sent.
pub(super) enum Refused {
    /// The suite cannot be read.
    Suite(SuiteError),
    /// Mistakes in a plan or target file.
    Mistakes(Diagnostics),
    /// What is wrong with the call, and what would be right.
    Usage(String),
}

impl From<String> for Refused {
    fn from(message: String) -> Self {
        Self::Usage(message)
    }
}

impl From<Diagnostics> for Refused {
    fn from(mistakes: Diagnostics) -> Self {
        Self::Mistakes(mistakes)
    }
}

/// Decides all of it.
///
/// # Errors
/// Whatever would make the run another one than was meant.
pub(super) async fn prepare(args: &Load, environment: &Environment) -> Result<Prepared, Refused> {
    let suite = read_suite(args).map_err(Refused::Suite)?;
    let plan = args.plan.as_deref().map(|name| find_plan(&suite, name)).transpose()?;
    let api = chosen_api(args, plan, &suite)?;
    let given = given_target(args, environment, &suite, &api)?;
    let rate = given.as_ref().map_or_else(|| Declared::default().rate(&api), |target| target.declared.rate(&api));
    let engine_plan = settle(args, plan, &api, rate)?;
    let (target, built_in) = match given {
        Some(target) => (target, None),
        None => built_in(&api)?,
    };
    let drawn = draw(&suite, plan, &target)?;
    let host = target.base.host_str().unwrap_or_default();
    permission::check_rate(host, &engine_plan, suite.apis.values().map(AsRef::as_ref), &args.allow_overload)?;
    let addresses = destination::addresses(&target).await?;
    let hosts: Vec<IpAddr> = addresses.iter().map(SocketAddr::ip).collect();
    permission::check_host(host, &hosts, target.allow_load, &args.allow_load)?;
    let patience = if built_in.is_some() { BUILT_IN_PATIENCE } else { args.wait.unwrap_or(Duration::ZERO) };
    let destination = destination::reach(&target, &addresses, patience).await?;
    let cases::Cases { cases, claims, issued } = cases::form(&drawn, &target);
    let claims = Arc::new(claims);
    let redactor = Redactor::new([target.credentials.secret().expose()]);
    let judge = judge_of(Arc::clone(&api), Arc::clone(&claims), redactor);
    let settings = settings(args, plan, &suite, &target, &engine_plan, &drawn, built_in.is_some());
    let setup = Setup { plan: engine_plan, destination, cases, judge, clock: Clock::System, run_number: random_seed() };
    Ok(Prepared { setup, settings, target, claims, issued, built_in })
}

/// The embedded suite, or the one that was asked for; with the plan, where that is a file.
fn read_suite(args: &Load) -> Result<Suite, SuiteError> {
    let file = args.plan.as_deref().map(Path::new).filter(|path| is_file(path));
    let mut paths = args.suite.clone();
    paths.extend(file.map(Path::to_owned));
    if paths.is_empty() { Suite::embedded() } else { Suite::from_paths(&paths) }
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
        (Some(name), _) => name,
        (None, Some(plan)) => &plan.api,
        (None, None) => {
            let known: Vec<&str> = suite.apis.keys().map(String::as_str).collect();
            return Err(format!("give `--api`, one of {}, or a load plan", known.join(", ")));
        }
    };
    suite.apis.get(name).cloned().ok_or_else(|| {
        let known: Vec<&str> = suite.apis.keys().map(String::as_str).collect();
        format!("unknown api `{name}`: known are {}", known.join(", "))
    })
}

/// The target that was given; `None` for the built-in reference.
fn given_target(
    args: &Load,
    environment: &Environment,
    suite: &Suite,
    api: &Arc<Api>,
) -> Result<Option<ApiTarget>, Refused> {
    let chosen = targets(&args.target_args(&api.name), environment, &suite.apis, &[]);
    match chosen {
        Ok(Targets::Given(targets)) => Ok(targets.into_iter().next()),
        Ok(Targets::BuiltIn(_)) => Ok(None),
        Err(TargetError::File(TargetFileError::Mistakes(mistakes))) => Err(Refused::Mistakes(mistakes)),
        Err(error) => Err(Refused::Usage(error.to_string())),
    }
}

fn built_in(api: &Arc<Api>) -> Result<(ApiTarget, Option<BuiltIn>), Refused> {
    let built_in = BuiltIn::start()?;
    let base = base_url(&built_in.url)?;
    Ok((embedded::target(Arc::clone(api), &base), Some(built_in)))
}

/// The cases of the plan for this target, or the plain request alone.
fn draw(suite: &Suite, plan: Option<&LoadPlan>, target: &ApiTarget) -> Result<Vec<Drawn>, Diagnostics> {
    let declared: &Declared = &target.declared;
    let plain = suite.plain(&target.api, declared)?;
    match plan {
        Some(plan) => plan.draw(&suite.cases(&target.api, declared)?, &plain),
        None => Ok(vec![Drawn { case: plain, weight: 1 }]),
    }
}

fn settings(
    args: &Load,
    plan: Option<&LoadPlan>,
    suite: &Suite,
    target: &ApiTarget,
    engine: &Plan,
    drawn: &[Drawn],
    built_in: bool,
) -> Settings {
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
        built_in,
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
