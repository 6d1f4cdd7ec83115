//! The figures of a selftest, for people and as JSON.

use std::io::{self, Write};
use std::time::Duration;

use serde_json::{Value, json};

use super::drive::Driven;
use super::{Results, Verdict};
use crate::command::Exit;
use crate::load::{Percentile, Steal};
use crate::source::Palette;

/// Writes the table.
pub(super) fn write(results: &Results, exit: Exit, palette: Palette, out: &mut dyn Write) -> io::Result<()> {
    let verdict = match exit {
        Exit::Conforms => "the load engine can be believed on this machine",
        Exit::Violated => "WRONG: what the engine reports is not what the law says",
        _ => "UNSOUND: this machine is too busy to say",
    };
    writeln!(out, "proofhouse {} selftest: {}\n", env!("CARGO_PKG_VERSION"), colored(verdict, exit, palette))?;
    let floor = floor(results);
    writeln!(
        out,
        "{} requests a second; the floor, a reply that takes no time, has p50 {:.1?} and p99 {:.1?}\n",
        results.rate, floor.0, floor.1
    )?;
    writeln!(out, "{:<12} {:>5} {:>12} {:>12} {:>8}", "law", "", "reported", "analytical", "error")?;
    for law in &results.laws {
        for (number, row) in law.rows.iter().enumerate() {
            let name = if number == 0 { law.name } else { "" };
            let quantile = format!("p{}", row.quantile * 100.0);
            let (reported, truth) = (ms(row.reported), ms(row.truth));
            let off = if row.holds { "" } else { "  off" };
            writeln!(out, "{name:<12} {quantile:>5} {reported:>12} {truth:>12} {:>+7.2} %{off}", row.error * 100.0)?;
        }
        let verdict = word(law.verdict());
        writeln!(out, "{:<12} {verdict}: {}", "", counts(&law.driven))?;
        causes(&law.driven, out)?;
    }
    let arrivals = &results.arrivals;
    if let Some((p50, p99)) = arrivals.apart {
        writeln!(
            out,
            "\nconstant arrivals, as the server saw them, lie off their instants by p50 {p50:.1?}, p99 {p99:.1?}"
        )?;
    }
    match arrivals.fit {
        Some(fit) => writeln!(
            out,
            "Poisson arrivals: {}; chi-square {:+.2} standard deviations (at most 3.09): {}",
            word(arrivals.verdict()),
            fit.deviates,
            counts(&arrivals.poisson)
        )?,
        None => writeln!(out, "Poisson arrivals: too few to say: {}", counts(&arrivals.poisson))?,
    }
    causes(&arrivals.poisson, out)?;
    out.flush()
}

/// The same as JSON.
pub(super) fn json(results: &Results, exit: Exit) -> Value {
    let nanos = |duration: Duration| u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
    let laws = results.laws.iter().map(|law| {
        let rows = law.rows.iter().map(|row| {
            json!({
                "quantile": row.quantile,
                "reported_ns": nanos(row.reported),
                "analytical_ns": nanos(row.truth),
                "error": row.error,
                "holds": row.holds,
            })
        });
        json!({
            "law": law.name,
            "verdict": word(law.verdict()),
            "percentiles": rows.collect::<Vec<_>>(),
            "sent": law.driven.sent,
            "served": law.driven.served,
            "lag_p99_ns": nanos(law.driven.lag_p99),
        })
    });
    let floor = floor(results);
    let arrivals = &results.arrivals;
    json!({
        "version": 1,
        "exit_code": exit.code(),
        "rate": results.rate,
        "floor": { "p50_ns": nanos(floor.0), "p99_ns": nanos(floor.1) },
        "laws": laws.collect::<Vec<_>>(),
        "constant_arrivals": arrivals.apart.map(|(p50, p99)| json!({ "p50_ns": nanos(p50), "p99_ns": nanos(p99) })),
        "poisson_arrivals": {
            "verdict": word(arrivals.verdict()),
            "deviates": arrivals.fit.map(|fit| fit.deviates),
            "sent": arrivals.poisson.sent,
            "served": arrivals.poisson.served,
        },
    })
}

fn floor(results: &Results) -> (Duration, Duration) {
    let at = |quantile| results.floor.responses.quantile(quantile).map(Percentile::value).unwrap_or_default();
    (at(0.5), at(0.99))
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Holds => "holds",
        Verdict::Off => "off",
        Verdict::Unsound => "unsound",
    }
}

fn counts(driven: &Driven) -> String {
    let Driven { sent, served, as_expected, lag_p99, .. } = driven;
    if driven.counts_agree() {
        format!("sent {sent}, all of them served and answered; dispatch lag p99 {lag_p99:.1?}")
    } else {
        format!("sent {sent}, served {served}, answered {as_expected}: these differ")
    }
}

fn causes(driven: &Driven, out: &mut dyn Write) -> io::Result<()> {
    for cause in &driven.soundness.causes {
        let steal = match driven.soundness.steal {
            Steal::Blamed => " (steal: the hypervisor took the time away)",
            Steal::Negligible => "",
        };
        writeln!(out, "{:<12} {cause}{steal}; {}", "", cause.remedy())?;
    }
    Ok(())
}

fn ms(duration: Duration) -> String {
    format!("{:.3} ms", duration.as_secs_f64() * 1e3)
}

fn colored(text: &str, exit: Exit, palette: Palette) -> String {
    let code = match exit {
        Exit::Conforms => 32,
        Exit::Violated => 31,
        _ => 33,
    };
    match palette {
        Palette::Colored => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        Palette::Plain => text.to_owned(),
    }
}
