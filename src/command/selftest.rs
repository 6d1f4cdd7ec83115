//! interim
use super::{Console, Exit};
use crate::settings::environment::Environment;
use crate::settings::load_args::Selftest;

pub(super) fn run(_args: &Selftest, _environment: &Environment, console: &mut Console) -> Exit {
    console.note("not yet");
    Exit::Internal
}
