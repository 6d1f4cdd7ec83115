//! The three apis by name.

use std::fmt;
use std::str::FromStr;

/// One of the documented apis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Api {
    /// RongCloud's user profiles.
    Rongcloud,
    /// Nexconn's user profiles.
    Nexconn,
    /// Tencent Chat's user attributes.
    Tencent,
}

impl Api {
    /// All of them, in the order in which lists show them.
    pub const ALL: [Self; 3] = [Self::Rongcloud, Self::Nexconn, Self::Tencent];

    /// The name in flags and in lists.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rongcloud => "rongcloud",
            Self::Nexconn => "nexconn",
            Self::Tencent => "tencent",
        }
    }
}

impl fmt::Display for Api {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Api {
    type Err = UnknownApi;

    fn from_str(text: &str) -> Result<Self, UnknownApi> {
        Self::ALL.into_iter().find(|api| api.name() == text).ok_or_else(|| UnknownApi(text.to_owned()))
    }
}

/// A name that no api has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownApi(String);

impl fmt::Display for UnknownApi {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "unknown api `{}`; there are rongcloud, nexconn and tencent", self.0)
    }
}

impl std::error::Error for UnknownApi {}
