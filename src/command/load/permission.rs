//! Whether this load may be sent to this host. Nothing but this machine is loaded unasked, and a vendor's own host never
//! above the documented rate.

use std::net::IpAddr;

use crate::api::Api;
use crate::load::{Load, Plan};

/// What was asked for.
pub(super) struct Asked<'a> {
    /// The host of the target's URL.
    pub(super) host: &'a str,
    /// What it resolved to.
    pub(super) address: IpAddr,
    /// Whether the target file allows load.
    pub(super) allowed_by_file: bool,
    /// Hosts on which load is allowed.
    pub(super) load: &'a [String],
    /// Hosts on which overload is allowed.
    pub(super) overload: &'a [String],
}

/// Whether the plan may be sent.
///
/// # Errors
/// What would allow it.
pub(super) fn check<'a>(asked: &Asked<'_>, plan: &Plan, apis: impl Iterator<Item = &'a Api>) -> Result<(), String> {
    let host = asked.host;
    let listed = |hosts: &[String]| hosts.iter().any(|one| plain(one) == plain(host));
    if !asked.address.to_canonical().is_loopback() && !asked.allowed_by_file && !listed(asked.load) {
        return Err(format!(
            "{host} is not this machine: if you may send load to it, add `--allow-load {host}`, or `allow_load: true` in \
             the target file"
        ));
    }
    for api in apis {
        let Some(rate) = api.rate.as_ref().filter(|_| listed(&api.vendor_hosts)) else { continue };
        let documented = f64::from(rate.per_second);
        let above = match &plan.load {
            Load::Closed { .. } => true,
            Load::Open { phases, .. } => phases.iter().any(|phase| phase.from.get().max(phase.to.get()) > documented),
        };
        if above && !listed(asked.overload) {
            return Err(format!(
                "{host} is a host of {}, and the plan goes above its documented {documented}/s: stay at or below, or, if the \
                 vendor agreed, add `--allow-overload {host}`",
                api.title
            ));
        }
    }
    Ok(())
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

    fn allowed(host: &str, address: &str, load: &[&str], overload: &[&str], rate: f64) -> bool {
        let owned = |hosts: &[&str]| hosts.iter().map(|host| (*host).to_owned()).collect::<Vec<_>>();
        let (load, overload) = (owned(load), owned(overload));
        let address = address.parse().unwrap();
        let asked = Asked { host, address, allowed_by_file: false, load: &load, overload: &overload };
        let suite = Suite::embedded().unwrap();
        check(&asked, &plan(rate), suite.apis.values().map(AsRef::as_ref)).is_ok()
    }

    #[test]
    fn only_this_machine_is_loaded_unasked() {
        assert!(allowed("127.0.0.1", "127.0.0.1", &[], &[], 1e6));
        assert!(allowed("localhost", "::1", &[], &[], 1e6));
        assert!(allowed("[::ffff:127.0.0.1]", "::ffff:127.0.0.1", &[], &[], 1e6));
        assert!(!allowed("gateway.example", "192.0.2.1", &[], &[], 1.0));
        assert!(!allowed("0.0.0.0", "0.0.0.0", &[], &[], 1.0));
        assert!(!allowed("gateway.example", "192.0.2.1", &["other.example"], &[], 1.0));
        assert!(allowed("gateway.example", "192.0.2.1", &["Gateway.example."], &[], 1e6));
    }

    #[test]
    fn a_vendors_host_is_never_overloaded_unasked() {
        let vendor = "api.rong-api.com";
        assert!(!allowed(vendor, "192.0.2.1", &[], &[vendor], 100.0));
        assert!(allowed(vendor, "192.0.2.1", &[vendor], &[], 100.0));
        assert!(!allowed("API.rong-api.com.", "192.0.2.1", &[vendor], &[], 100.5));
        // Not even where its name leads to this machine.
        assert!(!allowed(vendor, "127.0.0.1", &[], &[], 100.5));
        assert!(allowed(vendor, "192.0.2.1", &[vendor], &[vendor], 1e3));
    }
}
