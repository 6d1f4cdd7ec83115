//! Tencent Chat: `POST /v4/all_member_push/im_set_attr` and its family, JSON in, an envelope with HTTP 200 out.

mod caller;
mod companions;
mod envelope;
mod host;
mod names;
mod rules;
mod set;

pub(crate) use envelope::{EnvelopeForm, Refusal, codes};
pub(crate) use host::Host;
pub(crate) use rules::{Check, Checked, Counted, NameCheck, Order, Random, Rules, Stored, UnknownAccount, rules};

use axum::http::Method;

use super::answer::{Answer, Incoming};
use super::form::{Form, Plus};
use super::json::{Json, Members};
use super::profile::{AcceptedMethod, Strictness};

/// The endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    SetAttr,
    GetAttr,
    RemoveAttr,
    SetAttrName,
    GetAttrName,
}

impl Operation {
    /// Every endpoint, in the order of the variants.
    pub(crate) const ALL: [Self; 5] =
        [Self::SetAttr, Self::GetAttr, Self::RemoveAttr, Self::SetAttrName, Self::GetAttrName];

    /// The path of the document's endpoint, and those of its sister pages.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::SetAttr => "/v4/all_member_push/im_set_attr",
            Self::GetAttr => "/v4/all_member_push/im_get_attr",
            Self::RemoveAttr => "/v4/all_member_push/im_remove_attr",
            Self::SetAttrName => "/v4/all_member_push/im_set_attr_name",
            Self::GetAttrName => "/v4/all_member_push/im_get_attr_name",
        }
    }
}

/// Answers a request that came to one of the endpoints.
pub(crate) fn answer(host: &Host, operation: Operation, incoming: &Incoming<'_>) -> Answer {
    match carried_out(host, operation, incoming) {
        Ok(result) => host.rules.reply.success(result),
        Err(refusal) => host.rules.reply.refusal(&refusal),
    }
}

fn carried_out(host: &Host, operation: Operation, incoming: &Incoming<'_>) -> Result<Members, Refusal> {
    let rules = &host.rules;
    if incoming.method != Method::POST && rules.request.methods == AcceptedMethod::Post {
        return Err(Refusal::new(codes::FORMAT, "the method must be POST"));
    }
    let query = Form::read(incoming.query.as_bytes(), Plus::Space)
        .ok_or_else(|| Refusal::new(codes::URL, "the query is not UTF-8"))?;
    let body = || read_body(rules, incoming.body);
    let body = match rules.caller.order {
        Order::Caller => {
            host.authenticate(&query)?;
            body()?
        }
        Order::Body => {
            let body = body()?;
            host.authenticate(&query)?;
            body
        }
        Order::Rights => {
            host.authorise(&query)?;
            host.authenticate(&query)?;
            body()?
        }
    };
    let Some(body) = body else { return Ok(Vec::new()) };
    match operation {
        Operation::SetAttr => set::set_attr(host, body),
        Operation::GetAttr => companions::get_attr(host, &body),
        Operation::RemoveAttr => companions::remove_attr(host, &body),
        Operation::SetAttrName => companions::set_attr_name(host, &body),
        Operation::GetAttrName => Ok(companions::get_attr_name(host)),
    }
}

/// The members of the body; none when a fault lets pass what is not JSON.
fn read_body(rules: &Rules, body: &[u8]) -> Result<Option<Members>, Refusal> {
    match Json::read(body) {
        Some(Json::Object(members)) => rules.request.without_duplicates(members).map(Some),
        Some(_) => Err(Refusal::new(codes::JSON, "the body is not a JSON object")),
        None if rules.request.malformed_json == Strictness::Accepted => Ok(None),
        None => Err(Refusal::new(rules.request.json_code, "the body is not JSON")),
    }
}
