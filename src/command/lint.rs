//! `proofhouse lint`: every mistake in scenario files, and nothing else.

use super::{Console, Exit};
use crate::compare::trace::{Coverage, Suites, trace_api};
use crate::scenario::Suite;
use crate::settings::args::Lint;
use crate::settings::environment::Environment;
use crate::target::Declared;

pub(super) fn run(args: &Lint, environment: &Environment, console: &mut Console) -> Exit {
    let palette = console.palette(args.color, environment);
    let suite = match Suite::chosen(&args.paths) {
        Ok(suite) => suite,
        Err(error) => return console.suite_error(&error, palette),
    };
    let mut total = 0;
    for api in suite.tested_apis() {
        let cases = suite.cases(api, &Declared::default()).unwrap_or_default();
        let trace = trace_api(api, Suites { everything: &cases, nothing: &cases }, None);
        // No mistake in files of one's own, which may check as little as they like.
        let unchecked = match trace.count(Coverage::Uncovered) {
            0 => String::new(),
            count => format!(", {count} of them checked by no case; `proofhouse trace` shows which"),
        };
        let (name, rules) = (&api.name, trace.requirements.len());
        console.line(format_args!("{name}: {} cases, {rules} requirements{unchecked}", cases.len()));
        total += cases.len();
    }
    let plans = suite.plans.len();
    let word = if plans == 1 { "plan" } else { "plans" };
    console.line(format_args!("no mistake in {total} cases and {plans} load {word}"));
    Exit::Conforms
}
