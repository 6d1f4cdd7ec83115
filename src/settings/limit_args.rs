//! The arguments of `limit` as typed.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::args::{OutputArgs, ReportArgs, TargetArgs, per_second, time};

/// Arguments of `limit`.
#[derive(Debug, Args)]
pub struct Limit {
    /// The api whose plain request is sent
    #[arg(long, value_name = "NAME")]
    pub api: Option<String>,
    /// The rate that is to be admitted, in requests a second; by default what the target file or the document says
    #[arg(long, value_name = "RATE", value_parser = documented)]
    pub documented: Option<f64>,
    /// Take about 27 seconds instead of 86: only windows up to 2 s are found
    #[arg(long)]
    pub quick: bool,
    /// How long a reply may take, and a request wait for a connection
    #[arg(long, value_name = "TIME", value_parser = time, default_value = "10s")]
    pub timeout: Duration,
    /// Base URL of the implementation; without it the built-in reference is measured, with its own limiter
    #[arg(long, value_name = "URL")]
    pub target: Option<String>,
    /// A file that says where the target is and what it declares about itself
    #[arg(long, value_name = "FILE")]
    pub target_file: Option<PathBuf>,
    /// Further certificate authorities, in PEM form
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// Take any certificate
    #[arg(long, conflicts_with = "ca_file")]
    pub insecure: bool,
    /// Wait up to this long for the target to accept connections, such as 30s
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub wait: Option<Duration>,
    /// Allow load on this host, which is not this machine
    #[arg(long, value_name = "HOST")]
    pub allow_load: Vec<String>,
    /// Allow more than the documented rate on this host of a vendor
    #[arg(long, value_name = "HOST")]
    pub allow_overload: Vec<String>,
    /// Where reports are written
    #[command(flatten)]
    pub report: ReportArgs,
    /// What the terminal shows
    #[command(flatten)]
    pub output: OutputArgs,
}

impl Limit {
    /// Where the target is, for one api.
    #[must_use]
    pub fn target_args(&self, api: &str) -> TargetArgs {
        TargetArgs {
            target: self.target.clone(),
            api: vec![api.to_owned()],
            target_file: self.target_file.clone(),
            ca_file: self.ca_file.clone(),
            insecure: self.insecure,
        }
    }
}

/// Below one a second the probes are too short to tell anything, and no generator offers ten times more than the most.
fn documented(text: &str) -> Result<f64, String> {
    let rate = per_second(text, 10_000.0).filter(|rate| *rate >= 1.0);
    rate.ok_or_else(|| "write a number of requests a second, from 1 to 10000".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_documented_rate_is_one_that_can_be_probed() {
        assert_eq!(documented("5"), Ok(5.0));
        assert_eq!(documented("10000"), Ok(10_000.0));
        for wrong in ["0", "0.5", "-1", "NaN", "20000", "fast"] {
            assert!(documented(wrong).is_err(), "{wrong}");
        }
    }
}
