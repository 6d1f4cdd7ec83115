//! What the documents leave open, and what this target chose: read from the observed cases of a record.

use indexmap::IndexMap;

use super::{ApiRecord, CaseRecord, ExchangeRecord, Purpose};
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

/// What was searched, or measured as the rate is, rests on many requests: what was found says more than one exchange.
fn answer(case: &CaseRecord) -> Option<String> {
    if let Some(answer) = &case.answer {
        return Some(answer.clone());
    }
    if is_measured(case) {
        let (_, mismatches) = case.broken().into_iter().next()?;
        return mismatches.first().map(|mismatch| mismatch.actual.clone());
    }
    let step = case.last_step()?;
    if !is_about_content(case) {
        return Some(step.observation.to_string());
    }
    Some(match case.broken().into_iter().flat_map(|(_, mismatches)| mismatches).next() {
        None => "yes".into(),
        Some(one) => format!("no: {} is {}, not {}", one.at, one.actual, one.expected),
    })
}

/// Whether the point is what a reply says, or what several steps show together, rather than how the last one is
/// answered: of that, nothing is demanded then.
fn is_about_content(case: &CaseRecord) -> bool {
    let steps = || case.exchanges.iter().filter(|exchange| exchange.purpose == Purpose::Step);
    let about_json = |exchange: &ExchangeRecord| {
        exchange
            .expected
            .iter()
            .any(|claim| claim.json.is_some() || claim.json_exactly.is_some() || !claim.headers.is_empty())
    };
    let demands = |exchange: &ExchangeRecord| {
        exchange.expected.iter().any(|claim| claim.outcome != crate::expectation::ExpectedOutcome::Any)
    };
    steps().any(about_json) || (steps().count() > 1 && steps().next_back().is_some_and(demands))
}

/// Whether a case rests on a stretch of requests rather than on the exchanges that are kept with it.
pub(super) fn is_measured(case: &CaseRecord) -> bool {
    case.kind() == Some(crate::expectation::MismatchKind::LimitedTooEarly)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::sample;

    #[test]
    fn a_point_about_content_is_answered_by_yes_or_no_and_others_by_what_came() {
        let mut api = sample::record().apis.remove(0);
        let mut echo = api.cases.iter().find(|case| case.address.ends_with("/echo")).cloned().unwrap();
        echo.characteristic = Some("a user id comes back as text".into());
        api.cases.push(echo);
        let answers: Vec<(String, String)> = characteristics(&api)
            .into_iter()
            .map(|point| (point.about.to_owned(), point.choices[0].answer.clone()))
            .collect();
        let of = |about: &str| &answers.iter().find(|(have, _)| have.starts_with(about)).unwrap().1;
        assert_eq!(of("how characters"), "refused with code 1002 naming \"name\" (string)");
        assert_eq!(of("a user id"), "no: /userId is 7 (number), not \"u1\" (string)");
    }

    #[test]
    fn what_a_search_found_is_its_answer_whatever_its_requests_were_answered() {
        let mut api = sample::record().apis.remove(0);
        let mut name = api.cases.iter().find(|case| case.address.ends_with("/echo")).cloned().unwrap();
        name.characteristic = Some("where the limits really are".into());
        name.answer = Some("as documented".into());
        let other = CaseRecord { address: "rongcloud/search/other".into(), ..name.clone() };
        let level = CaseRecord { answer: Some("documented 100, observed 99".into()), ..name.clone() };
        api.cases.extend([name, other, level]);
        let points = characteristics(&api);
        let point = points.iter().find(|point| point.about.starts_with("where the limits")).unwrap();
        let answers: Vec<(&str, usize)> =
            point.choices.iter().map(|choice| (choice.answer.as_str(), choice.addresses.len())).collect();
        assert_eq!(answers, [("as documented", 2), ("documented 100, observed 99", 1)]);
    }

    #[test]
    fn of_several_steps_the_last_one_answers_when_nothing_is_demanded_of_it() {
        use crate::expectation::ExpectedOutcome;
        let mut api = sample::record().apis.remove(0);
        let mut twice = api.cases.iter().find(|case| !case.exchanges.is_empty()).cloned().unwrap();
        twice.characteristic = Some("a nonce that comes twice".into());
        twice.level = Level::Observe;
        twice.verdict = crate::record::Verdict::Observed;
        let mut step = twice.last_step().cloned().unwrap();
        step.expected.truncate(1);
        step.expected[0].outcome = ExpectedOutcome::Any;
        (step.expected[0].json, step.expected[0].json_exactly) = (None, None);
        twice.exchanges = vec![step.clone(), step.clone()];
        api.cases.push(twice);
        let points = characteristics(&api);
        let point = points.iter().find(|point| point.about == "a nonce that comes twice").unwrap();
        assert_eq!(point.choices[0].answer, step.observation.to_string());
    }
}
