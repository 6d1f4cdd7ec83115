//! Which case an arrival sends: drawn by weight from the arrival's index, so that every shard and every replay agree.

use super::plan::Case;
use super::random::{below, scramble};

/// The weighted cases of a plan.
#[derive(Clone, Debug)]
pub(crate) struct Mix {
    /// Cumulative weights.
    ends: Vec<u64>,
    seed: u64,
}

impl Mix {
    pub(crate) fn new(cases: &[Case], seed: u64) -> Self {
        let ends = cases
            .iter()
            .scan(0, |sum, case| {
                *sum += u64::from(case.weight);
                Some(*sum)
            })
            .collect();
        // Another stream than the one that picks users.
        Self { ends, seed: seed ^ 0x6D69_7865 }
    }

    /// The sum of all weights; zero means that nothing can be sent.
    pub(crate) fn total(&self) -> u64 {
        self.ends.last().copied().unwrap_or_default()
    }

    /// The index of the case that arrival `index` sends.
    pub(crate) fn case(&self, index: u64) -> usize {
        if self.ends.len() == 1 {
            return 0;
        }
        let drawn = below(scramble(self.seed, index), self.total());
        self.ends.partition_point(|&end| end <= drawn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_come_in_proportion_to_their_weights_and_weightless_ones_never() {
        let mix = Mix { ends: vec![3, 3, 4], seed: 5 };
        let mut counts = [0u32; 3];
        for index in 0..100_000 {
            counts[mix.case(index)] += 1;
        }
        assert_eq!(counts[1], 0);
        assert!((74_000..76_000).contains(&counts[0]), "{counts:?}");
    }
}
