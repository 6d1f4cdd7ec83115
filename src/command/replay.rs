//! `proofhouse check --replay`: what a saved record holds against a target, sent once more and newly signed.
//!
//! Of a load run these are the examples of its deviations, each to the user and with the unique text that it had; of a
//! check they are the cases that failed, which get users of their own.

use std::path::Path;

use super::api_run::Planned;
use super::saved::{self, Saved};
use super::{Console, Exit};
use crate::record::load::{Example, LoadRecord};
use crate::record::{CheckRecord, Verdict};
use crate::scenario::{Case, Given};
use crate::settings::args::{Check, TargetArgs};

/// What is sent once more.
pub(super) struct Replay {
    /// The record's name, for messages.
    name: String,
    /// What the record is of, in a word.
    run: &'static str,
    /// The base URLs that were driven or checked, each once; empty if it was the built-in reference.
    targets: Vec<String>,
    sendings: Vec<Sending>,
}

/// One case that is sent once more.
struct Sending {
    api: String,
    address: String,
    /// The arrival that it was, and what it takes over; `None` for a case of a check.
    arrival: Option<(u64, Given)>,
}

/// Why nothing is sent once more.
pub(super) enum CannotReplay {
    /// The record cannot be read, or does not go with the arguments.
    Usage(String),
    /// The record holds nothing against its target.
    Nothing(String),
}

impl CannotReplay {
    /// Says why, and gives the exit code.
    pub(super) fn tell(self, console: &mut Console) -> Exit {
        match self {
            Self::Usage(message) => console.usage(message),
            Self::Nothing(message) => {
                console.note(format_args!("error: {message}"));
                Exit::NothingRun
            }
        }
    }
}

/// What is sent once more, if anything, and where a check with these arguments goes.
///
/// # Errors
/// See [`CannotReplay`].
pub(super) fn of(args: &Check) -> Result<(Option<Replay>, TargetArgs), CannotReplay> {
    let Some(path) = &args.replay else { return Ok((None, args.target.clone())) };
    let replay = Replay::read(path)?;
    let target = replay.target(&args.target)?;
    Ok((Some(replay), target))
}

impl Replay {
    /// Reads a record: a report directory, a `report.json` or a journal.
    ///
    /// # Errors
    /// No record, or one without deviations and failures.
    fn read(path: &Path) -> Result<Self, CannotReplay> {
        let name = path.display().to_string();
        let replay = match saved::read(path).map_err(CannotReplay::Usage)? {
            Saved::Load(record, _) => Self::of_load(name, &record),
            Saved::Check(record) => {
                if let Some(first) = &record.settings.replay {
                    let message = format!("{name} is itself a replay, of {first}: give the record that it was made of");
                    return Err(CannotReplay::Usage(message));
                }
                Self::of_check(name, &record)
            }
            Saved::Audit(_) | Saved::Compare(_) | Saved::Capacity(_) | Saved::Limit(_) => {
                let message = format!("{name} holds no requests: give the record of a check or of a load run");
                return Err(CannotReplay::Usage(message));
            }
        };
        if replay.sendings.is_empty() {
            let Self { name, run, .. } = replay;
            let message = format!("{name} is the record of a {run} without deviations: there is nothing to send again");
            return Err(CannotReplay::Nothing(message));
        }
        Ok(replay)
    }

    fn of_load(name: String, record: &LoadRecord) -> Self {
        let settings = &record.settings;
        let sending = |example: &Example| {
            let given = Given { user: example.user.clone(), unique: example.unique.clone() };
            let address = example.case.clone()?;
            Some(Sending { api: settings.api.clone(), address, arrival: Some((example.index, given)) })
        };
        let examples = record.deviations.iter().flat_map(|group| &group.examples);
        let targets = if settings.built_in { Vec::new() } else { vec![settings.target.clone()] };
        Self { name, run: "load run", targets, sendings: examples.filter_map(sending).collect() }
    }

    fn of_check(name: String, record: &CheckRecord) -> Self {
        let (mut targets, mut sendings) = (Vec::new(), Vec::new());
        for api in &record.apis {
            let failed = api.cases.iter().filter(|case| matches!(case.verdict, Verdict::Fail | Verdict::KnownFailure));
            let before = sendings.len();
            sendings.extend(failed.map(|case| Sending {
                api: api.name.clone(),
                address: case.address.clone(),
                arrival: None,
            }));
            if sendings.len() > before && !record.self_check && !targets.contains(&api.target.base_url) {
                targets.push(api.target.base_url.clone());
            }
        }
        Self { name, run: "check", targets, sendings }
    }

    /// Where it is sent: as the arguments say, and otherwise to where the record says that it was sent before.
    ///
    /// # Errors
    /// Arguments that leave it open or contradict the record.
    fn target(&self, given: &TargetArgs) -> Result<TargetArgs, CannotReplay> {
        let mut apis: Vec<&str> = self.sendings.iter().map(|sending| sending.api.as_str()).collect();
        apis.dedup();
        let mut target = given.clone();
        if target.api.is_empty() {
            target.api = apis.iter().map(|api| (*api).to_owned()).collect();
        } else if !target.api.iter().any(|api| apis.contains(&api.as_str())) {
            let message = format!("{} is of {}, not of {}", self.name, apis.join(", "), target.api.join(", "));
            return Err(CannotReplay::Usage(message));
        }
        if target.target.is_none() && target.target_file.is_none() {
            target.target = match self.targets.as_slice() {
                [] => None,
                [one] => Some(one.clone()),
                several => {
                    let message = format!(
                        "{} is of several targets ({}): give `--target` and `--api`, or `--target-file`",
                        self.name,
                        several.join(", ")
                    );
                    return Err(CannotReplay::Usage(message));
                }
            };
        }
        Ok(target)
    }

    /// Leaves of what was planned only what is sent once more, and names what this suite does not have.
    ///
    /// # Errors
    /// Nothing is left.
    pub(super) fn narrow(&self, planned: &mut [Planned], console: &mut Console) -> Result<(), CannotReplay> {
        let mut missing = Vec::new();
        let mut left = 0;
        for planned in planned {
            let all = std::mem::take(&mut planned.cases);
            planned.searches.clear();
            for sending in self.sendings.iter().filter(|sending| sending.api == planned.target.api.name) {
                let plain = (planned.plain.address == sending.address).then_some(&planned.plain);
                match (plain.or_else(|| all.iter().find(|case| case.address == sending.address)), &sending.arrival) {
                    (Some(case), Some((arrival, given))) => planned.cases.push(again(case, *arrival, given)),
                    // It is sent first in any case.
                    (Some(_), None) if plain.is_some() => left += 1,
                    (Some(case), None) => planned.cases.push(case.clone()),
                    (None, _) => missing.push(sending.address.clone()),
                }
            }
            left += planned.cases.len();
        }
        if left == 0 {
            let message = format!(
                "no case of {} is in this suite ({}): give the scenario files that the run was made with",
                self.name,
                missing.join(", ")
            );
            return Err(CannotReplay::Usage(message));
        }
        missing.dedup();
        for address in missing {
            console.note(format_args!("not sent again: this suite has no {address}"));
        }
        Ok(())
    }

    /// What is sent once more, in words.
    pub(super) fn words(&self) -> String {
        let count = self.sendings.len();
        let what = match (self.run, count) {
            ("check", 1) => "failed case",
            ("check", _) => "failed cases",
            (_, 1) => "deviating request",
            (_, _) => "deviating requests",
        };
        format!("{count} {what} of {}", self.name)
    }
}

/// A case as one arrival sent it, under an address of its own.
fn again(case: &Case, arrival: u64, given: &Given) -> Case {
    let address = match case.address.strip_suffix(']') {
        Some(open) => format!("{open},arrival={arrival}]"),
        None => format!("{}[arrival={arrival}]", case.address),
    };
    Case { address, given: given.clone(), ..case.clone() }
}
