//! The journal of a load run (`journal.ndjson`): one JSON value a line, flushed each second, readable after a kill.

use std::fmt;
use std::io::{self, BufRead, Write};

use super::load::{End, Line, Second, Start, VERSION};

/// Writes a journal.
#[derive(Debug)]
pub struct Journal<W> {
    sink: W,
}

impl<W: Write> Journal<W> {
    /// Begins a journal.
    ///
    /// # Errors
    /// Writing failed.
    pub fn begin(sink: W, start: Start) -> io::Result<Self> {
        let mut journal = Self { sink };
        journal.line(&Line::Start(Box::new(start)))?;
        Ok(journal)
    }

    /// Adds a second.
    ///
    /// # Errors
    /// Writing failed.
    pub fn second(&mut self, second: Second) -> io::Result<()> {
        self.line(&Line::Second(Box::new(second)))
    }

    /// Adds the last line.
    ///
    /// # Errors
    /// Writing failed.
    pub fn end(&mut self, end: End) -> io::Result<()> {
        self.line(&Line::End(Box::new(end)))
    }

    fn line(&mut self, line: &Line) -> io::Result<()> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        // One write for a line: a kill between two lines leaves whole ones.
        self.sink.write_all(&text)?;
        self.sink.flush()
    }
}

/// A journal as it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Journalled {
    /// The first line.
    pub start: Start,
    /// The seconds, in their order.
    pub seconds: Vec<Second>,
    /// The last line; absent after a kill.
    pub end: Option<End>,
}

/// Why a journal cannot be read.
#[derive(Debug)]
pub enum CannotRead {
    /// Reading failed.
    Io(io::Error),
    /// It has no whole first line.
    Empty,
    /// Its version is another one.
    Version(u64),
    /// A line that is not the last cannot be understood.
    Line {
        /// Its number, from one.
        number: usize,
        /// Why.
        cause: serde_json::Error,
    },
    /// A line stands where it cannot: a second before the start, or anything after the end.
    Order {
        /// Its number, from one.
        number: usize,
    },
}

impl fmt::Display for CannotRead {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(formatter, "the journal cannot be read: {error}"),
            Self::Empty => {
                formatter.write_str("the journal has no whole first line: the run was ended before it began")
            }
            Self::Version(version) => {
                write!(formatter, "the journal has version {version}, and only version {VERSION} can be read")
            }
            Self::Line { number, cause } => write!(formatter, "line {number} of the journal is broken: {cause}"),
            Self::Order { number } => write!(formatter, "line {number} of the journal stands in the wrong place"),
        }
    }
}

impl std::error::Error for CannotRead {}

/// Reads a journal. A last line that is cut off is left out: that is what a kill leaves.
///
/// # Errors
/// When it cannot be read, has another version, or is broken before its last line.
pub fn read(source: impl BufRead) -> Result<Journalled, CannotRead> {
    let lines: Vec<Vec<u8>> = source.split(b'\n').collect::<Result<_, _>>().map_err(CannotRead::Io)?;
    let (mut start, mut seconds, mut end) = (None, Vec::new(), None);
    for (number, text) in (1..).zip(&lines) {
        if number == 1 {
            check_version(text)?;
        }
        let line = match serde_json::from_slice::<Line>(text) {
            Ok(line) => line,
            Err(_) if number == lines.len() => break,
            Err(cause) => return Err(CannotRead::Line { number, cause }),
        };
        match line {
            Line::Start(line) if start.is_none() => start = Some(*line),
            Line::Second(line) if start.is_some() && end.is_none() => seconds.push(*line),
            Line::End(line) if start.is_some() && end.is_none() => end = Some(*line),
            Line::Start(_) | Line::Second(_) | Line::End(_) => return Err(CannotRead::Order { number }),
        }
    }
    Ok(Journalled { start: start.ok_or(CannotRead::Empty)?, seconds, end })
}

/// Looks at the version before anything else: another version's lines may mean other things.
fn check_version(text: &[u8]) -> Result<(), CannotRead> {
    let value: serde_json::Value = serde_json::from_slice(text).map_err(|_| CannotRead::Empty)?;
    match value.pointer("/start/version").and_then(serde_json::Value::as_u64) {
        Some(version) if version == u64::from(VERSION) => Ok(()),
        Some(version) => Err(CannotRead::Version(version)),
        None => Err(CannotRead::Order { number: 1 }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::load::{Cost, Counts, PhaseCounts};

    fn start() -> Start {
        Start {
            version: VERSION,
            model: "open".into(),
            phases: Vec::new(),
            cases: vec!["set".into()],
            threads: 1,
            spin_ns: 0,
            started_ms: 1_800_000_000_000,
            settings: crate::record::load::Settings::sample(),
        }
    }

    fn second(number: u64) -> Second {
        let counts = Counts { planned: 100, sent: 100, as_expected: 100, ..Counts::default() };
        Second {
            number,
            offered: 100.0,
            counts: vec![PhaseCounts { phase: 0, counts }],
            measures: Vec::new(),
            found: Vec::new(),
            cost: Cost::default(),
        }
    }

    fn written() -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut journal = Journal::begin(&mut bytes, start()).unwrap();
        journal.second(second(0)).unwrap();
        journal.second(second(1)).unwrap();
        bytes
    }

    #[test]
    fn a_journal_is_read_back_up_to_a_cut_last_line() {
        let bytes = written();
        let whole = read(&bytes[..]).unwrap();
        assert_eq!((&whole.start, whole.seconds.len(), whole.end), (&start(), 2, None));
        for cut in 1..40 {
            assert_eq!(read(&bytes[..bytes.len() - 1 - cut]).unwrap().seconds, [second(0)]);
        }
    }

    #[test]
    fn what_is_no_journal_of_this_version_is_said() {
        assert!(matches!(read(&b""[..]), Err(CannotRead::Empty)));
        assert!(matches!(read(&b"{\"start\":{\"version\":9}}\n"[..]), Err(CannotRead::Version(9))));
        let mut broken = written();
        let at = broken.iter().position(|&byte| byte == b'\n').unwrap() + 3;
        broken[at] = b'#';
        assert!(matches!(read(&broken[..]), Err(CannotRead::Line { number: 2, .. })));
    }
}
