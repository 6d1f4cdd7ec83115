//! Wrong arguments, files and environments: exit code 2 or 4, a message that names the cause, and nothing sent.

use std::fs;
use std::path::Path;

use super::cli::{Run, proofhouse};

/// Runs a command and gives its exit code and everything it wrote.
fn run(arguments: &[&str], variables: &[(&str, &str)]) -> (Option<i32>, String) {
    let mut command = proofhouse();
    command.args(arguments).envs(variables.iter().copied()).current_dir(std::env::temp_dir());
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&text).into_owned())
}

fn refuses(arguments: &[&str], variables: &[(&str, &str)], code: i32, words: &[&str]) {
    let (found, text) = run(arguments, variables);
    assert_eq!(found, Some(code), "{arguments:?}: {text}");
    for words in words {
        assert!(text.contains(words), "{words:?} is not in:\n{text}");
    }
}

#[test]
fn a_forgotten_target_is_never_green() {
    refuses(&["check"], &[("PROOFHOUSE_APP_KEY", "x")], 2, &["PROOFHOUSE_APP_KEY is set", "--target"]);
    refuses(&["check"], &[("PROOFHOUSE_SECRET_KEY", "")], 2, &["PROOFHOUSE_SECRET_KEY is set"]);
    refuses(&["check", "--target", "", "--api", "rongcloud"], &[], 2, &["the target is empty"]);
    refuses(&["check", "--target", "http://127.0.0.1:1"], &[], 2, &["needs `--api`", "tencent"]);
}

#[test]
fn missing_credentials_are_named_with_their_api() {
    let target = ["check", "--target", "http://127.0.0.1:1", "--api", "rongcloud", "--api", "tencent"];
    refuses(
        &target,
        &[],
        2,
        &["`rongcloud`: PROOFHOUSE_APP_KEY, PROOFHOUSE_APP_SECRET", "`tencent`: PROOFHOUSE_SDK_APP_ID"],
    );
    let one = [("PROOFHOUSE_APP_KEY", "k"), ("PROOFHOUSE_APP_SECRET", "")];
    refuses(&target[..5], &one, 2, &["`rongcloud`: PROOFHOUSE_APP_SECRET is not set, or empty"]);
}

#[test]
fn wrong_words_on_the_command_line_name_the_right_ones() {
    refuses(&["check", "--api", "rongclout"], &[], 2, &["unknown api `rongclout`", "rongcloud"]);
    refuses(&["check", "--pace", "fast"], &[], 2, &["`none` or a number"]);
    refuses(&["check", "--only", "nothing/like/this"], &[], 4, &["no case is selected"]);
    refuses(&["check", "--target", "127.0.0.1:80", "--api", "rongcloud"], &[], 2, &["http://HOST:PORT"]);
    refuses(&["serve", "--fault", "rongcloud/name-66"], &[], 2, &["name-6"]);
    refuses(&["serve", "--limiter", "bucket"], &[], 2, &["token-bucket"]);
    refuses(&["faults", "--only", "none"], &[], 4, &["no fault is selected"]);
}

#[test]
fn a_report_directory_that_cannot_be_written_is_told_and_counts_last() {
    let (code, text) = run(&["check", "--api", "tencent", "--report-dir", "/proc/nowhere"], &[]);
    assert_eq!(code, Some(6), "{text}");
    assert!(text.contains("cannot write /proc/nowhere"), "{text}");
}

#[test]
fn two_runs_at_once_never_share_a_directory() {
    let place = tempfile::tempdir().unwrap();
    let start = || {
        let mut command = proofhouse();
        command.args(["check", "--api", "tencent", "--only", "*/plain*", "--only", "*/users*", "--quiet"]);
        command.current_dir(place.path()).spawn().unwrap()
    };
    let runs = [start(), start(), start()];
    for mut run in runs {
        assert!(run.wait().unwrap().code().is_some());
    }
    let made = fs::read_dir(place.path().join("reports")).unwrap().map(|entry| entry.unwrap().path());
    let directories = made.filter(|path| path.is_dir() && !path.is_symlink()).count();
    assert_eq!(directories, 3);
    assert!(place.path().join("reports/latest/report.json").exists());
}

fn write(directory: &Path, name: &str, text: &str) -> String {
    let path = directory.join(name);
    fs::write(&path, text).unwrap();
    path.display().to_string()
}

#[test]
fn every_mistake_of_meaning_is_told_at_once_with_line_and_remedy() {
    let directory = tempfile::tempdir().unwrap();
    let text = "version: 1\napi: rongcloud\nrequest: { userId: \"${user}\" }\ncases:\n\
        - { name: a, expct: accepted }\n\
        - { name: b, requirement: rc.name.lenght, expect: accepted }\n\
        - { name: c, with: { unused: 1 }, expect: accepted }\n\
        - { name: d, expect: accepted }\n\
        - { name: d, expect: refused }\n\
        - { name: e, boundary: { fields: [userProfile.birthday], texts: [cjk] } }\n\
        - { name: f, request: { userId: \"${usr}\" }, expect: accepted }\n";
    let path = write(directory.path(), "wrong.yaml", text);
    let (code, shown) = run(&["lint", &path], &[]);
    assert_eq!(code, Some(2), "{shown}");
    // A mistake of form hides those of meaning in its own file only; mended, all others come at once.
    assert!(shown.contains("unknown field `expct`") && shown.contains("did you mean `expect`?"), "{shown}");
    assert!(shown.contains("wrong.yaml:5:"), "{shown}");
    let path = write(directory.path(), "wrong.yaml", &text.replace("expct", "expect"));
    let (code, shown) = run(&["check", &path], &[]);
    assert_eq!(code, Some(2), "{shown}");
    for words in [
        "unknown requirement `rc.name.lenght`",
        "did you mean `rc.name.length`?",
        "`${unused}` is never used",
        "stands twice",
        "impossible boundary",
        "unknown variable `${usr}`; did you mean `${user}`?",
        "nothing was sent",
    ] {
        assert!(shown.contains(words), "{words:?} is not in:\n{shown}");
    }
}

#[test]
fn broken_syntax_is_told_for_each_file() {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "one.yaml", "version: 1\napi: [rongcloud\n");
    write(directory.path(), "two.yaml", "a: &x 1\nb: *x\n");
    let (code, shown) = run(&["lint", directory.path().to_str().unwrap()], &[]);
    assert_eq!(code, Some(2), "{shown}");
    assert!(shown.contains("one.yaml:") && shown.contains("two.yaml:1:") && shown.contains("anchors"), "{shown}");
    refuses(&["lint", "/nowhere/at/all.yaml"], &[], 2, &["cannot read /nowhere/at/all.yaml"]);
    let empty = tempfile::tempdir().unwrap();
    refuses(&["lint", empty.path().to_str().unwrap()], &[], 2, &["no YAML file"]);
}

#[test]
fn a_started_suite_works_as_it_is_written() {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path().join("mine");
    let (code, text) = run(&["init", place.to_str().unwrap()], &[]);
    assert_eq!(code, Some(0), "{text}");
    refuses(&["init", place.to_str().unwrap()], &[], 2, &["nothing is overwritten"]);
    refuses(&["lint", place.join("scenarios").to_str().unwrap()], &[], 0, &["no mistake in"]);
    let file = place.join("target.yaml");
    let credentials = [("PROOFHOUSE_APP_KEY", "k"), ("PROOFHOUSE_APP_SECRET", "secret")];
    refuses(&["check", "--target-file", file.to_str().unwrap(), "--list"], &credentials, 0, &["rongcloud/"]);
    refuses(
        &["check", "--target-file", file.to_str().unwrap(), "--prepare"],
        &credentials,
        0,
        &["must exist", "pair_limit"],
    );
    let wrong = write(directory.path(), "target.yaml", "version: 1\napis:\n  rongcloud:\n    ulr: http://x\n");
    refuses(
        &["check", "--target-file", &wrong],
        &credentials,
        2,
        &["unknown field `ulr`", "did you mean `url`?", ":4:"],
    );
    let fact = "version: 1\napis:\n  rongcloud:\n    url: http://127.0.0.1:1\n    declares: { facts: { pairs: 3 } }\n";
    let wrong = write(directory.path(), "target.yaml", fact);
    refuses(&["check", "--target-file", &wrong], &credentials, 2, &["knows no fact `pairs`", "pair_limit", ":5:"]);
}

#[test]
fn what_a_target_file_says_is_checked_where_it_stands() {
    let directory = tempfile::tempdir().unwrap();
    let credentials = [("PROOFHOUSE_APP_KEY", "k"), ("PROOFHOUSE_APP_SECRET", "secret")];
    let of = |entry: &str| {
        let text = format!("version: 1\napis:\n  rongcloud:\n    {entry}\n");
        write(directory.path(), "target.yaml", &text)
    };
    for (entry, words) in [
        ("url: 127.0.0.1:80", "is no URL"),
        ("url: ${NOWHERE}", "NOWHERE is not set"),
        ("declares: { companions: [set] }", "no companion `set`: it has batch_query"),
        ("declares: { users: [] }", "`users` is empty"),
        ("declares: { users: [a, ''] }", "has no name"),
        ("declares: { users: [a, b, a] }", "the user `a` stands twice"),
        ("declares: { rate: 0 }", "requests a second, from 1"),
        ("declares: { facts: { pair_limit: many } }", "`pair_limit` is not a whole number"),
        ("declares: { facts: { pair_limit: 1000000000 } }", "`pair_limit` is not a whole number from 1 to 1000"),
        ("declares: { facts: { atomic_writes: yes } }", "`atomic_writes` is not true or false"),
        ("declares: { facts: { ext_keys: ext_note } }", "`ext_keys` is not a list of texts"),
    ] {
        refuses(&["check", "--target-file", &of(entry)], &credentials, 2, &[words, ":4:", "nothing was sent"]);
    }
    let path = write(directory.path(), "target.yaml", "version: 1\napis: { rongclod: { url: http://h } }\n");
    refuses(&["check", "--target-file", &path], &credentials, 2, &["unknown api `rongclod`", ":2:"]);
    let environment = [credentials[0], credentials[1], ("WHERE", "http://127.0.0.1:1/im")];
    refuses(&["check", "--target-file", &of("url: ${WHERE}"), "--list"], &environment, 0, &["rongcloud/"]);
}

#[test]
fn a_file_of_authorities_must_hold_one() {
    let directory = tempfile::tempdir().unwrap();
    let path = write(directory.path(), "ca.pem", "no certificate");
    let run = Run::of("rongcloud", "https://127.0.0.1:1").arg("--ca-file").arg(&path).go();
    run.exits_with(2).says("no certificate in PEM form");
    let run = Run::of("rongcloud", "https://127.0.0.1:1").arg("--ca-file").arg("/nowhere.pem").go();
    run.exits_with(2).says("cannot use the CA file /nowhere.pem");
}

#[test]
fn schemas_and_completions_are_printed() {
    for format in ["scenario", "api", "target", "record"] {
        let (code, text) = run(&["schema", format], &[]);
        assert_eq!(code, Some(0), "{text}");
        let schema: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert!(schema["properties"].as_object().is_some_and(|members| members.len() > 1), "{text}");
    }
    refuses(&["completions", "bash"], &[], 0, &["proofhouse"]);
}
