//! One deviation as evidence: what was expected beside what came, when, and a line that sends the like of it again.

use std::io::{self, Write};

use super::figure::{rate, time};
use crate::record::SchemeName;
use crate::record::load::{Example, Settings};
use crate::report::curl::{quoted, trusting};
use crate::report::diff::JsonDiff;
use crate::report::terminal::style::{Ink, paint};
use crate::report::text::visible;
use crate::source::Palette;

/// The longest body that is shown whole in the line.
const LONGEST_BODY: usize = 2_000;

/// Writes an example.
pub(super) fn write(settings: &Settings, example: &Example, palette: Palette, out: &mut dyn Write) -> io::Result<()> {
    for mismatch in &example.mismatches {
        writeln!(out, "     {} at {}", mismatch.kind.sentence(), visible(&mismatch.at))?;
        writeln!(out, "       expected {}", visible(&mismatch.expected))?;
        writeln!(out, "       actual   {}", visible(&mismatch.actual))?;
    }
    if let Some(diff) = JsonDiff::between(&example.body, &example.mismatches) {
        for (side, line) in diff.lines() {
            let ink = match side.sign() {
                '-' => Ink::Good,
                '+' => Ink::Bad,
                _ => Ink::Dim,
            };
            writeln!(out, "       {}", paint(palette, ink, format_args!("{} {line}", side.sign())))?;
        }
    }
    let took = example.finished_ns.saturating_sub(example.intended_ns);
    let offered = if example.offered > 0.0 { format!(" at {} offered", rate(example.offered)) } else { String::new() };
    writeln!(
        out,
        "     arrival {} at {}{offered}: HTTP {} after {}",
        example.index,
        time(example.intended_ns),
        example.status,
        time(took)
    )?;
    writeln!(out, "     {}", curl(settings, example))
}

/// A line for bash: what authenticates is made afresh by `proofhouse sign`.
pub(in crate::report) fn curl(settings: &Settings, example: &Example) -> String {
    let (head, body) = example.request.split_once("\r\n\r\n").unwrap_or((&example.request, ""));
    let mut lines = head.split("\r\n");
    let mut first = lines.next().unwrap_or_default().split(' ');
    let (method, path) = (first.next().unwrap_or("POST"), first.next().unwrap_or("/"));
    let signs_headers = settings.authentication.scheme != SchemeName::Usersig;
    let api = quoted(&settings.api);
    let mut words = vec!["curl -sS".to_owned()];
    words.extend(trusting(&settings.trusted));
    if signs_headers {
        words.push(format!("-K <(proofhouse sign --api {api} --format curl)"));
    }
    words.push(format!("-X {}", quoted(method)));
    // The path holds the prefix of the target already.
    let origin = settings.target.split('/').take(3).collect::<Vec<_>>().join("/");
    words.push(url(&origin, path, &api));
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        let made = settings.authentication.names.iter().any(|one| one.eq_ignore_ascii_case(name)) && signs_headers;
        if !made && !name.eq_ignore_ascii_case("host") && !name.eq_ignore_ascii_case("content-length") {
            words.push(format!("-H {}", quoted(&format!("{name}: {value}"))));
        }
    }
    if body.len() > LONGEST_BODY {
        words.push("--data-binary @BODY   # the whole request stands in report.json".into());
    } else if !body.is_empty() {
        words.push(format!("--data-raw {}", quoted(body)));
    }
    words.join(" ")
}

/// The URL, with a fresh `UserSig` in place of the one that was masked.
fn url(origin: &str, path: &str, api: &str) -> String {
    match path.split_once("usersig=") {
        Some((before, rest)) => {
            let after = rest.split_once('&').map(|(_, after)| format!("&{after}")).unwrap_or_default();
            let fresh = format!("\"$(proofhouse sign --api {api} --format signature)\"");
            let after = if after.is_empty() { String::new() } else { quoted(&after) };
            format!("{}{fresh}{after}", quoted(&format!("{origin}{before}usersig=")))
        }
        None => quoted(&format!("{origin}{path}")),
    }
}
