//! Every fault shows in some answer: the same requests go to a faithful server and to a broken one.

use std::time::Duration;

use super::fault::{Fault, Pace};
use crate::api::auth::usersig::UserSig;
use crate::reference::bench::{Bench, NOW};
use crate::reference::{Api, Options};
use crate::secret::Secret;

fn profile_answers(api: Api, fault: Option<Fault>) -> Vec<String> {
    let mut bench = Bench::new(api, Options { fault, ..Options::default() });
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
    let path = bench.path();
    let body =
        if bench.api == Api::Rongcloud { r#"userProfile={"name":"x"}"# } else { r#"{"userProfile":{"name":"x"}}"# };
    bench.post_signed(path, body);
    bench.post_signed(path, "userId=plus&userProfile={\"name\":+\"a+b\"}");
}

fn callers(bench: &mut Bench) {
    let path = bench.path();
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
    let mut bench = Bench::new(Api::Tencent, Options { fault, ..Options::default() });
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
