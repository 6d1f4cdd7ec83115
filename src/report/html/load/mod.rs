//! The page of a load run: verdict and soundness first, then what they rest on, in pictures and tables.
//!
//! `page` gathers, `time` draws what happened second by second, `latency` the heat map and the percentile spectrum,
//! `deviations` shows wrong replies with their diffs.

mod deviations;
mod latency;
mod page;
mod time;

pub(in crate::report) use page::write;
