//! The page of a check: filters, links to cases, and what a target says as text.

use serde_json::Value;

use super::chromium::open;
use super::reports::{Faulty, proofhouse, record, run};

/// Sets each filter, and says which cases are left; then follows a link to a failing case that a filter hides.
const ASK: &str = r##"
  const form = page.document.getElementById("filters");
  const rows = [...page.document.querySelectorAll("#cases tbody tr")];
  const shown = () => rows.filter((row) => !row.hidden).map((row) => row.cells[0].textContent.trim());
  const set = (name, value) => {
    form.reset();
    form[name].value = value;
    form.dispatchEvent(new page.Event("input", { bubbles: true }));
    return shown();
  };
  const options = (name) => [...form[name].options].map((option) => option.value).filter(Boolean);
  const by = (name) => Object.fromEntries(options(name).map((value) => [value, set(name, value)]));
  const result = { api: by("api"), level: by("level"), verdict: by("verdict"), text: set("text", "portraitUri 129") };
  set("verdict", "pass");
  const failing = page.document.querySelector("details.case:last-of-type");
  failing.open = false;
  page.location.hash = "#" + encodeURIComponent(failing.id);
  page.dispatchEvent(new page.HashChangeEvent("hashchange"));
  result.linked = { id: failing.id, hidden: failing.hidden, open: failing.open };
  const tile = page.document.querySelector(".tile.fail");
  tile.click();
  result.tile = shown();
  result.first = page.document.querySelector("header").textContent;
  result.blocks = [...page.document.querySelectorAll("details.case")].map((block) => block.id);
  return result;
"##;

fn addresses(cases: &[&Value], wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
    cases.iter().filter(|case| wanted(case)).map(|case| case["address"].clone()).collect()
}

#[test]
fn filters_leave_what_they_say_and_each_case_can_be_linked_to() {
    let (folder, server) = (tempfile::tempdir().unwrap(), Faulty::start("rongcloud/portrait-uri-128"));
    let mut command = proofhouse(folder.path());
    command.args(["check", "--api", "rongcloud", "--pace", "none", "-q", "--report-dir", "."]);
    run(server.target(&mut command), &[1]);
    let Some(seen) = open(&folder.path().join("report.html"), ASK) else { return };
    let record = record(folder.path());
    let apis = record["apis"].as_array().unwrap().iter();
    let cases: Vec<&Value> = apis.flat_map(|api| api["cases"].as_array().unwrap()).collect();
    assert!(cases.len() > 300);
    for word in ["fail", "pass", "observed", "skip", "inconclusive", "known-failure"] {
        let expected = addresses(&cases, |case| case["verdict"] == word);
        assert_eq!(seen.asked["verdict"][word].as_array().unwrap(), &expected, "{word}");
    }
    for level in ["must", "should", "observe"] {
        let expected = addresses(&cases, |case| case["level"] == level);
        assert_eq!(seen.asked["level"][level].as_array().unwrap(), &expected, "{level}");
    }
    assert_eq!(seen.asked["api"]["rongcloud"].as_array().unwrap().len(), cases.len());
    let expected = addresses(&cases, |case| {
        let address = case["address"].as_str().unwrap();
        address.contains("portraitUri") && address.contains("129")
    });
    assert!(!expected.is_empty());
    assert_eq!(seen.asked["text"].as_array().unwrap(), &expected);
    let failing = addresses(&cases, |case| case["verdict"] == "fail");
    assert_eq!(seen.asked["blocks"].as_array().unwrap(), &failing, "each failure has its block");
    assert_eq!(seen.asked["tile"].as_array().unwrap(), &failing);
    assert_eq!(seen.asked["linked"]["hidden"], false);
    assert_eq!(seen.asked["linked"]["open"], true);
    assert_eq!(seen.heading, "violates what must hold");
    let first = seen.asked["first"].as_str().unwrap();
    assert!(first.contains("portraitUri"), "the first screen says what failed: {first}");
}
