//! Service times in random order whose distribution is exact: each block is a permutation of the law's quantiles.

use std::time::Duration;

use super::service::Law;

/// How many quantiles a block has: the p99 of a block has 40 values above it.
const BLOCK: u32 = 4_000;

/// Service times, one after the other, without end; the same for the same seed.
#[derive(Clone, Debug)]
pub struct Draws {
    block: Vec<Duration>,
    next: usize,
    state: u64,
}

impl Draws {
    /// The service times of a law.
    #[must_use]
    pub fn new(law: &Law, seed: u64) -> Self {
        let quantile = |number: u32| (f64::from(number) + 0.5) / f64::from(BLOCK);
        let block: Vec<Duration> = (0..BLOCK).map(|number| law.service(quantile(number))).collect();
        Self { next: block.len(), block, state: seed }
    }

    /// The next service time.
    pub fn draw(&mut self) -> Duration {
        if self.next == self.block.len() {
            self.shuffle();
            self.next = 0;
        }
        self.next += 1;
        self.block[self.next - 1]
    }

    /// Fisher and Yates, with `SplitMix64`.
    fn shuffle(&mut self) {
        for last in (1..self.block.len()).rev() {
            self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut bits = (self.state ^ (self.state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            let below = (bits ^ (bits >> 31)) % (last as u64 + 1);
            self.block.swap(last, usize::try_from(below).unwrap_or_default());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_block_has_the_exact_quantiles_in_another_order() {
        let law = Law::Exponential(Duration::from_millis(1));
        let mut draws = Draws::new(&law, 7);
        let block = |draws: &mut Draws| (0..BLOCK).map(|_| draws.draw()).collect::<Vec<_>>();
        let (mut one, mut two) = (block(&mut draws), block(&mut draws));
        assert_ne!(one, two);
        one.sort_unstable();
        two.sort_unstable();
        assert_eq!(one, two);
        let median = one[one.len() / 2].as_secs_f64();
        assert!((median / law.service(0.5).as_secs_f64() - 1.0).abs() < 1e-3);
    }
}
