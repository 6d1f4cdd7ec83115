//! Nexconn: `POST /v4/user/profile/set` and its companions, JSON in and out.

mod companions;
mod rules;
mod set;

pub(crate) use rules::rules;

use super::answer::{Answer, Incoming};
use super::json::{Json, Members};
use super::profile::{Host, Refusal, Strictness};

/// The endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Set,
    BatchGet,
    List,
    Delete,
}

impl Operation {
    /// Every endpoint, in the order of the variants.
    pub(crate) const ALL: [Self; 4] = [Self::Set, Self::BatchGet, Self::List, Self::Delete];

    /// The path of the document's endpoint, and those of the vendor's pages on user profiles.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Set => "/v4/user/profile/set",
            Self::BatchGet => "/v4/user/profile/batch/get",
            Self::List => "/v4/user/profile/list",
            Self::Delete => "/v4/user/profile/delete",
        }
    }
}

/// Answers a request that came to one of the endpoints.
pub(crate) fn answer(host: &Host, operation: Operation, incoming: &Incoming<'_>) -> Answer {
    host.reply(carried_out(host, operation, incoming))
}

fn carried_out(host: &Host, operation: Operation, incoming: &Incoming<'_>) -> Result<Members, Refusal> {
    host.admit(incoming, "application/json", "JSON")?;
    let rules = &host.rules.request;
    let body = match Json::read(incoming.body) {
        Some(Json::Object(members)) => rules.without_duplicates("body", members)?,
        Some(_) => return Err(Refusal::parameter("body", "the body is not a JSON object")),
        None if rules.malformed_json == Strictness::Accepted => return Ok(Vec::new()),
        None => return Err(Refusal::parameter("body", "the body is not JSON")),
    };
    match operation {
        Operation::Set => host.set(set::request(&host.rules, body)?).map(|()| Vec::new()),
        Operation::BatchGet => companions::batch_get(host, &body),
        Operation::List => companions::list(host, &body),
        Operation::Delete => companions::delete(host, &body),
    }
}
