//! The reference of the file formats, from their schemas.

use std::fmt::Write as _;

use proofhouse::compare::trace::Trace;
use proofhouse::record::AuditRecord;
use proofhouse::scenario::{api_schema, known_failures_schema, scenario_schema};
use schemars::schema_for;
use serde_json::Value;

use crate::committed::up_to_date;

#[test]
fn the_reference_of_the_scenario_format_is_up_to_date() {
    let text = page("Scenario files", "What a suite is written in; `proofhouse lint` checks it.", &scenario_schema());
    up_to_date("docs/scenario-format.md", &text);
}

#[test]
fn the_reference_of_the_api_format_is_up_to_date() {
    let text = page("API descriptions", "`api.yaml`: one documented api as data.", &api_schema());
    up_to_date("docs/api-format.md", &text);
}

#[test]
fn the_reference_of_lists_of_known_failures_is_up_to_date() {
    let about = "`known-failures.yaml`: what an implementation is known to get wrong, until when, and whose it is.";
    up_to_date("docs/known-failures-format.md", &page("Known failures", about, &known_failures_schema()));
}

#[test]
fn the_reference_of_the_result_of_a_diff_is_up_to_date() {
    let about = "The `report.json` of `proofhouse diff`; `proofhouse schema audit-record` is its JSON Schema.";
    up_to_date("docs/diff-format.md", &page("The result of a diff", about, &schema_for!(AuditRecord).to_value()));
}

#[test]
fn the_reference_of_the_matrix_is_up_to_date() {
    let about = "What `proofhouse trace --json` writes; `proofhouse schema trace` is its JSON Schema.";
    up_to_date("docs/trace-format.md", &page("The matrix", about, &schema_for!(Trace).to_value()));
}

#[test]
fn every_field_of_what_people_write_is_described() {
    every_field_is_described(&scenario_schema());
    every_field_is_described(&api_schema());
    every_field_is_described(&known_failures_schema());
}

#[test]
fn every_field_of_an_api_is_described_where_it_is_a_mapping_of_its_own() {
    let page = page("t", "a", &api_schema());
    for section in ["outcome", "Each of `operations`", "Each of `fields`", "Each of `requirements`"] {
        assert!(page.contains(section), "{section}");
    }
    assert!(page.contains("| `refines` |"));
}

fn every_field_is_described(schema: &Value) {
    let definitions = schema["$defs"].as_object().unwrap();
    let named = definitions.iter().map(|(name, object)| (name.as_str(), object));
    for (name, object) in named.chain([("the file", schema)]) {
        for (field, member) in object["properties"].as_object().into_iter().flatten() {
            let described = member.get("description").or_else(|| resolve(schema, member).get("description"));
            assert!(described.is_some(), "{name}.{field} is not described");
        }
    }
}

fn page(title: &str, about: &str, schema: &Value) -> String {
    let mut text = format!("# {title}\n\n{about} Generated from the code.\n");
    section(&mut text, "The file", schema, schema);
    for (name, definition) in schema["$defs"].as_object().unwrap() {
        section(&mut text, name, definition, schema);
    }
    text
}

fn section(text: &mut String, name: &str, object: &Value, schema: &Value) {
    write!(text, "\n## {name}\n\n").unwrap();
    if let Some(about) = object["description"].as_str() {
        writeln!(text, "{}\n", about.replace('\n', " ")).unwrap();
    }
    let words = object["oneOf"].as_array().into_iter().flatten();
    for word in words {
        if let Some(constant) = word["const"].as_str() {
            let about = word["description"].as_str().unwrap_or_default().replace('\n', " ");
            writeln!(text, "- `{constant}`: {about}").unwrap();
        }
    }
    let Some(properties) = object["properties"].as_object() else {
        return;
    };
    let required: Vec<&str> = object["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    text.push_str("| field | type | meaning |\n| --- | --- | --- |\n");
    for (field, member) in properties {
        let about = member["description"].as_str().or_else(|| resolve(schema, member)["description"].as_str());
        let about = about.unwrap_or_default().replace('\n', " ").replace('|', "\\|");
        let mandatory = if required.contains(&field.as_str()) { ", mandatory" } else { "" };
        writeln!(text, "| `{field}` | {}{mandatory} | {about} |", kind(member)).unwrap();
    }
    for (field, member) in properties {
        if let Some((title, inner)) = written_in_place(field, member) {
            section(text, &title, inner, schema);
        }
    }
}

/// An object that a member holds, or holds many of, and that has no name of its own.
fn written_in_place<'a>(field: &str, member: &'a Value) -> Option<(String, &'a Value)> {
    let each = [&member["additionalProperties"], &member["items"]].into_iter().find(|inner| has_members(inner));
    let each = each.map(|inner| (format!("Each of `{field}`"), inner));
    each.or_else(|| has_members(member).then(|| (format!("`{field}`"), member)))
}

fn has_members(object: &Value) -> bool {
    object["properties"].as_object().is_some_and(|members| !members.is_empty())
}

/// What a `$ref` points to; the member itself, when it is none.
fn resolve<'a>(schema: &'a Value, member: &'a Value) -> &'a Value {
    let reference = member["$ref"].as_str().or_else(|| member["anyOf"][0]["$ref"].as_str());
    reference.and_then(|reference| schema.pointer(reference.trim_start_matches('#'))).unwrap_or(member)
}

fn kind(member: &Value) -> String {
    let reference = |value: &Value| value["$ref"].as_str().and_then(|path| path.rsplit('/').next().map(str::to_owned));
    if let Some(name) = reference(member).or_else(|| reference(&member["anyOf"][0])) {
        return name;
    }
    if let Some(inner) = reference(&member["items"]) {
        return format!("list of {inner}");
    }
    if let Some(inner) = reference(&member["additionalProperties"]) {
        return format!("map to {inner}");
    }
    if has_members(&member["additionalProperties"]) {
        return "map to objects, see below".into();
    }
    if has_members(&member["items"]) {
        return "list of objects, see below".into();
    }
    match &member["type"] {
        Value::String(name) => match member["items"]["type"].as_str() {
            Some(inner) => format!("list of {inner}"),
            None => name.clone(),
        },
        Value::Array(names) => {
            names.iter().filter_map(Value::as_str).find(|name| *name != "null").unwrap_or("any").into()
        }
        _ => "any".into(),
    }
}
