//! One case: its steps in order, each attempt judged, captures carried on, clean-up at the end whatever happened.

use std::time::Duration;

use super::client::{Connection, Outgoing};
use super::engine::Engine;
use super::resend::{self, Next};
use super::result::{Body, CaseResult, ExchangeResult, Purpose, SentRequest, Verdict};
use super::users::Lent;
use crate::api::auth::SlotValues;
use crate::api::{Captured, Outcome};
use crate::exchange::{Failure, Reply, Request, Slot};
use crate::expectation::{Claim, Finding, Judgement, Mismatch, MismatchKind, judge};
use crate::scenario::{Case, Step};
use crate::secret::{REDACTED, Redactor};

/// How much of a body is kept: what passes must not fill the memory, and what fails is read by people.
const KEPT_BODY: usize = 64 * 1024;

/// How long a clean-up may take once the run was asked to stop.
const LAST_CLEANUP: Duration = Duration::from_secs(2);

/// Whether the target went where the next step expects it to be: it accepted or refused what it must, whatever else is
/// wrong with the reply, and what was read from it is right.
fn answered_as_expected(exchange: &ExchangeResult) -> bool {
    let is_beside = |one: &Mismatch| {
        use MismatchKind::{Envelope, WrongCode, WrongCulprit, WrongStatus};
        matches!(one.kind, Envelope | WrongCode | WrongCulprit | WrongStatus)
    };
    let is_readable = matches!(exchange.observation.outcome.as_str(), "accepted" | "refused");
    is_readable
        && exchange.found.iter().all(|claim| match &claim.finding {
            Finding::Holds => true,
            Finding::Broken(mismatches) => mismatches.iter().all(is_beside),
            Finding::Inconclusive(_) => false,
        })
}

/// A case as it stands before anything was sent.
pub(super) fn unsent(case: &Case) -> CaseResult {
    CaseResult {
        address: case.address.clone(),
        api: case.api.clone(),
        place: case.place.clone(),
        about: case.about.clone(),
        level: case.level(),
        requirements: case.requirements().into_iter().map(ToOwned::to_owned).collect(),
        characteristic: case.characteristic.clone(),
        answer: None,
        assumed: case.assumed.clone(),
        is_about_authentication: case.is_about_authentication(),
        verdict: Verdict::Inconclusive,
        skip: case.skip.clone(),
        unsent: None,
        claims: Vec::new(),
        exchanges: Vec::new(),
    }
}

impl Engine {
    /// Sends a case; `number` tells its user from those of all other cases.
    pub(super) async fn run_case(&self, case: &Case, number: usize) -> CaseResult {
        let mut result = unsent(case);
        let user = match &case.given.user {
            Some(user) => Lent::given(user),
            None => self.users.lend(number).await,
        };
        let unique = case.given.unique.clone().unwrap_or_else(|| self.users.unique(number));
        let values = SlotValues::new(user.id().to_owned(), unique);
        let mut captured = Captured::new();
        let steps = async {
            for step in &case.steps {
                let step = step.with_captures(&captured);
                let reply = self.run_step(&step, &values, &captured, number, &mut result).await;
                let is_answered = result.exchanges.last().is_some_and(answered_as_expected);
                let json = reply.as_ref().and_then(|reply| serde_json::from_slice(&reply.body).ok());
                for (name, pointer) in &step.captures {
                    let value = json.as_ref().and_then(|json: &serde_json::Value| json.pointer(pointer)).cloned();
                    captured.insert(name.clone(), value.unwrap_or_default());
                }
                if !is_answered {
                    break;
                }
            }
        };
        tokio::select! {
            () = steps => {}
            () = self.stop.requested() => {}
        }
        self.clean_up(case, &values, &captured, &mut result).await;
        result
    }

    /// Sends the clean-up steps; what they find is kept and does not count.
    async fn clean_up(&self, case: &Case, values: &SlotValues, captured: &Captured, result: &mut CaseResult) {
        let steps = async {
            for step in &case.cleanup {
                let step = step.with_captures(captured);
                let request = step.request.form(&self.api, self.signer.credentials());
                self.pacer.turn().await;
                let (exchange, _) =
                    self.attempt(&step, &request, &[], values, Purpose::Cleanup, Connection::Kept).await;
                result.exchanges.push(exchange);
            }
        };
        if self.stop.is_requested() {
            // An interrupted run still takes away what it wrote, but does not wait for a target that hangs.
            let _ = tokio::time::timeout(LAST_CLEANUP, steps).await;
        } else {
            steps.await;
        }
    }

    /// Sends a step until it can be judged; gives the reply that counts.
    async fn run_step(
        &self,
        step: &Step,
        values: &SlotValues,
        captured: &Captured,
        number: usize,
        result: &mut CaseResult,
    ) -> Option<Reply> {
        let request = step.request.form(&self.api, self.signer.credentials());
        let claims: Vec<Claim> = step.claims.iter().map(|claim| claim.resolve(values, captured)).collect();
        let (mut attempt, mut limited) = (0, 0);
        let mut connection = Connection::Kept;
        loop {
            self.pacer.turn().await;
            let (exchange, reply) = self.attempt(step, &request, &claims, values, Purpose::Step, connection).await;
            result.exchanges.push(exchange);
            match resend::next(&self.api.outcome, &claims, attempt, limited, reply.as_ref()) {
                Next::Judge => return reply.ok(),
                Next::Again => connection = Connection::Fresh,
                Next::Later(pause) => {
                    limited += 1;
                    self.was_limited();
                    tokio::time::sleep(pause).await;
                }
                Next::Probe => {
                    let probe = self.probe(number).await;
                    result.exchanges.push(probe);
                    return reply.ok();
                }
            }
            attempt += 1;
            if let Some(last) = result.exchanges.last_mut() {
                last.purpose = Purpose::Superseded;
            }
        }
    }

    /// Sends the plain request over a new connection, to find out whether the target still answers.
    pub(super) async fn probe(&self, number: usize) -> ExchangeResult {
        let step = &self.plain.steps[0];
        let request = step.request.form(&self.api, self.signer.credentials());
        // Numbers of probes lie beyond those of cases, so that their users differ from all others.
        let number = number + 1_000_000;
        let user = self.users.for_probe(number);
        let values = SlotValues::new(user, self.users.unique(number));
        let claims: Vec<Claim> = step.claims.iter().map(|claim| claim.resolve(&values, &Captured::new())).collect();
        let mut last = None;
        for pause in [Duration::ZERO, self.patience] {
            tokio::time::sleep(pause).await;
            self.pacer.turn().await;
            let (exchange, reply) =
                self.attempt(step, &request, &claims, &values, Purpose::Probe, Connection::Fresh).await;
            let answers = reply.as_ref().is_ok_and(|reply| {
                let answer = self.api.outcome.read(reply);
                answer.outcome != Outcome::Unreadable || !self.api.outcome.is_gateway_error(reply, &answer)
            });
            if answers {
                return exchange;
            }
            last = Some(exchange);
        }
        self.target_is_gone();
        last.expect("two attempts were made")
    }

    /// Sends the plain request and gives the reply, without keeping anything.
    pub(super) async fn send_plain(&self, number: usize) -> Result<Reply, Failure> {
        let step = &self.plain.steps[0];
        let request = step.request.form(&self.api, self.signer.credentials());
        let mut values = SlotValues::new(self.users.for_probe(number), self.users.unique(number));
        self.signer.sign(&step.request.auth, &mut values);
        let outgoing = self.outgoing(&request, |slot| values.get(slot));
        self.client.send(&outgoing, Connection::Kept).await.0
    }

    async fn attempt(
        &self,
        step: &Step,
        request: &Request,
        claims: &[Claim],
        values: &SlotValues,
        purpose: Purpose,
        connection: Connection,
    ) -> (ExchangeResult, Result<Reply, Failure>) {
        let mut values = values.clone();
        self.signer.sign(&step.request.auth, &mut values);
        let outgoing = self.outgoing(request, |slot| values.get(slot));
        let (outcome, duration) = self.client.send(&outgoing, connection).await;
        let mut judgement = judge(&self.api, claims, outcome.as_ref());
        let own = self.redactor_for(&outcome, &values);
        self.clean_judgement(&mut judgement, &own);
        let (kept, truncated) = self.kept(&outcome, &own);
        let exchange = ExchangeResult {
            step: step.name.clone(),
            purpose,
            request: shown(self.outgoing(request, |slot| values.shown(slot)), &self.extra_headers),
            outcome: kept,
            truncated,
            duration,
            claims: claims.to_vec(),
            observation: judgement.observation,
            found: judgement.claims,
        };
        (exchange, outcome)
    }

    fn outgoing<'a>(&self, request: &Request, value: impl Fn(Slot) -> &'a str + Copy) -> Outgoing {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        let headers = request.headers.iter().map(|(name, pieces)| (name.clone(), text(pieces.render(value))));
        let extra = self.extra_headers.iter().cloned();
        Outgoing {
            method: request.method.clone(),
            url: format!("{}{}", self.base, text(request.path.render(value))),
            headers: headers.chain(extra).collect(),
            body: request.body.render(value),
        }
    }

    /// Knows what authorised this very sending, where the reply is long enough to hold it.
    fn redactor_for(&self, outcome: &Result<Reply, Failure>, values: &SlotValues) -> Redactor {
        let Ok(reply) = outcome else {
            return Redactor::default();
        };
        let longest = reply.headers.iter().map(|(_, value)| value.len()).chain([reply.body.len()]).max().unwrap_or(0);
        Redactor::new(values.secrets().filter(|secret| secret.len() <= longest))
    }

    /// A target may echo in any member what it was sent: what is quoted of a reply is cleaned as the reply is.
    fn clean_judgement(&self, judgement: &mut Judgement, own: &Redactor) {
        let clean = |text: &mut String| *text = own.redact(&self.redactor.redact(text));
        judgement.observation.culprit.iter_mut().for_each(clean);
        for claim in &mut judgement.claims {
            if let Finding::Broken(mismatches) = &mut claim.finding {
                mismatches.iter_mut().flat_map(|one| [&mut one.at, &mut one.actual]).for_each(clean);
            }
        }
    }

    /// The reply as it is kept: bounded, and without secrets.
    fn kept(&self, outcome: &Result<Reply, Failure>, own: &Redactor) -> (Result<Reply, Failure>, bool) {
        let reply = match outcome {
            Ok(reply) => reply,
            Err(failure) => {
                let detail = self.redactor.redact(&failure.detail);
                return (Err(Failure { kind: failure.kind, detail }), false);
            }
        };
        let clean = |text: &str| own.redact(&self.redactor.redact(text));
        let truncated = reply.body.len() > KEPT_BODY;
        let body = if self.redactor.finds(&reply.body) || own.finds(&reply.body) {
            clean(&String::from_utf8_lossy(&reply.body)).into_bytes()
        } else {
            reply.body.clone()
        };
        let body = body[..body.len().min(KEPT_BODY)].to_vec();
        let headers = reply.headers.iter().map(|(name, value)| (name.clone(), clean(value))).collect();
        (Ok(Reply { status: reply.status, headers, body }), truncated)
    }
}

/// What the target file adds to every request may authorise it: only the names of such headers are shown.
fn shown(mut outgoing: Outgoing, extra_headers: &[(String, String)]) -> SentRequest {
    let own = outgoing.headers.len() - extra_headers.len();
    outgoing.headers[own..].iter_mut().for_each(|(_, value)| REDACTED.clone_into(value));
    let truncated = outgoing.body.len() > KEPT_BODY;
    let bytes = &outgoing.body[..outgoing.body.len().min(KEPT_BODY)];
    let body = match std::str::from_utf8(bytes) {
        Ok(text) => Body { text: text.to_owned(), base64: false, truncated },
        Err(_) => {
            use base64::Engine as _;
            Body { text: base64::engine::general_purpose::STANDARD.encode(bytes), base64: true, truncated }
        }
    };
    SentRequest { method: outgoing.method, url: outgoing.url, headers: outgoing.headers, body }
}
