//! An audit in each format that it has; on the terminal `diff` shows it without a detour.

use std::io::{self, Write};

use super::audit::{AuditView, write_audit, write_audit_markdown};
use super::format::{Format, Rendered, Writer};
use super::html;
use crate::record::AuditRecord;
use crate::source::Palette;

impl Rendered for AuditRecord {
    const NOUN: &'static str = "an audit";

    fn writer(format: Format) -> Option<Writer<Self>> {
        Some(match format {
            Format::Json => json,
            Format::Html => html::audit::write,
            Format::Markdown => write_audit_markdown,
            Format::Text => text,
            Format::Junit | Format::Github | Format::Ndjson => return None,
        })
    }
}

fn json(audit: &AuditRecord, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, audit)?;
    out.write_all(b"\n")
}

fn text(audit: &AuditRecord, out: &mut dyn Write) -> io::Result<()> {
    write_audit(audit, AuditView { palette: Palette::Plain, everything: true }, out)
}
