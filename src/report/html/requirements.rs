//! Requirements × verdicts: what became of each rule of the document.

use indexmap::IndexMap;

use crate::record::{ApiRecord, CaseRecord, FindingRecord, Level, Verdict};

/// One rule with how many cases came to what about it.
pub(super) struct RequirementRow<'a> {
    pub(super) id: &'a str,
    pub(super) level: &'a str,
    pub(super) rule: &'a str,
    pub(super) place: String,
    /// Not as it is demanded: a failure when the rule gates.
    pub(super) broken: usize,
    pub(super) inconclusive: usize,
    pub(super) holds: usize,
    pub(super) observed: usize,
    pub(super) skipped: usize,
}

impl RequirementRow<'_> {
    /// The word by which the row is coloured.
    pub(super) fn class(&self, gate: Level) -> &'static str {
        let gates = self.level != "observe" && (gate != Level::Must || self.level == "must");
        match (self.broken > 0, gates, self.inconclusive > 0) {
            (true, true, _) => "fail",
            (true, false, _) => "missed",
            (false, _, true) => "inconclusive",
            (false, _, false) => "",
        }
    }
}

/// The rules of one api in the order of its description; those that are broken first.
pub(super) fn requirements(api: &ApiRecord) -> Vec<RequirementRow<'_>> {
    let mut rows: IndexMap<&str, RequirementRow<'_>> = IndexMap::new();
    for (id, requirement) in &api.requirements {
        let row = RequirementRow {
            id,
            level: requirement.level.as_str(),
            rule: &requirement.rule,
            place: api.authority(id).unwrap_or_default(),
            broken: 0,
            inconclusive: 0,
            holds: 0,
            observed: 0,
            skipped: 0,
        };
        rows.insert(id, row);
    }
    for case in &api.cases {
        count(case, &mut rows);
    }
    let mut rows: Vec<RequirementRow<'_>> = rows.into_values().collect();
    rows.sort_by_key(|row| (row.broken == 0, row.inconclusive == 0));
    rows
}

/// A case counts once for each of its rules: by the worst that was found about it.
fn count<'a>(case: &'a CaseRecord, rows: &mut IndexMap<&'a str, RequirementRow<'_>>) {
    let of_claims = case.claims.iter().filter_map(|claim| claim.requirement.as_deref());
    let mut ids: Vec<&str> = case.requirements.iter().map(String::as_str).chain(of_claims).collect();
    ids.sort_unstable();
    ids.dedup();
    for id in ids {
        let Some(row) = rows.get_mut(id) else {
            continue;
        };
        let found = || case.claims.iter().filter(|claim| claim.requirement.as_deref() == Some(id));
        let is = |test: fn(&FindingRecord) -> bool| found().any(|claim| test(&claim.finding));
        let observed = found().all(|claim| claim.level == Level::Observe);
        if case.verdict == Verdict::Skip {
            row.skipped += 1;
        } else if case.verdict == Verdict::Observed && observed {
            row.observed += 1;
        } else if is(|finding| matches!(finding, FindingRecord::Broken(_))) {
            row.broken += 1;
        } else if found().next().is_none() || is(|finding| matches!(finding, FindingRecord::Inconclusive(_))) {
            row.inconclusive += 1;
        } else {
            row.holds += 1;
        }
    }
}
