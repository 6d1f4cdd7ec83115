//! One api of one target: its cases planned, and sent by the engine. Shared by all commands that check.

use std::sync::Arc;
use std::time::Duration;

use super::sign::random_seed;
use crate::api::Level;
use crate::api::auth::Signer;
use crate::check::{ApiRun, Client, ClientError, Destination, Engine, Event, Options, Pacing, Stop, run_prefix};
use crate::clock::Clock;
use crate::scenario::{Case, Search, Selection, Suite};
use crate::settings::targets::ApiTarget;
use crate::source::Diagnostics;

/// The largest reply that is read: a hundred users with their profiles take a tenth of it.
const LARGEST_REPLY: usize = 4 << 20;

/// The cases of one api, for one target.
pub(super) struct Planned {
    pub(super) target: ApiTarget,
    pub(super) plain: Case,
    pub(super) cases: Vec<Case>,
    /// What is searched after them.
    pub(super) searches: Vec<Search>,
}

impl Planned {
    /// The cases, and the searches as the cases as which they are reported.
    pub(super) fn listed(&self) -> impl Iterator<Item = &Case> {
        self.cases.iter().chain(self.searches.iter().map(Search::case))
    }
}

/// How cases are sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner {
    pub(super) pacing: Pacing,
    pub(super) concurrency: usize,
    pub(super) gate: Level,
    /// Whether cases about authentication are spaced out.
    pub(super) spaced: bool,
}

/// Expands the cases for a target and keeps those that are wanted.
///
/// # Errors
/// Mistakes that only this target's declarations bring out.
pub(super) fn plan(suite: &Suite, target: ApiTarget, selection: &Selection) -> Result<Planned, Diagnostics> {
    let mut cases = suite.cases(&target.api, &target.declared)?;
    cases.retain(|case| selection.wants(case));
    let plain = suite.plain(&target.api, &target.declared)?;
    let mut searches = suite.searches(&target.api, &target.declared)?;
    searches.retain(|search| selection.wants(search.case()));
    Ok(Planned { target, plain, cases, searches })
}

/// Makes the client of a target.
///
/// # Errors
/// Certificates that cannot be used.
pub(super) fn client(target: &ApiTarget, timeout: Duration) -> Result<Client, ClientError> {
    Client::new(&target.base, &target.trust, timeout, LARGEST_REPLY)
}

/// Sends the cases.
pub(super) async fn run(
    planned: Planned,
    client: Client,
    manner: Manner,
    stop: &Stop,
    notify: Box<dyn Fn(Event) + Send + Sync>,
) -> ApiRun {
    let Planned { target, plain, cases, searches } = planned;
    let destination = Destination {
        base: target.base.as_str().trim_end_matches('/').to_owned(),
        extra_headers: target.headers,
        client,
        users: target.declared.users.clone(),
        rate: target.declared.rate(&target.api),
    };
    let seed = random_seed();
    let options = Options {
        pacing: manner.pacing,
        concurrency: manner.concurrency,
        gate: manner.gate,
        spaced: manner.spaced,
        run: run_prefix(seed),
    };
    let signer = Signer::new(target.credentials, Clock::System, seed);
    let engine = Engine::new(target.api, plain, destination, signer, options, stop.clone(), notify);
    Arc::new(engine).run(cases, searches).await
}
