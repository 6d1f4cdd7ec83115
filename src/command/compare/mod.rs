//! `proofhouse compare`: load runs of two sides, saved before or made now, and whether the one is really slower.
//!
//! `given` reads saved records, `rerun` makes runs in turn; both end in the same judgement and the same reports.

mod given;
mod rerun;

use std::path::Path;

use super::publish::{Handover, hand_over};
use super::reports::view;
use super::{Console, Exit};
use crate::clock::Clock;
use crate::compare::runs::{Arrangement, LoadRun, Refusal, check, compare};
use crate::record::compare::CompareRecord;
use crate::record::rfc3339;
use crate::report::compare::write_comparison;
use crate::report::{DEFAULT_ROOT, DirectoryError, Format, ReportDirectory};
use crate::settings::compare_args::CompareArgs;
use crate::settings::environment::Environment;
use crate::source::Palette;

pub(super) async fn run(args: &CompareArgs, environment: &Environment, console: &mut Console) -> Exit {
    let palette = console.palette(args.output.color, environment);
    let formats = match Format::of_run::<CompareRecord>(&args.report.format) {
        Ok(formats) => formats,
        Err(error) => return console.usage(error),
    };
    let (base, head) = match sides(args) {
        Ok(sides) => sides,
        Err(message) => return console.usage(message),
    };
    if args.rerun {
        return match (base.as_slice(), head.as_slice()) {
            ([base], [head]) => rerun::run([base, head], args, &formats, environment, palette, console).await,
            _ => console.usage("with `--rerun` each side is one target, a URL or a target file"),
        };
    }
    let (base, head) = match (given::runs(&base), given::runs(&head)) {
        (Ok(base), Ok(head)) => (base, head),
        (Err(message), _) | (_, Err(message)) => return console.usage(message),
    };
    if let Some(exit) = refuse(&base, &head, console) {
        return exit;
    }
    let record = compare(&base, &head, Arrangement::Apart, args.max_regression);
    let directory = directory(args, &record.api);
    finish(&record, directory, &formats, args, environment, palette, console)
}

/// Both sides as they were written, in one of the two ways.
fn sides(args: &CompareArgs) -> Result<(Vec<String>, Vec<String>), String> {
    match args.sides.as_slice() {
        [base, head] => Ok((vec![base.clone()], vec![head.clone()])),
        [] if !args.base.is_empty() => Ok((args.base.clone(), args.head.clone())),
        [] => Err("give BASE and HEAD, or `--base` and `--head`, each as often as there are records".into()),
        _ => Err("HEAD is missing: give BASE and HEAD".into()),
    }
}

/// Says why runs are not compared; `None` where they can be.
fn refuse(base: &[LoadRun], head: &[LoadRun], console: &mut Console) -> Option<Exit> {
    const SHOWN: usize = 10;
    let refusals = check(base, head);
    let first = refusals.first()?;
    for refusal in refusals.iter().take(SHOWN) {
        let (Refusal::Unlike(text) | Refusal::Unsound(text)) = refusal;
        console.note(format_args!("error: {text}"));
    }
    if refusals.len() > SHOWN {
        console.note(format_args!("… and {} more reasons", refusals.len() - SHOWN));
    }
    let unlike = refusals.iter().find(|refusal| matches!(refusal, Refusal::Unlike(_)));
    Some(match unlike.unwrap_or(first) {
        Refusal::Unlike(_) => {
            console.note("nothing is compared: only runs of the same can be");
            Exit::Usage
        }
        Refusal::Unsound(_) => {
            console.note("nothing is compared: make these runs again");
            Exit::Inconclusive
        }
    })
}

/// The directory that was asked for, or a fresh one.
fn directory(args: &CompareArgs, api: &str) -> Result<ReportDirectory, DirectoryError> {
    match &args.report.report_dir {
        Some(path) => ReportDirectory::at(path),
        None => ReportDirectory::fresh(Path::new(DEFAULT_ROOT), &rfc3339(Clock::System.now()), "compare", &[api]),
    }
}

/// Writes every format, shows the result, and gives the exit code.
fn finish(
    record: &CompareRecord,
    directory: Result<ReportDirectory, DirectoryError>,
    formats: &[Format],
    args: &CompareArgs,
    environment: &Environment,
    palette: Palette,
    console: &mut Console,
) -> Exit {
    let exit = Exit::from_code(record.exit_code).unwrap_or(Exit::Internal);
    let view = view(&args.output, palette);
    let to = Handover { directory, formats, report: &args.report, output: &args.output };
    hand_over(record, exit, to, |out| write_comparison(record, view, out), environment, console)
}
