//! The true end of what a field accepts: the two documented boundary sizes first, and where they deviate, bisection.

use std::collections::BTreeMap;

use super::Taken;
use crate::scenario::{End, EndSide};

/// The most requests for one end. Three find out on which side it deviates, and 3 × 1024, the widest stretch between
/// two sizes of the shipped apis, is halved twelve times.
pub(super) const MOST_TRIALS: usize = 16;

/// What was sent so far, by size.
pub(super) type Seen = BTreeMap<i64, Taken>;

/// What follows from what was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// This size tells more.
    Try(i64),
    /// Enough is known.
    Found(Limit),
}

/// Where an end is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    /// This is the last size that is accepted.
    At(i64),
    /// Everything is accepted up to here, where the search ends.
    NoneUpTo(i64),
    /// Not even this is accepted, the smallest size there is.
    NotEven(i64),
}

/// The next size to try for an end, or where it is.
pub(super) fn next(end: &End, seen: &Seen) -> Next {
    match seen.get(&end.documented) {
        None => Next::Try(end.documented),
        Some(Taken::Accepted) => match seen.get(&end.over) {
            None => Next::Try(end.over),
            Some(Taken::Refused) => between(end.documented, end.over, seen),
            Some(Taken::Accepted) => match seen.get(&end.far) {
                None => Next::Try(end.far),
                Some(Taken::Refused) => between(end.over, end.far, seen),
                Some(Taken::Accepted) => Next::Found(Limit::NoneUpTo(end.far)),
            },
        },
        Some(Taken::Refused) => match seen.get(&end.least) {
            None => Next::Try(end.least),
            Some(Taken::Refused) => Next::Found(Limit::NotEven(end.least)),
            Some(Taken::Accepted) => between(end.least, end.documented, seen),
        },
    }
}

/// Halves the stretch between an accepted size and a greater one that is refused.
fn between(accepted: i64, refused: i64, seen: &Seen) -> Next {
    let (mut low, mut high) = (accepted, refused);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        match seen.get(&middle) {
            None => return Next::Try(middle),
            Some(Taken::Accepted) => low = middle,
            Some(Taken::Refused) => high = middle,
        }
    }
    Next::Found(Limit::At(low))
}

/// The finding about the ends of one field, for people.
pub(super) fn words(found: &[(End, Limit)]) -> String {
    let deviations: Vec<String> = found.iter().filter_map(|(end, limit)| deviation(end, *limit)).collect();
    if deviations.is_empty() { "as documented".into() } else { deviations.join("; ") }
}

/// How an end deviates from its document; `None` when it does not.
fn deviation(end: &End, limit: Limit) -> Option<String> {
    let size = |size: i64| end.side.turned(size);
    let observed = match limit {
        Limit::At(found) if (end.documented..end.over).contains(&found) => return None,
        Limit::At(found) => size(found).to_string(),
        Limit::NoneUpTo(far) => format!("no limit up to {}", size(far)),
        Limit::NotEven(least) => format!("not even {} is accepted", size(least)),
    };
    let which = match end.side {
        EndSide::Only => "",
        EndSide::Greatest => "at most ",
        EndSide::Least => "at least ",
    };
    Some(format!("documented {which}{}, observed {observed}", size(end.documented)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: End = End { side: EndSide::Only, documented: 64, over: 65, least: 1, far: 256 };
    const KEY: End = End { side: EndSide::Only, documented: 32, over: 37, least: 5, far: 128 };
    const URL: End = End { side: EndSide::Only, documented: 1024, over: 1025, least: 26, far: 4096 };
    const LEAST: End = End { side: EndSide::Least, documented: 0, over: 1, least: -100, far: 300 };

    /// Searches a target that accepts exactly what the function says; gives the finding and how often it was asked.
    fn search(end: End, accepts: impl Fn(i64) -> bool) -> (Limit, usize) {
        let mut seen = Seen::new();
        loop {
            match next(&end, &seen) {
                Next::Found(limit) => return (limit, seen.len()),
                Next::Try(size) => {
                    assert!((end.least..=end.far).contains(&size));
                    let taken = if accepts(size) { Taken::Accepted } else { Taken::Refused };
                    assert!(seen.insert(size, taken).is_none(), "{size} was asked for twice");
                }
            }
        }
    }

    #[test]
    fn a_documented_limit_takes_two_requests() {
        assert_eq!(search(NAME, |size| size <= 64), (Limit::At(64), 2));
    }

    #[test]
    fn every_other_limit_is_found_with_few_requests() {
        for end in [NAME, KEY, URL] {
            for limit in end.least..end.far {
                let (found, asked) = search(end, |size| size <= limit);
                assert_eq!(found, Limit::At(limit));
                assert!(asked <= MOST_TRIALS, "{asked} for {limit}");
            }
        }
    }

    #[test]
    fn what_has_no_limit_and_what_accepts_nothing_ends_the_search() {
        assert_eq!(search(NAME, |_| true), (Limit::NoneUpTo(256), 3));
        assert_eq!(search(NAME, |_| false), (Limit::NotEven(1), 2));
    }

    #[test]
    fn findings_are_in_the_numbers_of_the_document() {
        for (end, limit, expected) in [
            (NAME, Limit::At(64), "as documented"),
            (KEY, Limit::At(32), "as documented"),
            (KEY, Limit::At(36), "as documented"),
            (NAME, Limit::At(63), "documented 64, observed 63"),
            (NAME, Limit::NoneUpTo(256), "documented 64, observed no limit up to 256"),
            (NAME, Limit::NotEven(1), "documented 64, observed not even 1 is accepted"),
            (LEAST, Limit::At(0), "as documented"),
            (LEAST, Limit::At(1), "documented at least 0, observed -1"),
            (LEAST, Limit::At(-1), "documented at least 0, observed 1"),
        ] {
            assert_eq!(words(&[(end, limit)]), expected);
        }
    }
}
