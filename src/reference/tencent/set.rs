//! `im_set_attr`: attributes for up to a hundred users, all of them or none.

use std::collections::HashMap;

use super::Host;
use super::envelope::{Refusal, codes};
use super::rules::{Checked, Counted, Request, Stored, UnknownAccount};
use crate::reference::json::{Json, Members};
use crate::reference::profile::{Duplicate, Limit, Strictness};
use crate::reference::write::{Effect, Patch, write};

/// One entry of `UserAttrs`: an account and its new attributes.
struct Entry {
    account: String,
    attributes: Members,
}

/// Carries out the request.
pub(super) fn set_attr(host: &Host, body: Members) -> Result<Members, Refusal> {
    let rules = &host.rules;
    let items = user_attrs(&rules.request, body)?;
    let counted = match rules.batch.counted {
        Counted::Users => items.len(),
        Counted::Attributes => items.iter().map(attribute_count).sum(),
    };
    if counted > rules.batch.users_max {
        return Err(Refusal::new(rules.batch.code, "too many accounts in one request"));
    }
    let mut entries = Vec::with_capacity(items.len());
    let mut first_problem = None;
    let last = items.len().saturating_sub(1);
    for (index, item) in items.into_iter().enumerate() {
        let checked = match rules.batch.checked {
            Checked::All => true,
            Checked::OnlyFirst => index == 0,
            Checked::OnlyLast => index == last,
        };
        match entry(host, item, checked) {
            Ok(entry) => entries.extend(entry),
            Err((refusal, entry)) => {
                if rules.write.effect == Effect::RefusedStored {
                    entries.extend(entry);
                }
                first_problem.get_or_insert(refusal);
            }
        }
    }
    let entries = distinct(&rules.request, entries)?;
    if let Some(refusal) = first_problem {
        if matches!(rules.write.effect, Effect::RefusedStored | Effect::ValidPartStored) {
            store(host, entries);
        }
        return Err(refusal);
    }
    let (mut entries, unknown) = known(host, entries)?;
    match rules.batch.stored {
        Stored::All => {}
        Stored::OnlyFirst => entries.truncate(1),
        Stored::AllButLast => entries.truncate(last),
    }
    store(host, entries);
    Ok(error_list(&unknown))
}

fn store(host: &Host, entries: Vec<Entry>) {
    for Entry { account, attributes } in entries {
        write(&host.rules.write, &host.store, Patch { user: account, basic: None, extended: Some(attributes) });
    }
}

/// The entries of `UserAttrs`, not yet looked into.
fn user_attrs(rules: &Request, body: Members) -> Result<Vec<Json>, Refusal> {
    let wanted = |name: &str| name == "UserAttrs" || rules.top_level_attrs == Strictness::Accepted && name == "Attrs";
    let refusal = |info| Refusal::new(rules.user_attrs_code, info);
    match body.into_iter().find(|(name, _)| wanted(name)).map(|(_, value)| value) {
        Some(Json::Array(items)) if items.is_empty() && rules.empty_user_attrs == Strictness::Refused => {
            Err(refusal("UserAttrs is empty"))
        }
        Some(Json::Array(items)) => Ok(items),
        Some(object @ Json::Object(_)) if rules.bare_object == Strictness::Accepted => Ok(vec![object]),
        _ if rules.bad_user_attrs == Strictness::Accepted => Ok(Vec::new()),
        _ => Err(refusal("UserAttrs is missing or not an array")),
    }
}

fn attribute_count(item: &Json) -> usize {
    let Json::Object(members) = item else { return 0 };
    let attributes = members.iter().find(|(name, _)| name == "Attrs");
    attributes.map_or(0, |(_, value)| if let Json::Object(attributes) = value { attributes.len() } else { 0 })
}

/// One entry, checked if it shall be; none when a fault lets pass what cannot be stored. The entry of a refusal is
/// what a faulty server would store all the same.
fn entry(host: &Host, item: Json, checked: bool) -> Result<Option<Entry>, (Refusal, Option<Entry>)> {
    let rules = &host.rules.request;
    let bare = |refusal| (refusal, None);
    let Json::Object(members) = item else {
        return Err(bare(Refusal::new(rules.user_attrs_code, "an entry of UserAttrs is not an object")));
    };
    let members = rules.without_duplicates(members).map_err(bare)?;
    let (mut account, mut attributes) = (None, None);
    for (name, value) in members {
        match name.as_str() {
            "To_Account" => account = Some(value),
            "Attrs" => attributes = Some(value),
            _ => {}
        }
    }
    let account = rules.account(account).map_err(bare)?;
    let attributes = match attributes {
        Some(Json::Object(attributes)) => rules.without_duplicates(attributes).map_err(bare)?,
        _ if rules.bad_attrs == Strictness::Accepted => return Ok(None),
        _ => return Err(bare(Refusal::new(rules.attrs_code, "Attrs is missing or not an object"))),
    };
    let problem = if checked { attributes_problem(host, &attributes) } else { None };
    let entry = account.map(|account| Entry { account, attributes });
    match problem {
        None => Ok(entry),
        Some(refusal) => Err((refusal, entry)),
    }
}

fn attributes_problem(host: &Host, attributes: &Members) -> Option<Refusal> {
    let rules = &host.rules.attributes;
    if attributes.is_empty() && host.rules.request.empty_attrs == Strictness::Refused {
        return Some(Refusal::new(host.rules.request.attrs_code, "Attrs is empty"));
    }
    if !host.names.all_configured(rules.names, attributes.iter().map(|(name, _)| name.as_str())) {
        return Some(Refusal::new(rules.name_code, "an attribute name is not configured"));
    }
    attributes.iter().find_map(|(_, value)| {
        if !rules.value.admits.contains(&value.kind()) {
            return Some(Refusal::new(codes::ATTRIBUTE, "an attribute value is not a text"));
        }
        let Limit::Length { max, unit } = rules.value.limit else { return None };
        let long = value.as_text().is_some_and(|text| unit.length(text) > max);
        long.then(|| Refusal::new(rules.long_value_code, "an attribute value is too long"))
    })
}

impl Request {
    /// The account of an entry; none when a fault lets a wrong one pass.
    fn account(&self, account: Option<Json>) -> Result<Option<String>, Refusal> {
        let refusal = |info| Err(Refusal::new(self.account_code, info));
        match account {
            Some(Json::Text(account)) if account.is_empty() && self.empty_account == Strictness::Refused => {
                refusal("To_Account is empty")
            }
            Some(Json::Text(account)) if self.account_max.is_some_and(|max| account.len() > max) => {
                refusal("To_Account is too long")
            }
            Some(Json::Text(account)) => Ok(Some(account)),
            _ if self.bad_account == Strictness::Accepted => Ok(None),
            _ => refusal("To_Account is missing or not a text"),
        }
    }

    /// Settles which of several equal names counts.
    pub(super) fn without_duplicates(&self, members: Members) -> Result<Members, Refusal> {
        let mut distinct = indexmap::IndexMap::with_capacity(members.len());
        for (name, value) in members {
            match self.duplicate_member {
                Duplicate::First => {
                    distinct.entry(name).or_insert(value);
                }
                Duplicate::Last => {
                    distinct.insert(name, value);
                }
                Duplicate::Refused => {
                    if distinct.insert(name, value).is_some() {
                        return Err(Refusal::new(codes::JSON, "a member stands twice"));
                    }
                }
            }
        }
        Ok(distinct.into_iter().collect())
    }
}

/// Settles which of several entries for one account counts.
fn distinct(rules: &Request, entries: Vec<Entry>) -> Result<Vec<Entry>, Refusal> {
    let mut places: HashMap<String, usize> = HashMap::with_capacity(entries.len());
    let mut kept: Vec<Entry> = Vec::with_capacity(entries.len());
    for entry in entries {
        match (places.get(&entry.account), rules.duplicate_account) {
            (None, _) => {
                places.insert(entry.account.clone(), kept.len());
                kept.push(entry);
            }
            (Some(_), Duplicate::First) => {}
            // One after the other, as two requests would: the later value wins, other attributes stay.
            (Some(_), Duplicate::Last) => kept.push(entry),
            (Some(_), Duplicate::Refused) => {
                return Err(Refusal::new(rules.account_code, "an account stands twice"));
            }
        }
    }
    Ok(kept)
}

/// The entries of accounts that may be written, and the accounts that may not.
fn known(host: &Host, entries: Vec<Entry>) -> Result<(Vec<Entry>, Vec<String>), Refusal> {
    if host.rules.request.unknown_account == UnknownAccount::Created {
        return Ok((entries, Vec::new()));
    }
    let (known, unknown): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| host.store.contains(&entry.account));
    if host.rules.request.unknown_account == UnknownAccount::Refused && !unknown.is_empty() {
        return Err(Refusal::new(codes::UNKNOWN_ACCOUNT, "an account does not exist"));
    }
    Ok((known, unknown.into_iter().map(|entry| entry.account).collect()))
}

/// `ErrorList` of a reply, as the successor family of endpoints has it; nothing when nobody is unknown.
fn error_list(unknown: &[String]) -> Members {
    if unknown.is_empty() {
        return Vec::new();
    }
    let entry = |account: &String| {
        Json::object([
            ("ErrorCode", Json::Int(codes::NOT_IMPORTED.into())),
            ("To_Account", Json::text(account.as_str())),
        ])
    };
    vec![("ErrorList".to_owned(), Json::Array(unknown.iter().map(entry).collect()))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::Options;
    use crate::reference::tencent::{Rules, rules};

    fn host(alter: impl FnOnce(&mut Rules)) -> Host {
        let mut rules = rules();
        alter(&mut rules);
        Host::new(rules, &Options { users: vec!["known".to_owned()], ..Options::default() })
    }

    /// The code of a request with this `UserAttrs`; 0 for success.
    fn code(host: &Host, user_attrs: &str) -> u32 {
        let Some(Json::Object(body)) = Json::read(format!(r#"{{"UserAttrs":{user_attrs}}}"#).as_bytes()) else {
            panic!("{user_attrs} is not JSON");
        };
        set_attr(host, body).err().map_or(0, |refusal| refusal.code)
    }

    fn stored(host: &Host, account: &str) -> Option<String> {
        host.store.get(account).map(|record| Json::Object(record.extended).write())
    }

    /// So many users with two attributes each, the last of them with this value.
    fn batch(users: usize, last: &str) -> String {
        let entry = |index: usize| {
            let city = if index + 1 == users { last } else { "x" };
            format!(r#"{{"To_Account":"u{index}","Attrs":{{"sex":"m","city":"{city}"}}}}"#)
        };
        format!("[{}]", (0..users).map(entry).collect::<Vec<_>>().join(","))
    }

    #[test]
    fn a_hundred_users_are_the_most_however_many_attributes_they_have() {
        assert_eq!(code(&host(|_| {}), &batch(100, "x")), 0);
        assert_eq!(code(&host(|_| {}), &batch(101, "x")), codes::TOO_MANY_ACCOUNTS);
    }

    #[test]
    fn a_fault_in_the_last_user_refuses_all() {
        let host = host(|_| {});
        assert_eq!(code(&host, &batch(3, &"x".repeat(51))), codes::ATTRIBUTE);
        assert_eq!(stored(&host, "u0"), None);
        assert_eq!(code(&host, &batch(3, &"x".repeat(50))), 0);
        assert_eq!(stored(&host, "u0").unwrap(), r#"{"sex":"m","city":"x"}"#);
    }

    #[test]
    fn values_are_measured_in_bytes() {
        for (value, expected) in [
            ("成".repeat(16) + "ab", 0),
            ("成".repeat(17), codes::ATTRIBUTE),
            ("é".repeat(25), 0),
            ("é".repeat(25) + "a", codes::ATTRIBUTE),
        ] {
            assert_eq!(code(&host(|_| {}), &batch(1, &value)), expected, "{value}");
        }
    }

    #[test]
    fn bodies_of_another_shape_are_refused() {
        for (user_attrs, expected) in [
            ("null", codes::JSON),
            ("1", codes::JSON),
            ("\"x\"", codes::JSON),
            ("{}", codes::JSON),
            ("[]", codes::JSON),
            ("[1]", codes::JSON),
            (r#"[{"Attrs":{"sex":"m"}}]"#, codes::ACCOUNT),
            (r#"[{"To_Account":1,"Attrs":{"sex":"m"}}]"#, codes::ACCOUNT),
            (r#"[{"To_account":"a","Attrs":{"sex":"m"}}]"#, codes::ACCOUNT),
            (r#"[{"To_Account":"a"}]"#, codes::JSON),
            (r#"[{"To_Account":"a","Attrs":["sex"]}]"#, codes::JSON),
            (r#"[{"To_Account":"a","Attrs":{"sex":1}}]"#, codes::ATTRIBUTE),
            (r#"[{"To_Account":"a","Attrs":{"Sex":"m"}}]"#, codes::ATTRIBUTE),
            (r#"[{"To_Account":"a","Attrs":{}}]"#, 0),
        ] {
            assert_eq!(code(&host(|_| {}), user_attrs), expected, "{user_attrs}");
        }
    }

    #[test]
    fn equal_accounts_are_settled_in_each_of_the_three_ways() {
        let twice = r#"[{"To_Account":"a","Attrs":{"sex":"m"}},{"To_Account":"a","Attrs":{"sex":"f","city":"x"}}]"#;
        let settled = |duplicate| {
            let host = host(|rules| rules.request.duplicate_account = duplicate);
            (code(&host, twice), stored(&host, "a"))
        };
        assert_eq!(settled(Duplicate::Last), (0, Some(r#"{"sex":"f","city":"x"}"#.to_owned())));
        assert_eq!(settled(Duplicate::First), (0, Some(r#"{"sex":"m"}"#.to_owned())));
        assert_eq!(settled(Duplicate::Refused), (codes::ACCOUNT, None));
    }

    #[test]
    fn unknown_accounts_are_created_refused_or_reported() {
        let two = r#"[{"To_Account":"known","Attrs":{"sex":"m"}},{"To_Account":"new","Attrs":{"sex":"f"}}]"#;
        let refusing = host(|rules| rules.request.unknown_account = UnknownAccount::Refused);
        assert_eq!(code(&refusing, two), codes::UNKNOWN_ACCOUNT);
        assert_eq!(stored(&refusing, "known").unwrap(), "{}");
        let reporting = host(|rules| rules.request.unknown_account = UnknownAccount::Reported);
        assert_eq!(code(&reporting, two), 0);
        assert_eq!(
            (stored(&reporting, "known").unwrap().as_str(), stored(&reporting, "new")),
            (r#"{"sex":"m"}"#, None)
        );
        assert_eq!(
            Json::Object(error_list(&["new".to_owned()])).write(),
            r#"{"ErrorList":[{"ErrorCode":70107,"To_Account":"new"}]}"#
        );
    }

    #[test]
    fn attributes_may_be_counted_in_place_of_users() {
        let counting = || host(|rules| (rules.batch.counted, rules.batch.users_max) = (Counted::Attributes, 6));
        assert_eq!(code(&counting(), &batch(3, "x")), 0);
        assert_eq!(code(&counting(), &batch(4, "x")), codes::TOO_MANY_ACCOUNTS);
    }

    #[test]
    fn only_the_first_or_the_last_user_may_be_checked() {
        let long = "x".repeat(51);
        let first_wrong = batch(1, &long).replace(']', r#",{"To_Account":"b","Attrs":{"sex":"m"}}]"#);
        let last_wrong = batch(2, &long);
        for (checked, first, last) in [
            (Checked::All, codes::ATTRIBUTE, codes::ATTRIBUTE),
            (Checked::OnlyFirst, codes::ATTRIBUTE, 0),
            (Checked::OnlyLast, 0, codes::ATTRIBUTE),
        ] {
            let host = || host(|rules| rules.batch.checked = checked);
            assert_eq!((code(&host(), &first_wrong), code(&host(), &last_wrong)), (first, last), "{checked:?}");
        }
    }

    #[test]
    fn what_a_faulty_server_stores_of_a_refused_batch() {
        let wrong = batch(2, &"x".repeat(51));
        let left = |effect| {
            let host = host(|rules| rules.write.effect = effect);
            assert_eq!(code(&host, &wrong), codes::ATTRIBUTE);
            (stored(&host, "u0").is_some(), stored(&host, "u1").is_some())
        };
        assert_eq!(left(Effect::Faithful), (false, false));
        assert_eq!(left(Effect::ValidPartStored), (true, false));
        assert_eq!(left(Effect::RefusedStored), (true, true));
    }

    #[test]
    fn an_account_may_be_as_long_as_the_limit() {
        let host = host(|rules| rules.request.account_max = Some(3));
        let of = |account: &str| format!(r#"[{{"To_Account":"{account}","Attrs":{{"sex":"m"}}}}]"#);
        assert_eq!([code(&host, &of("ab")), code(&host, &of("abc"))], [0, 0]);
        assert_eq!(code(&host, &of("abcd")), codes::ACCOUNT);
    }
}
