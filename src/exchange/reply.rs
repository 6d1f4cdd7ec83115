//! What came back: a whole HTTP reply, or the way in which none came.

use std::fmt;

/// A reply that arrived whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Header names in lower case with their values (bytes that are no UTF-8 are replaced), in the order received.
    pub headers: Vec<(String, String)>,
    /// The body, after the transfer coding was taken off.
    pub body: Vec<u8>,
}

impl Reply {
    /// The first value of a header; `name` in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_str())
    }
}

/// Why a request that was sent, or tried, has no reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The class, on which decisions rest.
    pub kind: FailureKind,
    /// The cause in words, for people; nothing decides on it.
    pub detail: String,
}

/// The classes of failure that are judged differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FailureKind {
    /// No connection: refused, unreachable, no such name.
    Connect,
    /// The TLS handshake failed because the certificate's issuer is not trusted.
    TlsUnknownIssuer,
    /// The TLS handshake failed because the certificate is for another name.
    TlsWrongName,
    /// The TLS handshake failed because the certificate has expired or is not valid yet.
    TlsExpired,
    /// The TLS handshake failed in another way, for instance because the server speaks plain HTTP.
    Tls,
    /// The connection closed, or was reset, before the first byte of a reply.
    Closed,
    /// The connection closed in the middle of a reply.
    CutOff,
    /// Nothing, or not all, came within the request timeout.
    Timeout,
    /// What came is not HTTP.
    NotHttp,
    /// The reply is larger than the limit.
    TooLarge,
}

impl FailureKind {
    /// Whether the request may never have reached the server, because no connection stood.
    #[must_use]
    pub fn is_connect(self) -> bool {
        match self {
            Self::Connect | Self::TlsUnknownIssuer | Self::TlsWrongName | Self::TlsExpired | Self::Tls => true,
            Self::Closed | Self::CutOff | Self::Timeout | Self::NotHttp | Self::TooLarge => false,
        }
    }
}

impl fmt::Display for FailureKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Connect => "no connection",
            Self::TlsUnknownIssuer => "TLS: the certificate's issuer is unknown",
            Self::TlsWrongName => "TLS: the certificate is for another name",
            Self::TlsExpired => "TLS: the certificate is outside its validity period",
            Self::Tls => "TLS handshake failed",
            Self::Closed => "connection closed without a reply",
            Self::CutOff => "reply cut off",
            Self::Timeout => "timeout",
            Self::NotHttp => "the reply is not HTTP",
            Self::TooLarge => "the reply is too large",
        })
    }
}
