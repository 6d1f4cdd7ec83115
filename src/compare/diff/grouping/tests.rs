//! Which cases are told together, as tables of what differs in each.

use super::*;

fn found(name: &str, broken: &[(&str, Support)], changes: &[(Aspect, &str, &str)]) -> Found {
    let change = |(aspect, a, b): &(Aspect, &str, &str)| Change {
        aspect: *aspect,
        at: String::new(),
        a: (*a).into(),
        b: (*b).into(),
    };
    let signs: Vec<Sign> = changes.iter().map(change).map(|change| Sign::of(&change)).collect();
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
        searched: HashSet::new(),
        answers: None,
        characteristic: None,
        difference: Difference {
            address: name.into(),
            supports: Support::Open,
            changes: changes.iter().map(change).collect(),
            replies: None,
        },
    }
}

/// A member that A refuses.
fn by_a(member: &str) -> Option<Disputed> {
    Some(Disputed { member: member.into(), by: 0 })
}

/// Requirement and addresses of each group.
fn told(found: Vec<Found>) -> Vec<(String, Vec<String>)> {
    let told = |group: Group| {
        let addresses = group.differences.into_keys().collect();
        (group.requirement.unwrap_or_default(), addresses)
    };
    grouped(found, &Rules::default()).into_iter().map(told).collect()
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
        disputed: by_a(disputed),
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
        [super::tests::one("status", &["w", "v"]), super::tests::one("open.members", &["x", "w"])]
    );
}

#[test]
fn a_requirement_that_binds_in_one_case_and_is_open_in_another_is_told_once() {
    let mut open = found("y", &[("rule", Support::A)], &[(Aspect::Code, "1", "2")]);
    open.bearings[0].level = Level::Observe;
    let cases = vec![open, found("x", &[("rule", Support::A)], &[STATUS])];
    let groups = grouped(cases, &Rules::default());
    assert_eq!(groups.len(), 1);
    assert_eq!(groups[0].level, Level::Must);
    let supports: Vec<Support> = groups[0].differences.values().map(|one| one.supports).collect();
    assert_eq!(supports, [Support::A, Support::Open]);
}

/// The rules of which cases speak: their requirements, and how both sides refuse them.
fn rules(cases: &[(&[&str], Option<&str>)], refined: &[(&str, &str)]) -> Rules {
    let owned: Vec<Vec<String>> = cases.iter().map(|(ids, _)| ids.iter().map(|&id| id.to_owned()).collect()).collect();
    let seen = owned.iter().zip(cases).map(|(requirements, (_, refusal))| {
        let refusal = refusal.map(str::to_owned);
        Seen { requirements, refusals: [refusal.clone(), refusal] }
    });
    let refined = refined.iter().map(|&(one, of)| (one.to_owned(), of.to_owned())).collect();
    Rules::seen(seen, refined, "plain".into())
}

fn told_by(found: Vec<Found>, rules: &Rules) -> Vec<(String, usize)> {
    let count = |group: Group| (group.requirement.unwrap_or_default(), group.differences.len());
    grouped(found, rules).into_iter().map(count).collect()
}

/// A case whose answer differs, with both answers as they are compared.
fn answered(name: &str, broken: &[(&str, Support)], a: &str, b: &str) -> Found {
    let aspect = if broken.is_empty() { Aspect::Characteristic } else { Aspect::Outcome };
    Found { answers: Some([a.into(), b.into()]), ..found(name, broken, &[(aspect, a, b)]) }
}

#[test]
fn a_refusal_that_is_known_for_another_rule_is_told_under_that_rule() {
    let many = "refused with code 90018";
    let cases = || {
        let at_limit = |name, rule| answered(name, &[(rule, Support::A)], "accepted", many);
        vec![at_limit("x", "users"), at_limit("y", "users"), at_limit("z", "value")]
    };
    let known = rules(&[(&["users"], Some(many)), (&["users"], Some(many)), (&["value"], None)], &[]);
    assert_eq!(told_by(cases(), &known), [("users".to_owned(), 3)]);
    let by_both = rules(&[(&["users"], Some(many)), (&["users"], Some(many)), (&["value"], Some(many))], &[]);
    assert_eq!(told_by(cases(), &by_both), [("users".to_owned(), 2), ("value".to_owned(), 1)]);
    assert_eq!(told_by(cases(), &Rules::default()).len(), 2);
}

#[test]
fn a_finer_point_of_a_rule_is_told_under_it_where_both_are_broken_alike() {
    let refined = rules(&[], &[("unit", "length"), ("open.unit", "length")]);
    let by = |name, rule, b| answered(name, &[(rule, Support::A)], "refused with code 1", b);
    let open = |b| Found { about: Some("open.unit".into()), ..answered("z", &[], "refused with code 1", b) };
    let alike = vec![by("x", "length", "accepted"), by("y", "unit", "accepted"), open("accepted")];
    assert_eq!(told_by(alike, &refined), [("length".to_owned(), 3)]);
    let apart = vec![by("x", "length", "accepted"), by("y", "unit", "refused with code 2"), open("limited")];
    assert_eq!(told_by(apart, &refined).len(), 3);
    let alone = vec![by("y", "unit", "accepted")];
    assert_eq!(told_by(alone, &refined), [("unit".to_owned(), 1)]);
}

#[test]
fn what_is_answered_as_the_plain_request_says_nothing_more() {
    let by = |name, rule| answered(name, &[(rule, Support::A)], "accepted", "refused with code 200");
    let cases = vec![by("x", "length"), by("plain", "success"), by("y", "length")];
    assert_eq!(told_by(cases, &rules(&[], &[])), [("success".to_owned(), 3)]);
}

#[test]
fn whether_a_request_is_refused_says_nothing_of_a_rule_about_replies() {
    let names: [&[&str]; 3] = [&["alphabet", "culprit"], &["length", "culprit"], &["range", "culprit"]];
    let riding = rules(&names.map(|ids| (ids, None)), &[]);
    let by = |name, rule, key: &str| Found {
        disputed: by_a(&format!("\"{key}\"")),
        ..answered(name, &[(rule, Support::A)], "refused with code 1", "accepted")
    };
    let cases = || vec![by("x", "alphabet", "ext_a.b"), by("y", "culprit", "ext_x.y"), by("z", "range", "level")];
    assert_eq!(told_by(cases(), &riding), [("alphabet".to_owned(), 2), ("range".to_owned(), 1)]);
    assert_eq!(told_by(cases(), &Rules::default()).len(), 3);
}

#[test]
fn the_same_member_wrong_in_the_same_way_is_one_cause() {
    let member = |name, rule, b| found(name, &[(rule, Support::A)], &[(Aspect::Content, "a value", b)]);
    let cases = vec![member("x", "stored", "absent"), member("y", "stored", "absent"), member("z", "other", "absent")];
    assert_eq!(told(cases), [one("stored", &["x", "y", "z"])]);
    let apart = vec![member("x", "stored", "absent"), member("y", "stored", "absent"), member("z", "other", "null")];
    assert_eq!(told(apart), [one("stored", &["x", "y"]), one("other", &["z"])]);
}

#[test]
fn what_an_open_case_shows_in_passing_is_told_with_the_case_that_is_about_it() {
    let refused = (Aspect::Characteristic, "accepted", "refused");
    let passing = Found { manner: Manner::InPassing, ..found("x", &[], &[refused]) };
    assert_eq!(told(vec![passing, found("y", &[], &[refused])]), [one("y.about", &["y", "x"])]);
}

#[test]
fn open_replies_that_differ_alike_everywhere_are_one_difference() {
    let status = |name| found(name, &[], &[(Aspect::Status, "200", "400")]);
    let named = Found { characteristic: Some("the HTTP status of a refusal".into()), ..status("y") };
    assert_eq!(told(vec![status("x"), named, status("z")]), [one("y.about", &["x", "y", "z"])]);
    assert_eq!(told(vec![status("x"), status("z")]).len(), 2, "two may have their own causes");
}

#[test]
fn a_search_over_a_member_that_the_sides_dispute_shows_that_dispute() {
    let by = Found { disputed: by_a("name"), ..answered("x", &[("length", Support::A)], "refused", "accepted") };
    let search = |over: &str| Found {
        manner: Manner::BySearch,
        searched: HashSet::from([over.to_owned()]),
        ..found("y", &[], &[(Aspect::Characteristic, "characters", "undetermined")])
    };
    assert_eq!(told(vec![by, search("name")]), [one("length", &["x", "y"])]);
    assert_eq!(told(vec![search("email")]), [one("y.about", &["y"])]);
}

#[test]
fn a_case_that_shows_two_differences_is_told_under_both() {
    let code = (Aspect::Code, "90018", "90033");
    let member = (Aspect::Content, "a text", "another");
    let mut both = found("x", &[("status", Support::A), ("users", Support::A)], &[member, code]);
    both.bearings[0].signs.truncate(1);
    both.bearings[1].signs.remove(0);
    let cases = vec![both, found("y", &[("status", Support::A)], &[member])];
    assert_eq!(told(cases), [one("status", &["x", "y"]), one("users", &["x"])]);
}

#[test]
fn what_is_wrong_with_every_reply_does_not_hide_another_answer() {
    let of_replies = |mut found: Found| {
        found.bearings[0].signs =
            vec![Sign::of(&Change { aspect: Aspect::Status, ..found.difference.changes[0].clone() })];
        found
    };
    let reply = |name| of_replies(found(name, &[("status", Support::A)], &[STATUS]));
    let open = of_replies(answered("z", &[("status", Support::A)], "refused with code 1", "accepted (HTTP 500)"));
    let cases = vec![reply("x"), reply("y"), open];
    assert_eq!(told(cases), [one("status", &["x", "y"]), one("z.about", &["z"])]);
    let only = of_replies(answered("z", &[("status", Support::A)], "refused with code 1", "accepted (HTTP 500)"));
    assert_eq!(told(vec![only]), [one("status", &["z"])]);
}

#[test]
fn what_breaks_no_rule_in_a_case_that_breaks_another_is_told_for_itself() {
    let code = (Aspect::Code, "40003", "90034");
    let mut both = found("x", &[("status", Support::A)], &[STATUS, code]);
    both.bearings[0].signs.truncate(1);
    assert_eq!(told(vec![both]), [one("status", &["x"]), one("x.about", &["x"])]);
}

#[test]
fn what_many_open_cases_show_explains_what_another_shows_beside_its_own() {
    let status = (Aspect::Status, "200", "400");
    let refused = (Aspect::Outcome, "refused naming name", "accepted");
    let length = || Found { disputed: by_a("name"), ..found("l", &[("length", Support::A)], &[refused]) };
    let many = || ["x", "y", "z"].map(|name| found(name, &[], &[status]));
    let named = (Aspect::Culprit, "name", "level");
    let cases = many().into_iter().chain([length(), found("v", &[], &[named, status])]).collect();
    let groups = told(cases);
    assert_eq!(groups.len(), 2, "{groups:?}");
    // Few may have their own causes.
    assert_eq!(told(vec![length(), found("x", &[], &[status]), found("v", &[], &[named, status])]).len(), 3);
}

#[test]
fn two_things_that_open_replies_show_together_are_told_apart_where_a_case_observes_one() {
    let (status, key) = ((Aspect::Status, "200", "400"), (Aspect::Culprit, "none", "null"));
    let both = |name| found(name, &[], &[key, status]);
    let observes = |words: &str| Found { characteristic: Some(words.into()), ..both("x") };
    let cases = |words| vec![observes(words), both("y"), both("z")];
    let apart = told(cases("the HTTP status of a refusal"));
    assert_eq!(apart.len(), 2, "{apart:?}");
    assert_eq!(told(cases("how long a name may be")).len(), 1);
}

#[test]
fn whoever_accepts_a_member_has_no_reason_to_name_it() {
    let refused = (Aspect::Outcome, "refused naming level", "accepted");
    let range = || Found { disputed: by_a("level"), ..found("x", &[("range", Support::A)], &[refused]) };
    let by = |a, b| found("y", &[], &[(Aspect::Culprit, a, b)]);
    assert_eq!(told(vec![range(), by("level", "name")]), [one("range", &["x", "y"])]);
    assert_eq!(told(vec![range(), by("name", "level")]).len(), 2);
}

#[test]
fn whoever_refuses_the_plain_request_refuses_everything_for_the_same_reason() {
    let plain = || answered("plain", &[("success", Support::A)], "accepted", "refused with code 90009");
    let by = |b| Found {
        difference: Difference {
            changes: vec![Change { aspect: Aspect::Code, at: String::new(), a: "90001".into(), b: "other".into() }],
            ..answered("x", &[], "", "").difference
        },
        ..answered("x", &[], "refused with code 90001", b)
    };
    let cases = |b| vec![plain(), by(b)];
    assert_eq!(told_by(cases("refused with code 90009"), &rules(&[], &[])), [("success".to_owned(), 2)]);
    assert_eq!(told_by(cases("refused with code 60025"), &rules(&[], &[])).len(), 2);
}

#[test]
fn a_word_of_its_own_is_not_explained_by_the_rule_that_the_other_side_keeps() {
    let known = rules(
        &[(&["signature"], Some("refused with code 1004")), (&["signature"], Some("refused with code 1004"))],
        &[],
    );
    let broken = || answered("x", &[("signature", Support::A)], "refused with code 1004", "accepted");
    let open = |b| answered("y", &[], "refused with code 1004", b);
    assert_eq!(told_by(vec![broken(), open("accepted")], &known), [("signature".to_owned(), 2)]);
    assert_eq!(told_by(vec![broken(), open("refused with code 1002")], &known).len(), 2);
}

#[test]
fn a_member_that_is_stored_otherwise_is_no_answer_like_that_to_the_plain_request() {
    let like_plain = |name, rule, aspect, b| Found {
        answers: Some(["accepted".into(), "accepted".into()]),
        ..found(name, &[(rule, Support::A)], &[(aspect, "a text", b)])
    };
    let stored = like_plain("x", "open.stored", Aspect::Content, "another");
    let cases = vec![like_plain("plain", "info", Aspect::Envelope, "absent"), stored];
    assert_eq!(told_by(cases, &rules(&[], &[])), [("info".to_owned(), 1), ("open.stored".to_owned(), 1)]);
}
