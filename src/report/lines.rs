//! Lines of JSON of a run against one target: every line says of which format, api and target it is, and is about one thing.

use std::io::{self, BufWriter, Write};

use serde::Serialize;

/// What every line says besides what it is about.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Origin<'a> {
    /// The version of this format: that of the record.
    pub(super) version: u32,
    pub(super) api: &'a str,
    /// Whether the target was the built-in reference; absent where that cannot be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) built_in: Option<bool>,
}

#[derive(Serialize)]
struct Line<'a, About> {
    #[serde(flatten)]
    origin: Origin<'a>,
    /// Its only other key.
    #[serde(flatten)]
    about: About,
}

/// Writes one line for each of `lines`.
///
/// # Errors
/// Those of the writer.
pub(super) fn write_lines<About: Serialize>(
    origin: Origin<'_>,
    lines: impl Iterator<Item = About>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(64 * 1024, out);
    for about in lines {
        serde_json::to_writer(&mut out, &Line { origin, about })?;
        out.write_all(b"\n")?;
    }
    out.flush()
}
