//! `proofhouse selftest`: the load engine on this machine, against a server whose latencies are known.
//!
//! Every law runs at one rate; what is reported is compared with the law plus the floor, which is what the same machine
//! adds to a reply that takes no time. A law that is off is driven once more: a disturbance of a second says nothing
//! about the engine, one that comes twice does.

mod drive;
mod table;

use std::time::Duration;

use self::drive::{Driven, drive};
use super::{Console, Exit};
use crate::load::{Arrivals, Comparison, Expected, Fit, Percentile, compare, deviations, poisson_fit};
use crate::record::{ExitFacts, exit_code};
use crate::reference::law::Law;
use crate::settings::environment::Environment;
use crate::settings::load_args::Selftest;

/// The percentiles that are compared.
const QUANTILES: [f64; 4] = [0.5, 0.8, 0.95, 0.99];

/// How much is done: 4 000 requests are a whole block of a law's exact quantiles, a freeze needs whole periods.
struct Extent {
    rate: f64,
    floor: Duration,
    law: Duration,
    freeze_every: Duration,
    freezes: u32,
    poisson: Duration,
}

impl Extent {
    fn of(args: &Selftest) -> Self {
        let ms = Duration::from_millis;
        if args.quick {
            let (freeze_every, freezes) = (ms(1_000), 1);
            Self { rate: 4_000.0, floor: ms(1_000), law: ms(1_000), freeze_every, freezes, poisson: ms(1_000) }
        } else {
            let (freeze_every, freezes) = (ms(5_000), 2);
            Self { rate: 1_000.0, floor: ms(2_000), law: ms(4_000), freeze_every, freezes, poisson: ms(4_000) }
        }
    }

    fn laws(&self) -> [(&'static str, Law, Duration); 4] {
        let ms = Duration::from_millis;
        let freeze = Law::Freeze { service: ms(1), stall: self.freeze_every / 10, every: self.freeze_every };
        [
            ("constant", Law::Constant(ms(5)), self.law),
            ("exponential", Law::Exponential(ms(10)), self.law),
            ("bimodal", Law::Bimodal { fast: ms(2), slow: ms(50), slow_per_mille: 100 }, self.law),
            ("freeze", freeze, self.freeze_every * self.freezes),
        ]
    }
}

/// What one law brought.
struct LawResult {
    name: &'static str,
    driven: Driven,
    rows: Vec<Comparison>,
}

/// How the arrivals lay, as the server saw them.
struct ArrivalsResult {
    /// Constant arrivals: how far from their ideal instants, median and 99th percentile.
    apart: Option<(Duration, Duration)>,
    /// Poisson arrivals: how well they fit; absent for too few.
    fit: Option<Fit>,
    poisson: Driven,
}

/// Whether something holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Holds,
    Off,
    /// The generator could not hold its schedule: nothing is said.
    Unsound,
}

impl LawResult {
    fn verdict(&self) -> Verdict {
        match (self.driven.counts_agree(), self.driven.is_sound()) {
            // A request that is lost or counted twice is wrong on any machine.
            (false, _) => Verdict::Off,
            (true, false) => Verdict::Unsound,
            (true, true) if self.rows.iter().all(|row| row.holds) => Verdict::Holds,
            (true, true) => Verdict::Off,
        }
    }
}

impl ArrivalsResult {
    fn verdict(&self) -> Verdict {
        match (&self.fit, self.poisson.is_sound()) {
            _ if !self.poisson.counts_agree() => Verdict::Off,
            (_, false) | (None, true) => Verdict::Unsound,
            (Some(fit), true) => {
                if fit.holds {
                    Verdict::Holds
                } else {
                    Verdict::Off
                }
            }
        }
    }
}

pub(super) fn run(args: &Selftest, environment: &Environment, console: &mut Console) -> Exit {
    let palette = console.palette(args.color, environment);
    match measure(&Extent::of(args)) {
        Ok(results) => {
            let verdicts = results.verdicts();
            let any = |wanted| verdicts.contains(&wanted);
            let exit = exit_code(ExitFacts {
                violated: any(Verdict::Off),
                undecided: any(Verdict::Unsound),
                ..ExitFacts::CLEAN
            });
            if args.json {
                console.line(format_args!("{:#}", table::json(&results, exit)));
            } else {
                // A reader that went away is no error.
                let _ = table::write(&results, exit, palette, console.out());
            }
            exit
        }
        Err(error) => {
            console.note(format_args!("error: {error}"));
            Exit::Internal
        }
    }
}

/// Everything that was measured.
struct Results {
    rate: f64,
    floor: Driven,
    laws: Vec<LawResult>,
    arrivals: ArrivalsResult,
}

impl Results {
    fn verdicts(&self) -> Vec<Verdict> {
        self.laws.iter().map(LawResult::verdict).chain([self.arrivals.verdict()]).collect()
    }
}

fn measure(extent: &Extent) -> Result<Results, String> {
    let mut floor = drive(Law::Constant(Duration::ZERO), Arrivals::Constant, extent.rate, extent.floor)?;
    let mut laws = Vec::new();
    for (name, law, duration) in extent.laws() {
        let mut result = one_law(name, law, extent.rate, duration, &floor)?;
        if result.verdict() == Verdict::Off {
            // The machine may have changed since the floor was measured: that is measured again too.
            floor = drive(Law::Constant(Duration::ZERO), Arrivals::Constant, extent.rate, extent.floor)?;
            result = one_law(name, law, extent.rate, duration, &floor)?;
        }
        laws.push(result);
    }
    let constant = laws.first().map(|law| deviations(&law.driven.arrivals, Duration::from_secs_f64(1.0 / extent.rate)));
    let apart = constant.and_then(|apart| {
        let at = |share: usize| apart.get(apart.len() * share / 100).copied();
        Some((at(50)?, at(99)?))
    });
    let mut arrivals = poisson(extent, apart)?;
    if arrivals.verdict() == Verdict::Off {
        arrivals = poisson(extent, apart)?;
    }
    Ok(Results { rate: extent.rate, floor, laws, arrivals })
}

fn one_law(name: &'static str, law: Law, rate: f64, duration: Duration, floor: &Driven) -> Result<LawResult, String> {
    let driven = drive(law, Arrivals::Constant, rate, duration)?;
    let expected = Expected::new(|quantile| law.response(quantile), &floor.responses);
    let row = |quantile| {
        let reported: Option<Percentile> = driven.responses.quantile(quantile);
        compare(quantile, reported, &expected)
    };
    let rows = QUANTILES.map(row).to_vec();
    Ok(LawResult { name, driven, rows })
}

fn poisson(extent: &Extent, apart: Option<(Duration, Duration)>) -> Result<ArrivalsResult, String> {
    let law = Law::Constant(Duration::from_millis(1));
    let poisson = drive(law, Arrivals::Poisson, extent.rate, extent.poisson)?;
    Ok(ArrivalsResult { apart, fit: poisson_fit(&poisson.arrivals, extent.rate), poisson })
}
