//! What the RongCloud document says differently from its sister's.

use crate::reference::profile::{LETTERS, Needed, Rules};

/// "Response", row `code`.
const SUCCESS: u32 = 200;

/// The rules without any fault, under the default readings.
pub(crate) fn rules() -> Rules {
    let mut rules = Rules::with_success(SUCCESS);
    // "Request Parameters", row `userExtProfile`: English letters and nothing else after the prefix.
    rules.extended.alphabet = LETTERS.into();
    // The same table: neither profile is required, and nothing asks for one of them.
    rules.request.profiles = Needed::Nothing;
    rules
}
