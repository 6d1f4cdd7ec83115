//! Seconds put together where there are more than a chart can show: what is left out is counted.

/// How many points a chart has along its time at most.
const MOST: u64 = 240;

/// How many seconds stand at one point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report) struct Slices {
    /// Seconds in a slice; one for most runs.
    pub(in crate::report) width: u64,
    seconds: u64,
}

impl Slices {
    /// Slices for a run of so many seconds.
    pub(in crate::report) fn of(seconds: u64) -> Self {
        Self { width: seconds.div_ceil(MOST).max(1), seconds }
    }

    /// The slice of a second.
    pub(in crate::report) fn number(self, second: u64) -> usize {
        usize::try_from(second / self.width).unwrap_or(usize::MAX)
    }

    /// How many slices there are.
    pub(in crate::report) fn count(self) -> usize {
        usize::try_from(self.seconds.div_ceil(self.width)).unwrap_or(usize::MAX)
    }

    /// Where each slice begins, in seconds.
    #[expect(clippy::cast_precision_loss, reason = "seconds of a run")]
    pub(in crate::report) fn starts(self) -> Vec<f64> {
        (0..self.count() as u64).map(|slice| (slice * self.width) as f64).collect()
    }

    /// What a chart of values that cannot be added says of it; empty where every second has its own point.
    pub(in crate::report) fn note(self) -> String {
        if self.width == 1 {
            return String::new();
        }
        let left_out = self.seconds - self.count() as u64;
        format!(
            "Each point is the worst of {} seconds: {} points stand for {} seconds, {left_out} are left out.",
            self.width,
            self.count(),
            self.seconds
        )
    }

    /// The same for sums.
    pub(in crate::report) fn sum_note(self) -> String {
        if self.width == 1 { String::new() } else { format!("Each point puts {} seconds together.", self.width) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_shown_in_slices_and_a_minute_is_not() {
        let hour = Slices::of(3_600);
        assert_eq!((hour.width, hour.count(), hour.number(3_599)), (15, 240, 239));
        assert!(hour.note().ends_with("240 points stand for 3600 seconds, 3360 are left out."), "{}", hour.note());
        let minute = Slices::of(61);
        assert_eq!((minute.width, minute.count(), minute.note()), (1, 61, String::new()));
        assert_eq!(Slices::of(0).count(), 0);
    }
}
