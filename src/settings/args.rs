//! The command line as typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Proves that a server speaks a documented HTTP API, and keeps speaking it under load.
#[derive(Debug, Parser)]
#[command(name = "proofhouse", version, max_term_width = 110)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show every mistake in scenario files; send nothing
    Lint(Lint),
}

/// Arguments of `lint`.
#[derive(Debug, Args)]
pub struct Lint {
    /// Files and directories; the embedded suites by default
    pub paths: Vec<PathBuf>,
}
