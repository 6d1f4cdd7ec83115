//! Everything that the page shows, gathered from a record.

use std::io::{self, Write};

use askama::Template;

use super::failures::{Blocks, blocks};
use super::known::{KnownView, known};
use super::lead::{Lead, class};
use super::points::points;
use super::requirements::{RequirementRow, requirements};
use super::rows::{Row, rows};
use super::written::written;
use crate::record::{CheckRecord, ExitCode, Level, SuiteOrigin, Uncertainty, Verdict, characteristics};
use crate::report::cause::cause;
use crate::report::failure::Failure;
use crate::report::load::figure::time;
use crate::report::terminal::{counts, last_line};
use crate::report::text::{counted, visible};

/// How many misses, doubts of one reason and choices of one open point are listed.
const LISTED: usize = 100;

/// How many addresses stand beside a choice or a doubt.
const EXAMPLES: usize = 5;

#[derive(Template)]
#[template(path = "check.html")]
struct Page<'a> {
    record: &'a CheckRecord,
    title: String,
    lead: Lead,
    marks: Vec<&'static str>,
    last_line: String,
    gate: Level,
    tiles: Vec<(usize, &'static str)>,
    causes: Vec<CauseView<'a>>,
    failures: Blocks<'a>,
    known: Option<KnownView<'a>>,
    missed: Vec<(&'a str, String)>,
    missed_left_out: usize,
    doubts: Vec<DoubtView<'a>>,
    apis: Vec<ApiView<'a>>,
    rows: Vec<Row<'a>>,
    rows_left_out: usize,
}

struct CauseView<'a> {
    api: &'a str,
    headline: String,
    lines: Vec<String>,
    folded: usize,
}

struct DoubtView<'a> {
    why: &'static str,
    count: usize,
    examples: Vec<&'a str>,
}

struct ApiView<'a> {
    name: &'a str,
    title: &'a str,
    requirements: Vec<RequirementRow<'a>>,
    open_points: Vec<OpenPoint<'a>>,
    assumed: Vec<String>,
}

struct OpenPoint<'a> {
    about: &'a str,
    answer: String,
    count: usize,
    examples: Vec<&'a str>,
}

/// Writes the record as one HTML file.
///
/// # Errors
/// Those of the writer.
pub(in crate::report) fn write(record: &CheckRecord, out: &mut dyn Write) -> io::Result<()> {
    written(&page(record), out)
}

fn page(record: &CheckRecord) -> Page<'_> {
    let exit = ExitCode::from_code(record.exit_code).unwrap_or(ExitCode::Internal);
    let totals = record.totals();
    let failures = blocks(record);
    let causes = causes(record);
    let with_block: Vec<&str> = failures.blocks.iter().map(|block| block.address).collect();
    let (rows, rows_left_out) = rows(record, &with_block);
    let mut missed: Vec<(&str, String)> = record
        .cases()
        .filter(|(_, case)| case.misses_a_should())
        .map(|(api, case)| (case.address.as_str(), Failure::new(api, case).one_line()))
        .collect();
    let missed_left_out = missed.len().saturating_sub(LISTED);
    missed.truncate(LISTED);
    let names: Vec<&str> = record.apis.iter().map(|api| api.name.as_str()).collect();
    Page {
        record,
        title: format!("proofhouse check: {}: {}", names.join(", "), exit.sentence()),
        lead: lead(record, exit, &causes),
        marks: Vec::new(),
        last_line: last_line(record, exit),
        gate: record.settings.gate,
        tiles: Verdict::ALL.into_iter().map(|verdict| (totals.count(verdict), verdict.as_str())).collect(),
        causes,
        failures,
        known: known(record),
        missed,
        missed_left_out,
        doubts: doubts(record),
        apis: record.apis.iter().map(api_view).collect(),
        rows,
        rows_left_out,
    }
}

fn lead(record: &CheckRecord, exit: ExitCode, causes: &[CauseView<'_>]) -> Lead {
    let (points, points_left_out) = points(record);
    // Of a single api the points say it better: which rules, and how.
    let is_told = exit == ExitCode::Violated && record.apis.len() == 1 && !points.is_empty();
    let reasons = if is_told { &[] } else { record.reasons.as_slice() };
    let reasons = reasons.iter().map(|reason| visible(reason)).collect();
    let suite = match &record.suite {
        SuiteOrigin::Embedded(digest) => format!("embedded, digest {digest}"),
        SuiteOrigin::Paths(paths) => paths.join(", "),
    };
    let mut facts: Vec<(&str, String)> =
        record.apis.iter().map(|api| ("target", format!("{} at {}", api.name, api.target.base_url))).collect();
    facts.extend([
        ("suite", suite),
        ("gate", gate(record.settings.gate).to_owned()),
        ("started", record.started.clone()),
        ("took", time(record.duration_ms.saturating_mul(1_000_000))),
    ]);
    let advice =
        if causes.is_empty() { advice(exit) } else { "Begin with the cause below: it explains most of what is wrong." };
    Lead {
        over: if record.self_check { "self-check of the built-in reference" } else { "proofhouse check" },
        class: class(exit),
        verdict: exit.sentence().to_owned(),
        summary: summary(record, points.len() + points_left_out),
        reasons,
        points,
        points_left_out,
        advice: advice.to_owned(),
        facts,
        tiles: Vec::new(),
    }
}

/// What fails a run, for somebody who has never heard of gates.
fn gate(level: Level) -> &'static str {
    match level {
        Level::Must => "must: what the document says outright",
        Level::Should => "should: what public evidence says too",
        Level::Observe => "observe: everything",
    }
}

/// How much is wrong, in a sentence.
fn summary(record: &CheckRecord, ways: usize) -> String {
    let totals = record.totals();
    match totals.fail {
        0 => counts(record),
        fail => format!("{fail} of {} fail, in {}", counted(totals.cases, "case"), counted(ways, "way")),
    }
}

/// What somebody does next who has never seen such a report.
fn advice(exit: ExitCode) -> &'static str {
    match exit {
        ExitCode::Conforms => "Nothing that the document demands was seen broken.",
        ExitCode::Violated => {
            "Each failure below names the rule that is broken and where the document says it, what came instead, \
             and a line for bash that sends the request again."
        }
        ExitCode::Inconclusive => {
            "This is no verdict on the target: remove the cause that is named below, and run again."
        }
        ExitCode::NothingRun => "This is no verdict on the target: no case was sent.",
        ExitCode::Interrupted => "The run was stopped: what is not listed was not judged.",
        ExitCode::KnownFailures => {
            "Whatever fails is on the list of known failures, and the list is not true any more: correct it as it \
             says below."
        }
        ExitCode::Usage | ExitCode::ReportNotWritten | ExitCode::Internal => "",
    }
}

fn causes(record: &CheckRecord) -> Vec<CauseView<'_>> {
    let view = |api| {
        let cause = cause(api)?;
        Some(CauseView {
            api: &api.name,
            headline: cause.headline(api),
            lines: cause.lines(api),
            folded: api.cases.iter().filter(|case| cause.folds(case)).count(),
        })
    };
    record.apis.iter().filter_map(view).collect()
}

fn doubts(record: &CheckRecord) -> Vec<DoubtView<'_>> {
    let mut doubts: Vec<DoubtView<'_>> = Vec::new();
    for (_, case) in record.cases().filter(|(_, case)| case.verdict == Verdict::Inconclusive) {
        let why = case.uncertainty().map_or("no reason was recorded", Uncertainty::sentence);
        let index = doubts.iter().position(|doubt| doubt.why == why).unwrap_or_else(|| {
            doubts.push(DoubtView { why, count: 0, examples: Vec::new() });
            doubts.len() - 1
        });
        doubts[index].count += 1;
        if doubts[index].examples.len() < EXAMPLES {
            doubts[index].examples.push(&case.address);
        }
    }
    doubts
}

fn api_view(api: &crate::record::ApiRecord) -> ApiView<'_> {
    let mut open_points = Vec::new();
    for point in characteristics(api) {
        for choice in point.choices.into_iter().take(LISTED) {
            let count = choice.addresses.len();
            let examples = choice.addresses.into_iter().take(EXAMPLES).collect();
            open_points.push(OpenPoint { about: point.about, answer: visible(&choice.answer), count, examples });
        }
    }
    ApiView {
        name: &api.name,
        title: &api.title,
        requirements: requirements(api),
        open_points,
        assumed: api.target.assumed.iter().map(|fact| visible(&fact.to_string())).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::sample::{self, Scene};

    fn written(record: &CheckRecord) -> String {
        let mut text = Vec::new();
        write(record, &mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    /// A run of the size for which a limit is promised.
    fn large() -> CheckRecord {
        let mut record = sample::record();
        let (pass, fail) = (record.apis[0].cases[1].clone(), record.apis[0].cases[4].clone());
        let cases = (0..2_000).map(|index| {
            let mut case = if index < 300 { fail.clone() } else { pass.clone() };
            case.address = format!("rongcloud/profile/length[field=userProfile.name,text=cjk,at=over,number={index}]");
            case
        });
        record.apis[0].cases = cases.collect();
        record.apis[0].totals = crate::record::Totals::of(&record.apis[0].cases);
        record
    }

    #[test]
    fn the_page_stands_alone_and_escapes_what_a_server_says() {
        let mut record = sample::record();
        record.apis[0].cases[2].about = Some("<script>alert(1)</script>".into());
        let text = written(&record);
        assert!(!text.contains("<script>alert"), "markup of others is text");
        for outside in ["src=", "href=\"http", "url(", "@import"] {
            assert!(!text.contains(outside), "nothing is fetched: {outside}");
        }
        assert!(text.contains("violates what must hold"), "the verdict");
        for (_, case) in record.cases() {
            let id = format!("id=\"{}\"", case.address);
            assert_eq!(text.matches(&id).count(), 1, "each case can be linked to: {id}");
        }
    }

    #[test]
    fn two_thousand_cases_with_three_hundred_failing_stay_below_two_megabytes() {
        let text = written(&large());
        assert!(text.len() < 2_000_000, "{} bytes", text.len());
        assert_eq!(text.matches("<details class=\"case\"").count(), 300, "all in full");
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let mut record = large();
        let template = record.apis[0].cases[0].clone();
        record.apis[0].cases = (0..10_000)
            .map(|index| {
                let mut case = template.clone();
                case.address = format!("rongcloud/{index}");
                case
            })
            .collect();
        let text = written(&record);
        assert!(text.len() < 2_500_000, "{} bytes", text.len());
        assert!(text.contains("7500 cases have no row"), "rows are counted");
    }

    #[test]
    fn every_scene_leads_with_its_verdict() {
        for scene in [Scene::Conformant, Scene::BaselineRefused, Scene::NotFound, Scene::NoConnection] {
            let record = sample::of(scene);
            let exit = ExitCode::from_code(record.exit_code).unwrap();
            assert!(written(&record).contains(&format!("<h1>{}</h1>", exit.sentence())), "{scene:?}");
        }
    }

    #[test]
    fn a_self_check_says_so() {
        let record = CheckRecord { self_check: true, ..sample::of(Scene::Conformant) };
        assert!(written(&record).contains("self-check of the built-in reference"));
    }
}
