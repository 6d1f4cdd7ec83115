//! What the engine tells while it runs.

/// One event. Verdicts come only at the end, when the whole run of an api can be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The cases of an api begin.
    ApiStarted {
        /// Its name.
        api: String,
        /// How many cases will be sent.
        cases: usize,
    },
    /// A case was sent, all of it.
    CaseSent {
        /// Its address.
        address: String,
    },
    /// The target refused because of the rate: from here on requests are sent further apart.
    SlowedDown {
        /// Its name.
        api: String,
    },
    /// Nothing answers any more: what remains is not sent.
    TargetGone {
        /// Its name.
        api: String,
    },
}
