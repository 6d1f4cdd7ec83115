//! `proofhouse check`: cases against a target, judged, reported.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::lint::read_suite;
use super::sign::random_seed;
use super::{Console, Exit, embedded};
use crate::api::auth::Signer;
use crate::api::{Api, Level};
use crate::check::{ApiRun, Client, Destination, Engine, Options, Pacing, Stop};
use crate::clock::Clock;
use crate::reference;
use crate::scenario::{Case, Selection, Suite};
use crate::settings::args::{Check, Gate, Pace};
use crate::settings::environment::Environment;
use crate::settings::target_file::TargetFileError;
use crate::settings::targets::{ApiTarget, TargetError, Targets, base_url, targets};
use crate::target::Declared;

/// The largest reply that is read: a hundred users with their profiles take a tenth of it.
const LARGEST_REPLY: usize = 4 << 20;

/// The cases of one api, for one target.
struct Planned {
    target: ApiTarget,
    plain: Case,
    cases: Vec<Case>,
}

pub(super) async fn run(args: &Check, environment: &Environment, console: &mut Console) -> Exit {
    let palette = console.palette(args.output.color, environment);
    let suite = match read_suite(&args.paths) {
        Ok(suite) => suite,
        Err(error) => return console.suite_error(&error, palette),
    };
    let tested: Vec<Arc<Api>> = suite.tested_apis().cloned().collect();
    let chosen = match targets(&args.target, environment, &suite.apis, &tested) {
        Ok(chosen) => chosen,
        Err(TargetError::File(TargetFileError::Mistakes(mistakes))) => return console.mistakes(&mistakes, palette),
        Err(error) => return console.usage(error),
    };
    let built_in = matches!(chosen, Targets::BuiltIn(_));
    let (chosen, _server) = match start_built_in(chosen).await {
        Ok(started) => started,
        Err(message) => return console.usage(message),
    };
    let selection = Selection::new(&args.only, &args.skip);
    let mut planned = Vec::new();
    for target in chosen {
        match plan(&suite, target, &selection) {
            Ok(found) => planned.push(found),
            Err(mistakes) => return console.mistakes(&mistakes, palette),
        }
    }
    if planned.iter().all(|planned| planned.cases.is_empty()) {
        console.note("error: no case is selected");
        return Exit::NothingRun;
    }
    let stop = Stop::default();
    stop_on_interrupt(&stop);
    let start = Instant::now();
    let mut runs: Vec<(Arc<Api>, ApiRun)> = Vec::new();
    for planned in planned {
        let api = Arc::clone(&planned.target.api);
        match run_api(planned, args, built_in, &stop).await {
            Ok(run) => runs.push((api, run)),
            Err(message) => return console.usage(message),
        }
    }
    console.line(format_args!("{:?}", start.elapsed()));
    for (api, run) in &runs {
        use std::collections::BTreeMap;
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for case in &run.cases {
            *counts.entry(case.verdict.as_str()).or_default() += 1;
            if matches!(case.verdict, crate::check::Verdict::Fail | crate::check::Verdict::Inconclusive)
                || case.misses_a_should()
            {
                console.line(format_args!("{} {} {:?}", case.verdict.as_str(), case.address, case.claims));
                if let Some(exchange) = case.exchanges.last() {
                    console.line(format_args!(
                        "   {} {:?}",
                        exchange.request.body.text,
                        exchange.outcome.as_ref().map(|r| String::from_utf8_lossy(&r.body).into_owned())
                    ));
                }
            }
        }
        console.line(format_args!("{}: {:?} {counts:?}", api.name, run.baseline));
    }
    if runs.iter().any(|(_, r)| r.cases.iter().any(|c| c.verdict == crate::check::Verdict::Fail)) {
        return Exit::Violates;
    }
    if runs.iter().any(|(_, r)| r.cases.iter().any(|c| c.verdict == crate::check::Verdict::Inconclusive)) {
        return Exit::Inconclusive;
    }
    Exit::Conforms
}

/// Starts the built-in reference, where that is what is checked, and says where it is.
async fn start_built_in(chosen: Targets) -> Result<(Vec<ApiTarget>, Option<reference::Running>), String> {
    let apis = match chosen {
        Targets::Given(targets) => return Ok((targets, None)),
        Targets::BuiltIn(apis) => apis,
    };
    let address = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    let server = reference::start(reference::Options::default(), address).await.map_err(|error| error.to_string())?;
    let base = base_url(&format!("http://{}", server.addr()))?;
    let target = |api: Arc<Api>| ApiTarget {
        base: base.clone(),
        credentials: embedded::credentials(&api),
        trust: crate::check::Trust::default(),
        headers: Vec::new(),
        declared: embedded::declared(&api),
        api,
    };
    Ok((apis.into_iter().map(target).collect(), Some(server)))
}

fn plan(suite: &Suite, target: ApiTarget, selection: &Selection) -> Result<Planned, crate::source::Diagnostics> {
    let mut cases = suite.cases(&target.api, &target.declared)?;
    cases.retain(|case| selection.wants(case));
    let plain = suite.plain(&target.api, &target.declared)?;
    Ok(Planned { target, plain, cases })
}

async fn run_api(planned: Planned, args: &Check, built_in: bool, stop: &Stop) -> Result<ApiRun, String> {
    let Planned { target, plain, cases } = planned;
    let client =
        Client::new(&target.base, &target.trust, args.timeout, LARGEST_REPLY).map_err(|error| error.to_string())?;
    let Declared { users, .. } = target.declared.clone();
    let destination = Destination {
        base: target.base.as_str().trim_end_matches('/').to_owned(),
        extra_headers: target.headers,
        client,
        users,
        rate: target.declared.rate(&target.api),
    };
    let pacing = match args.pace {
        Some(Pace::None) => Pacing::None,
        Some(Pace::Rate(rate)) => Pacing::Rate(rate),
        None if built_in => Pacing::None,
        None => Pacing::Documented,
    };
    let gate = match args.gate {
        Gate::Must => Level::Must,
        Gate::Should => Level::Should,
    };
    let seed = random_seed();
    let run = crate::check::run_prefix(seed);
    let options = Options { pacing, concurrency: usize::from(args.concurrency), gate, spaced: !built_in, run };
    let signer = Signer::new(target.credentials, Clock::System, seed);
    let engine = Engine::new(target.api, plain, destination, signer, options, stop.clone(), Box::new(|_| {}));
    Ok(Arc::new(engine).run(cases).await)
}

/// The first interrupt ends the run in order; a second one ends the process at once.
fn stop_on_interrupt(stop: &Stop) {
    let stop = stop.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            stop.request();
            if tokio::signal::ctrl_c().await.is_ok() {
                std::process::exit(i32::from(Exit::Interrupted.code()));
            }
        }
    });
}

/// Waits until the target accepts connections.
#[expect(dead_code, reason = "used once reports are in")]
async fn wait_for(host: &str, port: u16, patience: Duration) -> bool {
    let end = Instant::now() + patience;
    loop {
        if tokio::net::TcpStream::connect((host, port)).await.is_ok() {
            return true;
        }
        if Instant::now() >= end {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
