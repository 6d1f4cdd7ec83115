//! Messages about what somebody wrote: the place, the line with a caret, what is wrong and what would be right.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::SourceText;

/// Whether rendered text carries terminal colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Palette {
    /// ANSI escapes.
    Colored,
    /// Text only.
    Plain,
}

/// One mistake in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What is wrong, in one line without a final stop.
    pub message: String,
    /// What stands beside the caret; empty for nothing.
    pub label: String,
    /// What to do about it, where that is not in the message.
    pub help: Option<String>,
    text: Arc<SourceText>,
    range: Range<usize>,
}

impl Diagnostic {
    /// A mistake at a range of bytes.
    #[must_use]
    pub fn new(text: &Arc<SourceText>, range: Range<usize>, message: impl Into<String>) -> Self {
        Self { message: message.into(), label: String::new(), help: None, text: Arc::clone(text), range }
    }

    /// Puts a text beside the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Adds a remedy.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The file's name, line and column.
    #[must_use]
    pub fn place(&self) -> super::Place {
        self.text.place(self.range.start)
    }

    /// The message with its line and a caret, over several lines.
    #[must_use]
    pub fn render(&self, palette: Palette) -> String {
        let range = self.caret();
        let annotation = AnnotationKind::Primary.span(range).label(self.label.as_str());
        let snippet = Snippet::source(self.text.text.as_str()).path(self.text.name.as_str()).annotation(annotation);
        let mut group = Level::ERROR.primary_title(self.message.as_str()).element(snippet);
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        let renderer = match palette {
            Palette::Colored => Renderer::styled(),
            Palette::Plain => Renderer::plain(),
        };
        renderer.render(&[group])
    }

    /// A caret covers one line at most: what goes over several lines is marked at its beginning.
    fn caret(&self) -> Range<usize> {
        let text = &self.text.text;
        let start = self.range.start.min(text.len());
        let end = self.range.end.clamp(start, text.len());
        let covered = &text[start..end];
        let first_line = covered.split('\n').next().unwrap_or_default().trim_end().len();
        start..start + first_line
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.place(), self.message)
    }
}

/// All mistakes found so far; the empty list is success.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// No mistake.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Adds the error of a result, and gives its value.
    pub fn take<T>(&mut self, result: Result<T, Diagnostic>) -> Option<T> {
        result.map_err(|diagnostic| self.0.push(diagnostic)).ok()
    }

    /// Adds the errors of a result, and gives its value.
    pub fn take_all<T>(&mut self, result: Result<T, Self>) -> Option<T> {
        result.map_err(|found| self.extend(found)).ok()
    }

    /// Adds those of another list.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// In the order in which they were found.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.0.iter()
    }

    /// The value, when nothing is wrong.
    ///
    /// # Errors
    /// The list itself, when it is not empty.
    pub fn into_result<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_shows_the_line_and_what_would_be_right() {
        let text = "expect:\n  statuz: 200\n";
        let text = Arc::new(SourceText { name: "a.yaml".into(), text: text.into() });
        let shown = Diagnostic::new(&text, 10..16, "unknown field `statuz` in an expectation")
            .label("did you mean `status`?")
            .render(Palette::Plain);
        assert!(shown.contains("error: unknown field `statuz` in an expectation"), "{shown}");
        assert!(shown.contains("a.yaml:2:3"), "{shown}");
        assert!(shown.contains("^^^^^^ did you mean `status`?"), "{shown}");
    }
}
