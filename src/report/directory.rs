//! The directory of a run's reports: its own, or the one that was asked for; files appear in it whole or not at all.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::{Format, Rendered, html, index};

/// Where fresh directories are made when none is asked for.
pub const DEFAULT_ROOT: &str = "reports";

/// The link to the newest of them.
const LATEST: &str = "latest";

/// The list of the runs beside them.
const INDEX: &str = "index.html";

/// How often the list is written while others write it as well.
const TRIES: usize = 4;

/// How many runs of one second and one kind may be told apart before something is wrong with the directory.
const MOST: u32 = 10_000;

/// A report could not be written; the reason for exit code 6.
#[derive(Debug)]
pub struct DirectoryError {
    /// The file or directory.
    pub path: PathBuf,
    /// The system's reason.
    pub reason: io::Error,
}

impl fmt::Display for DirectoryError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "cannot write {}: {}; give another place with `--report-dir`",
            self.path.display(),
            self.reason
        )
    }
}

impl std::error::Error for DirectoryError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.reason)
    }
}

/// A directory that reports can be written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportDirectory {
    path: PathBuf,
}

impl ReportDirectory {
    /// The directory that was asked for, made if it is not there. Reports of an earlier run in it are replaced.
    ///
    /// # Errors
    /// It cannot be made, or nothing can be written in it.
    pub fn at(path: &Path) -> Result<Self, DirectoryError> {
        let fail = |reason| DirectoryError { path: path.to_owned(), reason };
        fs::create_dir_all(path).map_err(fail)?;
        // Found out before the run rather than after it.
        let probe = path.join(format!(".proofhouse-{}", std::process::id()));
        File::create(&probe).and_then(|_| fs::remove_file(&probe)).map_err(fail)?;
        Ok(Self { path: path.to_owned() })
    }

    /// A new directory below `root`, named by time, command and apis; `started` is RFC 3339. No two runs get the same,
    /// however close they are.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn fresh(root: &Path, started: &str, command: &str, apis: &[&str]) -> Result<Self, DirectoryError> {
        fs::create_dir_all(root).map_err(|reason| DirectoryError { path: root.to_owned(), reason })?;
        let stem = stem(started, command, apis);
        for number in 1..=MOST {
            let path = root.join(format!("{stem}-{number}"));
            // Making a directory fails where another process was quicker: the name is then theirs.
            match fs::create_dir(&path) {
                Ok(()) => return Ok(Self { path }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(reason) => return Err(DirectoryError { path, reason }),
            }
        }
        let reason = io::Error::new(io::ErrorKind::AlreadyExists, "too many reports of this second");
        Err(DirectoryError { path: root.join(stem), reason })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a record in one format.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write<R: Rendered>(&self, record: &R, format: Format) -> Result<PathBuf, DirectoryError> {
        self.write_file(format.file_name(), |out| record.write(format, out))
    }

    /// Writes a file under another name first, so that nobody ever reads half of it.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write_file(
        &self,
        name: &str,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<PathBuf, DirectoryError> {
        let path = self.path.join(name);
        let unfinished = self.path.join(format!(".{name}-{}", std::process::id()));
        let result = File::create(&unfinished)
            .and_then(|file| {
                let mut out = BufWriter::new(file);
                write(&mut out)?;
                out.flush()
            })
            .and_then(|()| fs::rename(&unfinished, &path));
        match result {
            Ok(()) => Ok(path),
            Err(reason) => {
                // What is left of it helps nobody; that it may stay changes nothing.
                let _ = fs::remove_file(&unfinished);
                Err(DirectoryError { path, reason })
            }
        }
    }

    /// Makes `latest` beside a fresh directory point to it, in one step, and lists it in `index.html` there.
    ///
    /// # Errors
    /// The link cannot be made, for instance because a directory has its name, or the list cannot be written.
    pub fn publish(&self) -> Result<(), DirectoryError> {
        self.link_as_latest()?;
        let Some(root) = self.path.parent() else { return Ok(()) };
        let fail = |reason| DirectoryError { path: root.join(INDEX), reason };
        let beside = Self { path: root.to_owned() };
        let mut listed = None;
        // Two runs that end together must not take each other out of the list: it is read again after it was written.
        for _ in 0..TRIES {
            let (runs, left_out) = index::runs(root).map_err(fail)?;
            if listed.as_ref() == Some(&runs) {
                break;
            }
            beside.write_file(INDEX, |out| html::index::write(&runs, left_out, out))?;
            listed = Some(runs);
        }
        Ok(())
    }

    fn link_as_latest(&self) -> Result<(), DirectoryError> {
        let (Some(root), Some(name)) = (self.path.parent(), self.path.file_name()) else {
            return Ok(());
        };
        let latest = root.join(LATEST);
        let fresh = root.join(format!(".{LATEST}-{}", name.to_string_lossy()));
        let linked = std::os::unix::fs::symlink(name, &fresh).and_then(|()| fs::rename(&fresh, &latest));
        linked.map_err(|reason| {
            let _ = fs::remove_file(&fresh);
            DirectoryError { path: latest, reason }
        })
    }
}

/// `20260701-123005-check-rongcloud-nexconn`: sorts by time, and holds nothing that a shell or another system minds.
fn stem(started: &str, command: &str, apis: &[&str]) -> String {
    let seconds = started.split(['.', 'Z']).next().unwrap_or(started);
    let time: String = seconds
        .chars()
        .filter_map(|character| match character {
            'T' => Some('-'),
            digit if digit.is_ascii_digit() => Some(digit),
            _ => None,
        })
        .collect();
    let words = std::iter::once(command).chain(apis.iter().copied());
    words.fold(time, |stem, word| {
        let safe = |character: char| if character.is_ascii_alphanumeric() { character } else { '_' };
        format!("{stem}-{}", word.chars().map(safe).take(40).collect::<String>())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::sample;

    /// A directory of this test's own, which is gone when it is dropped.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("proofhouse-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&path);
            Self(path)
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn two_runs_in_one_second_do_not_meet() {
        let scratch = Scratch::new("fresh");
        let paths: Vec<PathBuf> = std::thread::scope(|scope| {
            let make = || ReportDirectory::fresh(&scratch.0, "2026-07-01T12:30:05.25Z", "check", &["rongcloud"]);
            let threads: Vec<_> = (0..16).map(|_| scope.spawn(make)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap().unwrap().path).collect()
        });
        let mut unique = paths.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), 16);
        assert!(paths.contains(&scratch.0.join("20260701-123005-check-rongcloud-1")), "{paths:?}");
    }

    #[test]
    fn latest_always_points_to_the_newest() {
        let scratch = Scratch::new("latest");
        for _ in 0..2 {
            let directory = ReportDirectory::fresh(&scratch.0, "2026-07-01T12:30:05Z", "check", &[]).unwrap();
            directory.write(&sample::record(), Format::Json).unwrap();
            directory.publish().unwrap();
            let latest = fs::canonicalize(scratch.0.join(LATEST)).unwrap();
            assert_eq!(latest, fs::canonicalize(directory.path()).unwrap());
        }
        let left: Vec<_> = fs::read_dir(&scratch.0).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left.len(), 4, "nothing unfinished stays: {left:?}");
        let index = fs::read_to_string(scratch.0.join(INDEX)).unwrap();
        for number in 1..=2 {
            assert!(index.contains(&format!("20260701-123005-check-{number}/report.json")), "{index}");
        }
    }

    #[test]
    fn what_cannot_be_written_is_told_with_its_path() {
        let scratch = Scratch::new("unwritable");
        fs::create_dir_all(&scratch.0).unwrap();
        let file = scratch.0.join("file");
        fs::write(&file, "").unwrap();
        for error in [
            ReportDirectory::at(&file).unwrap_err(),
            ReportDirectory::fresh(&file, "2026-07-01T12:30:05Z", "check", &[]).unwrap_err(),
        ] {
            assert!(error.to_string().starts_with(&format!("cannot write {}", file.display())), "{error}");
        }
        let directory = ReportDirectory::at(&scratch.0.join("new/deep")).unwrap();
        fs::create_dir(directory.path().join("report.json")).unwrap();
        assert!(directory.write(&sample::record(), Format::Json).is_err());
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1, "nothing unfinished stays");
    }
}
