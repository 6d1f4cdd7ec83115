//! A case after expansion: one address, its steps, and what must hold of each.

use indexmap::IndexMap;
use serde_json::Value;

use crate::api::auth::SlotValues;
use crate::api::{Captured, Level, RequestSpec, Tree};
use crate::expectation::{Claim, Expectation};
use crate::source::Place;

/// One named request-and-expectation, or several in a row.
#[derive(Clone, Debug)]
pub struct Case {
    /// Unique and stable: `rongcloud/profile/length[field=name,text=cjk,at=over]`.
    pub address: String,
    /// The api's name.
    pub api: String,
    /// Where it stands in the YAML.
    pub place: Place,
    /// What it is for, where the address does not say it.
    pub about: Option<String>,
    /// The steps, in order; at least one.
    pub steps: Vec<Step>,
    /// Sent at the end, whatever happened before.
    pub cleanup: Vec<Step>,
    /// The line of the characteristics table, for an observed case.
    pub characteristic: Option<String>,
    /// Names of facts that are assumed, as the target does not declare them.
    pub assumed: Vec<String>,
    /// How many accounts it writes to beside its user.
    pub accounts: usize,
    /// Why it is not sent to this target; `None` when it is.
    pub skip: Option<String>,
    /// What an earlier sending of it had that this one takes over; a suite's cases have nothing of the kind.
    pub given: Given,
}

/// Values of slots that are taken over from an earlier sending; the run chooses what is not given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// The user id.
    pub user: Option<String>,
    /// The unique text.
    pub unique: Option<String>,
}

impl Case {
    /// How far the case binds: as far as the claim that binds furthest.
    #[must_use]
    pub fn level(&self) -> Level {
        self.claims().map(|claim| claim.level).max().unwrap_or(Level::Observe)
    }

    /// The requirements of its claims, each once, in order.
    #[must_use]
    pub fn requirements(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = Vec::new();
        for id in self.claims().filter_map(|claim| claim.requirement.as_deref()) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }

    /// Whether it gets its authentication wrong on purpose: such cases go last, spaced out.
    #[must_use]
    pub fn is_about_authentication(&self) -> bool {
        self.steps.iter().any(|step| !step.request.auth.is_none())
    }

    fn claims(&self) -> impl Iterator<Item = &ClaimTemplate> {
        self.steps.iter().flat_map(|step| &step.claims)
    }
}

/// One exchange of a case.
#[derive(Clone, Debug)]
pub struct Step {
    /// For messages; `None` in a case of one step.
    pub name: Option<String>,
    /// What is sent.
    pub request: RequestSpec,
    /// What must hold.
    pub claims: Vec<ClaimTemplate>,
    /// Values that later steps use, by JSON pointer.
    pub captures: IndexMap<String, String>,
}

impl Step {
    /// The step with the values that earlier ones captured.
    #[must_use]
    pub fn with_captures(&self, captured: &Captured) -> Self {
        let mut step = self.clone();
        if !captured.is_empty() {
            step.request = step.request.with_captures(captured);
        }
        step
    }
}

/// A claim before the values of its slots and captures are known.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimTemplate {
    /// The requirement's id.
    pub requirement: Option<String>,
    /// How far it binds.
    pub level: Level,
    /// Everything of the expectation that is known already.
    pub fixed: Expectation,
    /// What the body contains.
    pub json: Option<Tree>,
    /// What the body is.
    pub json_exactly: Option<Tree>,
}

impl ClaimTemplate {
    /// The claim on one sending.
    #[must_use]
    pub fn resolve(&self, values: &SlotValues, captured: &Captured) -> Claim {
        let fill = |tree: &Option<Tree>| -> Option<Value> {
            tree.as_ref().map(|tree| tree.with_captures(captured).fill(&|slot| values.get(slot)))
        };
        let expectation =
            Expectation { json: fill(&self.json), json_exactly: fill(&self.json_exactly), ..self.fixed.clone() };
        Claim { requirement: self.requirement.clone(), level: self.level, expectation }
    }
}
