//! What a single case cannot show: where limits really are, what a length counts, what counts toward a key's limit.
//!
//! `limit`, `unit` and `prefix` are pure: from what was accepted and refused so far to the next question, or the answer.
//! `run` asks the target. Nothing here gates.

mod limit;
mod prefix;
mod run;
mod unit;

/// How a target took one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// It was accepted.
    Accepted,
    /// It was refused, for whatever reason.
    Refused,
}
