//! What the documents leave open, and what this target chose: read from the observed cases of a record.

use indexmap::IndexMap;

use super::{ApiRecord, CaseRecord};
use crate::api::Level;

/// One open point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Characteristic<'a> {
    /// The point, for people.
    pub about: &'a str,
    /// The requirement that is open.
    pub requirement: Option<&'a str>,
    /// What the target did, in the order of the cases; more than one where cases differ.
    pub choices: Vec<Choice<'a>>,
}

/// One way in which the target answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice<'a> {
    /// How: `refused with code 1002 naming "name" (string)`.
    pub answer: String,
    /// The cases that were answered so.
    pub addresses: Vec<&'a str>,
}

/// The open points of one api, in the order of its cases.
#[must_use]
pub fn characteristics(api: &ApiRecord) -> Vec<Characteristic<'_>> {
    let mut found: IndexMap<&str, Characteristic<'_>> = IndexMap::new();
    let open = |case: &&CaseRecord| case.level == Level::Observe || case.characteristic.is_some();
    for case in api.cases.iter().filter(open).filter(|case| case.was_judged()) {
        let Some(answer) = answer(case) else {
            continue;
        };
        let about = about(api, case);
        let requirement = case.requirements.first().map(String::as_str);
        let entry = found.entry(about).or_insert(Characteristic { about, requirement, choices: Vec::new() });
        match entry.choices.iter_mut().find(|choice| choice.answer == answer) {
            Some(choice) => choice.addresses.push(&case.address),
            None => entry.choices.push(Choice { answer, addresses: vec![&case.address] }),
        }
    }
    found.into_values().collect()
}

/// The case's own words; else those of its requirement; else its name.
fn about<'a>(api: &'a ApiRecord, case: &'a CaseRecord) -> &'a str {
    let rule = || Some(api.requirements.get(case.requirements.first()?)?.rule.as_str());
    let own = case.characteristic.as_deref().or(case.about.as_deref()).or_else(rule);
    own.unwrap_or_else(|| case.address.split('[').next().unwrap_or(&case.address))
}

/// The rate was measured over many requests: what was found says more than the one exchange that is kept.
fn answer(case: &CaseRecord) -> Option<String> {
    if is_measured(case) {
        let (_, mismatches) = case.broken().into_iter().next()?;
        return mismatches.first().map(|mismatch| mismatch.actual.clone());
    }
    case.last_step().map(|step| step.observation.to_string())
}

/// Whether a case rests on a stretch of requests rather than on the exchanges that are kept with it.
pub(super) fn is_measured(case: &CaseRecord) -> bool {
    case.kind() == Some(crate::expectation::MismatchKind::LimitedTooEarly)
}
