//! The kinds of run, each made once in this process against a hostile server, in all formats that there are of it.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use proofhouse::record::CheckRecord;
use proofhouse::record::capacity::CapacityRecord;
use proofhouse::record::limit::LimitRecord;
use proofhouse::record::load::LoadRecord;
use proofhouse::report::{Format, Rendered};

use crate::built_binary::{proofhouse, with_credentials};
use crate::hostile::HostileServer;

/// A kind of run.
struct Kind {
    /// The command, with what keeps it short.
    arguments: &'static [&'static str],
    /// The formats that there are of it.
    formats: fn() -> Vec<&'static str>,
    /// What each line of its `report.ndjson` may hold, with its definition in the schema of the record.
    lines: &'static [(&'static str, &'static str)],
    /// The name of the schema of its record.
    schema: &'static str,
    /// What its record keeps of what the server said.
    keeps: Keeps,
    /// The exit code that it has against a server that is always wrong.
    exit: i32,
}

/// What a record keeps of replies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keeps {
    /// Some of them, as they came.
    Replies,
    /// Counts and times alone; of a measured limit also what an excess got, if there was one.
    Counts,
}

const KINDS: [Kind; 4] = [
    Kind {
        arguments: &["check", "--pace", "none", "--verbose", "--only", "*/authentication/*", "--only", "*/length*"],
        formats: words_of::<CheckRecord>,
        lines: &[("case", "CaseRecord")],
        schema: "record",
        keeps: Keeps::Replies,
        exit: 1,
    },
    Kind {
        arguments: &["load", "--rate", "80", "--duration", "1s", "--warm-up", "100ms", "--lag-bound", "1h"],
        formats: words_of::<LoadRecord>,
        lines: &[
            ("threshold", "ThresholdReport"),
            ("outcome", "Outcome"),
            ("deviation", "Deviation"),
            ("phase", "PhaseReport"),
            ("second", "SecondReport"),
        ],
        schema: "load-record",
        keeps: Keeps::Replies,
        exit: 1,
    },
    Kind {
        arguments: &["capacity", "--p99", "2s", "--max-time", "30s"],
        formats: words_of::<CapacityRecord>,
        lines: &[("trial", "TrialReport")],
        schema: "capacity-record",
        keeps: Keeps::Counts,
        exit: 1,
    },
    Kind {
        arguments: &["limit", "--quick"],
        formats: words_of::<LimitRecord>,
        lines: &[("probe", "ProbeReport")],
        schema: "limit-record",
        keeps: Keeps::Counts,
        exit: 3,
    },
];

fn words_of<R: Rendered>() -> Vec<&'static str> {
    R::formats().map(Format::as_str).collect()
}

/// What one run left behind.
pub(crate) struct Outputs {
    /// The command and the api, for messages.
    pub(crate) name: String,
    /// What each line of `report.ndjson` may hold, with its definition in the schema.
    pub(crate) lines: &'static [(&'static str, &'static str)],
    /// The name of the schema of its record.
    pub(crate) schema: &'static str,
    /// What its record keeps of what the server said.
    pub(crate) keeps: Keeps,
    /// The exit code.
    pub(crate) exit: i32,
    /// Standard output.
    pub(crate) stdout: String,
    /// Every file in the report directory; under `terminal` also what was printed, and under `summary page` what was
    /// appended to the page of the job.
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    /// What authorised the requests.
    pub(crate) secrets: Vec<String>,
}

impl Outputs {
    /// A file as text.
    pub(crate) fn text(&self, name: &str) -> &str {
        let bytes = self.files.get(name).unwrap_or_else(|| panic!("{} wrote no {name}", self.name));
        str::from_utf8(bytes).unwrap_or_else(|error| panic!("{name} of {}: {error}", self.name))
    }
}

/// The outputs of every kind of run, for an api whose signatures stand in headers and for one with a `UserSig`.
pub(crate) fn outputs() -> &'static [Outputs] {
    static OUTPUTS: OnceLock<Vec<Outputs>> = OnceLock::new();
    OUTPUTS.get_or_init(|| {
        let pairs = KINDS.iter().flat_map(|kind| ["rongcloud", "tencent"].map(|api| (kind, api)));
        // Most of their time is waiting.
        std::thread::scope(|scope| {
            let runs: Vec<_> = pairs.map(|(kind, api)| scope.spawn(move || run(kind, api))).collect();
            runs.into_iter().map(|run| run.join().unwrap()).collect()
        })
    })
}

fn run(kind: &Kind, api: &str) -> Outputs {
    let (server, directory) = (HostileServer::start(), tempfile::tempdir().unwrap());
    let page = directory.path().join("page.md");
    let reports = directory.path().join("reports");
    let mut command = proofhouse();
    command.args(kind.arguments).args(["--api", api, "--target", &server.url(), "--report-dir"]).arg(&reports);
    command.args(["--format", &(kind.formats)().join(",")]).env("GITHUB_STEP_SUMMARY", &page);
    let output = with_credentials(&mut command).output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let name = format!("{} {api}", kind.arguments[0]);
    let printed = format!("{stdout}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(kind.exit), "{name}:\n{printed}");
    let mut files: BTreeMap<String, Vec<u8>> = std::fs::read_dir(&reports)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(path).unwrap()))
        .collect();
    for format in (kind.formats)() {
        let format = Format::ALL.into_iter().find(|one| one.as_str() == format).unwrap();
        assert!(files.contains_key(format.file_name()), "{name} wrote no {}", format.file_name());
    }
    files.insert("terminal".into(), printed.into_bytes());
    files.insert("summary page".into(), std::fs::read(&page).unwrap());
    Outputs {
        name,
        lines: kind.lines,
        schema: kind.schema,
        keeps: kind.keeps,
        exit: kind.exit,
        stdout,
        files,
        secrets: server.secrets(api),
    }
}
