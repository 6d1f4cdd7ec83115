//! Dependencies between modules run one way: each layer may use what is below it, and within a layer only what the
//! table says.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Layer and module; within a layer, the modules that a module may use.
const LAYERS: [(u8, &str, &[&str]); 19] = [
    (0, "source", &[]),
    (0, "exchange", &[]),
    (0, "secret", &[]),
    (0, "clock", &[]),
    (1, "api", &[]),
    (2, "expectation", &[]),
    (2, "target", &[]),
    (3, "scenario", &[]),
    (4, "check", &[]),
    (4, "load", &[]),
    (4, "reference", &[]),
    (5, "limit", &[]),
    (5, "capacity", &[]),
    (6, "settings", &[]),
    (6, "record", &[]),
    (6, "report", &["record"]),
    (6, "compare", &["record"]),
    (7, "command", &[]),
    (8, "main", &[]),
];

#[test]
fn imports_go_down_only() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    visit(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut |file, text| {
        let Some(module) = module_of(file) else {
            return;
        };
        assert!(!text.contains("crate::{"), "{}: write one `use` for each module", file.display());
        for used in uses(text) {
            seen += 1;
            if !allowed(&module, &used) {
                wrong.push(format!("{}: `{module}` uses `{used}`", file.display()));
            }
        }
    });
    assert!(seen > 50, "only {seen} imports were found: does the test still read them?");
    assert!(wrong.is_empty(), "imports that go up or sideways:\n{}", wrong.join("\n"));
}

#[test]
fn the_reference_takes_no_number_from_a_description() {
    visit(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/reference")), &mut |file, text| {
        for used in text.split("crate::api::").skip(1) {
            assert!(used.starts_with("auth"), "{} uses more of `api` than its signatures", file.display());
        }
        assert!(!text.contains("include_str!") && !text.contains("embedded_files"), "{} reads a file", file.display());
    });
}

#[test]
fn only_the_settings_read_the_environment() {
    visit(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut |file, text| {
        let reads = text.contains("env::var") || text.contains("env::vars");
        // `golden` is compiled into tests only, and reads whether they write their files anew.
        let may = file.ends_with("settings/environment.rs") || file.ends_with("report/golden.rs");
        assert!(!reads || may, "{} reads the environment", file.display());
    });
}

fn module_of(file: &Path) -> Option<String> {
    let below = file.strip_prefix(concat!(env!("CARGO_MANIFEST_DIR"), "/src")).ok()?;
    let first = below.components().next()?.as_os_str().to_str()?.trim_end_matches(".rs").to_owned();
    (first != "lib").then_some(first)
}

/// The modules named after `crate::` or, in the binary, after `proofhouse::`.
fn uses(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
        for prefix in ["crate::", "proofhouse::"] {
            for rest in line.split(prefix).skip(1) {
                let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                found.push(name);
            }
        }
    }
    found
}

fn allowed(module: &str, used: &str) -> bool {
    let layers: BTreeMap<&str, (u8, &[&str])> =
        LAYERS.iter().map(|(layer, name, within)| (*name, (*layer, *within))).collect();
    let (Some((own, within)), Some((other, _))) = (layers.get(module), layers.get(used)) else {
        return module == used || !layers.contains_key(used);
    };
    module == used || other < own || within.contains(&used)
}

fn visit(directory: &Path, see: &mut dyn FnMut(&Path, &str)) {
    for entry in fs::read_dir(directory).expect("a source directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            visit(&path, see);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            see(&path, &fs::read_to_string(&path).expect("a source file"));
        }
    }
}
