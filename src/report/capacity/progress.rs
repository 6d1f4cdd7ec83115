//! What is told of a trial as soon as it is judged.

use crate::record::capacity::{TrialReport, TrialVerdict};
use crate::report::load::figure::{rate, time};
use crate::report::text::visible;

/// A trial in a line: when, why, which rate, for how long, what came of it.
#[must_use]
pub fn line(trial: &TrialReport) -> String {
    let word = match trial.verdict {
        TrialVerdict::Met => "met",
        TrialVerdict::Broken => "BROKEN",
        TrialVerdict::Unsound => "unsound",
        TrialVerdict::Unjudged => "",
    };
    let began = trial.began_ns / 1_000_000_000;
    let (at, took) = (rate(trial.rate), time(trial.steady_ns));
    let disturbed = match trial.disturbed {
        0 => String::new(),
        seconds => format!(" ({seconds} s left out: the generator was held up)"),
    };
    let said = visible(&trial.said);
    format!("{began:>4} s  {:<9} {at:>10}  {took:>6}  {word:<7} {said}{disturbed}", trial.purpose)
}
