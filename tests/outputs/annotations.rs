//! Annotations, read as GitHub's runner reads the output of a step.

use std::collections::BTreeMap;
use std::path::Path;

use crate::hostile::MARK;
use crate::kinds::outputs;

/// A command as the runner understands it: its name, its properties, its message.
fn parsed(line: &str) -> (String, BTreeMap<String, String>, String) {
    let (command, message) = line.strip_prefix("::").and_then(|rest| rest.split_once("::")).expect("a command");
    let (name, properties) = command.split_once(' ').unwrap_or((command, ""));
    let unescaped = |text: &str| {
        let text = text.replace("%0D", "\r").replace("%0A", "\n").replace("%3A", ":").replace("%2C", ",");
        text.replace("%25", "%")
    };
    let properties = properties.split(',').filter_map(|property| property.split_once('='));
    let properties = properties.map(|(key, value)| (key.to_owned(), unescaped(value))).collect();
    (name.to_owned(), properties, unescaped(message))
}

#[test]
fn annotations_are_few_point_into_the_suite_and_forge_nothing() {
    for outputs in outputs() {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let mut told = false;
        for line in outputs.text("annotations.txt").lines() {
            let (name, properties, message) = parsed(line);
            assert!(["error", "warning"].contains(&name.as_str()), "{line}");
            *counts.entry(name).or_default() += 1;
            for (key, value) in &properties {
                match key.as_str() {
                    "file" => {
                        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(value);
                        assert!(file.is_file(), "{value} is no file of the checkout");
                    }
                    "line" | "col" => assert!(value.parse::<u32>().is_ok_and(|number| number > 0), "{line}"),
                    "title" => assert!(!value.is_empty(), "{line}"),
                    other => panic!("the runner knows no property {other}: {line}"),
                }
            }
            assert!(!message.is_empty() && !line.contains(char::is_control), "{line:?}");
            assert!(!message.starts_with("forged") && !message.contains("\n::"), "{line}");
            told |= message.contains(MARK) || properties.values().any(|value| value.contains(MARK));
        }
        assert_eq!(counts.contains_key("error"), outputs.exit != 0, "{}: {counts:?}", outputs.name);
        assert!(counts.values().all(|count| *count <= 10), "{}: {counts:?}", outputs.name);
        assert!(
            told || !outputs.name.starts_with("check"),
            "nothing that {} was told stands in its annotations",
            outputs.name
        );
    }
}

#[test]
fn the_step_prints_the_annotations_and_no_other_command() {
    for outputs in outputs() {
        let commands: Vec<&str> =
            outputs.stdout.lines().map(str::trim_start).filter(|line| line.starts_with("::")).collect();
        let written: Vec<&str> = outputs.text("annotations.txt").lines().collect();
        assert_eq!(commands, written, "{}", outputs.name);
    }
}
