//! The load engine: on schedule, signed, verified, accounted for.
//!
//! [`run`] takes a [`Setup`] and gives a [`Finished`]; in between it tells an [`Event`] each second. One thread per shard
//! runs the loop of `shard`; the calling thread collects.
//!
//! The instants of an arrival: *intended* (by the schedule), *released* (taken up by its shard), *dispatched* (just before
//! its first write), *finished* (its last byte, or its end). Dispatch lag = released − intended is the generator's own delay
//! and alone decides soundness; connection wait = dispatched − released is the target's doing; response time = finished −
//! intended is *the* latency, and nothing the generator or the target does moves `intended`.

mod accounting;
mod books;
mod calibrate;
mod chunked;
mod collector;
mod deadlines;
mod deviation;
mod distribution;
mod engine;
mod event;
mod finding;
mod http1;
mod instants;
mod interval;
mod judged;
mod ledger;
mod machine;
mod mix;
mod pacing;
mod plan;
mod poller;
mod pool;
mod random;
#[cfg(test)]
mod same_bytes;
mod schedule;
mod selftest;
mod shard;
mod soundness;
mod stamp;
#[cfg(test)]
mod steady_state;
mod stream;
mod template;
mod tls;
mod traffic;

pub use accounting::{Accounts, BrokenIdentity, Fate, Knowledge};
pub use books::Sample;
pub use deviation::{Count, Group, Recorder, Row};
pub use distribution::{Distribution, Percentile};
pub use engine::{CannotRun, Ending, Finished, Setup, Stop, run};
pub use event::{Cost, Event, Second, Started};
pub use finding::{Example, Finding, Kind, LONGEST_BODY, Side};
pub use instants::Offset;
pub use interval::Exhausted;
pub use ledger::{Durations, Key, LONGEST, Latency, Ledger, Measure, empty};
pub use machine::{Ticks, descriptor_limit, local_ports};
pub use pacing::{Approach, Pacing, decide};
pub use plan::{
    Case, Class, Destination, Judge, Judged, Load, Model, Plan, Refusal, Signing, TimestampUnit, Transport, UserSig,
    UserSigMaker, Users,
};
pub use schedule::{Arrival, Arrivals, Phase, Rate, Schedule, Stretch, Stripe};
pub use selftest::{Comparison, Expected, Fit, compare, deviations, poisson_fit};
pub use soundness::{Cause, Evidence, Soundness, Steal, connections_needed};
