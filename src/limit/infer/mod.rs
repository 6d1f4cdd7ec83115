//! From decisions to a fingerprint: a pure function over when requests were really sent and what became of them.
//!
//! Every law that is known is fitted: it says how full it would have been before each request, and the capacity that parts
//! admissions from refusals best is its own (`capacity`). The law with the fewest contradictions wins, if they are few and
//! no law of another kind does about as well (`choose`). Decisions themselves drive the fill, so one that came late or out
//! of order is one contradiction and not the beginning of a wrong story.

mod bucket;
mod capacity;
mod choose;
mod concurrency;
mod delay;
mod fingerprint;
mod fixed;
mod hypothesis;
mod lengths;
mod single;
mod sliding;
mod trace;

pub use choose::fingerprint;
pub use fingerprint::{Counted, Estimate, Fingerprint, Form, Kind, Reach};
