//! The attribute service: rules, credentials, configured names, and what was set.

use super::envelope::Refusal;
use super::names::Names;
use super::rules::Rules;
use crate::clock::Clock;
use crate::reference::form::Form;
use crate::reference::store::Store;
use crate::reference::{Credentials, Options};

/// The service of the api.
pub(crate) struct Host {
    pub(crate) rules: Rules,
    pub(super) names: Names,
    pub(super) store: Store,
    credentials: Credentials,
    clock: Clock,
}

impl Host {
    /// A service with these rules; users that the options name exist without attributes.
    pub(crate) fn new(rules: Rules, options: &Options) -> Self {
        let store = Store::new(0);
        for user in &options.users {
            store.change(user, |_| {});
        }
        Self {
            names: Names::new(&rules.attributes.configured),
            rules,
            store,
            credentials: options.credentials.clone(),
            clock: options.clock,
        }
    }

    /// Whether the caller may call.
    pub(super) fn authenticate(&self, query: &Form<'_>) -> Result<(), Refusal> {
        self.rules.caller.authenticate(query, &self.credentials, self.clock.now())
    }

    /// Whether the caller says it is an admin.
    pub(super) fn authorise(&self, query: &Form<'_>) -> Result<(), Refusal> {
        self.rules.caller.authorise(query, &self.credentials)
    }
}
