//! A comparison in each format that it has.

use std::io::{self, Write};

use super::{github, junit, markdown, ndjson, write_comparison};
use crate::record::compare::CompareRecord;
use crate::report::format::json;
use crate::report::terminal::{Detail, View};
use crate::report::{Format, Rendered, Writer, html};
use crate::source::Palette;

impl Rendered for CompareRecord {
    const NOUN: &'static str = "a comparison";

    fn writer(format: Format) -> Option<Writer<Self>> {
        Some(match format {
            Format::Json => json,
            Format::Junit => junit::write,
            Format::Html => html::compare::write,
            Format::Markdown => markdown::write,
            Format::Github => github::write,
            Format::Ndjson => ndjson::write,
            Format::Text => text,
        })
    }
}

fn text(record: &CompareRecord, out: &mut dyn Write) -> io::Result<()> {
    write_comparison(record, View { palette: Palette::Plain, detail: Detail::Verbose }, out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::golden::golden;

    fn written(format: Format) -> String {
        let mut text = Vec::new();
        CompareRecord::sample().write(format, &mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn the_formats_stay_as_they_are() {
        for format in [Format::Text, Format::Junit, Format::Markdown, Format::Github] {
            golden(&format!("compare-{}", format.file_name()), &written(format));
        }
    }

    #[test]
    fn the_verdict_comes_first_in_every_format_for_people() {
        for format in [Format::Text, Format::Markdown, Format::Github] {
            let text = written(format);
            assert!(text.lines().next().unwrap().contains("compare"), "{format:?}: {text}");
        }
    }

    #[test]
    fn what_a_server_says_cannot_repaint_the_terminal() {
        let mut record = CompareRecord::sample();
        record.shares[0].shape = Some(["x\u{1b}[2J".into(), "y\u{1b}[2J".into()]);
        record.reasons = vec!["z\u{1b}[2J".into()];
        for format in CompareRecord::formats().filter(|format| *format != Format::Json) {
            let mut text = Vec::new();
            record.write(format, &mut text).unwrap();
            assert!(!text.contains(&0x1b), "{format:?}");
        }
    }
}
