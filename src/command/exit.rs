//! How a command ends, as a process exit code.

/// The exit codes that other people's jobs rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Conforms; thresholds are met.
    Conforms,
    /// The target violates what gates.
    Violates,
    /// A mistake in arguments, scenarios or credentials: nothing was sent.
    Usage,
    /// No judgement is possible.
    Inconclusive,
    /// No case was selected or run.
    NothingRun,
    /// Only the list of known failures is at fault.
    KnownFailures,
    /// A report that was asked for could not be written.
    Unwritable,
    /// An error of ours.
    Internal,
    /// Interrupted.
    Interrupted,
}

impl Exit {
    /// The number.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Conforms => 0,
            Self::Violates => 1,
            Self::Usage => 2,
            Self::Inconclusive => 3,
            Self::NothingRun => 4,
            Self::KnownFailures => 5,
            Self::Unwritable => 6,
            Self::Internal => 70,
            Self::Interrupted => 130,
        }
    }
}
