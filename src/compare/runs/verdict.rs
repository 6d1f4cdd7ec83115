//! From the evidence to a finding: what is proven, what is suspected, and how much error each comparison may use.

use super::evidence::Evidence;
use crate::record::compare::{ChangeFinding, Design};

/// The probability that any of all comparisons finds a slowdown where nothing changed. It is an upper bound, because the
/// comparisons go together, and `max_regression` takes the small ones away besides: simulated runs without a change have a
/// regression in less than one comparison of a hundred.
pub(super) const ERROR: f64 = 0.02;
/// The part of it that percentiles have; shares, where there are any, have the rest.
pub(super) const OF_LATENCIES: f64 = 0.9;
/// What a single comparison would take for no chance by itself.
const SUSPICION: f64 = 0.025;

/// What is to be compared, and how sure one has to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    /// What the runs allow to be said.
    pub(super) design: Design,
    /// The largest slowdown that is no regression, as a share.
    pub(super) max_regression: f64,
}

/// Whether a change is larger than is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Size {
    Above,
    Within,
}

impl Terms {
    /// What the evidence amounts to, when this much error may be used.
    pub(super) fn finding(&self, evidence: &Evidence, size: Size, error: f64) -> ChangeFinding {
        let doubt = evidence.doubt();
        let proves = self.design != Design::Single;
        match size {
            Size::Above if proves && doubt < error => ChangeFinding::Regression,
            Size::Above if doubt < SUSPICION => ChangeFinding::Suspected,
            Size::Within if proves && doubt < error => ChangeFinding::Worse,
            Size::Above | Size::Within if proves && evidence.doubt_of_less() < error => ChangeFinding::Better,
            Size::Above | Size::Within => ChangeFinding::Unproven,
        }
    }

    /// The probability of the change by chance and drift, corrected for the other comparisons; `None` where drift is unknown.
    pub(super) fn corrected(&self, evidence: &Evidence, error: f64) -> Option<f64> {
        (self.design != Design::Single).then(|| (evidence.doubt() * ERROR / error).min(1.0))
    }
}
