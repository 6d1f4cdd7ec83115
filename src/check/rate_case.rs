//! The documented rate as a case: where the target refused for the rate though it was offered no more, a stretch of
//! plain requests measures it.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::Instant;

use super::engine::{Engine, OWN_SHARE, Pacing};
use super::rate::{RateFinding, Sent, judge_rate};
use super::result::{CaseResult, ExchangeResult, Verdict};
use super::run_case::unsent;
use crate::api::{Level, Outcome};
use crate::expectation::{ClaimVerdict, Finding, Mismatch, MismatchKind};

/// The pause before a rate that seemed too low is measured again.
const RATE_PAUSE: Duration = Duration::from_secs(2);

/// How long a stretch that measures the rate offers requests: a whole second of any phase, and what it takes to begin.
const RATE_STRETCH: Duration = Duration::from_millis(1_400);

impl Engine {
    /// The case about the documented rate: only where the target refused for the rate though it was offered no more.
    pub(super) async fn rate_case(&self, finished: &[CaseResult]) -> Option<CaseResult> {
        let documented = self.api.rate.as_ref()?;
        let offered = match self.options.pacing {
            Pacing::None => return None,
            Pacing::Documented => f64::from(self.rate.unwrap_or(documented.per_second)) * OWN_SHARE,
            Pacing::Rate(rate) => rate,
        };
        let below = offered <= f64::from(documented.per_second);
        if !below || self.limited.load(Ordering::SeqCst) == 0 || !self.goes_on() {
            return None;
        }
        tokio::time::sleep(RATE_PAUSE).await;
        let mut finding = self.measure_rate(documented.per_second).await;
        if matches!(finding, RateFinding::BelowDocumented { .. }) {
            tokio::time::sleep(RATE_PAUSE).await;
            finding = self.measure_rate(documented.per_second).await;
        }
        let level = self.api.requirements.get(&documented.requirement).map_or(Level::Must, |rule| rule.level);
        let (finding, level) = rate_finding(finding, documented.per_second, level)?;
        let failed = level >= self.options.gate && matches!(finding, Finding::Broken(_));
        let requirement = Some(documented.requirement.clone());
        Some(CaseResult {
            address: format!("{}/rate", self.api.name),
            about: Some("the documented rate is admitted".into()),
            level,
            requirements: vec![documented.requirement.clone()],
            characteristic: Some("spacing of requests below the documented rate".into()),
            verdict: if failed { Verdict::Fail } else { Verdict::Observed },
            claims: vec![ClaimVerdict { requirement, level, finding }],
            exchanges: limited_example(finished),
            ..unsent(&self.plain)
        })
    }

    /// Offers plain requests at 90 % of the documented rate, none of which waits for another.
    async fn measure_rate(&self, documented: u32) -> RateFinding {
        let gap = Duration::from_secs_f64(1.0 / (f64::from(documented) * OWN_SHARE));
        let start = Instant::now();
        let mut stretch = Vec::new();
        let mut under_way = Vec::new();
        let mut number = 0_u32;
        while gap * number < RATE_STRETCH {
            tokio::time::sleep_until(start + gap * number).await;
            let at = start.elapsed();
            under_way.push((at, Box::pin(self.plain_is_limited(2_000_000 + number as usize))));
            number += 1;
            stretch.extend(poll_ready(&mut under_way).await);
        }
        for (at, exchange) in under_way {
            stretch.push(Sent { at, limited: exchange.await });
        }
        stretch.sort_by_key(|sent| sent.at);
        judge_rate(&stretch, documented)
    }

    async fn plain_is_limited(&self, number: usize) -> bool {
        self.send_plain(number).await.is_ok_and(|reply| self.api.outcome.read(&reply).outcome == Outcome::Limited)
    }
}

/// Takes out what has finished, without waiting for the rest.
async fn poll_ready<F: Future<Output = bool> + Unpin>(under_way: &mut Vec<(Duration, F)>) -> Vec<Sent> {
    let mut ready = Vec::new();
    std::future::poll_fn(|context| {
        let mut index = 0;
        while index < under_way.len() {
            let (at, exchange) = &mut under_way[index];
            match std::pin::Pin::new(exchange).poll(context) {
                std::task::Poll::Ready(limited) => {
                    ready.push(Sent { at: *at, limited });
                    drop(under_way.swap_remove(index));
                }
                std::task::Poll::Pending => index += 1,
            }
        }
        std::task::Poll::Ready(())
    })
    .await;
    ready
}

fn rate_finding(finding: RateFinding, documented: u32, level: Level) -> Option<(Finding, Level)> {
    let mismatch = |least: usize| {
        Finding::Broken(vec![Mismatch {
            kind: MismatchKind::LimitedTooEarly,
            at: "rate".into(),
            expected: format!("{documented} requests a second are admitted"),
            actual: format!(
                "{least} were admitted in a second in which more was offered, at no more than the documented rate; \
                 is the quota shared with other callers? `--pace RATE` sends more slowly"
            ),
        }])
    };
    match finding {
        RateFinding::Admitted => None,
        RateFinding::EnforcesSpacing { least } => Some((mismatch(least), Level::Observe)),
        RateFinding::BelowDocumented { least } => Some((mismatch(least), level)),
    }
}

/// One exchange that was refused for the rate, to be looked at.
fn limited_example(finished: &[CaseResult]) -> Vec<ExchangeResult> {
    let exchanges = finished.iter().flat_map(|case| &case.exchanges);
    exchanges.filter(|exchange| exchange.observation.outcome == "limited").take(1).cloned().collect()
}
