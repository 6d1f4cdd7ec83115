//! One file a command: the only place where engines, reference, record and report meet.
//!
//! A command writes to a [`Console`] and gives an [`Exit`]; nothing here ends the process.

mod check;
mod completions;
mod console;
mod embedded;
mod exit;
mod init;
mod lint;
mod schema;
mod serve;
mod sign;

pub use console::Console;
pub use exit::Exit;

use crate::settings::args::{Arguments, Command};
use crate::settings::environment::Environment;

/// Runs a command to its end.
pub async fn run(arguments: Arguments, environment: &Environment, console: &mut Console) -> Exit {
    match arguments.command {
        Command::Check(args) => check::run(&args, environment, console).await,
        Command::Serve(args) => serve::run(&args, console).await,
        Command::Lint(args) => lint::run(&args, environment, console),
        Command::Sign(args) => sign::run(&args, environment, console),
        Command::Init(args) => init::run(&args, console),
        Command::Schema(args) => schema::run(&args, console),
        Command::Completions(args) => completions::run(&args, console),
    }
}
