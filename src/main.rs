//! The `proofhouse` command.

use clap::Parser as _;
use proofhouse::command::lint::read_suite;
use proofhouse::scenario::SuiteError;
use proofhouse::settings::args::{Arguments, Command};
use proofhouse::source::Palette;
use proofhouse::target::Declared;

#[expect(clippy::print_stdout, reason = "scaffold")]
fn main() {
    let Command::Lint(lint) = Arguments::parse().command;
    match read_suite(&lint.paths) {
        Ok(suite) => {
            for api in suite.tested_apis() {
                let cases = suite.cases(api, &Declared::default()).unwrap_or_default();
                println!("{}: {} cases", api.name, cases.len());
            }
        }
        Err(SuiteError::Mistakes(mistakes)) => {
            for mistake in mistakes.iter() {
                println!("{}\n", mistake.render(Palette::Plain));
            }
        }
        Err(other) => println!("{other:?}"),
    }
}
