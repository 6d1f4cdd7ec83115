//! What differs between two results of one case: in how requests were answered, in what replies say, in what a search
//! found; and which rules are broken on the one side, the other, or both.
//!
//! Where the outcome differs, what follows from it (code, culprit, status) is not told again.

use std::collections::{BTreeSet, HashSet};

use indexmap::IndexMap;

use super::Pair;
use super::grouping::{Bearing, Disputed, Found, Manner, Seen, Sign};
use crate::compare::volatile::{body, differing, repetitions, steps};
use crate::expectation::matcher::typed;
use crate::record::{
    Aspect, CaseRecord, Change, Difference, ExchangeRecord, FindingRecord, Level, MismatchKind, ObservationRecord,
    Support,
};

/// What differs; `None` when nothing does.
pub(super) fn differs(pair: &Pair<'_>, a: &CaseRecord, b: &CaseRecord) -> Option<Found> {
    let (changes, shown, manner) = if a.answer.is_some() || b.answer.is_some() {
        (answers(a, b), None, Manner::BySearch)
    } else {
        of_exchanges(pair, a, b)
    };
    if changes.is_empty() {
        return None;
    }
    let about = about(a);
    let disputed = shown.and_then(|(one, other)| disputed(one, other));
    let replies = shown.and_then(|(one, other)| replies(pair, one, other));
    let difference = Difference { address: a.address.clone(), supports: Support::Open, changes, replies };
    let answers = shown.map(|(one, other)| [unnamed(one), unnamed(other)]);
    let searched = if manner == Manner::BySearch { named(a).chain(named(b)).collect() } else { HashSet::new() };
    let characteristic = a.characteristic.clone();
    Some(Found { bearings: bearings(a, b), about, manner, disputed, searched, answers, characteristic, difference })
}

/// The requirement that a difference is about where no rule is broken: the first that is open in the case.
fn about(case: &CaseRecord) -> Option<String> {
    let open = case.claims.iter().find(|claim| claim.level == Level::Observe);
    open.and_then(|claim| claim.requirement.clone()).or_else(|| case.requirements.first().cloned())
}

/// What was searched rests on requests that each side answered its own way to: only the findings can be compared.
fn answers(a: &CaseRecord, b: &CaseRecord) -> Vec<Change> {
    let words = |case: &CaseRecord| case.answer.clone().unwrap_or_else(|| "nothing was found".into());
    let (a, b) = (words(a), words(b));
    let change = (a != b).then(|| Change { aspect: Aspect::Characteristic, at: String::new(), a, b });
    change.into_iter().collect()
}

/// A case of both sides in short, whether it differs or not.
pub(super) fn seen<'a>(a: &'a CaseRecord, b: &CaseRecord) -> Seen<'a> {
    let refusal = |case: &CaseRecord| {
        let last = case.last_step().filter(|exchange| exchange.observation.outcome == "refused");
        last.map(unnamed)
    };
    Seen { requirements: &a.requirements, refusals: [refusal(a), refusal(b)] }
}

/// An answer without what it names.
fn unnamed(exchange: &ExchangeRecord) -> String {
    ObservationRecord { culprit: None, ..exchange.observation.clone() }.to_string()
}

/// Everything that the refusals in a case name.
fn named(case: &CaseRecord) -> impl Iterator<Item = String> {
    case.exchanges.iter().filter_map(|exchange| exchange.observation.culprit.clone())
}

/// Two exchanges of the same step.
type Shown<'a> = (&'a ExchangeRecord, &'a ExchangeRecord);

/// The changes in all steps up to the first with another outcome, after which both sides are in different states; the last
/// step that shows any, and what it says of the case.
fn of_exchanges<'a>(pair: &Pair<'_>, a: &'a CaseRecord, b: &'a CaseRecord) -> (Vec<Change>, Option<Shown<'a>>, Manner) {
    let both = steps(a).into_iter().zip(steps(b));
    let last = steps(a).len().max(steps(b).len());
    let learned = !repetitions(a).is_empty() && !repetitions(b).is_empty();
    let (mut changes, mut shown, mut manner) = (Vec::new(), None, Manner::InItsAnswer);
    for (index, (one, other)) in both.enumerate() {
        let mut found = Vec::new();
        exchange(pair, one, other, learned, &mut found);
        if found.is_empty() {
            continue;
        }
        let is_last = index + 1 == last && answers_at_all(one) && answers_at_all(other);
        (shown, manner) = (Some((one, other)), if is_last { Manner::InItsAnswer } else { Manner::InPassing });
        let is_apart = found.iter().any(|change| change.aspect == Aspect::Outcome);
        changes.extend(found.into_iter().filter(|change| !changes.contains(change)).collect::<Vec<_>>());
        if is_apart {
            break;
        }
    }
    let mut deviating = Vec::new();
    if !changes.iter().any(|change: &Change| change.aspect == Aspect::Outcome) {
        let of_kind = |kind, aspect| deviations(a, b, kind, aspect);
        deviating.extend(of_kind(MismatchKind::Envelope, Aspect::Envelope));
        deviating.extend(of_kind(MismatchKind::WrongContent, Aspect::Content));
        deviating.retain(|one: &Change| !changes.iter().any(|change| change.at == one.at));
    }
    if shown.is_none() && !deviating.is_empty() {
        shown = steps(a).last().copied().zip(steps(b).last().copied());
    }
    changes.extend(deviating);
    if a.level == Level::Observe {
        changes.iter_mut().filter(|change| change.aspect == Aspect::Outcome).for_each(|change| {
            change.aspect = Aspect::Characteristic;
        });
    }
    (changes, shown, manner)
}

/// Whether a request was accepted or refused, and not limited, unreadable or without a reply.
fn answers_at_all(exchange: &ExchangeRecord) -> bool {
    matches!(exchange.observation.outcome.as_str(), "accepted" | "refused")
}

/// What one side refuses and names, where the other accepts.
fn disputed(a: &ExchangeRecord, b: &ExchangeRecord) -> Option<Disputed> {
    let both = [&a.observation, &b.observation];
    let named = |(by, one): (usize, &&ObservationRecord)| Some(Disputed { member: one.culprit.clone()?, by });
    (both[0].outcome != both[1].outcome).then(|| both.iter().enumerate().find_map(named))?
}

/// What differs between two answers to the same request.
fn exchange(pair: &Pair<'_>, a: &ExchangeRecord, b: &ExchangeRecord, learned: bool, changes: &mut Vec<Change>) {
    let step = a.step.clone().unwrap_or_default();
    let mut add = |aspect: Aspect, at: &str, a: String, b: String| {
        changes.push(Change { aspect, at: at.to_owned(), a, b });
    };
    let (one, other) = (&a.observation, &b.observation);
    if one.outcome != other.outcome {
        add(Aspect::Outcome, &step, one.to_string(), other.to_string());
        return;
    }
    let volatile = |pointer: &str| pair.a.volatile.covers(a, pointer) || pair.b.volatile.covers(b, pointer);
    let pointers = &pair.a.api.reply;
    let words = |text: Option<String>| text.unwrap_or_else(|| "none".into());
    if one.code != other.code && !volatile(&pointers.code) {
        let code = |code: Option<i64>| words(code.map(|code| code.to_string()));
        add(Aspect::Code, &step, code(one.code), code(other.code));
    }
    if one.culprit != other.culprit && !pointers.culprit.as_deref().is_some_and(volatile) {
        add(Aspect::Culprit, &step, words(one.culprit.clone()), words(other.culprit.clone()));
    }
    if one.status != other.status {
        let status = |status: Option<u16>| words(status.map(|status| status.to_string()));
        add(Aspect::Status, &step, status(one.status), status(other.status));
    }
    if !learned {
        return;
    }
    let (Some(one), Some(other)) = (body(a), body(b)) else {
        return;
    };
    let mut found = BTreeSet::new();
    differing(&one, &other, "", &mut found);
    let told = [Some(&pointers.code), pointers.culprit.as_ref(), pointers.message.as_ref()];
    for pointer in found.iter().filter(|at| !volatile(at) && !told.contains(&Some(at))) {
        let value = |body: &serde_json::Value| body.pointer(pointer).map_or_else(|| "absent".into(), typed);
        add(Aspect::Content, pointer, value(&one), value(&other));
    }
}

/// Where one side deviates from what was expected in a way that the other does not.
fn deviations(a: &CaseRecord, b: &CaseRecord, kind: MismatchKind, aspect: Aspect) -> Vec<Change> {
    let of = |case: &CaseRecord| -> IndexMap<String, String> {
        let broken = case.broken().into_iter().flat_map(|(_, mismatches)| mismatches.to_vec());
        broken.filter(|one| one.kind == kind).map(|one| (one.at, one.actual)).collect()
    };
    let (one, other) = (of(a), of(b));
    let right = || "as expected".to_owned();
    let of_a = one.iter().filter(|(at, _)| !other.contains_key(*at));
    let of_b = other.iter().filter(|(at, _)| !one.contains_key(*at));
    let from_a = of_a.map(|(at, actual)| Change { aspect, at: at.clone(), a: actual.clone(), b: right() });
    let from_b = of_b.map(|(at, actual)| Change { aspect, at: at.clone(), a: right(), b: actual.clone() });
    from_a.chain(from_b).collect()
}

/// The rules that are broken, each with the side that keeps it. By requirement and not by position: a side that breaks a
/// rule of the envelope has more claims than the other. What does not bind counts only where one side keeps it.
fn bearings(a: &CaseRecord, b: &CaseRecord) -> Vec<Bearing> {
    let (of_a, of_b) = (broken(a), broken(b));
    let all: IndexMap<&Broken, ()> = of_a.keys().chain(of_b.keys()).map(|key| (key, ())).collect();
    let bearing = |key: &Broken| {
        let supports = match (of_a.contains_key(key), of_b.contains_key(key)) {
            (false, _) => Support::A,
            (true, false) => Support::B,
            (true, true) if key.1 == Level::Observe => return None,
            (true, true) => Support::Neither,
        };
        let signs = [of_a.get(key), of_b.get(key)].into_iter().flatten().flatten().cloned().collect();
        Some(Bearing { requirement: key.0.clone(), level: key.1, supports, signs })
    };
    all.into_keys().filter_map(bearing).collect()
}

/// A requirement, and how far a case binds to it.
type Broken = (Option<String>, Level);

/// What is broken in a case, with the signs of it.
fn broken(case: &CaseRecord) -> IndexMap<Broken, Vec<Sign>> {
    let mut broken: IndexMap<Broken, Vec<Sign>> = IndexMap::new();
    for claim in &case.claims {
        if let FindingRecord::Broken(mismatches) = &claim.finding {
            let exchange = claim.exchange.and_then(|at| case.exchanges.get(at));
            let step = exchange.and_then(|exchange| exchange.step.as_deref()).unwrap_or_default();
            let signs = mismatches.iter().flat_map(|one| Sign::all(one.kind, &one.at, step));
            broken.entry((claim.requirement.clone(), claim.level)).or_default().extend(signs);
        }
    }
    broken
}

fn replies(pair: &Pair<'_>, a: &ExchangeRecord, b: &ExchangeRecord) -> Option<[String; 2]> {
    let text = |exchange: &ExchangeRecord| match (body(exchange), exchange.reply()) {
        (Some(json), _) => {
            let json = pair.b.volatile.masked(exchange, pair.a.volatile.masked(exchange, json));
            serde_json::to_string_pretty(&json).unwrap_or_default()
        }
        (None, Some(reply)) => reply.body.text.clone(),
        (None, None) => String::new(),
    };
    let both = [text(a), text(b)];
    (both[0] != both[1]).then_some(both)
}
