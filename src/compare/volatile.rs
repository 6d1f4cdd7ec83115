//! What differs from time to time on one side, learned from cases that were sent twice.
//!
//! A member is left out by its pointer, and only where replies to the same path were seen to differ in it; a whole body
//! never is.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::record::{ApiRecord, CaseRecord, ExchangeRecord, Purpose};

/// Pointers by the path that was called.
#[derive(Debug, Default)]
pub(super) struct Volatile(BTreeMap<String, BTreeSet<String>>);

/// The steps of a case in order, without repetitions.
pub(super) fn steps(case: &CaseRecord) -> Vec<&ExchangeRecord> {
    case.exchanges.iter().filter(|exchange| exchange.purpose == Purpose::Step).collect()
}

/// The repetitions of a case: one list of steps for each time.
pub(super) fn repetitions(case: &CaseRecord) -> Vec<Vec<&ExchangeRecord>> {
    let repeats: Vec<_> = case.exchanges.iter().filter(|exchange| exchange.purpose == Purpose::Repeat).collect();
    let count = steps(case).len().max(1);
    repeats.chunks(count).map(<[_]>::to_vec).collect()
}

/// The path of a request, without host and query.
fn path(exchange: &ExchangeRecord) -> &str {
    let url = exchange.request.url.as_str();
    let rest = url.find("://").map_or(url, |at| &url[at + 3..]);
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    rest.find('/').map_or("/", |at| &rest[at..])
}

/// The last two parts of a path: a prefix that only one side has does not count.
fn key(exchange: &ExchangeRecord) -> String {
    let parts: Vec<&str> = path(exchange).rsplit('/').take(2).collect();
    parts.join("/")
}

/// The body as JSON.
pub(super) fn body(exchange: &ExchangeRecord) -> Option<Value> {
    serde_json::from_str(&exchange.reply()?.body.text).ok()
}

/// Every pointer at which two values differ, as deep as it can be told; the empty one for the whole.
pub(super) fn differing(a: &Value, b: &Value, at: &str, found: &mut BTreeSet<String>) {
    match (a, b) {
        (Value::Object(one), Value::Object(other)) => {
            let keys: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
            for key in keys {
                let at = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
                match (one.get(key), other.get(key)) {
                    (Some(a), Some(b)) => differing(a, b, &at, found),
                    (Some(_), None) | (None, Some(_)) | (None, None) => {
                        found.insert(at);
                    }
                }
            }
        }
        (Value::Array(one), Value::Array(other)) => {
            for index in 0..one.len().max(other.len()) {
                let at = format!("{at}/{index}");
                match (one.get(index), other.get(index)) {
                    (Some(a), Some(b)) => differing(a, b, &at, found),
                    (Some(_), None) | (None, Some(_)) | (None, None) => {
                        found.insert(at);
                    }
                }
            }
        }
        (a, b) if a == b => {}
        _ => {
            found.insert(at.to_owned());
        }
    }
}

impl Volatile {
    /// What the repetitions of one api's cases show.
    pub(super) fn learn(api: &ApiRecord) -> Self {
        let mut learned = Self::default();
        for case in &api.cases {
            let first = steps(case);
            for again in repetitions(case) {
                for (one, other) in first.iter().zip(again) {
                    let (Some(a), Some(b)) = (body(one), body(other)) else {
                        continue;
                    };
                    // Another outcome is another reply, not a volatile member of the same one.
                    if one.observation == other.observation {
                        let mut found = BTreeSet::new();
                        differing(&a, &b, "", &mut found);
                        found.remove("");
                        learned.0.entry(key(one)).or_default().extend(found);
                    }
                }
            }
        }
        learned
    }

    /// Whether a member, or something around it, is volatile in replies like this one.
    pub(super) fn covers(&self, exchange: &ExchangeRecord, pointer: &str) -> bool {
        let Some(known) = self.0.get(&key(exchange)) else {
            return false;
        };
        known
            .iter()
            .any(|one| pointer.strip_prefix(one.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    }

    /// Takes volatile members out of a body, each replaced by a word that says so.
    pub(super) fn masked(&self, exchange: &ExchangeRecord, mut body: Value) -> Value {
        for pointer in self.0.get(&key(exchange)).into_iter().flatten() {
            if let Some(place) = body.pointer_mut(pointer) {
                *place = Value::from("‹volatile›");
            }
        }
        body
    }

    /// Each as text for people: the path and the pointer.
    pub(super) fn listed(&self) -> Vec<String> {
        let of_path = |(path, pointers): (&String, &BTreeSet<String>)| {
            let path: Vec<&str> = path.rsplit('/').collect();
            pointers.iter().map(|pointer| format!("{}: {pointer}", path.join("/"))).collect::<Vec<_>>()
        };
        self.0.iter().flat_map(of_path).collect()
    }
}
