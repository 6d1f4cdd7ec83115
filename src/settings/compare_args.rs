//! The arguments of `compare` as typed.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::args::{OutputArgs, ReportArgs, time};
use super::load_args::{ArrivalsArg, Load, LoadRate, PacingArg, rate};
use super::place_args::PlaceArgs;

/// Arguments of `compare`.
#[derive(Debug, Args)]
#[command(override_usage = "proofhouse compare [OPTIONS] BASE HEAD\n       \
    proofhouse compare [OPTIONS] --base PATH… --head PATH…\n       \
    proofhouse compare --rerun [OPTIONS] --base TARGET --head TARGET")]
pub struct CompareArgs {
    /// BASE and HEAD: a load record (`report.json`, `journal.ndjson` or their directory) or a directory of such directories
    #[arg(value_name = "BASE HEAD", num_args = 0..=2, conflicts_with_all = ["base", "head"])]
    pub sides: Vec<String>,
    /// A load record of the base side, or a directory of them; can be given several times
    #[arg(long, value_name = "PATH|TARGET", requires = "head")]
    pub base: Vec<String>,
    /// A load record of the head side, or a directory of them; can be given several times
    #[arg(long, value_name = "PATH|TARGET", requires = "base")]
    pub head: Vec<String>,
    /// The largest slowdown that is no regression, in per cent
    #[arg(long, value_name = "PERCENT", default_value = "5", value_parser = percent, allow_negative_numbers = true)]
    pub max_regression: f64,
    /// Drive both targets now, with short runs in turn; sides are then URLs or target files
    #[arg(long)]
    pub rerun: bool,
    /// How runs are made
    #[command(flatten, next_help_heading = "With --rerun")]
    pub runs: RerunArgs,
    /// Where reports are written
    #[command(flatten, next_help_heading = "Options")]
    pub report: ReportArgs,
    /// What the terminal shows
    #[command(flatten)]
    pub output: OutputArgs,
}

/// How runs are made with `--rerun`.
#[derive(Debug, Args)]
pub struct RerunArgs {
    /// How many runs each side gets
    #[arg(long, value_name = "N", default_value_t = 10, requires = "rerun",
        value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub pairs: u16,
    /// The api; that of the plan by default
    #[arg(long, value_name = "NAME", requires = "rerun")]
    pub api: Option<String>,
    /// A load plan, by name or file, in place of one steady phase
    #[arg(long, value_name = "PLAN", requires = "rerun")]
    pub plan: Option<String>,
    /// Requests a second, or `max` to keep every connection busy; the documented rate by default
    #[arg(long, value_name = "N|max", value_parser = rate, requires = "rerun")]
    pub rate: Option<LoadRate>,
    /// How long requests are sent and counted in each run; 5s by default, or as the plan says
    #[arg(long, value_name = "TIME", value_parser = time, requires = "rerun")]
    pub duration: Option<Duration>,
    /// How long requests are sent before that without counting; 1s by default, or as the plan says
    #[arg(long, value_name = "TIME", value_parser = time, requires = "rerun")]
    pub warm_up: Option<Duration>,
    /// The most connections at once
    #[arg(long, value_name = "N", requires = "rerun", value_parser = clap::value_parser!(u32).range(1..=65_000))]
    pub connections: Option<u32>,
    /// How arrivals lie around their rate; evenly by default
    #[arg(long, value_enum, requires = "rerun")]
    pub arrivals: Option<ArrivalsArg>,
    /// Seeds the order in pairs, and arrivals and values in requests, which both runs of a pair share
    #[arg(long, value_name = "N", requires = "rerun")]
    pub seed: Option<u64>,
    /// The largest p99 of the generator's own delay in a sound run
    #[arg(long, value_name = "TIME", value_parser = time, requires = "rerun")]
    pub lag_bound: Option<Duration>,
    /// How long a reply may take, and an arrival wait for a connection; 10s by default
    #[arg(long, value_name = "TIME", value_parser = time, requires = "rerun")]
    pub timeout: Option<Duration>,
    /// Wait up to this long for the targets to accept connections, such as 30s
    #[arg(long, value_name = "TIME", value_parser = time, requires = "rerun")]
    pub wait: Option<Duration>,
    /// Further certificate authorities, in PEM form
    #[arg(long, value_name = "FILE", requires = "rerun")]
    pub ca_file: Option<PathBuf>,
    /// Take any certificate
    #[arg(long, conflicts_with = "ca_file", requires = "rerun")]
    pub insecure: bool,
    /// Allow load on this host, which is not this machine
    #[arg(long, value_name = "HOST", requires = "rerun")]
    pub allow_load: Vec<String>,
    /// Allow more than the documented rate on this host of a vendor
    #[arg(long, value_name = "HOST", requires = "rerun")]
    pub allow_overload: Vec<String>,
    /// Scenario files and directories from which the plan draws its cases, in place of the embedded suites
    #[arg(long, value_name = "PATH", requires = "rerun")]
    pub suite: Vec<PathBuf>,
}

/// How long a run counts where neither arguments nor plan say it.
const DURATION: Duration = Duration::from_secs(5);
/// How long one warms up then: its connections are opened anew.
const WARM_UP: Duration = Duration::from_secs(1);

impl RerunArgs {
    /// What `load` would be given for one run against a target, which is a URL or else a target file.
    #[must_use]
    pub fn load(&self, target: &str) -> Load {
        let or = |given: Option<Duration>, usual| given.or(self.plan.is_none().then_some(usual));
        Load {
            plan: self.plan.clone(),
            api: self.api.clone(),
            rate: self.rate,
            duration: or(self.duration, DURATION),
            warm_up: or(self.warm_up, WARM_UP),
            connections: self.connections,
            threads: None,
            arrivals: self.arrivals,
            seed: self.seed,
            pacing: PacingArg::Auto,
            lag_bound: self.lag_bound,
            timeout: self.timeout,
            place: self.place(target),
            suite: self.suite.clone(),
            report: ReportArgs::default(),
            output: OutputArgs::default(),
        }
    }

    fn place(&self, target: &str) -> PlaceArgs {
        let is_url = target.contains("://");
        PlaceArgs {
            target: is_url.then(|| target.to_owned()),
            target_file: (!is_url).then(|| PathBuf::from(target)),
            ca_file: self.ca_file.clone(),
            insecure: self.insecure,
            wait: self.wait,
            allow_load: self.allow_load.clone(),
            allow_overload: self.allow_overload.clone(),
        }
    }
}

/// Per cent as a share.
fn percent(text: &str) -> Result<f64, String> {
    let number = text.trim_end_matches('%').trim_end().parse::<f64>().ok();
    let share = number.filter(|percent| (0.0..=1e6).contains(percent)).map(|percent| percent / 100.0);
    share.ok_or_else(|| "write a number of per cent from 0, such as 5".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn per_cent_are_a_share_from_zero() {
        assert_eq!(percent("5"), Ok(0.05));
        assert_eq!(percent("12.5%"), Ok(0.125));
        assert_eq!(percent("0"), Ok(0.0));
        for wrong in ["-1", "NaN", "inf", "five", ""] {
            assert!(percent(wrong).is_err(), "{wrong}");
        }
    }
}
