//! The list of known failures on the page: what is wrong with it first, then what it excuses.

use crate::record::{CheckRecord, KnownFailureTrouble};
use crate::report::failure::Failure;

/// How many excused cases are listed, and how many cases below one finding.
const LISTED: usize = 100;

/// The list as the page shows it.
pub(super) struct KnownView<'a> {
    pub(super) file: &'a str,
    pub(super) entries: String,
    pub(super) findings: Vec<FindingView<'a>>,
    pub(super) excused: Vec<ExcusedView<'a>>,
    pub(super) left_out: usize,
}

/// What is wrong with one entry, or soon will be.
pub(super) struct FindingView<'a> {
    pub(super) class: &'static str,
    pub(super) word: &'static str,
    pub(super) text: String,
    pub(super) addresses: Vec<&'a str>,
}

/// A case that fails as the list says.
pub(super) struct ExcusedView<'a> {
    pub(super) address: &'a str,
    pub(super) failure: String,
    pub(super) reason: String,
    pub(super) place: String,
}

/// The list of a run; `None` where there is none.
pub(super) fn known(record: &CheckRecord) -> Option<KnownView<'_>> {
    let list = record.known_failures.as_ref()?;
    let findings = list.findings.iter().map(|finding| FindingView {
        class: if finding.trouble.is_fault() { "fail" } else { "inconclusive" },
        word: word(finding.trouble),
        text: finding.to_string(),
        addresses: finding.addresses.iter().take(LISTED).map(String::as_str).collect(),
    });
    let mut excused: Vec<ExcusedView<'_>> = record
        .cases()
        .filter_map(|(api, case)| {
            let why = case.known_failure.as_ref()?;
            Some(ExcusedView {
                address: &case.address,
                failure: Failure::new(api, case).one_line(),
                reason: why.to_string(),
                place: why.place.to_string(),
            })
        })
        .collect();
    let left_out = excused.len().saturating_sub(LISTED);
    excused.truncate(LISTED);
    let entries = if list.entries == 1 { "1 entry".into() } else { format!("{} entries", list.entries) };
    Some(KnownView { file: &list.file, entries, findings: findings.collect(), excused, left_out })
}

fn word(trouble: KnownFailureTrouble) -> &'static str {
    match trouble {
        KnownFailureTrouble::Passes => "passes",
        KnownFailureTrouble::MatchesNothing => "matches nothing",
        KnownFailureTrouble::Expired => "expired",
        KnownFailureTrouble::FailsDifferently => "fails differently",
        KnownFailureTrouble::ExpiresSoon => "expires soon",
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::Date;

    use super::*;
    use crate::record::sample;
    use crate::scenario::known_failures::read;

    /// The page of a run whose list has this one entry beside one for each failing case.
    fn page(more: &str, today: Date) -> String {
        let mut record = sample::record();
        let entries: String = record
            .failing()
            .map(|(case, kind)| {
                format!("  - {{ case: \"{case}\", kind: {kind}, reason: <r>, owner: o, expires: 2030-01-01 }}\n")
            })
            .collect();
        let list = read("known-failures.yaml", &format!("version: 1\nfailures:\n{entries}{more}")).unwrap();
        record.excuse("known-failures.yaml", &list, &|_| false, today);
        let mut out = Vec::new();
        super::super::write(&record, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_is_excused_stands_with_its_reason_and_its_place() {
        let page = page("", Date::constant(2026, 7, 1));
        assert!(page.contains("id=\"known-failures\"") && page.contains("known-failures.yaml:3:"), "{page}");
        assert!(page.contains("&#60;r&#62; (o, until 2030-01-01)") && !page.contains("<r>"), "{page}");
    }

    #[test]
    fn each_kind_of_trouble_is_named_and_a_warning_is_no_fault() {
        let none = "  - { case: rongcloud/none, kind: envelope, reason: r, link: l, expires: 2031-01-01 }\n";
        let stale = page(none, Date::constant(2026, 7, 1));
        assert!(stale.contains("<span class=\"badge fail\">matches nothing</span>"), "{stale}");
        let soon = page("", Date::constant(2029, 12, 25));
        assert!(soon.contains("<span class=\"badge inconclusive\">expires soon</span>"), "{soon}");
        let late = page("", Date::constant(2030, 1, 2));
        assert!(late.contains("<span class=\"badge fail\">expired</span>"), "{late}");
        let without = sample::record();
        assert!(known(&without).is_none());
    }
}
