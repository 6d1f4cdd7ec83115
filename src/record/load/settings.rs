//! The settings of a load run, as the command understood them: everything that a report says beside what was measured.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::record::{Authentication, Trusted};
use crate::scenario::plan::Threshold;

/// How a load run was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The version of the tool.
    pub proofhouse: String,
    /// The api.
    pub api: String,
    /// How its requests are authenticated.
    pub authentication: Authentication,
    /// The base URL of the target.
    pub target: String,
    /// Whose certificates were trusted; the usual ones where nothing is said.
    #[serde(default, skip_serializing_if = "Trusted::is_usual")]
    pub trusted: Trusted,
    /// Whether the target was the built-in reference, so that nothing is said about any other server.
    pub built_in: bool,
    /// The plan by name, or its file; absent for a run from arguments alone.
    pub plan: Option<String>,
    /// The digest of the embedded suite that the cases are from; absent for other suites.
    pub suite: Option<String>,
    /// The cases, in the order in which indices of cases count.
    pub mix: Vec<MixedCase>,
    /// `constant` or `poisson`; absent in the closed model.
    pub arrivals: Option<String>,
    /// The most connections at once.
    pub connections: u32,
    /// After how many requests a connection is closed, if the api limits it.
    pub requests_per_connection: Option<u64>,
    /// `wait`, `spin` or `auto`.
    pub pacing: String,
    /// Seeds arrivals, the choice of cases and the values of slots.
    pub seed: u64,
    /// How long a reply may take, and an arrival may wait for a connection.
    pub timeout_ns: u64,
    /// The documented rate, or the one that the target declares.
    pub documented: Option<f64>,
    /// The bound of the dispatch lag that was asked for.
    pub lag_bound_ns: Option<u64>,
    /// What decides the exit code.
    pub thresholds: Vec<Threshold>,
}

/// A case of the mix.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MixedCase {
    /// Its address.
    pub address: String,
    /// Its share of the arrivals, from 0 to 1.
    pub share: f64,
}

#[cfg(test)]
impl Settings {
    /// Settings to try records and reports on.
    pub(crate) fn sample() -> Self {
        Self {
            proofhouse: "0.1.0".into(),
            api: "rongcloud".into(),
            authentication: Authentication {
                scheme: crate::api::auth::SchemeName::AppKeySha1,
                names: ["App-Key", "Nonce", "Timestamp", "Signature"].map(ToOwned::to_owned).to_vec(),
            },
            target: "http://127.0.0.1:8650".into(),
            trusted: Trusted::default(),
            built_in: false,
            plan: None,
            suite: Some("0123456789ab".into()),
            mix: vec![MixedCase { address: "rongcloud/plain".into(), share: 1.0 }],
            arrivals: Some("constant".into()),
            connections: 1_024,
            requests_per_connection: None,
            pacing: "auto".into(),
            seed: 1,
            timeout_ns: 10_000_000_000,
            documented: Some(100.0),
            lag_bound_ns: None,
            thresholds: Threshold::defaults(),
        }
    }
}
