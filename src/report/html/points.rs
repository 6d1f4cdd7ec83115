//! What failed in a check, in a few lines for the first screen: cases that break one rule in one way are one line.

use super::lead::{POINTS, Point};
use crate::record::{CheckRecord, MismatchRecord};
use crate::report::failure::{Failure, failures};
use crate::report::text::{shortened, visible};

/// How long a value may be.
const VALUE: usize = 100;

/// The lines, those of most cases first, and how many there are beyond them.
pub(super) fn points(record: &CheckRecord) -> (Vec<Point>, usize) {
    let mut points: Vec<Point> = Vec::new();
    for failure in failures(record) {
        let (text, place) = rule(&failure);
        let strong = failure.sentence();
        match points.iter_mut().find(|point| point.text == text && point.strong == strong) {
            Some(point) => point.count += 1,
            None => {
                let address = failure.case.address.clone();
                let example = example(&failure);
                points.push(Point { strong: strong.to_owned(), text, place, example, count: 1, address });
            }
        }
    }
    points.sort_by_key(|point| std::cmp::Reverse(point.count));
    let left_out = points.len().saturating_sub(POINTS);
    points.truncate(POINTS);
    (points, left_out)
}

/// What came in the first case, and what should have.
fn example(failure: &Failure<'_>) -> String {
    let first = failure.broken.first().and_then(|(_, mismatches)| mismatches.first());
    let told = |first: &MismatchRecord| {
        let [at, expected, actual] =
            [&first.at, &first.expected, &first.actual].map(|text| visible(&shortened(text, VALUE)));
        format!("{at}: expected {expected}, came {actual}")
    };
    first.map(told).unwrap_or_default()
}

fn rule(failure: &Failure<'_>) -> (String, String) {
    let claim = failure.broken.first().map(|(claim, _)| *claim);
    claim.and_then(|claim| failure.rule(claim)).unwrap_or_default()
}
