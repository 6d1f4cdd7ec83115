//! RongCloud: `POST /user/profile/set.json` and its companions, forms in and JSON out.

mod companions;
mod rules;
mod set;

pub(crate) use rules::rules;

use super::answer::{Answer, Incoming};
use super::form::Form;
use super::json::Members;
use super::profile::{Host, Refusal};
use axum::http::Method;

/// The endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Set,
    BatchQuery,
    Query,
    Clean,
}

impl Operation {
    /// Every endpoint, in the order of the variants.
    pub(crate) const ALL: [Self; 4] = [Self::Set, Self::BatchQuery, Self::Query, Self::Clean];

    /// The path of the document's endpoint, and those of the vendor's page on user profiles.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Set => "/user/profile/set.json",
            Self::BatchQuery => "/user/profile/batch/query.json",
            Self::Query => "/user/profile/query.json",
            Self::Clean => "/user/profile/clean.json",
        }
    }
}

/// Answers a request that came to one of the endpoints.
pub(crate) fn answer(host: &Host, operation: Operation, incoming: &Incoming<'_>) -> Answer {
    host.reply(carried_out(host, operation, incoming))
}

fn carried_out(host: &Host, operation: Operation, incoming: &Incoming<'_>) -> Result<Members, Refusal> {
    host.admit(incoming, "application/x-www-form-urlencoded", "a form")?;
    let rules = &host.rules.request;
    let in_query = incoming.method != Method::POST && incoming.body.is_empty();
    let bytes = if in_query { incoming.query.as_bytes() } else { incoming.body };
    let form = Form::read(bytes, rules.plus).ok_or_else(|| Refusal::parameter("body", "the form is not UTF-8"))?;
    match operation {
        Operation::Set => host.set(set::request(&host.rules, &form)?).map(|()| Vec::new()),
        Operation::BatchQuery => companions::batch_query(host, &form),
        Operation::Query => companions::query(host, &form),
        Operation::Clean => companions::clean(host, &form),
    }
}
