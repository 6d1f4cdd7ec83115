//! Every fault shows in some answer: the same requests go to a faithful server and to a broken one, without sockets.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use regex::Regex;

use super::fault::{Fault, Pace};
use crate::api::auth::{app_key::signature, usersig::UserSig};
use crate::clock::Clock;
use crate::reference::answer::Incoming;
use crate::reference::service::{Address, Service};
use crate::reference::{Api, Options};
use crate::secret::Secret;

const NOW: Duration = Duration::from_secs(1_700_000_000);
const TIMESTAMP: &str = "1700000000000";

/// A server without sockets, and what it has answered so far.
struct Bench {
    api: Api,
    options: Options,
    service: Service,
    answers: Vec<String>,
    versions: Regex,
    users: usize,
}

impl Bench {
    fn new(api: Api, fault: Option<Fault>) -> Self {
        let options = Options { fault, clock: Clock::Frozen(NOW), ..Options::default() };
        // Versions count writes, which no client can hold against a server.
        let versions = Regex::new(r#""version":\d+"#).unwrap();
        Self { api, service: Service::new(&options), options, answers: Vec::new(), versions, users: 0 }
    }

    fn send(&mut self, path: &str, query: &str, headers: &[(&'static str, &str)], body: &str) {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()))
            .collect();
        let incoming = Incoming { method: &Method::POST, query, headers: &headers, body: body.as_bytes() };
        let answer = self.service.answer(Address::of(path), &incoming);
        self.answers.push(format!("{} {}", answer.status, self.versions.replace_all(&answer.body, "")));
    }

    fn signed(&self) -> [(&'static str, String); 4] {
        let signature = signature(&self.options.credentials.app_secret, "1", TIMESTAMP);
        [
            ("app-key", self.options.credentials.app_key.clone()),
            ("nonce", "1".to_owned()),
            ("timestamp", TIMESTAMP.to_owned()),
            ("signature", signature),
        ]
    }

    fn post_signed(&mut self, path: &str, body: &str) {
        let headers = self.signed();
        self.send(path, "", &headers.each_ref().map(|(name, value)| (*name, value.as_str())), body);
    }

    fn set_profile(&mut self, user: &str, basic: &str, extended: &str) {
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

    fn read_profiles(&mut self, user: &str) {
        match self.api {
            Api::Rongcloud => self.post_signed("/user/profile/batch/query.json", &format!("userId={user},{user}-2")),
            _ => {
                let body = format!(r#"{{"userIds":["{user}","{user}-2"]}}"#);
                self.post_signed("/v4/user/profile/batch/get", &body);
            }
        }
    }

    /// Sets a new user's profile and reads it back.
    fn profile(&mut self, basic: &str, extended: &str) {
        self.users += 1;
        let user = format!("u{}", self.users);
        self.set_profile(&user, basic, extended);
        self.read_profiles(&user);
    }

    fn tencent_query(&mut self, query: &str, command: &str, body: &str) {
        self.send(&format!("/v4/all_member_push/{command}"), query, &[], body);
    }

    fn query(&self, identifier: &str, usersig: &str, random: &str) -> String {
        let sdkappid = self.options.credentials.sdkappid;
        format!("sdkappid={sdkappid}&identifier={identifier}&usersig={usersig}&random={random}&contenttype=json")
    }

    fn usersig(&self) -> String {
        let credentials = &self.options.credentials;
        UserSig::issue("admin", credentials.sdkappid, &credentials.sdk_key, NOW, Duration::from_secs(60)).encode()
    }

    fn attributes(&mut self, body: &str, read: &str) {
        let query = self.query("admin", &self.usersig(), "1");
        self.tencent_query(&query, "im_set_attr", body);
        self.tencent_query(&query, "im_get_attr", &format!(r#"{{"To_Account":{read}}}"#));
    }

    /// Sets one user's attributes and reads them back.
    fn attribute(&mut self, attributes: &str) {
        self.users += 1;
        let user = format!("u{}", self.users);
        let body = format!(r#"{{"UserAttrs":[{{"To_Account":"{user}","Attrs":{attributes}}}]}}"#);
        self.attributes(&body, &format!(r#"["{user}","{user}-2"]"#));
    }
}

fn profile_answers(api: Api, fault: Option<Fault>) -> Vec<String> {
    let mut bench = Bench::new(api, fault);
    values(&mut bench);
    extended_keys(&mut bench);
    requests(&mut bench);
    callers(&mut bench);
    bench.answers
}

fn values(bench: &mut Bench) {
    let limits =
        [("uniqueId", 32), ("name", 64), ("portraitUri", 1024), ("email", 128), ("birthday", 32), ("location", 32)];
    for (key, max) in limits {
        for text in ["x".repeat(max), "x".repeat(max + 1), "成".repeat(max), "x".repeat(max * 8)] {
            bench.profile(&format!(r#"{{"gender":1,"{key}":"{text}"}}"#), "");
        }
    }
    for (key, max) in [("gender", 2), ("role", 100), ("level", 100)] {
        for value in [-1, 0, max, max + 1, 1_i64 << 40] {
            bench.profile(&format!(r#"{{"{key}":{value}}}"#), "");
        }
        for value in [r#""x""#, "true", "[]", "{}", "1.5"] {
            bench.profile(&format!(r#"{{"{key}":{value}}}"#), "");
        }
    }
    for text in ["x".repeat(256), "x".repeat(257), "成".repeat(256), "x".repeat(999)] {
        bench.profile("", &format!(r#"{{"ext_a":"{text}"}}"#));
    }
    for value in ["1", "1.5", "true", "null", "[]", "{}"] {
        bench.profile("", &format!(r#"{{"ext_a":{value}}}"#));
    }
}

fn extended_keys(bench: &mut Bench) {
    for rest in ["B".repeat(28), "b".repeat(33), "b".repeat(99)] {
        bench.profile("", &format!(r#"{{"ext_{rest}":"v"}}"#));
    }
    for key in ["ext_a-b", "ext_a.b", "ext_a b", "ext_é", "ext_a/b", "ext_ABC", "ext_abc", "ext_a1", "abc"] {
        bench.profile("", &format!(r#"{{"{key}":"v"}}"#));
    }
    for pairs in [20_u8, 21, 40] {
        let letter = |index: u8| char::from(b'A' + index);
        let pairs: Vec<_> = (0..pairs)
            .map(|index| format!(r#""ext_{}":"v""#, letter(index % 26).to_string().repeat(1 + usize::from(index / 26))))
            .collect();
        bench.profile("", &format!("{{{}}}", pairs.join(",")));
    }
    bench.profile("", r#"{"ext_a":"1","ext_A":"2"}"#);
}

fn requests(bench: &mut Bench) {
    bench.profile(r#"{"name":"Nick"}"#, r#"{"ext_a":"v"}"#);
    bench.profile(r#"{"name":"Nick"}"#, "");
    bench.profile("", r#"{"ext_a":"v"}"#);
    bench.profile("", "");
    bench.profile("{", "");
    bench.profile("[1]", "");
    bench.profile(&format!(r#"{{"name":" Ab成 {} "}}"#, "x".repeat(40)), "");
    bench.set_profile("again", r#"{"name":"one"}"#, "");
    bench.set_profile("again", r#"{"name":"two"}"#, "");
    bench.set_profile("again", r#"{"location":"x","level":101}"#, "");
    bench.read_profiles("again");
    let path = if bench.api == Api::Rongcloud { "/user/profile/set.json" } else { "/v4/user/profile/set" };
    let body =
        if bench.api == Api::Rongcloud { r#"userProfile={"name":"x"}"# } else { r#"{"userProfile":{"name":"x"}}"# };
    bench.post_signed(path, body);
}

fn callers(bench: &mut Bench) {
    let path = if bench.api == Api::Rongcloud { "/user/profile/set.json" } else { "/v4/user/profile/set" };
    let good = bench.signed();
    for left_out in 0..good.len() {
        let mut headers: Vec<_> = good.iter().map(|(name, value)| (*name, value.as_str())).collect();
        headers.remove(left_out);
        bench.send(path, "", &headers, "");
    }
    let last_altered = {
        let digits = &good[3].1;
        let last = if digits.ends_with('0') { '1' } else { '0' };
        format!("{}{last}", &digits[..39])
    };
    for (place, value) in [(0, "other"), (3, "other"), (3, &"0".repeat(40)), (3, &last_altered)] {
        let mut headers = good.each_ref().map(|(name, value)| (*name, value.as_str()));
        headers[place].1 = value;
        bench.send(path, "", &headers, "");
    }
}

fn tencent_answers(fault: Option<Fault>) -> Vec<String> {
    let mut bench = Bench::new(Api::Tencent, fault);
    attributes(&mut bench);
    batches(&mut bench);
    identities(&mut bench);
    bench.answers
}

fn attributes(bench: &mut Bench) {
    for text in ["x".repeat(50), "x".repeat(51), "成".repeat(16), "成".repeat(17), "😀".repeat(20), "x".repeat(999)]
    {
        bench.attribute(&format!(r#"{{"sex":"m","city":"{text}"}}"#));
    }
    bench.attribute(r#"{"height":"x"}"#);
    bench.attribute("[]");
    bench.attribute(r#"{"city":" Ab成 "}"#);
    for value in ["one", "two"] {
        let body = format!(r#"{{"UserAttrs":[{{"To_Account":"again","Attrs":{{"sex":"{value}"}}}}]}}"#);
        bench.attributes(&body, r#"["again"]"#);
    }
    for body in ["{", "", "{}", r#"{"UserAttrs":1}"#, r#"{"UserAttrs":[{"Attrs":{"sex":"m"}}]}"#] {
        bench.attributes(body, "[]");
    }
}

fn batches(bench: &mut Bench) {
    for users in [100, 101, 300] {
        let entry = |index| format!(r#"{{"To_Account":"b{users}-{index}","Attrs":{{"sex":"m","city":"x"}}}}"#);
        let entries: Vec<_> = (0..users).map(entry).collect();
        let read = format!(r#"["b{users}-0","b{users}-99"]"#);
        bench.attributes(&format!(r#"{{"UserAttrs":[{}]}}"#, entries.join(",")), &read);
    }
    let long = "x".repeat(51);
    for (user, first, last) in [("p", "m", long.as_str()), ("q", &long, "m")] {
        let body = format!(
            r#"{{"UserAttrs":[{{"To_Account":"{user}1","Attrs":{{"sex":"{first}"}}}},{{"To_Account":"{user}2","Attrs":{{"sex":"{last}"}}}}]}}"#
        );
        bench.attributes(&body, &format!(r#"["{user}1","{user}2"]"#));
    }
}

fn identities(bench: &mut Bench) {
    let credentials = bench.options.credentials.clone();
    let (app, key, minute) = (credentials.sdkappid, &credentials.sdk_key, Duration::from_secs(60));
    let body = r#"{"UserAttrs":[{"To_Account":"i","Attrs":{"sex":"m"}}]}"#;
    let cases = [
        ("admin", String::new()),
        ("admin", "garbage".to_owned()),
        ("admin", UserSig::issue("admin", app, key, NOW - minute * 9, minute).encode()),
        ("admin", UserSig::issue("other", app, key, NOW, minute).encode()),
        ("admin", UserSig::issue("admin", app + 1, key, NOW, minute).encode()),
        ("admin", UserSig::issue("admin", app, &Secret::new("other"), NOW, minute).encode()),
        ("visitor", UserSig::issue("visitor", app, key, NOW, minute).encode()),
    ];
    for (identifier, usersig) in cases {
        let query = bench.query(identifier, &usersig, "1");
        bench.tencent_query(&query, "im_set_attr", body);
    }
    for random in ["0", "4294967295"] {
        let query = bench.query("admin", &bench.usersig(), random);
        bench.tencent_query(&query, "im_set_attr", body);
    }
}

fn assert_all_noticed(api: Api, answers: impl Fn(Option<Fault>) -> Vec<String>) {
    let faithful = answers(None);
    assert!(answers(None) == faithful, "{api}: the same requests are not always answered alike");
    let faults = Fault::all().filter(|fault| fault.api() == api && fault.pace() == Pace::Any);
    let unseen: Vec<_> = faults.filter(|fault| answers(Some(*fault)) == faithful).collect();
    assert!(unseen.is_empty(), "{unseen:?}");
}

#[test]
fn every_rongcloud_fault_that_no_pace_hides_changes_some_answer() {
    assert_all_noticed(Api::Rongcloud, |fault| profile_answers(Api::Rongcloud, fault));
}

#[test]
fn every_nexconn_fault_that_no_pace_hides_changes_some_answer() {
    assert_all_noticed(Api::Nexconn, |fault| profile_answers(Api::Nexconn, fault));
}

#[test]
fn every_tencent_fault_that_no_pace_hides_changes_some_answer() {
    assert_all_noticed(Api::Tencent, tencent_answers);
}
