//! The action, the examples for CI, the release script and the container recipe: each is what its reader expects, and they
//! agree on names. The scripts of the action are run as they stand, with a release made of files.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_yaml::Value;

use crate::committed::read;

const NAME: &str = "proofhouse-x86_64-unknown-linux-musl";

fn yaml(path: &str) -> Value {
    serde_yaml::from_str(&read(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn text<'a>(value: &'a Value, at: &str) -> &'a str {
    value.as_str().unwrap_or_else(|| panic!("{at} is no text"))
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_mapping().unwrap().iter().map(|(key, _)| key.as_str().unwrap()).collect()
}

fn steps(action: &Value) -> &[Value] {
    action["runs"]["steps"].as_sequence().unwrap()
}

fn is_bash(script: &str) -> bool {
    Command::new("bash").args(["-n", "-c", script]).status().unwrap().success()
}

#[test]
fn the_action_is_composite_and_no_input_reaches_a_shell_as_code() {
    let action = yaml("action.yml");
    assert_eq!(text(&action["runs"]["using"], "using"), "composite");
    assert_eq!(keys(&action["outputs"]), ["exit-code", "report-dir"]);
    let whole = read("action.yml");
    for input in keys(&action["inputs"]) {
        assert!(action["inputs"][input]["description"].is_string(), "{input} is not described");
        assert!(whole.contains(&format!("${{{{ inputs.{input} }}}}")), "{input} is not used");
    }
    for step in steps(&action) {
        assert_eq!(text(&step["shell"], "shell"), "bash");
        let script = text(&step["run"], "run");
        assert!(!script.contains("${{"), "an expression in a script would be run as code:\n{script}");
        assert!(is_bash(script), "{script}");
    }
}

#[test]
fn everything_agrees_on_the_name_of_the_archive() {
    for path in ["action.yml", "docs/ci/gitlab.yml", "Containerfile"] {
        assert!(read(path).contains(NAME), "{path} does not name {NAME}");
    }
    let release = read(".ci/release");
    assert!(release.contains("name=\"proofhouse-$target\"") && release.contains("-unknown-linux-musl}"));
    assert!(
        release.contains("out=\"target/release-files\"")
            && read("Containerfile").contains("COPY target/release-files/")
    );
    let version = env!("CARGO_PKG_VERSION");
    assert!(read("docs/ci/github.yml").contains(&format!("proofhouse@v{version}")));
    assert!(read("docs/ci/gitlab.yml").contains(&format!("PROOFHOUSE_VERSION: \"{version}\"")));
}

#[test]
fn the_examples_for_ci_are_what_their_readers_expect() {
    let github = yaml("docs/ci/github.yml");
    let used = github["jobs"]["rongcloud"]["steps"].as_sequence().unwrap();
    let ours = used.iter().find(|step| step["uses"].as_str().is_some_and(|uses| uses.contains("/proofhouse@")));
    let inputs = yaml("action.yml");
    for input in keys(&ours.expect("a step with the action")["with"]) {
        assert!(keys(&inputs["inputs"]).contains(&input), "the action has no input {input}");
    }
    let gitlab = yaml("docs/ci/gitlab.yml");
    let job = &gitlab["conformance"];
    assert_eq!(text(&job["artifacts"]["reports"]["junit"], "junit"), "proofhouse-check/junit.xml");
    for part in ["before_script", "script"] {
        for line in job[part].as_sequence().unwrap() {
            assert!(is_bash(text(line, part)), "{line:?}");
        }
    }
    for script in [".ci/release", ".ci/run", ".ci/clients"] {
        assert!(is_bash(&read(script)), "{script}");
    }
}

/// A directory that looks like the releases of a repository, with the built binary in its archive.
fn releases(directory: &Path) {
    let (unpacked, tag) = (directory.join(NAME), directory.join("someone/proofhouse/releases/download/v9.9.9"));
    fs::create_dir_all(&unpacked).unwrap();
    fs::create_dir_all(&tag).unwrap();
    fs::copy(env!("CARGO_BIN_EXE_proofhouse"), unpacked.join("proofhouse")).unwrap();
    let script = format!(
        "tar -C {0} -cf - {NAME} | gzip -1 >{1}/{NAME}.tar.gz && cd {1} && sha256sum {NAME}.tar.gz >{NAME}.tar.gz.sha256",
        directory.display(),
        tag.display()
    );
    assert!(Command::new("bash").args(["-c", &script]).status().unwrap().success());
}

fn run_step(index: usize, directory: &Path, variables: &[(&str, &str)]) -> Output {
    let action = yaml("action.yml");
    let script = text(&steps(&action)[index]["run"], "run").to_owned();
    let mut command = Command::new("bash");
    command.args(["-c", &script]).current_dir(directory).envs(variables.iter().copied());
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("PROOFHOUSE_")) {
        command.env_remove(name);
    }
    command.env_remove("GITHUB_STEP_SUMMARY").env("RUNNER_TEMP", directory);
    command.env("GITHUB_PATH", directory.join("path")).env("GITHUB_OUTPUT", directory.join("output"));
    command.output().unwrap()
}

#[test]
fn the_action_installs_a_release_and_refuses_one_that_was_tampered_with() {
    if Command::new("curl").arg("--version").output().is_err() {
        eprintln!("SKIPPED: there is no curl, which every runner of the action has");
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    releases(directory.path());
    let from = format!("file://{}/someone/proofhouse/releases", directory.path().display());
    let with = |sha256: &str, machine: &str| {
        let variables =
            [("RELEASES", &*from), ("ACTION_REF", "v9.9.9"), ("VERSION", ""), ("SHA256", sha256), ("MACHINE", machine)];
        run_step(0, directory.path(), &variables)
    };
    let installed = with("", "Linux-X64");
    assert!(installed.status.success(), "{}", String::from_utf8_lossy(&installed.stderr));
    let path = fs::read_to_string(directory.path().join("path")).unwrap();
    assert!(Path::new(path.trim()).join("proofhouse").is_file(), "{path}");
    let refused = with(&"0".repeat(64), "Linux-X64");
    assert!(!refused.status.success(), "a wrong checksum is taken");
    assert_eq!(with("", "Windows-X64").status.code(), Some(2));
}

#[test]
fn the_action_ends_as_the_check_did_and_says_where_reports_are() {
    let directory = tempfile::tempdir().unwrap();
    let binaries = Path::new(env!("CARGO_BIN_EXE_proofhouse")).parent().unwrap().display().to_string();
    let path = format!("{binaries}:{}", std::env::var("PATH").unwrap());
    let with = |arguments: &str| {
        let variables = [
            ("PATH", &*path),
            ("APIS", "rongcloud"),
            ("TARGET", ""),
            ("TARGET_FILE", ""),
            ("WAIT", ""),
            ("FORMAT", "junit,markdown"),
            ("REPORT_DIR", "my reports"),
            ("ARGUMENTS", arguments),
        ];
        let _ = fs::remove_file(directory.path().join("output"));
        let output = run_step(1, directory.path(), &variables);
        let said = fs::read_to_string(directory.path().join("output")).unwrap();
        (output.status.code(), said)
    };
    assert_eq!(with("--only */length*"), (Some(0), "exit-code=0\nreport-dir=my reports\n".into()));
    assert!(directory.path().join("my reports/junit.xml").is_file());
    assert_eq!(with("--only nothing"), (Some(4), "exit-code=4\nreport-dir=my reports\n".into()));
}
