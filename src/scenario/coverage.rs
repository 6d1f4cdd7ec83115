//! Whether each rule of an api is checked by a case, or else excluded with a reason; never both.

use std::collections::BTreeMap;

use super::{Case, Rigour};
use crate::api::Api;
use crate::source::{Diagnostic, Diagnostics, Node};

/// The requirements that cases name, each with the first case that does.
#[derive(Debug, Default)]
pub(super) struct Named(BTreeMap<String, String>);

impl Named {
    /// Takes note of what a case checks.
    pub(super) fn add(&mut self, case: &Case) {
        for id in case.requirements() {
            self.0.entry(id.to_owned()).or_insert_with(|| format!("`{}` at {}", case.address, case.place));
        }
    }

    /// Every requirement of the description `root` that is excluded and checked all the same, and, where rigour asks
    /// for it, every one that is neither.
    pub(super) fn mistakes(&self, api: &Api, root: &Node, rigour: Rigour) -> Diagnostics {
        let mut mistakes = Diagnostics::new();
        let Some(nodes) = root.get("requirements") else {
            return mistakes;
        };
        for (id, node) in nodes.members() {
            let excluded = node.get("excluded");
            let checked = self.0.get(&id).cloned().or_else(|| api.implied(&id).map(|_| "every run".to_owned()));
            match (excluded, checked, rigour) {
                (Some(excluded), Some(by), _) => mistakes.push(both(&excluded, &id, &by)),
                (None, None, Rigour::RequirementsMandatory) => mistakes.push(neither(&node, &id)),
                (None, None, Rigour::RequirementsOptional) | (Some(_), None, _) | (None, Some(_), _) => {}
            }
        }
        mistakes
    }
}

fn both(node: &Node, id: &str, by: &str) -> Diagnostic {
    node.error(format!("`{id}` is excluded, and checked by {by}"))
        .help("leave out `excluded`, or let the case name another requirement")
}

fn neither(node: &Node, id: &str) -> Diagnostic {
    node.error(format!("no case checks `{id}`")).help(
        "write a case that names it, or say in `excluded` why none can; `proofhouse trace` shows what covers what",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Document, embedded_files};

    /// The shipped description of one api after a change, with its mistakes when no case names anything.
    fn mistakes(change: (&str, &str), rigour: Rigour) -> Vec<String> {
        let file = embedded_files().into_iter().find(|file| file.path == "rongcloud/api.yaml").unwrap();
        let text = file.text.replacen(change.0, change.1, 1);
        let document = Document::parse("api.yaml", &text).unwrap();
        let api = Api::read(&document).unwrap();
        let found = Named::default().mistakes(&api, &document.root(), rigour);
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn without_cases_every_rule_that_is_not_excluded_and_not_implied_is_told() {
        let found = mistakes(("", ""), Rigour::RequirementsMandatory);
        let told = |id: &str| found.iter().any(|message| message.contains(&format!("no case checks `{id}`")));
        assert!(told("rc.name.length"), "{found:#?}");
        assert!(!told("rc.https"), "it is excluded");
        assert!(!told("rc.reply.status") && !told("rc.rate"), "every run judges them");
    }

    #[test]
    fn files_of_users_may_leave_rules_unchecked() {
        assert_eq!(mistakes(("", ""), Rigour::RequirementsOptional), Vec::<String>::new());
    }

    #[test]
    fn an_exclusion_of_what_is_checked_is_told_at_its_line() {
        let rate = "rule: 100 requests a second are admitted\n";
        let changed = format!("{rate}    excluded: too hard\n");
        let found = mistakes((rate, &changed), Rigour::RequirementsOptional);
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(found[0].starts_with("api.yaml:"), "{found:#?}");
        assert!(found[0].ends_with("`rc.rate` is excluded, and checked by every run"), "{found:#?}");
    }
}
