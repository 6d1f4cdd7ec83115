//! Which target is meant, and for which apis: from arguments, environment and target file.

use std::fmt;
use std::sync::Arc;

use indexmap::IndexMap;
use reqwest::Url;

use super::args::TargetArgs;
use super::credentials::{self, CredentialError};
use super::environment::Environment;
use super::target_file::{ApiEntry, TargetFile, TargetFileError};
use crate::api::Api;
use crate::api::auth::Credentials;
use crate::check::Trust;
use crate::target::Declared;

/// One api of the target.
pub struct ApiTarget {
    /// The api.
    pub api: Arc<Api>,
    /// Its base URL, without a slash at its end.
    pub base: Url,
    /// How to be let in.
    pub credentials: Credentials,
    /// Whose certificates are trusted.
    pub trust: Trust,
    /// Headers that every request carries.
    pub headers: Vec<(String, String)>,
    /// Whether its target file says that load may be sent to it.
    pub allow_load: bool,
    /// What the target says of itself.
    pub declared: Declared,
}

/// What is to be checked.
pub enum Targets {
    /// The built-in reference, on these apis.
    BuiltIn(Vec<Arc<Api>>),
    /// An implementation.
    Given(Vec<ApiTarget>),
}

/// Why it cannot be said what is to be checked.
#[derive(Debug)]
pub enum TargetError {
    /// A mistake in the arguments, and what would be right.
    Usage(String),
    /// Credentials that are missing or malformed.
    Credentials(Vec<CredentialError>),
    /// The target file cannot be used.
    File(TargetFileError),
}

/// Decides what is to be checked. `apis` are all known ones, `tested` those that the suite has cases for.
///
/// # Errors
/// Everything that would make a run check something other than was meant.
pub fn targets(
    args: &TargetArgs,
    environment: &Environment,
    apis: &IndexMap<String, Arc<Api>>,
    tested: &[Arc<Api>],
) -> Result<Targets, TargetError> {
    for name in &args.api {
        if !apis.contains_key(name) {
            let known: Vec<&str> = apis.keys().map(String::as_str).collect();
            return Err(TargetError::Usage(format!("unknown api `{name}`: known are {}", known.join(", "))));
        }
    }
    let file = args.target_file.as_deref().map(TargetFile::read).transpose().map_err(TargetError::File)?;
    match (&args.target, file) {
        (None, None) => built_in(args, environment, apis, tested),
        (target, file) => given(args, target.as_deref(), file.as_ref(), environment, apis),
    }
}

fn built_in(
    args: &TargetArgs,
    environment: &Environment,
    apis: &IndexMap<String, Arc<Api>>,
    tested: &[Arc<Api>],
) -> Result<Targets, TargetError> {
    let set: Vec<&str> = environment.credentials_set().collect();
    if !set.is_empty() {
        return Err(TargetError::Usage(format!(
            "without `--target` the built-in reference is checked, but {} set: give `--target URL`, or unset {}",
            listed(&set, "is", "are"),
            if set.len() == 1 { "it" } else { "them" }
        )));
    }
    if args.ca_file.is_some() || args.insecure {
        return Err(TargetError::Usage("`--ca-file` and `--insecure` go with `--target`".into()));
    }
    let chosen: Vec<Arc<Api>> = if args.api.is_empty() {
        tested.to_vec()
    } else {
        args.api.iter().map(|name| Arc::clone(&apis[name])).collect()
    };
    let known: Vec<&str> = crate::reference::Api::ALL.into_iter().map(crate::reference::Api::name).collect();
    if let Some(other) = chosen.iter().find(|api| !known.contains(&api.name.as_str())) {
        let message = format!("the built-in reference does not speak `{}`: give `--target URL`", other.name);
        return Err(TargetError::Usage(message));
    }
    Ok(Targets::BuiltIn(chosen))
}

fn given(
    args: &TargetArgs,
    target: Option<&str>,
    file: Option<&TargetFile>,
    environment: &Environment,
    apis: &IndexMap<String, Arc<Api>>,
) -> Result<Targets, TargetError> {
    let names: Vec<String> = match (args.api.as_slice(), file) {
        ([], None) => {
            let known: Vec<&str> = apis.keys().map(String::as_str).collect();
            return Err(TargetError::Usage(format!("`--target` needs `--api`: one of {}", known.join(", "))));
        }
        ([], Some(file)) => file.apis.keys().cloned().collect(),
        (names, _) => names.to_vec(),
    };
    let (mut targets, mut missing) = (Vec::new(), Vec::new());
    for name in &names {
        // Names in arguments are known already.
        let api = apis.get(name).ok_or_else(|| {
            let known: Vec<&str> = apis.keys().map(String::as_str).collect();
            in_file(file, &["apis", name], format!("unknown api `{name}`: known are {}", known.join(", ")))
        })?;
        let entry = file.and_then(|file| file.apis.get(name));
        if let Some(file) = file {
            file.check(api).map_err(|mistakes| TargetError::File(mistakes.into()))?;
        }
        let base = match (target, entry.and_then(|entry| entry.url.as_ref())) {
            (Some(url), _) => base_url(url).map_err(TargetError::Usage)?,
            (None, Some(url)) => {
                let url = credentials::resolve(Some(url), "", environment)
                    .map_err(|variable| format!("{variable} is not set, or empty"));
                url.and_then(|url| base_url(&url)).map_err(|message| in_file(file, &["apis", name, "url"], message))?
            }
            (None, None) => {
                return Err(TargetError::Usage(format!(
                    "no URL for `{name}`: give `--target`, or `url` in the target file"
                )));
            }
        };
        let headers = credentials::headers(name, entry, environment);
        match (credentials::read(name, api.auth.scheme, entry, environment), headers) {
            (Ok(credentials), Ok(headers)) => targets.push(target_of(api, base, credentials, headers, entry, args)),
            (credentials, headers) => missing.extend([credentials.err(), headers.err()].into_iter().flatten()),
        }
    }
    if missing.is_empty() { Ok(Targets::Given(targets)) } else { Err(TargetError::Credentials(missing)) }
}

/// A mistake at its place in the target file.
fn in_file(file: Option<&TargetFile>, path: &[&str], message: String) -> TargetError {
    match file {
        Some(file) => TargetError::File(file.mistake(path, message).into()),
        None => TargetError::Usage(message),
    }
}

fn target_of(
    api: &Arc<Api>,
    base: Url,
    credentials: Credentials,
    headers: Vec<(String, String)>,
    entry: Option<&ApiEntry>,
    args: &TargetArgs,
) -> ApiTarget {
    let ca_file = args.ca_file.clone().or_else(|| entry?.ca_file.clone());
    let insecure = args.insecure || entry.is_some_and(|entry| entry.insecure && args.ca_file.is_none());
    let declared = entry.map(|entry| Declared::from(&entry.declares)).unwrap_or_default();
    let (trust, allow_load) = (Trust { ca_file, insecure }, entry.is_some_and(|entry| entry.allow_load));
    ApiTarget { api: Arc::clone(api), base, credentials, trust, headers, allow_load, declared }
}

/// Reads a base URL.
///
/// # Errors
/// What is wrong with it, and what would be right.
pub fn base_url(text: &str) -> Result<Url, String> {
    const RIGHT: &str = "write http://HOST:PORT or https://HOST/prefix";
    if text.trim().is_empty() {
        return Err(format!("the target is empty: {RIGHT}"));
    }
    let url = Url::parse(text).map_err(|error| format!("the target {text:?} is no URL ({error}): {RIGHT}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("the target {text:?} is neither http nor https: {RIGHT}"));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(format!("the target {text:?} names no host: {RIGHT}"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(format!("the target holds a user name or password, which no api here uses: {RIGHT}"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(format!("the target {text:?} holds a query or a fragment: {RIGHT}"));
    }
    Ok(url)
}

fn listed(names: &[&str], one: &str, several: &str) -> String {
    format!("{} {}", names.join(", "), if names.len() == 1 { one } else { several })
}

impl fmt::Display for TargetError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(message) => formatter.write_str(message),
            Self::Credentials(errors) => {
                let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
                formatter.write_str(&texts.join("\n"))
            }
            Self::File(TargetFileError::Unreadable { path, reason }) => {
                write!(formatter, "cannot read the target file {}: {reason}", path.display())
            }
            Self::File(TargetFileError::Mistakes(mistakes)) => {
                let texts: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
                formatter.write_str(&texts.join("\n"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_keeps_its_prefix_and_nothing_else() {
        assert_eq!(base_url("http://127.0.0.1:1/im/").unwrap().path(), "/im/");
        for wrong in ["", " ", "127.0.0.1:80", "ftp://x", "http://", "http://u:p@x", "http://x?a=1", "http://x#a"] {
            assert!(base_url(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_forgotten_variable_does_not_make_a_self_check() {
        let args = TargetArgs::default();
        let set = Environment::of([("PROOFHOUSE_APP_KEY", "")]);
        let error = targets(&args, &set, &IndexMap::new(), &[]).err().unwrap();
        assert!(error.to_string().contains("PROOFHOUSE_APP_KEY is set"), "{error}");
    }

    #[test]
    fn an_empty_target_is_refused() {
        let args = TargetArgs { target: Some(String::new()), api: vec![], ..TargetArgs::default() };
        assert!(targets(&args, &Environment::default(), &IndexMap::new(), &[]).is_err());
    }
}
