//! `proofhouse check`: cases against a target, judged, recorded, reported.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::api_run::{self, Manner, Planned, client, plan};
use super::interrupt::on_interrupt;
use super::known::{self, Known, ListError};
use super::{Console, Exit, embedded, preview, replay, reports};
use crate::api::{Api, Level};
use crate::check::{Pacing, Stop};
use crate::clock::Clock;
use crate::record::{self, ApiFacts, CheckRecord, RunFacts, SuiteOrigin};
use crate::reference;
use crate::scenario::{Origin, Selection, Suite};
use crate::settings::args::{Check, Gate, Pace};
use crate::settings::environment::Environment;
use crate::settings::target_file::TargetFileError;
use crate::settings::targets::{ApiTarget, TargetError, Targets, base_url, targets};

pub(super) async fn run(args: &Check, environment: &Environment, console: &mut Console) -> Exit {
    let palette = console.palette(args.output.color, environment);
    // From the very beginning, so that no interrupt ends the process without a word.
    let stop = Stop::default();
    stop_on_interrupt(&stop);
    let suite = match Suite::chosen(&args.paths) {
        Ok(suite) => suite,
        Err(error) => return console.suite_error(&error, palette),
    };
    let tested: Vec<Arc<Api>> = suite.tested_apis().cloned().collect();
    let (replay, target) = match replay::of(args) {
        Ok(meant) => meant,
        Err(error) => return error.tell(console),
    };
    let chosen = match targets(&target, environment, &suite.apis, &tested) {
        Ok(chosen) => chosen,
        Err(TargetError::File(TargetFileError::Mistakes(mistakes))) => return console.mistakes(&mistakes, palette),
        Err(error) => return console.usage(error),
    };
    let self_check = matches!(chosen, Targets::BuiltIn(_));
    let (chosen, _server) = match start_built_in(chosen).await {
        Ok(started) => started,
        Err(message) => return console.usage(message),
    };
    let mut planned = match plan_all(&suite, chosen, args) {
        Ok(planned) => planned,
        Err(mistakes) => return console.mistakes(&mistakes, palette),
    };
    if let Some(replay) = &replay
        && let Err(error) = replay.narrow(&mut planned, console)
    {
        return error.tell(console);
    }
    // A replay asks whether something still fails: that it is known to is no answer.
    let beside = args.target.target_file.as_deref().filter(|_| replay.is_none());
    let known = match Known::read(&args.known, beside, &suite, &planned) {
        Ok(known) => known,
        Err(ListError::Usage(message)) => return console.usage(message),
        Err(ListError::Mistakes(mistakes)) => return console.mistakes(&mistakes, palette),
    };
    if replay.is_none() && planned.iter().all(|planned| planned.cases.is_empty() && planned.searches.is_empty()) {
        console.note("error: no case is selected: `--list` without `--only` shows what there is");
        return Exit::NothingRun;
    }
    if args.list {
        return preview::list(&planned, console);
    }
    if args.prepare {
        return preview::prepare(&planned, console);
    }
    let replay = replay.map(|replay| replay.words());
    execute(args, &suite, Plans { planned, known, replay, self_check }, &stop, environment, console).await
}

/// What was decided before anything is sent.
struct Plans {
    planned: Vec<Planned>,
    known: Option<Known>,
    /// What is sent again, in words.
    replay: Option<String>,
    self_check: bool,
}

/// Sends, records and reports.
async fn execute(
    args: &Check,
    suite: &Suite,
    Plans { planned, known, replay, self_check }: Plans,
    stop: &Stop,
    environment: &Environment,
    console: &mut Console,
) -> Exit {
    let mut clients = Vec::new();
    for planned in &planned {
        match client(&planned.target, args.timeout) {
            Ok(client) => clients.push(client),
            Err(error) => return console.usage(error),
        }
    }
    let (began, start) = (Clock::System.now(), Instant::now());
    let apis: Vec<&str> = planned.iter().map(|planned| planned.target.api.name.as_str()).collect();
    let plan = match reports::Plan::new(&args.report, "check", &apis, &record::rfc3339(began)) {
        Ok(plan) => plan,
        Err(message) => return console.usage(message),
    };
    let (manner, suite) = (manner(args, self_check), origin(suite));
    let settings = record::Settings { replay, ..recorded(manner, &args.only, &args.skip) };
    let view = reports::view(&args.output, console.palette(args.output.color, environment));
    reports::announce(&planned, &suite, self_check, &settings, view, console);
    if let Some(patience) = args.wait {
        wait_for_all(&planned, patience, console).await;
    }
    let progress = reports::Progress::start(&args.output);
    let mut runs = Vec::new();
    for (planned, client) in planned.into_iter().zip(clients) {
        let api = Arc::clone(&planned.target.api);
        let facts = ApiFacts::new(planned.target.base.as_str(), &planned.target.trust, &planned.target.declared);
        let run = api_run::run(planned, client, manner, stop, progress.listener()).await;
        runs.push((api, facts, run));
    }
    progress.finish();
    let facts = RunFacts {
        command: "check".into(),
        started: began,
        duration: start.elapsed(),
        self_check,
        interrupted: stop.is_requested(),
        suite,
        settings,
    };
    let mut record = CheckRecord::from_run(facts, runs);
    if let Some(mut known) = known
        && let Err(message) = known.apply(&mut record, known::today(Clock::System), console)
    {
        console.note(format_args!("error: {message}"));
        return Exit::ReportNotWritten;
    }
    reports::finish(record, &plan, args, environment, view, console)
}

fn plan_all(suite: &Suite, chosen: Vec<ApiTarget>, args: &Check) -> Result<Vec<Planned>, crate::source::Diagnostics> {
    let selection = Selection::new(&args.only, &args.skip);
    chosen.into_iter().map(|target| plan(suite, target, &selection)).collect()
}

fn manner(args: &Check, self_check: bool) -> Manner {
    let pacing = match args.pace {
        Some(Pace::None) => Pacing::None,
        Some(Pace::Rate(rate)) => Pacing::Rate(rate),
        None if self_check => Pacing::None,
        None => Pacing::Documented,
    };
    let gate = match args.gate {
        Gate::Must => Level::Must,
        Gate::Should => Level::Should,
    };
    Manner { pacing, concurrency: usize::from(args.concurrency), gate, spaced: !self_check, repeat: args.repeat }
}

/// The manner as a record says it.
pub(super) fn recorded(manner: Manner, only: &[String], skip: &[String]) -> record::Settings {
    record::Settings {
        gate: manner.gate,
        pacing: match manner.pacing {
            Pacing::None => record::Pacing::None,
            Pacing::Documented => record::Pacing::Documented,
            Pacing::Rate(rate) => record::Pacing::Rate(rate),
        },
        concurrency: manner.concurrency,
        replay: None,
        only: only.to_vec(),
        skip: skip.to_vec(),
    }
}

pub(super) fn origin(suite: &Suite) -> SuiteOrigin {
    match &suite.origin {
        Origin::Embedded { digest } => SuiteOrigin::Embedded(digest.clone()),
        Origin::Paths(paths) => SuiteOrigin::Paths(paths.iter().map(|path| path.display().to_string()).collect()),
    }
}

/// Starts the built-in reference, where that is what is checked, and says where it is.
async fn start_built_in(chosen: Targets) -> Result<(Vec<ApiTarget>, Option<reference::Running>), String> {
    let apis = match chosen {
        Targets::Given(targets) => return Ok((targets, None)),
        Targets::BuiltIn(apis) => apis,
    };
    let address = SocketAddr::from(([127, 0, 0, 1], 0));
    let server = reference::start(reference::Options::default(), address).await.map_err(|error| error.to_string())?;
    let base = base_url(&format!("http://{}", server.addr()))?;
    Ok((apis.into_iter().map(|api| embedded::target(api, &base)).collect(), Some(server)))
}

/// The first interrupt ends the run in order; a second one ends the process at once.
pub(super) fn stop_on_interrupt(stop: &Stop) {
    let stop = stop.clone();
    on_interrupt(move || stop.request());
}

/// Waits until each host accepts connections, or the time is up: then the run itself finds out why.
async fn wait_for_all(planned: &[Planned], patience: Duration, console: &mut Console) {
    let end = Instant::now() + patience;
    let addresses: BTreeSet<(String, u16)> = planned
        .iter()
        .filter_map(|planned| {
            let base = &planned.target.base;
            Some((base.host_str()?.trim_matches(['[', ']']).to_owned(), base.port_or_known_default()?))
        })
        .collect();
    for (host, port) in addresses {
        while tokio::net::TcpStream::connect((host.as_str(), port)).await.is_err() {
            if Instant::now() >= end {
                console.note(format_args!("{host}:{port} did not accept a connection within {patience:?}"));
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}
