//! The built-in reference as a target: its credentials, and what it declares about itself.

use crate::api::Api;
use crate::api::auth::{Credentials, SchemeName};
use crate::reference;
use crate::target::Declared;

/// The credentials of the built-in reference for one api.
pub(super) fn credentials(api: &Api) -> Credentials {
    let reference = reference::Credentials::reference();
    match api.auth.scheme {
        SchemeName::AppKeySha1 => Credentials::AppKey { app_key: reference.app_key, secret: reference.app_secret },
        SchemeName::Usersig => Credentials::UserSig {
            sdk_app_id: reference.sdkappid,
            key: reference.sdk_key,
            admin: reference.admins.first().cloned().unwrap_or_default(),
        },
        SchemeName::Header => Credentials::Header { token: reference.app_secret },
    }
}

/// What the built-in reference declares: every companion, and the documents' defaults as facts of its own.
pub(super) fn declared(api: &Api) -> Declared {
    let companions = api.operations.iter().filter(|(_, operation)| operation.companion);
    let defaults = api.declarations.iter().filter(|(_, declaration)| declaration.names.is_none());
    Declared {
        facts: defaults.filter_map(|(name, fact)| Some((name.clone(), fact.default.clone()?))).collect(),
        users: None,
        companions: companions.map(|(name, _)| name.clone()).collect(),
        rate: None,
    }
}
