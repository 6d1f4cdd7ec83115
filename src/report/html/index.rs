//! The page that lists the runs of a directory of reports.

use std::io::{self, Write};

use askama::Template;

use super::written::written;
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
    written(&Page { title: "proofhouse reports", runs, left_out }, out)
}
