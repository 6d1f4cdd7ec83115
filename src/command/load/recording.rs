//! Writes the record of a run while it goes on, second by second, and tells the display.
//!
//! What cannot be written does not end the run: its figures are still good, and the exit code says what is missing.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::PathBuf;

use super::display::Display;
use crate::command::drive::Evidence;
use crate::load::{Event, Finished, Started};
use crate::record::hlog::HistogramLog;
use crate::record::journal::{Journal, Journalled};
use crate::record::load::{End, Second, Settings, Start};
use crate::report::{DirectoryError, ReportDirectory};

/// The journal's file in a report directory.
pub(in crate::command) const JOURNAL: &str = "journal.ndjson";
/// The histogram log's.
pub(in crate::command) const HISTOGRAMS: &str = "load.hlog";
/// Everything of a second goes out in one write.
const BUFFER: usize = 1 << 20;

/// The record in the making.
pub(super) struct Recording {
    directory: ReportDirectory,
    settings: Option<Settings>,
    evidence: Evidence,
    display: Display,
    files: Option<Files>,
    journalled: Option<Journalled>,
    failure: Option<DirectoryError>,
}

struct Files {
    journal: Journal<File>,
    log: HistogramLog<BufWriter<File>>,
    started: Started,
}

impl Recording {
    pub(super) fn new(directory: ReportDirectory, settings: Settings, evidence: Evidence, display: Display) -> Self {
        let settings = Some(settings);
        Self { directory, settings, evidence, display, files: None, journalled: None, failure: None }
    }

    /// Takes an event of the engine.
    pub(super) fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Started(started) => {
                let Some(settings) = self.settings.take() else { return };
                let start = Start::new(started, settings);
                match self.begin(started, &start) {
                    Ok(files) => self.files = Some(files),
                    Err(error) => self.failure = Some(error),
                }
                self.display.start(&start);
                self.journalled = Some(Journalled { start, seconds: Vec::new(), end: None });
            }
            Event::Second(event) => {
                let mut second = Second::from(&event);
                self.evidence.complete(&mut second.found);
                if let Some(files) = &mut self.files
                    && let Err(reason) = files.second(&event, &second)
                {
                    self.give_up(JOURNAL, reason);
                }
                self.display.second(&second, &event);
                if let Some(journalled) = &mut self.journalled {
                    journalled.seconds.push(second);
                }
            }
        }
    }

    /// Writes the last line; gives what the journal holds, and why not all of it was written.
    pub(super) fn end(mut self, finished: &Finished) -> (Option<Journalled>, ReportDirectory, Option<DirectoryError>) {
        self.display.finish();
        let end = End::from(finished);
        if let Some(files) = &mut self.files
            && let Err(reason) = files.journal.end(end.clone())
        {
            self.give_up(JOURNAL, reason);
        }
        if let Some(journalled) = &mut self.journalled {
            journalled.end = Some(end);
        }
        (self.journalled, self.directory, self.failure)
    }

    /// Takes the display away when the run could not be.
    pub(super) fn abandon(self) {
        self.display.finish();
    }

    fn begin(&self, started: &Started, start: &Start) -> Result<Files, DirectoryError> {
        let create = |name: &str| {
            let path = self.directory.path().join(name);
            File::create(&path).map_err(|reason| DirectoryError { path, reason })
        };
        let fail = |name: &str| {
            let path: PathBuf = self.directory.path().join(name);
            move |reason: io::Error| DirectoryError { path, reason }
        };
        let journal = Journal::begin(create(JOURNAL)?, start.clone()).map_err(fail(JOURNAL))?;
        let sink = BufWriter::with_capacity(BUFFER, create(HISTOGRAMS)?);
        let log = HistogramLog::begin(sink, started).map_err(fail(HISTOGRAMS))?;
        Ok(Files { journal, log, started: started.clone() })
    }

    fn give_up(&mut self, name: &str, reason: io::Error) {
        self.files = None;
        self.failure.get_or_insert(DirectoryError { path: self.directory.path().join(name), reason });
    }
}

impl Files {
    fn second(&mut self, event: &crate::load::Second<'_>, second: &Second) -> io::Result<()> {
        // The log first: a second of the journal then always has its histograms.
        self.log.second(event, &self.started)?;
        self.journal.second(second.clone())
    }
}
