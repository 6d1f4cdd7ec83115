//! Load records to try comparisons on.

use crate::load::{Distribution, Ledger, Measure};
use crate::record::journal::Journalled;
use crate::record::load::{
    Cost, Counts, End, LoadRecord, Phase, PhaseCounts, Second, Settings, Start, Summary, VERSION, derive,
};

/// The record of a sound run of ten seconds with these latencies; its cases are those of the mix of the ledger.
pub(super) fn record(ledger: &Ledger, requests: u64) -> LoadRecord {
    let counts = Counts { planned: requests, sent: requests, as_expected: requests, ..Counts::default() };
    with_counts(ledger, counts, 1_800_000_000_000)
}

/// The same with other counts and another start.
pub(super) fn with_counts(ledger: &Ledger, counts: Counts, started_ms: u64) -> LoadRecord {
    let distribution = Distribution::of_responses(ledger, |_, _| true);
    let second = |number| Second {
        number,
        offered: 100.0,
        counts: Vec::new(),
        measures: Vec::new(),
        found: Vec::new(),
        cost: Cost::default(),
    };
    let start = Start {
        version: VERSION,
        model: "open".into(),
        phases: vec![Phase { name: "steady".into(), stretch: "steady".into(), duration_ns: 10_000_000_000 }],
        cases: vec!["rongcloud/plain".into()],
        threads: 1,
        spin_ns: 0,
        started_ms,
        settings: Settings::sample(),
    };
    let end = End {
        interrupted: false,
        ran_ns: 10_000_000_000,
        counts: vec![PhaseCounts { phase: 0, counts }],
        measures: Summary::of(Measure::Response, &distribution).into_iter().collect(),
        by_phase: Vec::new(),
        unsound: Vec::new(),
        steal_blamed: false,
        lag_bound_ns: Some(1_000_000),
        cost: Cost::default(),
    };
    derive(&Journalled { start, seconds: (0..10).map(second).collect(), end: Some(end) }, &[])
}
