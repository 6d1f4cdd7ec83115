//! `proofhouse limit`: how a target limits, and whether it admits the documented rate.
//!
//! `prepare` decides what is probed, `replies` keeps one reply of each kind, `finish` writes the record.

mod finish;
mod prepare;
mod replies;

use std::time::Duration;

use self::prepare::{Prepared, prepare};
use super::drive::{not_run, stop_on_interrupt};
use super::{Console, Exit};
use crate::limit::{ProbePlan, analyse};
use crate::load::{Event, Stop};
use crate::record::limit::LimitRecord;
use crate::report::Format;
use crate::settings::environment::Environment;
use crate::settings::limit_args::Limit;

pub(super) async fn run(args: &Limit, environment: &Environment, console: &mut Console) -> Exit {
    let palette = console.palette(args.output.color, environment);
    let formats = match Format::of_run::<LimitRecord>(&args.report.format) {
        Ok(formats) => formats,
        Err(error) => return console.usage(error),
    };
    let prepared = match prepare(args, environment).await {
        Ok(prepared) => prepared,
        Err(refused) => return refused.tell(palette, console),
    };
    let directory = match finish::directory(args, &prepared) {
        Ok(directory) => directory,
        Err(error) => {
            console.note(format_args!("error: {error}"));
            return Exit::ReportNotWritten;
        }
    };
    if !args.output.quiet {
        console.note(forecast(&prepared));
        if let Some(warning) = prepared.drive.warning() {
            console.note(warning);
        }
    }
    let stop = Stop::default();
    stop_on_interrupt(&stop);
    let progress = Progress { plan: prepared.probes.clone(), quiet: args.output.quiet, told: None };
    let engine_plan = prepared.engine_plan(args.timeout);
    let (result, _) = prepared.drive.run(engine_plan, &stop, progress, Progress::take).await;
    match result {
        Ok(finished) => {
            let analysis = analyse(&prepared.probes, &finished);
            let facts = prepared.facts(args, replies::replies(&finished, &prepared.drive.evidence()));
            let record = LimitRecord::new(&prepared.probes, &finished, &analysis, facts);
            finish::finish(&record, &directory, &formats, args, environment, palette, console)
        }
        Err(error) => not_run(&error, console),
    }
}

/// What will be done and how long it takes, before it begins.
fn forecast(prepared: &Prepared) -> String {
    let probes = &prepared.probes;
    format!(
        "probing {} around {}/s with up to {:.0}/s, about {:.0} requests: this takes {:.0} s",
        prepared.drive.target().base.as_str().trim_end_matches('/'),
        probes.documented.get(),
        probes.peak(),
        probes.requests(),
        probes.duration().as_secs_f64()
    )
}

/// Tells which probe begins.
struct Progress {
    plan: ProbePlan,
    quiet: bool,
    told: Option<usize>,
}

impl Progress {
    fn take(&mut self, event: Event<'_>) {
        use std::io::Write as _;
        let Event::Second(second) = event else { return };
        let now = Duration::from_secs(second.number + 1);
        let mut end = Duration::ZERO;
        let current = self.plan.probes.iter().position(|probe| {
            end += probe.duration;
            now < end
        });
        if self.quiet || current.is_none() || current == self.told {
            return;
        }
        self.told = current;
        if let Some(probe) = current.and_then(|number| self.plan.probes.get(number)) {
            // Nobody reads it any more: that is no reason to end a run.
            let _ = writeln!(std::io::stderr(), "{:>4} s  {:<14} {}", now.as_secs(), probe.name, probe.purpose.words());
        }
    }
}
