//! The formats by name, and the one function that writes any of them.

use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

use super::terminal::{Detail, Header, View, write_header, write_results};
use super::{github, html, junit, markdown, ndjson};
use crate::record::{CheckRecord, ExitCode, Layout, write_check};
use crate::source::Palette;

/// How a record can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// The record itself.
    Json,
    /// JUnit XML.
    Junit,
    /// One HTML file.
    Html,
    /// Markdown, for a job's summary page.
    Markdown,
    /// Annotations for GitHub.
    Github,
    /// One line of JSON per case.
    Ndjson,
    /// What the terminal shows, without colours.
    Text,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 7] =
        [Self::Json, Self::Junit, Self::Html, Self::Markdown, Self::Github, Self::Ndjson, Self::Text];

    /// The word on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Junit => "junit",
            Self::Html => "html",
            Self::Markdown => "markdown",
            Self::Github => "github",
            Self::Ndjson => "ndjson",
            Self::Text => "text",
        }
    }

    /// The name of its file in a report directory.
    #[must_use]
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Json => "report.json",
            Self::Junit => "junit.xml",
            Self::Html => "report.html",
            Self::Markdown => "summary.md",
            Self::Github => "annotations.txt",
            Self::Ndjson => "cases.ndjson",
            Self::Text => "report.txt",
        }
    }
}

/// A word that names no format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownFormat(String);

impl fmt::Display for UnknownFormat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known: Vec<&str> = Format::ALL.into_iter().map(Format::as_str).collect();
        write!(formatter, "unknown format `{}`: known are {}", self.0, known.join(", "))
    }
}

impl std::error::Error for UnknownFormat {}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|format| format.as_str() == word);
        found.ok_or_else(|| UnknownFormat(word.to_owned()))
    }
}

/// Writes a record in a format.
///
/// # Errors
/// Those of the writer.
pub fn write(record: &CheckRecord, format: Format, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Json => write_check(record, Layout::Pretty, out),
        Format::Junit => junit::write(record, out),
        Format::Html => html::write(record, out),
        Format::Markdown => markdown::write(record, out),
        Format::Github => github::write(record, out),
        Format::Ndjson => ndjson::write(record, out),
        Format::Text => {
            let view = View { palette: Palette::Plain, detail: Detail::Normal };
            write_header(&Header::of(record), view, out)?;
            write_results(record, ExitCode::from_code(record.exit_code).unwrap_or(ExitCode::Internal), view, out)
        }
    }
}
