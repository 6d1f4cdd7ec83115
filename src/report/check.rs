//! A check in each format.

use std::io::{self, Write};

use super::format::{Format, Rendered, Writer};
use super::terminal::{Detail, Header, View, write_header, write_results};
use super::{github, html, junit, markdown, ndjson};
use crate::record::{CheckRecord, ExitCode, Layout, write_check};
use crate::source::Palette;

impl Rendered for CheckRecord {
    const NOUN: &'static str = "a check";

    fn writer(format: Format) -> Option<Writer<Self>> {
        Some(match format {
            Format::Json => json,
            Format::Junit => junit::write,
            Format::Html => html::write,
            Format::Markdown => markdown::write,
            Format::Github => github::write,
            Format::Ndjson => ndjson::write,
            Format::Text => text,
        })
    }
}

/// The record itself. Nobody reads one of thousands of cases by eye, and indenting more than doubles it.
fn json(record: &CheckRecord, out: &mut dyn Write) -> io::Result<()> {
    const READ_BY_EYE: usize = 1_000;
    let layout = if record.cases().count() > READ_BY_EYE { Layout::Compact } else { Layout::Pretty };
    write_check(record, layout, out)
}

fn text(record: &CheckRecord, out: &mut dyn Write) -> io::Result<()> {
    let view = View { palette: Palette::Plain, detail: Detail::Normal };
    write_header(&Header::of(record), view, out)?;
    write_results(record, ExitCode::from_code(record.exit_code).unwrap_or(ExitCode::Internal), view, out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::sample;
    use crate::report::golden::golden;

    #[test]
    fn the_files_that_people_or_tools_read_stay_as_they_are() {
        for format in [Format::Junit, Format::Markdown, Format::Github, Format::Json] {
            let mut text = Vec::new();
            sample::record().write(format, &mut text).unwrap();
            golden(format.file_name(), &String::from_utf8(text).unwrap());
        }
    }

    #[test]
    fn what_authorises_calls_is_in_no_format() {
        for format in Format::ALL {
            let mut text = Vec::new();
            sample::record().write(format, &mut text).unwrap();
            let text = String::from_utf8(text).unwrap();
            assert!(!text.contains("hunter22"), "the password of the base URL: {format:?}");
        }
    }
}
