//! From the command line, the environment and the target file to validated settings.
//!
//! Arguments as typed ([`args`]) and settings as used are two steps; this is the only module that reads the environment.

pub mod args;
mod audit;
pub mod capacity_args;
pub mod compare_args;
pub mod credentials;
pub mod environment;
pub mod limit_args;
pub mod load_args;
pub mod place_args;
pub mod schema;
pub mod target_file;
pub mod targets;
