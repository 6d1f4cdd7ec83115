//! The environment: the only place where it is read.

use std::ffi::OsString;

/// The variables that hold credentials.
pub const CREDENTIALS: [&str; 5] = [
    "PROOFHOUSE_APP_KEY",
    "PROOFHOUSE_APP_SECRET",
    "PROOFHOUSE_SDK_APP_ID",
    "PROOFHOUSE_SECRET_KEY",
    "PROOFHOUSE_ADMIN",
];

/// Every variable that is read, with what it says.
pub const VARIABLES: [(&str, &str); 7] = [
    ("PROOFHOUSE_APP_KEY", "the app key, for RongCloud and Nexconn"),
    ("PROOFHOUSE_APP_SECRET", "the app secret, for RongCloud and Nexconn"),
    ("PROOFHOUSE_SDK_APP_ID", "the SDKAppID, for Tencent Chat"),
    ("PROOFHOUSE_SECRET_KEY", "the key that signs UserSigs, for Tencent Chat"),
    ("PROOFHOUSE_ADMIN", "the administrator that calls Tencent Chat; admin by default"),
    ("NO_COLOR", "set to any text, it turns colours off"),
    ("GITHUB_STEP_SUMMARY", "the file to which the markdown format is appended too"),
];

/// Variables by name; in tests a list, in the program those of the process.
#[derive(Clone, Default)]
pub struct Environment(Vec<(String, OsString)>);

impl Environment {
    /// The variables of this process; those whose names are no UTF-8 are left out.
    #[must_use]
    pub fn of_process() -> Self {
        Self(std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value))).collect())
    }

    /// These variables and no others.
    #[must_use]
    pub fn of<'a>(variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self(variables.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect())
    }

    /// The value, when the variable is set to a text that is not empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(have, _)| have == name)?;
        value.to_str().filter(|value| !value.is_empty())
    }

    /// Whether the variable is set, to whatever: a secret that a job forgot to fill in is set and empty.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(have, _)| have == name)
    }

    /// The variables for credentials that are set.
    pub fn credentials_set(&self) -> impl Iterator<Item = &'static str> {
        CREDENTIALS.into_iter().filter(|name| self.has(name))
    }
}
