//! Faults of RongCloud alone.

use super::fault::Entry;
use crate::reference::form::Plus;
use crate::reference::profile::{Prefix, Rules};

/// The table.
pub(super) const FAULTS: &[Entry<Rules>] = &[
    Entry::new("success-code-0", "says success with 0 instead of 200", |r| r.reply.success = 0),
    Entry::new("success-code-201", "says success with 201 instead of 200", |r| r.reply.success = 201),
    Entry::new("plus-not-a-space", "leaves `+` in a form as it stands", |r| r.request.plus = Plus::Itself),
    Entry::new("ext-prefix-unchecked", "accepts extended keys without prefix", |r| {
        r.extended.prefix = Prefix::Optional("ext_");
    }),
];
