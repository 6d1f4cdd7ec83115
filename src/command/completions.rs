//! `proofhouse completions`: a script that lets a shell complete commands and options.

use clap::CommandFactory as _;

use super::{Console, Exit};
use crate::settings::args::{Arguments, Completions};

pub(super) fn run(args: &Completions, console: &mut Console) -> Exit {
    clap_complete::generate(args.shell, &mut Arguments::command(), "proofhouse", &mut console.out());
    Exit::Conforms
}
