//! A trial as a run of the load engine.

use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Instant;

use tokio::runtime::Handle;

use super::super::drive::Drive;
use crate::capacity::{Step, Trial, Watch};
use crate::load::{Arrivals, CannotRun, Load, Phase, Plan, Rate, Stop, Stretch};

/// Makes trials of one target, one after the other.
pub(super) struct Trials {
    drive: Arc<Drive>,
    common: Plan,
    arrivals: Arrivals,
    interrupt: Stop,
    runtime: Handle,
    made: u64,
    failure: Option<CannotRun>,
}

impl Trials {
    /// Trials that have this plan but for their phases; none is made any more when `interrupt` is requested.
    pub(super) fn new(drive: Arc<Drive>, common: Plan, arrivals: Arrivals, interrupt: Stop, runtime: Handle) -> Self {
        Self { drive, common, arrivals, interrupt, runtime, made: 0, failure: None }
    }

    /// Makes a trial; `None` when there will be no other. Blocks, on a thread that the runtime does not need.
    pub(super) fn make(&mut self, step: &Step) -> Option<Trial> {
        let stop = Stop::default();
        let watch = Watch::new(step.clone(), stop.clone(), self.interrupt.clone());
        let begin = Instant::now();
        let running = self.drive.run(self.plan(step), &stop, watch, Watch::take);
        let (result, watch) = self.runtime.block_on(running);
        self.made += 1;
        match result {
            Ok(_) if self.interrupt.is_requested() => None,
            Ok(finished) => Some(watch.finish(&finished, begin.elapsed())),
            Err(error) => {
                self.failure = Some(error);
                None
            }
        }
    }

    /// Why the engine could not run, if that is what ended the search.
    pub(super) fn failure(self) -> Option<CannotRun> {
        self.failure
    }

    fn plan(&self, step: &Step) -> Plan {
        let phase = |name: &str, stretch, duration| Phase::constant(name, stretch, step.rate, duration);
        let warm_up = Some(phase("warm-up", Stretch::WarmUp, step.warm_up)).filter(|_| !step.warm_up.is_zero());
        let phases = warm_up.into_iter().chain([phase("steady", Stretch::Steady, step.most)]).collect();
        let api = &self.drive.target().api;
        let load = Load::Open { phases, arrivals: self.arrivals };
        Plan {
            threads: self.common.threads.max(Plan::new(load.clone()).threads),
            load,
            // The same arrivals again and again would be one sample, however often they were sent.
            seed: self.common.seed.wrapping_add(self.made),
            requests_per_connection: api.requests_per_connection.and_then(|count| NonZeroU64::new(count.into())),
            documented: self.documented(),
            ..self.common.clone()
        }
    }

    /// Above it a refusal may be the limit at work.
    fn documented(&self) -> Option<Rate> {
        let target = self.drive.target();
        target.declared.rate(&target.api).and_then(|rate| Rate::per_second(rate.into()))
    }
}
