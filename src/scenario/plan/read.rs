//! Reading a load plan: every mistake of form and meaning in it, each at its place.

use std::time::Duration;

use serde_json::{Map, Value};

use super::format::{ArrivalsWord, MixEntry, PhaseEntry, PlanHead, ThresholdsEntry};
use super::{LoadPlan, MixPart, PhaseKind, PhaseRate, PlanArrivals, PlanPhase, PlanRate, Quantity, Threshold};
use crate::source::{Diagnostic, Diagnostics, Document, Node};

/// No phase is longer: a day of samples is more than any record is read for.
const LONGEST: Duration = Duration::from_hours(24);

/// The highest rate that is planned: ten times what one core can send.
const HIGHEST: f64 = 1e7;

/// Reads a plan.
///
/// # Errors
/// Every mistake in it, but for what only its suite brings out.
pub(crate) fn read_plan(document: &Document, name: String) -> Result<LoadPlan, Diagnostics> {
    let root = document.root();
    let mut mistakes = Diagnostics::new();
    let phases = list(root.get("phases"), "phases", &mut mistakes, phase);
    let mix = list(root.get("mix"), "mix", &mut mistakes, part);
    let thresholds = root.get("thresholds").map(|node| read_thresholds(&node, &mut mistakes)).unwrap_or_default();
    let head = mistakes.take(root.decode::<PlanHead>("a load plan"));
    let rate = mistakes.take(optional(root.get("rate"), plan_rate)).flatten();
    let timeout = mistakes.take(optional(root.get("timeout"), |node| duration(&node))).flatten();
    let Some(head) = head.filter(|_| mistakes.is_empty()) else { return Err(mistakes) };
    if head.version != 1 {
        let node = root.get("version").unwrap_or_else(|| root.clone());
        mistakes.push(node.value_error(format!("version {} is not known: write 1", head.version)));
    }
    for (key, zero) in [("connections", head.connections == Some(0)), ("threads", head.threads == Some(0))] {
        if let Some(node) = root.get(key).filter(|_| zero) {
            mistakes.push(node.value_error(format!("`{key}` is at least 1")));
        }
    }
    let plan = LoadPlan {
        name,
        api: head.api,
        rate,
        arrivals: head.arrivals.map(|word| match word {
            ArrivalsWord::Constant => PlanArrivals::Constant,
            ArrivalsWord::Poisson => PlanArrivals::Poisson,
        }),
        phases,
        mix,
        thresholds,
        timeout,
        connections: head.connections,
        threads: head.threads,
        node: root,
    };
    check_phases(&plan, &mut mistakes);
    mistakes.into_result(plan)
}

/// What one phase says against another, or against the plan's rate.
fn check_phases(plan: &LoadPlan, mistakes: &mut Diagnostics) {
    let Some(node) = plan.node.get("phases") else { return };
    let judged = |phase: &PlanPhase| !matches!(phase.kind, PhaseKind::WarmUp(_));
    if !plan.phases.iter().any(judged) {
        mistakes.push(node.error("no phase is judged: add one with `constant`, `ramp` or `steps`"));
    }
    let has_own_rate = |phase: &PlanPhase| {
        !matches!(phase.kind, PhaseKind::WarmUp(PhaseRate::Plan) | PhaseKind::Constant(PhaseRate::Plan))
    };
    if plan.rate == Some(PlanRate::Max)
        && let Some((_, node)) = plan.phases.iter().zip(node.elements()).find(|(phase, _)| has_own_rate(phase))
    {
        let help = "write `{ constant: rate, duration: … }`";
        mistakes.push(node.error("with `rate: max` a phase has no rate of its own").help(help));
    }
    let mut names = std::collections::HashSet::new();
    for (phase, node) in plan.phases.iter().zip(node.elements()) {
        if let Some(name) = &phase.name
            && !names.insert(name)
        {
            mistakes.push(node.error(format!("the phase `{name}` stands twice")));
        }
    }
}

fn list<T>(
    node: Option<Node>,
    key: &str,
    mistakes: &mut Diagnostics,
    read: fn(&Node) -> Result<T, Diagnostic>,
) -> Vec<T> {
    let Some(node) = node else { return Vec::new() };
    if node.value.as_array().is_none_or(Vec::is_empty) {
        mistakes.push(node.value_error(format!("`{key}` is a list with at least one entry")));
    }
    node.elements().filter_map(|node| mistakes.take(read(&node))).collect()
}

fn optional<T>(node: Option<Node>, read: impl FnOnce(Node) -> Result<T, Diagnostic>) -> Result<Option<T>, Diagnostic> {
    node.map(read).transpose()
}

fn plan_rate(node: Node) -> Result<PlanRate, Diagnostic> {
    match &node.value {
        Value::String(word) if word == "max" => Ok(PlanRate::Max),
        value => match value.as_f64().filter(|rate| is_rate(*rate)) {
            Some(rate) => Ok(PlanRate::PerSecond(rate)),
            None => Err(node.value_error("a rate is a number of requests a second above zero, or `max`")),
        },
    }
}

fn is_rate(rate: f64) -> bool {
    rate > 0.0 && rate <= HIGHEST
}

fn phase(node: &Node) -> Result<PlanPhase, Diagnostic> {
    let entry: PhaseEntry = node.decode("a phase")?;
    let at = |key: &str| node.get(key).unwrap_or_else(|| node.clone());
    let duration = duration(&at("duration"))?;
    let rates = |key: &str, rates: &[f64]| match rates.iter().all(|rate| is_rate(*rate)) && !rates.is_empty() {
        true => Ok(()),
        false => Err(at(key).value_error(format!("`{key}` takes numbers of requests a second above zero"))),
    };
    let kinds = (entry.warm_up.as_ref(), entry.constant.as_ref(), entry.ramp, entry.steps);
    let kind = match kinds {
        (Some(_), None, None, None) => PhaseKind::WarmUp(phase_rate(&at("warm_up"))?),
        (None, Some(_), None, None) => PhaseKind::Constant(phase_rate(&at("constant"))?),
        (None, None, Some([from, to]), None) => {
            rates("ramp", &[from, to])?;
            PhaseKind::Ramp { from, to }
        }
        (None, None, None, Some(steps)) => {
            rates("steps", &steps)?;
            PhaseKind::Steps(steps)
        }
        _ => return Err(node.error("a phase has exactly one of `warm_up`, `constant`, `ramp` and `steps`")),
    };
    Ok(PlanPhase { name: entry.name, duration, kind })
}

fn phase_rate(node: &Node) -> Result<PhaseRate, Diagnostic> {
    match &node.value {
        Value::String(word) if word == "rate" => Ok(PhaseRate::Plan),
        value => match value.as_f64().filter(|rate| is_rate(*rate)) {
            Some(rate) => Ok(PhaseRate::PerSecond(rate)),
            None => Err(node.value_error("write a number of requests a second, or `rate` for the plan's own")),
        },
    }
}

fn duration(node: &Node) -> Result<Duration, Diagnostic> {
    let duration = node.value.as_str().and_then(|text| humantime::parse_duration(text).ok());
    duration
        .filter(|duration| !duration.is_zero() && *duration <= LONGEST)
        .ok_or_else(|| node.value_error("a time is above zero and a day at most: write 30s or 500ms"))
}

fn part(node: &Node) -> Result<MixPart, Diagnostic> {
    let entry: MixEntry = node.decode("a part of the mix")?;
    if !(1..=1_000).contains(&entry.weight) {
        let node = node.get("weight").unwrap_or_else(|| node.clone());
        return Err(node.value_error("a weight is a whole number from 1 to 1000"));
    }
    Ok(MixPart { case: entry.case, weight: entry.weight, node: node.clone() })
}

fn read_thresholds(node: &Node, mistakes: &mut Diagnostics) -> Vec<Threshold> {
    let Some(entry) = mistakes.take(node.decode::<ThresholdsEntry>("the thresholds")) else { return Vec::new() };
    let written = [
        (Quantity::Response(50_000), entry.p50),
        (Quantity::Response(75_000), entry.p75),
        (Quantity::Response(90_000), entry.p90),
        (Quantity::Response(95_000), entry.p95),
        (Quantity::Response(99_000), entry.p99),
        (Quantity::Response(99_900), entry.p99_9),
        (Quantity::Response(100_000), entry.max),
        (Quantity::Errors, entry.errors),
        (Quantity::Deviations, entry.deviations),
        (Quantity::Unsent, entry.unsent),
        (Quantity::Limited, entry.limited),
        (Quantity::Achieved, entry.achieved),
    ];
    let mut thresholds = Vec::new();
    for (quantity, value) in written {
        let Some(value) = value else { continue };
        let at = node.get(&quantity.to_string()).unwrap_or_else(|| node.with_value(Value::Object(Map::new())));
        let read = Threshold::read(quantity, &value).map_err(|message| at.value_error(message));
        thresholds.extend(mistakes.take(read));
    }
    thresholds
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<LoadPlan, Diagnostics> {
        read_plan(&Document::parse("x.load.yaml", text).unwrap(), "x".into())
    }

    #[test]
    fn a_plan_is_read_with_everything_in_it() {
        let plan = read(
            "version: 1\napi: rongcloud\nrate: 100\narrivals: poisson\ntimeout: 2s\nconnections: 64\n\
             phases:\n  - { warm_up: 50, duration: 5s }\n  - { name: main, constant: rate, duration: 1m }\n  \
             - { ramp: [10, 200], duration: 10s }\n  - { steps: [50, 100], duration: 5s }\n\
             mix:\n  - { case: rongcloud/plain, weight: 9 }\n  - { case: 'rongcloud/profile/*' }\n\
             thresholds: { p99: 50ms, p99.9: 1s, errors: 1 %, achieved: 99 % }\n",
        )
        .unwrap();
        assert_eq!(plan.rate, Some(PlanRate::PerSecond(100.0)));
        assert_eq!(plan.phases[1].kind, PhaseKind::Constant(PhaseRate::Plan));
        assert_eq!(plan.phases.len(), 4);
        assert_eq!(plan.mix.iter().map(|part| part.weight).collect::<Vec<_>>(), [9, 1]);
        assert_eq!(plan.thresholds.len(), 4);
    }

    #[test]
    fn every_mistake_is_told_at_its_line() {
        let mistakes = read(
            "version: 1\napi: rongcloud\nphases:\n  - { constant: fast, duration: 5s }\n  - { ramp: [0, 5], duration: 5s }\n  \
             - { constant: 5, steps: [1], duration: 5s }\n  - { constant: 5, duration: 0s }\n\
             mix:\n  - { case: a, weight: 0 }\nthresholds: { p99: 50, error: 1 % }\n",
        )
        .unwrap_err();
        let lines: Vec<usize> = mistakes.iter().map(|mistake| mistake.place().line).collect();
        assert_eq!(lines, [4, 5, 6, 7, 9, 10]);
        assert!(mistakes.iter().last().unwrap().label.contains("errors"));
    }

    #[test]
    fn a_rate_that_is_no_number_is_not_taken_for_the_documented_one() {
        for wrong in [".nan", ".inf", "~", "0", "-1", "1e8", "fast"] {
            let mistakes = read(&format!("version: 1\napi: a\nrate: {wrong}\n")).unwrap_err();
            assert!(mistakes.iter().next().unwrap().message.starts_with("a rate is a number"), "{wrong}");
        }
        let empty = read("").unwrap_err();
        assert!(empty.iter().next().unwrap().message.ends_with("expected a mapping"), "{empty:?}");
    }

    #[test]
    fn a_plan_needs_a_judged_phase_and_the_closed_model_one_rate() {
        let only_warm = read("version: 1\napi: a\nphases: [{ warm_up: 5, duration: 1s }]\n").unwrap_err();
        assert!(only_warm.iter().next().unwrap().message.contains("no phase is judged"));
        let closed = read("version: 1\napi: a\nrate: max\nphases: [{ steps: [5], duration: 1s }]\n").unwrap_err();
        assert!(closed.iter().next().unwrap().message.contains("rate: max"));
    }
}
