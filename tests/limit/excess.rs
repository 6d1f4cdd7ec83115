//! What an excess gets is learned: codes of the target's own, statuses, resets. Each target has its own way to refuse, and
//! all are probed at the same time.

use std::process::Child;

use serde_json::Value;

use crate::process::{Reports, begin, err, out};
use crate::server::{Answer, LimitedServer, reply};

/// More than the documented 50/s, so that a busy machine does not make a sound limiter refuse below them.
const SOUND: &str = "token-bucket:rate=60,burst=30";

struct Probed {
    name: &'static str,
    server: LimitedServer,
    reports: Reports,
    child: Option<Child>,
}

fn probed(name: &'static str, excess: Answer) -> Probed {
    let (server, reports) = (LimitedServer::start(SOUND, excess), Reports::new(name));
    let child = begin(&server.url(), &reports, &["--documented", "50", "--format", "junit,text"]);
    Probed { name, server, reports, child: Some(child) }
}

/// Its record, after what holds for all of them.
fn ended(probed: &mut Probed) -> Value {
    let output = probed.child.take().unwrap().wait_with_output().unwrap();
    let record = probed.reports.record();
    assert_ne!(output.status.code(), Some(1), "{}: {}{}", probed.name, out(&output), err(&output));
    assert_eq!(record["exit_code"].as_i64(), output.status.code().map(i64::from));
    let sent: u64 =
        record["probes"].as_array().unwrap().iter().map(|one| one["counts"]["sent"].as_u64().unwrap()).sum();
    assert!(sent <= probed.server.requests(), "{}: {sent}", probed.name);
    record
}

#[test]
fn whatever_comes_above_the_limit_only_is_learned_as_a_refusal() {
    let mut described = probed("described", reply(200, "", "{\"code\":1008,\"errorMessage\":\"slow down\"}"));
    let mut own_code = probed("own-code", reply(200, "", "{\"code\":9999,\"errorMessage\":\"slow down\"}"));
    let mut too_many = probed("too-many", reply(429, "Retry-After: 1\r\n", ""));
    let mut busy = probed("busy", reply(503, "", "busy"));
    let mut reset = probed("reset", Answer::Reset);

    let most = |record: &Value| record["excess"][0].clone();
    let one = most(&ended(&mut described));
    assert_eq!((&one["described"], &one["status"]), (&true.into(), &200.into()), "{one}");

    let one = most(&ended(&mut own_code));
    assert_eq!((&one["described"], &one["status"]), (&false.into(), &200.into()), "{one}");
    assert!(one["outcome"].as_str().unwrap().contains("9999") && one["body"].as_str().unwrap().contains("slow down"));

    let one = most(&ended(&mut too_many));
    assert_eq!((&one["status"], &one["retry_after"]), (&429.into(), &"1".into()), "{one}");

    let one = most(&ended(&mut busy));
    assert_eq!((&one["described"], &one["status"]), (&false.into(), &503.into()), "{one}");

    let record = ended(&mut reset);
    let one = most(&record);
    assert_eq!((&one["described"], &one["status"]), (&false.into(), &Value::Null), "{one}");
    assert!(one["count"].as_u64().unwrap() > 100, "{one}");
    assert!(std::fs::read_to_string(reset.reports.0.join("junit.xml")).unwrap().contains("rc.rate.excess"));
}
