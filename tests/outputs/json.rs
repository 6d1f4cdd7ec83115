//! The record and the lines of JSON, against the schemas that `proofhouse schema` prints.

use serde_json::{Value, json};

use crate::built_binary::proofhouse;
use crate::kinds::{Outputs, outputs};

fn schema(name: &str) -> Value {
    let output = proofhouse().args(["schema", name]).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("schema {name}: {error}"))
}

fn check(schema: &Value, instance: &Value, what: &str) {
    let validator = jsonschema::validator_for(schema).unwrap();
    let wrong: Vec<String> =
        validator.iter_errors(instance).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "{what}:\n{}", wrong.join("\n"));
}

fn lines(outputs: &Outputs, file: &str) -> Vec<Value> {
    // Only a line feed ends a line, whatever else a reader may take for an end.
    let text = outputs.text(file).strip_suffix('\n').unwrap();
    let parsed = text.split('\n').map(serde_json::from_str::<Value>);
    parsed.collect::<Result<_, _>>().unwrap_or_else(|error| panic!("{file} of {}: {error}", outputs.name))
}

#[test]
fn a_record_is_as_its_published_schema_says() {
    for outputs in outputs() {
        let record: Value = serde_json::from_str(outputs.text("report.json")).unwrap();
        check(&schema(outputs.schema), &record, &outputs.name);
    }
}

#[test]
fn a_schema_refuses_what_is_no_record() {
    for name in outputs().iter().map(|outputs| outputs.schema) {
        let validator = jsonschema::validator_for(&schema(name)).unwrap();
        for wrong in [json!({}), json!([]), json!({ "record": "check", "version": 1 })] {
            assert!(!validator.is_valid(&wrong), "{name} takes {wrong}");
        }
    }
}

#[test]
fn each_line_of_json_is_a_part_of_the_record() {
    for outputs in outputs() {
        let schema = schema(outputs.schema);
        let mut counts = vec![0; outputs.lines.len()];
        for line in lines(outputs, "report.ndjson") {
            assert_eq!(line["version"], 1, "{line}");
            for (index, (word, definition)) in outputs.lines.iter().enumerate() {
                if let Some(part) = line.get(word) {
                    counts[index] += 1;
                    let part_schema = json!({ "$ref": format!("#/$defs/{definition}"), "$defs": schema["$defs"] });
                    check(&part_schema, part, &format!("a {word} of {}", outputs.name));
                }
            }
        }
        assert!(counts.iter().all(|count| *count > 0), "{}: {counts:?} lines of each kind", outputs.name);
    }
}

#[test]
fn each_line_of_a_journal_is_as_its_published_schema_says() {
    let schema = schema("journal");
    let journals = outputs().iter().filter(|outputs| outputs.files.contains_key("journal.ndjson"));
    let mut seen = 0;
    for outputs in journals {
        for line in lines(outputs, "journal.ndjson") {
            check(&schema, &line, &format!("the journal of {}", outputs.name));
            seen += 1;
        }
    }
    assert!(seen > 4, "only {seen} lines");
}
