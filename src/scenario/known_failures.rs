//! The list of known failures of one target: which case fails in which way, why, whose it is, and until when.
//!
//! [`read`] takes a file apart with all its mistakes at once; [`compare`] holds a [`KnownFailures`] against what came of
//! the cases of a run. Both are pure: the day is a parameter.

use std::collections::BTreeSet;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;
use wildmatch::WildMatch;

use crate::expectation::MismatchKind;
use crate::source::{Diagnostic, Diagnostics, Document, Node, Place};

/// From how many days before the end of an entry on a run warns of it: two weeks are time to act.
const WARNING_DAYS: i32 = 14;

/// For how long a written entry holds.
const ADOPTED_DAYS: i64 = 90;

/// The list, in the order written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KnownFailures {
    /// The entries.
    pub entries: Vec<KnownFailure>,
}

/// One entry: cases that are expected to fail in one way.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownFailure {
    /// An address, in which `*` stands for any text and `?` for one character.
    pub case: String,
    /// The way in which each of the cases fails.
    pub kind: MismatchKind,
    /// Why that is so, and stays so for now; never empty.
    pub reason: String,
    /// Who answers for it; there, or else `link` is.
    pub owner: Option<String>,
    /// Where it is followed up.
    pub link: Option<String>,
    /// The last day on which it counts.
    pub expires: Date,
    /// Where it stands in the file.
    pub place: Place,
}

/// One entry as written: cases that are known to fail in one way.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    /// The case's address, in which `*` stands for any text and `?` for one character:
    /// `rongcloud/profile/length[field=name,text=ascii,at=over]`.
    case: String,
    /// The one way in which it fails; a case that fails in two has two entries.
    kind: MismatchKind,
    /// Why that is so, and stays so for now.
    reason: String,
    /// Who answers for it; mandatory where there is no `link`.
    #[serde(default)]
    owner: Option<String>,
    /// Where it is followed up; mandatory where there is no `owner`.
    #[serde(default)]
    link: Option<String>,
    /// The last day on which the entry counts, in UTC: `2026-12-31`.
    expires: String,
}

impl KnownFailure {
    /// Whether this is an entry for a case.
    #[must_use]
    pub fn names(&self, address: &str) -> bool {
        WildMatch::new(&self.case).matches(address)
    }

    /// Whether it is about cases of an api that is called so, and of none besides.
    #[must_use]
    pub fn is_of_api(&self, api: &str) -> bool {
        self.case.strip_prefix(api).is_some_and(|rest| rest.starts_with('/'))
    }
}

/// Reads a list. `name` is the path as messages show it.
///
/// # Errors
/// Every mistake in it.
pub fn read(name: &str, text: &str) -> Result<KnownFailures, Diagnostics> {
    let document = Document::parse(name, text)?;
    let root = document.root();
    let mut mistakes = Diagnostics::new();
    if !root.value.is_object() {
        return Err(root.value_error("a list of known failures begins with `version: 1`").into());
    }
    match root.get("version") {
        None => mistakes.push(root.error("`version` is missing: write `version: 1`")),
        Some(version) if version.value != 1 => {
            mistakes.push(version.value_error(format!("version {} is not known: write 1", version.value)));
        }
        Some(_) => {}
    }
    for (key, node) in root.members() {
        if key != "version" && key != "failures" {
            mistakes.push(
                node.error(format!("unknown field `{key}` in a list of known failures"))
                    .help("known here: version, failures"),
            );
        }
    }
    let mut entries: Vec<KnownFailure> = Vec::new();
    match root.get("failures") {
        Some(list) if list.value.is_array() => {
            for node in list.elements() {
                let Some(entry) = entry(&node, &mut mistakes) else {
                    continue;
                };
                match entries.iter().find(|have| have.case == entry.case && have.kind == entry.kind) {
                    Some(first) => mistakes.push(
                        node.value_error(format!(
                            "{} of `{}` stands in line {} too",
                            entry.kind, entry.case, first.place.line
                        ))
                        .help("keep one of the two"),
                    ),
                    None => entries.push(entry),
                }
            }
        }
        Some(other) => mistakes.push(other.value_error("`failures` is no list")),
        None => mistakes.push(root.error("`failures` is missing: write `failures: []` where there is none")),
    }
    mistakes.into_result(KnownFailures { entries })
}

fn entry(node: &Node, mistakes: &mut Diagnostics) -> Option<KnownFailure> {
    let written: Written = mistakes.take(node.decode("a known failure"))?;
    let mut wrong: Vec<Diagnostic> = Vec::new();
    let at = |key: &str| node.get(key).unwrap_or_else(|| node.clone());
    let filled = |text: &Option<String>| text.as_ref().filter(|text| !text.trim().is_empty()).cloned();
    for (key, text) in [("case", &written.case), ("reason", &written.reason)] {
        if text.trim().is_empty() {
            wrong.push(at(key).value_error(format!("`{key}` of a known failure is empty")));
        }
    }
    let (owner, link) = (filled(&written.owner), filled(&written.link));
    if owner.is_none() && link.is_none() {
        let message = "a known failure without owner: name an `owner` or a `link`";
        wrong.push(node.value_error(message));
    }
    let date = written.expires.parse::<Date>().ok().filter(|_| written.expires.len() == "2026-01-31".len());
    let Some(expires) = date else {
        let given = &written.expires;
        wrong.push(at("expires").value_error(format!("`{given}` is no day: write YYYY-MM-DD")));
        wrong.into_iter().for_each(|mistake| mistakes.push(mistake));
        return None;
    };
    if !wrong.is_empty() {
        wrong.into_iter().for_each(|mistake| mistakes.push(mistake));
        return None;
    }
    let Written { case, kind, reason, .. } = written;
    Some(KnownFailure { case, kind, reason, owner, link, expires, place: node.place() })
}

/// What came of one case, as far as a list is concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran<'a> {
    /// Its address.
    pub address: &'a str,
    /// Whether it could be judged; what was skipped or is inconclusive speaks neither for an entry nor against it.
    pub judged: bool,
    /// Every way in which it is not as it should be.
    pub broken: BTreeSet<MismatchKind>,
    /// Those that fail it.
    pub failing: BTreeSet<MismatchKind>,
}

/// What is wrong, or soon will be, with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// A case does not fail any more.
    Passes,
    /// No case has such an address.
    MatchesNothing,
    /// Its day is over.
    Expired,
    /// A case fails in another way.
    FailsDifferently,
    /// Its last day is near: a warning only.
    ExpiresSoon,
}

/// Trouble with one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which entry, from 0.
    pub entry: usize,
    /// What it is.
    pub trouble: Trouble,
    /// Which of the cases show it, from 0; none where it is about the entry alone.
    pub cases: Vec<usize>,
}

/// A list held against a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Cases that fail in known ways only, each with the first entry that says so.
    pub known: Vec<(usize, usize)>,
    /// Trouble, in the order of the entries.
    pub findings: Vec<Finding>,
}

/// Holds a list against what came of the cases, on a day. `is_outside` says of an entry that nothing ran for that it is
/// about cases that were left out by choice.
#[must_use]
pub fn compare(
    list: &KnownFailures,
    ran: &[Ran<'_>],
    is_outside: &dyn Fn(&KnownFailure) -> bool,
    today: Date,
) -> Comparison {
    let mut comparison = Comparison::default();
    let mut covering: Vec<Vec<usize>> = vec![Vec::new(); ran.len()];
    for (index, entry) in list.entries.iter().enumerate() {
        let pattern = WildMatch::new(&entry.case);
        let named: Vec<usize> = (0..ran.len()).filter(|&at| pattern.matches(ran[at].address)).collect();
        named.iter().for_each(|&at| covering[at].push(index));
        let judged = |test: &dyn Fn(&Ran<'_>) -> bool| -> Vec<usize> {
            named.iter().copied().filter(|&at| ran[at].judged && test(&ran[at])).collect()
        };
        let mut note = |trouble: Trouble, cases: Vec<usize>| {
            comparison.findings.push(Finding { entry: index, trouble, cases });
        };
        if named.is_empty() {
            if is_outside(entry) {
                continue;
            }
            note(Trouble::MatchesNothing, Vec::new());
        }
        let passing = judged(&|case| case.broken.is_empty());
        if !passing.is_empty() {
            note(Trouble::Passes, passing);
        }
        let different = judged(&|case| !case.broken.is_empty() && !case.broken.contains(&entry.kind));
        if !different.is_empty() {
            note(Trouble::FailsDifferently, different);
        }
        if entry.expires < today {
            note(Trouble::Expired, Vec::new());
        } else if days_between(today, entry.expires) <= WARNING_DAYS {
            note(Trouble::ExpiresSoon, Vec::new());
        }
    }
    for (at, case) in ran.iter().enumerate().filter(|(_, case)| case.judged && !case.failing.is_empty()) {
        let kinds: BTreeSet<MismatchKind> = covering[at].iter().map(|&index| list.entries[index].kind).collect();
        let first = covering[at].iter().find(|&&index| case.failing.contains(&list.entries[index].kind));
        match first {
            Some(&entry) if case.failing.is_subset(&kinds) => comparison.known.push((at, entry)),
            Some(&entry) => {
                // The known part is still there, and more is broken than that.
                comparison.findings.push(Finding { entry, trouble: Trouble::FailsDifferently, cases: vec![at] });
            }
            None => {}
        }
    }
    comparison.findings.sort_by_key(|finding| finding.entry);
    comparison
}

fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(i32::MAX, |span| span.get_days())
}

/// The last day of an entry that is written today; the last day that there is, where a calendar ends before.
#[must_use]
pub fn adopted_until(today: Date) -> Date {
    today.checked_add(jiff::Span::new().days(ADOPTED_DAYS)).unwrap_or(Date::MAX)
}

/// A file's text with further entries at its end. What stands there already stays as it is, letter for letter, where its
/// list is written line by line; else it is laid out anew, entry for entry.
///
/// # Errors
/// Mistakes in the text so far.
pub fn with_further(name: &str, text: Option<&str>, further: &[KnownFailure]) -> Result<String, Diagnostics> {
    const HEAD: &str = "version: 1\nfailures:\n";
    let added: String = further.iter().map(rendered).collect();
    let Some(text) = text else {
        return Ok(format!("{HEAD}{added}"));
    };
    let existing = read(name, text)?;
    if further.is_empty() {
        return Ok(text.to_owned());
    }
    let appended = format!("{}\n{added}", text.trim_end());
    let same = |list: &KnownFailures| {
        list.entries.len() == existing.entries.len() + further.len()
            && list.entries.iter().zip(&existing.entries).all(|(new, old)| new == old)
    };
    if read(name, &appended).is_ok_and(|list| same(&list)) {
        return Ok(appended);
    }
    let kept: String = existing.entries.iter().map(rendered).collect();
    Ok(format!("{HEAD}{kept}{added}"))
}

/// One entry as YAML; a JSON text is a YAML scalar.
fn rendered(entry: &KnownFailure) -> String {
    let text = |value: &str| serde_json::Value::from(value).to_string();
    let optional = |key: &str, value: &Option<String>| {
        value.as_ref().map_or_else(String::new, |value| format!("    {key}: {}\n", text(value)))
    };
    format!(
        "  - case: {}\n    kind: {}\n    reason: {}\n{}{}    expires: {}\n",
        text(&entry.case),
        entry.kind,
        text(&entry.reason),
        optional("owner", &entry.owner),
        optional("link", &entry.link),
        entry.expires
    )
}

#[cfg(test)]
mod tests;
