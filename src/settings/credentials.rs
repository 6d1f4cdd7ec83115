//! Credentials for one api, from the target file or else from the environment.

use std::fmt;

use super::environment::Environment;
use super::target_file::ApiEntry;
use crate::api::auth::{Credentials, SchemeName};
use crate::secret::Secret;

/// What is missing, and for which api.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CredentialError {
    /// Variables that are not set.
    Missing {
        /// The api.
        api: String,
        /// The variables.
        variables: Vec<String>,
    },
    /// The application's number is no number.
    NoNumber {
        /// The variable or field.
        name: String,
    },
}

/// Reads the credentials that a scheme needs.
///
/// # Errors
/// Everything that is missing, at once.
pub fn read(
    api: &str,
    scheme: SchemeName,
    entry: Option<&ApiEntry>,
    environment: &Environment,
) -> Result<Credentials, CredentialError> {
    let mut missing = Vec::new();
    let mut field = |of: fn(&ApiEntry) -> Option<&String>, variable: &str| {
        let found = resolve(entry.and_then(of), variable, environment);
        found.unwrap_or_else(|name| {
            missing.push(name);
            String::new()
        })
    };
    let credentials = match scheme {
        SchemeName::AppKeySha1 => {
            let app_key = field(|entry| entry.app_key.as_ref(), "PROOFHOUSE_APP_KEY");
            let secret = Secret::new(field(|entry| entry.app_secret.as_ref(), "PROOFHOUSE_APP_SECRET"));
            Credentials::AppKey { app_key, secret }
        }
        SchemeName::Usersig => {
            let number = field(|entry| entry.sdk_app_id.as_ref(), "PROOFHOUSE_SDK_APP_ID");
            let key = Secret::new(field(|entry| entry.secret_key.as_ref(), "PROOFHOUSE_SECRET_KEY"));
            let admin = resolve(entry.and_then(|entry| entry.admin.as_ref()), "PROOFHOUSE_ADMIN", environment);
            let admin = admin.unwrap_or_else(|_| "admin".into());
            if !missing.is_empty() {
                return Err(CredentialError::Missing { api: api.to_owned(), variables: missing });
            }
            let number = number.trim().parse();
            let name = || CredentialError::NoNumber { name: "PROOFHOUSE_SDK_APP_ID".into() };
            Credentials::UserSig { sdk_app_id: number.map_err(|_| name())?, key, admin }
        }
        SchemeName::Header => {
            let token = Secret::new(field(|entry| entry.token.as_ref(), "PROOFHOUSE_APP_SECRET"));
            Credentials::Header { token }
        }
    };
    if missing.is_empty() {
        Ok(credentials)
    } else {
        Err(CredentialError::Missing { api: api.to_owned(), variables: missing })
    }
}

/// The headers that every request to the target carries, with `${VARIABLE}` looked up.
///
/// # Errors
/// Everything that is missing, at once.
pub fn headers(
    api: &str,
    entry: Option<&ApiEntry>,
    environment: &Environment,
) -> Result<Vec<(String, String)>, CredentialError> {
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for (name, value) in entry.iter().flat_map(|entry| &entry.headers) {
        match resolve(Some(value), "", environment) {
            Ok(value) => found.push((name.clone(), value)),
            Err(variable) => missing.push(variable),
        }
    }
    if missing.is_empty() {
        Ok(found)
    } else {
        Err(CredentialError::Missing { api: api.to_owned(), variables: missing })
    }
}

/// The text of a field, with `${VARIABLE}` looked up; or the variable that stands in for an absent field.
///
/// # Errors
/// The name of the variable that is not set.
pub(super) fn resolve(given: Option<&String>, variable: &str, environment: &Environment) -> Result<String, String> {
    let named = match given {
        None => variable,
        Some(text) => match text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) {
            None => return Ok(text.clone()),
            Some(name) => name,
        },
    };
    environment.get(named).map(ToOwned::to_owned).ok_or_else(|| named.to_owned())
}

impl fmt::Display for CredentialError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { api, variables } => {
                let is = if variables.len() == 1 { "is" } else { "are" };
                write!(formatter, "credentials for `{api}`: {} {is} not set, or empty", variables.join(", "))
            }
            Self::NoNumber { name } => write!(formatter, "{name} is not a whole number"),
        }
    }
}

impl std::error::Error for CredentialError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_missing_variable_is_named_at_once() {
        let error = read("rongcloud", SchemeName::AppKeySha1, None, &Environment::default()).err().unwrap();
        assert_eq!(
            error.to_string(),
            "credentials for `rongcloud`: PROOFHOUSE_APP_KEY, PROOFHOUSE_APP_SECRET are not set, or empty"
        );
    }

    #[test]
    fn the_admin_has_a_default_and_the_number_must_be_one() {
        let set = |number| Environment::of([("PROOFHOUSE_SDK_APP_ID", number), ("PROOFHOUSE_SECRET_KEY", "k")]);
        let credentials = read("tencent", SchemeName::Usersig, None, &set("1400000000"));
        assert!(matches!(credentials, Ok(Credentials::UserSig { admin, .. }) if admin == "admin"));
        let error = read("tencent", SchemeName::Usersig, None, &set("x")).err().unwrap();
        assert_eq!(error.to_string(), "PROOFHOUSE_SDK_APP_ID is not a whole number");
    }
}
