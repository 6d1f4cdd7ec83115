//! One documented api, read from its `api.yaml`.

use std::collections::HashMap;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::auth::Scheme;
use super::{Declaration, DocumentPlace, Fields, Level, OutcomeRules, Requirement, WrongTypes};
use crate::source::{Diagnostic, Diagnostics, Document, Node, Place};

/// How a body is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum BodyEncoding {
    /// `application/json`.
    Json,
    /// `application/x-www-form-urlencoded`; nested values are JSON text.
    Form,
    /// No body.
    None,
}

/// One endpoint of an api.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// The method, in upper case.
    pub method: String,
    /// The path below the target's base URL.
    pub path: String,
    /// How the body is encoded.
    pub body: BodyEncoding,
    /// Form parameters whose value is JSON text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub json_text: Vec<String>,
    /// Query parameters besides those of the authentication; `${random}` is a number below 2^32.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub query: IndexMap<String, String>,
    /// The Content-Type, where it is not the plain one of the encoding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// Whether this is not the documented subject but helps to see its effects: used only where the target declares it.
    #[serde(default)]
    pub companion: bool,
    /// The plain accepted request: sent first, and what `load` sends without a plan. The subject has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plain: Option<Value>,
}

impl Operation {
    /// A POST without parameters.
    #[must_use]
    pub fn post(path: &str, body: BodyEncoding) -> Self {
        Self {
            method: "POST".into(),
            path: path.into(),
            body,
            json_text: Vec::new(),
            query: IndexMap::new(),
            content_type: None,
            companion: false,
            plain: None,
        }
    }

    /// The Content-Type that is sent; `None` without a body.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        match (&self.content_type, self.body) {
            (Some(given), _) => Some(given),
            (None, BodyEncoding::Json) => Some("application/json"),
            (None, BodyEncoding::Form) => Some("application/x-www-form-urlencoded"),
            (None, BodyEncoding::None) => None,
        }
    }
}

/// How often the api may be called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentedRate {
    /// Requests a second.
    pub per_second: u32,
    /// The requirement that says so.
    pub requirement: String,
}

/// One documented api.
#[derive(Clone, Debug, PartialEq)]
pub struct Api {
    /// The word by which it is chosen.
    pub name: String,
    /// What it is, for people.
    pub title: String,
    /// The name of the document that is the law, as reports show it.
    pub document: String,
    /// How requests are authenticated.
    pub auth: Scheme,
    /// The documented rate.
    pub rate: Option<DocumentedRate>,
    /// How many requests one connection may carry; `None` for any number.
    pub requests_per_connection: Option<u32>,
    /// Hosts of the vendor, against which overload is never sent unasked.
    pub vendor_hosts: Vec<String>,
    /// Endpoints by name.
    pub operations: IndexMap<String, Operation>,
    /// How a reply is read.
    pub outcome: OutcomeRules,
    /// What can be declared about a target.
    pub declarations: IndexMap<String, Declaration>,
    /// Named lists for suites, such as the extended keys that they write.
    pub lists: IndexMap<String, Vec<String>>,
    /// Fields by path.
    pub fields: Fields,
    /// Which wrong types bind how far, by the class that fields name.
    pub wrong_types: IndexMap<String, WrongTypes>,
    /// Rules by id.
    pub requirements: IndexMap<String, Requirement>,
    /// Where the plain accepted request stands.
    pub place: Place,
}

/// The members of `api.yaml` that are decoded in one piece.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApiHead {
    /// The version of this format: 1.
    version: u32,
    /// The word by which the api is chosen.
    api: String,
    /// What it is, for people.
    title: String,
    /// The name of the document that is the law.
    document: String,
    /// How requests are authenticated.
    auth: Scheme,
    /// The documented rate.
    #[serde(default)]
    rate: Option<DocumentedRate>,
    /// How many requests one connection may carry.
    #[serde(default)]
    requests_per_connection: Option<u32>,
    /// Hosts of the vendor.
    #[serde(default)]
    vendor_hosts: Vec<String>,
    /// Named lists for suites.
    #[serde(default)]
    lists: IndexMap<String, Vec<String>>,
}

impl Api {
    /// Reads an `api.yaml`.
    ///
    /// # Errors
    /// Every mistake in it.
    pub fn read(document: &Document) -> Result<Self, Diagnostics> {
        let mut root = document.root();
        let mut mistakes = Diagnostics::new();
        let operations = members(&mut root, "operations", "an operation", &mut mistakes);
        let declarations = members(&mut root, "declarations", "a declaration", &mut mistakes);
        let fields = members(&mut root, "fields", "a field", &mut mistakes);
        let wrong_types = members(&mut root, "wrong_types", "a list of wrong types", &mut mistakes);
        let requirements = members(&mut root, "requirements", "a requirement", &mut mistakes);
        let outcome_node = root.take("outcome");
        let outcome = outcome_node.as_ref().and_then(|node| mistakes.take(node.decode("the outcome")));
        let head = mistakes.take(root.decode::<ApiHead>("an api description"));
        let (Some(outcome), Some(head)) = (outcome, head) else {
            if outcome_node.is_none() {
                mistakes.push(root.value_error("`outcome` is missing: where a reply carries its code"));
            }
            return Err(mistakes);
        };
        let mut api = Self {
            name: head.api,
            title: head.title,
            document: head.document,
            auth: head.auth,
            rate: head.rate,
            requests_per_connection: head.requests_per_connection,
            vendor_hosts: head.vendor_hosts,
            operations,
            outcome,
            declarations,
            lists: head.lists,
            fields,
            wrong_types,
            requirements,
            place: Place { file: String::new(), line: 0, column: 0 },
        };
        if let Some((name, _)) = api.operations.iter().find(|(_, operation)| operation.plain.is_some()) {
            api.place = at(&document.root(), &["operations", name, "plain"]).place();
        }
        api.check(&document.root(), head.version, &mut mistakes);
        mistakes.into_result(api)
    }

    /// The documented subject: the one operation that is no companion.
    #[must_use]
    pub fn subject(&self) -> (&str, &Operation) {
        let mut subjects = self.operations.iter().filter(|(_, operation)| !operation.companion);
        let (name, operation) = subjects.next().expect("checked when the description was read");
        (name, operation)
    }

    /// The plain accepted request of the subject.
    #[must_use]
    pub fn plain(&self) -> &Value {
        self.subject().1.plain.as_ref().expect("checked when the description was read")
    }

    /// Checks what one part of the description says of another.
    fn check(&self, root: &Node, version: u32, mistakes: &mut Diagnostics) {
        if version != 1 {
            mistakes.push(at(root, &["version"]).value_error(format!("version {version} is not known: write 1")));
        }
        let subjects = self.operations.values().filter(|operation| !operation.companion).count();
        if subjects != 1 {
            mistakes.push(at(root, &["operations"]).error(format!(
                "one operation is the subject, all others have `companion: true`; here {subjects} have not"
            )));
        }
        for (name, operation) in &self.operations {
            if !operation.companion && operation.plain.is_none() {
                let node = at(root, &["operations", name]);
                mistakes.push(node.error("the subject needs `plain`: the request that must be accepted"));
            }
        }
        for (id, requirement) in &self.requirements {
            if let Some(contradiction) = requirement.contradiction() {
                mistakes.push(at(root, &["requirements", id]).error(contradiction));
            }
        }
        self.check_places(root, mistakes);
        for (place, id) in self.references() {
            if !self.requirements.contains_key(id) {
                mistakes.push(unknown_requirement(&at(root, &place), id, &self.requirements));
            }
        }
        for (path, field) in &self.fields {
            if let Some(class) = &field.wrong_types
                && !self.wrong_types.contains_key(class)
            {
                let message = format!("`wrong_types` has no entry `{class}`");
                mistakes.push(at(root, &["fields", path, "wrong_types"]).value_error(message));
            }
        }
    }

    /// Two rules of one level at one place would be one rule with two names.
    fn check_places(&self, root: &Node, mistakes: &mut Diagnostics) {
        let mut seen: HashMap<(&DocumentPlace, Level), &str> = HashMap::new();
        for (id, requirement) in &self.requirements {
            let Some(place) = &requirement.place else {
                continue;
            };
            if let Some(first) = seen.insert((place, requirement.level), id) {
                let before = at(root, &["requirements", first]).place();
                let message = format!("`{id}` has place and level of `{first}` at {before}: {place}");
                let node = at(root, &["requirements", id, "place"]);
                mistakes.push(node.error(message).help("say in `clause` which of several rules of that row each is"));
            }
        }
    }

    /// Every requirement id that the description names, with the place where it does.
    fn references(&self) -> Vec<(Vec<&str>, &str)> {
        let mut found: Vec<(Vec<&str>, &str)> = Vec::new();
        for (path, field) in &self.fields {
            let named = [
                ("type_requirement", field.type_requirement.as_ref()),
                ("required", field.required.as_ref()),
                ("length", field.length.as_ref().map(|limit| &limit.requirement)),
                ("length", field.length.as_ref().and_then(|limit| limit.open.as_ref())),
                ("range", field.range.as_ref().map(|limit| &limit.requirement)),
                ("count", field.count.as_ref().map(|limit| &limit.requirement)),
                ("alphabet", field.alphabet.as_ref().map(|limit| &limit.requirement)),
            ];
            let named = named.into_iter().filter_map(|(part, id)| Some((vec!["fields", path, part], id?.as_str())));
            found.extend(named);
        }
        let refined = self.requirements.iter().filter_map(|(id, one)| Some((id, one.refines.as_deref()?)));
        found.extend(refined.map(|(id, of)| (vec!["requirements", id, "refines"], of)));
        found.extend(self.rate.iter().map(|rate| (vec!["rate"], rate.requirement.as_str())));
        found.extend(self.outcome.culprit.iter().map(|rule| (vec!["outcome", "culprit"], rule.requirement.as_str())));
        found.extend(self.outcome.envelope.iter().map(|rule| (vec!["outcome", "envelope"], rule.requirement.as_str())));
        found
    }
}

/// The message for a requirement that the api does not have.
#[must_use]
pub fn unknown_requirement(node: &Node, id: &str, known: &IndexMap<String, Requirement>) -> Diagnostic {
    let names: Vec<&str> = known.keys().map(String::as_str).collect();
    let diagnostic = node.value_error(format!("unknown requirement `{id}`"));
    match crate::source::nearest(id, &names) {
        Some(name) => diagnostic.label(format!("did you mean `{name}`?")),
        None => diagnostic.help("the `requirements` of the api's `api.yaml` list them"),
    }
}

fn at(root: &Node, path: &[&str]) -> Node {
    path.iter().fold(root.clone(), |node, key| node.get(key).unwrap_or(node))
}

/// Decodes each member of a mapping apart, so that each mistake is reported.
fn members<T: serde::de::DeserializeOwned>(
    root: &mut Node,
    key: &str,
    what: &str,
    mistakes: &mut Diagnostics,
) -> IndexMap<String, T> {
    let Some(node) = root.take(key) else {
        return IndexMap::new();
    };
    node.members().filter_map(|(name, node)| Some((name, mistakes.take(node.decode(what))?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_rules_of_one_level_at_one_place_are_told_with_both_places() {
        let file = crate::source::embedded_files().into_iter().find(|file| file.path == "nexconn/api.yaml").unwrap();
        let place = "row: name, clause: type }";
        assert!(file.text.contains(place));
        let text = file.text.replace(place, "row: uniqueId, clause: type }");
        let found = Api::read(&Document::parse("api.yaml", &text).unwrap()).unwrap_err();
        let messages: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(messages.len(), 1, "{messages:#?}");
        assert!(messages[0].contains("`nx.name.type` has place and level of `nx.unique-id.type` at api.yaml:"));
        assert!(messages[0].starts_with("api.yaml:"), "{messages:#?}");
    }
}
