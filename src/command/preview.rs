//! What a check would do, without doing it: `--list` and `--prepare`.

use std::collections::BTreeSet;

use super::api_run::Planned;
use super::{Console, Exit};
use crate::api::Tree;

/// Addresses, levels and requirements, one case a line.
pub(super) fn list(planned: &[Planned], console: &mut Console) -> Exit {
    for case in planned.iter().flat_map(Planned::listed) {
        let requirements = case.requirements().join(",");
        let skip = case.skip.as_ref().map(|reason| format!("  (skipped: {reason})")).unwrap_or_default();
        console.line(format_args!("{:<8} {}  {requirements}{skip}", case.level(), case.address));
    }
    Exit::Conforms
}

/// What must exist on the target, and what will be written to it.
pub(super) fn prepare(planned: &[Planned], console: &mut Console) -> Exit {
    for planned in planned {
        let (api, declared) = (&planned.target.api, &planned.target.declared);
        console.line(format_args!("{}: {} cases against {}", api.name, planned.cases.len(), planned.target.base));
        console.line("  must exist:");
        for (name, fact) in &api.declarations {
            let (value, how) = match (declared.facts.get(name), &fact.default) {
                (Some(value), _) => (Some(value), "declared"),
                (None, Some(value)) => (Some(value), "assumed; declare it if it is configured otherwise"),
                (None, None) => (None, "not declared: cases that need it are only observed"),
            };
            let value = value.map(|value| format!(" = {value}")).unwrap_or_default();
            console.line(format_args!("    {name}{value}  ({how}): {}", fact.about));
            let used = fact.names.as_ref().and_then(|list| api.lists.get(list)).map(|list| used(planned, list));
            if let Some(used) = used.filter(|used| !used.is_empty()) {
                console.line(format_args!("      the cases use: {}", used.join(", ")));
            }
        }
        match &declared.users {
            Some(users) => console.line(format_args!("    users (declared): {}", users.join(", "))),
            None => console.line("    users: any id may be written to (assumed; declare `users` if they must exist)"),
        }
        console.line("  will be written to it:");
        let most = planned.cases.iter().map(|case| case.accounts).max().unwrap_or(0);
        match &declared.users {
            Some(users) => console.line(format_args!("    the profiles of these {} users", users.len())),
            None => console.line(format_args!(
                "    the profiles of up to {} users named ph…, and of {most} more in one request",
                planned.cases.len() + 1
            )),
        }
        if !planned.searches.is_empty() {
            let searches = planned.searches.len();
            console
                .line(format_args!("    the profiles of a few more users in each of {searches} searches for limits"));
        }
        let cleaned = planned.cases.iter().filter(|case| !case.cleanup.is_empty()).count();
        console.line(format_args!("    {cleaned} cases clean up after themselves"));
    }
    Exit::Conforms
}

/// The names of a list that the cases really send.
fn used<'a>(planned: &Planned, list: &'a [String]) -> Vec<&'a str> {
    let mut keys = BTreeSet::new();
    for step in planned.cases.iter().filter(|case| case.skip.is_none()).flat_map(|case| &case.steps) {
        collect_keys(&step.request.content, &mut keys);
    }
    list.iter().map(String::as_str).filter(|name| keys.contains(*name)).collect()
}

fn collect_keys(tree: &Tree, keys: &mut BTreeSet<String>) {
    match tree {
        Tree::Object(members) => {
            for (key, value) in members {
                keys.insert(key.clone());
                collect_keys(value, keys);
            }
        }
        Tree::Array(list) => list.iter().for_each(|tree| collect_keys(tree, keys)),
        Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) => {}
    }
}
