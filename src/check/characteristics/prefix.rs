//! Whether the prefix of a key counts toward its limit, from the longest key that is accepted.

use super::limit::Limit;
use crate::scenario::End;

/// The finding, for people; `prefix` is the prefix's length.
pub(super) fn words(end: &End, limit: Limit, prefix: i64) -> String {
    let without = end.documented + prefix;
    match limit {
        Limit::At(found) if found == end.documented => format!("it counts: {found} in all is the longest key"),
        Limit::At(found) if found == without => {
            format!("it does not count: {} after it is the longest key", end.documented)
        }
        Limit::At(found) => format!(
            "undetermined: the longest key has {found} in all, neither {} nor {without} as the document may mean",
            end.documented
        ),
        Limit::NoneUpTo(far) => format!("undetermined: there is no limit up to {far}"),
        Limit::NotEven(least) => format!("undetermined: not even a key of {least} is accepted"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::EndSide;

    #[test]
    fn only_the_two_lengths_that_the_document_may_mean_decide() {
        let end = End { side: EndSide::Only, documented: 32, over: 37, least: 5, far: 128 };
        for (limit, expected) in [
            (Limit::At(32), "it counts: 32 in all"),
            (Limit::At(36), "it does not count: 32 after it"),
            (Limit::At(33), "undetermined: the longest key has 33"),
            (Limit::At(31), "undetermined: the longest key has 31"),
            (Limit::NoneUpTo(128), "undetermined: there is no limit up to 128"),
            (Limit::NotEven(5), "undetermined: not even a key of 5"),
        ] {
            let words = words(&end, limit, 4);
            assert!(words.starts_with(expected), "{words}");
        }
    }
}
