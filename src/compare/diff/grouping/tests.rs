//! Which cases are told together, as tables of what differs in each.

use super::*;

fn found(name: &str, broken: &[(&str, Support)], changes: &[(Aspect, &str, &str)]) -> Found {
    let change = |(aspect, a, b): &(Aspect, &str, &str)| Change {
        aspect: *aspect,
        at: String::new(),
        a: (*a).into(),
        b: (*b).into(),
    };
    let signs: Vec<Sign> = changes.iter().map(change).map(|change| sign(&change)).collect();
    let bearing = |(id, supports): &(&str, Support)| Bearing {
        requirement: Some((*id).to_owned()),
        level: if id.starts_with("open") { Level::Observe } else { Level::Must },
        supports: *supports,
        signs: signs.clone(),
    };
    Found {
        bearings: broken.iter().map(bearing).collect(),
        about: Some(format!("{name}.about")),
        manner: Manner::InItsAnswer,
        disputed: None,
        difference: Difference {
            address: name.into(),
            supports: Support::Open,
            changes: changes.iter().map(change).collect(),
            replies: None,
        },
    }
}

/// Requirement and addresses of each group.
fn told(found: Vec<Found>) -> Vec<(String, Vec<String>)> {
    let told = |group: Group| {
        let addresses = group.differences.into_iter().map(|one| one.address).collect();
        (group.requirement.unwrap_or_default(), addresses)
    };
    grouped(found).into_iter().map(told).collect()
}

fn one(requirement: &str, addresses: &[&str]) -> (String, Vec<String>) {
    (requirement.into(), addresses.iter().map(|&one| one.into()).collect())
}

const STATUS: (Aspect, &str, &str) = (Aspect::Status, "200", "500");

#[test]
fn a_case_that_breaks_several_rules_stands_under_the_one_that_most_break() {
    let cases = vec![
        found("x", &[("own", Support::A), ("status", Support::A)], &[STATUS]),
        found("y", &[("status", Support::A)], &[STATUS]),
    ];
    assert_eq!(told(cases), [one("status", &["x", "y"])]);
}

#[test]
fn a_rule_that_one_side_keeps_goes_before_one_that_neither_does() {
    let cases = vec![
        found("x", &[("both", Support::Neither), ("one", Support::A)], &[STATUS]),
        found("y", &[("both", Support::Neither)], &[STATUS]),
    ];
    assert_eq!(told(cases), [one("one", &["x"]), one("both", &["y"])]);
}

#[test]
fn an_open_case_that_shows_what_others_prove_stands_with_them() {
    let proved = || found("x", &[("status", Support::A)], &[STATUS]);
    let same = found("y", &[], &[(Aspect::Status, "400", "500")]);
    assert_eq!(told(vec![proved(), same]), [one("status", &["x", "y"])]);
    let other = found("y", &[], &[(Aspect::Status, "200", "404")]);
    assert_eq!(told(vec![proved(), other]), [one("status", &["x"]), one("y.about", &["y"])]);
    let more = found("y", &[], &[STATUS, (Aspect::Culprit, "none", "name")]);
    assert_eq!(told(vec![proved(), more]), [one("status", &["x"]), one("y.about", &["y"])]);
}

#[test]
fn the_answer_to_an_open_question_is_never_taken_for_something_else() {
    let refused = (Aspect::Outcome, "accepted", "refused with code 1002");
    let open = (Aspect::Characteristic, "accepted", "refused with code 1002");
    let proved = || found("x", &[("rule", Support::A)], &[refused]);
    assert_eq!(told(vec![proved(), found("y", &[], &[open])]).len(), 2);
    let in_passing = Found { manner: Manner::InPassing, ..found("y", &[], &[open]) };
    assert_eq!(told(vec![proved(), in_passing]), [one("rule", &["x", "y"])]);
    let code = |to| (Aspect::Code, "90003", to);
    let proved = found("x", &[("rule", Support::A)], &[(Aspect::Code, "90018", "90001")]);
    assert_eq!(told(vec![proved, found("y", &[], &[code("90001")])]).len(), 2, "another code is replaced");
}

#[test]
fn what_a_search_finds_of_a_broken_rule_stands_under_it() {
    let broken = found("x", &[("y.about", Support::A)], &[(Aspect::Outcome, "refused", "accepted")]);
    let searched = || Found {
        manner: Manner::BySearch,
        ..found("y", &[], &[(Aspect::Characteristic, "as documented", "documented 64, observed 65")])
    };
    assert_eq!(told(vec![broken, searched()]), [one("y.about", &["x", "y"])]);
    assert_eq!(told(vec![searched()]), [one("y.about", &["y"])]);
}

#[test]
fn one_member_refused_in_one_way_is_one_cause() {
    let refused = (Aspect::Outcome, "refused naming name", "accepted");
    let by = |name: &str, rule: &str, disputed: &str| Found {
        disputed: Some(disputed.into()),
        ..found(name, &[(rule, Support::A)], &[refused])
    };
    let cases = || vec![by("x", "other", "name"), by("y", "length", "name"), by("z", "length", "name")];
    assert_eq!(told(cases()), [one("length", &["x", "y", "z"])]);
    let mut two = cases();
    two.push(by("w", "email", "email"));
    assert_eq!(told(two), [one("length", &["x", "y", "z"]), one("email", &["w"])]);
    let mut named = cases();
    named.push(found("v", &[], &[(Aspect::Culprit, "name", "level")]));
    assert_eq!(told(named), [one("length", &["x", "y", "z", "v"])]);
}

#[test]
fn rules_that_are_broken_by_unnamed_refusals_stay_apart() {
    let refused = (Aspect::Outcome, "refused with code 90033", "accepted");
    let cases = vec![found("x", &[("one", Support::A)], &[refused]), found("y", &[("two", Support::A)], &[refused])];
    assert_eq!(told(cases), [one("one", &["x"]), one("two", &["y"])]);
}

#[test]
fn what_every_reply_shows_belongs_to_the_case_that_is_about_it() {
    let member = (Aspect::Content, "absent", "a text");
    let about = || found("x", &[("open.members", Support::A)], &[member]);
    let (one, other) = (found("y", &[], &[member]), found("z", &[], &[member]));
    assert_eq!(told(vec![one, about(), other]), [super::tests::one("open.members", &["x", "y", "z"])]);
    // A rule that is broken in another respect does not own it.
    let mut proved = found("w", &[("status", Support::A)], &[STATUS, member]);
    proved.bearings[0].signs.truncate(1);
    let both = found("v", &[], &[STATUS, member]);
    assert_eq!(
        told(vec![proved, about(), both]),
        [super::tests::one("status", &["w", "v"]), super::tests::one("open.members", &["x"])]
    );
}

#[test]
fn a_requirement_that_binds_in_one_case_and_is_open_in_another_is_told_once() {
    let mut open = found("y", &[("rule", Support::A)], &[(Aspect::Code, "1", "2")]);
    open.bearings[0].level = Level::Observe;
    let cases = vec![open, found("x", &[("rule", Support::A)], &[STATUS])];
    let groups = grouped(cases);
    assert_eq!(groups.len(), 1);
    assert_eq!(groups[0].level, Level::Must);
    let supports: Vec<Support> = groups[0].differences.iter().map(|one| one.supports).collect();
    assert_eq!(supports, [Support::A, Support::Open]);
}
