//! What a caller must know to be let in, by scheme.

use super::SchemeName;
use crate::secret::Secret;

/// The credentials of one api.
#[derive(Clone)]
pub enum Credentials {
    /// For `app-key-sha1`.
    AppKey {
        /// Sent with each request.
        app_key: String,
        /// Never sent: part of what is hashed.
        secret: Secret,
    },
    /// For `usersig`.
    UserSig {
        /// The application's number.
        sdk_app_id: u64,
        /// The key, as the text that the console shows.
        key: Secret,
        /// The identity that calls: an administrator of the application.
        admin: String,
    },
    /// For `header`.
    Header {
        /// The header's value, after the prefix.
        token: Secret,
    },
}

impl Credentials {
    /// The scheme that these are for.
    #[must_use]
    pub fn scheme(&self) -> SchemeName {
        match self {
            Self::AppKey { .. } => SchemeName::AppKeySha1,
            Self::UserSig { .. } => SchemeName::Usersig,
            Self::Header { .. } => SchemeName::Header,
        }
    }

    /// The text that must appear in no output.
    #[must_use]
    pub fn secret(&self) -> &Secret {
        match self {
            Self::AppKey { secret, .. } => secret,
            Self::UserSig { key, .. } => key,
            Self::Header { token } => token,
        }
    }
}
