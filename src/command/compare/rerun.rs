//! Runs made now, base and head in turn: pair by pair, in random order within each, so that what changes on the machine
//! meets both sides alike.
//!
//! Every run is recorded below the report directory, as `base/01` and so on, and can be compared again from there.

use std::fmt;
use std::fs;
use std::time::Duration;

use super::{directory, finish, refuse};
use crate::command::drive::{not_run, stop_on_interrupt};
use crate::command::load::{NoRecord, Prepared, clear, prepare, run_once};
use crate::command::sign::random_seed;
use crate::command::{Console, Exit};
use crate::compare::runs::{Arrangement, LoadRun, compare};
use crate::load::{Load, Plan, Stop};
use crate::record::load::Completeness;
use crate::record::read_compare;
use crate::report::{DirectoryError, Format, ReportDirectory};
use crate::settings::compare_args::CompareArgs;
use crate::settings::environment::Environment;
use crate::source::Palette;

/// Which side a run is of; the name is that of its directory too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Base,
    Head,
}

impl fmt::Display for Side {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Base => "base",
            Self::Head => "head",
        })
    }
}

/// What became of one run.
enum Outcome {
    Run(Box<LoadRun>),
    /// It is no evidence: why.
    Unsound(String),
}

/// Why the runs end early.
enum Ended {
    Interrupted,
    /// Too many pairs were unsound; the last reason.
    Unsound(String),
    /// Nothing could be sent to a target; why.
    NothingSent(String),
    NoRecord(NoRecord),
}

/// Drives both targets and judges.
pub(super) async fn run(
    targets: [&str; 2],
    args: &CompareArgs,
    formats: &[Format],
    environment: &Environment,
    palette: Palette,
    console: &mut Console,
) -> Exit {
    let mut prepared = Vec::new();
    for target in targets {
        match prepare(&args.runs.load(target), environment).await {
            Ok(one) => prepared.push(one),
            Err(refused) => return refused.tell(palette, console),
        }
    }
    let [base, head] = prepared.as_slice() else { return Exit::Internal };
    if base.plan.load != head.plan.load {
        return console.usage("the targets declare different rates: give one for both with `--rate`");
    }
    let directory = match directory(args, &base.settings.api) {
        Ok(directory) => directory,
        Err(error) => return not_written(&error, console),
    };
    let pairs = Pairs { base, head, wanted: usize::from(args.runs.pairs), directory: &directory };
    if !args.output.quiet {
        let (runs, each) = (2 * pairs.wanted, duration(&base.plan));
        let whole = humantime::format_duration(Duration::from_secs((each * u32::from(args.runs.pairs) * 2).as_secs()));
        console.note(format_args!("{runs} runs of {}: {whole}", humantime::format_duration(each)));
    }
    let (made, ended) = match pairs.clear() {
        Ok(()) => pairs.make(args.runs.seed, !args.output.quiet, console).await,
        Err(message) => return console.usage(message),
    };
    if let Some(ended) = ended {
        return tell(&ended, made.len(), &pairs, console);
    }
    let (base, head): (Vec<LoadRun>, Vec<LoadRun>) = made.into_iter().unzip();
    if let Some(exit) = refuse(&base, &head, console) {
        return exit;
    }
    let record = compare(&base, &head, Arrangement::InPairs, args.max_regression);
    finish(&record, Ok(directory), formats, args, environment, palette, console)
}

/// How long a run takes at least.
fn duration(plan: &Plan) -> Duration {
    match &plan.load {
        Load::Open { phases, .. } => phases.iter().map(|phase| phase.duration).sum(),
        Load::Closed { warm_up, steady } => *warm_up + *steady,
    }
}

/// The pairs that are to be made.
struct Pairs<'a> {
    base: &'a Prepared,
    head: &'a Prepared,
    wanted: usize,
    directory: &'a ReportDirectory,
}

impl Pairs<'_> {
    /// Takes away what an earlier comparison left in the same directory. Runs that were put there otherwise are not ours to
    /// take away.
    ///
    /// # Errors
    /// There are such runs, or something cannot be removed.
    fn clear(&self) -> Result<(), String> {
        let directory = self.directory.path();
        let file = fs::File::open(directory.join(Format::Json.file_name()));
        let ours = file.is_ok_and(|mut file| read_compare(&mut file).is_ok());
        for side in [Side::Base, Side::Head] {
            let path = directory.join(side.to_string());
            if path.exists() {
                if !ours {
                    let path = path.display();
                    return Err(format!("{path} is there already: give another directory with `--report-dir`"));
                }
                fs::remove_dir_all(&path).map_err(|error| format!("cannot remove {}: {error}", path.display()))?;
            }
        }
        clear(self.directory).map_err(|error| error.to_string())
    }

    /// Makes pairs until there are enough, an unsound one being made again as long as less than half of all are.
    async fn make(
        &self,
        seed: Option<u64>,
        tells: bool,
        console: &mut Console,
    ) -> (Vec<(LoadRun, LoadRun)>, Option<Ended>) {
        let stop = Stop::default();
        stop_on_interrupt(&stop);
        let order = seed.unwrap_or_else(random_seed);
        let (mut made, mut unsound) = (Vec::new(), 0);
        while made.len() < self.wanted {
            let place = made.len();
            // The same arrivals and values for both sides, others in each pair.
            let seed = seed.unwrap_or(1).wrapping_add(place as u64);
            let begins = if coin(order, place + unsound) { Side::Base } else { Side::Head };
            match self.pair(place, begins, seed, &stop).await {
                Ok(Ok(pair)) => {
                    made.push(pair);
                    if tells {
                        console.note(format_args!("pair {} of {}, {begins} first", made.len(), self.wanted));
                    }
                }
                Ok(Err(why)) => {
                    unsound += 1;
                    if tells {
                        console.note(format_args!("pair {} is made again: {why}", place + 1));
                    }
                    if unsound > self.wanted.div_ceil(2) {
                        return (made, Some(Ended::Unsound(why)));
                    }
                }
                Err(ended) => return (made, Some(ended)),
            }
        }
        (made, None)
    }

    /// One pair, or why it is no evidence.
    async fn pair(
        &self,
        place: usize,
        begins: Side,
        seed: u64,
        stop: &Stop,
    ) -> Result<Result<(LoadRun, LoadRun), String>, Ended> {
        let (first, second) = match begins {
            Side::Base => (Side::Base, Side::Head),
            Side::Head => (Side::Head, Side::Base),
        };
        let first = match self.one(first, place, seed, stop).await? {
            Outcome::Run(run) => *run,
            Outcome::Unsound(why) => return Ok(Err(why)),
        };
        let second = match self.one(second, place, seed, stop).await? {
            Outcome::Run(run) => *run,
            Outcome::Unsound(why) => return Ok(Err(why)),
        };
        Ok(Ok(match begins {
            Side::Base => (first, second),
            Side::Head => (second, first),
        }))
    }

    async fn one(&self, side: Side, place: usize, seed: u64, stop: &Stop) -> Result<Outcome, Ended> {
        let name = format!("{side}/{:02}", place + 1);
        let directory = ReportDirectory::at(&self.directory.path().join(&name));
        let directory = directory.map_err(|error| Ended::NoRecord(NoRecord::NotWritten(error)))?;
        let prepared = match side {
            Side::Base => self.base,
            Side::Head => self.head,
        };
        let made = run_once(prepared, seed, directory, stop).await;
        let (record, histograms) = made.map_err(Ended::NoRecord)?;
        if record.ending != Completeness::Completed || stop.is_requested() {
            return Err(Ended::Interrupted);
        }
        if record.totals.all.sent == 0 {
            return Err(Ended::NothingSent(format!("{side}: {}", record.reasons.join("; "))));
        }
        if record.soundness.sound != Some(true) {
            return Ok(Outcome::Unsound(format!("{side} was unsound: {}", record.soundness.causes.join("; "))));
        }
        Ok(Outcome::Run(Box::new(LoadRun::new(name, record, Some(&histograms)))))
    }
}

/// A fair coin for each place, from a seed.
fn coin(seed: u64, place: usize) -> bool {
    use std::hash::{Hash as _, Hasher as _};
    let mut hasher = std::hash::DefaultHasher::new();
    (seed, place).hash(&mut hasher);
    hasher.finish() & 1 == 0
}

fn tell(ended: &Ended, made: usize, pairs: &Pairs<'_>, console: &mut Console) -> Exit {
    match ended {
        Ended::Interrupted => {
            let path = pairs.directory.path();
            console.note(format_args!(
                "interrupted after {made} of {} pairs; their runs are in {}",
                pairs.wanted,
                path.display()
            ));
            Exit::Interrupted
        }
        Ended::Unsound(why) => {
            console.note(format_args!("error: too many pairs could not be used, the last because {why}"));
            Exit::Inconclusive
        }
        Ended::NothingSent(why) => {
            console.note(format_args!("error: {why}"));
            Exit::NothingRun
        }
        Ended::NoRecord(NoRecord::NotRun(error)) => not_run(error, console),
        Ended::NoRecord(NoRecord::NotWritten(error)) => not_written(error, console),
    }
}

fn not_written(error: &DirectoryError, console: &mut Console) -> Exit {
    console.note(format_args!("error: {error}"));
    Exit::ReportNotWritten
}
