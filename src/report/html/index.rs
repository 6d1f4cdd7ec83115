//! The page that lists the runs of a directory of reports.

use std::io::{self, Write};

use askama::Template;

use crate::report::index::Run;

#[derive(Template)]
#[template(path = "index.html")]
struct Page<'a> {
    title: &'static str,
    runs: &'a [Run],
    left_out: usize,
}

/// Writes the list.
///
/// # Errors
/// Those of the writer.
pub(in crate::report) fn write(runs: &[Run], left_out: usize, out: &mut dyn Write) -> io::Result<()> {
    let page = Page { title: "proofhouse reports", runs, left_out }.render().map_err(io::Error::other)?;
    out.write_all(page.as_bytes())
}
