//! A reply beside what it should have been, as JSON texts and line by line.

use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use crate::record::{CaseRecord, ExchangeRecord, FindingRecord, MismatchRecord};

/// Both texts, laid out alike.
pub(super) struct JsonDiff {
    expected: String,
    actual: String,
}

/// Which text a line is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// Both.
    Both,
    /// What was expected.
    Expected,
    /// What came.
    Actual,
    /// Neither: lines were left out here.
    Gap,
}

/// How many equal lines stand around a difference.
const CONTEXT: usize = 3;

impl JsonDiff {
    /// The reply of an exchange, against the same reply with every mismatch put right; `None` when it is no JSON, or
    /// nothing in it differs.
    pub(super) fn of(case: &CaseRecord, exchange: &ExchangeRecord) -> Option<Self> {
        let index = case.exchanges.iter().position(|one| std::ptr::eq(one, exchange));
        let claims = case.claims.iter().filter(|claim| claim.exchange.is_none() || claim.exchange == index);
        let mismatches = claims.filter_map(|claim| match &claim.finding {
            FindingRecord::Broken(mismatches) => Some(mismatches),
            FindingRecord::Holds | FindingRecord::Inconclusive(_) => None,
        });
        Self::between(&exchange.reply()?.body.text, mismatches.flatten())
    }

    /// A reply's body, against the same with every mismatch put right; `None` when it is no JSON, or nothing differs.
    pub(super) fn between<'a>(body: &str, mismatches: impl IntoIterator<Item = &'a MismatchRecord>) -> Option<Self> {
        let actual: Value = serde_json::from_str(body).ok()?;
        let mut expected = actual.clone();
        let mut words = Vec::new();
        mismatches.into_iter().for_each(|mismatch| put_right(&mut expected, mismatch, &mut words));
        let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap_or_default();
        let (mut expected, actual) = (pretty(&expected), pretty(&actual));
        for (index, word) in words.iter().enumerate() {
            expected = expected.replace(&format!("\"{}\"", placeholder(index)), &format!("‹{word}›"));
        }
        (expected != actual).then_some(Self { expected, actual })
    }

    /// The lines of a unified diff.
    pub(super) fn lines(&self) -> Vec<(Side, String)> {
        lines_between(&self.expected, &self.actual)
    }
}

/// The lines of a unified diff of two texts, of which the first counts as what was expected.
pub(super) fn lines_between(expected: &str, actual: &str) -> Vec<(Side, String)> {
    let diff = TextDiff::from_lines(expected, actual);
    let mut lines = Vec::new();
    for (index, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if index > 0 {
            lines.push((Side::Gap, "…".to_owned()));
        }
        for change in group.iter().flat_map(|operation| diff.iter_changes(operation)) {
            let side = match change.tag() {
                ChangeTag::Equal => Side::Both,
                ChangeTag::Delete => Side::Expected,
                ChangeTag::Insert => Side::Actual,
            };
            lines.push((side, super::text::visible(change.value().trim_end_matches('\n'))));
        }
    }
    lines
}

/// The same, with the count of the lines beyond the first so many.
pub(super) fn shortened_lines(expected: &str, actual: &str, most: usize) -> Vec<(Side, String)> {
    let mut lines = lines_between(expected, actual);
    if lines.len() > most {
        let more = lines.len() - most;
        lines.truncate(most);
        lines.push((Side::Gap, format!("… {} not shown", super::text::counted(more, "line"))));
    }
    lines
}

impl Side {
    /// The sign at the beginning of a line.
    pub(super) fn sign(self) -> char {
        match self {
            Self::Both | Self::Gap => ' ',
            Self::Expected => '-',
            Self::Actual => '+',
        }
    }
}

/// A text that stands for words of an expectation until the JSON is laid out.
fn placeholder(index: usize) -> String {
    format!("\u{e000}{index}\u{e001}")
}

/// Changes the document so that the mismatch would not be one.
fn put_right(document: &mut Value, mismatch: &MismatchRecord, words: &mut Vec<String>) {
    let at = if mismatch.at == "/" { "" } else { mismatch.at.as_str() };
    if !at.is_empty() && !at.starts_with('/') {
        return;
    }
    if mismatch.expected == "absent" {
        remove(document, at);
        return;
    }
    let value = value_of(&mismatch.expected).unwrap_or_else(|| {
        words.push(mismatch.expected.clone());
        Value::from(placeholder(words.len() - 1))
    });
    set(document, at, value);
}

/// The value in `200 (number)`; `None` for words about values, and for values that were shortened.
fn value_of(typed: &str) -> Option<Value> {
    if typed == "null" {
        return Some(Value::Null);
    }
    let (value, _) = typed.strip_suffix(')')?.rsplit_once(" (")?;
    serde_json::from_str(value).ok()
}

fn remove(document: &mut Value, at: &str) {
    let Some((parent, key)) = at.rsplit_once('/') else {
        return;
    };
    if let Some(Value::Object(members)) = document.pointer_mut(parent) {
        members.shift_remove(&key.replace("~1", "/").replace("~0", "~"));
    }
}

/// Sets a value, also where only its parent is there.
fn set(document: &mut Value, at: &str, value: Value) {
    if let Some(place) = document.pointer_mut(at) {
        *place = value;
        return;
    }
    let Some((parent, key)) = at.rsplit_once('/') else {
        return;
    };
    if let Some(Value::Object(members)) = document.pointer_mut(parent) {
        members.insert(key.replace("~1", "/").replace("~0", "~"), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{MismatchKind, sample};

    fn mismatch(at: &str, expected: &str) -> MismatchRecord {
        let actual = String::new();
        MismatchRecord { kind: MismatchKind::WrongContent, at: at.into(), expected: expected.into(), actual }
    }

    #[test]
    fn only_what_differs_is_a_line_of_its_own() {
        let record = sample::record();
        let case = record.cases().map(|(_, case)| case).find(|case| case.address.ends_with("/echo")).unwrap();
        let lines = JsonDiff::of(case, &case.exchanges[0]).unwrap().lines();
        let changed: Vec<String> = lines
            .iter()
            .filter(|(side, _)| *side != Side::Both)
            .map(|(side, line)| format!("{}{}", side.sign(), line.trim()))
            .collect();
        assert_eq!(changed, ["-\"userId\": \"u1\",", "+\"userId\": 7,"]);
    }

    #[test]
    fn a_mismatch_is_put_right_whatever_it_says() {
        let mut document = serde_json::json!({ "code": "200", "extra": 1, "list": [{ "a": 1 }] });
        let mut words = Vec::new();
        for (at, expected) in [
            ("/code", "a value of type number"),
            ("/extra", "absent"),
            ("/list/0/a", "null"),
            ("/ActionStatus", "\"OK\" (string)"),
            ("HTTP status", "200"),
        ] {
            put_right(&mut document, &mismatch(at, expected), &mut words);
        }
        let expected = serde_json::json!({ "code": placeholder(0), "list": [{ "a": null }], "ActionStatus": "OK" });
        assert_eq!(document, expected);
        assert_eq!(words, ["a value of type number"]);
    }
}
