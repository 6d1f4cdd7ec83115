//! Searches against references whose limits, units and keys are known.

use proofhouse::record::{CheckRecord, Verdict};
use proofhouse::reference::{Fault, Options};

use crate::run::{Chosen, run};

/// The answer of one search.
async fn answer(address: &str, options: Options) -> String {
    let (api, _) = address.split_once('/').unwrap();
    let pattern = address.replace('*', "?");
    let record = run(api, options, Chosen::Searches(&pattern)).await;
    let case = record.apis[0].cases.iter().find(|case| case.address == address);
    let case = case.unwrap_or_else(|| panic!("{address} was not searched"));
    assert_eq!(case.verdict, Verdict::Observed);
    assert!(case.exchanges.len() <= 32, "{address} took {} requests", case.exchanges.len());
    case.answer.clone().unwrap()
}

fn fault(name: &str) -> Options {
    let fault = Fault::all().find(|fault| fault.to_string() == name);
    Options { fault: Some(fault.unwrap_or_else(|| panic!("no fault {name}"))), ..Options::default() }
}

fn reading(text: &str) -> Options {
    Options { readings: text.parse().unwrap(), ..Options::default() }
}

#[tokio::test]
async fn a_limit_that_is_not_the_documented_one_is_found_and_any_other_is_as_documented() {
    for (field, faults) in [
        ("limit[field=name]", [("name-63", "documented 64, observed 63"), ("name-65", "documented 64, observed 65")]),
        (
            "limit[field=name]",
            [
                ("name-32", "documented 64, observed 32"),
                ("name-unlimited", "documented 64, observed no limit up to 256"),
            ],
        ),
        (
            "limit[field=portraitUri]",
            [
                ("portrait-uri-128", "documented 1024, observed 128"),
                ("portrait-uri-1025", "documented 1024, observed 1025"),
            ],
        ),
        (
            "limit[field=email]",
            [("email-127", "documented 128, observed 127"), ("email-129", "documented 128, observed 129")],
        ),
        (
            "limit[field=gender]",
            [
                ("gender-max-3", "documented at most 2, observed 3"),
                ("gender-min-below", "documented at least 0, observed -1"),
            ],
        ),
        (
            "limit[field=level]",
            [
                ("level-min-1", "documented at least 0, observed 1"),
                (
                    "level-unlimited",
                    "documented at most 100, observed no limit up to 400; \
                     documented at least 0, observed no limit up to -300",
                ),
            ],
        ),
        (
            "limit[field=key]",
            [("ext-key-31", "documented 32, observed 31"), ("ext-key-37", "documented 32, observed 37")],
        ),
        (
            "count[field=userExtProfile]",
            [("pairs-19", "documented 20, observed 19"), ("pairs-21", "documented 20, observed 21")],
        ),
        (
            "limit[field=userExtProfile]",
            [("ext-value-255", "documented 256, observed 255"), ("ext-value-257", "documented 256, observed 257")],
        ),
    ] {
        for api in ["rongcloud", "nexconn"] {
            let address = format!("{api}/search/{field}");
            assert_eq!(answer(&address, Options::default()).await, "as documented", "{address}");
            for (name, expected) in faults {
                assert_eq!(answer(&address, fault(&format!("{api}/{name}"))).await, expected, "{address} {name}");
            }
        }
    }
}

#[tokio::test]
async fn the_unit_of_a_length_is_told_for_every_reading_of_it() {
    for api in ["rongcloud", "nexconn"] {
        for (value, expected) in [
            ("characters", "characters"),
            ("utf16", "UTF-16 units"),
            ("graphemes", "grapheme clusters"),
            ("astral-bytes", "undetermined: no single unit explains it: an emoji counts more than its UTF-16 units"),
        ] {
            for field in ["name", "location", "userExtProfile"] {
                let address = format!("{api}/search/unit[field={field}]");
                assert_eq!(answer(&address, reading(&format!("length-unit={value}"))).await, expected, "{address}");
            }
        }
        let address = format!("{api}/search/unit[field=name]");
        assert_eq!(answer(&address, fault(&format!("{api}/name-in-bytes"))).await, "bytes");
        assert_eq!(answer(&address, fault(&format!("{api}/name-63"))).await, "characters");
        let unlimited = answer(&address, fault(&format!("{api}/name-unlimited"))).await;
        assert_eq!(unlimited, "undetermined: there is no limit up to 256");
    }
}

#[tokio::test]
async fn whether_the_prefix_counts_is_told_for_both_readings() {
    for api in ["rongcloud", "nexconn"] {
        let address = format!("{api}/search/prefix[field=key]");
        for (value, expected) in [
            ("whole", "it counts: 32 in all is the longest key"),
            ("after-prefix", "it does not count: 32 after it is the longest key"),
        ] {
            assert_eq!(answer(&address, reading(&format!("ext-key-length={value}"))).await, expected);
        }
        let limit = format!("{api}/search/limit[field=key]");
        assert_eq!(answer(&limit, reading("ext-key-length=after-prefix")).await, "as documented");
    }
}

#[tokio::test]
async fn tencent_values_and_users_are_searched_too() {
    assert_eq!(answer("tencent/search/unit[field=Attrs]", Options::default()).await, "bytes");
    for address in ["tencent/search/limit[field=Attrs]", "tencent/search/count[field=UserAttrs]"] {
        assert_eq!(answer(address, Options::default()).await, "as documented");
    }
    let names: Vec<String> =
        Fault::all().map(|fault| fault.to_string()).filter(|name| name.starts_with("tencent/")).collect();
    let differs = |address: &'static str, part: &'static str| {
        let names: Vec<String> = names.iter().filter(|name| name.contains(part)).cloned().collect();
        async move {
            let mut differing = Vec::new();
            for name in names {
                if answer(address, fault(&name)).await != answer(address, Options::default()).await {
                    differing.push(name);
                }
            }
            assert!(differing.len() >= 2, "{address}: only {differing:?}");
        }
    };
    differs("tencent/search/limit[field=Attrs]", "value").await;
    differs("tencent/search/count[field=UserAttrs]", "users").await;
}

#[tokio::test]
async fn no_search_changes_the_exit_code_and_a_refused_plain_request_ends_them_all() {
    let searched =
        |record: &CheckRecord| record.apis[0].cases.iter().filter(|case| case.address.contains("/search/")).count();
    let found = run("rongcloud", fault("rongcloud/name-unlimited"), Chosen::Searches("*")).await;
    assert!(searched(&found) > 10);
    assert_eq!(found.exit_code, 0, "{:?}", found.reasons);
    let refused = run("rongcloud", reading("unknown-user=refused"), Chosen::Searches("*")).await;
    assert_eq!(searched(&refused), 0);
}
