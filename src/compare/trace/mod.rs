//! Traceability: from each rule of a document to the cases that check it, and to what they found.
//!
//! `matrix` lays a suite, and a record where there is one, out by requirements; `terminal` and `markdown` show that.

mod markdown;
mod matrix;
mod terminal;
mod verdict;

pub use markdown::coverage_page;
pub use matrix::{
    ApiTrace, Coverage, Implication, RequirementTrace, Run, Suites, Trace, TracedCase, TracedRun, VERSION, trace_api,
};
pub use terminal::{Extent, write_matrix};
pub use verdict::RuleVerdict;
