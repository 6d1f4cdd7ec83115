//! The formats of a load run by name, and the one function that writes any of them.

use std::fmt;
use std::io::{self, Write};

use super::junit;
use super::summary::{Detail, write_summary};
use crate::record::load::LoadRecord;
use crate::source::Palette;

/// How a load run can be written, beside its journal and histograms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadFormat {
    /// The record itself.
    Json,
    /// JUnit XML.
    Junit,
    /// What the terminal shows, without colours.
    Text,
    /// The same as a block of Markdown, for a job's summary page.
    Markdown,
}

/// A word that names no format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoLoadFormat(String);

impl fmt::Display for NoLoadFormat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known: Vec<&str> = LoadFormat::ALL.into_iter().map(LoadFormat::as_str).collect();
        write!(formatter, "a load run cannot be written as `{}`: it can as {}", self.0, known.join(", "))
    }
}

impl std::error::Error for NoLoadFormat {}

impl LoadFormat {
    /// Every format.
    pub const ALL: [Self; 4] = [Self::Json, Self::Junit, Self::Text, Self::Markdown];

    /// The formats with these names, and those that every run has: `report.json` and `junit.xml`.
    ///
    /// # Errors
    /// The first name that is none.
    pub fn all_of(words: &[String]) -> Result<Vec<Self>, NoLoadFormat> {
        let mut formats = vec![Self::Json, Self::Junit];
        for format in Self::named(words)? {
            if !formats.contains(&format) {
                formats.push(format);
            }
        }
        Ok(formats)
    }

    /// The formats with these names; several may stand in one word, between commas.
    ///
    /// # Errors
    /// The first name that is none.
    pub fn named(words: &[String]) -> Result<Vec<Self>, NoLoadFormat> {
        let one = |word: &str| {
            let found = Self::ALL.into_iter().find(|format| format.as_str() == word);
            found.ok_or_else(|| NoLoadFormat(word.to_owned()))
        };
        words.iter().flat_map(|word| word.split(',')).map(one).collect()
    }

    /// The word on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Junit => "junit",
            Self::Text => "text",
            Self::Markdown => "markdown",
        }
    }

    /// The name of its file in a report directory.
    #[must_use]
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Json => "report.json",
            Self::Junit => "junit.xml",
            Self::Text => "report.txt",
            Self::Markdown => "summary.md",
        }
    }
}

/// Writes a record in a format.
///
/// # Errors
/// Those of the writer.
pub fn write(record: &LoadRecord, format: LoadFormat, out: &mut dyn Write) -> io::Result<()> {
    match format {
        LoadFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, record)?;
            out.write_all(b"\n")
        }
        LoadFormat::Junit => junit::write(record, out),
        LoadFormat::Text => write_summary(record, Palette::Plain, Detail::Normal, out),
        LoadFormat::Markdown => {
            // A fence that is longer than any in what a server said.
            writeln!(out, "## {}\n\n``````text", super::summary::headline(record))?;
            write_summary(record, Palette::Plain, Detail::Normal, out)?;
            writeln!(out, "``````")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_run_has_its_record_and_its_junit_file_and_each_format_once() {
        let formats = LoadFormat::all_of(&["text,json".to_owned()]).unwrap();
        assert_eq!(formats, [LoadFormat::Json, LoadFormat::Junit, LoadFormat::Text]);
        assert!(LoadFormat::all_of(&["html".to_owned()]).unwrap_err().to_string().contains("json, junit"));
    }
}
