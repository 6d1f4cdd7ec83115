//! Whether this load may be sent to this host. Nothing but this machine is loaded unasked, and a vendor's own host never
//! above the documented rate.

use std::net::IpAddr;

use crate::api::Api;
use crate::load::{Load, Plan};

/// The highest rate that will be sent.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub(in crate::command) enum Peak {
    /// Requests a second.
    PerSecond(f64),
    /// As fast as the target answers.
    Unbounded,
}

impl Peak {
    /// That of a plan.
    pub(in crate::command) fn of(plan: &Plan) -> Self {
        match &plan.load {
            Load::Closed { .. } => Self::Unbounded,
            Load::Open { phases, .. } => {
                let rates = phases.iter().map(|phase| phase.from.get().max(phase.to.get()));
                Self::PerSecond(rates.fold(0.0, f64::max))
            }
        }
    }

    fn is_above(self, documented: f64) -> bool {
        match self {
            Self::PerSecond(rate) => rate > documented,
            Self::Unbounded => true,
        }
    }
}

/// Whether a peak keeps to the documented rate on a host of a vendor; asked before its name is even looked up.
///
/// # Errors
/// What would allow it.
pub(in crate::command) fn check_rate<'a>(
    host: &str,
    peak: Peak,
    apis: impl Iterator<Item = &'a Api>,
    allowed: &[String],
) -> Result<(), String> {
    for api in apis.filter(|api| listed(host, &api.vendor_hosts)) {
        let Some(rate) = &api.rate else { continue };
        let documented = f64::from(rate.per_second);
        if peak.is_above(documented) && !listed(host, allowed) {
            return Err(format!(
                "{host} is a host of {}, and the plan goes above its documented {documented}/s: stay at or below, or, if the \
                 vendor agreed, add `--allow-overload {host}`",
                api.title
            ));
        }
    }
    Ok(())
}

/// Whether load may be sent to a host with these addresses; `by_file` says what the target file does.
///
/// # Errors
/// What would allow it.
pub(in crate::command) fn check_host(
    host: &str,
    addresses: &[IpAddr],
    by_file: bool,
    allowed: &[String],
) -> Result<(), String> {
    let own = addresses.iter().all(|address| address.to_canonical().is_loopback());
    if own || by_file || listed(host, allowed) {
        return Ok(());
    }
    Err(format!(
        "{host} is not this machine: if you may send load to it, add `--allow-load {host}`, or `allow_load: true` in the \
         target file"
    ))
}

fn listed(host: &str, hosts: &[String]) -> bool {
    hosts.iter().any(|one| plain(one) == plain(host))
}

/// A host as it is compared: case, brackets and a final dot make no difference.
fn plain(host: &str) -> String {
    host.trim_matches(['[', ']']).trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::load::{Arrivals, Phase, Rate, Stretch};
    use crate::scenario::Suite;

    fn plan(rate: f64) -> Plan {
        let phase = Phase::constant("p", Stretch::Steady, Rate::per_second(rate).unwrap(), Duration::from_secs(1));
        Plan::new(Load::Open { phases: vec![phase], arrivals: Arrivals::Constant })
    }

    fn owned(hosts: &[&str]) -> Vec<String> {
        hosts.iter().map(|host| (*host).to_owned()).collect()
    }

    fn may_be_loaded(host: &str, address: &str, allowed: &[&str]) -> bool {
        check_host(host, &[address.parse().unwrap()], false, &owned(allowed)).is_ok()
    }

    fn may_have(host: &str, rate: f64, allowed: &[&str]) -> bool {
        let suite = Suite::embedded().unwrap();
        check_rate(host, Peak::of(&plan(rate)), suite.apis.values().map(AsRef::as_ref), &owned(allowed)).is_ok()
    }

    #[test]
    fn only_this_machine_is_loaded_unasked() {
        assert!(may_be_loaded("127.0.0.1", "127.0.0.1", &[]));
        assert!(may_be_loaded("localhost", "::1", &[]));
        assert!(may_be_loaded("[::ffff:127.0.0.1]", "::ffff:127.0.0.1", &[]));
        assert!(!may_be_loaded("gateway.example", "192.0.2.1", &[]));
        assert!(!may_be_loaded("0.0.0.0", "0.0.0.0", &[]));
        assert!(!may_be_loaded("gateway.example", "192.0.2.1", &["other.example"]));
        assert!(may_be_loaded("gateway.example", "192.0.2.1", &["Gateway.example."]));
        assert!(check_host("gateway.example", &["192.0.2.1".parse().unwrap()], true, &[]).is_ok());
        // A name with one address elsewhere is elsewhere.
        let both = ["127.0.0.1".parse().unwrap(), "192.0.2.1".parse().unwrap()];
        assert!(check_host("two.example", &both, false, &[]).is_err());
    }

    #[test]
    fn a_closed_plan_has_no_bound() {
        let closed = Plan::new(Load::Closed { warm_up: Duration::ZERO, steady: Duration::from_secs(1) });
        assert_eq!(Peak::of(&closed), Peak::Unbounded);
        assert_eq!(Peak::of(&plan(100.0)), Peak::PerSecond(100.0));
        assert!(Peak::Unbounded.is_above(1e9));
    }

    #[test]
    fn a_vendors_host_is_never_overloaded_unasked() {
        assert!(may_have("api.rong-api.com", 100.0, &[]));
        assert!(!may_have("API.rong-api.com.", 100.5, &[]));
        assert!(!may_have("console.tim.qq.com", 100.5, &["api.rong-api.com"]));
        assert!(may_have("api.rong-api.com", 1e3, &["api.rong-api.com"]));
        assert!(may_have("gateway.example", 1e3, &[]));
    }
}
