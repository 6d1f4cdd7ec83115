//! Scenario files: YAML in, cases out. Every mistake in every file is told before anything is sent.
//!
//! `plan` is about load plans. `read` takes a file apart, `derive` and `expand` make cases of what is written, `value` resolves variables.

mod case;
mod coverage;
mod derive;
mod expand;
mod expect;
pub mod format;
pub mod known_failures;
mod overlay;
mod plain;
pub mod plan;
mod read;
mod request;
mod schema;
mod search;
mod select;
mod size;
mod suite;
mod text;
mod value;
mod variants;

pub use case::{Case, ClaimTemplate, Given, Step};
pub use expand::Rigour;
pub use schema::{api_schema, known_failures_schema, plan_schema, scenario_schema};
pub use search::{End, EndSide, Search, Sought};
pub use select::Selection;
pub use suite::{Origin, Suite, SuiteError};
pub use text::Script;
