//! The list of the runs in a directory of reports, `index.html`: what each was, what came of it, and where its page is.
//!
//! Only folders with names that this tool gives are runs: whatever else lies there is left alone and not listed.

use std::fs;
use std::io::{self, BufReader};
use std::path::Path;

use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};

use crate::record::ExitCode;

/// How many runs are listed, the newest first.
const LISTED: usize = 1_000;

/// The pages that a run may have, the best first.
const PAGES: [&str; 3] = ["report.html", "report.txt", "report.json"];

/// One run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// Its folder.
    pub(super) folder: String,
    /// When it began, in UTC, to the second.
    pub(super) started: String,
    pub(super) command: String,
    pub(super) apis: String,
    /// What came of it; nothing where it has not ended, or was killed.
    pub(super) exit: Option<ExitCode>,
    /// The page, as far as there is one.
    pub(super) page: Option<&'static str>,
}

/// The runs of a directory, the newest first, and how many are not listed.
///
/// # Errors
/// The directory cannot be read; a folder that cannot be is left out.
pub(super) fn runs(root: &Path) -> io::Result<(Vec<Run>, usize)> {
    let mut folders: Vec<String> = Vec::new();
    for entry in fs::read_dir(root)? {
        let Ok(entry) = entry else { continue };
        // `latest` is a link, and the same run as another one.
        if entry.file_type().is_ok_and(|kind| kind.is_dir())
            && let Ok(name) = entry.file_name().into_string()
        {
            folders.push(name);
        }
    }
    folders.sort_unstable_by(|a, b| order(b).cmp(&order(a)));
    let mut runs: Vec<Run> = folders.iter().filter_map(|folder| Run::named(folder)).collect();
    let left_out = runs.len().saturating_sub(LISTED);
    runs.truncate(LISTED);
    for run in &mut runs {
        let folder = root.join(&run.folder);
        run.exit = exit_of(&folder.join("report.json"));
        run.page = PAGES.into_iter().find(|page| folder.join(page).is_file());
    }
    Ok((runs, left_out))
}

/// Runs of one second in the order of their numbers.
fn order(folder: &str) -> (&str, u32) {
    let (stem, number) = folder.rsplit_once('-').unwrap_or((folder, ""));
    (stem, number.parse().unwrap_or_default())
}

impl Run {
    /// What the name of a folder says: `20260701-123005-check-rongcloud-nexconn-1`.
    fn named(folder: &str) -> Option<Self> {
        let parts: Vec<&str> = folder.split('-').collect();
        let [date, time, command, apis @ .., number] = parts.as_slice() else { return None };
        let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(date, 8) || !digits(time, 6) || !digits(number, number.len()) || number.is_empty() {
            return None;
        }
        let (year, month, day) = (&date[..4], &date[4..6], &date[6..]);
        let (hour, minute, second) = (&time[..2], &time[2..4], &time[4..]);
        Some(Self {
            folder: folder.to_owned(),
            started: format!("{year}-{month}-{day} {hour}:{minute}:{second}"),
            command: (*command).to_owned(),
            apis: apis.join(", "),
            exit: None,
            page: None,
        })
    }

    pub(super) fn class(&self) -> &'static str {
        self.exit.map_or("inconclusive", super::html::class)
    }

    pub(super) fn verdict(&self) -> &'static str {
        match (self.exit, self.command.as_str()) {
            (None, _) => "under way, or it was killed",
            (Some(ExitCode::Violated), "diff") => "the sides differ in what must hold",
            (Some(ExitCode::Violated), "compare") => "slower than is allowed",
            (Some(ExitCode::Violated), "load") => "misses a threshold",
            (Some(ExitCode::Conforms), "diff") => "no difference that gates",
            (Some(ExitCode::Conforms), "compare") => "no regression proven",
            (Some(ExitCode::Conforms), "load") => "thresholds met",
            (Some(ExitCode::NothingRun), "load" | "limit" | "capacity") => "no request reached the target",
            (Some(exit), _) => exit.sentence(),
        }
    }
}

/// The exit code in a record, of which no more is read than its head.
fn exit_of(record: &Path) -> Option<ExitCode> {
    let file = fs::File::open(record).ok()?;
    let mut code = None;
    // Leaving off in the middle is an error to the reader, and what was found by then is all that is wanted.
    let _ = serde_json::Deserializer::from_reader(BufReader::new(file)).deserialize_map(Head(&mut code));
    ExitCode::from_code(code?)
}

/// Looks for `exit_code` among the first members.
struct Head<'a>(&'a mut Option<u8>);

impl<'de> Visitor<'de> for Head<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a record")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut members: M) -> Result<(), M::Error> {
        while let Some(name) = members.next_key::<String>()? {
            if name == "exit_code" {
                *self.0 = Some(members.next_value()?);
                break;
            }
            members.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_ours_says_what_the_run_was_and_others_are_no_runs() {
        let run = Run::named("20260701-123005-check-rongcloud-nexconn-12").unwrap();
        assert_eq!((run.started.as_str(), run.apis.as_str()), ("2026-07-01 12:30:05", "rongcloud, nexconn"));
        assert_eq!(Run::named("20260701-123005-load-1").unwrap().apis, "");
        for foreign in ["examples", "latest", "20260701", "20260701-123005-check-", "2026-07-01-x-1", "ä-ö-ü-1"] {
            assert_eq!(Run::named(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn runs_are_listed_newest_first_whatever_else_lies_there() {
        let root = std::env::temp_dir().join(format!("proofhouse-index-{}", std::process::id()));
        let _ = fs::remove_dir_all(&root);
        let record = |folder: &str, text: &str| {
            fs::create_dir_all(root.join(folder)).unwrap();
            fs::write(root.join(folder).join("report.json"), text).unwrap();
        };
        record("20260701-123005-check-rongcloud-9", r#"{"record":"check","exit_code":1,"cases":[{"exit_code":0}"#);
        record("20260701-123005-check-rongcloud-10", r#"{"record":"check","exit_code":0}"#);
        record("20260702-000000-load-tencent-1", "this is no record");
        record("my-notes", "{}");
        fs::write(root.join("file"), "").unwrap();
        let (runs, left_out) = runs(&root).unwrap();
        let seen: Vec<(&str, Option<ExitCode>)> = runs.iter().map(|run| (run.folder.as_str(), run.exit)).collect();
        let expected = [
            ("20260702-000000-load-tencent-1", None),
            ("20260701-123005-check-rongcloud-10", Some(ExitCode::Conforms)),
            ("20260701-123005-check-rongcloud-9", Some(ExitCode::Violated)),
        ];
        assert_eq!((seen.as_slice(), left_out), (expected.as_slice(), 0));
        fs::remove_dir_all(&root).unwrap();
    }
}
