//! An audit in each format.

use std::io::{self, Write};

use super::{github, junit, markdown, ndjson, write_audit};
use crate::record::AuditRecord;
use crate::report::format::json;
use crate::report::terminal::{Detail, View};
use crate::report::{Format, Rendered, Writer, html};
use crate::source::Palette;

impl Rendered for AuditRecord {
    const NOUN: &'static str = "an audit";

    fn writer(format: Format) -> Option<Writer<Self>> {
        Some(match format {
            Format::Json => json,
            Format::Junit => junit::write,
            Format::Html => html::audit::write,
            Format::Markdown => markdown::write,
            Format::Github => github::write,
            Format::Ndjson => ndjson::write,
            Format::Text => text,
        })
    }
}

fn text(audit: &AuditRecord, out: &mut dyn Write) -> io::Result<()> {
    write_audit(audit, View { palette: Palette::Plain, detail: Detail::Verbose }, out)
}
