//! How a run ends that is cut off: by an interrupt, by a second one, by a kill.

use std::fs;
use std::process::{Child, Command};
use std::time::Duration;

use crate::built_binary::proofhouse;
use crate::process::{Reports, command, err, first_line, out, with_secret};
use crate::server::{Answer, WrongServer, reply};

/// Waits until the journal has so many lines.
fn await_lines(reports: &Reports, wanted: usize) {
    await_journal(reports, |text| text.lines().count() >= wanted);
}

fn await_journal(reports: &Reports, is_there: impl Fn(&str) -> bool) {
    let journal = reports.0.join("journal.ndjson");
    for _ in 0..600 {
        if fs::read_to_string(&journal).is_ok_and(|text| is_there(&text)) {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("the journal never held what was waited for");
}

fn signal(child: &Child, signal: &str) {
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

#[test]
fn an_interrupt_ends_the_run_in_order() {
    let server = WrongServer::start(|_| Answer::Reply(reply(200, "{\"code\":200}")));
    let reports = Reports::new("interrupt");
    let url = server.url();
    let arguments = ["--api", "rongcloud", "--target", &url, "--rate", "100", "--duration", "10m"];
    let child = with_secret(&mut command(&reports, &arguments)).spawn().unwrap();
    await_lines(&reports, 2);
    signal(&child, "-INT");
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}{}", out(&output), err(&output));
    assert!(first_line(&output).contains("interrupted"));
    let record = reports.record();
    assert_eq!(record["ending"], "interrupted");
    assert_eq!(record["totals"]["all"]["sent"].as_u64().unwrap(), server.requests());
    assert!(record["thresholds"].as_array().unwrap().iter().all(|threshold| threshold["verdict"] != "met"));
}

#[test]
fn a_second_interrupt_ends_the_process_at_once() {
    let server = WrongServer::start(|_| Answer::body("{\"code\":200}"));
    let reports = Reports::new("interrupts");
    let url = server.url();
    let arguments = ["--api", "rongcloud", "--target", &url, "--rate", "100", "--duration", "10m"];
    let mut child = with_secret(&mut command(&reports, &arguments)).spawn().unwrap();
    await_lines(&reports, 2);
    // A report that nobody ever reads: the orderly end hangs on it, as on a disk that does not answer.
    let unread = reports.0.join(format!(".response.hgrm-{}", child.id()));
    assert!(Command::new("mkfifo").arg(unread).status().unwrap().success());
    signal(&child, "-INT");
    await_journal(&reports, |text| text.lines().last().is_some_and(|line| line.starts_with("{\"end\"")));
    assert_eq!(child.try_wait().unwrap(), None, "the first interrupt ends it in order");
    signal(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn after_a_kill_everything_up_to_the_last_second_is_rendered() {
    let server = WrongServer::start(|number| {
        let body = if number % 10 == 0 { "{\"code\":1002}" } else { "{\"code\":200}" };
        Answer::Reply(reply(200, body))
    });
    let reports = Reports::new("kill");
    let url = server.url();
    let arguments = ["--api", "rongcloud", "--target", &url, "--rate", "100", "--duration", "10m"];
    let mut child = with_secret(&mut command(&reports, &arguments)).spawn().unwrap();
    await_lines(&reports, 3);
    signal(&child, "-KILL");
    child.wait().unwrap();
    let report = |arguments: &[&str]| {
        let mut command = proofhouse();
        command.arg("report").arg(&reports.0).args(arguments).output().unwrap()
    };
    let output = report(&[]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert!(first_line(&output).contains("killed"), "{}", out(&output));
    assert_eq!(report(&["--format", "json,junit"]).status.code(), Some(0));
    let record = reports.record();
    let (all, seconds) = (&record["totals"]["all"], record["seconds"].as_array().unwrap().len());
    assert!(seconds >= 2);
    assert!(all["sent"].as_u64().unwrap() >= 100);
    assert_eq!(record["ending"], "killed");
    let response = record["measures"].as_array().unwrap().iter().find(|one| one["measure"] == "response").unwrap();
    let measured = all["as_expected"].as_u64().unwrap() + all["deviating"].as_u64().unwrap();
    assert_eq!(response["count"].as_u64().unwrap(), measured);
}
