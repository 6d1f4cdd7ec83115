//! Annotations for GitHub of a check: one per failure, at its place in the YAML.

use std::io::{self, BufWriter, Write};

use super::annotation::{Annotation, Weight, bounded};
use super::cause::cause;
use super::failure::{Failure, failures};
use crate::record::CheckRecord;

/// Writes the annotations of a record.
///
/// # Errors
/// Those of the writer.
pub(super) fn write(record: &CheckRecord, out: &mut dyn Write) -> io::Result<()> {
    let out = &mut BufWriter::new(out);
    let causes = record.apis.iter().filter_map(|api| {
        let cause = cause(api)?;
        let text = format!("{}\n{}", cause.headline(api), cause.lines(api).join("\n"));
        Some(Annotation { title: format!("proofhouse: {}", api.name), place: None, text })
    });
    let failures = failures(record);
    let errors: Vec<Annotation<'_>> = causes.chain(failures.iter().map(annotation)).collect();
    bounded(Weight::Error, "failure", &errors, out)?;
    let missing = record.cases().filter(|(_, case)| case.misses_a_should());
    let missing: Vec<Failure<'_>> = missing.map(|(api, case)| Failure::new(api, case)).collect();
    let warnings: Vec<Annotation<'_>> = missing.iter().map(annotation).collect();
    bounded(Weight::Warning, "missed `should`", &warnings, out)?;
    out.flush()
}

fn annotation<'a>(failure: &Failure<'a>) -> Annotation<'a> {
    let rule = failure.broken.first().and_then(|(claim, _)| failure.rule(claim));
    let rule = rule.map_or_else(String::new, |(rule, authority)| format!("\n{rule}\n{authority}"));
    Annotation {
        title: failure.case.address.clone(),
        place: Some(&failure.case.place),
        text: format!("{}{rule}", failure.one_line()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::sample;
    use crate::report::annotation::MOST;

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
    fn failures_are_bounded() {
        let mut record = sample::record();
        record.apis[0].cases = vec![record.apis[0].cases[2].clone(); 30];
        assert_eq!(written(&record).lines().count(), MOST + 1);
    }
}
