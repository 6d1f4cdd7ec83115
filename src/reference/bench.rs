//! A server without sockets for tests of faults and readings: requests in, all their answers out.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use regex::Regex;

use super::answer::Incoming;
use super::service::{Address, Service};
use super::{Api, Options};
use crate::api::auth::{app_key::signature, usersig::UserSig};
use crate::clock::Clock;

/// The time at which every request comes.
pub(crate) const NOW: Duration = Duration::from_secs(1_700_000_000);
const TIMESTAMP: &str = "1700000000000";

/// A server without sockets, and what it has answered so far.
pub(crate) struct Bench {
    pub(crate) api: Api,
    pub(crate) options: Options,
    pub(crate) service: Service,
    pub(crate) answers: Vec<String>,
    versions: Regex,
    users: usize,
}

impl Bench {
    pub(crate) fn new(api: Api, options: Options) -> Self {
        let options = Options { clock: Clock::Frozen(NOW), ..options };
        // Versions count writes, which no client can hold against a server.
        let versions = Regex::new(r#""version":\d+"#).unwrap();
        Self { api, service: Service::new(&options), options, answers: Vec::new(), versions, users: 0 }
    }

    pub(crate) fn send(&mut self, path: &str, query: &str, headers: &[(&'static str, &str)], body: &str) {
        self.send_by(&Method::POST, path, query, headers, body);
    }

    pub(crate) fn send_by(
        &mut self,
        method: &Method,
        path: &str,
        query: &str,
        headers: &[(&'static str, &str)],
        body: &str,
    ) {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()))
            .collect();
        let incoming = Incoming { method, query, headers: &headers, body: body.as_bytes() };
        let answer = self.service.answer(Address::of(path), &incoming);
        let body = self.versions.replace_all(&answer.body, "");
        self.answers.push(format!("{} {} {body}", answer.status, answer.content_type));
    }

    pub(crate) fn signed(&self) -> [(&'static str, String); 4] {
        self.signed_with("1", TIMESTAMP)
    }

    pub(crate) fn signed_with(&self, nonce: &str, timestamp: &str) -> [(&'static str, String); 4] {
        let signature = signature(&self.options.credentials.app_secret, nonce, timestamp);
        [
            ("app-key", self.options.credentials.app_key.clone()),
            ("nonce", nonce.to_owned()),
            ("timestamp", timestamp.to_owned()),
            ("signature", signature),
        ]
    }

    pub(crate) fn post_signed(&mut self, path: &str, body: &str) {
        let headers = self.signed();
        self.send(path, "", &headers.each_ref().map(|(name, value)| (*name, value.as_str())), body);
    }

    /// The path of the subject.
    pub(crate) fn path(&self) -> &'static str {
        match self.api {
            Api::Rongcloud => "/user/profile/set.json",
            Api::Nexconn => "/v4/user/profile/set",
            Api::Tencent => "/v4/all_member_push/im_set_attr",
        }
    }

    pub(crate) fn set_profile(&mut self, user: &str, basic: &str, extended: &str) {
        match self.api {
            Api::Rongcloud => {
                let encode = |text: &str| {
                    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
                };
                let body = format!("userId={user}&userProfile={}&userExtProfile={}", encode(basic), encode(extended));
                self.post_signed("/user/profile/set.json", &body);
            }
            _ => {
                let member = |name: &str, json: &str| {
                    if json.is_empty() { String::new() } else { format!(r#","{name}":{json}"#) }
                };
                let profiles = member("userProfile", basic) + &member("userExtProfile", extended);
                self.post_signed("/v4/user/profile/set", &format!(r#"{{"userId":"{user}"{profiles}}}"#));
            }
        }
    }

    pub(crate) fn read_profiles(&mut self, user: &str) {
        match self.api {
            Api::Rongcloud => self.post_signed("/user/profile/batch/query.json", &format!("userId={user},{user}-2")),
            _ => {
                let body = format!(r#"{{"userIds":["{user}","{user}-2"]}}"#);
                self.post_signed("/v4/user/profile/batch/get", &body);
            }
        }
    }

    /// Sets a new user's profile and reads it back.
    pub(crate) fn profile(&mut self, basic: &str, extended: &str) {
        self.users += 1;
        let user = format!("u{}", self.users);
        self.set_profile(&user, basic, extended);
        self.read_profiles(&user);
    }

    pub(crate) fn tencent_query(&mut self, query: &str, command: &str, body: &str) {
        self.send(&format!("/v4/all_member_push/{command}"), query, &[], body);
    }

    pub(crate) fn query(&self, identifier: &str, usersig: &str, random: &str) -> String {
        let sdkappid = self.options.credentials.sdkappid;
        format!("sdkappid={sdkappid}&identifier={identifier}&usersig={usersig}&random={random}&contenttype=json")
    }

    pub(crate) fn usersig(&self) -> String {
        let credentials = &self.options.credentials;
        UserSig::issue("admin", credentials.sdkappid, &credentials.sdk_key, NOW, Duration::from_secs(60)).encode()
    }

    pub(crate) fn attributes(&mut self, body: &str, read: &str) {
        let query = self.query("admin", &self.usersig(), "1");
        self.tencent_query(&query, "im_set_attr", body);
        self.tencent_query(&query, "im_get_attr", &format!(r#"{{"To_Account":{read}}}"#));
    }

    /// Sets one user's attributes and reads them back.
    pub(crate) fn attribute(&mut self, attributes: &str) {
        self.users += 1;
        let user = format!("u{}", self.users);
        let body = format!(r#"{{"UserAttrs":[{{"To_Account":"{user}","Attrs":{attributes}}}]}}"#);
        self.attributes(&body, &format!(r#"["{user}","{user}-2"]"#));
    }
}
