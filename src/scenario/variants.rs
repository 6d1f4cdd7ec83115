//! The ways in which one case as written becomes several: rows, axes, and what derives from the api's description.

use serde_json::{Map, Value};

use super::derive::{Derived, boundaries, left_out, wrong_types};
use super::expand::Expander;
use super::format::{Binding, StepFields};
use super::overlay::{overlaid, overlaid_binding};
use super::read::RowSource;
use super::value::Scope;
use crate::source::{Diagnostic, Node};

/// One case to be made of a case as written.
pub(super) struct Variant<'a> {
    pub(super) axes: Vec<(String, String)>,
    pub(super) variables: Map<String, Value>,
    pub(super) binding: Binding,
    pub(super) step: StepFields,
    pub(super) derived: Option<Derived>,
    pub(super) node: &'a Node,
}

impl<'a> Expander<'a> {
    /// The four ways in which one case as written becomes several, or the case itself.
    pub(super) fn variants(&self) -> Result<Box<dyn Iterator<Item = Variant<'a>> + '_>, Diagnostic> {
        let (case, head) = (self.case, &self.case.head);
        let ways = [
            ("rows", !case.rows.is_empty()),
            ("matrix", !head.matrix.is_empty()),
            ("boundary", head.boundary.is_some()),
            ("left_out", !head.left_out.is_empty()),
            ("wrong_types", !head.wrong_types.is_empty()),
        ];
        let given: Vec<&str> = ways.iter().filter(|(_, given)| *given).map(|(way, _)| *way).collect();
        if given.len() > 1 {
            let message = format!("a case takes one of {}", given.join(" and "));
            return Err(case.node.error(message).help("write two cases"));
        }
        match given.first() {
            None => Ok(Box::new(std::iter::once(self.variant()))),
            Some(&"rows") => Ok(Box::new(self.rows())),
            Some(&"matrix") => Ok(Box::new(self.matrix())),
            Some(way) => Ok(Box::new(self.derived(way)?.into_iter())),
        }
    }

    fn variant(&self) -> Variant<'a> {
        Variant {
            axes: Vec::new(),
            variables: self.case.head.with.clone(),
            binding: self.case.binding.clone(),
            step: self.case.step.clone(),
            derived: None,
            node: &self.case.node,
        }
    }

    fn rows(&self) -> impl Iterator<Item = Variant<'a>> {
        let row = move |row: &'a RowSource| {
            let mut variant = self.variant();
            variant.axes.push(("row".into(), row.head.row.clone()));
            variant.variables.extend(row.head.with.clone());
            variant.binding = overlaid_binding(&variant.binding, &row.binding);
            variant.step = overlaid(&variant.step, &row.step);
            variant.node = &row.node;
            variant
        };
        self.case.rows.iter().map(row)
    }

    /// One variant for each combination, the last axis running fastest; made one at a time, as there may be many.
    fn matrix(&self) -> impl Iterator<Item = Variant<'a>> {
        let axes = &self.case.head.matrix;
        let count: usize = axes.values().map(Vec::len).product();
        (0..count).map(move |number| {
            let mut variant = self.variant();
            let mut below = count;
            for (axis, values) in axes {
                below /= values.len();
                let value = &values[number / below % values.len()];
                let shown = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
                variant.axes.push((axis.clone(), shown));
                variant.variables.insert(axis.clone(), value.clone());
            }
            variant
        })
    }

    fn derived(&self, way: &str) -> Result<Vec<Variant<'a>>, Diagnostic> {
        let head = &self.case.head;
        let scope = Scope::new(self.api, self.declared, head.with.clone());
        let content = self.content(&self.case.step, self.operation(&self.case.step)).to_string();
        let body = self.case.step.body.clone().unwrap_or_default();
        let uses = |name: &str| {
            let variable = format!("${{{name}}}");
            content.contains(&variable) || body.contains(&variable)
        };
        let derived = match (way, &head.boundary) {
            ("boundary", Some(boundary)) => boundaries(boundary, &uses, &scope),
            ("left_out", _) => left_out(&head.left_out, self.api),
            _ => wrong_types(&head.wrong_types, self.api),
        };
        let derived = derived.map_err(|message| self.at(&self.case.node, way).error(message))?;
        let variant = |derived: Derived| {
            let mut variant = self.variant();
            variant.axes.clone_from(&derived.axes);
            variant.variables.extend(derived.variables.clone());
            variant.derived = Some(derived);
            variant
        };
        Ok(derived.into_iter().map(variant).collect())
    }
}
