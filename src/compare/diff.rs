//! Two check records of one api: where the targets differ, case by case, and which of them the document supports.
//!
//! Where the outcome differs, what follows from it (code, culprit, status) is not told again. A difference binds as far
//! as the claim that holds on one side only, or is broken on both; where every claim holds on both sides, the document
//! leaves room for both, and nothing gates.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::volatile::{Volatile, body, differing, repetitions, steps};
use crate::record::{
    ApiRecord, Aspect, AuditRecord, AuditSide, CaseRecord, Change, CheckRecord, Difference, ExchangeRecord,
    FindingRecord, Level, MismatchKind, NotCompared, RequirementGroup, Support, Verdict,
};

/// One side: the run, the api in it, and what is volatile there.
struct Side<'a> {
    record: &'a CheckRecord,
    api: &'a ApiRecord,
    volatile: Volatile,
}

/// Both sides, and whether each case was sent twice to each.
struct Pair<'a> {
    a: Side<'a>,
    b: Side<'a>,
}

/// Compares one api of two records; cases for which `wants` is false are left out. `None` when a record has no such api.
#[must_use]
pub fn diff(
    a: &CheckRecord,
    b: &CheckRecord,
    api: &str,
    gate: Level,
    wants: &dyn Fn(&str) -> bool,
) -> Option<AuditRecord> {
    let pair = Pair { a: side(a, api)?, b: side(b, api)? };
    let mut result = AuditRecord {
        record: "diff".into(),
        version: 1,
        exit_code: 0,
        api: api.to_owned(),
        gate,
        sides: [facts(&pair.a), facts(&pair.b)],
        compared: 0,
        differing: 0,
        groups: Vec::new(),
        not_compared: Vec::new(),
        notes: notes(&pair),
    };
    let mut groups: IndexMap<(Option<String>, Level), RequirementGroup> = IndexMap::new();
    let of_b: IndexMap<&str, &CaseRecord> = pair.b.api.cases.iter().map(|case| (case.address.as_str(), case)).collect();
    for case in pair.a.api.cases.iter().filter(|case| wants(&case.address)) {
        let Some(other) = of_b.get(case.address.as_str()) else {
            alone(&pair, case, Support::B, &mut result, &mut groups);
            continue;
        };
        if let Some(why) = doubt(case, other) {
            result.not_compared.push(NotCompared { address: case.address.clone(), why });
            continue;
        }
        result.compared += 1;
        if let Some((key, difference)) = compare(&pair, case, other) {
            put(&pair, key, difference, &mut groups);
        }
    }
    let of_a: BTreeSet<&str> = pair.a.api.cases.iter().map(|case| case.address.as_str()).collect();
    for case in pair.b.api.cases.iter().filter(|case| wants(&case.address) && !of_a.contains(case.address.as_str())) {
        alone(&pair, case, Support::A, &mut result, &mut groups);
    }
    result.groups = attributed(groups.into_values().collect());
    result.groups.sort_by_key(|group| std::cmp::Reverse(group.level));
    result.differing = result.groups.iter().map(|group| group.differences.len()).sum();
    Some(result)
}

/// Puts what a case shows only in passing where other cases prove it: a culprit that differs in a case about something
/// else belongs to the one requirement that is seen broken in just that respect.
fn attributed(groups: Vec<RequirementGroup>) -> Vec<RequirementGroup> {
    let (mut proved, passing): (Vec<_>, Vec<_>) = groups.into_iter().partition(|group| group.level > Level::Observe);
    let mut rest = Vec::new();
    for mut group in passing {
        let mut kept = Vec::new();
        for difference in std::mem::take(&mut group.differences) {
            let aspects =
                |one: &Difference| one.changes.iter().map(|change| change.aspect).collect::<BTreeSet<Aspect>>();
            let own = aspects(&difference);
            let mut homes = proved.iter_mut().filter(|group| group.differences.iter().any(|one| aspects(one) == own));
            match (homes.next(), homes.next()) {
                (Some(home), None) => home.differences.push(difference),
                _ => kept.push(difference),
            }
        }
        if !kept.is_empty() {
            rest.push(RequirementGroup { differences: kept, ..group });
        }
    }
    proved.extend(rest);
    proved
}

fn side<'a>(record: &'a CheckRecord, name: &str) -> Option<Side<'a>> {
    let api = record.apis.iter().find(|api| api.name == name)?;
    Some(Side { record, api, volatile: Volatile::learn(api) })
}

fn facts(side: &Side<'_>) -> AuditSide {
    let (target, started) = (side.api.target.base_url.clone(), side.record.started.clone());
    AuditSide { target, started, volatile: side.volatile.listed() }
}

fn notes(pair: &Pair<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    if pair.a.record.suite != pair.b.record.suite {
        notes.push("the sides were checked with different suites: cases of one of them only are not compared".into());
    }
    for (name, side) in [("A", &pair.a), ("B", &pair.b)] {
        if !side.api.cases.iter().any(|case| !repetitions(case).is_empty()) {
            notes.push(format!(
                "{name} was sent each case once: members of bodies are compared only by `check --repeat 2`"
            ));
        }
        if side.record.interrupted {
            notes.push(format!("the run of {name} was interrupted"));
        }
    }
    notes
}

/// A case that one record has alone. The rate is measured only where a target refused for it: then it is a difference.
fn alone(
    pair: &Pair<'_>,
    case: &CaseRecord,
    supports: Support,
    result: &mut AuditRecord,
    groups: &mut IndexMap<(Option<String>, Level), RequirementGroup>,
) {
    let measured = case.broken().into_iter().find_map(|(claim, mismatches)| {
        let one = mismatches.iter().find(|one| one.kind == MismatchKind::LimitedTooEarly)?;
        Some((claim, one.actual.clone()))
    });
    let (with, without) = if supports == Support::B { ("A", "B") } else { ("B", "A") };
    let Some((claim, found)) = measured else {
        let why = format!("only {with} has it, {without} does not");
        result.not_compared.push(NotCompared { address: case.address.clone(), why });
        return;
    };
    let none = "not limited".to_owned();
    let (a, b) = if supports == Support::B { (found, none) } else { (none, found) };
    let changes = vec![Change { aspect: Aspect::Outcome, at: "rate".into(), a, b }];
    let difference = Difference { address: case.address.clone(), supports, changes, replies: None };
    result.compared += 1;
    put(pair, (claim.requirement.clone(), claim.level), difference, groups);
}

fn put(
    pair: &Pair<'_>,
    key: (Option<String>, Level),
    difference: Difference,
    groups: &mut IndexMap<(Option<String>, Level), RequirementGroup>,
) {
    let (requirement, level) = key.clone();
    let group = groups.entry(key).or_insert_with(|| {
        let id = requirement.as_deref();
        let find = |api: &ApiRecord| id.and_then(|id| api.requirements.get(id)).map(|one| one.rule.clone());
        let authority = id.and_then(|id| pair.a.api.authority(id).or_else(|| pair.b.api.authority(id)));
        let rule = find(pair.a.api).or_else(|| find(pair.b.api));
        RequirementGroup { requirement, level, rule, authority, differences: Vec::new() }
    });
    group.differences.push(difference);
}

/// Why two results of a case say nothing about a difference.
fn doubt(a: &CaseRecord, b: &CaseRecord) -> Option<String> {
    for (name, case) in [("A", a), ("B", b)] {
        match case.verdict {
            Verdict::Skip => {
                return Some(format!("skipped on {name}: {}", case.skip.as_deref().unwrap_or("by choice")));
            }
            Verdict::Inconclusive => {
                let why = case.uncertainty().map_or("no reason was recorded", crate::record::Uncertainty::sentence);
                return Some(format!("inconclusive on {name}: {why}"));
            }
            Verdict::Fail | Verdict::KnownFailure | Verdict::Pass | Verdict::Observed => {}
        }
        let first = steps(case);
        let wavers = |again: &Vec<&ExchangeRecord>| {
            first.iter().zip(again).any(|(one, other)| one.observation.outcome != other.observation.outcome)
        };
        if repetitions(case).iter().any(wavers) {
            return Some(format!("{name} answers differently when the same is sent twice"));
        }
    }
    None
}

fn compare(pair: &Pair<'_>, a: &CaseRecord, b: &CaseRecord) -> Option<((Option<String>, Level), Difference)> {
    let mut changes = Vec::new();
    let mut shown = None;
    let (steps_a, steps_b) = (steps(a), steps(b));
    let learned = !repetitions(a).is_empty() && !repetitions(b).is_empty();
    for (one, other) in steps_a.iter().zip(&steps_b) {
        let before = changes.len();
        exchange(pair, one, other, learned, &mut changes);
        if changes.len() > before {
            shown = Some((*one, *other));
            break;
        }
    }
    let told =
        |aspect: Aspect| changes.iter().any(|change| change.aspect == aspect || change.aspect == Aspect::Outcome);
    let mut found = Vec::new();
    for (kind, aspect) in [(MismatchKind::Envelope, Aspect::Envelope), (MismatchKind::WrongContent, Aspect::Content)] {
        if !told(aspect) {
            found.extend(deviations(a, b, kind, aspect));
        }
    }
    if shown.is_none() && !found.is_empty() {
        shown = steps_a.last().copied().zip(steps_b.last().copied());
    }
    changes.extend(found);
    if changes.is_empty() {
        return None;
    }
    let is_open = a.level == Level::Observe;
    if is_open {
        changes.iter_mut().filter(|change| change.aspect == Aspect::Outcome).for_each(|change| {
            change.aspect = Aspect::Characteristic;
        });
    }
    let (key, supports) = bearing(a, b);
    let replies = shown.and_then(|(one, other)| replies(pair, one, other));
    Some((key, Difference { address: a.address.clone(), supports, changes, replies }))
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
        let value =
            |body: &serde_json::Value| body.pointer(pointer).map_or_else(|| "absent".into(), ToString::to_string);
        add(Aspect::Content, pointer, value(&one), value(&other));
    }
}

/// Where one side deviates from the document in a way that the other does not.
fn deviations(a: &CaseRecord, b: &CaseRecord, kind: MismatchKind, aspect: Aspect) -> Vec<Change> {
    let of = |case: &CaseRecord| -> IndexMap<String, String> {
        let broken = case.broken().into_iter().flat_map(|(_, mismatches)| mismatches.to_vec());
        broken.filter(|one| one.kind == kind).map(|one| (one.at, one.actual)).collect()
    };
    let (one, other) = (of(a), of(b));
    let right = || "as the document says".to_owned();
    let of_a = one.iter().filter(|(at, _)| !other.contains_key(*at));
    let of_b = other.iter().filter(|(at, _)| !one.contains_key(*at));
    let from_a = of_a.map(|(at, actual)| Change { aspect, at: at.clone(), a: actual.clone(), b: right() });
    let from_b = of_b.map(|(at, actual)| Change { aspect, at: at.clone(), a: right(), b: actual.clone() });
    from_a.chain(from_b).collect()
}

/// Which requirement a difference is about, how far it binds, and whom the document supports.
fn bearing(a: &CaseRecord, b: &CaseRecord) -> ((Option<String>, Level), Support) {
    let broken = |case: &CaseRecord, index: usize| {
        case.claims.get(index).is_some_and(|claim| matches!(claim.finding, FindingRecord::Broken(_)))
    };
    let longer = if a.claims.len() >= b.claims.len() { a } else { b };
    let mut best: Option<(Level, Option<String>, Support)> = None;
    for (index, claim) in longer.claims.iter().enumerate().filter(|(_, claim)| claim.level > Level::Observe) {
        let supports = match (broken(a, index), broken(b, index)) {
            (false, true) => Support::A,
            (true, false) => Support::B,
            (true, true) => Support::Neither,
            (false, false) => continue,
        };
        if best.as_ref().is_none_or(|(level, _, _)| claim.level > *level) {
            best = Some((claim.level, claim.requirement.clone(), supports));
        }
    }
    match best {
        Some((level, requirement, supports)) => ((requirement, level), supports),
        None => ((a.requirements.first().cloned(), Level::Observe), Support::Open),
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::sample::{self, Scene};

    fn compared(a: &CheckRecord, b: &CheckRecord) -> AuditRecord {
        diff(a, b, "rongcloud", Level::Must, &|_| true).unwrap()
    }

    #[test]
    fn a_record_does_not_differ_from_itself() {
        let record = sample::of(Scene::Conformant);
        let result = compared(&record, &record);
        assert_eq!((result.groups.len(), result.not_compared.len()), (0, 0));
        assert!(result.compared > 0 && !result.is_violated());
        assert!(diff(&record, &record, "tencent", Level::Must, &|_| true).is_none());
    }

    #[test]
    fn each_difference_says_whom_the_document_supports() {
        let (good, mixed) = (sample::of(Scene::Conformant), sample::record());
        for (a, b, supports) in [(&good, &mixed, Support::A), (&mixed, &good, Support::B)] {
            let result = compared(a, b);
            assert!(result.is_violated());
            let found = |name: &str| {
                let all = result.groups.iter().flat_map(|group| &group.differences);
                all.into_iter().find(|one| one.address.contains(name)).unwrap_or_else(|| panic!("{name}"))
            };
            for (name, aspect) in [
                ("at=over", Aspect::Outcome),
                ("range", Aspect::Culprit),
                ("echo", Aspect::Content),
                ("rongcloud/rate", Aspect::Outcome),
            ] {
                let one = found(name);
                assert_eq!((one.supports, one.changes[0].aspect), (supports, aspect), "{name}: {one:?}");
            }
            assert_eq!(found("auth/signature").changes[0].aspect, Aspect::Code);
            let levels: Vec<Level> = result.groups.iter().map(|group| group.level).collect();
            assert!(levels.is_sorted_by(|one, other| one >= other) && levels.contains(&Level::Should), "{levels:?}");
            assert!(result.not_compared.iter().any(|one| one.address.ends_with("/skipped")));
        }
    }

    #[test]
    fn a_member_that_differs_from_time_to_time_is_left_out_and_nothing_else() {
        use crate::record::{Answer, Purpose};
        let written = |id: &str, extra: &str| {
            let mut record = sample::of(Scene::Conformant);
            let case = record.apis[0].cases.iter_mut().find(|case| case.address.ends_with("/echo")).unwrap();
            let with = |id: &str| format!(r#"{{"code":200,"userId":"u1","id":"{id}","extra":"{extra}"}}"#);
            let mut again = case.exchanges[0].clone();
            again.purpose = Purpose::Repeat;
            for (exchange, id) in [(&mut case.exchanges[0], id), (&mut again, "other")] {
                if let Answer::Reply(reply) = &mut exchange.answer {
                    reply.body.text = with(id);
                }
            }
            case.exchanges.push(again);
            record
        };
        assert_eq!(compared(&written("1", "x"), &written("2", "x")).groups, []);
        let result = compared(&written("1", "x"), &written("2", "y"));
        let changes = &result.groups[0].differences[0].changes;
        assert_eq!(changes.iter().map(|change| change.at.as_str()).collect::<Vec<_>>(), ["/extra"]);
        assert_eq!(result.sides[0].volatile, ["profile/set.json: /id"]);
        assert!(result.groups[0].differences[0].replies.as_ref().unwrap()[0].contains("volatile"));
    }
}
