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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Aspect, AuditSide, Change, Difference, Level, RequirementGroup, Support};

    /// One difference that gates and one that does not; what the servers said would repaint a terminal.
    fn audit() -> AuditRecord {
        let side = |port: u16| AuditSide {
            target: format!("http://127.0.0.1:{port}/"),
            started: "2026-07-01T12:00:00Z".into(),
            volatile: Vec::new(),
        };
        let group = |id: &str, level: Level, supports: Support| RequirementGroup {
            requirement: Some(id.into()),
            level,
            rule: Some(format!("the rule {id}")),
            authority: None,
            differences: vec![Difference {
                address: format!("an-api/{id}"),
                supports,
                changes: vec![Change {
                    aspect: Aspect::Code,
                    at: String::new(),
                    a: "1\u{1b}[2J".into(),
                    b: "2".into(),
                }],
                replies: Some(["{\n  \"code\": 1\n}".into(), "{\n  \"code\": 2\n}".into()]),
            }],
        };
        AuditRecord {
            record: "diff".into(),
            version: 1,
            exit_code: 1,
            api: "an-api".into(),
            gate: Level::Must,
            sides: [side(1), side(2)],
            compared: 7,
            differing: 2,
            groups: vec![group("a.must", Level::Must, Support::A), group("an.open", Level::Observe, Support::Open)],
            not_compared: Vec::new(),
            notes: Vec::new(),
        }
    }

    fn written(format: Format) -> String {
        let mut text = Vec::new();
        audit().write(format, &mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn only_what_gates_is_a_failure_and_an_error() {
        let junit = written(Format::Junit);
        assert!(junit.contains("tests=\"3\"") && junit.contains("failures=\"1\""), "{junit}");
        assert!(junit.contains("the rule a.must: the sides differ in 1 case"), "{junit}");
        let annotations = written(Format::Github);
        let titles: Vec<&str> = annotations.lines().filter_map(|line| line.split("::").nth(1)).collect();
        let expected = [
            "error title=proofhouse diff%3A an-api",
            "error title=the rule a.must (a.must)",
            "warning title=the rule an.open (an.open)",
        ];
        assert_eq!(titles, expected);
    }

    #[test]
    fn each_format_leads_with_the_result_and_shows_what_a_server_said_as_text() {
        for format in AuditRecord::formats().filter(|format| *format != Format::Json) {
            let text = written(format);
            assert!(!text.contains('\u{1b}'), "{format:?}");
            assert!(text.contains("a.must") && text.contains("an.open"), "{format:?}: {text}");
        }
        let summary = "an-api: 7 cases compared, 2 differ in 2 requirements (1 at the gate `must`), 0 not compared";
        assert!(written(Format::Text).ends_with(&format!("{summary}\n")), "people at a terminal read its last line");
        assert!(written(Format::Markdown).starts_with("## ❌ proofhouse diff: an-api"), "others the first one");
    }
}
