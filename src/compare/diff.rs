//! Two check records of one api: where the targets differ, case by case, and which of them the document supports.
//!
//! `changes` tells what differs between two results of one case, `grouping` which requirement that belongs to. A
//! difference binds as far as the claim that holds on one side only, or is broken on both; where every claim holds on
//! both sides, the document leaves room for both, and nothing gates.

mod changes;
mod grouping;

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use self::changes::{differs, seen};
use self::grouping::{Bearing, Found, Group, Manner, Rules, Sign, grouped};
use super::volatile::{Volatile, repetitions, steps};
use crate::record::audit::VERSION;
use crate::record::{
    ApiRecord, Aspect, AuditRecord, AuditSide, CaseRecord, Change, CheckRecord, Difference, ExchangeRecord, Level,
    MismatchKind, NotCompared, RequirementGroup, Support, Verdict,
};

/// One side: the run, the api in it, and what is volatile there.
struct Side<'a> {
    record: &'a CheckRecord,
    api: &'a ApiRecord,
    volatile: Volatile,
}

/// Both sides.
struct Pair<'a> {
    a: Side<'a>,
    b: Side<'a>,
}

/// Compares one api of two records; cases for which `wants` is false are left out. `None` when one has no such api.
#[must_use]
pub fn diff(
    a: &CheckRecord,
    b: &CheckRecord,
    api: &str,
    gate: Level,
    wants: &dyn Fn(&str) -> bool,
) -> Option<AuditRecord> {
    let pair = Pair { a: side(a, api)?, b: side(b, api)? };
    let (mut compared, mut found, mut not_compared) = (0, Vec::new(), Vec::new());
    for (address, a, b) in pair.cases().filter(|(address, _, _)| wants(address)) {
        match pair.look_at(address, a, b) {
            Ok(difference) => {
                compared += 1;
                found.extend(difference);
            }
            Err(why) => not_compared.push(NotCompared { address: address.to_owned(), why }),
        }
    }
    let differing = found.len();
    // Also what is not asked for tells which rules there are.
    let both = pair.cases().filter_map(|(_, a, b)| Some(seen(a?, b?)));
    let rules = Rules::seen(both, pair.refined(), format!("{api}/plain"));
    let groups = grouped(found, &rules).into_iter().map(|group| pair.described(group)).collect();
    let sides = [facts(&pair.a), facts(&pair.b)];
    let notes = notes(&pair);
    let (record, api) = ("diff".to_owned(), api.to_owned());
    Some(AuditRecord {
        record,
        version: VERSION,
        exit_code: 0,
        api,
        gate,
        sides,
        compared,
        differing,
        groups,
        not_compared,
        notes,
    })
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

impl Pair<'_> {
    /// Every case with its results, in the order of A, and then those that only B has.
    fn cases(&self) -> impl Iterator<Item = (&str, Option<&CaseRecord>, Option<&CaseRecord>)> {
        let by_address = |api: &'_ ApiRecord| -> IndexMap<String, usize> {
            api.cases.iter().enumerate().map(|(at, case)| (case.address.clone(), at)).collect()
        };
        let (of_a, of_b) = (by_address(self.a.api), by_address(self.b.api));
        let of_both = self.a.api.cases.iter().map(move |case| {
            let other = of_b.get(&case.address).map(|&at| &self.b.api.cases[at]);
            (case.address.as_str(), Some(case), other)
        });
        let only_b = self.b.api.cases.iter().filter(move |case| !of_a.contains_key(&case.address));
        of_both.chain(only_b.map(|case| (case.address.as_str(), None, Some(case))))
    }

    /// What is different in a case, if anything.
    ///
    /// # Errors
    /// Why it cannot be compared.
    fn look_at(&self, address: &str, a: Option<&CaseRecord>, b: Option<&CaseRecord>) -> Result<Option<Found>, String> {
        let both = match (a, b) {
            (Some(a), Some(b)) => (a, b),
            (Some(case), None) => return measured(case, Support::B).map(Some),
            (None, Some(case)) => return measured(case, Support::A).map(Some),
            (None, None) => return Err(format!("neither side has {address}")),
        };
        match doubt(both.0, both.1) {
            Some(why) => Err(why),
            None => Ok(differs(self, both.0, both.1)),
        }
    }

    /// Of which rule each is a finer point, as either side may have recorded it.
    fn refined(&self) -> HashMap<String, String> {
        let all = self.a.api.requirements.iter().chain(&self.b.api.requirements);
        all.filter_map(|(id, one)| Some((id.clone(), one.refines.clone()?))).collect()
    }

    /// A group with what its requirement says, which either side may have recorded.
    fn described(&self, group: Group) -> RequirementGroup {
        let Group { requirement, level, differences } = group;
        let id = requirement.as_deref();
        let find = |api: &ApiRecord| id.and_then(|id| api.requirements.get(id)).map(|one| one.rule.clone());
        let authority = id.and_then(|id| self.a.api.authority(id).or_else(|| self.b.api.authority(id)));
        let rule = find(self.a.api).or_else(|| find(self.b.api));
        RequirementGroup { requirement, level, rule, authority, differences: differences.into_values().collect() }
    }
}

/// A case that one record has alone. The rate is measured only where a target refused for it: then it is a difference.
///
/// # Errors
/// That nothing is there to compare it with.
fn measured(case: &CaseRecord, supports: Support) -> Result<Found, String> {
    let found = case.broken().into_iter().find_map(|(claim, mismatches)| {
        let one = mismatches.iter().find(|one| one.kind == MismatchKind::LimitedTooEarly)?;
        Some((claim, one.actual.clone()))
    });
    let (with, without) = if supports == Support::B { ("A", "B") } else { ("B", "A") };
    let (claim, found) = found.ok_or_else(|| format!("only {with} has it, {without} does not"))?;
    let none = "not limited".to_owned();
    let (a, b) = if supports == Support::B { (found, none) } else { (none, found) };
    let changes = vec![Change { aspect: Aspect::Outcome, at: "rate".into(), a, b }];
    let signs = Sign::all(MismatchKind::LimitedTooEarly, "", "rate");
    let bearing = Bearing { requirement: claim.requirement.clone(), level: claim.level, supports, signs };
    Ok(Found {
        bearings: vec![bearing],
        about: claim.requirement.clone(),
        manner: Manner::InItsAnswer,
        disputed: None,
        searched: HashSet::new(),
        answers: None,
        characteristic: None,
        difference: Difference { address: case.address.clone(), supports, changes, replies: None },
    })
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
