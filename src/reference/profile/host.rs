//! A profile service: rules, credentials and the store, with everything that both vendors' endpoints do alike.

use axum::http::Method;
use indexmap::IndexMap;
use indexmap::map::Entry;

use super::caller::Nonces;
use super::check::{BASIC, EXTENDED};
use super::refusal::{Place, Refusal, codes};
use super::reply::Which;
use super::rules::{AcceptedMethod, Duplicate, EmptyObject, Needed, PairsScope, Request, Rules, Strictness};
use crate::clock::Clock;
use crate::reference::Options;
use crate::reference::answer::{Answer, Incoming};
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

    /// Whether a request may come in: its method, its caller, and the media type of its body, of which `what` says what
    /// it must be.
    pub(crate) fn admit(&self, incoming: &Incoming<'_>, media_type: &str, what: &str) -> Result<(), Refusal> {
        let Self { rules, app_key, app_secret, nonces, .. } = self;
        if incoming.method != Method::POST && rules.request.methods == AcceptedMethod::Post {
            let message = "not a valid method for this address".to_owned();
            return Err(Refusal { code: codes::ADDRESS, place: Place::Address, message });
        }
        rules.caller.authenticate(incoming.headers, app_key, app_secret, self.clock.now(), nonces)?;
        if rules.request.other_content_type == Strictness::Refused && !incoming.is_of_type(media_type) {
            return Err(Refusal::parameter("body", format!("the body must be {what}")));
        }
        Ok(())
    }

    /// The reply to what was carried out, or refused.
    pub(crate) fn reply(&self, result: Result<Members, Refusal>) -> Answer {
        match result {
            Ok(members) => self.rules.reply.success(members),
            Err(refusal) => self.rules.reply.refusal(&refusal),
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::json::Kind;
    use crate::reference::profile::Nulls;
    use crate::reference::{nexconn, rongcloud};

    fn host(alter: impl FnOnce(&mut Rules)) -> Host {
        let mut rules = rongcloud::rules();
        alter(&mut rules);
        Host::new(rules, &Options { users: vec!["known".to_owned()], ..Options::default() })
    }

    fn members(json: &str) -> Option<Members> {
        match Json::read(json.as_bytes()) {
            Some(Json::Object(members)) => Some(members),
            _ => None,
        }
    }

    fn set(host: &Host, user: &str, basic: &str, extended: &str) -> Result<(), u32> {
        let request = SetRequest { user: Some(user.to_owned()), basic: members(basic), extended: members(extended) };
        host.set(request).map_err(|refusal| refusal.code)
    }

    fn stored(host: &Host, user: &str) -> String {
        host.records([user])
            .into_iter()
            .map(|(_, record)| Json::Object(record.basic).write() + &Json::Object(record.extended).write())
            .collect()
    }

    #[test]
    fn what_is_accepted_is_stored_and_what_is_refused_changes_nothing() {
        let host = host(|_| {});
        assert_eq!(set(&host, "u", r#"{"name":"a"}"#, r#"{"ext_a":"b"}"#), Ok(()));
        assert_eq!(set(&host, "u", r#"{"name":"c","gender":9}"#, ""), Err(codes::RANGE));
        assert_eq!(stored(&host, "u"), r#"{"name":"a"}{"ext_a":"b"}"#);
        assert_eq!(set(&host, "u", r#"{"level":1}"#, ""), Ok(()));
        assert_eq!(stored(&host, "u"), r#"{"name":"a","level":1}{"ext_a":"b"}"#);
    }

    #[test]
    fn twenty_pairs_are_counted_in_the_request_or_in_the_record() {
        let pairs = |letter: char, count: usize| {
            let pairs: Vec<_> = (1..=count).map(|n| format!(r#""ext_{}":"v""#, letter.to_string().repeat(n))).collect();
            format!("{{{}}}", pairs.join(","))
        };
        let by_request = host(|_| {});
        assert_eq!(set(&by_request, "u", "", &pairs('a', 21)), Err(codes::PAIRS));
        assert_eq!(set(&by_request, "u", "", &pairs('a', 20)), Ok(()));
        assert_eq!(set(&by_request, "u", "", &pairs('b', 1)), Ok(()));
        let by_record = host(|rules| rules.extended.pairs_scope = PairsScope::Stored);
        assert_eq!(set(&by_record, "u", "", &pairs('a', 20)), Ok(()));
        assert_eq!(set(&by_record, "u", "", &pairs('a', 20)), Ok(()));
        assert_eq!(set(&by_record, "u", "", &pairs('b', 1)), Err(codes::PAIRS));
    }

    #[test]
    fn open_spellings_are_stored_in_the_documented_type() {
        let host = host(|rules| {
            for value in rules.values_mut() {
                value.admits.extend([Kind::Digits, Kind::WholeFloat]);
            }
            rules.nulls = Nulls::Ignored;
        });
        assert_eq!(set(&host, "u", r#"{"level":"7","role":2.0,"name":null}"#, ""), Ok(()));
        assert_eq!(stored(&host, "u"), r#"{"level":7,"role":2}{}"#);
    }

    #[test]
    fn the_first_the_last_or_wrongly_any_key_is_named() {
        let named = |which| {
            let host = host(|rules| rules.reply.which = which);
            let basic = members(r#"{"name":"x","gender":9,"level":101}"#);
            let refusal = host.set(SetRequest { user: Some("u".to_owned()), basic, extended: None }).unwrap_err();
            match refusal.place {
                Place::Key { key, .. } => key,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!([named(Which::First), named(Which::Last), named(Which::FirstGiven)], ["gender", "level", "name"]);
    }

    #[test]
    fn users_must_be_there_and_under_one_reading_known() {
        let tolerant = host(|_| {});
        assert_eq!(tolerant.set(SetRequest::default()).unwrap_err().code, codes::PARAMETER);
        assert_eq!(set(&tolerant, "", r#"{"name":"a"}"#, ""), Err(codes::PARAMETER));
        assert_eq!(set(&tolerant, "new", "", ""), Ok(()));
        let strict = host(|rules| rules.request.unknown_user = Strictness::Refused);
        assert_eq!(set(&strict, "new", r#"{"name":"a"}"#, ""), Err(codes::UNKNOWN_USER));
        assert_eq!(set(&strict, "known", r#"{"name":"a"}"#, ""), Ok(()));
    }

    #[test]
    fn equal_keys_are_settled_in_each_of_the_three_ways() {
        let settle = |duplicate| {
            let rules = Request { duplicate_member: duplicate, ..nexconn::rules().request };
            let members = members(r#"{"a":1,"b":2,"a":3}"#).unwrap();
            rules.profile(BASIC, Json::Object(members)).map(|kept| Json::Object(kept.unwrap()).write())
        };
        assert_eq!(settle(Duplicate::First).unwrap(), r#"{"a":1,"b":2}"#);
        assert_eq!(settle(Duplicate::Last).unwrap(), r#"{"a":3,"b":2}"#);
        assert_eq!(settle(Duplicate::Refused).unwrap_err().place, Place::Parameter(BASIC));
    }
}
