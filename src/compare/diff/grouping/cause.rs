//! Which cases show one cause: each stands under the rule that binds furthest of those broken in it, unless what it
//! shows is shown by the cases of another rule that are better evidence for it.

use std::collections::{HashMap, HashSet, VecDeque};

use indexmap::IndexMap;

use super::rules::Rules;
use super::sign::{Kind, Mark, Sign};
use super::{Bearing, Disputed, Found, Home, Manner};
use crate::record::{Aspect, Change, Support};

/// A case with the requirement that it proves to be broken, or on which the sides differ, and the signs of that.
pub(super) struct Proof {
    pub(super) home: Home,
    pub(super) signs: Vec<Sign>,
    pub(super) found: Found,
}

/// Each case with the requirement that it proves to be broken; what it shows beyond that, with a further one, or where no
/// rule is broken by it, as open.
pub(super) fn settled(proving: Vec<Found>, searched: &[Option<String>], rules: &Rules) -> (Vec<Proof>, Vec<Found>) {
    let (proofs, open) = proofs(proving);
    (by_answer(by_member(joined(proofs, searched)), rules), open)
}

/// Takes out of the cases with another answer what is wrong with replies anyway, whatever the answer: it is told by the
/// cases that are answered alike. A rule that is mostly broken where the answer differs stays: it may be the reason.
pub(super) fn without_incidental(mut found: Vec<Found>) -> Vec<Found> {
    let is_of_replies = |one: &Bearing| one.signs.iter().any(|sign| matches!(sign.kind, Kind::Body | Kind::Status));
    let mut broken: HashMap<Option<String>, [usize; 2]> = HashMap::new();
    for one in &found {
        for bearing in one.bearings.iter().filter(|bearing| is_of_replies(bearing)) {
            broken.entry(bearing.requirement.clone()).or_default()[usize::from(has_another_answer(one))] += 1;
        }
    }
    let is_incidental = |bearing: &Bearing| {
        let [alike, otherwise] = broken.get(&bearing.requirement).copied().unwrap_or_default();
        is_of_replies(bearing) && alike > otherwise
    };
    for one in found.iter_mut().filter(|one| has_another_answer(one)) {
        one.bearings.retain(|bearing| !is_incidental(bearing));
    }
    found
}

/// Whether both sides answered so that it can be read, and differently.
fn has_another_answer(found: &Found) -> bool {
    let is_readable = |text: &String| text.starts_with("accepted") || text.starts_with("refused");
    let is_read = found.answers.as_ref().is_some_and(|answers| answers.iter().all(is_readable));
    is_read && found.difference.changes.iter().any(is_answer)
}

/// Each case under the rule that binds furthest of those broken in it, and of these under the one that most cases break.
/// What this does not account for is told under the next; and what breaks no rule is left open.
fn proofs(proving: Vec<Found>) -> (Vec<Proof>, Vec<Found>) {
    let mut breaking: HashMap<Option<String>, usize> = HashMap::new();
    for bearing in proving.iter().flat_map(|one| &one.bearings) {
        *breaking.entry(bearing.requirement.clone()).or_default() += 1;
    }
    let weight = |bearing: &Bearing| {
        (bearing.level, bearing.supports != Support::Neither, breaking.get(&bearing.requirement).copied())
    };
    let (mut proofs, mut open, mut left) = (Vec::new(), Vec::new(), VecDeque::from(proving));
    while let Some(mut found) = left.pop_front() {
        // The first of the greatest, as `max_by_key` gives the last.
        let greatest = found.bearings.iter().enumerate().rev().max_by_key(|(_, bearing)| weight(bearing));
        let Some((at, _)) = greatest else {
            continue;
        };
        let Bearing { requirement, level, supports, signs } = found.bearings.remove(at);
        let (own, rest): (Vec<Change>, Vec<Change>) =
            found.difference.changes.iter().cloned().partition(|change| signs.contains(&Sign::of(change)));
        let accounts = |bearing: &Bearing| rest.iter().any(|change| bearing.signs.contains(&Sign::of(change)));
        let bearings: Vec<Bearing> = std::mem::take(&mut found.bearings).into_iter().filter(accounts).collect();
        let is_broken_further = !bearings.is_empty();
        let tells_all = rest.is_empty() || own.iter().any(is_answer);
        if !own.is_empty() && (is_broken_further || !tells_all) {
            let beyond = found.beside(bearings, rest);
            found = found.beside(Vec::new(), own);
            if is_broken_further {
                left.push_front(beyond);
            } else {
                open.push(beyond);
            }
        }
        proofs.push(Proof { home: (requirement, level, supports), signs, found });
    }
    (proofs, open)
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
type Cause = (Option<Disputed>, String, String);

fn cause(found: &Found) -> Option<Cause> {
    let answer = found.difference.changes.iter().find(|change| is_answer(change))?;
    Some((found.disputed.clone(), answer.a.clone(), answer.b.clone()))
}

pub(super) fn is_answer(change: &Change) -> bool {
    matches!(change.aspect, Aspect::Outcome | Aspect::Characteristic)
}

/// Puts together what shows the same members of bodies wrong in the same way, under the rule that most cases break.
fn by_member(proofs: Vec<Proof>) -> Vec<Proof> {
    let mut shown: IndexMap<Home, (usize, HashSet<Mark>)> = IndexMap::new();
    for proof in &proofs {
        let (count, marks) = shown.entry(proof.home.clone()).or_default();
        *count += 1;
        marks.extend(members(proof));
    }
    shown.sort_by(|one, (count, _), other, (others, _)| (other.1, others).cmp(&(one.1, count)));
    let moved = |proof: Proof| {
        let own: HashSet<Mark> = members(&proof).collect();
        let is_by_member = !own.is_empty() && proof.signs.iter().all(|sign| sign.kind == Kind::Body);
        let better = shown.iter().take_while(|(home, _)| **home != proof.home);
        let mut better = better.filter(|(home, (_, marks))| home.2 == proof.home.2 && own.is_subset(marks));
        let home = better.next().filter(|_| is_by_member).map(|(home, _)| home.clone());
        Proof { home: home.unwrap_or(proof.home), ..proof }
    };
    proofs.into_iter().map(moved).collect()
}

/// The members of bodies by which a case proves its rule.
fn members(proof: &Proof) -> impl Iterator<Item = Mark> {
    let own = proof.found.difference.changes.iter().filter(|change| proof.signs.contains(&Sign::of(change)));
    own.map(|change| Mark::of(change, proof.home.2)).filter(|mark| mark.sign.kind == Kind::Body)
}

/// What one case shows to the others: under which rule it stands, how the sides answered, and what was refused.
type Known = (Home, [String; 2], Option<Disputed>);

/// Moves a case to the rule that its answers tell of: see [`better`].
fn by_answer(proofs: Vec<Proof>, rules: &Rules) -> Vec<Proof> {
    let known: Vec<Known> = proofs
        .iter()
        .filter_map(|proof| Some((proof.home.clone(), proof.found.answers.clone()?, proof.found.disputed.clone())))
        .collect();
    let plain = proofs.iter().find(|proof| proof.found.difference.address == rules.plain);
    let plain = plain.and_then(|proof| Some((proof.home.clone(), proof.found.answers.clone()?)));
    let moved = |proof: Proof| {
        // Members of a body are no answer.
        if proof.found.difference.changes.iter().all(|change| Sign::of(change).kind == Kind::Body) {
            return proof;
        }
        // What is answered as the plain request is says nothing of how it differs from that.
        let as_plain = plain.as_ref().filter(|(_, answers)| proof.found.answers.as_ref() == Some(answers));
        let home = as_plain.map(|(home, _)| home.clone()).or_else(|| better(&proof, &known, rules));
        Proof { home: home.unwrap_or(proof.home), ..proof }
    };
    proofs.into_iter().map(moved).collect()
}

/// The rule that a case tells of rather than of its own, if any.
///
/// A request that is refused in the words known for another rule is refused by that rule. Where both sides answer as in
/// cases of the rule of which the own one is a finer point, it is one difference. And whether a request is refused at
/// all says nothing of a rule about replies.
fn better(proof: &Proof, known: &[Known], rules: &Rules) -> Option<Home> {
    let answers = proof.found.answers.as_ref()?;
    let own = proof.home.0.as_ref();
    let others = || known.iter().filter(|(home, _, _)| home.0 != proof.home.0 && home.1 >= proof.home.1);
    let tells = |(home, have, _): &&Known| {
        let mut both = answers.iter().zip(have);
        let is_known = both.any(|(one, other)| one == other && rules.tells_apart(one, home.0.as_ref(), own));
        is_known || have == answers && rules.refines(own, home.0.as_ref())
    };
    if let Some((home, _, _)) = others().find(tells) {
        return Some(home.clone());
    }
    let is_answer = proof.found.difference.changes.iter().any(is_answer);
    let disputed = proof.found.disputed.as_ref().filter(|_| is_answer && rules.is_general(own))?;
    let alike = others().filter(|(home, have, _)| have == answers && !rules.is_general(home.0.as_ref()));
    // A family of keys has its beginning in common.
    let shared = |other: &Disputed| {
        let both = other.member.chars().zip(disputed.member.chars());
        both.take_while(|(one, other)| one == other).count()
    };
    let likest = alike.filter_map(|(home, _, named)| Some((shared(named.as_ref()?), home)));
    let likest = likest.filter(|(shared, _)| *shared > QUOTE).max_by_key(|(shared, _)| *shared);
    likest.map(|(_, home)| home.clone())
}

/// The opening quote of a name, which all have in common.
const QUOTE: usize = 1;
