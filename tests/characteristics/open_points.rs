//! Every open point that the reference can read in several ways shows in what the suites observe.

use proofhouse::reference::{Api, Options, Reading};

use crate::run::{Answers, Chosen, answers, run};

/// Values of readings that no observation shows, each with the reason.
const NOT_SHOWN: &[(&str, &str)] = &[
    ("attribute-names=sex,mood", "a fact that the target declares: cases that must hold fail where it is wrong"),
    ("check-order=body", "every case has one fault only"),
    ("check-order=admin", "every case has one fault only"),
    ("limited-code=60011", "only a target that is offered too much shows it, which is for `proofhouse limit`"),
    ("limited-code=60018", "only a target that is offered too much shows it, which is for `proofhouse limit`"),
];

/// A value that a reading takes: one of its names, or a text of its form.
fn value(reading: Reading, choice: &str) -> &str {
    match (choice, reading.api()) {
        ("BYTES" | "SECONDS", _) => "32",
        ("KEY,KEY", _) => "ext_note,ext_team",
        ("NAME,NAME", _) => "sex,mood",
        (named, _) => named,
    }
}

/// What a reference with these readings is seen to do: in single cases, and in searches.
async fn seen(api: Api, readings: &str, chosen: Chosen<'_>) -> Answers {
    let options = Options { readings: readings.parse().unwrap(), ..Options::default() };
    answers(&run(api.name(), options, chosen).await)
}

async fn every_value_shows(api: Api) {
    let cases = seen(api, "", Chosen::Open).await;
    assert_eq!(seen(api, "", Chosen::Open).await, cases, "two runs against the same target differ");
    let searches = seen(api, "", Chosen::Searches("*")).await;
    let (mut hidden, mut shown) = (Vec::new(), Vec::new());
    for reading in Reading::all().filter(|reading| reading.api() == api) {
        for choice in &reading.choices()[1..] {
            let value = value(reading, choice.value);
            let read = format!("{reading}={value}");
            let differs = seen(api, &read, Chosen::Open).await != cases
                || seen(api, &read, Chosen::Searches("*")).await != searches;
            let excused = NOT_SHOWN.iter().any(|(name, _)| *name == format!("{}={value}", reading.short_name()));
            match (differs, excused) {
                (false, false) => hidden.push(read),
                (true, true) => shown.push(read),
                (true, false) | (false, true) => {}
            }
        }
    }
    assert!(hidden.is_empty(), "no observation shows these: {hidden:#?}");
    assert!(shown.is_empty(), "an observation does show these: {shown:#?}");
}

#[tokio::test]
async fn every_reading_of_rongcloud_shows_in_an_observation() {
    every_value_shows(Api::Rongcloud).await;
}

#[tokio::test]
async fn every_reading_of_nexconn_shows_in_an_observation() {
    every_value_shows(Api::Nexconn).await;
}

#[tokio::test]
async fn every_reading_of_tencent_shows_in_an_observation() {
    every_value_shows(Api::Tencent).await;
}

#[test]
fn what_is_not_shown_is_a_value_of_a_reading() {
    for (name, reason) in NOT_SHOWN {
        let has_it = |reading: Reading| {
            reading
                .choices()
                .iter()
                .any(|choice| format!("{}={}", reading.short_name(), value(reading, choice.value)) == *name)
        };
        assert!(Reading::all().any(has_it) && !reason.is_empty(), "{name}");
    }
}
