//! Cases that follow from the api's description: boundaries, required fields left out, wrong types.

use serde_json::{Map, Value};

use super::format::{Boundary, Side};
use super::text::{Script, generate};
use super::value::{Scope, unknown_field};
use crate::api::{Api, Field, Level, Tree};
use crate::expectation::ExpectedOutcome;

/// One derived case.
#[derive(Clone, Debug)]
pub(super) struct Derived {
    /// Axis and value, in order.
    pub(super) axes: Vec<(String, String)>,
    /// What the case defines for its request.
    pub(super) variables: Map<String, Value>,
    /// What is done to the content.
    pub(super) change: Change,
    /// The field that is changed.
    pub(super) field: String,
    /// What must come of it.
    pub(super) outcome: ExpectedOutcome,
    /// The requirement that the description names.
    pub(super) requirement: String,
    /// The most that the case can bind.
    pub(super) level: Level,
}

/// What a derived case does to the request's content.
#[derive(Clone, Debug)]
pub(super) enum Change {
    /// Puts a value at the field's path.
    Put(Tree),
    /// Takes the field out.
    Remove,
    /// Nothing: the request uses the variable.
    Variable,
}

impl Derived {
    fn new(path: &str, requirement: &str, outcome: ExpectedOutcome, change: Change) -> Self {
        let name = path.rsplit('.').find(|part| *part != "*").unwrap_or(path);
        Self {
            axes: vec![("field".into(), name.to_owned())],
            variables: Map::new(),
            change,
            field: path.to_owned(),
            outcome,
            requirement: requirement.to_owned(),
            level: Level::Must,
        }
    }

    fn axis(mut self, name: &str, value: &str) -> Self {
        self.axes.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// The cases at the limits of these fields.
///
/// # Errors
/// Fields without a limit, and texts that cannot have the length.
pub(super) fn boundaries(
    boundary: &Boundary,
    uses: &dyn Fn(&str) -> bool,
    scope: &Scope<'_>,
) -> Result<Vec<Derived>, String> {
    let wants = |side: Side| boundary.sides.is_empty() || boundary.sides.contains(&side);
    let mut found = Vec::new();
    for path in &boundary.fields {
        let field = field(scope.api, path)?;
        if let Some(length) = &field.length {
            let texts = if boundary.texts.is_empty() { &[Script::Ascii][..] } else { &boundary.texts };
            let over = length.over.unwrap_or(length.max + 1);
            for &script in texts {
                for (side, at, measure) in [(Side::At, "max", length.max), (Side::Over, "over", over)] {
                    if !wants(side) {
                        continue;
                    }
                    let prefix = field.alphabet.as_ref().and_then(|alphabet| alphabet.prefix.as_deref());
                    let text = generate(field.shape, script, measure, length.unit, prefix.unwrap_or_default())
                        .map_err(|why| format!("impossible boundary of `{path}`: {why}"))?;
                    let tree = Tree::Text(text);
                    found.push(
                        placed(path, &length.requirement, outcome(side), "text", tree, uses)?
                            .axis("text", script.as_str())
                            .axis("at", at),
                    );
                }
            }
        } else if let Some(range) = &field.range {
            let values = [
                (Side::At, "min", range.min),
                (Side::At, "max", range.max),
                (Side::Over, "below", range.min - 1),
                (Side::Over, "above", range.max + 1),
            ];
            for (side, at, number) in values.into_iter().filter(|(side, _, _)| wants(*side)) {
                let tree = Tree::from(&Value::from(number));
                found.push(placed(path, &range.requirement, outcome(side), "number", tree, uses)?.axis("at", at));
            }
        } else if let Some(count) = &field.count {
            let (max, over) = scope.limit(path)?;
            for (side, at, number) in [(Side::At, "max", max), (Side::Over, "over", over)] {
                if wants(side) {
                    if !uses("n") {
                        return Err(format!("the limit of `{path}` counts: use `${{n}}` in the request"));
                    }
                    let mut derived =
                        Derived::new(path, &count.requirement, outcome(side), Change::Variable).axis("at", at);
                    derived.variables.insert("n".into(), Value::from(number));
                    found.push(derived);
                }
            }
        } else {
            return Err(format!("the field `{path}` has no limit: impossible boundary"));
        }
    }
    Ok(found)
}

/// The cases in which one of these required fields is left out.
///
/// # Errors
/// Fields that are not required.
pub(super) fn left_out(paths: &[String], api: &Api) -> Result<Vec<Derived>, String> {
    let derive = |path: &String| {
        let required = field(api, path)?.required.as_ref().ok_or_else(|| format!("`{path}` is not required"))?;
        Ok(Derived::new(path, required, ExpectedOutcome::Refused, Change::Remove))
    };
    paths.iter().map(derive).collect()
}

/// The cases in which one of these fields has another type.
///
/// # Errors
/// Fields that name no list of wrong types.
pub(super) fn wrong_types(paths: &[String], api: &Api) -> Result<Vec<Derived>, String> {
    let mut found = Vec::new();
    for path in paths {
        let field = field(api, path)?;
        let class = field.wrong_types.as_ref().and_then(|class| api.wrong_types.get(class));
        let class = class.ok_or_else(|| format!("the field `{path}` names no `wrong_types`"))?;
        let requirement = field.type_requirement.as_ref();
        let requirement = requirement.ok_or_else(|| format!("the field `{path}` has no `type_requirement`"))?;
        for (wrong, level) in class.iter() {
            let outcome = if level == Level::Observe { ExpectedOutcome::Any } else { ExpectedOutcome::Refused };
            let change = Change::Put(Tree::from(&wrong.value()));
            let derived = Derived { level, ..Derived::new(path, requirement, outcome, change) };
            found.push(derived.axis("type", wrong.as_str()));
        }
    }
    Ok(found)
}

fn field<'a>(api: &'a Api, path: &str) -> Result<&'a Field, String> {
    api.fields.get(path).ok_or_else(|| unknown_field(api, path))
}

fn outcome(side: Side) -> ExpectedOutcome {
    match side {
        Side::At => ExpectedOutcome::Accepted,
        Side::Over => ExpectedOutcome::Refused,
    }
}

/// Puts the value where the request uses the variable, or else into the field.
fn placed(
    path: &str,
    requirement: &str,
    outcome: ExpectedOutcome,
    variable: &str,
    value: Tree,
    uses: &dyn Fn(&str) -> bool,
) -> Result<Derived, String> {
    if !uses(variable) {
        return Ok(Derived::new(path, requirement, outcome, Change::Put(value)));
    }
    let plain = match &value {
        Tree::Text(text) => text.as_literal().map(Value::from),
        other => Some(other.fill(&|_| "")),
    };
    let plain = plain.ok_or_else(|| format!("`{path}` needs a unique text, which cannot be a variable"))?;
    let mut derived = Derived::new(path, requirement, outcome, Change::Variable);
    derived.variables.insert(variable.to_owned(), plain);
    Ok(derived)
}

/// Changes the content at a path; gives the last part of the path as it is in the request, which is the culprit's name.
///
/// `*` is the first member or element.
///
/// # Errors
/// A path that leads nowhere.
pub(super) fn apply(content: &mut Tree, path: &str, change: &Change) -> Result<String, String> {
    let nowhere = || format!("the request has nothing at `{path}` to change");
    let (head, rest) = path.split_once('.').map_or((path, None), |(head, rest)| (head, Some(rest)));
    match content {
        Tree::Object(members) => {
            let index = if head == "*" {
                (!members.is_empty()).then_some(0)
            } else {
                members.iter().position(|(key, _)| key == head)
            };
            match (index, rest, change) {
                (Some(index), Some(rest), _) => apply(&mut members[index].1, rest, change),
                (None, Some(rest), _) if head != "*" => {
                    let mut inner = Tree::Object(Vec::new());
                    let name = apply(&mut inner, rest, change)?;
                    members.push((head.to_owned(), inner));
                    Ok(name)
                }
                (Some(index), None, Change::Remove) => Ok(members.remove(index).0),
                (Some(index), None, Change::Put(value)) => {
                    members[index].1 = value.clone();
                    Ok(members[index].0.clone())
                }
                (None, None, Change::Put(value)) if head != "*" => {
                    members.push((head.to_owned(), value.clone()));
                    Ok(head.to_owned())
                }
                _ => Err(nowhere()),
            }
        }
        Tree::Array(list) => {
            let index = if head == "*" { Some(0) } else { head.parse::<usize>().ok() };
            let item = index.and_then(|index| list.get_mut(index)).ok_or_else(nowhere)?;
            match (rest, change) {
                (Some(rest), _) => apply(item, rest, change),
                (None, Change::Put(value)) => {
                    *item = value.clone();
                    Ok(head.to_owned())
                }
                (None, Change::Remove | Change::Variable) => Err(nowhere()),
            }
        }
        Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) => Err(nowhere()),
    }
}
