//! Faults of Nexconn alone.

use super::fault::Entry;
use crate::reference::profile::{Needed, Rules, Strictness};

/// The table.
pub(super) const FAULTS: &[Entry<Rules>] = &[
    Entry::new("success-code-200", "says success with 200 instead of 0", |r| r.reply.success = 200),
    Entry::new("success-code-1", "says success with 1 instead of 0", |r| r.reply.success = 1),
    Entry::new("no-profile-accepted", "accepts a request without any profile", |r| {
        r.request.profiles = Needed::Nothing;
    }),
    Entry::new("profile-not-object-accepted", "accepts a number, an array or a boolean as a profile", |r| {
        r.request.profile_not_object = Strictness::Accepted;
    }),
    Entry::new("ext-key-refuses-digits", "refuses digits in extended keys", |r| {
        r.extended.alphabet.retain(|range| *range.start() != '0');
    }),
];
