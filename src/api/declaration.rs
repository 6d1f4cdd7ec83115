//! What a target can declare about itself, and of what kind that is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A fact that a target can declare about itself, and what is taken when it does not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Declaration {
    /// What the fact is, for people.
    pub about: String,
    /// What is assumed where it is not declared; absent when nothing can be assumed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// The list whose entries must be configured on the target for the cases that use them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub names: Option<String>,
}

/// The largest number that can be declared, unless the default is larger: as many members or elements are sent.
const MOST: i64 = 1_000;

impl Declaration {
    /// What a declared value would have to be, where it is not that: of the kind of the default, or a list of names. What
    /// has neither may be anything, but no text that is meant as `true` or `false`: it would not be taken for either.
    #[must_use]
    pub fn problem(&self, value: &Value) -> Option<String> {
        let is_list = || value.as_array().is_some_and(|list| list.iter().all(Value::is_string));
        let (fits, right) = match &self.default {
            Some(Value::Number(default)) => {
                let Some(default) = default.as_i64() else {
                    return (!value.is_number()).then(|| "a number".to_owned());
                };
                let (low, high) = (default.min(1), default.max(MOST));
                let fits = value.as_i64().is_some_and(|number| (low..=high).contains(&number));
                return (!fits).then(|| format!("a whole number from {low} to {high}"));
            }
            Some(Value::String(_)) => (value.is_string(), "a text"),
            Some(Value::Array(_)) => (is_list(), "a list of texts"),
            None if self.names.is_some() => (is_list(), "a list of texts"),
            Some(_) => (value.is_boolean(), "true or false"),
            None => (!value.as_str().is_some_and(is_meant_as_truth), "true or false"),
        };
        (!fits).then(|| right.to_owned())
    }
}

/// What other versions of YAML take for `true` or `false`.
fn is_meant_as_truth(text: &str) -> bool {
    ["true", "false", "yes", "no", "on", "off"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_fact_has_the_kind_of_its_default() {
        let of = |default: Value, names: Option<&str>| Declaration {
            about: "a fact".into(),
            default: Some(default).filter(|default| !default.is_null()),
            names: names.map(str::to_owned),
        };
        for (declaration, right, wrong) in [
            (of(json!(20), None), vec![json!(1), json!(1000)], vec![json!(0), json!(1001), json!("20"), json!(2.5)]),
            (of(json!(0), None), vec![json!(0), json!(5)], vec![json!(-1)]),
            (of(json!(5000), None), vec![json!(5000)], vec![json!(5001)]),
            (of(json!(2.5), None), vec![json!(2.5), json!(3)], vec![json!("2.5")]),
            (of(json!("a"), None), vec![json!("b")], vec![json!(1), json!(null)]),
            (of(json!(["a"]), None), vec![json!([]), json!(["b"])], vec![json!("b"), json!([1])]),
            (of(json!(null), Some("keys")), vec![json!(["b"])], vec![json!(true), json!("b")]),
            (of(json!(true), None), vec![json!(false)], vec![json!("false"), json!(0)]),
            (of(json!(null), None), vec![json!(false), json!("b"), json!(7)], vec![json!("yes"), json!("Off")]),
        ] {
            assert!(right.iter().all(|value| declaration.problem(value).is_none()), "{declaration:?}");
            assert!(wrong.iter().all(|value| declaration.problem(value).is_some()), "{declaration:?}");
        }
    }
}
