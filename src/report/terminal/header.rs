//! The head of a run: what is checked, by which suite, against which target. It can be written before anything is sent.

use std::io::{self, Write};

use super::results::{Detail, View};
use super::style::{Ink, paint};
use crate::record::{CheckRecord, Level, Pacing, SuiteOrigin};

/// What is known before the first request.
#[derive(Clone, Debug)]
pub struct Header<'a> {
    /// Whether the target is the built-in reference.
    pub self_check: bool,
    /// Where the cases are from.
    pub suite: &'a SuiteOrigin,
    /// The least level that gates.
    pub gate: Level,
    /// How fast requests are sent.
    pub pacing: Pacing,
    /// What is sent again, if it is not the suite.
    pub replay: Option<&'a str>,
    /// Name and base URL of each api.
    pub apis: Vec<(&'a str, &'a str)>,
}

impl<'a> Header<'a> {
    /// The head of a run that is over.
    #[must_use]
    pub fn of(record: &'a CheckRecord) -> Self {
        Self {
            self_check: record.self_check,
            suite: &record.suite,
            gate: record.settings.gate,
            pacing: record.settings.pacing,
            replay: record.settings.replay.as_deref(),
            apis: record.apis.iter().map(|api| (api.name.as_str(), api.target.base_url.as_str())).collect(),
        }
    }
}

/// The words that stand in the first and the last line of a run without a target.
pub(super) const SELF_CHECK: &str = "self-check of the built-in reference";

/// Writes the head; a quiet run has none, but for the words that tell a self-check.
///
/// # Errors
/// Those of the writer.
pub fn write_header(header: &Header<'_>, view: View, out: &mut dyn Write) -> io::Result<()> {
    let Header { self_check, suite, gate, pacing, replay, apis } = header;
    let version = env!("CARGO_PKG_VERSION");
    let what = if *self_check { SELF_CHECK } else { "check" };
    match (view.detail, self_check) {
        (Detail::Quiet, false) => return Ok(()),
        (Detail::Quiet, true) => return writeln!(out, "proofhouse {version}: {what}"),
        (Detail::Normal | Detail::Verbose, _) => {}
    }
    let suite = match suite {
        SuiteOrigin::Embedded(digest) => format!("embedded, digest {digest}"),
        SuiteOrigin::Paths(paths) => paths.join(", "),
    };
    let pace = match pacing {
        Pacing::None => "unpaced".to_owned(),
        Pacing::Documented => "at 90 % of the documented rate".to_owned(),
        Pacing::Rate(rate) => format!("at {rate} requests a second"),
    };
    writeln!(out, "{}", paint(view.palette, Ink::Strong, format_args!("proofhouse {version}: {what}")))?;
    writeln!(out, "suite   {suite}")?;
    if let Some(replay) = replay {
        writeln!(out, "replay  {replay}")?;
    }
    for (index, (name, url)) in apis.iter().enumerate() {
        writeln!(out, "{}  {name} at {url}", if index == 0 { "target" } else { "      " })?;
    }
    writeln!(out, "gate    {gate}, {pace}")?;
    writeln!(out)
}
