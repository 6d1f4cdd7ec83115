//! The list of known failures of a run: read before anything is sent, held against the record, and added to on demand.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::Console;
use super::api_run::Planned;
use crate::clock::Clock;
use crate::record::{Baseline, CheckRecord};
use crate::scenario::Suite;
use crate::scenario::known_failures::{KnownFailure, KnownFailures, adopted_until, read, with_further};
use crate::settings::args::KnownFailureArgs;
use crate::source::{Diagnostics, Place};

/// What the list is called beside a target file.
const NAME: &str = "known-failures.yaml";

/// A list, where it is, and what is not to be held against it.
pub(super) struct Known {
    path: PathBuf,
    text: Option<String>,
    list: KnownFailures,
    adopt: Option<Adopt>,
    /// Apis that are known and not checked in this run.
    other_apis: Vec<String>,
    left_out: Vec<String>,
}

/// What is written into entries that are added.
struct Adopt {
    reason: String,
    owner: String,
}

/// Why a list cannot be used.
pub(super) enum ListError {
    /// It is not there, cannot be read, or nobody said where it is.
    Usage(String),
    /// Mistakes in it.
    Mistakes(Diagnostics),
}

/// The day in UTC: a list means the same day wherever it is read.
pub(super) fn today(clock: Clock) -> Date {
    let seconds = i64::try_from(clock.now().as_secs()).unwrap_or_default();
    let now = jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    jiff::tz::Offset::UTC.to_datetime(now).date()
}

impl Known {
    /// Reads the list that is named, or the one beside the target file; none where there is neither.
    ///
    /// # Errors
    /// A named list that cannot be read, mistakes in it, and an update without any place for a list.
    pub(super) fn read(
        args: &KnownFailureArgs,
        target_file: Option<&Path>,
        suite: &Suite,
        planned: &[Planned],
    ) -> Result<Option<Self>, ListError> {
        let adopt = match (&args.reason, &args.owner) {
            (Some(reason), Some(owner)) if args.update_known_failures => {
                if reason.trim().is_empty() || owner.trim().is_empty() {
                    return Err(ListError::Usage("`--reason` and `--owner` say something".into()));
                }
                Some(Adopt { reason: reason.clone(), owner: owner.clone() })
            }
            _ => None,
        };
        let named = args.known_failures.is_some();
        let beside = target_file.map(|file| file.parent().unwrap_or(Path::new("")).join(NAME));
        let Some(path) = args.known_failures.clone().or(beside) else {
            return match adopt {
                None => Ok(None),
                Some(_) => Err(ListError::Usage(
                    "`--update-known-failures` needs a place for the list: give `--known-failures FILE`".into(),
                )),
            };
        };
        let name = path.display().to_string();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && (adopt.is_some() || !named) => None,
            Err(error) => return Err(ListError::Usage(format!("cannot read {name}: {error}"))),
        };
        if text.is_none() && adopt.is_none() {
            return Ok(None);
        }
        let list = match &text {
            Some(text) => read(&name, text).map_err(ListError::Mistakes)?,
            None => KnownFailures::default(),
        };
        let checked = |api: &&String| planned.iter().any(|planned| planned.target.api.name == **api);
        let other_apis = suite.apis.keys().filter(|api| !checked(api)).cloned().collect();
        let left_out = planned.iter().flat_map(|planned| planned.left_out.clone()).collect();
        Ok(Some(Self { path, text, list, adopt, other_apis, left_out }))
    }

    /// Holds the record against the list, after what fails was added to it, if that is asked for.
    ///
    /// # Errors
    /// A list that could not be written.
    pub(super) fn apply(&mut self, record: &mut CheckRecord, today: Date, console: &mut Console) -> Result<(), String> {
        self.excuse(record, today);
        let Some(adopt) = &self.adopt else {
            return Ok(());
        };
        if record.interrupted || record.apis.iter().any(|api| api.baseline != Baseline::Accepted) {
            console.note("the list of known failures is left as it is: this run says too little of the target");
            return Ok(());
        }
        let entry = |(case, kind): (&str, _)| KnownFailure {
            case: case.to_owned(),
            kind,
            reason: adopt.reason.clone(),
            owner: Some(adopt.owner.clone()),
            link: None,
            expires: adopted_until(today),
            place: Place { file: String::new(), line: 0, column: 0 },
        };
        let is_there = |entry: &KnownFailure| {
            self.list.entries.iter().any(|have| have.kind == entry.kind && have.names(&entry.case))
        };
        let mut further: Vec<KnownFailure> = record.failing().map(entry).filter(|entry| !is_there(entry)).collect();
        further.dedup_by(|one, other| one.case == other.case && one.kind == other.kind);
        let name = self.path.display().to_string();
        let listed = |mistakes: Diagnostics| {
            let texts: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
            texts.join("\n")
        };
        let text = with_further(&name, self.text.as_deref(), &further).map_err(listed)?;
        if !further.is_empty() {
            replace(&self.path, &text).map_err(|error| format!("cannot write {name}: {error}"))?;
        }
        console.note(format_args!("{name}: {} added, until {}", further.len(), adopted_until(today)));
        if !further.is_empty() {
            self.list = read(&name, &text).map_err(listed)?;
            self.excuse(record, today);
        }
        Ok(())
    }

    fn excuse(&self, record: &mut CheckRecord, today: Date) {
        let is_outside = |entry: &KnownFailure| {
            self.other_apis.iter().any(|api| entry.is_of_api(api))
                || self.left_out.iter().any(|address| entry.names(address))
        };
        record.excuse(&self.path.display().to_string(), &self.list, &is_outside, today);
    }
}

/// Writes a file beside the old one and puts it in its place, so that nobody ever reads half of it.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    // Through a link, to what it stands for.
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let beside = path.with_file_name(name);
    let written = std::fs::File::create(&beside).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    let placed = written.and_then(|()| std::fs::rename(&beside, &path));
    if placed.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    placed
}
