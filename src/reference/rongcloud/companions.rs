//! RongCloud's endpoints that show and undo what was set; limits and shapes from the vendor's page on user profiles.

use crate::reference::form::Form;
use crate::reference::json::{Json, Members};
use crate::reference::profile::{Host, Order, Refusal};
use crate::reference::store::Record;

/// The most users of one batch query.
const BATCH_MAX: usize = 100;
/// The most users of one clean.
const CLEAN_MAX: usize = 20;
/// How many users a page has unless asked otherwise.
const PAGE_SIZE: usize = 20;
/// The most users of a page.
const PAGE_MAX: usize = 100;

/// The profiles of the users named; those without record are left out.
pub(super) fn batch_query(host: &Host, form: &Form<'_>) -> Result<Members, Refusal> {
    let users = users(form, BATCH_MAX)?;
    let list = host.records(users).iter().map(|(user, record)| entry(user, record, Version::Shown)).collect();
    Ok(vec![("userList".to_owned(), Json::Array(list))])
}

/// A page of all profiles, which for some reason have no version there.
pub(super) fn query(host: &Host, form: &Form<'_>) -> Result<Members, Refusal> {
    let page = number(form, "page", 1)?;
    let size = number(form, "size", PAGE_SIZE)?;
    if size > PAGE_MAX {
        return Err(Refusal::parameter("size", "a page has at most 100 users"));
    }
    let order = if number(form, "order", 0)? == 1 { Order::NewestFirst } else { Order::OldestFirst };
    let page = host.page(page, size, order);
    let list = page.iter().map(|(user, record)| entry(user, record, Version::LeftOut)).collect();
    Ok(vec![("userList".to_owned(), Json::Array(list))])
}

/// Forgets the profiles of the users named.
pub(super) fn clean(host: &Host, form: &Form<'_>) -> Result<Members, Refusal> {
    host.clear(users(form, CLEAN_MAX)?);
    Ok(Vec::new())
}

/// The users, whether the parameter is repeated or holds several joined by commas: real clients do both.
fn users<'a>(form: &'a Form<'_>, max: usize) -> Result<Vec<&'a str>, Refusal> {
    let users: Vec<_> = form.all("userId").flat_map(|joined| joined.split(',')).filter(|id| !id.is_empty()).collect();
    if users.is_empty() {
        return Err(Refusal::parameter("userId", "userId is missing"));
    }
    if users.len() > max {
        return Err(Refusal::parameter("userId", "too many users"));
    }
    Ok(users)
}

fn number(form: &Form<'_>, name: &'static str, default: usize) -> Result<usize, Refusal> {
    match form.first(name) {
        None | Some("") => Ok(default),
        Some(text) => text.parse().map_err(|_| Refusal::parameter(name, "not a number")),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Version {
    Shown,
    LeftOut,
}

/// One user; both profiles are JSON as text.
fn entry(user: &str, record: &Record, version: Version) -> Json {
    let mut members = vec![("userId".to_owned(), Json::text(user))];
    if version == Version::Shown {
        members.push(("version".to_owned(), Json::Int(record.version.cast_signed())));
    }
    members.push(("userProfile".to_owned(), Json::Text(Json::Object(record.basic.clone()).write())));
    members.push(("userExtProfile".to_owned(), Json::Text(Json::Object(record.extended.clone()).write())));
    Json::Object(members)
}
