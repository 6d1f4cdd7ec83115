//! The `proofhouse` command: arguments in, exit code out.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::Parser as _;
use proofhouse::command::{Console, Exit, run};
use proofhouse::settings::args::Arguments;
use proofhouse::settings::environment::Environment;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // A panic is an error of ours: its message is on standard error, and the code says so.
    let exit = catch_unwind(AssertUnwindSafe(|| execute(arguments))).unwrap_or(Exit::Internal);
    ExitCode::from(exit.code())
}

fn execute(arguments: Arguments) -> Exit {
    let mut console = Console::of_process();
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
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
