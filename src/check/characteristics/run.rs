//! Asks the target: each search through the same path as any case, paced and sent again as they are, its requests kept.

use super::Taken;
use super::limit::{self, Limit, MOST_TRIALS, Next, Seen};
use super::prefix;
use super::unit::{self, Observed};
use crate::check::engine::Engine;
use crate::check::result::{CaseResult, Purpose};
use crate::check::run_case::unsent;
use crate::scenario::{Case, End, Search, Sought};

/// Numbers of searched requests lie beyond those of cases, probes and the rate, so that their users differ.
const FIRST_NUMBER: usize = 3_000_000;

/// Numbers between one search and the next: more than any takes.
const NUMBERS: usize = 64;

/// One search under way.
struct Trials<'a> {
    engine: &'a Engine,
    search: &'a Search,
    number: usize,
    result: CaseResult,
}

/// Why a search ends without finding anything.
enum NoAnswer {
    /// The run ends: nothing is reported.
    Ended,
    /// What came back is neither an acceptance nor a refusal; in words.
    Unclear(String),
}

impl Engine {
    /// Makes the searches one by one, for as long as the target answers and nobody asks to stop.
    pub(in crate::check) async fn run_searches(&self, searches: &[Search]) -> Vec<CaseResult> {
        let mut results = Vec::new();
        for (index, search) in searches.iter().enumerate() {
            if !self.goes_on() {
                break;
            }
            let result = unsent(search.case());
            if result.skip.is_some() {
                results.push(result);
                continue;
            }
            let number = FIRST_NUMBER + index * NUMBERS;
            let mut trials = Trials { engine: self, search, number, result };
            let answer = match trials.answer().await {
                Ok(answer) => answer,
                Err(NoAnswer::Unclear(why)) => format!("undetermined: {why}"),
                Err(NoAnswer::Ended) => break,
            };
            self.was_sent(search.case().address.clone());
            results.push(CaseResult { answer: Some(answer), ..trials.result });
        }
        results
    }
}

impl Trials<'_> {
    async fn answer(&mut self) -> Result<String, NoAnswer> {
        match self.search.sought {
            Sought::Limit => {
                let mut found = Vec::new();
                for end in &self.search.ends {
                    found.push((*end, self.limit(end).await?));
                }
                Ok(limit::words(&found))
            }
            Sought::Unit => self.unit().await,
            Sought::Prefix(length) => {
                let end = self.only_end()?;
                Ok(prefix::words(&end, self.limit(&end).await?, length))
            }
        }
    }

    /// The texts are as long as plain letters are accepted, which every unit counts alike.
    async fn unit(&mut self) -> Result<String, NoAnswer> {
        let limit = match self.limit(&self.only_end()?).await? {
            Limit::At(limit) => usize::try_from(limit).unwrap_or_default(),
            Limit::NoneUpTo(far) => return Err(NoAnswer::Unclear(format!("there is no limit up to {far}"))),
            Limit::NotEven(least) => return Err(NoAnswer::Unclear(format!("not even {least} is accepted"))),
        };
        let mut seen = Vec::new();
        for (step, text) in unit::texts(limit) {
            let case = self.search.of_text(&text, step.clone());
            let taken = self.try_one(case, &step).await?;
            seen.push(Observed { text, taken });
        }
        Ok(unit::words(&unit::infer(limit, &seen)))
    }

    async fn limit(&mut self, end: &End) -> Result<Limit, NoAnswer> {
        let mut seen = Seen::new();
        while seen.len() < MOST_TRIALS {
            let size = match limit::next(end, &seen) {
                Next::Found(limit) => return Ok(limit),
                Next::Try(size) => size,
            };
            let shown = end.side.turned(size);
            let taken = self.try_one(self.search.of_size(shown), &shown.to_string()).await?;
            seen.insert(size, taken);
        }
        Err(NoAnswer::Unclear(format!("not found within {MOST_TRIALS} requests")))
    }

    fn only_end(&self) -> Result<End, NoAnswer> {
        let end = self.search.ends.first().copied();
        end.ok_or_else(|| NoAnswer::Unclear("the field has no limit".into()))
    }

    /// Sends one request and keeps its exchanges.
    async fn try_one(&mut self, case: Option<Case>, size: &str) -> Result<Taken, NoAnswer> {
        let case = case.ok_or_else(|| NoAnswer::Unclear(format!("there is no value of {size}")))?;
        self.number += 1;
        let sent = self.engine.run_case(&case, self.number).await;
        self.result.exchanges.extend(sent.exchanges);
        if !self.engine.goes_on() {
            return Err(NoAnswer::Ended);
        }
        let last = self.result.exchanges.iter().rev().find(|exchange| exchange.purpose == Purpose::Step);
        match last.map_or("", |exchange| exchange.observation.outcome.as_str()) {
            "accepted" => Ok(Taken::Accepted),
            "refused" => Ok(Taken::Refused),
            other => Err(NoAnswer::Unclear(format!("the reply to {size} is neither: {other}"))),
        }
    }
}
