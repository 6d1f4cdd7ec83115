//! One reply for each outcome, as evidence of what an excess gets.

use std::sync::{Arc, Mutex, PoisonError};

use crate::command::drive::Drive;
use crate::exchange::Reply;
use crate::load::{Class, Judged};
use crate::record::limit::ReplyFacts;
use crate::secret::Redactor;

/// How much of a body is shown: a refusal is short.
const LONGEST: usize = 400;
/// How many outcomes are kept: more than this would not be read.
const MOST: usize = 32;

/// The replies, shared with the threads that judge.
#[derive(Clone, Default)]
pub(super) struct Replies(Arc<Mutex<Vec<ReplyFacts>>>);

impl Replies {
    /// Keeps what is judged from now on.
    pub(super) fn listen(&self, drive: &mut Drive) {
        let kept = Arc::clone(&self.0);
        drive
            .notice(move |reply, judged| keep(&mut kept.lock().unwrap_or_else(PoisonError::into_inner), reply, judged));
    }

    /// The replies without anything that authorises calls.
    pub(super) fn shown(&self, drive: &Drive) -> Vec<ReplyFacts> {
        let redactor = Redactor::new([drive.target().credentials.secret().expose()]);
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let shown = |one: &ReplyFacts| ReplyFacts {
            body: redactor.redact(&one.body),
            retry_after: one.retry_after.as_ref().map(|value| redactor.redact(value)),
            ..one.clone()
        };
        kept.iter().map(shown).collect()
    }
}

fn keep(kept: &mut Vec<ReplyFacts>, reply: &Reply, judged: &Judged) {
    if judged.class == Class::AsExpected || kept.len() >= MOST || kept.iter().any(|one| one.outcome == judged.outcome) {
        return;
    }
    let retry_after = reply.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("retry-after"));
    let body = String::from_utf8_lossy(&reply.body);
    kept.push(ReplyFacts {
        outcome: judged.outcome.clone(),
        status: reply.status,
        retry_after: retry_after.map(|(_, value)| value.clone()),
        body: body.chars().take(LONGEST).collect(),
    });
}
