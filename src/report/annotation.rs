//! Annotations as GitHub's runner reads them from the output of a step: workflow commands, escaped and bounded.

use std::io::{self, Write};

use super::text::{counted, visible};
use crate::record::PlaceRecord;

/// GitHub shows ten annotations of a kind per step; the last is the count of those that are left out.
pub(super) const MOST: usize = 9;

/// How much an annotation weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// It fails the run.
    Error,
    /// It does not.
    Warning,
}

impl Weight {
    fn command(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// One annotation.
pub(super) struct Annotation<'a> {
    /// What stands above it.
    pub(super) title: String,
    /// The place in a file of the checkout that it is shown at.
    pub(super) place: Option<&'a PlaceRecord>,
    /// What it says, on one line or several.
    pub(super) text: String,
}

impl Annotation<'_> {
    /// Writes it as one line.
    ///
    /// # Errors
    /// Those of the writer.
    pub(super) fn write(&self, weight: Weight, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "::{} ", weight.command())?;
        if let Some(PlaceRecord { file, line, column }) = self.place {
            write!(out, "file={},line={line},col={column},", property(file))?;
        }
        writeln!(out, "title={}::{}", property(&self.title), message(&self.text))
    }
}

/// Writes the first of them, and how many more there are of `what`.
///
/// # Errors
/// Those of the writer.
pub(super) fn bounded(
    weight: Weight,
    what: &str,
    annotations: &[Annotation<'_>],
    out: &mut dyn Write,
) -> io::Result<()> {
    let more = annotations.len().saturating_sub(MOST);
    for annotation in annotations.iter().take(MOST) {
        annotation.write(weight, out)?;
    }
    if more > 0 {
        let text = format!("and {} not shown here; the reports show them", counted(more, what));
        Annotation { title: "proofhouse".into(), place: None, text }.write(weight, out)?;
    }
    Ok(())
}

/// A message with its line breaks escaped as the runner unescapes them, and without other control characters.
fn message(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(|line| visible(line).replace('%', "%25")).collect();
    lines.join("%0A")
}

/// What the runner unescapes in a property besides.
fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(title: &str, text: &str) -> String {
        let mut out = Vec::new();
        let annotation = Annotation { title: title.into(), place: None, text: text.into() };
        annotation.write(Weight::Error, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_would_end_a_command_or_begin_another_is_escaped() {
        assert_eq!(written("a:b,c%", "x\n::error::y%0A"), "::error title=a%3Ab%2Cc%25::x%0A::error::y%250A\n");
        assert_eq!(written("t", "\u{1b}[31m\r"), "::error title=t::\\u{1b}[31m\\r\n");
    }

    #[test]
    fn what_is_left_out_is_counted() {
        let one = |number: usize| Annotation { title: number.to_string(), place: None, text: "x".into() };
        let many: Vec<_> = (0..30).map(one).collect();
        let mut out = Vec::new();
        bounded(Weight::Warning, "failure", &many, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text.lines().count(), MOST + 1);
        assert!(
            text.ends_with("::warning title=proofhouse::and 21 failures not shown here; the reports show them\n"),
            "{text}"
        );
    }
}
