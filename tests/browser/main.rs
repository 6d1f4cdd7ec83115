//! The HTML reports in a real browser: no script error, nothing wider than the screen, filters that work, and in each
//! chart the values of the record. Without a browser every test says SKIPPED and passes.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod chart;
mod check;
mod chromium;
mod hour;
mod load;
mod rates;
mod reports;
