//! The `proofhouse` command: arguments in, exit code out.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::Parser as _;
use proofhouse::command::{Console, Exit, run};
use proofhouse::settings::args::{Arguments, Command};
use proofhouse::settings::environment::Environment;
use tokio::runtime::Builder;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // A panic is an error of ours: its message is on standard error, and the code says so.
    let exit = catch_unwind(AssertUnwindSafe(|| execute(arguments))).unwrap_or(Exit::Internal);
    ExitCode::from(exit.code())
}

fn execute(arguments: Arguments) -> Exit {
    let mut console = Console::of_process();
    // Only a server gains by several threads. A client on one leaves the other cores to its target, and what it frees
    // it uses again, where threads would each keep their own.
    let mut builder = match arguments.command {
        Command::Serve(_) => Builder::new_multi_thread(),
        Command::Check(_)
        | Command::Load(_)
        | Command::Capacity(_)
        | Command::Limit(_)
        | Command::Selftest(_)
        | Command::Report(_)
        | Command::Faults(_)
        | Command::Diff(_)
        | Command::Compare(_)
        | Command::Lint(_)
        | Command::Trace(_)
        | Command::Sign(_)
        | Command::Init(_)
        | Command::Schema(_)
        | Command::Completions(_)
        | Command::Man(_) => Builder::new_current_thread(),
    };
    match builder.enable_all().build() {
        Ok(runtime) => {
            let exit = runtime.block_on(run(arguments, &Environment::of_process(), &mut console));
            // Nobody waits for what an interrupted run left under way.
            runtime.shutdown_background();
            exit
        }
        Err(error) => {
            console.note(format_args!("error: cannot start: {error}"));
            Exit::Internal
        }
    }
}
