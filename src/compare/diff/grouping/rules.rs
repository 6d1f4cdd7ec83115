//! What the cases tell about the rules themselves, whether they differ or not: which rules ride along with others, which
//! is a finer point of another, which rule a refusal is usual for, and how the plain request is answered.

use std::collections::{HashMap, HashSet};

/// One case in short.
pub(in crate::compare::diff) struct Seen<'a> {
    /// The requirements of its claims, its own first.
    pub(in crate::compare::diff) requirements: &'a [String],
    /// How each side refused, without what was named.
    pub(in crate::compare::diff) refusals: [Option<String>; 2],
}

/// All cases together.
#[derive(Default)]
pub(in crate::compare::diff) struct Rules {
    /// How many cases both sides refuse in these words, and how many of them are about a requirement.
    refusals: HashMap<String, (usize, HashMap<String, usize>)>,
    /// In how many cases a rule is claimed.
    claimed: HashMap<String, usize>,
    /// Beside which other rules a rule is claimed.
    beside: HashMap<String, HashSet<String>>,
    /// In which words each side refuses the cases of a rule.
    words: HashMap<String, [HashSet<String>; 2]>,
    /// Of which rule a rule is a finer point.
    refined: HashMap<String, String>,
    /// The case that sends the plain request.
    pub(super) plain: String,
}

impl Rules {
    /// What the cases of both sides show.
    pub(in crate::compare::diff) fn seen<'a>(
        cases: impl Iterator<Item = Seen<'a>>,
        refined: HashMap<String, String>,
        plain: String,
    ) -> Self {
        let mut rules = Self { refined, plain, ..Self::default() };
        for Seen { requirements, refusals: [a, b] } in cases {
            requirements.iter().for_each(|id| *rules.claimed.entry(id.clone()).or_default() += 1);
            if let Some((own, others)) = requirements.split_first() {
                for other in others {
                    rules.beside.entry(other.clone()).or_default().insert(own.clone());
                }
            }
            if let Some(own) = requirements.first() {
                let [of_a, of_b] = rules.words.entry(own.clone()).or_default();
                of_a.extend(a.clone());
                of_b.extend(b.clone());
            }
            if let Some(refusal) = a.filter(|a| Some(a) == b.as_ref()) {
                let (all, about) = rules.refusals.entry(refusal).or_default();
                *all += 1;
                requirements.iter().for_each(|id| *about.entry(id.clone()).or_default() += 1);
            }
        }
        rules
    }

    /// Whether a refusal in these words is known for one rule on what is sent, and never seen for the other.
    pub(super) fn tells_apart(&self, refusal: &str, one: Option<&String>, other: Option<&String>) -> bool {
        let Some((all, about)) = self.refusals.get(refusal) else {
            return false;
        };
        let count = |id: Option<&String>| id.and_then(|id| about.get(id)).copied().unwrap_or_default();
        count(one) * 2 > *all && count(other) == 0 && !self.is_general(one)
    }

    /// Whether both sides refuse something in these words.
    pub(super) fn is_known(&self, refusal: &str) -> bool {
        self.refusals.contains_key(refusal)
    }

    /// Whether a rule rides along with several others, or its own cases are refused for several reasons: it is about
    /// replies, whatever a request was refused for.
    pub(super) fn is_general(&self, requirement: Option<&String>) -> bool {
        let rides = |id: &String| self.beside.get(id).is_some_and(|beside| beside.len() >= SEVERAL);
        let varies = |id: &String| self.words.get(id).is_some_and(|sides| sides.iter().any(|one| one.len() >= SEVERAL));
        requirement.is_some_and(|id| rides(id) || varies(id))
    }

    /// Whether a rule that rides along is broken in more than half of the cases that claim it.
    pub(super) fn is_mostly_broken(&self, requirement: Option<&String>, cases: usize) -> bool {
        let claimed = requirement.and_then(|id| self.claimed.get(id)).copied().unwrap_or_default();
        self.is_general(requirement) && cases * 2 > claimed
    }

    /// Whether the one rule is a finer point of the other.
    pub(super) fn refines(&self, one: Option<&String>, other: Option<&String>) -> bool {
        one.and_then(|id| self.refined.get(id)).is_some_and(|of| Some(of) == other)
    }
}

/// A rule beside fewer may be a part of them: the code for too many users, beside the number of users.
const SEVERAL: usize = 3;
