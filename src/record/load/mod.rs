//! The wire types of a load run.
//!
//! `line` is what the journal holds, second by second; `report` is the one document of a run, `report.json`, which
//! `derive` makes of a journal, also of one that a kill cut off; `again` makes percentiles of a histogram log where the
//! journal has no last line, `distributions` what pictures show of it. `threshold` judges.

mod again;
mod counts;
mod derive;
mod distributions;
mod from_engine;
mod line;
mod report;
mod settings;
mod tally;
mod threshold;

pub use again::distributions;
pub use derive::{derive, rfc3339};
pub use distributions::{Distributions, LoggedSecond, Spectrum, Step, range};
pub use line::{
    Cost, Counts, End, Example, Found, Line, Percentile, Phase, PhaseCounts, PhaseMeasures, Second, Start, Summary,
};
pub use report::{
    Completeness, Deviation, DeviationCase, LoadKind, LoadRecord, Outcome, PhaseReport, SecondReport, SoundnessReport,
    ThresholdReport, ThresholdVerdict, Totals,
};
pub use settings::{MixedCase, Settings};

pub use crate::scenario::plan::{Bound, Quantity, Threshold};

/// The version of these types; a reader refuses others.
pub const VERSION: u32 = 1;
