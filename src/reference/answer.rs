//! A request as the apis see it, and what they answer: no sockets, no waiting.

use axum::http::{HeaderMap, Method};

/// What both documents' examples, and every Tencent reply, have as `Content-Type`.
pub(crate) const JSON: &str = "application/json; charset=utf-8";

/// A request that arrived whole.
pub(crate) struct Incoming<'a> {
    pub(crate) method: &'a Method,
    pub(crate) query: &'a str,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
}

impl Incoming<'_> {
    /// Whether the body declares this media type, whatever its parameters.
    pub(crate) fn is_of_type(&self, media_type: &str) -> bool {
        self.headers
            .get("content-type")
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .is_some_and(|value| value.trim().eq_ignore_ascii_case(media_type))
    }
}

/// A reply before its framing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) body: String,
}
