//! What only the RongCloud document leaves open.

use super::reading::{Entry, Named};
use crate::reference::profile::{Duplicate, EmptyObject, Needed, Rules};

/// The table.
#[rustfmt::skip]
pub(super) const READINGS: &[Entry<Rules>] = &[
    Entry::named("empty-object", "may a profile be without keys?", &[
        Named::new("accepted", "it may", |r| r.request.empty_object = EmptyObject::Provided),
        Named::new("refused", "it may not", |r| r.request.empty_object = EmptyObject::Refused),
    ]),
    Entry::named("ext-digits", "may an extended key have digits after its prefix?", &[
        Named::new("refused", "it may not: letters only, as the document says", |_| {}),
        Named::new("accepted", "it may, as clients of the vendor's send it", |r| r.extended.alphabet.push('0'..='9')),
    ]),
    Entry::named("no-profile", "what becomes of a request with neither profile?", &[
        Named::new("accepted", "it succeeds", |r| r.request.profiles = Needed::Nothing),
        Named::new("refused", "it is refused", |r| r.request.profiles = Needed::EitherProfile),
    ]),
    Entry::named("duplicate-parameter", "which of two equal parameters counts?", &[
        Named::new("first", "the first", |r| r.request.duplicate_parameter = Duplicate::First),
        Named::new("last", "the last", |r| r.request.duplicate_parameter = Duplicate::Last),
        Named::new("refused", "neither: the request is refused", |r| r.request.duplicate_parameter = Duplicate::Refused),
    ]),
];
