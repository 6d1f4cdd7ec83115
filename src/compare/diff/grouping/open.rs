//! What the open cases are about, which break no rule: by what most of them show, and by what one of them observes.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use super::cause::is_answer;
use super::{Found, Manner};
use crate::record::{Aspect, Change};

/// The open cases about one point, each with the group that explains it.
pub(super) type Point = Vec<(Found, Option<usize>)>;

/// Open cases by what they are about; first the point that most cases show for themselves.
pub(super) fn by_point(open: Vec<Found>, homes: Vec<Option<usize>>) -> Vec<Point> {
    let mut points: IndexMap<Option<String>, Point> = IndexMap::new();
    for (one, home) in open.into_iter().zip(homes) {
        points.entry(one.about.clone()).or_default().push((one, home));
    }
    let mut points: Vec<Point> = points.into_values().collect();
    points.sort_by_key(|point| Reverse(own(point)));
    points
}

/// How many cases no group explains.
pub(super) fn own(point: &Point) -> usize {
    point.iter().filter(|(_, home)| home.is_none()).count()
}

/// What open cases that no group explains show of replies, whatever they are about: a change of a status or a member that
/// many of them show, and that one of them observes in so many words, is taken out of each and told for itself.
pub(super) fn apart(open: Vec<Found>, homes: Vec<Option<usize>>) -> (Vec<Found>, Vec<Option<usize>>) {
    let mut shown: HashMap<&Change, (HashSet<&Option<String>>, bool)> = HashMap::new();
    let eligible = open.iter().zip(&homes).filter(|(one, home)| home.is_none() && shows_replies_only(one));
    for (one, _) in eligible {
        for change in &one.difference.changes {
            let (abouts, is_named) = shown.entry(change).or_default();
            abouts.insert(&one.about);
            *is_named |= names(one, change.aspect);
        }
    }
    let general: HashSet<Change> = shown
        .into_iter()
        .filter(|(_, (abouts, is_named))| *is_named && abouts.len() > A_FEW)
        .map(|(change, _)| change.clone())
        .collect();
    let (mut all, mut their_homes) = (Vec::new(), Vec::new());
    for (mut one, home) in open.into_iter().zip(homes) {
        if home.is_none() && shows_replies_only(&one) && one.difference.changes.len() > 1 {
            let (mut own, of_all): (Vec<Change>, Vec<Change>) =
                one.difference.changes.iter().cloned().partition(|change| !general.contains(change));
            let mut parts = of_all.into_iter();
            if own.is_empty() {
                own.extend(parts.next());
            }
            for part in parts {
                all.push(one.beside(Vec::new(), vec![part]));
                their_homes.push(None);
            }
            one.difference.changes = own;
        }
        all.push(one);
        their_homes.push(home);
    }
    (all, their_homes)
}

/// Whether both sides answered alike, so that what differs is how the replies look.
fn shows_replies_only(one: &Found) -> bool {
    one.manner == Manner::InItsAnswer && !one.difference.changes.iter().any(is_answer)
}

/// Whether what a case observes is, in its words, this part of replies.
fn names(one: &Found, aspect: Aspect) -> bool {
    one.characteristic.as_ref().is_some_and(|words| words.contains(aspect.as_str()))
}

/// What of a reply a case may observe.
const ASPECTS_OF_REPLIES: [Aspect; 3] = [Aspect::Code, Aspect::Culprit, Aspect::Status];

/// Open cases that no group explains and that are answered alike but for the same codes, names, statuses or members are
/// about one thing: what the case observes in whose words that part of a reply stands, or else what most are about.
pub(super) fn told_alike(mut open: Vec<Found>, homes: &[Option<usize>]) -> Vec<Found> {
    let mut alike: IndexMap<Vec<Change>, Vec<usize>> = IndexMap::new();
    for (at, (one, home)) in open.iter().zip(homes).enumerate() {
        if home.is_none() && shows_replies_only(one) {
            alike.entry(one.difference.changes.clone()).or_default().push(at);
        }
    }
    for (changes, cases) in alike {
        // Whether a case observes this, whether none observes something else, and how many there are.
        let mut abouts: IndexMap<Option<String>, (bool, bool, usize)> = IndexMap::new();
        for one in cases.iter().map(|&at| &open[at]) {
            let is_named = changes.iter().any(|change| names(one, change.aspect));
            let observes_another = !is_named && ASPECTS_OF_REPLIES.iter().any(|aspect| names(one, *aspect));
            let (named, free, count) = abouts.entry(one.about.clone()).or_insert((false, true, 0));
            *named |= is_named;
            *free &= !observes_another;
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
pub(super) const A_FEW: usize = 2;
