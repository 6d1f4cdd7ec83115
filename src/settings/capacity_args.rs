//! The arguments of `capacity` as typed.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::args::{OutputArgs, ReportArgs, per_second, time};
use super::load_args::{ArrivalsArg, PacingArg};
use super::place_args::PlaceArgs;

/// Arguments of `capacity`.
#[derive(Debug, Args)]
pub struct CapacityArgs {
    /// The api
    #[arg(long, value_name = "NAME")]
    pub api: Option<String>,
    /// What the p99 of the response time is held to, such as 50ms; 10 × the unloaded median by default
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub p99: Option<Duration>,
    /// Hold the p99 to so many times the unloaded median
    #[arg(long, value_name = "N", value_parser = times, conflicts_with = "p99")]
    pub p99_times: Option<f64>,
    /// The share of requests that may time out or break off
    #[arg(long, value_name = "SHARE", value_parser = share, default_value = "0.1%")]
    pub errors: f64,
    /// The share of replies that may differ from what is expected
    #[arg(long, value_name = "SHARE", value_parser = share, default_value = "0.1%")]
    pub deviations: f64,
    /// The share of requests that may find no connection
    #[arg(long, value_name = "SHARE", value_parser = share, default_value = "0.1%")]
    pub unsent: f64,
    /// The share of requests that may be refused because of the rate
    #[arg(long, value_name = "SHARE", value_parser = share, default_value = "0.1%")]
    pub limited: f64,
    /// The rate that has to be carried: exit 1 when the capacity lies below
    #[arg(long, value_name = "RATE", value_parser = rate)]
    pub require: Option<f64>,
    /// The highest rate that is sent; without it as high as it takes
    #[arg(long, value_name = "RATE", value_parser = rate)]
    pub highest: Option<f64>,
    /// The rate at which the search begins, and takes the target to have nothing else to do
    #[arg(long, value_name = "RATE", value_parser = rate, default_value = "10")]
    pub lowest: f64,
    /// How long the whole search may take
    #[arg(long, value_name = "TIME", value_parser = time, default_value = "10m")]
    pub max_time: Duration,
    /// How arrivals lie around their rate; as a Poisson process by default
    #[arg(long, value_enum, default_value_t = ArrivalsArg::Poisson)]
    pub arrivals: ArrivalsArg,
    /// The most connections at once; 1024 by default
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=65_000))]
    pub connections: Option<u32>,
    /// Generator threads; 1 by default, 2 above 50 000 requests a second
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub threads: Option<u16>,
    /// How the generator waits for the next arrival
    #[arg(long, value_enum, default_value_t = PacingArg::Auto)]
    pub pacing: PacingArg,
    /// Seeds arrivals and the values in requests
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// How long a reply may take, and an arrival wait for a connection
    #[arg(long, value_name = "TIME", value_parser = time, default_value = "10s")]
    pub timeout: Duration,
    /// Where the target is, and how it is trusted
    #[command(flatten)]
    pub place: PlaceArgs,
    /// Scenario files and directories with the api, in place of the embedded suites
    #[arg(long, value_name = "PATH")]
    pub suite: Vec<PathBuf>,
    /// Where reports are written
    #[command(flatten)]
    pub report: ReportArgs,
    /// What the terminal shows
    #[command(flatten)]
    pub output: OutputArgs,
}

fn rate(text: &str) -> Result<f64, String> {
    per_second(text, 1e7).ok_or_else(|| "write a number of requests a second, from 0.01".into())
}

fn times(text: &str) -> Result<f64, String> {
    let times = text.parse().ok().filter(|times| (1.1..=1e6).contains(times));
    times.ok_or_else(|| "write a number from 1.1".into())
}

/// `0.1%`, as a share of one.
fn share(text: &str) -> Result<f64, String> {
    let percent = text.strip_suffix('%').and_then(|number| number.trim().parse::<f64>().ok());
    let share = percent.filter(|percent| (0.0..100.0).contains(percent)).map(|percent| percent / 100.0);
    share.ok_or_else(|| "write a share such as 0.1%".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_has_its_sign_and_stays_below_all() {
        assert_eq!((share("0.1%"), share("0 %")), (Ok(0.001), Ok(0.0)));
        for wrong in ["0.1", "100%", "-1%", "NaN%", "%"] {
            assert!(share(wrong).is_err(), "{wrong}");
        }
        assert!(times("1").is_err() && times("inf").is_err() && times("10").is_ok());
        assert!(rate("0").is_err() && rate("NaN").is_err() && rate("100").is_ok());
    }
}
