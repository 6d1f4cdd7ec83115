//! Merges what the shards hand over each second, and tells of it; runs on the thread that started the run.
//!
//! A second is told when every shard that still runs has handed over that second or a later one.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::Duration;

use super::deviation::Recorder;
use super::event::{Cost, Second};
use super::finding::Finding;
use super::interval::{Exhausted, Interval};
use super::ledger::Ledger;
use super::machine::Ticks;

/// How often the collector looks whether the run is to be stopped.
const LOOK: Duration = Duration::from_millis(50);

/// A second that is not yet complete.
#[derive(Debug)]
struct Part {
    ledger: Ledger,
    found: Recorder,
    cost: Cost,
}

/// What the collector knows of a shard.
#[derive(Debug)]
struct Known {
    /// Its findings by their numbers.
    findings: Vec<Finding>,
    /// The next second that it owes; `None` once it has ended.
    owes: Option<u64>,
    /// Since when its next interval has been running, in seconds.
    since: u64,
    empty: SyncSender<Box<Interval>>,
}

/// The merged books of a run.
#[derive(Debug)]
pub(crate) struct Collector {
    shards: Vec<Known>,
    parts: BTreeMap<u64, Part>,
    spare: Vec<Ledger>,
    pub(crate) ledger: Ledger,
    pub(crate) found: Recorder,
    phases: usize,
    cases: usize,
    ticks: Ticks,
}

impl Collector {
    /// A collector; `empty` takes the used intervals of each shard back to it.
    pub(crate) fn new(phases: usize, cases: usize, empty: Vec<SyncSender<Box<Interval>>>) -> Self {
        let shards = empty.into_iter().map(|empty| Known { findings: Vec::new(), owes: Some(0), since: 0, empty });
        Self {
            shards: shards.collect(),
            parts: BTreeMap::new(),
            spare: Vec::new(),
            ledger: Ledger::new(phases, cases),
            found: Recorder::new(phases),
            phases,
            cases,
            ticks: Ticks::now(),
        }
    }

    /// Takes intervals until every shard has ended. `look` is called about every 50 ms, `tell` for each second.
    pub(crate) fn collect(
        &mut self,
        full: &Receiver<Box<Interval>>,
        mut look: impl FnMut(),
        mut tell: impl FnMut(Second<'_>),
    ) {
        while self.shards.iter().any(|shard| shard.owes.is_some()) {
            match full.recv_timeout(LOOK) {
                Ok(interval) => {
                    self.take(interval);
                    self.tell_complete(&mut tell);
                }
                Err(RecvTimeoutError::Timeout) => {}
                // A shard that panicked handed over no last interval.
                Err(RecvTimeoutError::Disconnected) => break,
            }
            look();
        }
        for shard in &mut self.shards {
            shard.owes = None;
        }
        self.tell_complete(&mut tell);
    }

    /// The findings of a shard by their numbers in it.
    pub(crate) fn findings(&self, shard: usize) -> &[Finding] {
        &self.shards[shard].findings
    }

    fn take(&mut self, mut interval: Box<Interval>) {
        let shard = &mut self.shards[interval.shard];
        shard.findings.append(&mut interval.new);
        let spare = &mut self.spare;
        let (phases, cases) = (self.phases, self.cases);
        let part = self.parts.entry(interval.second).or_insert_with(|| Part {
            ledger: spare.pop().unwrap_or_else(|| Ledger::new(phases, cases)),
            found: Recorder::new(phases),
            cost: Cost::default(),
        });
        part.ledger.add(&interval.ledger);
        for (finding, phase, count) in interval.counts() {
            part.found.count(&shard.findings[finding], phase, count);
        }
        for (finding, example) in &interval.examples {
            if self.found.example(&shard.findings[*finding], example) {
                part.found.example(&shard.findings[*finding], example);
            }
        }
        let seconds = (interval.second + 1).saturating_sub(shard.since).max(1);
        part.cost.add(&interval, seconds);
        shard.since = interval.second + 1;
        shard.owes = if interval.last { None } else { Some(interval.second + 1) };
        if !interval.last {
            interval.clear();
            // The shard may have ended meanwhile: then nobody wants it.
            let _ = shard.empty.try_send(interval);
        }
    }

    /// Tells of every second that no shard owes any more.
    fn tell_complete(&mut self, tell: &mut impl FnMut(Second<'_>)) {
        let owed = self.shards.iter().filter_map(|shard| shard.owes).min().unwrap_or(u64::MAX);
        while let Some(entry) = self.parts.first_entry()
            && *entry.key() < owed
        {
            let (number, mut part) = entry.remove_entry();
            let ticks = Ticks::now();
            part.cost.steal = ticks.stolen_since(self.ticks);
            part.cost.stolen = ticks.stolen_time_since(self.ticks);
            self.ticks = ticks;
            self.ledger.add(&part.ledger);
            for row in part.found.rows() {
                for (phase, count) in row.counts.iter().enumerate() {
                    self.found.count(&row.finding, phase, *count);
                }
            }
            tell(Second {
                number,
                offered: 0.0,
                now: &part.ledger,
                found: &part.found,
                so_far: &self.ledger,
                found_so_far: &self.found,
                cost: part.cost,
                left: Duration::ZERO,
            });
            part.ledger.clear();
            self.spare.push(part.ledger);
        }
    }
}

impl Cost {
    fn add(&mut self, interval: &Interval, seconds: u64) {
        self.cpu += Duration::from_nanos(interval.cpu);
        self.spun += Duration::from_nanos(interval.spun);
        self.opened += interval.opened;
        self.exhausted += interval.exhausted;
        let worked = Duration::from_nanos(interval.cpu.saturating_sub(interval.spun)).as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "a count of seconds")]
        let share = worked / seconds as f64;
        // The last stretch of a shard is shorter than a second: its share would be too low, never too high.
        self.busiest = self.busiest.max(share.min(1.0));
    }
}

impl std::ops::AddAssign for Exhausted {
    fn add_assign(&mut self, other: Self) {
        self.descriptors += other.descriptors;
        self.ports += other.ports;
    }
}
