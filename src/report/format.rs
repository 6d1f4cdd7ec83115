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
    /// The record itself; indented up to 1 000 cases, on one line beyond.
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
        Format::Json => write_check(record, layout(record), out),
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

/// Nobody reads a record of thousands of cases by eye, and indenting more than doubles it.
fn layout(record: &CheckRecord) -> Layout {
    const READ_BY_EYE: usize = 1_000;
    if record.cases().count() > READ_BY_EYE { Layout::Compact } else { Layout::Pretty }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::sample;
    use crate::report::golden::golden;

    #[test]
    fn a_format_is_found_by_its_word_and_another_word_names_them_all() {
        for format in Format::ALL {
            assert_eq!(format.as_str().parse(), Ok(format));
        }
        let error = "pdf".parse::<Format>().unwrap_err().to_string();
        assert!(error.starts_with("unknown format `pdf`: known are json, junit, html"), "{error}");
    }

    #[test]
    fn the_files_that_people_or_tools_read_stay_as_they_are() {
        for format in [Format::Junit, Format::Markdown, Format::Github, Format::Json] {
            let mut text = Vec::new();
            write(&sample::record(), format, &mut text).unwrap();
            golden(format.file_name(), &String::from_utf8(text).unwrap());
        }
    }

    #[test]
    fn what_authorises_calls_is_in_no_format() {
        for format in Format::ALL {
            let mut text = Vec::new();
            write(&sample::record(), format, &mut text).unwrap();
            let text = String::from_utf8(text).unwrap();
            assert!(!text.contains("hunter22"), "the password of the base URL: {format:?}");
        }
    }
}
