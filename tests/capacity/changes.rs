//! Targets that do not stay what they were in the midst of a search: a verdict that says so, and no number.
//!
//! Each of them changes with a certain request, so that no clock decides when.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::process::Output;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use proofhouse::reference::law::{Answer, Law, LawServer, Servers, Settings, fixed_reply};

use crate::{ACCEPTED, Reports, err, out, reply, search, url};

const SERVICE: Duration = Duration::from_millis(5);
/// By then a rate that is too high was found: the search is near its edge.
const AMIDST: u64 = 1_500;

fn server(listen: SocketAddr, answer: Answer) -> LawServer {
    let servers = Servers::Count(NonZeroU32::MIN);
    let settings = Settings { listen, law: Law::Constant(SERVICE), servers, seed: 1, keep_arrivals: 0 };
    LawServer::start(&settings, answer).unwrap()
}

fn anywhere() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

/// A server, and word of its last request.
fn counted(last: u64) -> (LawServer, Receiver<()>) {
    let (tell, told) = channel();
    let mut count = 0;
    let answer = Box::new(move |_: proofhouse::reference::law::Arrived<'_>| {
        count += 1;
        if count == last {
            // Nobody listens any more only when the test has failed.
            let _ = tell.send(());
        }
        reply(200)
    });
    (server(anywhere(), answer), told)
}

#[track_caller]
fn has_no_number(reports: &Reports, output: &Output, told: &[&str]) {
    assert_eq!(output.status.code(), Some(3), "{}{}", out(output), err(output));
    let said = out(output);
    assert!(said.contains("NO NUMBER") && told.iter().any(|told| said.contains(told)), "{said}{}", err(output));
    let result = &reports.record()["result"];
    assert_eq!((&result["kind"], &result["rate"]), (&"no_number".into(), &serde_json::Value::Null));
}

#[test]
fn one_that_disappears_has_no_number() {
    let (server, told) = counted(AMIDST);
    let (reports, target) = (Reports::new("disappears"), url(server.address()));
    let output = std::thread::scope(|scope| {
        let searching = scope.spawn(|| search(&reports.0, &target, &["--max-time", "3m"]));
        told.recv().unwrap();
        drop(server);
        searching.join().unwrap()
    });
    has_no_number(&reports, &output, &["the target disappeared"]);
}

#[test]
fn one_that_is_restarted_has_no_number() {
    let (server_before, told) = counted(AMIDST);
    let address = server_before.address();
    let (reports, target) = (Reports::new("restarts"), url(address));
    let (output, _after) = std::thread::scope(|scope| {
        let searching = scope.spawn(|| search(&reports.0, &target, &["--max-time", "3m"]));
        told.recv().unwrap();
        drop(server_before);
        // Long enough that somebody asks meanwhile.
        std::thread::sleep(Duration::from_millis(500));
        let after = server(address, fixed_reply(ACCEPTED));
        (searching.join().unwrap(), after)
    });
    has_no_number(&reports, &output, &["it was restarted", "the target was restarted"]);
}

#[test]
fn one_that_slows_down_has_no_number() {
    let mut count = 0;
    let server = server(
        anywhere(),
        Box::new(move |_| {
            count += 1;
            if count > AMIDST {
                // It does one thing at a time: what is worked on here keeps all others waiting.
                std::thread::sleep(SERVICE * 3);
            }
            reply(200)
        }),
    );
    let reports = Reports::new("slows");
    let output = search(&reports.0, &url(server.address()), &["--max-time", "3m"]);
    has_no_number(&reports, &output, &["slowed down", "the target changed", "the target is unsteady"]);
}
