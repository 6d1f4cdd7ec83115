//! Where a command writes: results and errors apart, with colours where they are seen.

use std::fmt;
use std::io::{IsTerminal as _, Write};

use super::Exit;
use crate::scenario::SuiteError;
use crate::settings::args::Color;
use crate::settings::environment::Environment;
use crate::source::{Diagnostics, Palette};

/// Standard output and standard error, or in tests two buffers.
///
/// A reader that goes away, as in `proofhouse check | head`, is no error: what is written then is lost.
pub struct Console {
    out: Box<dyn Write + Send>,
    err: Box<dyn Write + Send>,
    out_is_terminal: bool,
    err_is_terminal: bool,
}

impl Console {
    /// The process's own streams.
    #[must_use]
    pub fn of_process() -> Self {
        Self {
            out_is_terminal: std::io::stdout().is_terminal(),
            err_is_terminal: std::io::stderr().is_terminal(),
            out: Box::new(std::io::BufWriter::new(std::io::stdout())),
            err: Box::new(std::io::stderr()),
        }
    }

    /// Writes a line to standard output.
    pub fn line(&mut self, text: impl fmt::Display) {
        let _ = writeln!(self.out, "{text}");
        let _ = self.out.flush();
    }

    /// Standard output, for reports that write themselves.
    pub fn out(&mut self) -> &mut dyn Write {
        &mut self.out
    }

    /// Writes a line to standard error.
    pub fn note(&mut self, text: impl fmt::Display) {
        let _ = self.out.flush();
        let _ = writeln!(self.err, "{text}");
    }

    /// Says what is wrong with how the command was called.
    pub fn usage(&mut self, text: impl fmt::Display) -> Exit {
        self.note(format_args!("error: {text}"));
        Exit::Usage
    }

    /// Shows mistakes in files, each with its line and a caret.
    pub fn mistakes(&mut self, mistakes: &Diagnostics, palette: Palette) -> Exit {
        let mut count = 0;
        for mistake in mistakes.iter() {
            self.note(format_args!("{}\n", mistake.render(palette)));
            count += 1;
        }
        self.note(format_args!("{count} {}; nothing was sent", if count == 1 { "mistake" } else { "mistakes" }));
        Exit::Usage
    }

    /// Says why a suite cannot be read.
    pub fn suite_error(&mut self, error: &SuiteError, palette: Palette) -> Exit {
        match error {
            SuiteError::Mistakes(mistakes) => self.mistakes(mistakes, palette),
            SuiteError::Path { path, reason } => self.usage(format_args!("cannot read {}: {reason}", path.display())),
            SuiteError::Empty(paths) => {
                let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
                self.usage(format_args!("no YAML file in {}", names.join(", ")))
            }
        }
    }

    /// Whether standard error is shown to somebody: then a progress line is.
    #[must_use]
    pub fn shows_progress(&self) -> bool {
        self.err_is_terminal
    }

    /// Whether texts are coloured: as asked, or on a terminal where `NO_COLOR` is not set to a text.
    #[must_use]
    pub fn palette(&self, color: Color, environment: &Environment) -> Palette {
        let colored = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => self.out_is_terminal && environment.get("NO_COLOR").is_none(),
        };
        if colored { Palette::Colored } else { Palette::Plain }
    }
}
