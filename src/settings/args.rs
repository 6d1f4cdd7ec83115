//! The command line as typed. What it means together with environment and files is decided in the modules beside it.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::capacity_args::CapacityArgs;
use super::compare_args::CompareArgs;
use super::limit_args::Limit;
use super::load_args::{Load, Report, Selftest};
use super::schema::Schema;

/// Proves that a server speaks a documented HTTP API, and keeps speaking it under load.
#[derive(Debug, Parser)]
#[command(name = "proofhouse", version, max_term_width = 110, disable_help_subcommand = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Judge an implementation by the documents: one exit code, and a reason for each failure
    Check(Box<Check>),
    /// Drive an implementation on a schedule: latencies, deviations, thresholds, one exit code
    Load(Box<Load>),
    /// Measure how an implementation limits: does it admit the documented rate, and what happens above it
    Limit(Box<Limit>),
    /// Search the highest rate that still meets the thresholds
    Capacity(Box<CapacityArgs>),
    /// Prove the load engine on this machine, against a server whose latencies are known
    Selftest(Selftest),
    /// Render saved records again, also of a load run that was killed
    Report(Report),
    /// Run the reference implementation of all three APIs
    Serve(Box<Serve>),
    /// Run the suite against the reference with each planted fault: what does the suite notice?
    Faults(Faults),
    /// Show each rule of the documents with the cases that check it, and what a run found
    Trace(Trace),
    /// Show every difference between two implementations of one api
    Diff(Box<DiffArgs>),
    /// Judge whether one side's load runs are slower than another's, the run being the unit
    Compare(Box<CompareArgs>),
    /// Show every mistake in scenario files; send nothing
    Lint(Lint),
    /// Print the signature or `UserSig` that would be sent
    Sign(Sign),
    /// Write a commented target file and a sample scenario
    Init(Init),
    /// Print the JSON Schema of a file format
    Schema(Schema),
    /// Print a completion script for a shell
    Completions(Completions),
    /// Print the manual page, or that of a command: `proofhouse man check | man -l -`
    Man(Man),
}

/// Arguments of `check`.
#[derive(Debug, Args)]
pub struct Check {
    /// Scenario files and directories, in place of the embedded suites
    pub paths: Vec<PathBuf>,
    /// Where the target is, and how it is trusted
    #[command(flatten)]
    pub target: TargetArgs,
    /// Wait up to this long for the target to accept connections, such as 30s
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub wait: Option<Duration>,
    /// Send again, newly signed, what a record holds against its target: the examples of a load run's deviations, or the
    /// cases that failed in a check. A report directory, a report.json or a journal
    #[arg(long, value_name = "FILE", conflicts_with_all = ["only", "skip", "known_failures", "update_known_failures"])]
    pub replay: Option<PathBuf>,
    /// Send only cases whose address matches; `*` stands for any text
    #[arg(long, value_name = "GLOB")]
    pub only: Vec<String>,
    /// Leave out cases whose address matches
    #[arg(long, value_name = "GLOB")]
    pub skip: Vec<String>,
    /// The least level that fails the run
    #[arg(long, value_enum, default_value_t = Gate::Must)]
    pub gate: Gate,
    /// Print addresses, levels and requirements; send nothing
    #[arg(long)]
    pub list: bool,
    /// Print what must exist on the target and what will be written to it; send nothing
    #[arg(long, conflicts_with = "list")]
    pub prepare: bool,
    /// Requests a second for each api, or `none`; 90 % of the documented rate by default
    #[arg(long, value_name = "RATE", value_parser = pace)]
    pub pace: Option<Pace>,
    /// How many cases are under way at once
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub concurrency: u16,
    /// Send each case this often, so that `diff` can tell what differs from time to time; the first time counts
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=10))]
    pub repeat: u16,
    /// How long one exchange may take
    #[arg(long, value_name = "TIME", value_parser = time, default_value = "10s")]
    pub timeout: Duration,
    /// What is known to fail
    #[command(flatten)]
    pub known: KnownFailureArgs,
    /// Where reports are written
    #[command(flatten)]
    pub report: ReportArgs,
    /// What the terminal shows
    #[command(flatten)]
    pub output: OutputArgs,
}

/// What is known to fail.
#[derive(Debug, Default, Args)]
pub struct KnownFailureArgs {
    /// The list of known failures; `known-failures.yaml` beside the target file by default
    #[arg(long, value_name = "FILE")]
    pub known_failures: Option<PathBuf>,
    /// Add what fails to the list, for 90 days; entries that stand there stay as they are
    #[arg(long, requires = "reason", requires = "owner")]
    pub update_known_failures: bool,
    /// Why the entries that are added fail
    #[arg(long, value_name = "TEXT", requires = "update_known_failures")]
    pub reason: Option<String>,
    /// Who answers for the entries that are added
    #[arg(long, value_name = "NAME", requires = "update_known_failures")]
    pub owner: Option<String>,
}

/// Where the target is, and how it is trusted.
#[derive(Clone, Debug, Default, Args)]
pub struct TargetArgs {
    /// Base URL of the implementation under test; without it the built-in reference is checked
    #[arg(long, value_name = "URL")]
    pub target: Option<String>,
    /// An api to check; can be given several times
    #[arg(long, value_name = "NAME")]
    pub api: Vec<String>,
    /// A file that says where the target is and what it declares about itself
    #[arg(long, value_name = "FILE")]
    pub target_file: Option<PathBuf>,
    /// Further certificate authorities, in PEM form
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// Take any certificate
    #[arg(long, conflicts_with = "ca_file")]
    pub insecure: bool,
}

/// Where reports are written.
#[derive(Debug, Default, Args)]
pub struct ReportArgs {
    /// The directory for reports; a fresh one below `reports` by default
    #[arg(long, value_name = "DIR")]
    pub report_dir: Option<PathBuf>,
    /// Reports to write, between commas: json, junit, html, markdown, github, ndjson, text; junit and html by default
    #[arg(long, value_name = "FORMAT")]
    pub format: Vec<String>,
}

/// What the terminal shows.
#[derive(Debug, Default, Args)]
pub struct OutputArgs {
    /// Whether colours are used; `NO_COLOR` turns them off too
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
    /// Show what is wrong in a line each, and the verdict
    #[arg(long, short, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Show everything in full, and every row
    #[arg(long, short)]
    pub verbose: bool,
}

/// The least level that fails a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Gate {
    /// What the documents say outright.
    Must,
    /// What public evidence says too.
    Should,
}

/// When colours are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How fast requests are sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// As fast as the target answers.
    None,
    /// Requests a second.
    Rate(f64),
}

/// Arguments of `serve`.
#[derive(Debug, Args)]
pub struct Serve {
    /// The address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8650")]
    pub listen: SocketAddr,
    /// The rate limit of each endpoint: none, token-bucket:rate=100,burst=10 and others
    #[arg(long, value_name = "LAW")]
    pub limiter: Option<String>,
    /// Break one rule on purpose; `list` shows the names
    #[arg(long, value_name = "NAME")]
    pub fault: Option<String>,
    /// Choose how an open point is read; `list` shows the names. Can be given several times
    #[arg(long, value_name = "NAME=VALUE")]
    pub reading: Vec<String>,
    /// Hold every answer back this long, such as 5ms
    #[arg(long, value_name = "TIME", value_parser = time, default_value = "0s")]
    pub service_time: Duration,
    /// Work on so many requests at the same time: the others wait, which gives a server of known capacity
    #[arg(long, value_name = "N")]
    pub servers: Option<NonZeroU32>,
    /// Serve over TLS, with a certificate made for this run unless one is given
    #[arg(long)]
    pub tls: bool,
    /// The certificate chain, in PEM form
    #[arg(long, value_name = "FILE", requires = "tls", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// The private key of the certificate, in PEM form
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// End when standard input ends: for a parent that may be killed
    #[arg(long, hide = true)]
    pub until_stdin_ends: bool,
    /// Write the generated authority here, for `--ca-file`
    #[arg(long, value_name = "FILE", requires = "tls", conflicts_with = "tls_cert")]
    pub tls_ca_out: Option<PathBuf>,
}

/// Arguments of `faults`.
#[derive(Debug, Args)]
pub struct Faults {
    /// Scenario files and directories, in place of the embedded suites
    pub paths: Vec<PathBuf>,
    /// An api whose faults are planted; can be given several times
    #[arg(long, value_name = "NAME")]
    pub api: Vec<String>,
    /// Plant only faults whose name matches; `*` stands for any text
    #[arg(long, value_name = "GLOB")]
    pub only: Vec<String>,
    /// Print the kill matrix as JSON
    #[arg(long)]
    pub json: bool,
    /// Name every case that noticed a fault
    #[arg(long, short)]
    pub verbose: bool,
    /// Whether colours are used
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
}

/// Arguments of `trace`.
#[derive(Debug, Args)]
pub struct Trace {
    /// The record of a check, as `report.json` or its directory, for verdicts; then scenario files and directories, in
    /// place of the embedded suites
    #[arg(value_name = "RECORD|PATH")]
    pub paths: Vec<PathBuf>,
    /// An api; can be given several times
    #[arg(long, value_name = "NAME")]
    pub api: Vec<String>,
    /// Print the matrix as JSON, with every case
    #[arg(long)]
    pub json: bool,
    /// Write a Markdown page for each document here: its places in order, with what covers each
    #[arg(long, value_name = "DIR", conflicts_with = "json")]
    pub docs: Option<PathBuf>,
    /// Write out every case
    #[arg(long, short)]
    pub verbose: bool,
}
pub use super::audit::DiffArgs;

/// Arguments of `lint`.
#[derive(Debug, Args)]
pub struct Lint {
    /// Files and directories; the embedded suites by default
    pub paths: Vec<PathBuf>,
    /// Whether colours are used
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
}

/// Arguments of `sign`.
#[derive(Debug, Args)]
pub struct Sign {
    /// The api whose scheme is used
    #[arg(long, value_name = "NAME")]
    pub api: String,
    /// A target file with the credentials; the environment by default
    #[arg(long, value_name = "FILE")]
    pub target_file: Option<PathBuf>,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t = SignFormat::Plain)]
    pub format: SignFormat,
    /// Directories with a further `api.yaml`
    #[arg(long, value_name = "PATH")]
    pub suite: Vec<PathBuf>,
}

/// How `sign` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SignFormat {
    /// `Name: value` for each header, `name=value` for each query parameter.
    Plain,
    /// Lines for `curl --config`.
    Curl,
    /// Only the signature or the `UserSig`.
    Signature,
}

/// Arguments of `init`.
#[derive(Debug, Args)]
pub struct Init {
    /// Where the files are written; made when it is not there
    pub directory: PathBuf,
}

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// Arguments of `man`.
#[derive(Debug, Args)]
pub struct Man {
    /// A command; the page of the program itself, with exit codes and environment, by default
    pub command: Option<String>,
}

pub(super) fn time(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text).map_err(|error| format!("{error}; write 30s or 500ms"))
}

pub(super) fn pace(text: &str) -> Result<Pace, String> {
    if text == "none" {
        return Ok(Pace::None);
    }
    per_second(text, 1e6)
        .map(Pace::Rate)
        .ok_or_else(|| "write `none` or a number of requests a second, from 0.01".into())
}

/// Requests a second, from one in 100 s to `most`; `None` for what is no such number.
pub(super) fn per_second(text: &str, most: f64) -> Option<f64> {
    text.parse().ok().filter(|rate| (0.01..=most).contains(rate))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_sound() {
        use clap::CommandFactory as _;
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_pace_is_none_or_a_positive_number() {
        assert_eq!(pace("none"), Ok(Pace::None));
        assert_eq!(pace("90"), Ok(Pace::Rate(90.0)));
        for wrong in ["0", "-1", "NaN", "inf", "fast"] {
            assert!(pace(wrong).is_err(), "{wrong}");
        }
    }
}
