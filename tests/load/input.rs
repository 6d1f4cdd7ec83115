//! What is refused before anything is sent.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use crate::built_binary::proofhouse;
use crate::process::{Reports, against, command, err, out, with_secret};
use crate::server::{Answer, WrongServer, reply};

#[test]
fn what_must_not_be_sent_is_refused_before_anything_is() {
    let reports = Reports::new("refused");
    let refused = |arguments: &[&str], words: &str| {
        let output = with_secret(&mut command(&reports, arguments)).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}{}", out(&output), err(&output));
        assert!(err(&output).contains(words), "{arguments:?}: {}", err(&output));
    };
    refused(&["--api", "rongcloud"], "PROOFHOUSE_APP_KEY");
    refused(&["--api", "rongcloud", "--target", "http://192.0.2.1"], "--allow-load 192.0.2.1");
    let vendor = "https://api.rong-api.com";
    refused(&["--api", "rongcloud", "--target", vendor, "--rate", "101"], "--allow-overload api.rong-api.com");
    refused(&["--api", "rongcloud", "--target", vendor, "--rate", "max"], "--allow-overload api.rong-api.com");
    refused(&["--target", "http://127.0.0.1:1"], "give `--api`");
    refused(&["rongcloud/nothing"], "no load plan `rongcloud/nothing`");
    let own = ["--target", "http://127.0.0.1:1"];
    refused(&[&["--api", "rongcloud", "--timeout", "0s"][..], &own].concat(), "`--timeout` of zero");
    refused(&[&["--api", "rongcloud", "--duration", "0s"][..], &own].concat(), "nothing would be counted");
    refused(&[&["rongcloud/above-the-rate", "--rate", "10"][..], &own].concat(), "`--rate` contradicts the plan");
    refused(&["rongcloud/documented-rate", "--api", "tencent"], "contradicts the plan");
    assert!(!reports.0.exists(), "a refused run leaves nothing");
}

#[test]
fn mistakes_in_a_plan_are_shown_at_their_lines_and_nothing_is_sent() {
    let reports = Reports::new("plan");
    fs::create_dir_all(&reports.0).unwrap();
    let plan = reports.0.join("x.load.yaml");
    let said = |text: &str, command: &str| {
        fs::write(&plan, text).unwrap();
        let output = proofhouse().arg(command).arg(&plan).stdin(Stdio::null()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", err(&output));
        err(&output)
    };
    let unknown = said("version: 1\napi: rongcloud\nphase: []\n", "lint");
    assert!(unknown.contains("x.load.yaml:3:1") && unknown.contains("did you mean `phases`?"), "{unknown}");
    let mix = "version: 1\napi: rongcloud\nmix:\n  - { case: rongcloud/none }\n  \
               - { case: 'rongcloud/effects/*' }\n";
    let missing = said(mix, "load");
    assert!(missing.contains("x.load.yaml:4") && missing.contains("no case has the address"), "{missing}");
    assert!(missing.contains("cannot be sent under load"), "{missing}");
    assert!(missing.contains("2 mistakes; nothing was sent"), "{missing}");
}

#[test]
fn a_report_directory_that_cannot_be_is_told_before_anything_is_sent() {
    let file = std::env::temp_dir().join(format!("proofhouse-load-file-{}", std::process::id()));
    fs::write(&file, "").unwrap();
    let server = WrongServer::start(|_| Answer::Reply(reply(200, "{\"code\":200}")));
    let output = against(&server, &Reports(file.join("below")), &["--rate", "10", "--duration", "1s"]);
    assert_eq!(output.status.code(), Some(6), "{}", err(&output));
    assert_eq!(server.requests(), 0);
    fs::remove_file(Path::new(&file)).unwrap();
}
