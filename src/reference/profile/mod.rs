//! What RongCloud and Nexconn have in common: the caller's signature, the profile's rules, and what is done with it.
//!
//! Both documents have the same table of basic keys and nearly the same rules for extended ones. [`Rules`] holds them
//! as data; `rongcloud` and `nexconn` fill it from their documents, readings and faults alter it.

mod caller;
mod check;
mod common;
mod host;
mod refusal;
mod reply;
mod rules;

pub(crate) use host::{Host, Order, SetRequest};
pub(crate) use refusal::{Place, Refusal, codes};
pub(crate) use reply::{CodeForm, Culprit, Message, OnSuccess, RequestCulprit, Which};
pub(crate) use rules::{
    AcceptedMethod, Digits, Duplicate, EmptyObject, Form, Header, KeyMeasure, LETTERS, Limit, Lookup, Needed, Nulls,
    PairsScope, Prefix, Rules, SignatureCheck, Strictness, UnknownKey, ValueRule,
};
