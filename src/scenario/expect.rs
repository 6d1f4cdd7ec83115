//! What a case expects, read from its words, split into claims.

use serde_json::{Map, Value};

use super::case::ClaimTemplate;
use super::format::ExpectDetails;
use super::value::{Scope, Words};
use crate::api::{Api, Level, Tree};
use crate::expectation::{Expectation, ExpectedOutcome, matcher};

/// An outcome with its details.
#[derive(Clone, Debug, Default)]
pub(super) struct Expect {
    pub(super) outcome: ExpectedOutcome,
    pub(super) details: ExpectDetails,
}

impl Expect {
    /// Reads `accepted`, or `{ accepted: {…} }`, with its variables resolved but for the bodies.
    ///
    /// # Errors
    /// What is no expectation.
    pub(super) fn read(value: &Value, scope: &Scope<'_>) -> Result<Self, String> {
        const WORDS: &str =
            "`accepted`, `refused` or `any`, or one of these with details: `{ refused: { code: 90018 } }`";
        let (word, details) = match value {
            Value::String(word) => (scope.plain(&Value::from(word.as_str()), Words::Making)?, None),
            Value::Object(members) if members.len() == 1 => {
                let (word, details) = members.iter().next().ok_or(WORDS)?;
                (Value::from(word.as_str()), Some(details))
            }
            _ => return Err(format!("an expectation is {WORDS}")),
        };
        let outcome = match word.as_str() {
            Some("accepted") => ExpectedOutcome::Accepted,
            Some("refused") => ExpectedOutcome::Refused,
            Some("any") => ExpectedOutcome::Any,
            _ => return Err(format!("unknown outcome {word}: an expectation is {WORDS}")),
        };
        let details = details.map(Self::details).transpose()?.unwrap_or_default();
        Ok(Self { outcome, details })
    }

    /// Reads the details of a refusal.
    ///
    /// # Errors
    /// What is no detail.
    pub(super) fn details(value: &Value) -> Result<ExpectDetails, String> {
        serde_json::from_value(value.clone()).map_err(|error| format!("in an expectation: {error}"))
    }

    /// The claims: the outcome with its details for `requirement`, and the culprit for the requirement of the culprit.
    ///
    /// # Errors
    /// Details that cannot be: codes that are no numbers, statuses that are none, unknown matchers.
    pub(super) fn claims(
        &self,
        requirement: Option<&str>,
        level: Level,
        scope: &Scope<'_>,
    ) -> Result<Vec<ClaimTemplate>, String> {
        let culprits = self.culprits(scope)?;
        let fixed = Expectation {
            outcome: self.outcome,
            codes: numbers(self.details.code.as_ref(), "code", scope)?,
            statuses: statuses(self.details.status.as_ref(), scope)?,
            headers: headers(self.details.headers.as_ref())?,
            ..Expectation::default()
        };
        let json = body(self.details.json.as_ref(), scope)?;
        let json_exactly = body(self.details.json_exactly.as_ref(), scope)?;
        let main = ClaimTemplate { requirement: requirement.map(ToOwned::to_owned), level, fixed, json, json_exactly };
        let culprit = (!culprits.is_empty()).then(|| culprit_claim(scope.api, culprits, level)).transpose()?;
        Ok([Some(main), culprit].into_iter().flatten().collect())
    }

    fn culprits(&self, scope: &Scope<'_>) -> Result<Vec<String>, String> {
        let Some(value) = &self.details.culprit else {
            return Ok(Vec::new());
        };
        let list = match scope.plain(value, Words::Making)? {
            Value::Array(list) => list,
            one => vec![one],
        };
        list.into_iter()
            .map(|one| one.as_str().map(ToOwned::to_owned).ok_or_else(|| format!("a culprit is a name, not {one}")))
            .collect()
    }
}

fn culprit_claim(api: &Api, culprits: Vec<String>, level: Level) -> Result<ClaimTemplate, String> {
    let rule = api.outcome.culprit.as_ref().ok_or("the api's replies name no culprit")?;
    let own = api.requirements.get(&rule.requirement).map_or(level, |requirement| requirement.level);
    Ok(ClaimTemplate {
        requirement: Some(rule.requirement.clone()),
        level: level.min(own),
        // An acceptance is told by the claim that demands the refusal.
        fixed: Expectation { outcome: ExpectedOutcome::Any, culprits, ..Expectation::default() },
        json: None,
        json_exactly: None,
    })
}

fn numbers(value: Option<&Value>, what: &str, scope: &Scope<'_>) -> Result<Vec<i64>, String> {
    let Some(value) = value else {
        return Ok(Vec::new());
    };
    let list = match scope.plain(value, Words::Making)? {
        Value::Array(list) => list,
        one => vec![one],
    };
    list.iter().map(|one| one.as_i64().ok_or_else(|| format!("a {what} is a whole number, not {one}"))).collect()
}

fn statuses(value: Option<&Value>, scope: &Scope<'_>) -> Result<Vec<u16>, String> {
    let numbers = numbers(value, "status", scope)?;
    let status = |number: i64| u16::try_from(number).ok().filter(|status| (100..600).contains(status));
    numbers.iter().map(|&number| status(number).ok_or_else(|| format!("{number} is no HTTP status"))).collect()
}

/// Names of headers count in any letters; values are what they are, or `$` words.
fn headers(expected: Option<&Map<String, Value>>) -> Result<Map<String, Value>, String> {
    let expected = expected.into_iter().flatten();
    let lower = |(name, value): (&String, &Value)| match matcher::mistake(value) {
        Some(mistake) => Err(format!("header {name}: {mistake}")),
        None => Ok((name.to_ascii_lowercase(), value.clone())),
    };
    expected.map(lower).collect()
}

fn body(value: Option<&Value>, scope: &Scope<'_>) -> Result<Option<Tree>, String> {
    let Some(value) = value else {
        return Ok(None);
    };
    let tree = scope.tree(value, Words::Matching)?;
    match matcher::mistake(&tree.fill(&|_| "")) {
        Some(mistake) => Err(mistake),
        None => Ok(Some(tree)),
    }
}
