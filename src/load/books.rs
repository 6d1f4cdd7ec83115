//! Keeps one shard's books: who was planned, sent and how each ended, in the interval at hand.
//!
//! Replies are judged here: known ones at once, others in full through the judge.

use super::accounting::Fate;
use super::finding::{Example, Finding, Findings, Kind, LONGEST_BODY, Side};
use super::http1::{After, Progress};
use super::instants::Offset;
use super::interval::Interval;
use super::judged::Known;
use super::ledger::{Key, Latency};
use super::plan::{Judge, Model};
use super::schedule::{Rate, Schedule};
use super::stamp::Shown;
use crate::exchange::FailureKind;

/// An arrival on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flight {
    pub(crate) index: u64,
    pub(crate) case: usize,
    pub(crate) phase: usize,
    pub(crate) intended: Offset,
    pub(crate) released: Offset,
    /// `None` until its first byte is written.
    pub(crate) dispatched: Option<Offset>,
    /// The time with which it was signed: signing again with it gives the same bytes.
    pub(crate) stamped: Offset,
}

/// One arrival with its instants and its end: what inference over single requests reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The arrival's number.
    pub index: u64,
    /// Index of the case.
    pub case: usize,
    /// Index of the phase.
    pub phase: usize,
    /// When it was planned.
    pub intended: Offset,
    /// When the shard took it up.
    pub released: Offset,
    /// When its first byte was written; `None` if it never was.
    pub dispatched: Option<Offset>,
    /// When it ended.
    pub finished: Offset,
    /// How it ended.
    pub fate: Fate,
    /// Its finding, as a row of the run's [`super::deviation::Recorder`]; `None` without a reply or failure.
    pub row: Option<usize>,
}

/// What tells the sides of the documented rate apart.
#[derive(Clone, Debug)]
pub(crate) struct Offered {
    pub(crate) documented: Option<Rate>,
    /// `None` in the closed model, where what is offered is what was achieved in the last second.
    pub(crate) schedule: Option<Schedule>,
    pub(crate) achieved: f64,
}

impl Offered {
    fn at(&self, at: Offset) -> f64 {
        self.schedule.as_ref().map_or(self.achieved, |schedule| schedule.offered_at(at))
    }

    fn side(&self, at: Offset) -> Side {
        match self.documented {
            Some(documented) if self.at(at) > documented.get() => Side::Above,
            Some(_) | None => Side::Within,
        }
    }
}

/// One shard's books.
pub(crate) struct Books {
    pub(crate) interval: Box<Interval>,
    pub(crate) findings: Findings,
    pub(crate) samples: Vec<Sample>,
    pub(crate) offered: Offered,
    keep_samples: usize,
    /// How many findings the collector has been told of.
    told: usize,
    known: Known,
    judge: Judge,
    model: Model,
}

/// What a whole reply was found to be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    finding: usize,
    /// Whether its request is wanted as an example.
    pub(crate) example: bool,
}

impl Books {
    pub(crate) fn new(
        interval: Box<Interval>,
        cases: usize,
        judge: Judge,
        model: Model,
        offered: Offered,
        keep_samples: usize,
    ) -> Self {
        Self {
            interval,
            findings: Findings::default(),
            samples: Vec::new(),
            offered,
            keep_samples,
            told: 0,
            known: Known::new(cases),
            judge,
            model,
        }
    }

    /// An arrival was taken up.
    pub(crate) fn released(&mut self, phase: usize, lag: u64) {
        self.interval.ledger.accounts_mut(phase).planned += 1;
        if self.model == Model::Open {
            self.interval.ledger.record(Key::Lag { phase }, lag);
        }
    }

    /// An arrival that the end of the run cut off before it was taken up.
    pub(crate) fn never_released(&mut self, flight: &Flight, now: Offset) {
        self.interval.ledger.accounts_mut(flight.phase).planned += 1;
        self.end(flight, now, Fate::Abandoned, None);
    }

    /// The first byte of a request is about to be written.
    pub(crate) fn dispatched(&mut self, flight: &Flight, at: Offset) {
        if self.model == Model::Open {
            self.interval.ledger.record(Key::Wait { phase: flight.phase }, at.since(flight.released));
        }
    }

    /// The last byte of a request was handed to the kernel.
    pub(crate) fn sent(&mut self, phase: usize) {
        self.interval.ledger.accounts_mut(phase).sent += 1;
    }

    /// An arrival ended without a reply or a failure of one.
    pub(crate) fn cut(&mut self, flight: &Flight, now: Offset, fate: Fate) {
        self.end(flight, now, fate, None);
    }

    /// A sent request has no reply, or an arrival no connection.
    pub(crate) fn failed(&mut self, flight: &Flight, now: Offset, kind: FailureKind) {
        let finding = self.findings.number(Finding::failure(flight.case, kind));
        self.found(flight, now, finding);
    }

    /// Judges a whole reply: an equal one takes the verdict of the first.
    pub(crate) fn judge(&mut self, flight: &Flight, progress: &Progress, bytes: &[u8]) -> Found {
        let (status, body) = (progress.status(), progress.body(bytes));
        let content_type = progress.content_type(bytes);
        let finding = self.known.find(flight.case, status, content_type, body).unwrap_or_else(|| {
            let judged = (self.judge)(flight.case, &progress.reply(bytes));
            let finding = self.findings.of(flight.case, judged);
            self.known.learn(flight.case, status, content_type, body, finding);
            finding
        });
        Found { finding, example: self.findings.wants_example(finding) }
    }

    /// What a reply is that equals the latest one of its case in every byte.
    pub(crate) fn known(&self, flight: &Flight, bytes: &[u8]) -> Option<(Found, After)> {
        let (finding, after) = self.known.find_whole(flight.case, bytes)?;
        Some((Found { finding, example: false }, after))
    }

    /// Remembers a reply in every byte. Deviations are not: each is looked at whether it is wanted as an example.
    pub(crate) fn remember(&mut self, flight: &Flight, bytes: &[u8], found: Found, after: After) {
        match self.findings.get(found.finding).kind {
            Kind::AsExpected | Kind::Limited => {
                self.known.learn_whole(flight.case, bytes, found.finding, after);
            }
            Kind::Deviating { .. } | Kind::Failed(_) => {}
        }
    }

    /// Keeps the exchange as evidence.
    pub(crate) fn example(
        &mut self,
        found: Found,
        flight: &Flight,
        finished: Offset,
        request: Shown,
        reply: (&Progress, &[u8]),
    ) {
        let mut reply = reply.0.reply(reply.1);
        reply.body.truncate(LONGEST_BODY);
        let example = Example {
            index: flight.index,
            phase: flight.phase,
            intended: flight.intended,
            released: flight.released,
            dispatched: flight.dispatched.unwrap_or(flight.released),
            finished,
            offered: self.offered.at(flight.intended),
            request: request.bytes,
            user: request.user,
            unique: request.unique,
            reply,
        };
        self.interval.examples.push((found.finding, example));
    }

    /// A reply was whole at `finished`.
    pub(crate) fn replied(&mut self, flight: &Flight, finished: Offset, found: Found) {
        self.found(flight, finished, found.finding);
    }

    fn found(&mut self, flight: &Flight, finished: Offset, finding: usize) {
        let side = self.offered.side(flight.intended);
        self.interval.count_mut(finding, flight.phase).add(side);
        let fate = self.findings.get(finding).fate(side);
        self.end(flight, finished, fate, Some(finding));
    }

    fn end(&mut self, flight: &Flight, finished: Offset, fate: Fate, finding: Option<usize>) {
        let Flight { phase, case, .. } = *flight;
        let ledger = &mut self.interval.ledger;
        ledger.accounts_mut(phase).add(fate, 1);
        let key = |measure| Key::Latency { measure, phase, case, fate };
        ledger.record(key(Latency::Response), finished.since(flight.intended));
        if let Some(dispatched) = flight.dispatched {
            ledger.record(key(Latency::Service), finished.since(dispatched));
        }
        if self.samples.len() < self.keep_samples {
            let Flight { index, intended, released, dispatched, .. } = *flight;
            let sample = Sample { index, case, phase, intended, released, dispatched, finished, fate, row: finding };
            self.samples.push(sample);
        }
    }

    /// Makes the interval ready to be handed over: new findings go with it.
    pub(crate) fn close(&mut self) {
        self.interval.new.extend_from_slice(self.findings.since(self.told));
        self.told = self.findings.len();
    }

    /// How many whole replies came since the last interval was handed over.
    pub(crate) fn replies_in_last_interval(&self) -> u64 {
        self.interval.ledger.total().answered()
    }
}

impl std::fmt::Debug for Books {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Books").field("findings", &self.findings).finish_non_exhaustive()
    }
}
