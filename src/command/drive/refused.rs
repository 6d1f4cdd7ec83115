//! Why nothing is sent, or why a run could not be made: two types, each with its exit code.

use crate::command::{Console, Exit};
use crate::load::CannotRun;
use crate::scenario::SuiteError;
use crate::source::{Diagnostics, Palette};

/// Why nothing is sent.
pub(in crate::command) enum Refused {
    /// The suite cannot be read.
    Suite(SuiteError),
    /// Mistakes in a plan or target file.
    Mistakes(Diagnostics),
    /// What is wrong with the call, and what would be right.
    Usage(String),
}

impl Refused {
    /// Says why on standard error.
    pub(in crate::command) fn tell(&self, palette: Palette, console: &mut Console) -> Exit {
        match self {
            Self::Suite(error) => console.suite_error(error, palette),
            Self::Mistakes(mistakes) => console.mistakes(mistakes, palette),
            Self::Usage(message) => console.usage(message),
        }
    }
}

impl From<String> for Refused {
    fn from(message: String) -> Self {
        Self::Usage(message)
    }
}

impl From<Diagnostics> for Refused {
    fn from(mistakes: Diagnostics) -> Self {
        Self::Mistakes(mistakes)
    }
}

/// Says why the engine could not run a plan.
pub(in crate::command) fn not_run(error: &CannotRun, console: &mut Console) -> Exit {
    console.note(format_args!("error: {error}"));
    match error {
        CannotRun::NothingToSend | CannotRun::NoTime => Exit::Usage,
        CannotRun::System(_) | CannotRun::Panicked | CannotRun::Identity(_) => Exit::Internal,
    }
}
