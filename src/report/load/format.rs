//! A load run in each format, beside its journal and histograms.

use std::io::{self, Write};

use super::summary::{Detail, write_summary};
use super::{github, junit, markdown, ndjson};
use crate::record::load::LoadRecord;
use crate::report::format::json;
use crate::report::{Format, Rendered, Writer, html};
use crate::source::Palette;

impl Rendered for LoadRecord {
    const NOUN: &'static str = "a load run";

    fn writer(format: Format) -> Option<Writer<Self>> {
        Some(match format {
            Format::Json => json,
            Format::Junit => junit::write,
            Format::Html => html::load::write,
            Format::Markdown => markdown::write,
            Format::Github => github::write,
            Format::Ndjson => ndjson::write,
            Format::Text => text,
        })
    }
}

fn text(record: &LoadRecord, out: &mut dyn Write) -> io::Result<()> {
    write_summary(record, Palette::Plain, Detail::Normal, out)
}
