//! Annotations for GitHub: one workflow command per failure, at its place in the YAML, up to a bound, then a count.

use std::io::{self, BufWriter, Write};

use super::cause::cause;
use super::failure::{Failure, failures};
use super::text::counted;
use crate::record::CheckRecord;

/// GitHub shows ten annotations of a kind per step; the last is the count.
const ERRORS: usize = 9;

/// The same bound for warnings.
const WARNINGS: usize = 9;

/// Writes the annotations of a record.
///
/// # Errors
/// Those of the writer.
pub(super) fn write(record: &CheckRecord, out: &mut dyn Write) -> io::Result<()> {
    let out = &mut BufWriter::new(out);
    for api in &record.apis {
        if let Some(cause) = cause(api) {
            let text = format!("{}\n{}", cause.headline(api), cause.lines(api).join("\n"));
            writeln!(out, "::error title={}::{}", property(&format!("proofhouse: {}", api.name)), message(&text))?;
        }
    }
    annotate("error", &failures(record), ERRORS, out)?;
    let missing = record.cases().filter(|(_, case)| case.misses_a_should());
    let missing: Vec<Failure<'_>> = missing.map(|(api, case)| Failure::new(api, case)).collect();
    annotate("warning", &missing, WARNINGS, out)?;
    out.flush()
}

fn annotate(kind: &str, cases: &[Failure<'_>], most: usize, out: &mut dyn Write) -> io::Result<()> {
    for failure in cases.iter().take(most) {
        let case = failure.case;
        let rule = failure.broken.first().and_then(|(claim, _)| failure.rule(claim));
        let rule = rule.map_or_else(String::new, |(rule, authority)| format!("\n{rule}\n{authority}"));
        let place = &case.place;
        writeln!(
            out,
            "::{kind} file={},line={},col={},title={}::{}",
            property(&place.file),
            place.line,
            place.column,
            property(&case.address),
            message(&format!("{}{rule}", failure.one_line())),
        )?;
    }
    if cases.len() > most {
        let what = if kind == "error" { "failure" } else { "missed `should`" };
        let more = format!("and {} not shown here; the reports show them", counted(cases.len() - most, what));
        writeln!(out, "::{kind} title=proofhouse::{}", message(&more))?;
    }
    Ok(())
}

/// What the runner's parser unescapes in a message.
fn message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What it unescapes in a property besides.
fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
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
    fn an_annotation_points_into_the_yaml_and_is_escaped() {
        let text = written(&sample::record());
        assert!(
            text.starts_with(
                "::error file=scenarios/rongcloud/profile.yaml,line=14,col=5,\
                 title=rongcloud/profile/length[field=name%2Cat=over]::accepted what must be refused"
            ),
            "{text}"
        );
        assert!(text.lines().all(|line| line.starts_with("::")), "no message breaks its line: {text}");
        assert!(text.contains("\n::warning file="), "{text}");
    }

    #[test]
    fn annotations_are_bounded_and_counted() {
        let mut record = sample::record();
        record.apis[0].cases = vec![record.apis[0].cases[2].clone(); 30];
        let text = written(&record);
        assert_eq!(text.lines().count(), ERRORS + 1);
        assert!(
            text.ends_with("::error title=proofhouse::and 21 failures not shown here; the reports show them\n"),
            "{text}"
        );
    }
}
