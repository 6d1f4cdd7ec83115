//! Completes examples of deviations before they are written: what they differ in, and nothing that authorises calls.

use std::sync::{Arc, PoisonError};

use super::cases::Issued;
use super::judge::broken;
use crate::api::Api;
use crate::api::auth::{Credentials, app_key};
use crate::exchange::Reply;
use crate::expectation::{Claim, Mismatch, judge};
use crate::load::LONGEST_BODY;
use crate::record::load::{Example, Found};
use crate::record::{MismatchRecord, REDACTED};
use crate::secret::Redactor;
use crate::settings::targets::ApiTarget;

/// What examples are completed with.
pub(in crate::command) struct Evidence {
    api: Arc<Api>,
    claims: Arc<Vec<Vec<Claim>>>,
    credentials: Credentials,
    issued: Issued,
    /// Names of headers whose values are the target's own business.
    private: Vec<String>,
}

impl Evidence {
    pub(in crate::command) fn new(target: &ApiTarget, claims: Arc<Vec<Vec<Claim>>>, issued: Issued) -> Self {
        Self {
            api: Arc::clone(&target.api),
            claims,
            credentials: target.credentials.clone(),
            issued,
            private: target.headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect(),
        }
    }

    /// Completes every example of a second.
    pub(in crate::command) fn complete(&self, found: &mut [Found]) {
        for found in found {
            for example in &mut found.examples {
                self.examine(found.case, example);
            }
        }
    }

    /// Completes an example of a case.
    pub(in crate::command) fn examine(&self, case: usize, example: &mut Example) {
        // A cut body would be judged as a broken one.
        if example.body.len() < LONGEST_BODY {
            let reply = Reply {
                status: example.status,
                headers: example.headers.clone(),
                body: example.body.clone().into_bytes(),
            };
            let mismatches = broken(&judge(&self.api, &self.claims[case], Ok(&reply)));
            example.mismatches = mismatches.into_iter().map(recorded).collect();
        }
        example.request = self.without_private(&example.request);
        let redactor = self.redactor(&example.request);
        let redact = |text: &mut String| *text = redactor.redact(text);
        redact(&mut example.request);
        example.body = if example.body.len() < LONGEST_BODY {
            redactor.redact(&example.body)
        } else {
            redactor.redact_beginning(&example.body)
        };
        for (name, value) in &mut example.headers {
            redact(name);
            redact(value);
        }
        for mismatch in &mut example.mismatches {
            redact(&mut mismatch.at);
            redact(&mut mismatch.expected);
            redact(&mut mismatch.actual);
        }
    }

    /// Everything that authorises calls in one exchange: the secret, and what was made of it.
    fn redactor(&self, request: &str) -> Redactor {
        let mut secrets = self.issued.lock().unwrap_or_else(PoisonError::into_inner).clone();
        secrets.push(self.credentials.secret().expose().to_owned());
        if let Credentials::AppKey { secret, .. } = &self.credentials
            && let (Some(nonce), Some(timestamp)) = (header(request, "Nonce"), header(request, "Timestamp"))
        {
            secrets.push(app_key::signature(secret, nonce, timestamp));
        }
        Redactor::new(secrets.iter().map(String::as_str))
    }

    fn without_private(&self, request: &str) -> String {
        let (head, body) = request.split_once("\r\n\r\n").unwrap_or((request, ""));
        let line = |line: &str| match line.split_once(": ") {
            Some((name, _)) if self.private.contains(&name.to_ascii_lowercase()) => format!("{name}: {REDACTED}"),
            _ => line.to_owned(),
        };
        let head: Vec<String> = head.split("\r\n").map(line).collect();
        format!("{}\r\n\r\n{body}", head.join("\r\n"))
    }
}

fn header<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    let (head, _) = request.split_once("\r\n\r\n")?;
    head.split("\r\n").find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

fn recorded(mismatch: Mismatch) -> MismatchRecord {
    let Mismatch { kind, at, expected, actual } = mismatch;
    MismatchRecord { kind, at, expected, actual }
}
