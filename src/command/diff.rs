//! `proofhouse diff`: two implementations of one api, checked now or recorded before, and every difference.

use std::fs;
use std::path::Path;
use std::time::Instant;

use wildmatch::WildMatch;

use super::api_run::{self, Manner, client, plan};
use super::check::{origin, recorded, stop_on_interrupt};
use super::publish::{Handover, hand_over};
use super::reports::{Progress, view};
use super::{Console, Exit};
use crate::api::Level;
use crate::check::{Event, Pacing, Stop};
use crate::clock::Clock;
use crate::compare;
use crate::record::{ApiFacts, AuditRecord, CheckRecord, ExitFacts, RunFacts, exit_code, read_check, rfc3339};
use crate::report::audit::write_audit;
use crate::report::{DEFAULT_ROOT, Format, ReportDirectory};
use crate::scenario::{Selection, Suite};
use crate::settings::args::{DiffArgs, Gate, Pace, TargetArgs};
use crate::settings::environment::Environment;
use crate::settings::target_file::{TargetFile, TargetFileError};
use crate::settings::targets::{ApiTarget, TargetError, Targets, targets};
use crate::source::Diagnostics;

/// How often each case is sent: what differs from time to time is learned from the second.
const TIMES: u16 = 2;

/// One side as it was given.
enum Given {
    Record(Box<CheckRecord>),
    Target(Box<TargetFile>),
}

/// Why nothing can be compared.
enum Refusal {
    Usage(String),
    Mistakes(Diagnostics),
}

pub(super) async fn run(args: &DiffArgs, environment: &Environment, console: &mut Console) -> Exit {
    let palette = console.palette(args.output.color, environment);
    let formats = match Format::of_run::<AuditRecord>(&args.report.format) {
        Ok(formats) => formats,
        Err(error) => return console.usage(error),
    };
    let stop = Stop::default();
    stop_on_interrupt(&stop);
    let suite = match Suite::chosen(&args.suite) {
        Ok(suite) => suite,
        Err(error) => return console.suite_error(&error, palette),
    };
    let started = rfc3339(Clock::System.now());
    let mut audit = match audit(args, &suite, environment, &stop).await {
        Ok(audit) => audit,
        Err(Refusal::Usage(message)) => return console.usage(message),
        Err(Refusal::Mistakes(mistakes)) => return console.mistakes(&mistakes, palette),
    };
    let exit = exit_code(ExitFacts {
        interrupted: stop.is_requested(),
        violated: audit.is_violated(),
        undecided: audit.compared == 0,
        ..ExitFacts::CLEAN
    });
    audit.exit_code = exit.code();
    let directory = match &args.report.report_dir {
        Some(path) => ReportDirectory::at(path),
        None => ReportDirectory::fresh(Path::new(DEFAULT_ROOT), &started, "diff", &[&audit.api]),
    };
    let view = view(&args.output, palette);
    let to = Handover { directory, formats: &formats, report: &args.report, output: &args.output };
    hand_over(&audit, exit, to, |out| write_audit(&audit, view, out), environment, console)
}

/// Reads both sides, chooses the api, sends what is to be sent, and compares.
async fn audit(args: &DiffArgs, suite: &Suite, environment: &Environment, stop: &Stop) -> Result<AuditRecord, Refusal> {
    let (a, b) = (given(&args.a)?, given(&args.b)?);
    let api = chosen(args, &a, &b).map_err(Refusal::Usage)?;
    // Both are understood before anything is sent to either.
    let (a, b) = (ready(a, &args.a, &api, suite, environment)?, ready(b, &args.b, &api, suite, environment)?);
    let a = recorded_side("A", a, args, suite, stop).await?;
    let b = recorded_side("B", b, args, suite, stop).await?;
    let patterns = |texts: &[String]| texts.iter().map(|text| WildMatch::new(text)).collect::<Vec<_>>();
    let (only, skip) = (patterns(&args.only), patterns(&args.skip));
    let wants = |address: &str| {
        let matches = |patterns: &[WildMatch]| patterns.iter().any(|pattern| pattern.matches(address));
        (only.is_empty() || matches(&only)) && !matches(&skip)
    };
    let audit = compare::diff(&a, &b, &api, gate(args), &wants);
    audit.ok_or_else(|| Refusal::Usage(format!("a side has no `{api}`")))
}

fn gate(args: &DiffArgs) -> Level {
    match args.gate {
        Gate::Must => Level::Must,
        Gate::Should => Level::Should,
    }
}

/// What a path holds: a record is JSON, or a directory with one; all else is a target file.
fn given(path: &Path) -> Result<Given, Refusal> {
    let file = if path.is_dir() { path.join("report.json") } else { path.to_owned() };
    let text = fs::read(&file).map_err(|error| Refusal::Usage(format!("cannot read {}: {error}", file.display())))?;
    if text.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{') {
        let record = read_check(&mut text.as_slice());
        let record = record.map_err(|error| Refusal::Usage(format!("{} {error}", file.display())))?;
        return Ok(Given::Record(Box::new(record)));
    }
    match TargetFile::read(&file) {
        Ok(target) => Ok(Given::Target(Box::new(target))),
        Err(TargetFileError::Mistakes(mistakes)) => Err(Refusal::Mistakes(mistakes)),
        Err(error @ TargetFileError::Unreadable { .. }) => Err(Refusal::Usage(TargetError::File(error).to_string())),
    }
}

impl Given {
    fn apis(&self) -> Vec<&str> {
        match self {
            Self::Record(record) => record.apis.iter().map(|api| api.name.as_str()).collect(),
            Self::Target(target) => target.apis.keys().map(String::as_str).collect(),
        }
    }
}

/// The one api that is meant.
fn chosen(args: &DiffArgs, a: &Given, b: &Given) -> Result<String, String> {
    let (of_a, of_b) = (a.apis(), b.apis());
    let both: Vec<&str> = of_a.iter().copied().filter(|name| of_b.contains(name)).collect();
    match (&args.api, both.as_slice()) {
        (Some(name), both) if both.contains(&name.as_str()) => Ok(name.clone()),
        (None, [one]) => Ok((*one).to_owned()),
        (None, [_, ..]) => Err(format!("both sides have {}: choose one with `--api`", both.join(", "))),
        (Some(_), _) | (None, []) => Err(format!(
            "the sides have no {}api in common: A has {}, B has {}",
            args.api.as_ref().map_or_else(String::new, |name| format!("`{name}` as ")),
            of_a.join(", "),
            of_b.join(", ")
        )),
    }
}

/// One side, with nothing left that could be wrong but the target.
enum Ready {
    Record(Box<CheckRecord>),
    Target(Box<ApiTarget>),
}

fn ready(given: Given, path: &Path, api: &str, suite: &Suite, environment: &Environment) -> Result<Ready, Refusal> {
    match given {
        Given::Record(record) => Ok(Ready::Record(record)),
        Given::Target(_) => {
            let target_file = Some(path.to_owned());
            let args = TargetArgs { api: vec![api.to_owned()], target_file, ..TargetArgs::default() };
            let tested: Vec<_> = suite.tested_apis().cloned().collect();
            let found = targets(&args, environment, &suite.apis, &tested);
            match found.map_err(|error| Refusal::Usage(format!("{}: {error}", path.display())))? {
                Targets::Given(mut targets) if targets.len() == 1 => Ok(Ready::Target(Box::new(targets.remove(0)))),
                Targets::Given(_) | Targets::BuiltIn(_) => {
                    Err(Refusal::Usage(format!("{} has no `{api}`", path.display())))
                }
            }
        }
    }
}

/// The record of a side: as it was saved, or of a run that is made now.
async fn recorded_side(
    name: &'static str,
    side: Ready,
    args: &DiffArgs,
    suite: &Suite,
    stop: &Stop,
) -> Result<CheckRecord, Refusal> {
    let target = match side {
        Ready::Record(record) => return Ok(*record),
        Ready::Target(target) => *target,
    };
    let client = client(&target, args.timeout).map_err(|error| Refusal::Usage(error.to_string()))?;
    let pacing = match args.pace {
        Some(Pace::None) => Pacing::None,
        Some(Pace::Rate(rate)) => Pacing::Rate(rate),
        None => Pacing::Documented,
    };
    let manner =
        Manner { pacing, concurrency: usize::from(args.concurrency), gate: gate(args), spaced: true, repeat: TIMES };
    let facts = ApiFacts::new(target.base.as_str(), &target.trust, &target.declared);
    let api = std::sync::Arc::clone(&target.api);
    let planned = plan(suite, target, &Selection::new(&args.only, &args.skip)).map_err(Refusal::Mistakes)?;
    let (started, begun) = (Clock::System.now(), Instant::now());
    let progress = Progress::start(&args.output);
    let listener = progress.listener();
    let listener = Box::new(move |event| listener(of_side(name, event)));
    let run = api_run::run(planned, client, manner, stop, listener).await;
    progress.finish();
    let run_facts = RunFacts {
        command: "diff".into(),
        started,
        duration: begun.elapsed(),
        self_check: false,
        interrupted: stop.is_requested(),
        suite: origin(suite),
        settings: recorded(manner, &args.only, &args.skip),
    };
    Ok(CheckRecord::from_run(run_facts, vec![(api, facts, run)]))
}

/// The event as the progress line tells it: which of the two sides is under way.
fn of_side(name: &str, event: Event) -> Event {
    match event {
        Event::ApiStarted { api, cases } => Event::ApiStarted { api: format!("{name}: {api}"), cases },
        other @ (Event::CaseSent { .. } | Event::SlowedDown { .. } | Event::TargetGone { .. }) => other,
    }
}
