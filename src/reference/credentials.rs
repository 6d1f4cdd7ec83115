//! What callers of the reference need to know.

use crate::secret::Secret;

/// The credentials that the server accepts; without `Debug`, for their secrets.
#[derive(Clone)]
pub struct Credentials {
    /// RongCloud's and Nexconn's app key.
    pub app_key: String,
    /// The app secret that goes with it.
    pub app_secret: Secret,
    /// Tencent's application.
    pub sdkappid: u64,
    /// The key that signs its `UserSig`s, used as text.
    pub sdk_key: Secret,
    /// Identifiers with admin rights.
    pub admins: Vec<String>,
    /// Identifiers that exist but have no admin rights: a `UserSig` of theirs is good, and their calls are refused.
    pub others: Vec<String>,
}

impl Credentials {
    /// The built-in ones: invented, public, and worth nothing anywhere else.
    #[must_use]
    pub fn reference() -> Self {
        Self {
            app_key: "proofhouse-app-key".to_owned(),
            app_secret: Secret::new("proofhouse-app-secret"),
            sdkappid: 1_234_567_890,
            sdk_key: Secret::new("proofhouse-usersig-key-0123456789abcdef0123456789abcdef0123456789"),
            admins: vec!["admin".to_owned()],
            others: vec!["visitor".to_owned()],
        }
    }
}
