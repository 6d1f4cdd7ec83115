//! The arguments of `load`, `selftest` and `report` as typed.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::args::{Color, OutputArgs, ReportArgs, per_second, time};
use super::place_args::PlaceArgs;

/// Arguments of `load`.
#[derive(Debug, Args)]
pub struct Load {
    /// A load plan: the name of an embedded one, such as rongcloud/documented-rate, or a file
    pub plan: Option<String>,
    /// The api; that of the plan by default
    #[arg(long, value_name = "NAME")]
    pub api: Option<String>,
    /// Requests a second, or `max` to keep every connection busy; the documented rate by default
    #[arg(long, value_name = "N|max", value_parser = rate)]
    pub rate: Option<LoadRate>,
    /// How long requests are sent and counted; 30s by default
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub duration: Option<Duration>,
    /// How long requests are sent before that without counting; 5s by default
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub warm_up: Option<Duration>,
    /// The most connections at once; 1024 by default, 64 with `--rate max`
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=65_000))]
    pub connections: Option<u32>,
    /// Generator threads; 1 by default, 2 above 50 000 requests a second
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub threads: Option<u16>,
    /// How arrivals lie around their rate; evenly by default
    #[arg(long, value_enum)]
    pub arrivals: Option<ArrivalsArg>,
    /// Seeds arrivals, the choice of cases and the values in requests
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// How the generator waits for the next arrival
    #[arg(long, value_enum, default_value_t = PacingArg::Auto)]
    pub pacing: PacingArg,
    /// The largest p99 of the generator's own delay in a sound run; the larger of 1ms and 5 % of the service time's p99
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub lag_bound: Option<Duration>,
    /// How long a reply may take, and an arrival wait for a connection; 10s by default
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub timeout: Option<Duration>,
    /// Where the target is, and what may be sent to it
    #[command(flatten)]
    pub place: PlaceArgs,
    /// Scenario files and directories from which the plan draws its cases, in place of the embedded suites
    #[arg(long, value_name = "PATH")]
    pub suite: Vec<PathBuf>,
    /// Where reports are written
    #[command(flatten)]
    pub report: ReportArgs,
    /// What the terminal shows
    #[command(flatten)]
    pub output: OutputArgs,
}

/// How fast requests are sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LoadRate {
    /// Requests a second.
    PerSecond(f64),
    /// As many as the connections carry.
    Max,
}

/// How arrivals lie around their rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ArrivalsArg {
    /// Evenly spaced.
    Constant,
    /// A Poisson process.
    Poisson,
}

/// How the generator waits for the next arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PacingArg {
    /// Asleep.
    Wait,
    /// Awake through the last stretch.
    Spin,
    /// Awake where that helps and costs little.
    Auto,
}

/// Arguments of `selftest`.
#[derive(Debug, Args)]
pub struct Selftest {
    /// Take about 8 seconds instead of 30
    #[arg(long)]
    pub quick: bool,
    /// Print the figures as JSON
    #[arg(long)]
    pub json: bool,
    /// Whether colours are used
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
}

/// Arguments of `report`.
#[derive(Debug, Args)]
pub struct Report {
    /// Report directories, or records in them: `report.json`, `journal.ndjson`
    #[arg(required = true)]
    pub records: Vec<PathBuf>,
    /// Reports to write beside each record, between commas; without it the record is shown
    #[arg(long, value_name = "FORMAT")]
    pub format: Vec<String>,
    /// The directory in which they are written; that of the record by default
    #[arg(long, value_name = "DIR")]
    pub report_dir: Option<PathBuf>,
    /// Whether colours are used
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
}

pub(super) fn rate(text: &str) -> Result<LoadRate, String> {
    if text == "max" {
        return Ok(LoadRate::Max);
    }
    let rate = per_second(text, 1e7).map(LoadRate::PerSecond);
    rate.ok_or_else(|| "write `max` or a number of requests a second, from 0.01 to 10000000".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_max_or_a_positive_number() {
        assert_eq!(rate("max"), Ok(LoadRate::Max));
        assert_eq!(rate("250"), Ok(LoadRate::PerSecond(250.0)));
        for wrong in ["0", "-1", "1e9", "NaN", "inf", "fast", "100/s"] {
            assert!(rate(wrong).is_err(), "{wrong}");
        }
    }
}
