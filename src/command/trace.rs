//! `proofhouse trace`: each rule of the documents, the cases that check it, and what a run found.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::check::origin;
use super::{Console, Exit};
use crate::compare::trace::{
    ApiTrace, Extent, Run, Suites, Trace, TracedRun, VERSION, coverage_page, trace_api, write_matrix,
};
use crate::record::{CheckRecord, read_check};
use crate::scenario::Suite;
use crate::settings::args::{Color, Trace as Args};
use crate::settings::environment::Environment;
use crate::source::Diagnostics;
use crate::target::Declared;

/// The name of a record in its directory.
const RECORD: &str = "report.json";

/// Shows the matrix. What a run found does not change the exit code: `check` has judged it.
pub(super) fn run(args: &Args, environment: &Environment, console: &mut Console) -> Exit {
    let palette = console.palette(Color::Auto, environment);
    let (record, paths) = match record_and_paths(&args.paths) {
        Ok(found) => found,
        Err(message) => return console.usage(message),
    };
    let suite = match Suite::chosen(paths) {
        Ok(suite) => suite,
        Err(error) => return console.suite_error(&error, palette),
    };
    let names = match chosen(&args.api, &suite, record.as_ref()) {
        Ok(names) => names,
        Err(message) => return console.usage(message),
    };
    let apis = match names.iter().map(|name| trace(&suite, name, record.as_ref())).collect::<Result<Vec<_>, _>>() {
        Ok(apis) => apis,
        Err(mistakes) => return console.mistakes(&mistakes, palette),
    };
    if let Some(directory) = &args.docs {
        return write_docs(&apis, directory, console);
    }
    let trace = Trace { version: VERSION, suite: origin(&suite), run: record.as_ref().map(traced_run), apis };
    if trace.run.as_ref().is_some_and(|run| run.suite != trace.suite) {
        console.note("note: the record was made with another suite: cases that it does not have are shown as not run");
    }
    show(&trace, args, console)
}

fn show(trace: &Trace, args: &Args, console: &mut Console) -> Exit {
    if args.json {
        return match serde_json::to_string_pretty(trace) {
            Ok(text) => {
                console.line(text);
                Exit::Conforms
            }
            Err(error) => {
                console.note(format_args!("error: cannot write the matrix: {error}"));
                Exit::Internal
            }
        };
    }
    let extent = if args.verbose { Extent::Everything } else { Extent::Attention };
    // A reader that goes away is no error.
    let _ = write_matrix(trace, extent, console.out());
    Exit::Conforms
}

/// The record, when the first path is one, and the paths of the suite.
fn record_and_paths(paths: &[PathBuf]) -> Result<(Option<CheckRecord>, &[PathBuf]), String> {
    let Some((first, rest)) = paths.split_first() else {
        return Ok((None, paths));
    };
    let inner = first.join(RECORD);
    let file = match (inner.is_file(), first.extension().is_some_and(|extension| extension == "json")) {
        (true, _) => inner,
        (false, true) => first.clone(),
        (false, false) => return Ok((None, paths)),
    };
    let open = File::open(&file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    let mut reader = std::io::BufReader::new(open);
    let record = read_check(&mut reader).map_err(|error| format!("{} {error}", file.display()))?;
    Ok((Some(record), rest))
}

/// The apis that are asked for, or else those of the record, or else those with cases.
fn chosen(asked: &[String], suite: &Suite, record: Option<&CheckRecord>) -> Result<Vec<String>, String> {
    let recorded = record.map(|record| record.apis.iter().map(|api| api.name.clone()).collect::<Vec<_>>());
    let tested = || suite.tested_apis().map(|api| api.name.clone()).collect();
    let names = if asked.is_empty() { recorded.clone().unwrap_or_else(tested) } else { asked.to_vec() };
    for name in &names {
        if !suite.apis.contains_key(name) {
            let known: Vec<&str> = suite.apis.keys().map(String::as_str).collect();
            let known = known.join(", ");
            return Err(format!(
                "unknown api `{name}`: known are {known}; give the path of its suite after the record"
            ));
        }
        if recorded.as_ref().is_some_and(|recorded| !recorded.contains(name)) {
            return Err(format!("the record has no api `{name}`"));
        }
    }
    Ok(names)
}

/// The rules of one api; without a record its cases bind as they do where the target declares all that it can.
fn trace(suite: &Suite, name: &str, record: Option<&CheckRecord>) -> Result<ApiTrace, Diagnostics> {
    let api = &suite.apis[name];
    let plain = suite.plain(api, &Declared::default())?;
    let nothing = [vec![plain.clone()], suite.cases(api, &Declared::default())?].concat();
    // A suite of one's own may use a fact as something that `true` is not.
    let everything = suite.cases(api, &Declared::everything(api));
    let everything = everything.map_or_else(|_| nothing.clone(), |cases| [vec![plain], cases].concat());
    let run = record.and_then(|record| {
        let api = record.apis.iter().find(|api| api.name == name)?;
        Some(Run { api, gate: record.settings.gate })
    });
    Ok(trace_api(api, Suites { everything: &everything, nothing: &nothing }, run))
}

fn traced_run(record: &CheckRecord) -> TracedRun {
    TracedRun {
        started: record.started.clone(),
        suite: record.suite.clone(),
        self_check: record.self_check,
        exit_code: record.exit_code,
    }
}

fn write_docs(apis: &[ApiTrace], directory: &Path, console: &mut Console) -> Exit {
    for api in apis {
        let file = directory.join(format!("coverage-{}.md", api.name));
        let written = std::fs::create_dir_all(directory).and_then(|()| std::fs::write(&file, coverage_page(api)));
        if let Err(error) = written {
            console.note(format_args!("error: cannot write {}: {error}", file.display()));
            return Exit::ReportNotWritten;
        }
        console.line(file.display());
    }
    Exit::Conforms
}
