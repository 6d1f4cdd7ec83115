//! What people need to know of one case that is not as it should be, in the words that all formats share.

use super::cause::cause;
use super::curl::curl;
use super::diff::JsonDiff;
use super::text::{counted, preview, visible};
use crate::record::{
    Answer, ApiRecord, Assumed, CaseRecord, CheckRecord, ClaimRecord, ExchangeRecord, MismatchKind, MismatchRecord,
    Purpose, Verdict,
};

/// How much of a reply stands on its line.
const REPLY: usize = 300;

/// One case with what is broken in it.
pub(super) struct Failure<'a> {
    /// Its api.
    pub(super) api: &'a ApiRecord,
    /// The case.
    pub(super) case: &'a CaseRecord,
    /// What is broken, that which binds furthest first.
    pub(super) broken: Vec<(&'a ClaimRecord, &'a [MismatchRecord])>,
}

/// The failing cases of a record, in order, but for those that only repeat the one cause of their api.
pub(super) fn failures(record: &CheckRecord) -> Vec<Failure<'_>> {
    let of_api = |api| {
        let cause = cause(api);
        let folds = move |case: &CaseRecord| cause.as_ref().is_some_and(|cause| cause.folds(case));
        let failing = api.cases.iter().filter(|case| case.verdict == Verdict::Fail);
        failing.filter(move |case| !folds(case)).map(move |case| Failure::new(api, case))
    };
    record.apis.iter().flat_map(of_api).collect()
}

impl<'a> Failure<'a> {
    pub(super) fn new(api: &'a ApiRecord, case: &'a CaseRecord) -> Self {
        Self { api, case, broken: case.broken() }
    }

    /// The first thing that is wrong, as a sentence.
    pub(super) fn sentence(&self) -> &'static str {
        self.case.kind().map_or("could not be judged", MismatchKind::sentence)
    }

    /// The first thing that is wrong with what was expected and what came, on one line.
    pub(super) fn one_line(&self) -> String {
        let Some((claim, mismatches)) = self.broken.first() else {
            return self.sentence().to_owned();
        };
        let Some(first) = mismatches.first() else {
            return self.sentence().to_owned();
        };
        let rule = claim.requirement.as_ref().map_or_else(String::new, |id| format!(" [{id}]"));
        let (expected, actual) = (visible(&first.expected), visible(&first.actual));
        format!("{}: {} is {actual}, expected {expected}{rule}", self.sentence(), place(&first.at))
    }

    /// The rule that a claim stands for: its words with its id, and where it stands.
    pub(super) fn rule(&self, claim: &ClaimRecord) -> Option<(String, String)> {
        let id = claim.requirement.as_deref()?;
        let requirement = self.api.requirements.get(id)?;
        Some((format!("{} ({id})", requirement.rule), self.api.authority(id)?))
    }

    /// The exchange that shows it.
    pub(super) fn exchange(&self) -> Option<&'a ExchangeRecord> {
        let index = self.broken.first().and_then(|(claim, _)| claim.exchange);
        index.and_then(|index| self.case.exchanges.get(index)).or_else(|| self.case.last_step())
    }

    /// What came back, on one line.
    pub(super) fn reply(&self) -> Option<String> {
        Some(match &self.exchange()?.answer {
            Answer::Reply(reply) => format!("HTTP {} {}", reply.status, preview(&reply.body, REPLY)),
            Answer::Failure(failure) => format!("none: {}", visible(&failure.detail)),
        })
    }

    /// The reply against what it should have been, where its form or content is at fault.
    pub(super) fn diff(&self) -> Option<JsonDiff> {
        let shown = |kind| matches!(kind, MismatchKind::WrongContent | MismatchKind::Envelope);
        let kinds = self.broken.iter().flat_map(|(_, mismatches)| mismatches.iter().map(|mismatch| mismatch.kind));
        if kinds.into_iter().any(shown) { JsonDiff::of(self.case, self.exchange()?) } else { None }
    }

    /// The line that repeats it; none for what no single request shows.
    pub(super) fn curl(&self) -> Option<String> {
        if self.case.kind() == Some(MismatchKind::LimitedTooEarly) {
            return None;
        }
        Some(curl(self.api, self.case, self.exchange()?))
    }

    /// What else has to be known before anybody is blamed.
    pub(super) fn notes(&self) -> Vec<String> {
        let case = self.case;
        let mut notes = Vec::new();
        for name in &case.assumed {
            let known = self.api.target.assumed.iter().find(|one| one.name == *name);
            let fact = known.map_or_else(|| name.clone(), Assumed::to_string);
            notes.push(format!("assumed; declare it in the target file if it is configured otherwise: {fact}"));
        }
        if case.superseded() > 0 {
            let before: Vec<String> = case
                .exchanges
                .iter()
                .filter(|one| one.purpose == Purpose::Superseded)
                .map(|one| one.observation.to_string())
                .collect();
            let times = counted(case.superseded() + 1, "time");
            notes.push(format!("sent {times}; before the one that counts: {}", visible(&before.join(", "))));
        }
        let answered = |one: &ExchangeRecord| one.purpose == Purpose::Probe && one.reply().is_some();
        if case.exchanges.iter().any(answered) {
            notes.push("the plain request was still answered right afterwards".into());
        }
        if case.about_authentication {
            notes.push("the authentication of this case departs from the correct one on purpose".into());
        }
        if let Some(step) = self.exchange().and_then(|one| one.step.as_ref()) {
            notes.push(format!("in step `{step}`"));
        }
        if self.exchange().and_then(ExchangeRecord::reply).is_some_and(|reply| reply.body.truncated) {
            notes.push("only the beginning of the reply is kept".into());
        }
        notes
    }
}

/// A place in a reply, as a subject of a sentence.
pub(super) fn place(at: &str) -> &str {
    match at {
        "/" => "the body",
        "connection" => "the reply",
        other => other,
    }
}
