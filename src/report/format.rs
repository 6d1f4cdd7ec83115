//! The formats by name, and what a kind of record gives in order to be written in them.

use std::fmt;
use std::io::{self, Write};

use serde::Serialize;

/// How a record can be written. Each kind of record says which of them it has.
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
    /// Lines of JSON.
    Ndjson,
    /// What the terminal shows, without colours.
    Text,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 7] =
        [Self::Json, Self::Junit, Self::Html, Self::Markdown, Self::Github, Self::Ndjson, Self::Text];

    /// What is written where no format is asked for, as far as the kind of record has it.
    const DEFAULT: [Self; 2] = [Self::Junit, Self::Html];

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
            Self::Ndjson => "report.ndjson",
            Self::Text => "report.txt",
        }
    }

    /// The formats with these names, each once; several may stand in one word, between commas.
    ///
    /// # Errors
    /// The first name that is none, or none of this kind of record.
    pub fn named<R: Rendered>(words: &[String]) -> Result<Vec<Self>, UnknownFormat> {
        let mut formats = Vec::new();
        for word in words.iter().flat_map(|word| word.split(',')) {
            let found = R::formats().find(|format| format.as_str() == word);
            let format = found.ok_or_else(|| UnknownFormat::of::<R>(word))?;
            if !formats.contains(&format) {
                formats.push(format);
            }
        }
        Ok(formats)
    }

    /// What a run writes: its record always, and the formats with these names or, where there are none, the usual ones.
    ///
    /// # Errors
    /// Those of [`Format::named`].
    pub fn of_run<R: Rendered>(words: &[String]) -> Result<Vec<Self>, UnknownFormat> {
        let chosen = if words.is_empty() {
            R::formats().filter(|format| Self::DEFAULT.contains(format)).collect()
        } else {
            Self::named::<R>(words)?
        };
        Ok(std::iter::once(Self::Json).chain(chosen.into_iter().filter(|format| *format != Self::Json)).collect())
    }
}

/// Writes a record in one format.
pub type Writer<R> = fn(&R, &mut dyn Write) -> io::Result<()>;

/// A kind of record, with the formats that there are of it.
pub trait Rendered: Sized {
    /// Such a run, as a message names it: `a load run`.
    const NOUN: &'static str;

    /// What writes it in a format; nothing where there is no such report.
    fn writer(format: Format) -> Option<Writer<Self>>;

    /// Every format that there is of it; the record itself always is one.
    fn formats() -> impl Iterator<Item = Format> {
        Format::ALL.into_iter().filter(|format| Self::writer(*format).is_some())
    }

    /// Writes it in a format.
    ///
    /// # Errors
    /// Those of the writer, and [`io::ErrorKind::Unsupported`] for a format that it does not have.
    fn write(&self, format: Format, out: &mut dyn Write) -> io::Result<()> {
        let writer = Self::writer(format).ok_or(io::ErrorKind::Unsupported)?;
        writer(self, out)
    }
}

/// The record itself, indented: it is read by eye as well.
///
/// # Errors
/// Those of the writer.
pub(super) fn json<R: Serialize>(record: &R, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, record)?;
    out.write_all(b"\n")
}

/// A word that names no format of a kind of record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownFormat {
    word: String,
    noun: &'static str,
    known: Vec<&'static str>,
}

impl UnknownFormat {
    fn of<R: Rendered>(word: &str) -> Self {
        Self { word: word.to_owned(), noun: R::NOUN, known: R::formats().map(Format::as_str).collect() }
    }
}

impl fmt::Display for UnknownFormat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { word, noun, known } = self;
        write!(formatter, "unknown format `{word}`: {noun} can be written as {}", known.join(", "))
    }
}

impl std::error::Error for UnknownFormat {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::CheckRecord;
    use crate::record::load::LoadRecord;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn a_format_is_found_by_its_word_and_another_word_names_them_all() {
        for format in Format::ALL {
            assert_eq!(Format::named::<CheckRecord>(&words(&[format.as_str()])), Ok(vec![format]));
        }
        let error = Format::named::<LoadRecord>(&words(&["pdf"])).unwrap_err().to_string();
        assert!(error.starts_with("unknown format `pdf`: a load run can be written as json, junit"), "{error}");
    }

    #[test]
    fn every_run_has_its_record_and_each_format_once() {
        let formats = Format::of_run::<LoadRecord>(&words(&["text,json", "text"])).unwrap();
        assert_eq!(formats, [Format::Json, Format::Text]);
        let usual = Format::of_run::<CheckRecord>(&[]).unwrap();
        assert_eq!(usual, [Format::Json, Format::Junit, Format::Html]);
    }

    #[test]
    fn no_two_formats_share_a_word_or_a_file() {
        let mut names: Vec<&str> = Format::ALL.iter().flat_map(|one| [one.as_str(), one.file_name()]).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Format::ALL.len() * 2);
    }
}
