//! Durations, rates and shares as people read them: three digits, the unit that fits.

/// A duration in nanoseconds.
pub(in crate::report) fn time(nanos: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "µs")];
    let Some((size, unit)) = UNITS.into_iter().find(|(size, _)| nanos >= *size) else { return format!("{nanos}ns") };
    #[expect(clippy::cast_precision_loss, reason = "three digits of it are shown")]
    let value = nanos as f64 / size as f64;
    let digits = match value {
        ..10.0 => 2,
        10.0..100.0 => 1,
        _ => 0,
    };
    format!("{value:.digits$}{unit}")
}

/// A rate per second.
pub(in crate::report) fn rate(per_second: f64) -> String {
    let digits = if per_second < 10.0 { 2 } else { usize::from(per_second < 1_000.0) };
    format!("{per_second:.digits$}/s")
}

/// A share of one, in per cent.
#[expect(clippy::cast_precision_loss, reason = "a share")]
pub(in crate::report) fn share(part: u64, whole: u64) -> String {
    if whole == 0 { "-".into() } else { format!("{:.2} %", part as f64 * 100.0 / whole as f64) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_three_digits() {
        let times = [0, 999, 1_000, 12_345, 123_456, 9_999_000, 1_234_567_890, 3_600_000_000_000].map(time);
        assert_eq!(times, ["0ns", "999ns", "1.00µs", "12.3µs", "123µs", "10.00ms", "1.23s", "3600s"]);
    }

    #[test]
    fn rates_and_shares_are_short() {
        assert_eq!([0.5, 99.96, 12_345.6].map(rate), ["0.50/s", "100.0/s", "12346/s"]);
        assert_eq!((share(1, 400), share(0, 0)), ("0.25 %".to_owned(), "-".to_owned()));
    }
}
