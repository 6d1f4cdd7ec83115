//! A run against a reference in this process, as people read its characteristics.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use proofhouse::api::auth::{Credentials, SchemeName, Signer};
use proofhouse::api::{Api, Level};
use proofhouse::check::{Client, Destination, Engine, Options, Pacing, Stop, Trust, run_prefix};
use proofhouse::clock::Clock;
use proofhouse::record::{self, ApiFacts, CheckRecord, RunFacts, Settings, SuiteOrigin, characteristics};
use proofhouse::reference;
use proofhouse::scenario::{Case, Selection, Suite};
use proofhouse::settings::targets::base_url;
use proofhouse::target::Declared;

/// Parsed once: it is the same for every run.
static SUITE: LazyLock<Suite> = LazyLock::new(|| Suite::embedded().unwrap());

/// The same for every run, so that two of them differ in nothing but their target.
const SEED: u64 = 0x5eed_5eed_5eed;

/// What is selected of a suite.
pub(crate) enum Chosen<'a> {
    /// The cases of which the outcome is recorded.
    Open,
    /// Searches with such addresses, and nothing else.
    Searches(&'a str),
}

/// Runs against a reference with these options.
pub(crate) async fn run(api: &str, options: reference::Options, chosen: Chosen<'_>) -> CheckRecord {
    let api = Arc::clone(&SUITE.apis[api]);
    let server = reference::start(options, ([127, 0, 0, 1], 0).into()).await.unwrap();
    let base = base_url(&format!("http://{}", server.addr())).unwrap();
    let declared = declared(&api);
    let (mut cases, mut searches) = (Vec::new(), Vec::new());
    match chosen {
        Chosen::Open => {
            let is_open = |case: &Case| case.level() == Level::Observe || case.characteristic.is_some();
            cases = SUITE.cases(&api, &declared).unwrap();
            cases.retain(is_open);
        }
        Chosen::Searches(pattern) => {
            let selection = Selection::new(&[pattern.to_owned()], &[]);
            searches = SUITE.searches(&api, &declared).unwrap();
            searches.retain(|search| selection.wants(search.case()));
        }
    }
    let destination = Destination {
        base: base.as_str().trim_end_matches('/').to_owned(),
        extra_headers: Vec::new(),
        client: Client::new(&base, &Trust::default(), Duration::from_secs(10), 1 << 20).unwrap(),
        users: None,
        rate: None,
    };
    let engine_options =
        Options { pacing: Pacing::None, concurrency: 8, gate: Level::Must, spaced: false, run: run_prefix(SEED) };
    let signer = Signer::new(credentials(&api), Clock::System, SEED);
    let plain = SUITE.plain(&api, &declared).unwrap();
    let engine =
        Engine::new(Arc::clone(&api), plain, destination, signer, engine_options, Stop::default(), Box::new(|_| {}));
    let run = Arc::new(engine).run(cases, searches).await;
    server.stop().await;
    let facts = ApiFacts::new(base.as_str(), &Trust::default(), &declared);
    CheckRecord::from_run(run_facts(), vec![(api, facts, run)])
}

/// By open point: the answers, each with the cases that gave it.
pub(crate) type Answers = BTreeMap<String, Vec<(String, Vec<String>)>>;

/// What each open point was answered with, and by which cases.
pub(crate) fn answers(record: &CheckRecord) -> Answers {
    let points = record.apis.iter().flat_map(characteristics);
    let owned = |addresses: Vec<&str>| addresses.into_iter().map(ToOwned::to_owned).collect();
    points
        .map(|point| {
            let choices = point.choices.into_iter().map(|choice| (timeless(&choice.answer), owned(choice.addresses)));
            (point.about.to_owned(), choices.collect())
        })
        .collect()
}

/// The answer without instants in milliseconds, such as versions, which no two runs have in common.
fn timeless(answer: &str) -> String {
    static INSTANT: LazyLock<regex::Regex> = LazyLock::new(|| regex::Regex::new(r"\b1\d{12}\b").unwrap());
    INSTANT.replace_all(answer, "INSTANT").into_owned()
}

/// As the built-in reference declares itself: companions, and the documents' defaults.
fn declared(api: &Api) -> Declared {
    let companions = api.operations.iter().filter(|(_, operation)| operation.companion);
    let defaults = api.declarations.iter().filter_map(|(name, fact)| Some((name.clone(), fact.default.clone()?)));
    Declared {
        facts: defaults.collect(),
        users: None,
        companions: companions.map(|(name, _)| name.clone()).collect(),
        rate: None,
    }
}

fn credentials(api: &Api) -> Credentials {
    let known = reference::Credentials::reference();
    match api.auth.scheme {
        SchemeName::AppKeySha1 => Credentials::AppKey { app_key: known.app_key, secret: known.app_secret },
        SchemeName::Usersig => {
            Credentials::UserSig { sdk_app_id: known.sdkappid, key: known.sdk_key, admin: known.admins[0].clone() }
        }
        SchemeName::Header => Credentials::Header { token: known.app_secret },
    }
}

fn run_facts() -> RunFacts {
    RunFacts {
        command: "check".into(),
        started: Duration::ZERO,
        duration: Duration::ZERO,
        self_check: true,
        interrupted: false,
        suite: SuiteOrigin::Embedded(String::new()),
        settings: Settings {
            replay: None,
            gate: Level::Must,
            pacing: record::Pacing::None,
            concurrency: 8,
            only: Vec::new(),
            skip: Vec::new(),
        },
    }
}
