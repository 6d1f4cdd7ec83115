//! `diff` from outside: planted differences are found, all of them and nothing else, live and from saved records.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use proofhouse::reference::{Credentials, Fault, Options, Readings, Running};
use serde_json::Value;

use super::cli::{Run, proofhouse, reference};

/// Whether a target file says that effects can be read back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Companions {
    Declared,
    Undeclared,
}

fn target(directory: &Path, name: &str, api: &str, url: &str, companions: Companions) -> PathBuf {
    let known = Credentials::reference();
    let credentials = match api {
        "tencent" => format!("sdk_app_id: \"{}\", secret_key: \"{}\"", known.sdkappid, known.sdk_key.expose()),
        _ => format!("app_key: \"{}\", app_secret: \"{}\"", known.app_key, known.app_secret.expose()),
    };
    let names = match api {
        "rongcloud" => "batch_query, query, clean",
        "nexconn" => "batch_get, list, delete",
        _ => "get, remove, get_names",
    };
    let declares = match companions {
        Companions::Declared => format!(", declares: {{ companions: [{names}] }}"),
        Companions::Undeclared => String::new(),
    };
    let path = directory.join(name);
    fs::write(&path, format!("version: 1\napis:\n  {api}: {{ url: \"{url}\", {credentials}{declares} }}\n")).unwrap();
    path
}

fn url(server: &Running) -> String {
    format!("http://{}", server.addr())
}

fn diff(a: &Path, b: &Path, more: &[&str]) -> (Option<i32>, String) {
    let output = proofhouse()
        .arg("diff")
        .args([a, b])
        .args(["--pace", "none", "--report-dir"])
        .arg(a.with_extension("diff"))
        .args(more)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&text).into_owned())
}

/// A fault or a reading of B, the requirement by which it is found, how far that binds, and whom the document supports.
type Planted = (&'static str, &'static str, &'static str, &'static str);

const RONGCLOUD: [Planted; 5] = [
    ("rongcloud/culprit-always-name", "rc.reply.profile-key", "must", "a"),
    ("rongcloud/ext-bare=refused", "rc.ext.key.bare", "observe", "open"),
    ("rongcloud/null-profile=refused", "rc.profile.empty", "observe", "open"),
    ("rongcloud/ext-underscore=accepted", "rc.ext.key.underscore", "observe", "open"),
    ("rongcloud/length-unit=utf16", "rc.length.unit", "observe", "open"),
];

const NEXCONN: [Planted; 5] = [
    ("nexconn/name-63", "nx.name.length", "must", "a"),
    ("nexconn/error-message=left-out", "nx.reply.message", "observe", "open"),
    ("nexconn/ext-prefix-case=any", "nx.ext.key.prefix-case", "observe", "open"),
    ("nexconn/success-key=null", "nx.reply.profile-key.success", "observe", "open"),
    ("nexconn/signature-case=any", "nx.signature.case", "observe", "open"),
];

const TENCENT: [Planted; 5] = [
    ("tencent/json-code-60003", "tc.error.90001", "must", "a"),
    ("tencent/empty-attrs=refused", "tc.attrs.empty", "observe", "open"),
    ("tencent/extra-members=error-display", "tc.reply.members", "observe", "open"),
    ("tencent/reply-type=text", "tc.reply.content-type", "observe", "open"),
    ("tencent/contenttype=enforced", "tc.contenttype.other", "observe", "open"),
];

/// Of these the first is in every reply in which the others show.
const TENCENT_BESIDE_EACH_OTHER: [Planted; 5] = [
    ("tencent/info-missing-on-ok", "tc.reply.error-info", "must", "a"),
    ("tencent/duplicate-key=first", "tc.duplicates", "observe", "open"),
    ("tencent/error-info=empty", "tc.reply.error-info.text", "observe", "open"),
    ("tencent/method=any", "tc.request.method", "observe", "open"),
    ("tencent/empty-account=accepted", "tc.account.form", "observe", "open"),
];

fn options(planted: &[Planted]) -> Options {
    let (readings, faults): (Vec<&str>, Vec<&str>) =
        planted.iter().map(|(name, _, _, _)| *name).partition(|name| name.contains('='));
    let mut chosen = Readings::default();
    readings.iter().for_each(|reading| chosen.choose(reading).unwrap());
    let fault: Option<Fault> = faults.first().map(|name| name.parse().unwrap());
    Options { fault, readings: chosen, ..Options::default() }
}

/// Requirement, level and side of each group of differences.
type Groups = BTreeSet<(String, String, String)>;

/// What the record of a comparison with this side as A says.
fn groups(a: &Path) -> Groups {
    let record = fs::read(a.with_extension("diff").join("report.json")).unwrap();
    let result: Value = serde_json::from_slice(&record).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let of = |group: &Value| {
        // The first of a group proves it; others may show it in passing.
        let first = &group["differences"][0];
        (text(&group["requirement"]), text(&group["level"]), text(&first["supports"]))
    };
    result["groups"].as_array().unwrap().iter().map(of).collect()
}

fn found(a: &Path, b: &Path) -> (Option<i32>, Groups) {
    let (code, _) = diff(a, b, &["--quiet"]);
    (code, groups(a))
}

fn expected(planted: &[Planted]) -> Groups {
    let owned = |text: &&str| (*text).to_owned();
    planted.iter().map(|(_, id, level, side)| (owned(id), owned(level), owned(side))).collect()
}

/// Both servers of an api, the second with what is planted, and their target files.
struct Sides {
    directory: tempfile::TempDir,
    api: &'static str,
    a: Running,
    b: Running,
}

impl Sides {
    async fn of(api: &'static str, planted: &[Planted]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        Self { directory, api, a: reference(Options::default()).await, b: reference(options(planted)).await }
    }

    fn targets(&self, companions: Companions) -> (PathBuf, PathBuf) {
        let file = |name: &str, server| target(self.directory.path(), name, self.api, &url(server), companions);
        (file("a.yaml", &self.a), file("b.yaml", &self.b))
    }

    /// The record of a check that sent everything twice.
    fn recorded(&self, server: &Running) -> super::cli::Ended {
        Run::of(self.api, &url(server)).arg("--repeat").arg("2").go()
    }
}

async fn are_found(api: &'static str, planted: &[Planted; 5]) {
    let sides = Sides::of(api, planted).await;
    for companions in [Companions::Declared, Companions::Undeclared] {
        let (a, b) = sides.targets(companions);
        assert_eq!(found(&a, &b), (Some(1), expected(planted)), "{api} {companions:?}");
    }
    let (of_a, of_b) = (sides.recorded(&sides.a), sides.recorded(&sides.b));
    assert_eq!(found(of_a.reports(), of_b.reports()), (Some(1), expected(planted)), "{api} from records");
    let turned: Groups = expected(planted)
        .into_iter()
        .map(|(id, level, side)| (id, level, if side == "a" { "b".into() } else { side }))
        .collect();
    assert_eq!(found(of_b.reports(), of_a.reports()), (Some(1), turned), "{api} the other way round");
}

#[tokio::test(flavor = "multi_thread")]
async fn five_planted_differences_of_rongcloud_are_found_live_and_from_records() {
    are_found("rongcloud", &RONGCLOUD).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn five_planted_differences_of_nexconn_are_found_live_and_from_records() {
    are_found("nexconn", &NEXCONN).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn five_planted_differences_of_tencent_are_found_live_and_from_records() {
    are_found("tencent", &TENCENT).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn differences_that_show_in_the_same_replies_are_told_apart() {
    let sides = Sides::of("tencent", &TENCENT_BESIDE_EACH_OTHER).await;
    let (a, b) = sides.targets(Companions::Declared);
    assert_eq!(found(&a, &b), (Some(1), expected(&TENCENT_BESIDE_EACH_OTHER)));
}

#[tokio::test(flavor = "multi_thread")]
async fn equal_targets_do_not_differ_and_different_apis_cannot_be_compared() {
    let sides = Sides::of("rongcloud", &[]).await;
    let (a, b) = sides.targets(Companions::Declared);
    assert_eq!(found(&a, &b), (Some(0), BTreeSet::new()));
    let directory = sides.directory.path();
    let nexconn = target(directory, "c.yaml", "nexconn", &url(&sides.b), Companions::Undeclared);
    let (code, text) = diff(&a, &nexconn, &[]);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("A has rongcloud, B has nexconn"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_one_side_leaves_undecided_is_not_compared() {
    let sides = Sides::of("rongcloud", &[]).await;
    let (a, _) = sides.targets(Companions::Undeclared);
    let nobody = target(sides.directory.path(), "d.yaml", "rongcloud", "http://127.0.0.1:1", Companions::Undeclared);
    for (one, other, name) in [(&a, &nobody, "B"), (&nobody, &a, "A")] {
        let (code, text) = diff(one, other, &["--only", "*/profile/*"]);
        assert_eq!(code, Some(3), "{text}");
        assert!(text.contains(&format!("inconclusive on {name}")), "{text}");
    }
    // What reads back is skipped where the companions are not declared, and is no difference.
    let with = target(sides.directory.path(), "e.yaml", "rongcloud", &url(&sides.b), Companions::Declared);
    let (code, text) = diff(&a, &with, &["--only", "*/effects/*"]);
    assert_eq!(code, Some(3), "nothing could be compared: {text}");
    assert!(text.contains("skipped on A"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_only_public_evidence_gates_where_it_is_asked_for() {
    let planted: [Planted; 1] = [("tencent/usersig-optional", "tc.parameter.case", "should", "a")];
    let sides = Sides::of("tencent", &planted).await;
    let (a, b) = sides.targets(Companions::Undeclared);
    let only = ["--only", "*/authentication/letter-case*"];
    let (code, _) = diff(&a, &b, &only);
    assert_eq!((code, groups(&a)), (Some(0), expected(&planted)));
    let (code, _) = diff(&a, &b, &[only.as_slice(), &["--gate", "should"]].concat());
    assert_eq!((code, groups(&a)), (Some(1), expected(&planted)));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_form_says_which_side_the_document_supports_and_shows_both_replies() {
    let sides = Sides::of("rongcloud", &RONGCLOUD).await;
    let (of_a, of_b) = (sides.recorded(&sides.a), sides.recorded(&sides.b));
    let a = of_a.reports().join("report.json");
    let (code, text) = diff(&a, of_b.reports(), &["--format", "markdown"]);
    assert_eq!(code, Some(1), "{text}");
    let text = fs::read_to_string(a.with_extension("diff").join("summary.md")).unwrap();
    assert!(text.contains("the document supports A") && text.contains("```diff"), "{text}");
    let (_, shown) = diff(of_a.reports(), of_b.reports(), &[]);
    assert!(
        shown.contains("no rule checked here decides") && shown.contains("A characters, B UTF-16 units"),
        "{shown}"
    );
}
