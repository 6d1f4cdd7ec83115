//! The attribute names of the application: at most ten, each at an index, set by one endpoint and used by all.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use super::envelope::{Refusal, codes};
use super::rules::NameCheck;
use crate::reference::json::{Json, Members};

/// The indices are the texts "0" to "9" (the vendor's page on setting names).
const INDICES: usize = 10;
/// The longest name, in bytes (the same page).
const NAME_MAX: usize = 50;

/// Names by index.
pub(crate) struct Names(RwLock<BTreeMap<usize, String>>);

impl Names {
    /// The names at the start, from index 0 on.
    pub(crate) fn new(names: &[String]) -> Self {
        Self(RwLock::new(names.iter().cloned().enumerate().collect()))
    }

    /// Whether all of these may be used.
    pub(crate) fn all_configured<'a>(&self, check: NameCheck, mut names: impl Iterator<Item = &'a str>) -> bool {
        let configured = self.0.read().unwrap_or_else(PoisonError::into_inner);
        match check {
            NameCheck::MustBeConfigured => names.all(|name| configured.values().any(|have| have == name)),
            NameCheck::Unchecked => true,
        }
    }

    /// Names in the form of a reply.
    pub(crate) fn to_json(&self) -> Json {
        let configured = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Json::Object(configured.iter().map(|(index, name)| (index.to_string(), Json::text(name.as_str()))).collect())
    }

    /// Sets names at their indices; all or none.
    pub(crate) fn set(&self, changes: &Members) -> Result<(), Refusal> {
        let mut configured = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let mut changed = configured.clone();
        for (index, name) in changes {
            let index = index.parse().ok().filter(|index| *index < INDICES);
            let (Some(index), Some(name)) = (index, name.as_text()) else {
                return Err(Refusal::new(codes::JSON, "AttrNames must have keys from 0 to 9 and texts as values"));
            };
            if name.is_empty() || name.len() > NAME_MAX {
                return Err(Refusal::new(codes::ATTRIBUTE, "an attribute name is empty or too long"));
            }
            changed.insert(index, name.to_owned());
        }
        let mut names: Vec<_> = changed.values().collect();
        names.sort_unstable();
        if names.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(Refusal::new(codes::ATTRIBUTE, "an attribute name stands at two indices"));
        }
        *configured = changed;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        Names::new(&["sex".to_owned(), "city".to_owned()])
    }

    fn set(names: &Names, changes: &str) -> Result<(), u32> {
        let Some(Json::Object(changes)) = Json::read(changes.as_bytes()) else { panic!("{changes} is no object") };
        names.set(&changes).map_err(|refusal| refusal.code)
    }

    #[test]
    fn names_are_set_at_their_indices_and_the_others_stay() {
        let names = names();
        assert_eq!(set(&names, r#"{"1":"country","9":"level"}"#), Ok(()));
        assert_eq!(names.to_json().write(), r#"{"0":"sex","1":"country","9":"level"}"#);
    }

    #[test]
    fn a_name_may_be_as_long_as_the_limit() {
        let longest = "x".repeat(NAME_MAX);
        assert_eq!(set(&names(), &format!(r#"{{"2":"{longest}"}}"#)), Ok(()));
    }

    #[test]
    fn a_wrong_change_leaves_all_names_as_they_were() {
        let names = names();
        let long = format!(r#"{{"0":"new","2":"{}"}}"#, "x".repeat(51));
        for (changes, code) in [
            (r#"{"0":"new","10":"x"}"#, codes::JSON),
            (r#"{"0":"new","x":"x"}"#, codes::JSON),
            (r#"{"0":"new","2":1}"#, codes::JSON),
            (r#"{"0":"new","2":""}"#, codes::ATTRIBUTE),
            (r#"{"0":"new","2":"city"}"#, codes::ATTRIBUTE),
            (long.as_str(), codes::ATTRIBUTE),
        ] {
            assert_eq!(set(&names, changes), Err(code), "{changes}");
            assert_eq!(names.to_json().write(), r#"{"0":"sex","1":"city"}"#, "{changes}");
        }
    }

    #[test]
    fn all_names_of_a_request_must_be_configured() {
        let all = |check, used: [&str; 2]| names().all_configured(check, used.into_iter());
        assert!(all(NameCheck::MustBeConfigured, ["city", "sex"]));
        assert!(!all(NameCheck::MustBeConfigured, ["city", "country"]));
        assert!(!all(NameCheck::MustBeConfigured, ["city", "Sex"]));
        assert!(all(NameCheck::Unchecked, ["city", "country"]));
    }
}
