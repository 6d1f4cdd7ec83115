//! The one finding about the documented rate: pure over when requests were sent and which were refused for the rate.

use std::time::Duration;

/// One request of a stretch that offered no more than the documented rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// When it was sent, from the beginning of the stretch.
    pub at: Duration,
    /// Whether it was refused because of the rate.
    pub limited: bool,
}

/// What the stretch says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateFinding {
    /// Nothing was refused.
    Admitted,
    /// Something was refused, but enough was admitted: the target wants requests spaced.
    EnforcesSpacing {
        /// The least that was admitted in any whole second in which more was offered.
        least: usize,
    },
    /// Fewer were admitted in a whole second than any reading of the documented rate allows.
    BelowDocumented {
        /// The least that was admitted in any whole second in which more was offered.
        least: usize,
    },
}

/// The share of the documented rate under which an admission is a violation: a window of any phase, and a sender that
/// runs at 90 %, still see three quarters.
const ALLOWED_SHARE: (usize, usize) = (3, 4);

/// Judges a stretch against the documented rate.
#[must_use]
pub(super) fn judge_rate(sent: &[Sent], documented: u32) -> RateFinding {
    if !sent.iter().any(|one| one.limited) {
        return RateFinding::Admitted;
    }
    let floor = usize::try_from(documented).unwrap_or(usize::MAX) * ALLOWED_SHARE.0 / ALLOWED_SHARE.1;
    let least = sent.iter().filter_map(|start| admitted_in_the_second_from(sent, start.at, floor)).min();
    match least {
        Some(least) if least < floor => RateFinding::BelowDocumented { least },
        least => RateFinding::EnforcesSpacing { least: least.unwrap_or(floor) },
    }
}

/// How many were admitted in one second, when that whole second lies in the stretch and offered at least the floor.
fn admitted_in_the_second_from(sent: &[Sent], start: Duration, floor: usize) -> Option<usize> {
    let end = start + Duration::from_secs(1);
    if sent.last().is_none_or(|last| last.at < end) {
        return None;
    }
    let within = sent.iter().filter(|one| one.at >= start && one.at < end);
    let (mut offered, mut admitted) = (0, 0);
    for one in within {
        offered += 1;
        admitted += usize::from(!one.limited);
    }
    (offered >= floor && offered > admitted).then_some(admitted)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ninety a second, of which `limited` says which are refused.
    fn stretch(seconds: u64, limited: impl Fn(u64) -> bool) -> Vec<Sent> {
        (0..seconds * 90)
            .map(|index| Sent { at: Duration::from_micros(index * 11_111), limited: limited(index) })
            .collect()
    }

    #[test]
    fn half_the_documented_rate_is_a_violation() {
        let sent = stretch(2, |index| index % 2 == 0);
        assert!(matches!(judge_rate(&sent, 100), RateFinding::BelowDocumented { least } if (44..=46).contains(&least)));
    }

    #[test]
    fn single_refusals_are_spacing() {
        let sent = stretch(2, |index| index % 10 == 0);
        assert!(matches!(judge_rate(&sent, 100), RateFinding::EnforcesSpacing { least } if least >= 80));
    }

    #[test]
    fn nothing_refused_is_admission_and_a_short_stretch_condemns_nobody() {
        assert_eq!(judge_rate(&stretch(2, |_| false), 100), RateFinding::Admitted);
        let short: Vec<Sent> = stretch(1, |_| true).into_iter().take(80).collect();
        assert!(!matches!(judge_rate(&short, 100), RateFinding::BelowDocumented { .. }));
    }
}
