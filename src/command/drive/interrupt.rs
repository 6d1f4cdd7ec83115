//! Ctrl-C while something is driven: once for an orderly end, twice for the end of the process.

use crate::command::Exit;
use crate::load::Stop;

/// The first interrupt requests the stop, so that what was measured is written; a second one ends the process at once.
pub(in crate::command) fn stop_on_interrupt(stop: &Stop) {
    let stop = stop.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            stop.request();
            if tokio::signal::ctrl_c().await.is_ok() {
                std::process::exit(i32::from(Exit::Interrupted.code()));
            }
        }
    });
}
