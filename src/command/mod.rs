//! One file a command: the only place where engines, reference, record and report meet.
//!
//! A command writes to a [`Console`] and gives an [`Exit`]; nothing here ends the process.

mod api_run;
mod capacity;
mod check;
mod compare;
mod completions;
mod console;
mod diff;
mod drive;
mod embedded;
mod faults;
mod init;
mod interrupt;
mod known;
mod limit;
mod lint;
mod load;
mod man;
mod preview;
mod publish;
mod replay;
mod report;
mod reports;
mod saved;
mod schema;
mod selftest;
mod serve;
mod sign;
mod trace;

pub use crate::record::ExitCode as Exit;
pub use console::Console;

use crate::settings::args::{Arguments, Command};
use crate::settings::environment::Environment;

/// Runs a command to its end.
pub async fn run(arguments: Arguments, environment: &Environment, console: &mut Console) -> Exit {
    match arguments.command {
        Command::Check(args) => check::run(&args, environment, console).await,
        Command::Load(args) => load::run(&args, environment, console).await,
        Command::Limit(args) => limit::run(&args, environment, console).await,
        Command::Capacity(args) => capacity::run(&args, environment, console).await,
        Command::Selftest(args) => selftest::run(&args, environment, console),
        Command::Report(args) => report::run(&args, environment, console),
        Command::Serve(args) => serve::run(&args, console).await,
        Command::Faults(args) => faults::run(&args, environment, console).await,
        Command::Trace(args) => trace::run(&args, environment, console),
        Command::Compare(args) => compare::run(&args, environment, console).await,
        Command::Diff(args) => diff::run(&args, environment, console).await,
        Command::Lint(args) => lint::run(&args, environment, console),
        Command::Sign(args) => sign::run(&args, environment, console),
        Command::Init(args) => init::run(&args, console),
        Command::Schema(args) => schema::run(&args, console),
        Command::Completions(args) => completions::run(&args, console),
        Command::Man(args) => man::run(&args, console),
    }
}
