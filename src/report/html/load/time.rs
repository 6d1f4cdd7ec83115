//! Charts along the time of a run: rates, the generator's own delay, outcomes, and what went wrong.

use crate::record::load::{Bound, Counts, LoadRecord, Quantity, SecondReport};
use crate::report::chart::{Axis, Band, Chart, Ink, Rule, Scale, Series, Shape, Slices, Unit, Value};
use crate::report::load::figure::{rate, time};

/// A way in which arrivals end.
struct Kind {
    name: &'static str,
    ink: Ink,
    /// By which thresholds it is held; none for what is as it should be.
    held: Option<Quantity>,
    of: fn(&Counts) -> u64,
}

/// All of them but what is still in flight, in the order in which bars stand upon each other.
const KINDS: [Kind; 5] = [
    Kind { name: "as expected", ink: Ink::First, held: None, of: |counts| counts.as_expected },
    Kind {
        name: "limited",
        ink: Ink::Fourth,
        held: Some(Quantity::Limited),
        of: |counts| counts.limited + counts.learned,
    },
    Kind { name: "deviating", ink: Ink::Second, held: Some(Quantity::Deviations), of: |counts| counts.deviating },
    Kind {
        name: "timed out or failed",
        ink: Ink::Third,
        held: Some(Quantity::Errors),
        of: |counts| counts.timed_out + counts.failed,
    },
    Kind { name: "never sent", ink: Ink::Fifth, held: Some(Quantity::Unsent), of: Counts::never_sent },
];

/// The seconds of a run, put into slices.
pub(super) struct Timeline<'a> {
    pub(super) record: &'a LoadRecord,
    pub(super) slices: Slices,
}

impl<'a> Timeline<'a> {
    pub(super) fn new(record: &'a LoadRecord) -> Self {
        let seconds = record.seconds.last().map_or(0, |second| second.second + 1);
        Self { record, slices: Slices::of(seconds) }
    }

    /// An empty chart along the time.
    pub(super) fn chart(&self, id: &'static str, title: &str, about: &str, y: Axis) -> Chart {
        let grid = self.slices.starts();
        let end = grid.last().copied().unwrap_or_default() + self.width();
        Chart {
            id,
            title: title.to_owned(),
            about: about.to_owned(),
            note: self.slices.note(),
            x: Axis { label: "second of the run", unit: Unit::Second, scale: Scale::Linear { from: 0.0, to: end } },
            y,
            grid,
            series: Vec::new(),
            rules: Vec::new(),
            bands: self.bands(end),
            heat: None,
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "seconds of a run")]
    pub(super) fn width(&self) -> f64 {
        self.slices.width as f64
    }

    /// The greatest value of each slice.
    #[expect(clippy::cast_precision_loss, reason = "durations up to an hour")]
    pub(super) fn worst(&self, of: impl Fn(&SecondReport) -> Option<u64>) -> Vec<Option<Value>> {
        let mut worst: Vec<Option<u64>> = vec![None; self.slices.count()];
        for second in &self.record.seconds {
            let slot = &mut worst[self.slices.number(second.second)];
            *slot = (*slot).max(of(second));
        }
        worst.into_iter().map(|value| value.map(|value| Value::exact(value as f64))).collect()
    }

    /// The counts of each slice.
    fn counts(&self) -> Vec<Counts> {
        let mut counts = vec![Counts::default(); self.slices.count()];
        self.record.seconds.iter().for_each(|second| counts[self.slices.number(second.second)].add(&second.counts));
        counts
    }

    fn bands(&self, end: f64) -> Vec<Band> {
        let mut from = 0.0;
        let mut bands = Vec::new();
        for phase in self.record.phases.iter().filter(|phase| phase.duration_ns > 0) {
            #[expect(clippy::cast_precision_loss, reason = "a duration")]
            let to = from + phase.duration_ns as f64 / 1e9;
            bands.push(Band { from, to: to.min(end), name: phase.name.clone(), is_grey: !phase.judged });
            from = to;
        }
        bands
    }

    /// Offered against achieved rate.
    #[expect(clippy::cast_precision_loss, reason = "rates")]
    pub(super) fn rates(&self) -> Chart {
        let width = self.width();
        let sent = self.counts().iter().map(|counts| Some(Value::exact(counts.sent as f64 / width))).collect();
        let mut sums: Vec<(f64, f64)> = vec![(0.0, 0.0); self.slices.count()];
        for second in &self.record.seconds {
            let slot = &mut sums[self.slices.number(second.second)];
            *slot = (slot.0 + second.offered, slot.1 + 1.0);
        }
        let offered = sums.iter().map(|(sum, seconds)| (*seconds > 0.0).then(|| Value::exact(sum / seconds)));
        let mut series = vec![steps("sent", Ink::First, sent)];
        if self.record.model == "open" {
            series.insert(0, steps("offered", Ink::Second, offered.collect()));
        }
        let mut rules = Vec::new();
        if let Some(documented) = self.record.settings.documented {
            rules.push(everywhere(documented, format!("documented {}", rate(documented))));
        }
        for threshold in &self.record.thresholds {
            if let (Quantity::Achieved, Bound::PerSecond(least)) =
                (threshold.threshold.quantity, threshold.threshold.bound)
            {
                rules.push(everywhere(least, threshold.text.clone()));
            }
        }
        let values = series.iter().flat_map(|series| &series.values).flatten().map(|value| value.value);
        let most = values.clone().fold(0.0, f64::max);
        // A documented rate far above what was offered would press the curve flat.
        rules.retain(|rule| rule.at <= most * 4.0);
        let scale = Scale::from_zero(values.chain(rules.iter().map(|rule| rule.at)));
        let about =
            "What the plan asked for in each second, and what was sent. Where they part, arrivals waited or were lost.";
        let axis = Axis { label: "requests a second", unit: Unit::Rate, scale };
        let note = self.slices.sum_note();
        Chart { series, rules, note, ..self.chart("rates", "Offered and achieved rate", about, axis) }
    }

    /// The generator's own delay beside the wait for connections.
    #[expect(clippy::cast_precision_loss, reason = "durations up to an hour")]
    pub(super) fn delays(&self) -> Option<Chart> {
        let lag = self.worst(|second| second.lag_p99_ns);
        let mut waits: Vec<Option<Value>> = vec![None; self.slices.count()];
        for second in &self.record.distributions.seconds {
            if let (Some(ns), Some(slot)) = (second.wait_p99_ns, waits.get_mut(self.slices.number(second.second))) {
                let so_far = slot.map_or(0.0, |value| value.value);
                *slot = Some(Value::exact(so_far.max(ns as f64)));
            }
        }
        let mut series = Vec::new();
        for (name, ink, values) in [("connection wait p99", Ink::Second, waits), ("dispatch lag p99", Ink::First, lag)]
        {
            if values.iter().any(Option::is_some) {
                series.push(Series { name: name.into(), ink, shape: Shape::Line, values });
            }
        }
        let bound = self.record.soundness.lag_bound_ns;
        let rules: Vec<Rule> =
            bound.map(|ns| everywhere(ns as f64, format!("bound of the lag {}", time(ns)))).into_iter().collect();
        let values = series.iter().flat_map(|series| &series.values).flatten().map(|value| value.value);
        let scale = Scale::log(values.chain(rules.iter().map(|rule| rule.at)));
        let about =
            "Dispatch lag is the generator's fault and alone decides soundness; connection wait is the target's doing.";
        let axis = Axis { label: "time, log scale; zero at the foot", unit: Unit::Time, scale };
        let chart = Chart { rules, ..self.chart("delays", "Dispatch lag and connection wait", about, axis) };
        (!series.is_empty()).then_some(Chart { series, ..chart })
    }

    /// What became of the arrivals of each second.
    pub(super) fn outcomes(&self) -> Chart {
        let counts = self.counts();
        let seen = KINDS.iter().filter(|kind| counts.iter().any(|counts| (kind.of)(counts) > 0));
        let series = seen.map(|kind| Series {
            name: kind.name.into(),
            ink: kind.ink,
            shape: Shape::Bars,
            values: numbers(&counts, kind.of),
        });
        let series: Vec<Series> = series.collect();
        #[expect(clippy::cast_precision_loss, reason = "counts")]
        let sums = counts.iter().map(|counts| KINDS.iter().map(|kind| (kind.of)(counts)).sum::<u64>() as f64);
        let axis = Axis { label: "arrivals", unit: Unit::Count, scale: Scale::from_zero(sums) };
        let about = "Every arrival that ended in a second, by how it ended; the bars stand upon each other.";
        let chart = self.chart("outcomes", "Outcomes by second", about, axis);
        Chart { series, note: self.slices.sum_note(), ..chart }
    }

    /// The shares of what went wrong, against what they are held to; nothing where nothing did.
    #[expect(clippy::cast_precision_loss, reason = "shares")]
    pub(super) fn troubles(&self) -> Option<Chart> {
        let counts = self.counts();
        let (mut series, mut rules) = (Vec::new(), Vec::new());
        for Kind { name, ink, held, of } in &KINDS {
            let Some(quantity) = *held else { continue };
            if counts.iter().all(|counts| of(counts) == 0) {
                continue;
            }
            let share = |counts: &Counts| {
                let ended = counts.after_sending() + counts.never_sent();
                (ended > 0).then(|| Value::exact(of(counts) as f64 / ended as f64))
            };
            series.push(steps(name, *ink, counts.iter().map(share).collect()));
            for threshold in self.record.thresholds.iter().filter(|one| one.threshold.quantity == quantity) {
                if let Bound::Share(most) = threshold.threshold.bound {
                    rules.push(everywhere(most, format!("{} over the run", threshold.text)));
                }
            }
        }
        let values = series.iter().flat_map(|series| &series.values).flatten().map(|value| value.value);
        let scale = Scale::from_zero(values.chain(rules.iter().map(|rule| rule.at)));
        let about = "Shares of what ended in each second. A threshold binds their mean over the judged phases.";
        let axis = Axis { label: "share", unit: Unit::Share, scale };
        let chart = self.chart("troubles", "What was not as it should be", about, axis);
        (!series.is_empty()).then_some(Chart { series, rules, note: self.slices.sum_note(), ..chart })
    }
}

fn steps(name: &str, ink: Ink, values: Vec<Option<Value>>) -> Series {
    Series { name: name.to_owned(), ink, shape: Shape::Steps, values }
}

#[expect(clippy::cast_precision_loss, reason = "counts")]
fn numbers(counts: &[Counts], of: fn(&Counts) -> u64) -> Vec<Option<Value>> {
    counts.iter().map(|counts| Some(Value::exact(of(counts) as f64))).collect()
}

/// A rule that binds everywhere.
pub(super) fn everywhere(at: f64, label: String) -> Rule {
    Rule { at, label, only_at: None }
}
