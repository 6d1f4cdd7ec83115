//! Everything that is decided before the first probe: target, rate, probes, permission.

use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

use crate::api::{Api, Level, Requirement, Source};
use crate::command::drive::{BuiltInLimiter, Choice, Drive, Peak, Refused, named_api, plain};
use crate::limit::{Extent, ProbePlan};
use crate::load::{Arrivals, Load, Plan, Rate};
use crate::record::Authentication;
use crate::record::limit::{LimitFacts, LimitSettings, RateOrigin, ReplyFacts};
use crate::scenario::{Origin, Suite};
use crate::settings::environment::Environment;
use crate::settings::limit_args::Limit;

/// A run that may begin.
pub(super) struct Prepared {
    pub(super) drive: Drive,
    pub(super) probes: ProbePlan,
    pub(super) api: Arc<Api>,
    origin: RateOrigin,
    suite: Option<String>,
    /// The rule that is judged where no document states it.
    own_rule: Requirement,
}

/// The requirement about a rate that no document states.
const OWN_RULE: &str = "rate";

/// Decides all of it.
///
/// # Errors
/// Whatever would measure something other than was meant.
pub(super) async fn prepare(args: &Limit, environment: &Environment) -> Result<Prepared, Refused> {
    let suite = Suite::embedded().map_err(Refused::Suite)?;
    let api = named_api(args.api.as_deref(), &suite)?;
    let choice = Choice::of(&args.place.target_args(&api.name), environment, &suite, &api)?;
    let (documented, origin) = documented(args, &choice, &api)?;
    let extent = if args.quick { Extent::Quick } else { Extent::Full };
    let probes = ProbePlan::new(documented, extent);
    let started = choice.start(BuiltInLimiter::Documented)?;
    let drawn = plain(&suite, &started.target)?;
    let peak = Peak::PerSecond(probes.peak());
    let drive = Drive::prepare(started, &drawn, &suite, peak, &args.place).await?;
    let own_rule = Requirement {
        level: Level::Must,
        source: Source::Open,
        rule: format!("{} requests a second are admitted", documented.get()),
        place: None,
        evidence: None,
        refines: None,
        excluded: None,
    };
    let suite = match &suite.origin {
        Origin::Embedded { digest } => Some(digest.clone()),
        Origin::Paths(_) => None,
    };
    Ok(Prepared { drive, probes, api, origin, suite, own_rule })
}

/// The rate that is to be admitted, and who says so.
fn documented(args: &Limit, choice: &Choice, api: &Api) -> Result<(Rate, RateOrigin), String> {
    let written = api.rate.as_ref().map(|rate| rate.per_second);
    let (rate, origin) = match (args.documented, choice.rate()) {
        (Some(rate), _) => (rate, RateOrigin::Argument),
        (None, Some(rate)) if Some(rate) == written => (f64::from(rate), RateOrigin::Document),
        (None, Some(rate)) => (f64::from(rate), RateOrigin::Target),
        (None, None) => return Err("the api documents no rate: give `--documented RATE`".into()),
    };
    let rate = Rate::per_second(rate).ok_or_else(|| format!("{rate} is no rate"))?;
    Ok((rate, origin))
}

impl Prepared {
    /// The probes as the engine runs them.
    pub(super) fn engine_plan(&self, timeout: Duration) -> Plan {
        let load = Load::Open { phases: self.probes.phases(), arrivals: Arrivals::Constant };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count with room to spare")]
        let samples = (self.probes.requests() * 1.1) as usize + 1_000;
        Plan {
            request_timeout: timeout,
            requests_per_connection: self.api.requests_per_connection.and_then(|count| NonZeroU64::new(count.into())),
            seed: 1,
            documented: Some(self.probes.documented),
            keep_samples: samples,
            ..Plan::new(load)
        }
    }

    /// What the record says beside what was measured.
    pub(super) fn facts(&self, args: &Limit, replies: Vec<ReplyFacts>) -> LimitFacts<'_> {
        let target = self.drive.target();
        let scheme = &self.api.auth;
        let plan = self.engine_plan(args.timeout);
        let nanos = |duration: Duration| u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        let id = self.api.rate.as_ref().map(|rate| rate.requirement.clone());
        let stated = id.as_ref().and_then(|id| Some((id.clone(), self.api.requirements.get(id)?)));
        let excess = id.as_ref().map(|id| format!("{id}.excess"));
        LimitFacts {
            settings: LimitSettings {
                proofhouse: env!("CARGO_PKG_VERSION").into(),
                api: self.api.name.clone(),
                authentication: Authentication {
                    scheme: scheme.scheme,
                    names: scheme.names().into_iter().map(ToOwned::to_owned).collect(),
                },
                target: target.base.as_str().trim_end_matches('/').to_owned(),
                built_in: self.drive.is_built_in(),
                suite: self.suite.clone(),
                documented: self.probes.documented.get(),
                documented_by: self.origin,
                planned_ns: nanos(self.probes.duration()),
                timeout_ns: nanos(plan.request_timeout),
                connections: plan.connections.get(),
            },
            rate: stated
                .filter(|_| self.origin == RateOrigin::Document)
                .unwrap_or_else(|| (OWN_RULE.to_owned(), &self.own_rule)),
            excess: excess.and_then(|id| Some((id.clone(), self.api.requirements.get(&id)?))),
            replies,
        }
    }
}
