//! The system under test: what it says of itself, and what is assumed where it does not.

use indexmap::IndexMap;
use serde_json::Value;

use crate::api::Api;

/// What a target declares about itself for one api.
///
/// Facts by the names in the api's `declarations`; a fact that is not here has its documented default, where it has one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Declared {
    /// Declared facts.
    pub facts: IndexMap<String, Value>,
    /// Users that exist; `None` when any user id may be written to.
    pub users: Option<Vec<String>>,
    /// The companion operations that the target has.
    pub companions: Vec<String>,
    /// The rate that the target admits, where it is not the documented one.
    pub rate: Option<u32>,
}

impl Declared {
    /// What a target declares that says of itself all that can be said: every case can be sent to it, and binds as far
    /// as it ever does. A fact without a default is its list of names, or else `true`.
    #[must_use]
    pub fn everything(api: &Api) -> Self {
        let facts = api.declarations.iter().map(|(name, fact)| {
            let names =
                fact.names.as_ref().and_then(|list| api.lists.get(list)).map(|names| Value::from(names.clone()));
            (name.clone(), fact.default.clone().or(names).unwrap_or(Value::Bool(true)))
        });
        let companions = api.operations.iter().filter(|(_, operation)| operation.companion);
        Self {
            facts: facts.collect(),
            users: None,
            companions: companions.map(|(name, _)| name.clone()).collect(),
            rate: None,
        }
    }

    /// The declared fact, or else its documented default.
    #[must_use]
    pub fn fact<'a>(&'a self, api: &'a Api, name: &str) -> Option<&'a Value> {
        self.facts.get(name).or_else(|| api.declarations.get(name)?.default.as_ref())
    }

    /// Whether the target says that a fact holds: one that is declared to be false does not.
    #[must_use]
    pub fn grants(&self, name: &str) -> bool {
        self.declares(name) && self.facts.get(name) != Some(&Value::Bool(false))
    }

    /// Whether the target itself says so, rather than a default.
    #[must_use]
    pub fn declares(&self, name: &str) -> bool {
        match name {
            "users" => self.users.is_some(),
            name => self.facts.contains_key(name),
        }
    }

    /// The requests a second that the target admits: as declared, or as documented.
    #[must_use]
    pub fn rate(&self, api: &Api) -> Option<u32> {
        self.rate.or_else(|| api.rate.as_ref().map(|rate| rate.per_second))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_declared_to_be_false_does_not_hold() {
        let of = |value: Value| Declared { facts: [("atomic".to_owned(), value)].into(), ..Declared::default() };
        assert!(of(true.into()).grants("atomic") && of(0.into()).grants("atomic"));
        assert!(!of(false.into()).grants("atomic") && of(false.into()).declares("atomic"));
        assert!(!Declared::default().grants("atomic"));
    }
}
