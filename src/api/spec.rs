//! A request as a case asks for it, and its forming into pieces.

use indexmap::IndexMap;

use super::auth::{Credentials, Variation};
use super::form::{self, Space};
use super::{Api, Captured, Operation, Text, TextPart, Tree};
use crate::exchange::{Pieces, Request, Slot};

/// A request as asked: what departs from the plain use of an operation, and the content.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestSpec {
    /// The operation's name.
    pub operation: String,
    /// Another method than the operation's.
    pub method: Option<String>,
    /// Another path than the operation's.
    pub path: Option<String>,
    /// What the body says, before it is encoded.
    pub content: Tree,
    /// A body that is sent as it stands, in place of the encoded content.
    pub raw_body: Option<Text>,
    /// The Content-Type: `None` for the operation's, an empty text for none at all.
    pub content_type: Option<String>,
    /// Query parameters in place of, or beside, the operation's; `None` leaves one out.
    pub query: IndexMap<String, Option<Text>>,
    /// Headers beside the documented ones.
    pub headers: IndexMap<String, Text>,
    /// How a space is written in a form.
    pub space: Space,
    /// How the authentication departs from the correct one.
    pub auth: Variation,
}

impl RequestSpec {
    /// The plain use of an operation with this content.
    #[must_use]
    pub fn plain(operation: &str, content: Tree) -> Self {
        Self {
            operation: operation.to_owned(),
            method: None,
            path: None,
            content,
            raw_body: None,
            content_type: None,
            query: IndexMap::new(),
            headers: IndexMap::new(),
            space: Space::default(),
            auth: Variation::default(),
        }
    }

    /// The request with the values that earlier steps captured.
    #[must_use]
    pub fn with_captures(&self, captured: &Captured) -> Self {
        let mut spec = self.clone();
        spec.content = spec.content.with_captures(captured);
        spec.raw_body = spec.raw_body.map(|text| text.with_captures(captured));
        spec.query.values_mut().flatten().for_each(|text| *text = text.with_captures(captured));
        spec.headers.values_mut().for_each(|text| *text = text.with_captures(captured));
        spec
    }

    /// Forms the request. The operation is one of the api's: that was checked when the case was read.
    #[must_use]
    pub fn form(&self, api: &Api, credentials: &Credentials) -> Request {
        let operation = &api.operations[&self.operation];
        let mut headers = api.auth.headers(credentials, &self.auth);
        let content_type = self.content_type.as_deref().or(operation.content_type());
        if let Some(content_type) = content_type.filter(|text| !text.is_empty()) {
            headers.push(("Content-Type".into(), Pieces::from(content_type)));
        }
        headers.extend(self.headers.iter().map(|(name, value)| (name.clone(), form::raw(value))));
        let body = match &self.raw_body {
            Some(text) => form::raw(text),
            None => form::body(operation, &self.content, self.space),
        };
        let method = self.method.as_ref().unwrap_or(&operation.method).clone();
        Request { method, path: self.full_path(api, operation, credentials), headers, body }
    }

    fn full_path(&self, api: &Api, operation: &Operation, credentials: &Credentials) -> Pieces {
        let mut path = Pieces::from(self.path.as_deref().unwrap_or(&operation.path));
        let mut parameters = api.auth.query(credentials, &self.auth);
        for (name, value) in &operation.query {
            if !self.query.contains_key(name) {
                parameters.push((name.clone(), default_parameter(value)));
            }
        }
        for (name, value) in &self.query {
            if let Some(value) = value {
                parameters.push((name.clone(), value.clone()));
            }
        }
        if !parameters.is_empty() {
            path.literal("?");
            path.extend(&form::query(&parameters));
        }
        path
    }
}

fn default_parameter(value: &str) -> Text {
    if value == "${random}" { Text(vec![TextPart::Slot(Slot::Random)]) } else { Text::literal(value) }
}
