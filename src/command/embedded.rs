//! The built-in reference as a target: its credentials, and what it declares about itself.

use std::sync::Arc;

use indexmap::IndexMap;
use reqwest::Url;
use serde_json::Value;

use crate::api::Api;
use crate::api::auth::{Credentials, SchemeName};
use crate::check::Trust;
use crate::reference;
use crate::settings::targets::ApiTarget;
use crate::target::Declared;

/// The fact that a request which fails in one part writes nothing: a choice of the reference, open in the documents.
const ATOMIC_WRITES: &str = "atomic_writes";

/// The built-in reference at this address, as a target for one api.
pub(super) fn target(api: Arc<Api>, base: &Url) -> ApiTarget {
    ApiTarget {
        base: base.clone(),
        credentials: credentials(&api),
        trust: Trust::default(),
        headers: Vec::new(),
        allow_load: true,
        declared: declared(&api),
        api,
    }
}

fn credentials(api: &Api) -> Credentials {
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

/// Every companion, and the documents' defaults as facts of its own, but for names that anybody may add: the reference
/// takes every well-formed extended key.
fn declared(api: &Api) -> Declared {
    let companions = api.operations.iter().filter(|(_, operation)| operation.companion);
    let defaults = api.declarations.iter().filter_map(|(name, fact)| Some((name.clone(), fact.default.clone()?)));
    let mut facts: IndexMap<String, Value> = defaults.collect();
    if api.declarations.contains_key(ATOMIC_WRITES) {
        facts.insert(ATOMIC_WRITES.into(), Value::Bool(true));
    }
    Declared { facts, users: None, companions: companions.map(|(name, _)| name.clone()).collect(), rate: None }
}
