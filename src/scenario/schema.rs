//! The JSON Schema of what people write for a suite: scenario files, `api.yaml`, load plans, lists of known failures.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::format::{AuthEntry, Binding, CaseHead, ExpectDetails, FileHead, RowHead, StepFields, StepHead};
use super::known_failures::Written;
use super::plan::{MixEntry, PhaseEntry, PlanHead, ThresholdsEntry};
use crate::api::{ApiHead, Declaration, Field, Operation, OutcomeRules, Requirement, WrongTypes};

/// The schema of a scenario file.
#[must_use]
pub fn scenario_schema() -> Value {
    let mut generator = SchemaGenerator::default();
    let step = object(&mut generator, &[part::<StepHead>, part::<Binding>, part::<StepFields>]);
    let row = object(&mut generator, &[part::<RowHead>, part::<Binding>, part::<StepFields>]);
    let mut case = object(&mut generator, &[part::<CaseHead>, part::<Binding>, part::<StepFields>]);
    let auth = part::<AuthEntry>(&mut generator);
    let details = part::<ExpectDetails>(&mut generator);
    let list = |name: &str, about: &str| json!({ "type": "array", "items": { "$ref": name }, "description": about });
    add(&mut case, "rows", list("#/$defs/Row", "A case for each row."));
    add(
        &mut case,
        "steps",
        list(
            "#/$defs/Step",
            "The steps of a case with several exchanges; the next is sent if the target accepted or refused as it must, \
             whatever else is wrong with the reply, and what was read is right.",
        ),
    );
    add(&mut case, "cleanup", list("#/$defs/Step", "Steps sent at the end, whatever happened before."));
    let mut file = object(&mut generator, &[part::<FileHead>]);
    add(&mut file, "cases", list("#/$defs/Case", "The cases."));
    require(&mut file, "cases");
    let own = [("Case", case), ("Row", row), ("Step", step), ("Auth", auth), ("ExpectDetails", details)];
    complete(file, "A Proofhouse scenario file", own, &mut generator)
}

/// The schema of an `api.yaml`.
#[must_use]
pub fn api_schema() -> Value {
    let mut generator = SchemaGenerator::default();
    let mut file = object(&mut generator, &[part::<ApiHead>]);
    let outcome = part::<OutcomeRules>(&mut generator);
    add(&mut file, "outcome", outcome);
    let maps: [(&str, &str, Part); 5] = [
        ("operations", "The endpoints by name; the one that is no companion is the subject.", part::<Operation>),
        ("declarations", "What can be declared about a target, by name.", part::<Declaration>),
        ("fields", "The fields of requests by path.", part::<Field>),
        ("wrong_types", "Which wrong types bind how far, by the class that fields name.", part::<WrongTypes>),
        ("requirements", "The rules by their ids, in the order of the document.", part::<Requirement>),
    ];
    for (name, about, member) in maps {
        let member = member(&mut generator);
        add(&mut file, name, json!({ "description": about, "type": "object", "additionalProperties": member }));
    }
    require(&mut file, "operations");
    require(&mut file, "outcome");
    complete(file, "A Proofhouse api description", [], &mut generator)
}

/// The schema of a load plan.
#[must_use]
pub fn plan_schema() -> Value {
    let mut generator = SchemaGenerator::default();
    let mut file = object(&mut generator, &[part::<PlanHead>]);
    let own = [
        ("Phase", part::<PhaseEntry>(&mut generator)),
        ("Part", part::<MixEntry>(&mut generator)),
        ("Thresholds", part::<ThresholdsEntry>(&mut generator)),
    ];
    let list = |name: &str, about: &str| json!({ "type": "array", "items": { "$ref": name }, "description": about });
    add(&mut file, "phases", list("#/$defs/Phase", "The phases, one after the other."));
    add(&mut file, "mix", list("#/$defs/Part", "The cases that are sent; the api's plain request by default."));
    add(&mut file, "thresholds", json!({ "$ref": "#/$defs/Thresholds" }));
    complete(file, "A Proofhouse load plan", own, &mut generator)
}

/// The schema of a list of known failures.
#[must_use]
pub fn known_failures_schema() -> Value {
    let mut generator = SchemaGenerator::default();
    let mut entry = part::<Written>(&mut generator);
    let mut file = object(&mut generator, &[]);
    add(
        &mut file,
        "version",
        json!({ "const": 1, "type": "integer", "description": "The version of this format: 1." }),
    );
    let about =
        "The entries. Each must still be true: its cases fail, in this way and in no other, until its day is over.";
    add(
        &mut file,
        "failures",
        json!({ "type": "array", "items": { "$ref": "#/$defs/KnownFailure" }, "description": about }),
    );
    require(&mut file, "version");
    require(&mut file, "failures");
    entry["anyOf"] = json!([{ "required": ["owner"] }, { "required": ["link"] }]);
    entry["properties"]["expires"]["format"] = "date".into();
    complete(file, "A Proofhouse list of known failures", [("KnownFailure", entry)], &mut generator)
}

type Part = fn(&mut SchemaGenerator) -> Value;

fn part<T: JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    let schema: Schema = T::json_schema(generator);
    schema.to_value()
}

/// One object with the members of several groups.
fn object(generator: &mut SchemaGenerator, parts: &[Part]) -> Value {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for part in parts {
        let schema = part(generator);
        properties.extend(schema["properties"].as_object().cloned().unwrap_or_default());
        required.extend(schema["required"].as_array().cloned().unwrap_or_default());
    }
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn add(object: &mut Value, name: &str, schema: Value) {
    object["properties"][name] = schema;
}

fn require(object: &mut Value, name: &str) {
    if let Some(required) = object["required"].as_array_mut() {
        required.push(name.into());
    }
}

fn complete<const N: usize>(
    mut root: Value,
    title: &str,
    own: [(&str, Value); N],
    generator: &mut SchemaGenerator,
) -> Value {
    let mut definitions: Map<String, Value> = generator.take_definitions(true);
    definitions.extend(own.map(|(name, schema)| (name.to_owned(), schema)));
    root["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    root["title"] = title.into();
    root["$defs"] = Value::Object(definitions);
    root
}
