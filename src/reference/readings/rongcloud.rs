//! What only the RongCloud document leaves open.

use super::reading::{Named, Row};
use crate::reference::profile::{LETTERS, Rules};

pub(super) const READINGS: &[Row<Rules>] = &[Row::named(
    "ext-digits",
    "may an extended key have digits after its prefix?",
    &[
        Named::new("refused", "letters only, as the document says", |rules| rules.extended.alphabet = LETTERS.into()),
        Named::new("accepted", "letters and digits, as clients of the vendor's send", |rules| {
            rules.extended.alphabet.push('0'..='9');
        }),
    ],
)];
