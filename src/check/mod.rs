//! The conformance engine: sends the cases of one api to one target, and concludes what each exchange means.
//!
//! `engine` decides what is sent when, `client` sends it, `resend` when once more, `conclude` turns everything that came
//! back into verdicts. Engines never print: what happens is told through [`Event`]s to one callback.

mod client;
mod conclude;
mod engine;
mod event;
mod insecure;
mod pace;
mod rate;
mod resend;
mod result;
mod run_case;
mod users;

pub use client::{Client, ClientError, Trust, tls_config};
pub use conclude::{Baseline, conclude, envelope_was_seen};
pub use engine::{ApiRun, Destination, Engine, Options, Pacing, Stop};
pub use event::Event;
pub use rate::{RateFinding, Sent};
pub use result::{Body, CaseResult, ExchangeResult, Purpose, SentRequest, Verdict};
pub use users::run_prefix;
