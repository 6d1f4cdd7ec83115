//! Drawing the cases of a plan from a suite: by address or pattern, one request each, correctly authenticated.

use wildmatch::WildMatch;

use super::LoadPlan;
use crate::api::auth::SlotValues;
use crate::api::{Captured, Level};
use crate::scenario::Case;
use crate::source::Diagnostics;

/// The most cases of one plan: each has histograms of its own, a quarter of a megabyte apiece.
pub const MOST_CASES: usize = 32;

/// A whole number that a weight is multiplied with before cases share it: divisible enough that rounding is lost.
const SCALE: u32 = 1_000_000;

/// A case of a mix.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// The case; it has one step.
    pub case: Case,
    /// Its share relative to the other cases of the mix.
    pub weight: u32,
}

impl LoadPlan {
    /// The cases of the mix, each once; `plain` is the api's plain request, which stands for an empty mix.
    ///
    /// # Errors
    /// Addresses that match nothing, cases that cannot be sent under load, and more than [`MOST_CASES`] of them.
    pub fn draw(&self, cases: &[Case], plain: &Case) -> Result<Vec<Drawn>, Diagnostics> {
        let mut mistakes = Diagnostics::new();
        let mut drawn: Vec<Drawn> = Vec::new();
        for part in &self.mix {
            let node = part.node.get("case").unwrap_or_else(|| part.node.clone());
            let exact = std::iter::once(plain).chain(cases).find(|case| case.address == part.case);
            let pattern = WildMatch::new(&part.case);
            let found: Vec<&Case> = match exact {
                Some(case) => vec![case],
                None => cases.iter().filter(|case| pattern.matches(&case.address)).collect(),
            };
            if found.is_empty() {
                let help = "`proofhouse check --list` prints the addresses";
                mistakes.push(node.value_error(format!("no case has the address `{}`", part.case)).help(help));
                continue;
            }
            let fit: Vec<&Case> = found.iter().copied().filter(|case| unfit(case).is_none()).collect();
            if fit.is_empty() {
                let why = found.iter().find_map(|case| unfit(case)).unwrap_or_default();
                let message = format!("`{}` cannot be sent under load: {why}", part.case);
                mistakes.push(node.value_error(message));
                continue;
            }
            let share = (part.weight * SCALE) / u32::try_from(fit.len()).unwrap_or(u32::MAX);
            for case in fit {
                match drawn.iter_mut().find(|one| one.case.address == case.address) {
                    Some(one) => one.weight = one.weight.saturating_add(share.max(1)),
                    None => drawn.push(Drawn { case: case.clone(), weight: share.max(1) }),
                }
            }
        }
        if drawn.len() > MOST_CASES {
            let node = self.node.get("mix").unwrap_or_else(|| self.node.clone());
            let message = format!("the mix has {} cases, and a plan at most {MOST_CASES}", drawn.len());
            mistakes.push(node.error(message).help("narrow a pattern"));
        }
        if self.mix.is_empty() {
            drawn.push(Drawn { case: plain.clone(), weight: 1 });
        }
        mistakes.into_result(drawn)
    }
}

/// Why a case cannot be sent under load; `None` where it can.
#[must_use]
pub fn unfit(case: &Case) -> Option<String> {
    if let Some(reason) = &case.skip {
        return Some(reason.clone());
    }
    let [step] = case.steps.as_slice() else {
        return Some("it has several steps, and an arrival is one request".into());
    };
    if !case.cleanup.is_empty() {
        return Some("it cleans up after itself, and an arrival is one request".into());
    }
    if case.is_about_authentication() {
        return Some("it gets its authentication wrong on purpose, and many such calls lock a caller out".into());
    }
    if case.level() != Level::Must {
        return Some(format!("nothing in it binds: its level is `{}`", case.level()));
    }
    let resolved = |user: &str, unique: &str| {
        let values = SlotValues::new(user.into(), unique.into());
        step.claims.iter().map(|claim| claim.resolve(&values, &Captured::new())).collect::<Vec<_>>()
    };
    (resolved("a", "b") != resolved("c", "d"))
        .then(|| "what it expects depends on the user, and replies are judged by equal bytes".into())
}
