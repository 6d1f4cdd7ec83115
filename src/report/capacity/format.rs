//! A search for the capacity in each format.

use std::io::{self, Write};

use super::summary::{Detail, write_summary};
use super::{github, junit, markdown, ndjson};
use crate::record::capacity::CapacityRecord;
use crate::report::format::json;
use crate::report::{Format, Rendered, Writer, html};
use crate::source::Palette;

impl Rendered for CapacityRecord {
    const NOUN: &'static str = "a search for the capacity";

    fn writer(format: Format) -> Option<Writer<Self>> {
        Some(match format {
            Format::Json => json,
            Format::Junit => junit::write,
            Format::Html => html::capacity::write,
            Format::Markdown => markdown::write,
            Format::Github => github::write,
            Format::Ndjson => ndjson::write,
            Format::Text => text,
        })
    }
}

fn text(record: &CapacityRecord, out: &mut dyn Write) -> io::Result<()> {
    write_summary(record, Palette::Plain, Detail::Normal, out)
}
