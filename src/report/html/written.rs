//! A page as a file.

use std::io::{self, Write};

use askama::Template;

/// Writes a page; it is rendered whole before, so that nothing is left half-written by what goes wrong in it.
///
/// # Errors
/// Those of the template and of the writer.
pub(super) fn written(page: &impl Template, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(page.render().map_err(io::Error::other)?.as_bytes())
}
