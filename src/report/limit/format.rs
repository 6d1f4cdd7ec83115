//! A measured limit in each format.

use std::io::{self, Write};

use super::summary::{Detail, write_summary};
use super::{github, junit, markdown, ndjson};
use crate::record::limit::LimitRecord;
use crate::report::format::json;
use crate::report::{Format, Rendered, Writer, html};
use crate::source::Palette;

impl Rendered for LimitRecord {
    const NOUN: &'static str = "a measured limit";

    fn writer(format: Format) -> Option<Writer<Self>> {
        Some(match format {
            Format::Json => json,
            Format::Junit => junit::write,
            Format::Html => html::limit::write,
            Format::Markdown => markdown::write,
            Format::Github => github::write,
            Format::Ndjson => ndjson::write,
            Format::Text => text,
        })
    }
}

fn text(record: &LimitRecord, out: &mut dyn Write) -> io::Result<()> {
    write_summary(record, Palette::Plain, Detail::Normal, out)
}
