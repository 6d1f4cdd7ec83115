//! The list of known failures in a record: cases that it excuses, and what is wrong with the list itself.

use std::fmt;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CaseRecord, CheckRecord, PlaceRecord, Totals, Verdict};
use crate::expectation::MismatchKind;
use crate::scenario::known_failures::{KnownFailure, KnownFailures, Ran, Trouble, compare};

/// What a list came to in a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KnownFailuresRecord {
    /// The list's path as shown to people.
    pub file: String,
    /// How many entries it has.
    pub entries: usize,
    /// What is wrong with them, or soon will be, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<KnownFailureFinding>,
}

/// Why the failing of a case does not gate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KnownFailureRecord {
    /// The list's own words.
    pub reason: String,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Where it is followed up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The last day on which it counts, as YYYY-MM-DD.
    pub expires: String,
    /// Where the entry stands.
    pub place: PlaceRecord,
}

/// Trouble with one entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KnownFailureFinding {
    /// What it is.
    pub trouble: KnownFailureTrouble,
    /// Where the entry stands.
    pub place: PlaceRecord,
    /// The address or pattern of the entry.
    pub case: String,
    /// The kind of the entry.
    pub kind: MismatchKind,
    /// The last day of the entry, as YYYY-MM-DD.
    pub expires: String,
    /// The cases that show it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<String>,
}

/// The kinds of trouble with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum KnownFailureTrouble {
    /// A case does not fail any more.
    Passes,
    /// No case has such an address.
    MatchesNothing,
    /// Its day is over.
    Expired,
    /// A case fails in another way.
    FailsDifferently,
    /// Its last day is near.
    ExpiresSoon,
}

impl KnownFailureTrouble {
    /// Whether the list is at fault; else it is a warning.
    #[must_use]
    pub fn is_fault(self) -> bool {
        self != Self::ExpiresSoon
    }
}

impl KnownFailuresRecord {
    /// Whether a case fails as the list does not say of it, though the list names it: that is for the list to be put
    /// right.
    #[must_use]
    pub fn is_wrong_about(&self, address: &str) -> bool {
        let differs = |finding: &KnownFailureFinding| finding.trouble == KnownFailureTrouble::FailsDifferently;
        self.findings.iter().any(|one| differs(one) && one.addresses.iter().any(|named| named == address))
    }

    /// Whether any entry is.
    #[must_use]
    pub fn is_at_fault(&self) -> bool {
        self.findings.iter().any(|finding| finding.trouble.is_fault())
    }
}

impl CheckRecord {
    /// Holds the record against a list, on a day: failures that it knows do not gate, and what is wrong with it is
    /// recorded. `is_outside` says of an entry for which nothing ran that its cases were left out by choice.
    pub fn excuse(
        &mut self,
        file: &str,
        list: &KnownFailures,
        is_outside: &dyn Fn(&KnownFailure) -> bool,
        today: Date,
    ) {
        let gate = self.settings.gate;
        let ran: Vec<Ran<'_>> = self.cases().map(|(_, case)| ran(case, gate)).collect();
        let comparison = compare(list, &ran, is_outside, today);
        let findings = comparison.findings.iter().map(|finding| {
            let entry = &list.entries[finding.entry];
            KnownFailureFinding {
                trouble: finding.trouble.into(),
                place: place(entry),
                case: entry.case.clone(),
                kind: entry.kind,
                expires: entry.expires.to_string(),
                addresses: finding.cases.iter().map(|&at| ran[at].address.to_owned()).collect(),
            }
        });
        let findings = findings.collect();
        self.known_failures =
            Some(KnownFailuresRecord { file: file.to_owned(), entries: list.entries.len(), findings });
        let mut cases: Vec<&mut CaseRecord> = self.apis.iter_mut().flat_map(|api| &mut api.cases).collect();
        for (at, entry) in comparison.known {
            cases[at].verdict = Verdict::KnownFailure;
            cases[at].known_failure = Some(excuse(&list.entries[entry]));
        }
        for api in &mut self.apis {
            api.totals = Totals::of(&api.cases);
        }
        self.settle();
    }

    /// Address and kind of everything that fails a case, whether or not it is excused.
    pub fn failing(&self) -> impl Iterator<Item = (&str, MismatchKind)> {
        let fails = |case: &CaseRecord| matches!(case.verdict, Verdict::Fail | Verdict::KnownFailure);
        let failing = self.cases().filter(move |(_, case)| fails(case));
        failing.flat_map(|(_, case)| {
            let kinds = ran(case, self.settings.gate).failing;
            kinds.into_iter().map(|kind| (case.address.as_str(), kind))
        })
    }
}

fn ran(case: &CaseRecord, gate: crate::api::Level) -> Ran<'_> {
    let kinds = |least: Option<crate::api::Level>| {
        let broken = case.broken().into_iter().filter(|(claim, _)| least.is_none_or(|least| claim.level >= least));
        broken.flat_map(|(_, mismatches)| mismatches.iter().map(|mismatch| mismatch.kind)).collect()
    };
    let fails = matches!(case.verdict, Verdict::Fail | Verdict::KnownFailure);
    let failing = if fails { kinds(Some(gate)) } else { Default::default() };
    Ran { address: &case.address, judged: case.was_judged(), broken: kinds(None), failing }
}

fn place(entry: &KnownFailure) -> PlaceRecord {
    PlaceRecord { file: entry.place.file.clone(), line: entry.place.line, column: entry.place.column }
}

fn excuse(entry: &KnownFailure) -> KnownFailureRecord {
    KnownFailureRecord {
        reason: entry.reason.clone(),
        owner: entry.owner.clone(),
        link: entry.link.clone(),
        expires: entry.expires.to_string(),
        place: place(entry),
    }
}

impl From<Trouble> for KnownFailureTrouble {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Passes => Self::Passes,
            Trouble::MatchesNothing => Self::MatchesNothing,
            Trouble::Expired => Self::Expired,
            Trouble::FailsDifferently => Self::FailsDifferently,
            Trouble::ExpiresSoon => Self::ExpiresSoon,
        }
    }
}

impl fmt::Display for KnownFailureRecord {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} (", self.reason)?;
        for whose in [&self.owner, &self.link].into_iter().flatten() {
            write!(formatter, "{whose}, ")?;
        }
        write!(formatter, "until {})", self.expires)
    }
}

impl fmt::Display for KnownFailureFinding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, case, kind, expires, .. } = self;
        write!(formatter, "{place}: {kind} of `{case}` ")?;
        match self.trouble {
            KnownFailureTrouble::Passes => write!(formatter, "does not fail any more: remove the entry")?,
            KnownFailureTrouble::MatchesNothing => write!(formatter, "matches no case: correct the address")?,
            KnownFailureTrouble::Expired => write!(formatter, "expired on {expires}")?,
            KnownFailureTrouble::FailsDifferently => write!(formatter, "fails differently: correct the kind")?,
            KnownFailureTrouble::ExpiresSoon => write!(formatter, "expires on {expires}")?,
        }
        match self.addresses.as_slice() {
            [] => Ok(()),
            [one] if one == case => Ok(()),
            [first] => write!(formatter, ": {first}"),
            [first, more @ ..] => write!(formatter, ": {first} and {} more", more.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{rejudge, sample};
    use crate::scenario::known_failures::read;

    #[test]
    fn an_excused_case_does_not_gate_and_is_judged_so_again() {
        let mut record = sample::record();
        let entries: String = record
            .failing()
            .map(|(case, kind)| {
                format!("  - {{ case: \"{case}\", kind: {kind}, reason: r, owner: o, expires: 2030-01-01 }}\n")
            })
            .collect();
        let list = read("known-failures.yaml", &format!("version: 1\nfailures:\n{entries}")).unwrap();
        let failed = record.totals().fail;
        record.excuse("known-failures.yaml", &list, &|_| false, Date::constant(2026, 7, 1));
        assert_eq!((record.totals().fail, record.totals().known_failure), (0, failed));
        assert_eq!(record.known_failures.as_ref().unwrap().findings, []);
        assert_ne!(record.exit_code, 1, "{:?}", record.reasons);
        let verdicts: Vec<Verdict> = record.apis[0].cases.iter().map(|case| case.verdict).collect();
        assert_eq!(rejudge(&record, &sample::api()), verdicts);
        record.excuse("known-failures.yaml", &list, &|_| false, Date::constant(2030, 1, 2));
        assert_eq!(record.totals().fail, 0, "an entry that has expired still excuses, and is at fault");
        assert!(record.known_failures.unwrap().is_at_fault());
    }
}
