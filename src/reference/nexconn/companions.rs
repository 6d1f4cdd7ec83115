//! Nexconn's endpoints that show and undo what was set; limits and shapes from the vendor's pages on user profiles.

use crate::reference::json::{Json, Members};
use crate::reference::profile::{Host, Order, Refusal};
use crate::reference::store::Record;

/// The most users of one batch get or delete.
const BATCH_MAX: usize = 20;
/// How many users a page has unless asked otherwise.
const PAGE_SIZE: usize = 20;
/// The most users of a page.
const PAGE_MAX: usize = 100;

/// The profiles of the users named; those without record are left out.
pub(super) fn batch_get(host: &Host, body: &Members) -> Result<Members, Refusal> {
    Ok(users_result(&host.records(users(body)?)))
}

/// A page of all profiles.
pub(super) fn list(host: &Host, body: &Members) -> Result<Members, Refusal> {
    let page = number(body, "page", 1)?;
    let size = number(body, "pageSize", PAGE_SIZE)?;
    if size > PAGE_MAX {
        return Err(Refusal::parameter("pageSize", "a page has at most 100 users"));
    }
    let order = if number(body, "order", 0)? == 1 { Order::NewestFirst } else { Order::OldestFirst };
    Ok(users_result(&host.page(page, size, order)))
}

/// Forgets the profiles of the users named.
pub(super) fn delete(host: &Host, body: &Members) -> Result<Members, Refusal> {
    host.clear(users(body)?);
    Ok(Vec::new())
}

fn member<'a>(body: &'a Members, name: &str) -> Option<&'a Json> {
    body.iter().find(|(have, _)| have == name).map(|(_, value)| value)
}

fn users(body: &Members) -> Result<Vec<&str>, Refusal> {
    let Some(Json::Array(ids)) = member(body, "userIds") else {
        return Err(Refusal::parameter("userIds", "userIds is missing or not an array"));
    };
    let users: Option<Vec<_>> = ids.iter().map(Json::as_text).collect();
    match users {
        None => Err(Refusal::parameter("userIds", "a user id is not a text")),
        Some(users) if users.is_empty() => Err(Refusal::parameter("userIds", "userIds is empty")),
        Some(users) if users.len() > BATCH_MAX => Err(Refusal::parameter("userIds", "too many users")),
        Some(users) => Ok(users),
    }
}

fn number(body: &Members, name: &'static str, default: usize) -> Result<usize, Refusal> {
    match member(body, name) {
        None | Some(Json::Null) => Ok(default),
        Some(Json::Int(number)) => usize::try_from(*number).map_err(|_| Refusal::parameter(name, "a negative number")),
        Some(_) => Err(Refusal::parameter(name, "not a whole number")),
    }
}

fn users_result(records: &[(String, Record)]) -> Members {
    let users = records
        .iter()
        .map(|(user, record)| {
            Json::object([
                ("userId", Json::text(user.as_str())),
                ("version", Json::Int(record.version.cast_signed())),
                ("userProfile", Json::Object(record.basic.clone())),
                ("userExtProfile", Json::Object(record.extended.clone())),
            ])
        })
        .collect();
    vec![("result".to_owned(), Json::object([("users", Json::Array(users))]))]
}
