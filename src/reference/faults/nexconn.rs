//! Faults of Nexconn alone.

use super::fault::Row;
use crate::reference::profile::{Needed, Rules, Strictness};

/// The table.
pub(super) const FAULTS: &[Row<Rules>] = &[
    Row::new("success-code-200", "says success with 200 instead of 0", |r| r.reply.success = 200),
    Row::new("success-code-1", "says success with 1 instead of 0", |r| r.reply.success = 1),
    Row::new("no-profile-accepted", "accepts a request without any profile", |r| {
        r.request.profiles = Needed::Nothing;
    }),
    Row::new("profile-not-object-accepted", "accepts a number, an array or a boolean as a profile", |r| {
        r.request.profile_not_object = Strictness::Accepted;
    }),
    Row::new("ext-key-refuses-digits", "refuses digits in extended keys", |r| {
        r.extended.alphabet.retain(|range| *range.start() != '0');
    }),
];
