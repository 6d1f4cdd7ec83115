//! Where a target is that is sent load, as typed.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::args::{TargetArgs, time};

/// Where a target is that is sent load, and what allows that.
#[derive(Debug, Args)]
pub struct PlaceArgs {
    /// Base URL of the implementation; without it the built-in reference is driven
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
}

impl PlaceArgs {
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
