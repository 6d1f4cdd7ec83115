//! The command line of `diff` as typed.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::args::{Gate, OutputArgs, Pace, ReportArgs, pace, time};

/// Arguments of `diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// One side: a target file, a `report.json` of `check --repeat 2`, or the directory with one
    pub a: PathBuf,
    /// The other side
    pub b: PathBuf,
    /// The api, where a side has several
    #[arg(long, value_name = "NAME")]
    pub api: Option<String>,
    /// Scenario files and directories, in place of the embedded suites
    #[arg(long, value_name = "PATH")]
    pub suite: Vec<PathBuf>,
    /// Compare only cases whose address matches; `*` stands for any text
    #[arg(long, value_name = "GLOB")]
    pub only: Vec<String>,
    /// Leave out cases whose address matches
    #[arg(long, value_name = "GLOB")]
    pub skip: Vec<String>,
    /// The least level of which a difference is exit code 1
    #[arg(long, value_enum, default_value_t = Gate::Must)]
    pub gate: Gate,
    /// Requests a second, or `none`; 90 % of the documented rate by default
    #[arg(long, value_name = "RATE", value_parser = pace)]
    pub pace: Option<Pace>,
    /// How many cases are under way at once
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub concurrency: u16,
    /// How long one exchange may take
    #[arg(long, value_name = "TIME", value_parser = time, default_value = "10s")]
    pub timeout: Duration,
    /// Where reports are written
    #[command(flatten)]
    pub report: ReportArgs,
    /// What the terminal shows
    #[command(flatten)]
    pub output: OutputArgs,
}
