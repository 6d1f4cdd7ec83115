//! `proofhouse compare` from outside: saved records of the built-in reference, and runs made in turn.
//!
//! No test asserts a time on the real clock: lag bounds are far beyond what a busy machine does, slowdowns are far larger
//! than what it adds, and where nothing changed no test says what is found.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod built_binary;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Output, Stdio};

use built_binary::{proofhouse, with_credentials};
use serde_json::Value;

/// One case is accepted, and in one of five arrivals another one has to be refused.
const PLAN: &str = "
version: 1
api: rongcloud
about: One request in five must be refused.
rate: 100
phases:
  - { constant: rate, duration: 1s }
mix:
  - { case: rongcloud/plain, weight: 4 }
  - { case: \"rongcloud/profile/length[field=name,text=ascii,at=over]\", weight: 1 }
";

/// A directory of one test with the plan in it, gone when it is dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("proofhouse-compare-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        fs::write(path.join("two.load.yaml"), PLAN).unwrap();
        Self(path)
    }

    fn record(&self, name: &str) -> Value {
        serde_json::from_slice(&fs::read(self.0.join(name).join("report.json")).unwrap()).unwrap()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = proofhouse();
        with_credentials(&mut command).current_dir(&self.0).args(arguments).stdin(Stdio::null()).output().unwrap()
    }

    fn load(&self, server: &Server, arguments: &[&str], into: &str) {
        let always = ["load", "two.load.yaml", "--lag-bound", "1h", "--target", &server.url, "--report-dir", into];
        let output = self.run(&[&always[..], arguments].concat());
        assert!(matches!(output.status.code(), Some(0 | 1)), "{}", err(&output));
    }

    fn compare(&self, arguments: &[&str]) -> Output {
        self.run(&[&["compare", "--report-dir", "comparison"], arguments].concat())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The reference as a process of its own; it ends with its standard input.
struct Server {
    url: String,
    child: Child,
}

impl Server {
    fn start(arguments: &[&str]) -> Self {
        let mut command = proofhouse();
        command.args(["serve", "--listen", "127.0.0.1:0", "--limiter", "none", "--until-stdin-ends"]).args(arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { url: line.trim().strip_prefix("listening on ").unwrap().to_owned(), child }
    }

    /// Accepts names of 65 characters, which it has to refuse.
    fn wrong() -> Self {
        Self::start(&["--fault", "rongcloud/name-65"])
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn a_deviation_that_is_new_in_head_is_a_regression_in_every_format() {
    let (scratch, base, head) = (Scratch::new("deviation"), Server::start(&[]), Server::wrong());
    for number in 1..=3 {
        scratch.load(&base, &[], &format!("base/{number}"));
        scratch.load(&head, &[], &format!("head/{number}"));
    }
    let formats = "json,junit,html,markdown,github,text";
    let output = scratch.compare(&["base", "head", "--format", formats, "--max-regression", "1000000"]);
    assert_eq!(output.status.code(), Some(1), "{}{}", out(&output), err(&output));
    assert!(out(&output).contains("new in head"), "{}", out(&output));
    let record = scratch.record("comparison");
    assert_eq!((&record["record"], &record["design"]), (&"compare".into(), &"independent".into()));
    let share = &record["shares"][0];
    assert_eq!((&share["counted"], &share["finding"]), (&"deviation".into(), &"regression".into()));
    assert_eq!((&share["counts"][0], &share["of"]), (&0.into(), &serde_json::json!([300, 300])));
    assert!(share["counts"][1].as_u64().unwrap() > 30, "{share}");
    for name in ["junit.xml", "report.html", "summary.md", "annotations.txt", "report.txt"] {
        let text = fs::read_to_string(scratch.0.join("comparison").join(name)).unwrap();
        assert!(text.contains("accepted"), "{name}: {text}");
    }
    let shown = scratch.run(&["report", "comparison"]);
    assert!(out(&shown).lines().next().unwrap().contains("REGRESSION"), "{}", out(&shown));
}

#[test]
fn every_case_has_rows_of_its_own() {
    let scratch = Scratch::new("cases");
    let (base, head) = (Server::start(&[]), Server::start(&["--service-time", "2s"]));
    for number in 1..=2 {
        scratch.load(&base, &[], &format!("base/{number}"));
        scratch.load(&head, &[], &format!("head/{number}"));
    }
    let output = scratch.compare(&["base", "head"]);
    let record = scratch.record("comparison");
    let rows = record["latencies"].as_array().unwrap();
    let medians = |case: Option<&str>| {
        let is = |row: &&Value| row["case"].as_str() == case && row["of_100_000"] == 50_000;
        let row = rows.iter().find(is).unwrap();
        [row["means_ns"][0].as_u64().unwrap(), row["means_ns"][1].as_u64().unwrap()]
    };
    for case in [None, Some("rongcloud/plain"), Some("rongcloud/profile/length[field=name,text=ascii,at=over]")] {
        let [base, head] = medians(case);
        // No reply of head can be earlier; whether that is proven is for simulated runs to say.
        assert!(base < head && head >= 1_990_000_000, "{case:?}: {}", out(&output));
    }
    assert!(scratch.0.join("comparison/report.html").is_file());
}

#[test]
fn one_record_a_side_proves_nothing_and_says_so() {
    let (scratch, base, head) = (Scratch::new("single"), Server::start(&[]), Server::wrong());
    scratch.load(&base, &[], "a");
    scratch.load(&head, &[], "b");
    let output = scratch.compare(&["--base", "a/report.json", "--head", "b/journal.ndjson"]);
    assert_eq!(output.status.code(), Some(3), "{}{}", out(&output), err(&output));
    let first = out(&output).lines().next().unwrap().to_owned();
    assert!(first.contains("[drift between runs not included]") && first.contains("not proven"), "{first}");
    let record = scratch.record("comparison");
    assert_eq!(record["design"], "single");
    assert!(record["shares"][0]["p"].is_null());
}

#[test]
fn unlike_runs_are_refused_with_what_differs() {
    let (scratch, server) = (Scratch::new("unlike"), Server::start(&[]));
    scratch.load(&server, &[], "a");
    scratch.load(&server, &["--rate", "80"], "b");
    let output = scratch.compare(&["a", "b"]);
    assert_eq!(output.status.code(), Some(2), "{}", err(&output));
    assert!(err(&output).contains("of rate 80.00/s, but base: a of rate 100.00/s"), "{}", err(&output));
    let twice = scratch.compare(&["--base", "a", "--base", "./a", "--head", "a"]);
    assert_eq!(twice.status.code(), Some(2));
    assert!(err(&twice).contains("are one run"), "{}", err(&twice));
}

#[test]
fn a_run_that_was_killed_is_refused() {
    let (scratch, server) = (Scratch::new("killed"), Server::start(&[]));
    scratch.load(&server, &[], "a");
    scratch.load(&server, &[], "b");
    // What a kill leaves: no last line.
    let journal = scratch.0.join("b/journal.ndjson");
    let text = fs::read_to_string(&journal).unwrap();
    let kept: Vec<&str> = text.lines().filter(|line| !line.starts_with("{\"end\"")).collect();
    assert!(kept.len() < text.lines().count());
    fs::write(&journal, kept.join("\n") + "\n").unwrap();
    let output = scratch.compare(&["a", "b"]);
    assert_eq!(output.status.code(), Some(3), "{}", err(&output));
    assert!(err(&output).contains("head: b: the run was killed"), "{}", err(&output));
}

#[test]
fn what_is_no_load_record_is_named() {
    let scratch = Scratch::new("wrong");
    fs::create_dir_all(scratch.0.join("empty")).unwrap();
    fs::write(scratch.0.join("check.json"), "{\"record\":\"check\",\"version\":1}").unwrap();
    for (arguments, says) in [
        (vec!["empty", "empty"], "empty holds no load record"),
        (vec!["check.json", "empty"], "a record of `load` is needed"),
        (vec!["nowhere", "empty"], "nowhere cannot be read"),
        (vec!["empty"], "HEAD is missing"),
        (vec![], "give BASE and HEAD"),
        (vec!["--rerun", "--base", "a", "--base", "b", "--head", "c"], "each side is one target"),
        (vec!["a", "b", "--max-regression", "-3"], "--max-regression"),
        (vec!["a", "b", "--pairs", "3"], "--rerun"),
    ] {
        let output = scratch.compare(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", err(&output));
        assert!(err(&output).contains(says), "{arguments:?}: {}", err(&output));
    }
}

#[test]
fn runs_made_in_turn_are_judged_and_can_be_judged_again() {
    let (scratch, base, head) = (Scratch::new("rerun"), Server::start(&[]), Server::wrong());
    let targets = ["--rerun", "--base", &base.url, "--head", &head.url, "--plan", "two.load.yaml"];
    let output = scratch.compare(&[&targets[..], &["--pairs", "2", "--lag-bound", "1h", "--seed", "5"]].concat());
    assert_eq!(output.status.code(), Some(1), "{}{}", out(&output), err(&output));
    let record = scratch.record("comparison");
    let sources = |side: usize| -> Vec<&str> {
        let runs = record["sides"][side]["runs"].as_array().unwrap();
        runs.iter().map(|run| run["source"].as_str().unwrap()).collect()
    };
    assert_eq!((sources(0), sources(1)), (vec!["base/01", "base/02"], vec!["head/01", "head/02"]));
    let seed = |run: &str| scratch.record(&format!("comparison/{run}"))["settings"]["seed"].clone();
    assert_eq!((seed("base/01"), seed("base/02")), (seed("head/01"), seed("head/02")));
    assert_ne!(seed("base/01"), seed("base/02"));
    let again = scratch.run(&["compare", "comparison/base", "comparison/head", "--report-dir", "again"]);
    assert_eq!(again.status.code(), Some(1), "{}", err(&again));
    assert_eq!(scratch.record("again")["shares"], record["shares"]);
}

#[test]
fn runs_made_in_turn_replace_no_records_but_their_own() {
    let (scratch, server) = (Scratch::new("replace"), Server::start(&[]));
    let arguments =
        ["--rerun", "--base", &server.url, "--head", &server.url, "--plan", "two.load.yaml", "--pairs", "1"];
    fs::create_dir_all(scratch.0.join("comparison/base/mine")).unwrap();
    let refused = scratch.compare(&arguments);
    assert_eq!(refused.status.code(), Some(2), "{}", err(&refused));
    assert!(err(&refused).contains("base is there already"), "{}", err(&refused));
    assert!(scratch.0.join("comparison/base/mine").is_dir());
}

#[test]
fn a_target_that_is_not_there_ends_runs_made_in_turn_at_once() {
    let (scratch, server) = (Scratch::new("nothing"), Server::start(&[]));
    let nowhere = "http://127.0.0.1:9";
    let arguments =
        ["--rerun", "--base", &server.url, "--head", nowhere, "--plan", "two.load.yaml", "--lag-bound", "1h"];
    let output = scratch.compare(&arguments);
    assert_eq!(output.status.code(), Some(4), "{}", err(&output));
    assert!(err(&output).contains("head: nothing was sent"), "{}", err(&output));
}
