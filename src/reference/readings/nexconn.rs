//! What only the Nexconn document leaves open, or contradicts in its own example.

use super::reading::{Entry, Named};
use crate::reference::profile::{EmptyObject, Prefix, Rules, Strictness};

/// "no more than 18 characters", says the vendor's page on signatures.
const NONCE_MAX: usize = 18;

/// The table.
#[rustfmt::skip]
pub(super) const READINGS: &[Entry<Rules>] = &[
    Entry::named("empty-object", "what is a profile without keys?", &[
        Named::new("provided", "a profile", |r| r.request.empty_object = EmptyObject::Provided),
        Named::new("absent", "no profile", |r| r.request.empty_object = EmptyObject::Absent),
        Named::new("refused", "a fault", |r| r.request.empty_object = EmptyObject::Refused),
    ]),
    Entry::named("ext-unprefixed", "may an extended key lack its prefix, as in the document's example?", &[
        Named::new("refused", "it may not", |_| {}),
        Named::new("accepted", "it may", |r| r.extended.prefix = Prefix::Optional("ext_")),
    ]),
    Entry::named("profile-text", "may a profile be JSON as text, as in the sister API?", &[
        Named::new("refused", "it may not", |r| r.request.profile_as_text = Strictness::Refused),
        Named::new("accepted", "it may", |r| r.request.profile_as_text = Strictness::Accepted),
    ]),
    Entry::named("numeric-user-id", "may a userId be a number?", &[
        Named::new("refused", "it may not", |r| r.request.numeric_user_id = Strictness::Refused),
        Named::new("accepted", "it may", |r| r.request.numeric_user_id = Strictness::Accepted),
    ]),
    Entry::named("seconds", "may a timestamp be in seconds?", &[
        Named::new("accepted", "it may", |r| r.caller.seconds = Strictness::Accepted),
        Named::new("refused", "it may not", |r| r.caller.seconds = Strictness::Refused),
    ]),
    Entry::named("long-nonce", "may a nonce have more than 18 characters?", &[
        Named::new("accepted", "it may", |r| r.caller.nonce_max = None),
        Named::new("refused", "it may not", |r| r.caller.nonce_max = Some(NONCE_MAX)),
    ]),
    Entry::named("caller-status", "with which HTTP status is a wrong signature refused?", &[
        Named::new("401", "401", |r| r.reply.caller_status = 401),
        Named::new("403", "403", |r| r.reply.caller_status = 403),
        Named::new("200", "200", |r| r.reply.caller_status = 200),
    ]),
];
