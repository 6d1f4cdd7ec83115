//! Which requirement each differing case is told under.
//!
//! A target that is wrong in one respect is seen to be so by many cases, and most of them are about something else. So
//! a case that breaks several rules stands under the one that most cases break; cases in which the same member of a
//! request is refused by one side, in the same words, and accepted by the other stand together; and a case that breaks
//! no rule, but shows just what a group of others proves, stands there too. What is left differs where the document
//! leaves room for both.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use crate::record::{Aspect, Change, Difference, Level, MismatchKind, Support};

/// A rule that is broken in a case; one that does not bind is an open point on which the sides differ.
pub(super) struct Bearing {
    pub(super) requirement: Option<String>,
    pub(super) level: Level,
    /// The side that keeps it.
    pub(super) supports: Support,
    /// What of the replies breaks it.
    pub(super) signs: Vec<Sign>,
}

/// A part of a reply that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Sign {
    kind: Kind,
    /// The pointer, for a member of the body.
    at: String,
}

impl Sign {
    /// The signs of one mismatch.
    pub(super) fn all(kind: MismatchKind, at: &str) -> Vec<Self> {
        let plain = |kind| Self { kind, at: String::new() };
        let member = || Self { kind: Kind::Body, at: at.to_owned() };
        match kind {
            MismatchKind::NoReply
            | MismatchKind::WronglyAccepted
            | MismatchKind::WronglyRefused
            | MismatchKind::LimitedTooEarly => vec![plain(Kind::Answer)],
            MismatchKind::WrongCode => vec![plain(Kind::Code)],
            MismatchKind::WrongCulprit => vec![plain(Kind::Culprit)],
            MismatchKind::WrongStatus => vec![plain(Kind::Status)],
            // Where the code itself is broken, there is no answer.
            MismatchKind::Envelope => vec![member(), plain(Kind::Status), plain(Kind::Answer)],
            MismatchKind::WrongContent => vec![member()],
        }
    }
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
    /// The difference, not yet saying whom the document supports.
    pub(super) difference: Difference,
}

/// The differing cases of one requirement.
pub(super) struct Group {
    pub(super) requirement: Option<String>,
    pub(super) level: Level,
    pub(super) differences: Vec<Difference>,
}

/// What a change has in common with others of the same cause.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Mark {
    sign: Sign,
    a: Option<String>,
    b: Option<String>,
}

/// What it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Answer,
    Code,
    Culprit,
    Status,
    Body,
}

/// A requirement, how far it binds, and the side that keeps it.
type Home = (Option<String>, Level, Support);

/// A case with the requirement that it proves to be broken, or on which the sides differ, and the signs of that.
struct Proof {
    home: Home,
    signs: Vec<Sign>,
    found: Found,
}

/// The groups, those that bind furthest first.
pub(super) fn grouped(found: Vec<Found>) -> Vec<Group> {
    let searched: Vec<Option<String>> =
        found.iter().filter(|one| one.manner == Manner::BySearch).map(|one| one.about.clone()).collect();
    let (proving, passing): (Vec<Found>, Vec<Found>) = found.into_iter().partition(|one| !one.bearings.is_empty());
    let mut groups: IndexMap<(Option<String>, Level), (Group, Proved)> = IndexMap::new();
    for Proof { home: (requirement, level, supports), signs, found } in joined(proofs(proving), &searched) {
        let (group, proved) = groups
            .entry((requirement.clone(), level))
            .or_insert_with(|| (Group { requirement, level, differences: Vec::new() }, Proved::default()));
        let own = found.difference.changes.iter().filter(|change| signs.contains(&sign(change)));
        proved.marks.extend(own.map(|change| mark(change, supports)));
        let supports = if level == Level::Observe { Support::Open } else { supports };
        let difference = Difference { supports, ..found.difference };
        proved.disputed.extend(found.disputed);
        group.differences.push(difference);
    }
    let all: Vec<&Proved> = groups.values().map(|(_, proved)| proved).collect();
    let homes: Vec<Option<usize>> = passing.iter().map(|one| explaining(&all, one)).collect();
    let mut open: IndexMap<Option<String>, Group> = IndexMap::new();
    for (one, explaining) in passing.into_iter().zip(homes) {
        let same = || groups.values().position(|(group, _)| group.requirement == one.about);
        let home = explaining.or_else(|| (one.manner == Manner::BySearch).then(same).flatten());
        let home = home.and_then(|at| groups.get_index_mut(at));
        let group = match home {
            Some((_, (group, _))) => group,
            None => open.entry(one.about.clone()).or_insert_with(|| Group {
                requirement: one.about,
                level: Level::Observe,
                differences: Vec::new(),
            }),
        };
        group.differences.push(one.difference);
    }
    let mut groups: Vec<Group> = groups.into_values().map(|(group, _)| group).chain(open.into_values()).collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.level));
    each_once(groups)
}

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

/// Each case under the rule that binds furthest of those broken in it, and of these under the one that most cases break.
fn proofs(proving: Vec<Found>) -> Vec<Proof> {
    let mut breaking: HashMap<Option<String>, usize> = HashMap::new();
    for bearing in proving.iter().flat_map(|one| &one.bearings) {
        *breaking.entry(bearing.requirement.clone()).or_default() += 1;
    }
    let weight = |bearing: &Bearing| {
        (bearing.level, bearing.supports != Support::Neither, breaking.get(&bearing.requirement).copied())
    };
    let proof = |mut found: Found| {
        // The first of the greatest, as `max_by_key` gives the last.
        let (at, _) = found.bearings.iter().enumerate().rev().max_by_key(|(_, bearing)| weight(bearing))?;
        let Bearing { requirement, level, supports, signs } = found.bearings.swap_remove(at);
        Some(Proof { home: (requirement, level, supports), signs, found })
    };
    proving.into_iter().filter_map(proof).collect()
}

/// Puts together what has one cause: where both sides answer in the same two ways and what is refused is named, or
/// where the answer shows in passing. They stand under the rule that most of them break; what a
/// search found of it counts too.
fn joined(proofs: Vec<Proof>, searched: &[Option<String>]) -> Vec<Proof> {
    let mut weights: HashMap<Cause, IndexMap<Home, usize>> = HashMap::new();
    for Proof { home, found, .. } in &proofs {
        let Some(cause) = cause(found) else {
            continue;
        };
        let weight = usize::from(found.manner != Manner::InPassing);
        *weights.entry(cause).or_default().entry(home.clone()).or_default() += weight;
    }
    let greatest = |homes: &IndexMap<Home, usize>| {
        let searches = |home: &Home| searched.iter().filter(|about| **about == home.0).count();
        let weight = |(home, count): &(&Home, &usize)| (home.1, **count + searches(home));
        homes.iter().rev().max_by_key(weight).map(|(home, _)| home.clone())
    };
    let homes: HashMap<Cause, Home> =
        weights.iter().filter_map(|(cause, homes)| Some((cause.clone(), greatest(homes)?))).collect();
    let moved = |proof: Proof| {
        let is_joined = proof.found.disputed.is_some() || proof.found.manner == Manner::InPassing;
        let home = cause(&proof.found).filter(|_| is_joined).and_then(|cause| homes.get(&cause).cloned());
        Proof { home: home.unwrap_or(proof.home), ..proof }
    };
    proofs.into_iter().map(moved).collect()
}

/// What is refused by one side, and both answers.
type Cause = (Option<String>, String, String);

fn cause(found: &Found) -> Option<Cause> {
    let is_answer = |change: &&Change| matches!(change.aspect, Aspect::Outcome | Aspect::Characteristic);
    let answer = found.difference.changes.iter().find(is_answer)?;
    Some((found.disputed.clone(), answer.a.clone(), answer.b.clone()))
}

/// What the cases of a group show of its cause.
#[derive(Default)]
struct Proved {
    marks: HashSet<Mark>,
    disputed: HashSet<String>,
}

impl Proved {
    /// Whether a change is what the group proves. How the request was answered is what a case is about, unless it shows
    /// in passing, or is about the very member that the sides dispute.
    fn explains(&self, one: &Found, change: &Change) -> bool {
        let possible = [Support::A, Support::B, Support::Neither];
        let is_known = possible.iter().any(|supports| self.marks.contains(&mark(change, *supports)));
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

/// The first of the groups that together prove everything that a case shows; `None` when something of it is its own.
fn explaining(groups: &[&Proved], one: &Found) -> Option<usize> {
    let of = |change: &Change| groups.iter().position(|proved| proved.explains(one, change));
    let homes: Option<Vec<usize>> = one.difference.changes.iter().map(of).collect();
    homes?.into_iter().min()
}

fn sign(change: &Change) -> Sign {
    let kind = match change.aspect {
        Aspect::Outcome | Aspect::Characteristic => Kind::Answer,
        Aspect::Code => Kind::Code,
        Aspect::Culprit => Kind::Culprit,
        Aspect::Status => Kind::Status,
        Aspect::Envelope | Aspect::Content => Kind::Body,
    };
    let at = if kind == Kind::Body { change.at.clone() } else { String::new() };
    Sign { kind, at }
}

/// A code is a sign only together with the one that it stands in for: few codes serve many rules. Of what is named, of
/// a status and of a member of the body, what the deviating side has is sign enough.
fn mark(change: &Change, supports: Support) -> Mark {
    let sign = sign(change);
    let both = matches!(sign.kind, Kind::Answer | Kind::Code);
    let a = (both || supports != Support::A).then(|| change.a.clone());
    let b = (both || supports != Support::B).then(|| change.b.clone());
    Mark { sign, a, b }
}

#[cfg(test)]
mod tests;
