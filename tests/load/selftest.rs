//! `proofhouse selftest` from outside: what it measures, and that its verdicts make its exit code.
//!
//! Whether this machine keeps time well enough is not asserted: counts are, because they are exact on any machine.

use std::process::Stdio;

use serde_json::Value;

use crate::built_binary::proofhouse;

#[test]
fn every_law_is_driven_counted_and_judged() {
    let output = proofhouse().args(["selftest", "--quick", "--json"]).stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let figures: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {said}"));
    let laws = figures["laws"].as_array().unwrap();
    let names: Vec<&str> = laws.iter().map(|law| law["law"].as_str().unwrap()).collect();
    assert_eq!(names, ["constant", "exponential", "bimodal", "freeze"]);
    for law in laws {
        assert_eq!((&law["sent"], &law["served"]), (&4_000.into(), &4_000.into()), "{law}");
        assert_eq!(law["percentiles"].as_array().unwrap().len(), 4, "{law}");
    }
    let poisson = &figures["poisson_arrivals"];
    assert!(poisson["sent"].as_u64().unwrap() > 3_500 && poisson["sent"] == poisson["served"], "{poisson}");
    let verdicts: Vec<&str> = laws.iter().chain([poisson]).map(|one| one["verdict"].as_str().unwrap()).collect();
    let expected = match verdicts.as_slice() {
        verdicts if verdicts.contains(&"off") => 1,
        verdicts if verdicts.contains(&"unsound") => 3,
        _ => 0,
    };
    assert_eq!(output.status.code(), Some(expected), "{verdicts:?}");
}
