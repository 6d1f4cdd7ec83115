//! What the Nexconn document says differently from its sister's.

use crate::reference::profile::{LETTERS, Needed, Rules};

/// "Response", row `code`.
const SUCCESS: u32 = 0;

/// The rules without any fault, under the default readings.
pub(crate) fn rules() -> Rules {
    let mut rules = Rules::with_success(SUCCESS);
    // "Request body", row `userExtProfile`: alphanumeric, of which `_` is no part.
    rules.extended.alphabet = LETTERS.into_iter().chain(['0'..='9']).collect();
    // The same table, row `userProfile`: one of the profiles must be there.
    rules.request.profiles = Needed::EitherProfile;
    rules
}
