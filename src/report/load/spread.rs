//! How latencies lie, for eyes: counts in steps of 1, 2 and 5, drawn as bars.

use super::figure::{share, time};

/// The most bars: what lies below the lowest of them counts there.
const MOST: usize = 12;
/// How many characters the longest bar has.
const LONGEST: u64 = 40;
/// The last character of a bar, by eighths.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// Counts of latencies by their size.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    /// The longest latency that counts there, in nanoseconds, and how many do; ascending, without empty ends.
    steps: Vec<(u64, u64)>,
}

impl Spread {
    /// Counts latencies in nanoseconds, each given with how often it came.
    #[must_use]
    pub fn of(latencies: impl IntoIterator<Item = (u64, u64)>) -> Self {
        let bounds: Vec<u64> = bounds().collect();
        let mut counts = vec![0; bounds.len()];
        for (nanos, count) in latencies {
            let place = bounds.partition_point(|bound| *bound < nanos).min(bounds.len() - 1);
            counts[place] += count;
        }
        let Some(last) = counts.iter().rposition(|count| *count > 0) else { return Self::default() };
        let first = counts.iter().position(|count| *count > 0).unwrap_or(last);
        let lowest = first.max((last + 1).saturating_sub(MOST));
        counts[lowest] = counts[..=lowest].iter().sum();
        Self { steps: bounds.into_iter().zip(counts).take(last + 1).skip(lowest).collect() }
    }

    /// A line for each step: its bound, a bar, its share.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let whole: u64 = self.steps.iter().map(|(_, count)| count).sum();
        let most = self.steps.iter().map(|(_, count)| *count).max().unwrap_or_default();
        let line = |&(bound, count): &(u64, u64)| {
            let width = usize::try_from(LONGEST).unwrap_or_default();
            let (bound, bar) = (format!("≤ {}", time(bound)), bar(count, most));
            format!("{bound:>10}  {bar:<width$}  {:>8}", share(count, whole))
        };
        self.steps.iter().map(line).collect()
    }
}

/// 1, 2 and 5 of each power of ten, from a microsecond to beyond an hour.
fn bounds() -> impl Iterator<Item = u64> {
    (3..13).flat_map(|power| [1, 2, 5].map(|step| step * 10_u64.pow(power)))
}

/// What is there at all is seen.
fn bar(count: u64, most: u64) -> String {
    let eighths = (u128::from(count) * u128::from(LONGEST) * 8).div_ceil(u128::from(most.max(1)));
    let eighths = usize::try_from(eighths).unwrap_or_default();
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latencies_are_counted_up_to_the_bound_that_they_do_not_exceed() {
        let spread = Spread::of([(1_000_000, 3), (1_000_001, 2), (5_000_000, 1)]);
        assert_eq!(spread.steps, [(1_000_000, 3), (2_000_000, 2), (5_000_000, 1)]);
        assert_eq!(Spread::of([]).lines(), Vec::<String>::new());
    }

    #[test]
    fn what_is_much_shorter_than_the_longest_counts_in_the_lowest_bar() {
        let spread = Spread::of([(10, 1), (900, 1), (3_600_000_000_000, 4)]);
        assert_eq!(spread.steps.len(), MOST);
        assert_eq!(spread.steps[0].1, 2);
        assert_eq!(spread.steps[MOST - 1], (5_000_000_000_000, 4));
    }

    #[test]
    fn the_longest_bar_is_full_and_none_is_invisible() {
        let lines = Spread::of([(900_000, 10_000), (1_900_000, 5_000), (4_900_000, 1)]).lines();
        assert_eq!(lines[0], format!("  ≤ 1.00ms  {}   66.66 %", "█".repeat(40)));
        assert_eq!(lines[1], format!("  ≤ 2.00ms  {}{}   33.33 %", "█".repeat(20), " ".repeat(20)));
        assert_eq!(lines[2], format!("  ≤ 5.00ms  ▏{}    0.01 %", " ".repeat(39)));
    }
}
