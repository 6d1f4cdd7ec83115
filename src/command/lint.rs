//! `proofhouse lint`: every mistake in scenario files, and nothing else.

use std::path::PathBuf;

use super::{Console, Exit};
use crate::scenario::{Suite, SuiteError};
use crate::settings::args::Lint;
use crate::settings::environment::Environment;
use crate::target::Declared;

/// Reads a suite: the embedded one, or the one in these paths.
///
/// # Errors
/// Everything that is wrong with it.
pub(super) fn read_suite(paths: &[PathBuf]) -> Result<Suite, SuiteError> {
    if paths.is_empty() { Suite::embedded() } else { Suite::from_paths(paths) }
}

pub(super) fn run(args: &Lint, environment: &Environment, console: &mut Console) -> Exit {
    let palette = console.palette(args.color, environment);
    let suite = match read_suite(&args.paths) {
        Ok(suite) => suite,
        Err(error) => return console.suite_error(&error, palette),
    };
    let mut total = 0;
    for api in suite.tested_apis() {
        let cases = suite.cases(api, &Declared::default()).map_or(0, |cases| cases.len());
        console.line(format_args!("{}: {cases} cases, {} requirements", api.name, api.requirements.len()));
        total += cases;
    }
    let plans = suite.plans.len();
    let word = if plans == 1 { "plan" } else { "plans" };
    console.line(format_args!("no mistake in {total} cases and {plans} load {word}"));
    Exit::Conforms
}
