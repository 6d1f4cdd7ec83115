//! The list of known failures: what it excuses, when it is itself at fault, and how it is written for the first time.

use std::fs;
use std::path::Path;

use jiff::ToSpan as _;
use proofhouse::reference::{Fault, Options, Running};

use super::cli::{Ended, Run, reference};

async fn faulty(name: &str) -> Running {
    let fault: Fault = name.parse().unwrap();
    reference(Options { fault: Some(fault), ..Options::default() }).await
}

fn check(server: &Running, list: &Path) -> Run {
    let run = Run::of("rongcloud", &format!("http://{}", server.addr())).arg("--only").arg("*/profile/*");
    run.arg("--known-failures").arg(list.to_str().unwrap()).arg("--format").arg("junit")
}

fn adopt(server: &Running, list: &Path) -> Ended {
    check(server, list).arg("--update-known-failures").arg("--reason").arg("we know").arg("--owner").arg("anna").go()
}

const FAULT: &str = "rongcloud/culprit-always-name";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_adopted_no_longer_gates_and_is_at_fault_once_it_passes() {
    let directory = tempfile::tempdir().unwrap();
    let list = directory.path().join("known-failures.yaml");
    let server = faulty(FAULT).await;
    adopt(&server, &list).exits_with(0).says("known-failure");
    let text = fs::read_to_string(&list).unwrap();
    assert!(text.contains("reason: \"we know\"") && text.contains("owner: \"anna\""), "{text}");
    let run = check(&server, &list).go();
    run.exits_with(0).says("known failures (they do not gate)");
    assert!(run.report("junit.xml").contains("known failure: we know (anna, until "));
    assert!(run.report("report.json").contains("\"verdict\": \"known-failure\""));
    adopt(&server, &list).exits_with(0).says("0 added");
    assert_eq!(fs::read_to_string(&list).unwrap(), text, "nothing is added twice");
    let mended = reference(Options::default()).await;
    check(&mended, &list).go().exits_with(5).says("does not fail any more").says("known-failures.yaml:3:");
    let elsewhere = Run::of("nexconn", &format!("http://{}", mended.addr())).arg("--only").arg("*/plain*");
    elsewhere.arg("--known-failures").arg(list.to_str().unwrap()).go().exits_with(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_is_stale_is_told_with_its_line() {
    let directory = tempfile::tempdir().unwrap();
    let list = directory.path().join("known-failures.yaml");
    let server = faulty(FAULT).await;
    adopt(&server, &list).exits_with(0);
    let text = fs::read_to_string(&list).unwrap();
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let until = today.checked_add(90.days()).unwrap().to_string();
    assert!(text.contains(&until), "{until} in {text}");
    let written = |text: &str| fs::write(&list, text).unwrap();
    written(&text.replace(&until, &today.checked_sub(1.day()).unwrap().to_string()));
    check(&server, &list).go().exits_with(5).says("expired on");
    written(&text.replace(&until, &today.checked_add(14.days()).unwrap().to_string()));
    check(&server, &list).go().exits_with(0).says("expires on");
    let none = "  - { case: rongcloud/none, kind: envelope, reason: r, link: l, expires: 2999-01-01 }\n";
    written(&format!("{text}{none}"));
    check(&server, &list).go().exits_with(5).says("matches no case");
    // Every case that fails is on the list, only not so: that is for the list to be put right.
    written(&text.replace("wrong-culprit", "wrong-code"));
    check(&server, &list).go().exits_with(5).says("fails differently: correct the kind").says("FAIL");
    // What the list does not name is new, and outranks what is wrong with the list.
    let first = text.find("  - case").unwrap();
    let second = first + 1 + text[first + 1..].find("  - case").unwrap();
    written(&format!("{}{}", &text[..first], &text[second..]).replace("wrong-culprit", "wrong-code"));
    check(&server, &list).go().exits_with(1).says("fails differently");
    written("version: 1\nfailures:\n  - { case: a, kind: wrong, reason: r, expires: soon }\n");
    check(&server, &list).go().exits_with(2).says(":3:").says("nothing was sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_adds_what_is_new_and_extends_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let list = directory.path().join("known-failures.yaml");
    let server = faulty(FAULT).await;
    adopt(&server, &list).exits_with(0);
    let adopted = fs::read_to_string(&list).unwrap();
    let expired = adopted.lines().map(|line| match line.trim_start().strip_prefix("expires: ") {
        Some(_) => "    expires: 2020-01-01".to_owned(),
        None => line.to_owned(),
    });
    let expired: String = expired.map(|line| line + "\n").collect();
    fs::write(&list, &expired).unwrap();
    adopt(&server, &list).exits_with(5).says("expired on 2020-01-01").says("0 added");
    assert_eq!(fs::read_to_string(&list).unwrap(), expired, "an entry is never extended");
    // Another kind is another entry; the one that is not true any more stays, and is told.
    fs::write(&list, adopted.replacen("wrong-culprit", "wrong-code", 1)).unwrap();
    adopt(&server, &list).exits_with(5).says("1 added").says("fails differently");
    let text = fs::read_to_string(&list).unwrap();
    assert!(text.starts_with(&adopted.replacen("wrong-culprit", "wrong-code", 1)), "what was there stays: {text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pattern_stands_for_several_cases_that_all_fail_in_one_way() {
    let directory = tempfile::tempdir().unwrap();
    let list = directory.path().join("known-failures.yaml");
    let server = faulty("rongcloud/culprit-missing").await;
    let entry = |case: &str| {
        let entry = format!("{{ case: \"{case}\", kind: wrong-culprit, reason: r, owner: o, expires: 2999-01-01 }}");
        fs::write(&list, format!("version: 1\nfailures:\n  - {entry}\n")).unwrap();
    };
    let run = |list: &Path| {
        let run = Run::of("rongcloud", &format!("http://{}", server.addr())).arg("--only").arg("*/number-far-outside*");
        run.arg("--known-failures").arg(list.to_str().unwrap()).go()
    };
    entry("rongcloud/profile/number-far-outside*");
    run(&list).exits_with(0).says("known failures (they do not gate)");
    // The plain request passes: the pattern is too wide.
    entry("rongcloud/p*");
    run(&list).exits_with(5).says("does not fail any more: remove the entry: rongcloud/plain");
}
