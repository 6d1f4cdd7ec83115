//! One api of one target: its cases planned, and sent by the engine. Shared by all commands that check.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::sign::random_seed;
use crate::api::Level;
use crate::api::auth::Signer;
use crate::check::{
    ApiRun, CaseResult, Client, ClientError, Destination, Engine, Event, ExchangeResult, Options, Pacing, Purpose,
    Stop, run_prefix,
};
use crate::clock::Clock;
use crate::scenario::{Case, Selection, Suite};
use crate::settings::targets::ApiTarget;
use crate::source::Diagnostics;

/// The largest reply that is read: a hundred users with their profiles take a tenth of it.
const LARGEST_REPLY: usize = 4 << 20;

/// The cases of one api, for one target.
pub(super) struct Planned {
    pub(super) target: ApiTarget,
    pub(super) plain: Case,
    pub(super) cases: Vec<Case>,
    /// The addresses of cases that the selection leaves out.
    pub(super) left_out: Vec<String>,
}

/// How cases are sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner {
    pub(super) pacing: Pacing,
    pub(super) concurrency: usize,
    pub(super) gate: Level,
    /// Whether cases about authentication are spaced out.
    pub(super) spaced: bool,
    /// How often each case is sent; at least once.
    pub(super) repeat: u16,
}

/// Expands the cases for a target and keeps those that are wanted.
///
/// # Errors
/// Mistakes that only this target's declarations bring out.
pub(super) fn plan(suite: &Suite, target: ApiTarget, selection: &Selection) -> Result<Planned, Diagnostics> {
    let mut cases = suite.cases(&target.api, &target.declared)?;
    let mut left_out = Vec::new();
    cases.retain(|case| {
        let wanted = selection.wants(case);
        if !wanted {
            left_out.push(case.address.clone());
        }
        wanted
    });
    let plain = suite.plain(&target.api, &target.declared)?;
    Ok(Planned { target, plain, cases, left_out })
}

/// Makes the client of a target.
///
/// # Errors
/// Certificates that cannot be used.
pub(super) fn client(target: &ApiTarget, timeout: Duration) -> Result<Client, ClientError> {
    Client::new(&target.base, &target.trust, timeout, LARGEST_REPLY)
}

/// Sends the cases, as often as is wanted: the first time counts, and the exchanges of the others are kept beside it.
pub(super) async fn run(
    planned: Planned,
    client: Client,
    manner: Manner,
    stop: &Stop,
    notify: Box<dyn Fn(Event) + Send + Sync>,
) -> ApiRun {
    let notify: Arc<dyn Fn(Event) + Send + Sync> = notify.into();
    let Planned { target, plain, cases, left_out: _ } = planned;
    let once = |cases: Vec<Case>| {
        let destination = Destination {
            base: target.base.as_str().trim_end_matches('/').to_owned(),
            extra_headers: target.headers.clone(),
            client: client.clone(),
            users: target.declared.users.clone(),
            rate: target.declared.rate(&target.api),
        };
        // Another seed each time, and so other users: what a run wrote must not change what the next one sees.
        let seed = random_seed();
        let options = Options {
            pacing: manner.pacing,
            concurrency: manner.concurrency,
            gate: manner.gate,
            spaced: manner.spaced,
            run: run_prefix(seed),
        };
        let signer = Signer::new(target.credentials.clone(), Clock::System, seed);
        let notify = Arc::clone(&notify);
        let notify = Box::new(move |event| notify(event));
        let (api, plain) = (Arc::clone(&target.api), plain.clone());
        Arc::new(Engine::new(api, plain, destination, signer, options, stop.clone(), notify)).run(cases)
    };
    let further = if manner.repeat > 1 { cases.clone() } else { Vec::new() };
    let mut first = once(cases).await;
    for _ in 1..manner.repeat {
        if first.gone || stop.is_requested() {
            break;
        }
        let again = once(further.clone()).await;
        first.limited += again.limited;
        keep(&mut first.cases, again.cases);
    }
    first
}

/// Puts the steps of a repetition beside those that count.
fn keep(cases: &mut [CaseResult], again: Vec<CaseResult>) {
    let mut again: HashMap<String, CaseResult> = again.into_iter().map(|case| (case.address.clone(), case)).collect();
    for case in cases {
        let steps = again.remove(&case.address).map(|case| case.exchanges).unwrap_or_default();
        let steps = steps.into_iter().filter(|exchange| exchange.purpose == Purpose::Step);
        case.exchanges.extend(steps.map(|step| ExchangeResult { purpose: Purpose::Repeat, ..step }));
    }
}
