//! Seeded randomness without state: the value for an index is a function of seed and index, so that any arrival can be
//! drawn again, in any order and on any shard.

/// `SplitMix64` (Steele, Lea and Flood 2014) as a function: well mixed 64 bits for each pair of seed and index.
#[must_use]
pub(crate) const fn scramble(seed: u64, index: u64) -> u64 {
    let mut bits = seed.wrapping_add(index.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

/// A number in (0, 1]: never zero, so that its logarithm is finite.
#[expect(clippy::cast_precision_loss, reason = "the 53 bits that are left fit")]
#[must_use]
pub(crate) fn unit(bits: u64) -> f64 {
    ((bits >> 11) + 1) as f64 / (1u64 << 53) as f64
}

/// A number below `bound`, without the bias of a remainder; zero if `bound` is zero.
#[must_use]
pub(crate) fn below(bits: u64, bound: u64) -> u64 {
    u64::try_from((u128::from(bits) * u128::from(bound)) >> 64).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_below_a_bound_reach_both_ends_and_never_the_bound() {
        let drawn: Vec<u64> = (0..1_000).map(|index| below(scramble(7, index), 5)).collect();
        assert!((0..5).all(|wanted| drawn.contains(&wanted)));
        assert!(drawn.iter().all(|&number| number < 5));
    }

    #[test]
    fn unit_numbers_have_the_mean_of_a_uniform_law_and_are_never_zero() {
        let mean = (0..100_000).map(|index| unit(scramble(1, index))).sum::<f64>() / 100_000.0;
        assert!((mean - 0.5).abs() < 0.005, "{mean}");
        assert!(unit(0) > 0.0 && unit(u64::MAX) <= 1.0);
    }
}
