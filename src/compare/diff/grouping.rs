//! Which requirement each differing case is told under.
//!
//! A target that is wrong in one respect is seen to be so by many cases, and most of them are about something else. So
//! a case that breaks several rules stands under the one that most cases break; cases in which the same member of a
//! request is refused by one side, in the same words, and accepted by the other stand together; and a case that breaks
//! no rule, but shows just what a group of others proves, stands there too. What is left differs where the document
//! leaves room for both.

mod cause;
mod open;
mod rules;
mod sign;

use std::cmp::Reverse;
use std::collections::HashSet;

use indexmap::IndexMap;
use indexmap::map::Entry;

pub(super) use self::rules::{Rules, Seen};
pub(super) use self::sign::Sign;

use self::cause::{Proof, settled, without_incidental};
use self::open::{A_FEW, apart, by_point, own, told_alike};
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

/// A member of a request that one side refuses and the other accepts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Disputed {
    pub(super) member: String,
    /// The side that refuses it: 0 for A, 1 for B.
    pub(super) by: usize,
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
    pub(super) disputed: Option<Disputed>,
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
    /// What the same case shows beside what is told already.
    fn beside(&self, bearings: Vec<Bearing>, changes: Vec<Change>) -> Self {
        // Where only the looks of a reply are left, how it answers says nothing more.
        let answers = self.answers.clone().filter(|_| changes.iter().any(tells_of_the_answer));
        Self {
            bearings,
            answers,
            about: self.about.clone(),
            manner: self.manner,
            disputed: self.disputed.clone(),
            searched: self.searched.clone(),
            characteristic: self.characteristic.clone(),
            difference: Difference { changes, ..self.difference.clone() },
        }
    }
}

/// Whether a change is in what is answered, and not in what the reply looks like.
fn tells_of_the_answer(change: &Change) -> bool {
    !matches!(change.aspect, Aspect::Status | Aspect::Envelope | Aspect::Content)
}

/// The differing cases of one requirement.
pub(super) struct Group {
    pub(super) requirement: Option<String>,
    pub(super) level: Level,
    /// By address.
    pub(super) differences: IndexMap<String, Difference>,
}

impl Group {
    /// Adds a difference; what else one case shows of the same joins it.
    fn add(&mut self, difference: Difference) {
        match self.differences.entry(difference.address.clone()) {
            Entry::Occupied(mut one) => one.get_mut().changes.extend(difference.changes),
            Entry::Vacant(place) => {
                place.insert(difference);
            }
        }
    }
}

/// A requirement, how far it binds, and the side that keeps it.
type Home = (Option<String>, Level, Support);

/// The groups, those that bind furthest first.
pub(super) fn grouped(found: Vec<Found>, rules: &Rules) -> Vec<Group> {
    let searched: Vec<Option<String>> =
        found.iter().filter(|one| one.manner == Manner::BySearch).map(|one| one.about.clone()).collect();
    let (proving, mut open): (Vec<Found>, Vec<Found>) =
        without_incidental(found).into_iter().partition(|one| !one.bearings.is_empty());
    let mut groups = Groups::default();
    let (proofs, beyond) = settled(proving, &searched, rules);
    open.extend(beyond);
    for Proof { home: (requirement, level, supports), signs, found } in proofs {
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
    let (answering, homes) = apart(answering, homes);
    // A point that many cases show explains what others show beside their own.
    let mut explaining = proved;
    for point in by_point(told_alike(answering, &homes), homes) {
        let is_shown_by_many = own(&point) > A_FEW;
        let beside = |(one, home): (Found, Option<usize>)| {
            let home = home.or_else(|| groups.together(explaining, &one, rules));
            (one, home)
        };
        let (open, homes) = point.into_iter().map(beside).unzip();
        groups.add_open(open, homes, rules);
        if is_shown_by_many {
            explaining = groups.0.len();
        }
    }
    let homes = passing.iter().map(|one| groups.explaining(groups.0.len(), one, rules)).collect();
    groups.add_open(passing, homes, rules);
    let mut groups: Vec<Group> = groups.0.into_values().map(|(group, _)| group).collect();
    groups.sort_by_key(|group| Reverse(group.level));
    each_once(groups)
}

/// The groups so far, with what each proves.
#[derive(Default)]
struct Groups(IndexMap<(Option<String>, Level), (Group, Proved)>);

impl Groups {
    fn add(&mut self, key: &(Option<String>, Level), marks: Vec<Mark>, found: Found, rules: &Rules) {
        let (requirement, level) = key.clone();
        let new = || (Group { requirement, level, differences: IndexMap::new() }, Proved::default());
        let (group, proved) = self.0.entry(key.clone()).or_insert_with(new);
        proved.misnaming += usize::from(marks.iter().any(|mark| mark.sign.kind == Kind::Culprit));
        proved.marks.extend(marks);
        proved.disputed.extend(found.disputed);
        if found.difference.address == rules.plain {
            proved.plain.clone_from(&found.answers);
        }
        proved.answers.extend(found.answers);
        group.add(found.difference);
    }

    /// Adds cases that break no rule: to the group that explains them, or else under what they are about.
    fn add_open(&mut self, open: Vec<Found>, homes: Vec<Option<usize>>, rules: &Rules) {
        for (one, home) in open.into_iter().zip(homes) {
            let same = || self.0.values().position(|(group, _)| group.requirement == one.about);
            let home = home.or_else(|| (one.manner == Manner::BySearch).then(same).flatten());
            match home.and_then(|at| self.0.get_index_mut(at)) {
                Some((_, (group, _))) => group.add(one.difference),
                None => {
                    let marks = one.difference.changes.iter().map(|change| Mark::of(change, Support::Open)).collect();
                    self.add(&(one.about.clone(), Level::Observe), marks, one, rules);
                }
            }
        }
    }

    /// The first of so many groups that explain a case, together or, for other reasons, one alone.
    fn explaining(&self, groups: usize, one: &Found, rules: &Rules) -> Option<usize> {
        let alone = || self.0.values().take(groups).position(|(group, proved)| proved.is_cause(group, one, rules));
        self.together(groups, one, rules).or_else(alone)
    }

    /// The first of so many groups that together prove everything that a case shows; `None` when something of it is its
    /// own.
    fn together(&self, groups: usize, one: &Found, rules: &Rules) -> Option<usize> {
        let of = |change: &Change| {
            let explains = |(group, proved): &(Group, Proved)| {
                let is_misnamed = change.aspect == Aspect::Culprit
                    && rules.is_mostly_broken(group.requirement.as_ref(), proved.misnaming);
                is_misnamed || proved.explains(one, change)
            };
            self.0.values().take(groups).position(explains)
        };
        let homes: Option<Vec<usize>> = one.difference.changes.iter().map(of).collect();
        homes.and_then(|homes| homes.into_iter().min())
    }
}

/// A requirement that binds in some cases and is open in others has one group, under the level that binds furthest; each
/// difference says for itself whom the document supports. What is about no requirement stays as it is.
fn each_once(groups: Vec<Group>) -> Vec<Group> {
    let mut once: Vec<Group> = Vec::new();
    for group in groups {
        let same = once.iter_mut().find(|one| one.requirement.is_some() && one.requirement == group.requirement);
        match same {
            Some(one) => group.differences.into_values().for_each(|difference| one.add(difference)),
            None => once.push(group),
        }
    }
    once
}

/// What the cases of a group show of its cause.
#[derive(Default)]
struct Proved {
    marks: HashSet<Mark>,
    disputed: HashSet<Disputed>,
    answers: HashSet<[String; 2]>,
    /// How many cases show that the wrong thing is named.
    misnaming: usize,
    /// How both sides answered the plain request, where that shows it.
    plain: Option<[String; 2]>,
}

impl Proved {
    /// Whether an open case shows what a group proves, though not in the same words: its refusal is known for the rule of
    /// the group, or both sides answer alike where what it is about is a finer point of that rule or is about replies, or
    /// where they answer as they do to the plain request; or it searched the very member that the sides dispute.
    fn is_cause(&self, group: &Group, one: &Found, rules: &Rules) -> bool {
        let (own, about) = (group.requirement.as_ref(), one.about.as_ref());
        let is_told = one.answers.as_ref().is_some_and(|answers| {
            // The other side answers for a reason that is known, too: a word of its own is a difference of its own.
            let has_reason = |side: usize| {
                let answer = &answers[side];
                let is_seen = rules.is_known(answer) || self.answers.iter().any(|have| have[side] == *answer);
                !answer.starts_with("refused") || is_seen
            };
            let known = |(side, refusal): (usize, &String)| {
                let is_known = self.answers.iter().any(|have| have[side] == *refusal);
                is_known && rules.tells_apart(refusal, own, about) && has_reason(1 - side)
            };
            let is_alike = self.answers.contains(answers);
            let is_beside = self.plain.is_some() || rules.refines(about, own) || rules.is_general(about);
            // Whoever refuses the plain request refuses this for the same reason.
            let same = |plain: &[String; 2]| {
                let both = plain.iter().zip(answers);
                both.clone().any(|(plain, answer)| plain == answer && plain.starts_with("refused"))
            };
            let is_refused_anyway = self.plain.as_ref().is_some_and(same);
            answers.iter().enumerate().any(known) || is_alike && is_beside || is_refused_anyway
        });
        is_told || self.disputed.iter().any(|disputed| one.searched.contains(&disputed.member))
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

    /// Whether the side that refuses a member names it: the other, which accepts it, has no reason to.
    fn is_disputed(&self, change: &Change) -> bool {
        let named = [&change.a, &change.b];
        let refused = self.disputed.iter().any(|disputed| disputed.member == *named[disputed.by]);
        change.aspect == Aspect::Culprit && refused
    }
}

#[cfg(test)]
mod tests;
