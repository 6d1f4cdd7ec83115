//! The arguments of `limit` as typed.

use std::time::Duration;

use clap::Args;

use super::args::{OutputArgs, ReportArgs, per_second, time};
use super::place_args::PlaceArgs;

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
    /// Where the target is, and what may be sent to it
    #[command(flatten)]
    pub place: PlaceArgs,
    /// Where reports are written
    #[command(flatten)]
    pub report: ReportArgs,
    /// What the terminal shows
    #[command(flatten)]
    pub output: OutputArgs,
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
