//! From cases as written to cases as sent: rows, axes and derived cases laid out, variables resolved, claims made.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::case::{Case, ClaimTemplate, Given, Step};
use super::derive::{Change, Derived, apply};
use super::expect::Expect;
use super::format::{Binding, StepFields};
use super::overlay::{overlaid, overlaid_binding};
use super::read::{CaseSource, FileSource, StepSource};
use super::request::spec;
use super::value::{Scope, Words, merged};
use super::variants::Variant;
use crate::api::{Api, Level, unknown_requirement};
use crate::expectation::ExpectedOutcome;
use crate::source::{Diagnostic, Diagnostics, Node};
use crate::target::Declared;

/// Whether every case must name its requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rigour {
    /// As in the shipped suites.
    RequirementsMandatory,
    /// As in users' own files.
    RequirementsOptional,
}

/// Expands a file's cases for a target that declares this about itself; adds every mistake of meaning to the list, so
/// that what is sound can be looked at all the same.
pub(super) fn expand_file(
    file: &FileSource,
    api: &Api,
    declared: &Declared,
    rigour: Rigour,
    mistakes: &mut Diagnostics,
) -> Vec<Case> {
    let mut cases = Vec::new();
    for case in &file.cases {
        let expander = Expander { file, case, api, declared, rigour };
        match expander.expand() {
            Ok(found) => cases.extend(found),
            Err(found) => mistakes.extend(found),
        }
    }
    cases
}

/// One case as written, and what it is expanded for.
pub(super) struct Expander<'a> {
    pub(super) file: &'a FileSource,
    pub(super) case: &'a CaseSource,
    pub(super) api: &'a Api,
    pub(super) declared: &'a Declared,
    pub(super) rigour: Rigour,
}

impl Expander<'_> {
    fn expand(&self) -> Result<Vec<Case>, Diagnostics> {
        let mut mistakes = Diagnostics::new();
        let variants = self.variants()?;
        let mut cases = Vec::new();
        let mut used = BTreeSet::new();
        for variant in variants {
            match self.case(&variant, &mut used) {
                Ok(case) => cases.push(case),
                Err(mistake) => mistakes.push(mistake),
            }
        }
        if mistakes.is_empty() {
            self.unused(&used, &mut mistakes);
        }
        mistakes.into_result(cases)
    }

    fn case(&self, variant: &Variant<'_>, used: &mut BTreeSet<String>) -> Result<Case, Diagnostic> {
        let mut scope = Scope::new(self.api, self.declared, variant.variables.clone());
        self.check_facts(variant)?;
        let steps = self.steps(variant, &mut scope)?;
        let mut cleanup = Vec::new();
        for source in &self.case.cleanup {
            cleanup.push(self.cleanup_step(source, &scope)?);
        }
        let axes: Vec<String> = variant.axes.iter().map(|(axis, value)| format!("{axis}={value}")).collect();
        let axes = if axes.is_empty() { String::new() } else { format!("[{}]", axes.join(",")) };
        let looked_up = scope.used.take();
        let (accounts, lacking) = (scope.accounts.take(), scope.lacking.take());
        let case = Case {
            address: format!("{}/{}{axes}", self.file.stem, self.case.head.name),
            api: self.api.name.clone(),
            place: variant.node.place(),
            about: self.case.head.about.clone(),
            skip: lacking.or_else(|| self.skip(steps.iter().chain(&cleanup), accounts)),
            characteristic: variant.binding.characteristic.clone(),
            assumed: self.assumed(variant, &looked_up),
            accounts,
            steps,
            cleanup,
            given: Given::default(),
        };
        used.extend(looked_up);
        Ok(case)
    }

    fn steps(&self, variant: &Variant<'_>, scope: &mut Scope<'_>) -> Result<Vec<Step>, Diagnostic> {
        if self.case.steps.is_empty() {
            let fields = &variant.step;
            let (request, culprit) = self.request(fields, variant.derived.as_ref(), scope, variant.node)?;
            let claims =
                self.claims(fields, &variant.binding, variant.derived.as_ref(), culprit, scope, variant.node)?;
            return Ok(vec![Step { name: None, request, claims, captures: indexmap::IndexMap::new() }]);
        }
        let mut steps = Vec::new();
        for (index, source) in self.case.steps.iter().enumerate() {
            let fields = overlaid(&self.inherited(variant, source), &source.step);
            let (request, _) = self.request(&fields, None, scope, &source.node)?;
            let binding = overlaid_binding(&variant.binding, &source.binding);
            let claims = self.claims(&fields, &binding, None, None, scope, &source.node)?;
            let name = source.head.step.clone().unwrap_or_else(|| format!("step {}", index + 1));
            scope.captures.extend(source.head.capture.keys().cloned());
            steps.push(Step { name: Some(name), request, claims, captures: source.head.capture.clone() });
        }
        Ok(steps)
    }

    /// What a step takes over from its case: the request, when it calls the same operation.
    fn inherited(&self, variant: &Variant<'_>, source: &StepSource) -> StepFields {
        if self.operation(&source.step) == self.operation(&variant.step) {
            variant.step.clone()
        } else {
            StepFields::default()
        }
    }

    fn cleanup_step(&self, source: &StepSource, scope: &Scope<'_>) -> Result<Step, Diagnostic> {
        let (request, _) = self.request(&source.step, None, scope, &source.node)?;
        Ok(Step { name: Some("cleanup".into()), request, claims: Vec::new(), captures: indexmap::IndexMap::new() })
    }

    pub(super) fn operation<'b>(&'b self, fields: &'b StepFields) -> &'b str {
        let given = fields.operation.as_deref().or(self.file.head.operation.as_deref());
        given.unwrap_or_else(|| self.api.subject().0)
    }

    /// The content as written: the file's default, where the step calls the file's operation, under the step's own.
    pub(super) fn content(&self, fields: &StepFields, operation: &str) -> Value {
        let file = self.file.head.operation.as_deref().unwrap_or_else(|| self.api.subject().0);
        let base = if operation == file { self.file.head.request.clone() } else { Map::new() };
        let own = fields.request.clone().unwrap_or(Value::Object(Map::new()));
        merged(&Value::Object(base), &own).unwrap_or(Value::Null)
    }

    fn request(
        &self,
        fields: &StepFields,
        derived: Option<&Derived>,
        scope: &Scope<'_>,
        node: &Node,
    ) -> Result<(crate::api::RequestSpec, Option<String>), Diagnostic> {
        let operation = self.operation(fields);
        if !self.api.operations.contains_key(operation) {
            let known: Vec<&str> = self.api.operations.keys().map(String::as_str).collect();
            let message = format!("the api has no operation `{operation}`: it has {}", known.join(", "));
            return Err(self.at(node, "operation").value_error(message));
        }
        let content = self.content(fields, operation);
        let mut content =
            scope.tree(&content, Words::Making).map_err(|message| self.at(node, "request").error(message))?;
        let culprit = match derived {
            Some(Derived { change: Change::Variable, .. }) | None => None,
            Some(derived) => Some(
                apply(&mut content, &derived.field, &derived.change)
                    .map_err(|message| self.at(node, "request").error(message))?,
            ),
        };
        let spec =
            spec(operation, content, fields, scope).map_err(|(field, message)| self.at(node, field).error(message))?;
        Ok((spec, culprit))
    }

    fn claims(
        &self,
        fields: &StepFields,
        binding: &Binding,
        derived: Option<&Derived>,
        culprit: Option<String>,
        scope: &Scope<'_>,
        node: &Node,
    ) -> Result<Vec<ClaimTemplate>, Diagnostic> {
        let requirement = binding.requirement.as_deref().or(derived.map(|derived| derived.requirement.as_str()));
        let observed_only = binding.needs.iter().any(|fact| !self.declared.grants(fact));
        let cap = match (derived, observed_only) {
            (_, true) => Level::Observe,
            (Some(derived), false) => derived.level,
            (None, false) => Level::Must,
        };
        let level = self.level(requirement, binding.level, "requirement", node)?.min(cap);
        let expect = self.expect(fields, derived, culprit, level, scope, node)?;
        let at_expect = |message| self.at(node, "expect").error(message);
        let mut claims = expect.claims(requirement, level, scope).map_err(at_expect)?;
        for also in &fields.also {
            let at = |message: String| self.at(node, "also").error(message);
            let level = self.level(also.requirement.as_deref(), also.level, "also", node)?;
            let level = if observed_only { Level::Observe } else { level };
            let expect = Expect::read(&also.expect, scope).map_err(at)?;
            claims.extend(expect.claims(also.requirement.as_deref(), level, scope).map_err(at)?);
        }
        Ok(claims)
    }

    fn expect(
        &self,
        fields: &StepFields,
        derived: Option<&Derived>,
        culprit: Option<String>,
        level: Level,
        scope: &Scope<'_>,
        node: &Node,
    ) -> Result<Expect, Diagnostic> {
        match (&fields.expect, derived) {
            (Some(_), Some(_)) => {
                let message = "a derived case has its expectation from the api's description";
                Err(self.at(node, "expect").error(message).help("leave `expect` out; `refusal` adds codes to refusals"))
            }
            (Some(expect), None) => {
                Expect::read(expect, scope).map_err(|message| self.at(node, "expect").value_error(message))
            }
            (None, Some(derived)) => {
                let refused = derived.outcome == ExpectedOutcome::Refused;
                let given = fields.refusal.as_ref().filter(|_| refused).map(Expect::details).transpose();
                let mut details = given.map_err(|message| self.at(node, "refusal").error(message))?.unwrap_or_default();
                let named = self.api.fields.get(&derived.field).is_some_and(|field| field.culprit);
                if refused && named && details.culprit.is_none() {
                    details.culprit = culprit.map(Value::from);
                }
                Ok(Expect { outcome: derived.outcome, details })
            }
            (None, None) if level == Level::Observe => Ok(Expect::default()),
            (None, None) => Err(node
                .error("`expect` is missing: what must hold of the reply?")
                .help("write `expect: accepted` or `expect: refused`, or `level: observe` to record what happens")),
        }
    }

    /// How far a claim binds: as far as its requirement, or less.
    fn level(
        &self,
        requirement: Option<&str>,
        given: Option<Level>,
        field: &str,
        node: &Node,
    ) -> Result<Level, Diagnostic> {
        let Some(id) = requirement else {
            return match (self.rigour, given) {
                (Rigour::RequirementsMandatory, _) => Err(node
                    .error("`requirement` is missing")
                    .help("in the shipped suites every claim names the requirement that it checks")),
                (Rigour::RequirementsOptional, given) => Ok(given.unwrap_or(Level::Must)),
            };
        };
        let known = self.api.requirements.get(id);
        let Some(known) = known else {
            return Err(unknown_requirement(&self.at(node, field), id, &self.api.requirements));
        };
        match given {
            Some(given) if given > known.level => {
                let message = format!("`{id}` binds as `{}`: a case cannot bind further", known.level);
                Err(self.at(node, "level").value_error(message))
            }
            given => Ok(given.unwrap_or(known.level)),
        }
    }

    fn check_facts(&self, variant: &Variant<'_>) -> Result<(), Diagnostic> {
        for fact in variant.binding.needs.iter().chain(&variant.binding.assumes) {
            if fact != "users" && !self.api.declarations.contains_key(fact) {
                let known: Vec<&str> = self.api.declarations.keys().map(String::as_str).collect();
                let message = format!("the api has no declaration `{fact}`: it has {}", known.join(", "));
                return Err(variant.node.error(message));
            }
        }
        Ok(())
    }

    /// The facts that the case rests on and that the target does not declare.
    fn assumed(&self, variant: &Variant<'_>, looked_up: &BTreeSet<String>) -> Vec<String> {
        let read = looked_up.iter().filter_map(|name| name.strip_prefix("declared."));
        let counted = variant
            .derived
            .iter()
            .filter_map(|derived| self.api.fields.get(&derived.field)?.count.as_ref()?.declaration.as_deref());
        let named = variant.binding.assumes.iter().map(String::as_str);
        let facts: BTreeSet<&str> =
            read.map(|name| name.split('.').next().unwrap_or(name)).chain(counted).chain(named).collect();
        facts.into_iter().filter(|fact| !self.declared.declares(fact)).map(ToOwned::to_owned).collect()
    }

    /// Why this target cannot be sent the case.
    fn skip<'b>(&self, steps: impl Iterator<Item = &'b Step>, accounts: usize) -> Option<String> {
        if let Some(users) = self.declared.users.as_ref().filter(|users| users.len() < accounts) {
            return Some(format!("needs {accounts} users; the target declares {}", users.len()));
        }
        for step in steps {
            let operation = &self.api.operations[&step.request.operation];
            if operation.companion && !self.declared.companions.contains(&step.request.operation) {
                return Some(format!("the target does not declare the companion `{}`", step.request.operation));
            }
            if let Some(reason) = super::request::missing_name(&step.request.content, self.api, self.declared) {
                return Some(reason);
            }
        }
        None
    }

    fn unused(&self, used: &BTreeSet<String>, mistakes: &mut Diagnostics) {
        let report = |node: &Node, name: &str, mistakes: &mut Diagnostics| {
            if !used.contains(name) {
                mistakes.push(node.error(format!("the variable `${{{name}}}` is never used")));
            }
        };
        for name in self.case.head.with.keys() {
            report(&self.at_path(&self.case.node, &["with", name]), name, mistakes);
        }
        for name in self.case.head.matrix.keys() {
            report(&self.at_path(&self.case.node, &["matrix", name]), name, mistakes);
        }
        for row in &self.case.rows {
            for name in row.head.with.keys() {
                report(&self.at_path(&row.node, &["with", name]), name, mistakes);
            }
        }
    }

    /// The member of a node where it has it, of the case where that has it, or else the node.
    pub(super) fn at(&self, node: &Node, key: &str) -> Node {
        node.get(key).or_else(|| self.case.node.get(key)).unwrap_or_else(|| node.clone())
    }

    fn at_path(&self, node: &Node, path: &[&str]) -> Node {
        path.iter().fold(node.clone(), |node, key| node.get(key).unwrap_or(node))
    }
}
