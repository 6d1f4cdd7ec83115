//! Tencent's endpoints around `im_set_attr`; shapes from the vendor's pages on each.

use super::Host;
use super::envelope::{Refusal, codes};
use crate::reference::json::{Json, Members};

/// The most accounts of a get, and of a remove.
const ACCOUNTS_MAX: usize = 100;

/// `im_get_attr`: a user without record has no attributes.
pub(super) fn get_attr(host: &Host, body: &Members) -> Result<Members, Refusal> {
    let accounts = texts(member(body, "To_Account"))
        .ok_or_else(|| Refusal::new(codes::JSON, "To_Account is missing or not an array of texts"))?;
    if accounts.len() > ACCOUNTS_MAX {
        return Err(too_many());
    }
    let entries = accounts
        .into_iter()
        .map(|account| {
            let attributes = host.store.get(account).unwrap_or_default().extended;
            Json::object([("To_Account", Json::text(account)), ("Attrs", Json::Object(attributes))])
        })
        .collect();
    Ok(vec![("UserAttrs".to_owned(), Json::Array(entries))])
}

/// `im_remove_attr`, also in the shape of the vendor's Java client, which has one account at the top.
pub(super) fn remove_attr(host: &Host, body: &Members) -> Result<Members, Refusal> {
    let wrong = || Refusal::new(codes::JSON, "UserAttrs is missing or not an array");
    let top_level = [Json::Object(body.clone())];
    let items = match member(body, "UserAttrs") {
        Some(Json::Array(items)) => items.as_slice(),
        Some(_) => return Err(wrong()),
        None if member(body, "To_Account").is_some() => &top_level,
        None => return Err(wrong()),
    };
    if items.len() > ACCOUNTS_MAX {
        return Err(too_many());
    }
    let removals: Vec<_> = items.iter().map(|item| removal(host, item)).collect::<Result<_, _>>()?;
    for (account, names) in removals.into_iter().filter(|(account, _)| host.store.contains(account)) {
        host.store.change(account, |record| record.extended.retain(|(name, _)| !names.contains(&name.as_str())));
    }
    Ok(Vec::new())
}

fn removal<'a>(host: &Host, item: &'a Json) -> Result<(&'a str, Vec<&'a str>), Refusal> {
    let Json::Object(members) = item else {
        return Err(Refusal::new(codes::JSON, "an entry of UserAttrs is not an object"));
    };
    let account = member(members, "To_Account")
        .and_then(Json::as_text)
        .ok_or_else(|| Refusal::new(codes::ACCOUNT, "To_Account is missing or not a text"))?;
    let names = texts(member(members, "Attrs"))
        .ok_or_else(|| Refusal::new(codes::JSON, "Attrs is missing or not an array of texts"))?;
    if !host.names.all_configured(host.rules.attributes.names, names.iter().copied()) {
        return Err(Refusal::new(codes::ATTRIBUTE, "an attribute name is not configured"));
    }
    Ok((account, names))
}

/// `im_set_attr_name`.
pub(super) fn set_attr_name(host: &Host, body: &Members) -> Result<Members, Refusal> {
    let Some(Json::Object(changes)) = member(body, "AttrNames") else {
        return Err(Refusal::new(codes::JSON, "AttrNames is missing or not an object"));
    };
    host.names.set(changes).map(|()| Vec::new())
}

/// `im_get_attr_name`.
pub(super) fn get_attr_name(host: &Host) -> Members {
    vec![("AttrNames".to_owned(), host.names.to_json())]
}

fn member<'a>(members: &'a Members, name: &str) -> Option<&'a Json> {
    members.iter().find(|(have, _)| have == name).map(|(_, value)| value)
}

fn texts(value: Option<&Json>) -> Option<Vec<&str>> {
    match value {
        Some(Json::Array(items)) => items.iter().map(Json::as_text).collect(),
        _ => None,
    }
}

fn too_many() -> Refusal {
    Refusal::new(codes::TOO_MANY_ACCOUNTS, "too many accounts in one request")
}
