//! Everything that is decided once for a target, before any plan is run against it.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use super::built_in::BuiltIn;
use super::cases::{self, Issued};
use super::evidence::Evidence;
use super::judge::judge_of;
use super::{Peak, Refused, Started, destination, permission};
use crate::clock::Clock;
use crate::command::sign::random_seed;
use crate::expectation::Claim;
use crate::load::{CannotRun, Case, Destination, Event, Finished, Judge, Plan, Setup, Stop};
use crate::record::FailureWord;
use crate::report::remedy;
use crate::scenario::Suite;
use crate::scenario::plan::Drawn;
use crate::secret::Redactor;
use crate::settings::place_args::PlaceArgs;
use crate::settings::targets::ApiTarget;
use crate::source::Diagnostics;

/// How long the built-in reference may take to accept connections after it said that it listens.
const BUILT_IN_PATIENCE: Duration = Duration::from_secs(5);

/// A target that may be driven, and what is sent to it. The built-in reference ends when this is dropped.
pub(in crate::command) struct Drive {
    target: ApiTarget,
    destination: Destination,
    /// Whether somebody accepted a connection there.
    reached: bool,
    cases: Vec<Case>,
    claims: Arc<Vec<Vec<Claim>>>,
    issued: Issued,
    judge: Judge,
    built_in: Option<BuiltIn>,
}

/// The plain accepted request of the api alone, varied by arrival: the mix of a run without a load plan.
///
/// # Errors
/// Mistakes that only this target's declarations bring out.
pub(in crate::command) fn plain(suite: &Suite, target: &ApiTarget) -> Result<Vec<Drawn>, Diagnostics> {
    Ok(vec![Drawn { case: suite.plain(&target.api, &target.declared)?, weight: 1 }])
}

impl Drive {
    /// Decides whether `drawn` may be sent to the target, at rates up to `peak`, and forms it. Plans that are run later
    /// must keep to that peak.
    ///
    /// # Errors
    /// What would allow it, and whatever makes the target unreachable by name or certificate.
    pub(in crate::command) async fn prepare(
        started: Started,
        drawn: &[Drawn],
        suite: &Suite,
        peak: Peak,
        place: &PlaceArgs,
    ) -> Result<Self, Refused> {
        let Started { target, built_in } = started;
        let host = target.base.host_str().unwrap_or_default();
        permission::check_rate(host, peak, suite.apis.values().map(AsRef::as_ref), &place.allow_overload)?;
        let addresses = destination::addresses(&target).await?;
        let hosts: Vec<IpAddr> = addresses.iter().map(SocketAddr::ip).collect();
        permission::check_host(host, &hosts, target.allow_load, &place.allow_load)?;
        let patience = if built_in.is_some() { BUILT_IN_PATIENCE } else { place.wait.unwrap_or_default() };
        let (destination, reached) = destination::reach(&target, &addresses, patience).await?;
        let cases::Cases { cases, claims, issued } = cases::form(drawn, &target);
        let claims = Arc::new(claims);
        let redactor = Redactor::new([target.credentials.secret().expose()]);
        let judge = judge_of(Arc::clone(&target.api), Arc::clone(&claims), redactor);
        Ok(Self { target, destination, reached, cases, claims, issued, judge, built_in })
    }

    /// The target.
    pub(in crate::command) fn target(&self) -> &ApiTarget {
        &self.target
    }

    /// Whether it is the built-in reference.
    pub(in crate::command) fn is_built_in(&self) -> bool {
        self.built_in.is_some()
    }

    /// What to say before a run in which nobody may be there to answer: a plan takes its time all the same.
    pub(in crate::command) fn warning(&self) -> Option<String> {
        let base = self.target.base.as_str().trim_end_matches('/');
        let remedy = remedy(FailureWord::Connect);
        (!self.reached).then(|| format!("warning: nobody accepts connections at {base} so far; {remedy}"))
    }

    /// What completes examples before they are written.
    pub(in crate::command) fn evidence(&self) -> Evidence {
        Evidence::new(&self.target, Arc::clone(&self.claims), Arc::clone(&self.issued))
    }

    /// Runs a plan to its end, or until `stop` is requested. `watcher` is told every event and comes back: the engine
    /// blocks the thread that it runs on, which is therefore not this one, and this one stays free to hear an interrupt.
    ///
    /// # Errors
    /// When the engine could not run; what the target does is a result.
    pub(in crate::command) async fn run<W: Send + 'static>(
        &self,
        plan: Plan,
        stop: &Stop,
        mut watcher: W,
        tell: fn(&mut W, Event<'_>),
    ) -> (Result<Finished, CannotRun>, W) {
        let (setup, stop) = (self.setup(plan), stop.clone());
        let running = tokio::task::spawn_blocking(move || {
            let result = crate::load::run(&setup, &stop, |event| tell(&mut watcher, event));
            (result, watcher)
        });
        match running.await {
            Ok(done) => done,
            // A panic of a watcher is ours: it goes on, and `main` makes an internal error of it.
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }

    fn setup(&self, plan: Plan) -> Setup {
        Setup {
            plan,
            destination: self.destination.clone(),
            cases: self.cases.clone(),
            judge: Arc::clone(&self.judge),
            clock: Clock::System,
            run_number: random_seed(),
        }
    }
}
