//! Markdown for a job's summary page: the verdict first, then failures up to a bound, then how many more there are.

use std::io::{self, BufWriter, Write};

use super::cause::cause;
use super::failure::Failure;
use super::terminal::last_line;
use super::terminal::style::Ink;
use super::text::{counted, visible};
use crate::record::{CheckRecord, ExitCode, SuiteOrigin, Totals, characteristics};

/// How many failures are told: GitHub cuts a summary at 1 MiB, and nobody reads that much.
const FAILURES: usize = 50;

/// How many open points are told.
const OPEN_POINTS: usize = 100;

/// Writes the record as Markdown.
///
/// # Errors
/// Those of the writer.
pub(super) fn write(record: &CheckRecord, out: &mut dyn Write) -> io::Result<()> {
    let out = &mut BufWriter::with_capacity(64 * 1024, out);
    let exit = ExitCode::from_code(record.exit_code).unwrap_or(ExitCode::Internal);
    writeln!(out, "## {} proofhouse check: {}\n", sign(exit), escaped(&last_line(record, exit)))?;
    for reason in &record.reasons {
        writeln!(out, "- {}", escaped(reason))?;
    }
    if !record.reasons.is_empty() {
        writeln!(out)?;
    }
    table(record, out)?;
    for api in &record.apis {
        if let Some(cause) = cause(api) {
            writeln!(out, "### {}: {}\n", escaped(&api.name), escaped(&cause.headline(api)))?;
            for line in cause.lines(api) {
                writeln!(out, "- {}", escaped(&line))?;
            }
            writeln!(out)?;
        }
    }
    failures(record, out)?;
    known_failures(record, out)?;
    should_misses(record, out)?;
    open_points(record, out)?;
    origin(record, out)?;
    out.flush()
}

/// What a reader of a summary page sees before any word.
pub(super) fn sign(exit: ExitCode) -> &'static str {
    match Ink::of(exit) {
        Ink::Good => "✅",
        Ink::Doubt => "⚠️",
        Ink::Bad | Ink::Dim | Ink::Strong => "❌",
    }
}

fn table(record: &CheckRecord, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "| api | target | cases | fail | inconclusive | pass | observed | skip |")?;
    writeln!(out, "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |")?;
    for api in &record.apis {
        let Totals { cases, fail, inconclusive, pass, observed, skip, .. } = &api.totals;
        let (name, url) = (escaped(&api.name), escaped(&api.target.base_url));
        writeln!(out, "| {name} | {url} | {cases} | {fail} | {inconclusive} | {pass} | {observed} | {skip} |")?;
    }
    writeln!(out)
}

fn failures(record: &CheckRecord, out: &mut dyn Write) -> io::Result<()> {
    let failing = super::failure::failures(record);
    for failure in failing.iter().take(FAILURES) {
        one(failure, out)?;
    }
    if failing.len() > FAILURES {
        writeln!(
            out,
            "… and {} not shown here; the other reports show them.\n",
            counted(failing.len() - FAILURES, "failure")
        )?;
    }
    Ok(())
}

fn one(failure: &Failure<'_>, out: &mut dyn Write) -> io::Result<()> {
    let case = failure.case;
    let (address, sentence) = (html(&case.address), failure.sentence());
    writeln!(out, "<details><summary><b>{sentence}</b> <code>{address}</code> ({})</summary>\n", case.level)?;
    for (claim, mismatches) in &failure.broken {
        if let Some((rule, authority)) = failure.rule(claim) {
            writeln!(out, "{}  \n_{}_\n", escaped(&rule), escaped(&authority))?;
        }
        for mismatch in *mismatches {
            let (expected, actual) = (code(&mismatch.expected), code(&mismatch.actual));
            writeln!(out, "- {}: expected {expected}, actual {actual}", code(&mismatch.at))?;
        }
        writeln!(out)?;
    }
    if let Some(reply) = failure.reply() {
        writeln!(out, "Reply: {}\n", code(&reply))?;
    }
    if let Some(diff) = failure.diff() {
        let lines: Vec<String> = diff.lines().iter().map(|(side, line)| format!("{} {line}", side.sign())).collect();
        fenced("diff", &lines.join("\n"), out)?;
    }
    for note in failure.notes() {
        writeln!(out, "- {}", escaped(&note))?;
    }
    if let Some(line) = failure.curl() {
        fenced("bash", &line, out)?;
    }
    writeln!(out, "{}\n\n</details>\n", code(&case.place.to_string()))
}

fn known_failures(record: &CheckRecord, out: &mut dyn Write) -> io::Result<()> {
    let Some(list) = &record.known_failures else {
        return Ok(());
    };
    let known: Vec<_> = record.cases().filter_map(|(_, case)| Some((case, case.known_failure.as_ref()?))).collect();
    writeln!(out, "### Known failures: {} (they do not gate)\n", known.len())?;
    for (case, why) in known.iter().take(FAILURES) {
        writeln!(out, "- {}: {}", code(&case.address), escaped(&why.to_string()))?;
    }
    if known.len() > FAILURES {
        writeln!(out, "- … and {} more", known.len() - FAILURES)?;
    }
    for finding in &list.findings {
        let sign = if finding.trouble.is_fault() { "❌" } else { "⚠️" };
        writeln!(out, "- {sign} {}", escaped(&finding.to_string()))?;
    }
    writeln!(out)
}

fn should_misses(record: &CheckRecord, out: &mut dyn Write) -> io::Result<()> {
    let missing: Vec<_> = record.cases().filter(|(_, case)| case.misses_a_should()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    writeln!(out, "### What should hold and does not (it does not gate)\n")?;
    for (api, case) in missing.iter().take(FAILURES) {
        let line = Failure::new(api, case).one_line();
        writeln!(out, "- {}: {}", code(&case.address), escaped(&line))?;
    }
    if missing.len() > FAILURES {
        writeln!(out, "- … and {} more", missing.len() - FAILURES)?;
    }
    writeln!(out)
}

fn open_points(record: &CheckRecord, out: &mut dyn Write) -> io::Result<()> {
    let points: Vec<_> = record.apis.iter().flat_map(characteristics).collect();
    if points.is_empty() {
        return Ok(());
    }
    writeln!(out, "<details><summary>What the document leaves open, and what this target chose</summary>\n")?;
    writeln!(out, "| open point | choice | cases |\n| --- | --- | ---: |")?;
    for point in points.iter().take(OPEN_POINTS) {
        for choice in &point.choices {
            let (about, answer) = (escaped(point.about), escaped(&visible(&choice.answer)));
            writeln!(out, "| {about} | {answer} | {} |", choice.addresses.len())?;
        }
    }
    if points.len() > OPEN_POINTS {
        writeln!(out, "| … and {} more | | |", points.len() - OPEN_POINTS)?;
    }
    writeln!(out, "\n</details>\n")
}

fn origin(record: &CheckRecord, out: &mut dyn Write) -> io::Result<()> {
    let suite = match &record.suite {
        SuiteOrigin::Embedded(digest) => format!("embedded suite {digest}"),
        SuiteOrigin::Paths(paths) => format!("suite {}", paths.join(", ")),
    };
    let (version, gate) = (&record.proofhouse, record.settings.gate);
    writeln!(out, "proofhouse {version}, {}, gate {gate}, {}", escaped(&suite), record.started)
}

/// Text that says nothing to a Markdown reader.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in html(&visible(text)).chars() {
        if "\\`*_[]|~#".contains(character) {
            safe.push('\\');
        }
        safe.push(character);
    }
    unlinked(&safe)
}

/// Addresses that GitHub does not turn into links: nobody should be led to where a server points.
fn unlinked(text: &str) -> String {
    text.replace("://", "&#58;//").replace("www.", "www&#46;").replace('@', "&#64;")
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Text in a fixed font; HTML, because back-ticks cannot hold every text and a table splits at `|`.
pub(super) fn code(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in html(&visible(text)).chars() {
        if "\\`*_[]|~".contains(character) {
            safe.push_str(&format!("&#{};", u32::from(character)));
        } else {
            safe.push(character);
        }
    }
    format!("<code>{}</code>", unlinked(&safe))
}

/// A block whose fence is longer than any row of back-ticks in it.
pub(super) fn fenced(language: &str, text: &str, out: &mut dyn Write) -> io::Result<()> {
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    writeln!(out, "{fence}{language}\n{text}\n{fence}\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::sample;

    fn written(record: &CheckRecord) -> String {
        let mut text = Vec::new();
        write(record, &mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn the_verdict_comes_first_and_what_is_left_out_is_counted() {
        let mut record = sample::record();
        let text = written(&record);
        assert!(text.starts_with("## ❌ proofhouse check: violates what must hold (exit 1)"), "{text}");
        record.apis[0].cases = vec![record.apis[0].cases[2].clone(); 60];
        let text = written(&record);
        assert_eq!(text.matches("<details><summary><b>").count(), FAILURES);
        assert!(text.contains("… and 10 failures not shown here"), "{text}");
    }

    #[test]
    fn what_a_server_says_is_no_markup() {
        assert_eq!(escaped("<b>*x*</b> | [a](b)"), "&lt;b&gt;\\*x\\*&lt;/b&gt; \\| \\[a\\](b)");
        let mut block = Vec::new();
        fenced("diff", "a ```` b", &mut block).unwrap();
        assert!(String::from_utf8(block).unwrap().starts_with("`````diff\n"));
    }
}
