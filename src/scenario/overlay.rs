//! Laying the fields of a row or a step over those of its case.

use serde_json::{Map, Value};

use super::format::{Binding, StepFields};

/// A row's binding over its case's: facts add up, all else replaces.
pub(super) fn overlaid_binding(below: &Binding, above: &Binding) -> Binding {
    Binding {
        requirement: above.requirement.clone().or_else(|| below.requirement.clone()),
        level: above.level.or(below.level),
        characteristic: above.characteristic.clone().or_else(|| below.characteristic.clone()),
        needs: below.needs.iter().chain(&above.needs).cloned().collect(),
        assumes: below.assumes.iter().chain(&above.assumes).cloned().collect(),
    }
}

/// A row's or a step's fields over its case's: requests are laid over each other member by member, all else replaces.
pub(super) fn overlaid(below: &StepFields, above: &StepFields) -> StepFields {
    let laid = |below: &Map<String, Value>, above: &Map<String, Value>| {
        let mut members = below.clone();
        members.extend(above.clone());
        members
    };
    let request = match (&below.request, &above.request) {
        (Some(below), Some(above)) => Some(laid_request(below, above)),
        (below, above) => above.clone().or_else(|| below.clone()),
    };
    StepFields {
        operation: above.operation.clone().or_else(|| below.operation.clone()),
        method: above.method.clone().or_else(|| below.method.clone()),
        path: above.path.clone().or_else(|| below.path.clone()),
        request,
        body: above.body.clone().or_else(|| below.body.clone()),
        content_type: above.content_type.clone().or_else(|| below.content_type.clone()),
        query: laid(&below.query, &above.query),
        headers: laid(&below.headers, &above.headers),
        space: above.space.or(below.space),
        auth: laid(&below.auth, &above.auth),
        expect: above.expect.clone().or_else(|| below.expect.clone()),
        refusal: above.refusal.clone().or_else(|| below.refusal.clone()),
        also: if above.also.is_empty() { below.also.clone() } else { above.also.clone() },
    }
}

/// Lays a row's request over its case's, keeping `$absent` for the request of the file below both.
fn laid_request(below: &Value, above: &Value) -> Value {
    match (below, above) {
        (Value::Object(members), Value::Object(over)) if !is_word(members) && !is_word(over) => {
            let mut members = members.clone();
            for (key, value) in over {
                let value = members.get(key).map_or_else(|| value.clone(), |below| laid_request(below, value));
                members.insert(key.clone(), value);
            }
            Value::Object(members)
        }
        (_, above) => above.clone(),
    }
}

fn is_word(members: &Map<String, Value>) -> bool {
    members.len() == 1 && members.keys().all(|key| key.starts_with('$') && !key.starts_with("${"))
}
