//! `proofhouse faults`: the suite against the reference with each of its faults in turn.
//!
//! A verdict is worth as much as the suite behind it: what a suite does not notice here, it notices nowhere.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use wildmatch::WildMatch;

use super::api_run::{self, Manner, client, plan};
use super::{Console, Exit, embedded};
use crate::api::{Api, Level};
use crate::check::{CaseResult, Pacing, Stop, Verdict};
use crate::reference::{self, Fault, Options, Pace};
use crate::scenario::{Selection, Suite};
use crate::settings::args::Faults;
use crate::settings::environment::Environment;
use crate::settings::targets::base_url;
use crate::source::Palette;

/// How many cases a line names.
const NAMED: usize = 3;

/// What the suite made of one fault.
struct Trial {
    fault: Fault,
    /// The addresses of the cases that failed.
    noticed_by: Vec<String>,
}

pub(super) async fn run(args: &Faults, environment: &Environment, console: &mut Console) -> Exit {
    let palette = console.palette(args.color, environment);
    let suite = match Suite::chosen(&args.paths) {
        Ok(suite) => suite,
        Err(error) => return console.suite_error(&error, palette),
    };
    let wanted: Vec<WildMatch> = args.only.iter().map(|pattern| WildMatch::new(pattern)).collect();
    let wants = |fault: &Fault| {
        let api = args.api.is_empty() || args.api.iter().any(|name| name == fault.api().name());
        api && (wanted.is_empty() || wanted.iter().any(|pattern| pattern.matches(&fault.to_string())))
    };
    let faults: Vec<Fault> = Fault::all().filter(wants).collect();
    if faults.is_empty() {
        console.note("error: no fault is selected: `proofhouse serve --fault list` shows their names");
        return Exit::NothingRun;
    }
    let mut trials = Vec::new();
    for fault in faults {
        let Some(api) = suite.apis.get(fault.api().name()) else {
            continue;
        };
        match noticed_by(&suite, api, fault).await {
            Ok(noticed_by) => trials.push(Trial { fault, noticed_by }),
            Err(message) => return console.usage(message),
        }
        if let (false, Some(trial)) = (args.json, trials.last()) {
            console.line(line(trial, args.verbose));
        }
    }
    if args.json {
        console.line(format_args!("{:#}", as_json(&trials)));
    } else {
        score(&trials, console);
    }
    if trials.iter().any(|trial| trial.noticed_by.is_empty()) { Exit::Violated } else { Exit::Conforms }
}

/// Runs the suite against the reference with this fault, and names the cases that fail.
async fn noticed_by(suite: &Suite, api: &Arc<Api>, fault: Fault) -> Result<Vec<String>, String> {
    let options = Options { fault: Some(fault), ..Options::default() };
    let address = SocketAddr::from(([127, 0, 0, 1], 0));
    let server = reference::start(options, address).await.map_err(|error| error.to_string())?;
    let base = base_url(&format!("http://{}", server.addr()))?;
    let target = embedded::target(Arc::clone(api), &base);
    let timeout = Duration::from_secs(10);
    let client = client(&target, timeout).map_err(|error| error.to_string())?;
    let mut planned = plan(suite, target, &Selection::default()).map_err(|mistakes| {
        mistakes.iter().map(|mistake| mistake.render(Palette::Plain)).collect::<Vec<_>>().join("\n")
    })?;
    // Nothing that is searched can fail.
    planned.searches.clear();
    let pacing = match fault.pace() {
        Pace::Any => Pacing::None,
        Pace::Documented => Pacing::Documented,
    };
    let manner = Manner { pacing, concurrency: 32, gate: Level::Must, spaced: false, repeat: 1 };
    let run = api_run::run(planned, client, manner, &Stop::default(), Box::new(|_| {})).await;
    server.stop().await;
    let failed = |case: &&CaseResult| case.verdict == Verdict::Fail;
    Ok(run.cases.iter().filter(failed).map(|case| case.address.clone()).collect())
}

fn line(trial: &Trial, verbose: bool) -> String {
    let by = &trial.noticed_by;
    if by.is_empty() {
        return format!("MISSED   {:<44} {}", trial.fault.to_string(), trial.fault.breaks());
    }
    let shown = if verbose { by.len() } else { NAMED };
    let names = by.iter().take(shown).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = by.len().saturating_sub(shown);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("noticed  {:<44} by {names}{more}", trial.fault.to_string())
}

fn score(trials: &[Trial], console: &mut Console) {
    for api in reference::Api::ALL {
        let of_api: Vec<&Trial> = trials.iter().filter(|trial| trial.fault.api() == api).collect();
        let noticed = of_api.iter().filter(|trial| !trial.noticed_by.is_empty()).count();
        if !of_api.is_empty() {
            console.line(format_args!("{}: {noticed} of {} faults noticed", api.name(), of_api.len()));
        }
    }
    let noticed = trials.iter().filter(|trial| !trial.noticed_by.is_empty()).count();
    // Rounded down: 100 % means all of them.
    console.line(format_args!("score: {} % ({noticed} of {})", noticed * 100 / trials.len().max(1), trials.len()));
}

fn as_json(trials: &[Trial]) -> serde_json::Value {
    let trial = |trial: &Trial| {
        json!({
            "fault": trial.fault.to_string(),
            "breaks": trial.fault.breaks(),
            "noticed": !trial.noticed_by.is_empty(),
            "by": trial.noticed_by,
        })
    };
    let noticed = trials.iter().filter(|trial| !trial.noticed_by.is_empty()).count();
    json!({
        "version": 1,
        "faults": trials.len(),
        "noticed": noticed,
        "trials": trials.iter().map(trial).collect::<Vec<_>>(),
    })
}
