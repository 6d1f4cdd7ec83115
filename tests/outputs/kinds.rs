//! The kinds of run, each made once in this process against a hostile server, in all formats that there are of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::OnceLock;

use proofhouse::record::capacity::CapacityRecord;
use proofhouse::record::compare::CompareRecord;
use proofhouse::record::limit::LimitRecord;
use proofhouse::record::load::LoadRecord;
use proofhouse::record::{AuditRecord, CheckRecord};
use proofhouse::report::{Format, Rendered};

use crate::built_binary::{proofhouse, with_credentials};
use crate::hostile::{Accepts, HostileServer};

/// A kind of run.
struct Kind {
    /// The command, with what keeps it short.
    arguments: &'static [&'static str],
    /// What it is pointed at.
    at: At,
    /// The formats that there are of it.
    formats: fn() -> Vec<&'static str>,
    /// What each line of its `report.ndjson` may hold, with its definition in the schema of the record.
    lines: &'static [(&'static str, &'static str)],
    /// The name of the schema of its record.
    schema: &'static str,
    /// What its record keeps of what the server said.
    keeps: Keeps,
    /// The exit codes that it may have against such a server.
    exits: &'static [i32],
}

/// What a run is pointed at.
#[derive(Clone, Copy, Debug)]
enum At {
    /// A hostile server that accepts these requests.
    Target(Accepts),
    /// Two target files: that of a server which accepts everything, and that of a hostile one.
    Files,
    /// Two URLs: the same two servers.
    Urls,
}

/// What a record keeps of replies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keeps {
    /// Some of them, as they came.
    Replies,
    /// Counts and times alone.
    Counts,
}

const KINDS: [Kind; 6] = [
    Kind {
        arguments: &["check", "--pace", "none", "--verbose", "--only", "*/authentication/*", "--only", "*/length*"],
        at: At::Target(Accepts::First),
        formats: words_of::<CheckRecord>,
        lines: &[("case", "CaseRecord")],
        schema: "record",
        keeps: Keeps::Replies,
        exits: &[1],
    },
    Kind {
        arguments: &["load", "--rate", "80", "--duration", "1s", "--warm-up", "100ms", "--lag-bound", "1h"],
        at: At::Target(Accepts::First),
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
        exits: &[1],
    },
    Kind {
        arguments: &["capacity", "--p99", "2s", "--max-time", "30s"],
        at: At::Target(Accepts::First),
        formats: words_of::<CapacityRecord>,
        lines: &[("trial", "TrialReport")],
        schema: "capacity-record",
        keeps: Keeps::Counts,
        // No number at all, where the machine is too busy for the generator.
        exits: &[1, 3],
    },
    Kind {
        arguments: &["limit", "--quick"],
        // What is documented is admitted, and what lies above gets the hostile replies.
        at: At::Target(Accepts::Rate(120.0)),
        formats: words_of::<LimitRecord>,
        lines: &[("excess", "ExcessReply"), ("probe", "ProbeReport")],
        schema: "limit-record",
        keeps: Keeps::Replies,
        // What is made of it depends on how busy the machine is; what it shows of the replies does not.
        exits: &[0, 1, 3],
    },
    Kind {
        arguments: &["diff", "--pace", "none", "--only", "*/authentication/*", "--only", "*/length*"],
        at: At::Files,
        formats: words_of::<AuditRecord>,
        lines: &[("difference", "Difference"), ("not_compared", "NotCompared")],
        schema: "audit-record",
        keeps: Keeps::Replies,
        exits: &[1],
    },
    Kind {
        arguments: &[
            "compare",
            "--rerun",
            "--pairs",
            "4",
            "--rate",
            "80",
            "--duration",
            "1s",
            "--warm-up",
            "100ms",
            "--lag-bound",
            "1h",
        ],
        at: At::Urls,
        formats: words_of::<CompareRecord>,
        lines: &[("latency", "LatencyChange"), ("share", "ShareChange")],
        schema: "compare-record",
        keeps: Keeps::Counts,
        // Proven where the machine lets the runs be alike, and suspected where not.
        exits: &[1, 3],
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
    /// What authorised the requests: the key, and some of what was made of it.
    pub(crate) secrets: Vec<String>,
    /// All that was made of it.
    pub(crate) signatures: BTreeSet<String>,
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
    let (directory, other) = (tempfile::tempdir().unwrap(), HostileServer::start(Accepts::All));
    let server = HostileServer::start(match kind.at {
        At::Target(accepts) => accepts,
        At::Files | At::Urls => Accepts::First,
    });
    let page = directory.path().join("page.md");
    let reports = directory.path().join("reports");
    let mut command = proofhouse();
    command.args(kind.arguments).args(["--api", api, "--report-dir"]).arg(&reports);
    let file = |name: &str, server: &HostileServer| {
        let path = directory.path().join(name);
        std::fs::write(&path, format!("version: 1\napis:\n  {api}: {{ url: \"{}\" }}\n", server.url())).unwrap();
        path
    };
    match kind.at {
        At::Target(_) => command.args(["--target", &server.url()]),
        At::Files => command.args([file("a.yaml", &other), file("b.yaml", &server)]),
        At::Urls => command.args(["--base", &other.url(), "--head", &server.url()]),
    };
    command.args(["--format", &(kind.formats)().join(",")]).env("GITHUB_STEP_SUMMARY", &page);
    let output = with_credentials(&mut command).output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let name = format!("{} {api}", kind.arguments[0]);
    let printed = format!("{stdout}{}", String::from_utf8_lossy(&output.stderr));
    let exit = output.status.code().filter(|code| kind.exits.contains(code));
    let exit = exit.unwrap_or_else(|| panic!("{name}: {}:\n{printed}", output.status));
    let mut files = written(&reports);
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
        exit,
        stdout,
        files,
        secrets: server.secrets(api),
        signatures: server.signatures(),
    }
}

/// Every file below a directory, by its path in it.
fn written(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for path in std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            files.extend(written(&path).into_iter().map(|(inner, bytes)| (format!("{name}/{inner}"), bytes)));
        } else {
            files.insert(name, std::fs::read(path).unwrap());
        }
    }
    files
}
