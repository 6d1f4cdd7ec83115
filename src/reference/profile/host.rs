//! A profile service: rules, credentials and the store, with everything that both vendors' endpoints do alike.

use axum::http::HeaderMap;
use indexmap::IndexMap;
use indexmap::map::Entry;

use super::caller::Nonces;
use super::check::{BASIC, EXTENDED};
use super::refusal::{Place, Refusal, codes};
use super::rules::{Duplicate, EmptyObject, Needed, PairsScope, Request, Rules, Strictness, Which};
use crate::clock::Clock;
use crate::reference::Options;
use crate::reference::json::{Json, Members};
use crate::reference::store::{Record, Store};
use crate::reference::write::{Effect, Patch, write};
use crate::secret::Secret;

/// The service of one api.
pub(crate) struct Host {
    pub(crate) rules: Rules,
    store: Store,
    nonces: Nonces,
    app_key: String,
    app_secret: Secret,
    clock: Clock,
}

/// What a set request asks for, once its body is understood.
#[derive(Default)]
pub(crate) struct SetRequest {
    /// The `userId`, when there is one.
    pub(crate) user: Option<String>,
    pub(crate) basic: Option<Members>,
    pub(crate) extended: Option<Members>,
}

impl Host {
    /// A service with these rules; users that the options name have empty profiles.
    pub(crate) fn new(rules: Rules, options: &Options) -> Self {
        let first_version = u64::try_from(options.clock.now().as_millis()).unwrap_or_default();
        let store = Store::new(first_version);
        for user in &options.users {
            store.change(user, |_| {});
        }
        Self {
            rules,
            store,
            nonces: Nonces::default(),
            app_key: options.credentials.app_key.clone(),
            app_secret: options.credentials.app_secret.clone(),
            clock: options.clock,
        }
    }

    /// Whether the caller may call.
    pub(crate) fn authenticate(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let Self { rules, app_key, app_secret, nonces, .. } = self;
        rules.caller.authenticate(headers, app_key, app_secret, self.clock.now(), nonces)
    }

    /// Carries out a set request, entirely or (but for faults) not at all.
    pub(crate) fn set(&self, request: SetRequest) -> Result<(), Refusal> {
        let user = self.user(request.user)?;
        let mut patch = Patch { user, basic: request.basic, extended: request.extended };
        let lacking = match self.rules.request.profiles {
            Needed::Nothing => None,
            Needed::EitherProfile => (patch.basic.is_none() && patch.extended.is_none()).then_some(BASIC),
            Needed::Basic => patch.basic.is_none().then_some(BASIC),
            Needed::Extended => patch.extended.is_none().then_some(EXTENDED),
        };
        if let Some(parameter) = lacking {
            return Err(Refusal::parameter(parameter, "a profile is missing"));
        }
        let violations = self.violations(&patch);
        let Some(refusal) = self.chosen(&violations, &patch) else {
            if let Some(basic) = &mut patch.basic {
                self.rules.normalise_basic(basic);
            }
            write(&self.rules.write, &self.store, patch);
            return Ok(());
        };
        match self.rules.write.effect {
            Effect::RefusedStored => write(&self.rules.write, &self.store, patch),
            Effect::ValidPartStored => write(&self.rules.write, &self.store, without(patch, &violations)),
            _ => {}
        }
        Err(refusal)
    }

    fn user(&self, user: Option<String>) -> Result<String, Refusal> {
        let rules = &self.rules.request;
        let refuse = |message: &str| Err(Refusal::parameter("userId", message));
        match user {
            None if rules.missing_user_id == Strictness::Refused => refuse("userId is missing"),
            None => Ok(String::new()),
            Some(user) if user.is_empty() && rules.empty_user_id == Strictness::Refused => refuse("userId is empty"),
            Some(user) if rules.user_id_max.is_some_and(|max| user.len() > max) => refuse("userId is too long"),
            Some(user) if rules.unknown_user == Strictness::Refused && !self.store.contains(&user) => {
                Err(Refusal { code: codes::UNKNOWN_USER, ..Refusal::parameter("userId", "the user does not exist") })
            }
            Some(user) => Ok(user),
        }
    }

    fn violations(&self, patch: &Patch) -> Vec<Refusal> {
        let mut violations = Vec::new();
        if let Some(basic) = &patch.basic {
            self.rules.check_basic(basic, &mut violations);
        }
        if let Some(extended) = &patch.extended {
            let pairs = match self.rules.extended.pairs_scope {
                PairsScope::Request => extended.len(),
                PairsScope::Stored => self.store.extended_count_with(&patch.user, extended),
            };
            if pairs > self.rules.extended.pairs_max {
                let message = "too many extended pairs";
                violations.push(Refusal { code: codes::PAIRS, ..Refusal::parameter(EXTENDED, message) });
            }
            self.rules.extended.check(extended, &mut violations);
        }
        violations
    }

    /// The violation that is told.
    fn chosen(&self, violations: &[Refusal], patch: &Patch) -> Option<Refusal> {
        let mut refusal = match self.rules.reply.which {
            Which::First | Which::FirstGiven => violations.first(),
            Which::Last => violations.last(),
        }
        .cloned()?;
        if self.rules.reply.which == Which::FirstGiven {
            let first = [&patch.basic, &patch.extended].into_iter().flatten().flatten().next();
            if let (Place::Key { key, .. }, Some((name, _))) = (&mut refusal.place, first) {
                key.clone_from(name);
            }
        }
        Some(refusal)
    }

    /// The record of each of these users that has one.
    pub(crate) fn records<'a>(&self, users: impl IntoIterator<Item = &'a str>) -> Vec<(String, Record)> {
        users.into_iter().filter_map(|user| Some((user.to_owned(), self.store.get(user)?))).collect()
    }

    /// One page of all records, in the order of registration or, when `newest_first`, against it; pages count from 1.
    pub(crate) fn page(&self, page: usize, size: usize, order: Order) -> Vec<(String, Record)> {
        let mut all = self.store.by_registration();
        match order {
            Order::OldestFirst => {}
            Order::NewestFirst => all.reverse(),
        }
        all.into_iter().skip(page.saturating_sub(1).saturating_mul(size)).take(size).collect()
    }

    /// Forgets these users' profiles.
    pub(crate) fn clear<'a>(&self, users: impl IntoIterator<Item = &'a str>) {
        users.into_iter().for_each(|user| self.store.remove(user));
    }
}

/// The order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    OldestFirst,
    NewestFirst,
}

impl Request {
    /// The members of a profile; none when it counts as absent.
    pub(crate) fn profile(&self, parameter: &'static str, value: Json) -> Result<Option<Members>, Refusal> {
        match value {
            Json::Null if self.null_profile == Strictness::Accepted => Ok(None),
            Json::Object(members) if members.is_empty() => match self.empty_object {
                EmptyObject::Provided => Ok(Some(members)),
                EmptyObject::Absent => Ok(None),
                EmptyObject::Refused => Err(Refusal::parameter(parameter, "the profile has no keys")),
            },
            Json::Object(members) => self.without_duplicates(parameter, members).map(Some),
            _ if self.profile_not_object == Strictness::Accepted => Ok(None),
            _ => Err(Refusal::parameter(parameter, "the profile is not a JSON object")),
        }
    }

    /// Settles which of several equal names counts.
    pub(crate) fn without_duplicates(&self, parameter: &'static str, members: Members) -> Result<Members, Refusal> {
        let mut distinct = IndexMap::with_capacity(members.len());
        for (name, value) in members {
            match (distinct.entry(name), self.duplicate_member) {
                (Entry::Vacant(entry), _) => {
                    entry.insert(value);
                }
                (Entry::Occupied(_), Duplicate::First) => {}
                (Entry::Occupied(mut entry), Duplicate::Last) => {
                    entry.insert(value);
                }
                (Entry::Occupied(_), Duplicate::Refused) => {
                    return Err(Refusal::parameter(parameter, "a key stands twice"));
                }
            }
        }
        Ok(distinct.into_iter().collect())
    }
}

/// The part of a patch that no violation names.
fn without(mut patch: Patch, violations: &[Refusal]) -> Patch {
    for (parameter, members) in [(BASIC, &mut patch.basic), (EXTENDED, &mut patch.extended)] {
        if let Some(members) = members {
            members.retain(|(name, _)| {
                violations.iter().all(|violation| match &violation.place {
                    Place::Key { parameter: at, key } => *at != parameter || key != name,
                    Place::Parameter(_) | Place::Caller | Place::Address | Place::Rate => true,
                })
            });
        }
    }
    patch
}
