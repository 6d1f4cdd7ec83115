//! Every reading shows in some answer: the same requests, all about open points, under each of its values.

use std::time::Duration;

use axum::http::Method;

use super::reading::Reading;
use crate::api::auth::usersig::UserSig;
use crate::reference::bench::{Bench, NOW};
use crate::reference::service::{Address, Reason};
use crate::reference::{Api, Options, tencent};

fn keys_and_values(bench: &mut Bench) {
    for name in ["😀".repeat(40), "e\u{301}".repeat(40), "😀".repeat(20)] {
        bench.profile(&format!(r#"{{"name":"{name}"}}"#), "");
    }
    for key in ["a".repeat(29), String::new(), "a_b".to_owned(), "a1".to_owned()] {
        bench.profile("", &format!(r#"{{"ext_{key}":"v"}}"#));
    }
    bench.profile("", r#"{"EXT_a":"v"}"#);
    bench.profile("", r#"{"extProfile":"v"}"#);
    for basic in [
        r#"{"foo":"x"}"#,
        r#"{"level":"1"}"#,
        r#"{"level":1.0}"#,
        r#"{"name":null}"#,
        r#"{"name":1}"#,
        r#"{"uniqueId":"a-b"}"#,
        r#"{"email":"x"}"#,
        r#"{"birthday":"x"}"#,
        r#"{"portraitUri":"x"}"#,
        r#"{"name":"a","name":"b"}"#,
        r#"{"level":101,"gender":3}"#,
        "{}",
        "null",
        "",
    ] {
        bench.profile(basic, "");
    }
    bench.set_profile("again", r#"{"name":"a","email":"a@example.com"}"#, "");
    bench.set_profile("again", r#"{"name":null}"#, "");
    bench.set_profile("again", r#"{"email":""}"#, "");
    bench.read_profiles("again");
    for letters in ['a', 'b'] {
        let pairs: Vec<_> = (1..=15).map(|n| format!(r#""ext_{}":"v""#, letters.to_string().repeat(n))).collect();
        bench.set_profile("many", "", &format!("{{{}}}", pairs.join(",")));
    }
    for user in ["", &"u".repeat(33)] {
        bench.set_profile(user, r#"{"name":"a"}"#, "");
    }
}

fn profile_requests(bench: &mut Bench) {
    let path = bench.path();
    let bodies: &[&str] = match bench.api {
        Api::Rongcloud => {
            &[r#"userId=a&userId=b&userProfile={"name":"a"}"#, r#"userId=a&other=1&userProfile={"name":"a"}"#]
        }
        _ => &[
            r#"{"userId":"a","userProfile":"{\"name\":\"a\"}"}"#,
            r#"{"userId":"a","other":1,"userProfile":{"name":"a"}}"#,
            r#"{"userId":1,"userProfile":{"name":"a"}}"#,
        ],
    };
    for body in bodies {
        bench.post_signed(path, body);
    }
    bench.read_profiles("a");
    bench.read_profiles("b");
    let hour_ago = (NOW - Duration::from_secs(3600)).as_millis().to_string();
    for (nonce, timestamp) in [("2", hour_ago.as_str()), ("3", "1700000000"), ("1234567890123456789", "1700000000000")]
    {
        let headers = bench.signed_with(nonce, timestamp);
        bench.send(path, "", &headers.each_ref().map(|(name, value)| (*name, value.as_str())), bodies[0]);
    }
    let good = bench.signed();
    let upper = good[3].1.to_uppercase();
    let mut headers = good.each_ref().map(|(name, value)| (*name, value.as_str()));
    bench.send_by(&Method::GET, path, bodies[0], &headers, bodies[0]);
    headers[3].1 = &upper;
    bench.send(path, "", &headers, bodies[0]);
    bench.send(path, "", &headers[..3], bodies[0]);
}

fn attribute_requests(bench: &mut Bench) {
    bench.attribute(&format!(r#"{{"sex":"{}"}}"#, "x".repeat(51)));
    for attributes in [r#"{"sex":1}"#, "{}", r#"{"sex":"a","sex":"b"}"#, "1"] {
        bench.attribute(attributes);
    }
    let long = "u".repeat(33);
    for account in ["", &long] {
        let body = format!(r#"{{"UserAttrs":[{{"To_Account":"{account}","Attrs":{{"sex":"m"}}}}]}}"#);
        bench.attributes(&body, "[]");
    }
    for body in [
        r#"{"UserAttrs":[]}"#,
        r#"{"UserAttrs":1}"#,
        r#"{"UserAttrs":[{"To_Account":1,"Attrs":{"sex":"m"}}]}"#,
        r#"{"UserAttrs":{"To_Account":"a","Attrs":{"sex":"m"}}}"#,
        r#"{"Attrs":[{"To_Account":"a","Attrs":{"sex":"m"}}]}"#,
        r#"{"UserAttrs":[{"To_Account":"a","Attrs":{"sex":"m"}},{"To_Account":"a","Attrs":{"sex":"f"}}]}"#,
        r#"{"UserAttrs":[{"To_Account":"a","Attrs":{"city":""}}]}"#,
    ] {
        bench.attributes(body, r#"["a"]"#);
    }
}

fn attribute_callers(bench: &mut Bench) {
    let path = bench.path();
    let usersig = bench.usersig();
    let credentials = bench.options.credentials.clone();
    let minute = Duration::from_secs(60);
    let visitor =
        UserSig::issue("visitor", credentials.sdkappid, &credentials.sdk_key, NOW - minute * 2, minute).encode();
    let body = r#"{"UserAttrs":[{"To_Account":"a","Attrs":{"sex":"m"}}]}"#;
    for (query, body) in [
        (bench.query("visitor", &visitor, "1"), "{"),
        (bench.query("visitor", &visitor, "1"), body),
        (bench.query("admin", &usersig, "x"), body),
        (bench.query("admin", &usersig, ""), body),
        (bench.query("admin", &usersig, "1").replace("contenttype=json", ""), body),
        (bench.query("admin", "", "1"), body),
        (bench.query("", &usersig, "1"), body),
        (bench.query("admin", &usersig, "1").replace("sdkappid", "app"), body),
    ] {
        bench.send(path, &query, &[], body);
    }
    let query = bench.query("admin", &usersig, "1");
    bench.send_by(&Method::PUT, path, &query, &[], body);
    bench.send("/v4/all_member_push/im_set", &query, &[], body);
    let limited = bench.service.turned_away(Address::Tencent(tencent::Operation::SetAttr), Reason::Rate);
    bench.answers.push(limited.body);
}

fn answers(api: Api, readings: &str) -> Vec<String> {
    let readings = readings.parse().unwrap();
    let mut bench = Bench::new(api, Options { readings, ..Options::default() });
    match api {
        Api::Rongcloud | Api::Nexconn => {
            keys_and_values(&mut bench);
            profile_requests(&mut bench);
        }
        Api::Tencent => {
            attribute_requests(&mut bench);
            attribute_callers(&mut bench);
        }
    }
    bench.answers
}

#[test]
fn no_two_values_of_a_reading_are_answered_alike() {
    let mut twins = Vec::new();
    for reading in Reading::all() {
        let mut seen: Vec<(&str, Vec<String>)> = Vec::new();
        for choice in reading.choices() {
            let value = match choice.value {
                "BYTES" | "SECONDS" => "32",
                "KEY,KEY" | "NAME,NAME" => "ext_b,sex",
                named => named,
            };
            let answers = answers(reading.api(), &format!("{reading}={value}"));
            let twin = seen.iter().find(|(_, have)| *have == answers);
            twins.extend(twin.map(|(twin, _)| format!("{reading}: {value} like {twin}")));
            seen.push((value, answers));
        }
    }
    assert!(twins.is_empty(), "{twins:?}");
}
