//! Ctrl-C: once for an orderly end, twice for the end of the process.

use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};

use super::Exit;

/// The first interrupt calls `request`, so that what was measured is written; a second one ends the process at once.
///
/// It waits on a thread of its own: the runtime's only thread may itself hang on a disk or a pipe when the second comes.
/// Where the system gives no thread or handler, an interrupt ends the process as it does everywhere.
pub(super) fn on_interrupt(request: impl FnOnce() + Send + 'static) {
    let Ok(runtime) = Builder::new_current_thread().enable_io().build() else { return };
    // Made here, not on the thread: from now on no interrupt ends the process without a word.
    let interrupts = {
        let _inside = runtime.enter();
        signal(SignalKind::interrupt())
    };
    let Ok(mut interrupts) = interrupts else { return };
    let wait = move || {
        runtime.block_on(async {
            interrupts.recv().await;
            request();
            interrupts.recv().await;
            std::process::exit(i32::from(Exit::Interrupted.code()));
        });
    };
    let _ = std::thread::Builder::new().name("interrupts".into()).spawn(wait);
}
