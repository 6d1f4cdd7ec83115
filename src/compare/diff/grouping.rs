//! Which requirement each differing case is told under.
//!
//! A target that is wrong in one respect is seen to be so by many cases, and most of them are about something else. So
//! a case that breaks several rules stands under the one that most cases break; cases in which the same member of a
//! request is refused by one side, in the same words, and accepted by the other stand together; and a case that breaks
//! no rule, but shows just what a group of others proves, stands there too. What is left differs where the document
//! leaves room for both.

mod cause;
mod rules;
mod sign;

use std::collections::HashSet;

use indexmap::IndexMap;

pub(super) use self::rules::{Rules, Seen};
pub(super) use self::sign::Sign;

use self::cause::{Proof, is_answer, settled, without_incidental};
use self::sign::{Kind, Mark};
use crate::record::{Aspect, Change, Difference, Level, Support};

/// A rule that is broken in a case; one that does not bind is an open point on which the sides differ.
pub(super) struct Bearing {
    pub(super) requirement: Option<String>,
    pub(super) level: Level,
    /// The side that keeps it.
    pub(super) supports: Support,
    /// What of the replies breaks it.
    pub(super) signs: Vec<Sign>,
}

/// Where a difference shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// In the step that answers what the case is about.
    InItsAnswer,
    /// In a step before that, or a side neither accepts nor refuses: it says nothing of what the case is about.
    InPassing,
    /// In what a search found.
    BySearch,
}

/// A case that differs.
pub(super) struct Found {
    /// The rules broken in it, in the order of its claims.
    pub(super) bearings: Vec<Bearing>,
    /// The requirement that it is about.
    pub(super) about: Option<String>,
    /// Where the difference shows.
    pub(super) manner: Manner,
    /// The member of the request that one side refuses and the other accepts, where the refusal names it.
    pub(super) disputed: Option<String>,
    /// What the refusals named from which a search found what it did.
    pub(super) searched: HashSet<String>,
    /// How the sides answered in the step that shows the difference, without what they named.
    pub(super) answers: Option<[String; 2]>,
    /// What an open case observes, in words.
    pub(super) characteristic: Option<String>,
    /// The difference, not yet saying whom the document supports.
    pub(super) difference: Difference,
}

impl Found {
    /// The same case with other bearings and changes.
    fn with(&self, bearings: Vec<Bearing>, changes: Vec<Change>) -> Self {
        Self {
            bearings,
            about: self.about.clone(),
            manner: self.manner,
            disputed: self.disputed.clone(),
            searched: self.searched.clone(),
            answers: self.answers.clone(),
            characteristic: self.characteristic.clone(),
            difference: Difference { changes, ..self.difference.clone() },
        }
    }
}

/// The differing cases of one requirement.
pub(super) struct Group {
    pub(super) requirement: Option<String>,
    pub(super) level: Level,
    pub(super) differences: Vec<Difference>,
}

/// A requirement, how far it binds, and the side that keeps it.
type Home = (Option<String>, Level, Support);

/// The groups, those that bind furthest first.
pub(super) fn grouped(found: Vec<Found>, rules: &Rules) -> Vec<Group> {
    let searched: Vec<Option<String>> =
        found.iter().filter(|one| one.manner == Manner::BySearch).map(|one| one.about.clone()).collect();
    let (proving, open): (Vec<Found>, Vec<Found>) =
        without_incidental(found).into_iter().partition(|one| !one.bearings.is_empty());
    let mut groups = Groups::default();
    for Proof { home: (requirement, level, supports), signs, found } in settled(proving, &searched, rules) {
        let own = found.difference.changes.iter().filter(|change| signs.contains(&Sign::of(change)));
        let marks: Vec<Mark> = own.map(|change| Mark::of(change, supports)).collect();
        let supports = if level == Level::Observe { Support::Open } else { supports };
        groups.add(
            &(requirement, level),
            marks,
            Found { difference: Difference { supports, ..found.difference }, ..found },
            rules,
        );
    }
    // What is shown in passing may be what another open case is about.
    let (passing, answering): (Vec<Found>, Vec<Found>) =
        open.into_iter().partition(|one| one.manner == Manner::InPassing);
    let proved = groups.0.len();
    let homes: Vec<Option<usize>> = answering.iter().map(|one| groups.explaining(proved, one, rules)).collect();
    groups.add_open(told_alike(answering, &homes), homes, rules);
    let homes = passing.iter().map(|one| groups.explaining(groups.0.len(), one, rules)).collect();
    groups.add_open(passing, homes, rules);
    let mut groups: Vec<Group> = groups.0.into_values().map(|(group, _)| group).collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.level));
    each_once(groups)
}

/// The groups so far, with what each proves.
#[derive(Default)]
struct Groups(IndexMap<(Option<String>, Level), (Group, Proved)>);

impl Groups {
    fn add(&mut self, key: &(Option<String>, Level), marks: Vec<Mark>, found: Found, rules: &Rules) {
        let (requirement, level) = key.clone();
        let new = || (Group { requirement, level, differences: Vec::new() }, Proved::default());
        let (group, proved) = self.0.entry(key.clone()).or_insert_with(new);
        proved.misnaming += usize::from(marks.iter().any(|mark| mark.sign.kind == Kind::Culprit));
        proved.marks.extend(marks);
        proved.disputed.extend(found.disputed);
        proved.is_plain |= found.difference.address == rules.plain;
        proved.answers.extend(found.answers);
        group.differences.push(found.difference);
    }

    /// Adds cases that break no rule: to the group that explains them, or else under what they are about.
    fn add_open(&mut self, open: Vec<Found>, homes: Vec<Option<usize>>, rules: &Rules) {
        for (one, home) in open.into_iter().zip(homes) {
            let same = || self.0.values().position(|(group, _)| group.requirement == one.about);
            let home = home.or_else(|| (one.manner == Manner::BySearch).then(same).flatten());
            match home.and_then(|at| self.0.get_index_mut(at)) {
                Some((_, (group, _))) => group.differences.push(one.difference),
                None => {
                    let marks = one.difference.changes.iter().map(|change| Mark::of(change, Support::Open)).collect();
                    self.add(&(one.about.clone(), Level::Observe), marks, one, rules);
                }
            }
        }
    }

    /// The first of so many groups that together prove everything that a case shows; `None` when something of it is its
    /// own. For other reasons one group alone may explain it.
    fn explaining(&self, groups: usize, one: &Found, rules: &Rules) -> Option<usize> {
        let of = |change: &Change| {
            let explains = |(group, proved): &(Group, Proved)| {
                let is_misnamed = change.aspect == Aspect::Culprit
                    && rules.is_mostly_broken(group.requirement.as_ref(), proved.misnaming);
                is_misnamed || proved.explains(one, change)
            };
            self.0.values().take(groups).position(explains)
        };
        let homes: Option<Vec<usize>> = one.difference.changes.iter().map(of).collect();
        let together = homes.and_then(|homes| homes.into_iter().min());
        together.or_else(|| self.0.values().take(groups).position(|(group, proved)| proved.is_cause(group, one, rules)))
    }
}

/// Open cases that no group explains and that are answered alike but for the same codes, names, statuses or members are
/// about one thing: what the case observes in whose words that part of a reply stands, or else what most are about.
fn told_alike(mut open: Vec<Found>, homes: &[Option<usize>]) -> Vec<Found> {
    let mut alike: IndexMap<Vec<Change>, Vec<usize>> = IndexMap::new();
    for (at, (one, home)) in open.iter().zip(homes).enumerate() {
        let changes = &one.difference.changes;
        if home.is_none() && one.manner == Manner::InItsAnswer && !changes.iter().any(is_answer) {
            alike.entry(changes.clone()).or_default().push(at);
        }
    }
    for (changes, cases) in alike {
        let mut abouts: IndexMap<Option<String>, (bool, usize)> = IndexMap::new();
        for one in cases.iter().map(|&at| &open[at]) {
            let names = |words: &String| changes.iter().any(|change| words.contains(change.aspect.as_str()));
            let (is_named, count) = abouts.entry(one.about.clone()).or_default();
            *is_named |= one.characteristic.as_ref().is_some_and(names);
            *count += 1;
        }
        let about = abouts.iter().rev().max_by_key(|(_, weight)| **weight).map(|(about, _)| about.clone());
        if abouts.len() > A_FEW {
            cases.into_iter().for_each(|at| open[at].about = about.clone().flatten());
        }
    }
    open
}

/// Fewer may have their own causes that look alike.
const A_FEW: usize = 2;

/// A requirement that binds in some cases and is open in others has one group, under the level that binds furthest; each
/// difference says for itself whom the document supports. What is about no requirement stays as it is.
fn each_once(groups: Vec<Group>) -> Vec<Group> {
    let mut once: Vec<Group> = Vec::new();
    for group in groups {
        let same = once.iter_mut().find(|one| one.requirement.is_some() && one.requirement == group.requirement);
        match same {
            Some(one) => one.differences.extend(group.differences),
            None => once.push(group),
        }
    }
    once
}

/// What the cases of a group show of its cause.
#[derive(Default)]
struct Proved {
    marks: HashSet<Mark>,
    disputed: HashSet<String>,
    answers: HashSet<[String; 2]>,
    /// How many cases show that the wrong thing is named.
    misnaming: usize,
    /// Whether the plain request shows it.
    is_plain: bool,
}

impl Proved {
    /// Whether an open case shows what a group proves, though not in the same words: its refusal is known for the rule of
    /// the group, or both sides answer alike where what it is about is a finer point of that rule or is about replies, or
    /// where they answer as they do to the plain request; or it searched the very member that the sides dispute.
    fn is_cause(&self, group: &Group, one: &Found, rules: &Rules) -> bool {
        let (own, about) = (group.requirement.as_ref(), one.about.as_ref());
        let is_told = one.answers.as_ref().is_some_and(|answers| {
            let known = |(side, refusal): (usize, &String)| {
                self.answers.iter().any(|have| have[side] == *refusal) && rules.tells_apart(refusal, own, about)
            };
            let is_alike = self.answers.contains(answers);
            let is_beside = self.is_plain || rules.refines(about, own) || rules.is_general(about);
            answers.iter().enumerate().any(known) || is_alike && is_beside
        });
        is_told || self.disputed.iter().any(|disputed| one.searched.contains(disputed))
    }

    /// Whether a change is what the group proves. How the request was answered is what a case is about, unless it shows
    /// in passing, or is about the very member that the sides dispute.
    fn explains(&self, one: &Found, change: &Change) -> bool {
        let possible = [Support::A, Support::B, Support::Neither];
        let is_known = possible.iter().any(|supports| self.marks.contains(&Mark::of(change, *supports)));
        match change.aspect {
            Aspect::Outcome | Aspect::Characteristic => {
                is_known && (one.manner == Manner::InPassing || one.disputed.is_some())
            }
            // Where several are at fault, each side names one of those that it refuses, and says why.
            Aspect::Culprit => is_known || self.is_disputed(change),
            Aspect::Code => is_known || one.difference.changes.iter().any(|other| self.is_disputed(other)),
            Aspect::Status | Aspect::Envelope | Aspect::Content => is_known,
        }
    }

    fn is_disputed(&self, change: &Change) -> bool {
        let named = [&change.a, &change.b];
        change.aspect == Aspect::Culprit && named.iter().any(|named| self.disputed.contains(*named))
    }
}

#[cfg(test)]
mod tests;
