//! Credentials as a type that cannot be printed: no `Debug`, no `Display`, no `Serialize`; and the [`Redactor`] that
//! takes them out of what a server sends back.

mod redact;

pub use redact::{REDACTED, Redactor};

/// An app secret, a `UserSig` key or another text that authorises calls.
///
/// The text leaves the type only through [`Secret::expose`], so that a search for that name finds every use.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Box<str>);

impl Secret {
    /// Takes the text as it stands; nothing is trimmed, because white space may be part of a key.
    #[must_use]
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// The text itself, for signing and for finding it in what is about to be printed.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}
