//! What a list of known failures says of runs, as a table; and how it is read and written.

use super::*;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn list(entries: &[(&str, &str, &str)]) -> KnownFailures {
    if entries.is_empty() {
        return KnownFailures::default();
    }
    let texts = entries.iter().map(|(case, kind, expires)| {
        format!("  - {{ case: \"{case}\", kind: {kind}, reason: r, owner: o, expires: {expires} }}\n")
    });
    read("known-failures.yaml", &format!("version: 1\nfailures:\n{}", texts.collect::<String>())).unwrap()
}

fn ran<'a>(address: &'a str, kinds: &[MismatchKind]) -> Ran<'a> {
    let kinds: BTreeSet<MismatchKind> = kinds.iter().copied().collect();
    Ran { address, judged: true, broken: kinds.clone(), failing: kinds }
}

const LATE: &str = "2027-01-01";
const TODAY: &str = "2026-06-15";

#[track_caller]
fn finds(entries: &[(&str, &str, &str)], ran: &[Ran<'_>], known: &[usize], troubles: &[Trouble]) {
    let found = compare(&list(entries), ran, &|entry| entry.case.starts_with("outside"), day(TODAY));
    assert_eq!(found.known.iter().map(|(case, _)| *case).collect::<Vec<_>>(), known, "{entries:?}");
    assert_eq!(found.findings.iter().map(|one| one.trouble).collect::<Vec<_>>(), troubles, "{entries:?}");
}

#[test]
fn an_entry_covers_exactly_what_it_says() {
    use MismatchKind::{Envelope, WrongCode, WrongCulprit};
    let failing = [ran("x/a", &[WrongCulprit])];
    let culprit = ("x/a", "wrong-culprit", LATE);
    finds(&[culprit], &failing, &[0], &[]);
    finds(&[("x/*", "wrong-culprit", LATE)], &failing, &[0], &[]);
    finds(&[], &failing, &[], &[]);
    finds(&[("x/a", "wrong-code", LATE)], &failing, &[], &[Trouble::FailsDifferently]);
    finds(&[culprit], &[ran("x/a", &[])], &[], &[Trouble::Passes]);
    finds(&[("x/b", "wrong-culprit", LATE)], &failing, &[], &[Trouble::MatchesNothing]);
    finds(&[("outside/b", "wrong-culprit", LATE)], &failing, &[], &[]);
    let more = [ran("x/a", &[WrongCulprit, Envelope])];
    finds(&[culprit], &more, &[], &[Trouble::FailsDifferently]);
    finds(&[culprit, ("x/a", "envelope", LATE)], &more, &[0], &[]);
    let some = [ran("x/a", &[WrongCulprit]), ran("x/b", &[]), ran("x/c", &[WrongCode])];
    finds(&[("x/*", "wrong-culprit", LATE)], &some, &[0], &[Trouble::Passes, Trouble::FailsDifferently]);
}

#[test]
fn an_entry_ends_on_its_day_and_is_warned_of_before() {
    let failing = [ran("x/a", &[MismatchKind::WrongCode])];
    for (expires, troubles) in [
        ("2026-06-14", vec![Trouble::Expired]),
        ("2026-06-15", vec![Trouble::ExpiresSoon]),
        ("2026-06-29", vec![Trouble::ExpiresSoon]),
        ("2026-06-30", vec![]),
    ] {
        finds(&[("x/a", "wrong-code", expires)], &failing, &[0], &troubles);
    }
}

#[test]
fn what_was_not_judged_speaks_neither_for_nor_against() {
    let skipped = [Ran { judged: false, ..ran("x/a", &[]) }];
    finds(&[("x/a", "wrong-code", LATE)], &skipped, &[], &[]);
    let missed = Ran { failing: BTreeSet::new(), ..ran("x/a", &[MismatchKind::WrongCode]) };
    finds(&[("x/a", "wrong-code", LATE)], &[missed], &[], &[]);
}

#[test]
fn every_mistake_is_told_at_once_with_its_line() {
    let text = "version: 2\nfailures:\n\
        - { case: a, kind: wrong-culprits, reason: r, owner: o, expires: 2026-01-01 }\n\
        - { case: a, kind: wrong-code, reason: \" \", owner: o, expires: 2026-01-01 }\n\
        - { case: a, kind: wrong-code, reason: r, expires: 2026-01-01 }\n\
        - { case: a, kind: wrong-code, reason: r, owner: o, expires: 2026-02-30 }\n\
        - { case: a, kind: wrong-code, reason: r, owner: o }\n\
        - { case: a, kind: wrong-code, reason: r, owner: o, expires: 2026-01-01 }\n\
        - { case: a, kind: wrong-code, reason: r, owner: o, expires: 2026-01-01 }\n\
        also: 1\n";
    let mistakes = read("k.yaml", text).unwrap_err();
    let found: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
    for (line, words) in [
        (1, "version 2"),
        (3, "wrong-culprits"),
        (4, "`reason`"),
        (5, "`owner` or a `link`"),
        (6, "YYYY-MM-DD"),
        (7, "expires"),
        (9, "stands in line 8 too"),
        (10, "unknown field `also`"),
    ] {
        let is = |one: &&String| one.starts_with(&format!("k.yaml:{line}:")) && one.contains(words);
        assert_eq!(found.iter().filter(is).count(), 1, "line {line}, {words:?} in {found:#?}");
    }
    assert_eq!(found.len(), 8, "{found:#?}");
}

#[test]
fn further_entries_leave_what_is_there_as_it_is() {
    let further = list(&[("x/new[a=b,c]", "wrong-code", "2026-09-13")]).entries;
    let text = "# ours\nversion: 1\nfailures:\n  # why\n  - { case: a, kind: envelope, reason: r, link: l, expires: 2020-01-01 }\n";
    let merged = with_further("k.yaml", Some(text), &further).unwrap();
    assert!(merged.starts_with(text), "{merged}");
    assert_eq!(read("k.yaml", &merged).unwrap().entries.len(), 2);
    let flow = "version: 1\nfailures: [{ case: a, kind: envelope, reason: r, link: l, expires: 2020-01-01 }]\n";
    let merged = read("k.yaml", &with_further("k.yaml", Some(flow), &further).unwrap()).unwrap();
    assert_eq!(merged.entries[0].expires, day("2020-01-01"));
    assert_eq!(merged.entries[1].case, further[0].case);
    let fresh = read("k.yaml", &with_further("k.yaml", None, &further).unwrap()).unwrap();
    assert_eq!(fresh.entries[0].kind, MismatchKind::WrongCode);
    assert_eq!(adopted_until(day("2026-06-15")), day("2026-09-13"));
}
