//! One reply for each outcome, as evidence of what an excess gets; without anything that authorises calls.

use crate::command::drive::Evidence;
use crate::load::Finished;
use crate::record::limit::ReplyFacts;
use crate::record::load::Example;

/// How much of a body is shown: a refusal is short.
const LONGEST: usize = 400;
/// How many outcomes are kept: more than this would not be read.
const MOST: usize = 32;

/// The replies of a run, each of another outcome.
pub(super) fn replies(finished: &Finished, evidence: &Evidence) -> Vec<ReplyFacts> {
    let mut kept: Vec<ReplyFacts> = Vec::new();
    for row in finished.findings.rows() {
        let Some(example) = row.examples.first() else { continue };
        if kept.len() < MOST && kept.iter().all(|one| *one.outcome != *row.finding.outcome) {
            let mut example = Example::from(example);
            // As a whole: what would be cut off a secret before could not be found any more.
            evidence.examine(row.finding.case, &mut example);
            kept.push(facts(&row.finding.outcome, &example));
        }
    }
    kept
}

fn facts(outcome: &str, example: &Example) -> ReplyFacts {
    let retry_after = example.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("retry-after"));
    ReplyFacts {
        outcome: outcome.to_owned(),
        status: example.status,
        retry_after: retry_after.map(|(_, value)| value.clone()),
        body: example.body.chars().take(LONGEST).collect(),
    }
}
