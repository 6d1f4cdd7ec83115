//! Ctrl-C while something is driven.

use crate::command::interrupt::on_interrupt;
use crate::load::Stop;

/// The first interrupt requests the stop, so that what was measured is written; a second one ends the process at once.
pub(in crate::command) fn stop_on_interrupt(stop: &Stop) {
    let stop = stop.clone();
    on_interrupt(move || stop.request());
}
