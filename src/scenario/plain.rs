//! The api's plain accepted request as a case: what every run sends first.

use indexmap::IndexMap;
use serde_json::Map;

use super::case::{Case, ClaimTemplate, Given, Step};
use super::value::{Scope, Words};
use crate::api::{Api, Level, RequestSpec, When};
use crate::expectation::{Expectation, ExpectedOutcome};
use crate::target::Declared;

/// Makes the case.
///
/// # Errors
/// What is wrong with the request in the api's description.
pub(super) fn plain(api: &Api, declared: &Declared) -> Result<Case, String> {
    let scope = Scope::new(api, declared, Map::new());
    let content = scope.tree(api.plain(), Words::Making)?;
    // It checks what the document says of success.
    let rule = api.outcome.envelope.iter().find(|rule| rule.when == When::Accepted);
    let requirement = rule.map(|rule| rule.requirement.clone());
    let level = requirement.as_ref().and_then(|id| api.requirements.get(id)).map_or(Level::Must, |rule| rule.level);
    let fixed = Expectation { outcome: ExpectedOutcome::Accepted, ..Expectation::default() };
    let claim = ClaimTemplate { requirement, level, fixed, json: None, json_exactly: None };
    let request = RequestSpec::plain(api.subject().0, content);
    Ok(Case {
        address: format!("{}/plain", api.name),
        api: api.name.clone(),
        place: api.place.clone(),
        about: Some("the plain request is accepted; everything else is measured against it".into()),
        steps: vec![Step { name: None, request, claims: vec![claim], captures: IndexMap::new() }],
        cleanup: Vec::new(),
        characteristic: None,
        assumed: if declared.users.is_none() { vec!["users".into()] } else { Vec::new() },
        accounts: 0,
        skip: None,
        given: Given::default(),
    })
}
