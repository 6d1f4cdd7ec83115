//! The table of all cases, up to a number; what passes is left out first.

use crate::record::{CaseRecord, CheckRecord, Verdict};
use crate::report::text::{shortened, visible};

/// How many cases have a row: with full blocks of failures the file stays below 2 MB.
const ROWS: usize = 2_500;

/// How much of an outcome stands in a row.
const OUTCOME: usize = 80;

/// One case.
pub(super) struct Row<'a> {
    pub(super) address: &'a str,
    pub(super) api: &'a str,
    pub(super) level: &'a str,
    pub(super) verdict: &'a str,
    /// Whether something that should hold does not, though it does not gate.
    pub(super) misses: bool,
    /// What came of it, in a few words.
    pub(super) outcome: String,
    /// Whether a block above has its id already.
    pub(super) has_block: bool,
}

/// The rows in the order of the record, and how many cases have none.
pub(super) fn rows<'a>(record: &'a CheckRecord, with_block: &[&str]) -> (Vec<Row<'a>>, usize) {
    let total = record.cases().count();
    let quiet = |case: &CaseRecord| case.verdict == Verdict::Pass && !case.misses_a_should();
    let loud = record.cases().filter(|(_, case)| !quiet(case)).count();
    let mut room = ROWS.saturating_sub(loud);
    let with_block: std::collections::HashSet<&str> = with_block.iter().copied().collect();
    let mut rows = Vec::new();
    for (api, case) in record.cases() {
        if quiet(case) {
            if room == 0 {
                continue;
            }
            room -= 1;
        } else if rows.len() >= ROWS {
            continue;
        }
        rows.push(Row {
            address: &case.address,
            api: &api.name,
            level: case.level.as_str(),
            verdict: case.verdict.as_str(),
            misses: case.misses_a_should(),
            outcome: shortened(&outcome(case), OUTCOME),
            has_block: with_block.contains(case.address.as_str()),
        });
    }
    let left_out = total - rows.len();
    (rows, left_out)
}

fn outcome(case: &CaseRecord) -> String {
    match case.verdict {
        Verdict::Skip => case.skip.clone().unwrap_or_default(),
        Verdict::Inconclusive => case.uncertainty().map_or("", crate::record::Uncertainty::sentence).to_owned(),
        Verdict::KnownFailure => case.known_failure.as_ref().map(ToString::to_string).unwrap_or_default(),
        Verdict::Fail | Verdict::Pass | Verdict::Observed => {
            visible(&case.last_step().map_or_else(String::new, |step| step.observation.to_string()))
        }
    }
}

/// How long a text is once it is HTML.
pub(super) fn escaped_length(text: &str) -> usize {
    text.bytes().map(|byte| if b"<>&\"'".contains(&byte) { 5 } else { 1 }).sum()
}
