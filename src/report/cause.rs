//! One cause that explains most of what is wrong with an api, so that a report leads with it and folds the rest.

use serde_json::Value;

use super::text::{preview, visible};
use crate::record::{
    ApiRecord, Baseline, CaseRecord, ExchangeRecord, FailureRecord, FailureWord, FindingRecord, MismatchKind,
    Uncertainty, Verdict,
};

/// How much of an unexpected page is shown.
const PAGE: usize = 160;

/// Why hardly anything could be judged.
pub(super) enum Cause<'a> {
    /// The plain request, which must be accepted, is refused.
    BaselineRefused(&'a ExchangeRecord),
    /// Nothing answers in the api's envelope.
    WrongUrl(&'a ExchangeRecord),
    /// Nothing answers at all.
    NoReply(&'a FailureRecord),
    /// Something answered, and then nothing any more.
    Gone,
}

/// The one cause, where there is one.
pub(super) fn cause(api: &ApiRecord) -> Option<Cause<'_>> {
    let plain = api.cases.first().and_then(CaseRecord::last_step);
    let wrong_url = api.cases.iter().any(|case| {
        case.claims.iter().any(|claim| claim.finding == FindingRecord::Inconclusive(Uncertainty::NoEnvelope))
    });
    match (api.baseline, plain, plain.map(|plain| &plain.answer)) {
        (Baseline::Refused, Some(plain), _) => Some(Cause::BaselineRefused(plain)),
        (Baseline::NoReply, _, Some(crate::record::Answer::Failure(failure))) => Some(Cause::NoReply(failure)),
        (_, Some(plain), _) if wrong_url => Some(Cause::WrongUrl(plain)),
        _ if api.gone => Some(Cause::Gone),
        _ => None,
    }
}

impl Cause<'_> {
    /// The cause in one line.
    pub(super) fn headline(&self, api: &ApiRecord) -> String {
        let url = &api.target.base_url;
        match self {
            Self::BaselineRefused(_) => {
                "baseline refused: the plain request, which must be accepted, is refused".into()
            }
            Self::WrongUrl(_) => format!("wrong URL? Nothing at {url} answers in the envelope of {}", api.name),
            Self::NoReply(failure) if is_tls(failure.kind) => format!("no TLS connection to {url}"),
            Self::NoReply(_) => format!("no reply from {url}"),
            Self::Gone => format!("nothing at {url} answered any more during the run"),
        }
    }

    /// What was seen, and then what to look at; each on a line.
    pub(super) fn lines(&self, api: &ApiRecord) -> Vec<String> {
        match self {
            Self::BaselineRefused(plain) => {
                let mut lines = vec![format!("answer: {}", refusal(api, plain))];
                lines.push("credentials: are key and secret those of this target, and is the service enabled?".into());
                lines.push("clock: does this machine's time agree with the target's? Signatures are timed".into());
                lines.push(format!("URL: is {} the address of this very api?", api.target.base_url));
                lines.push("encoding: does the target read the documented Content-Type and form?".into());
                lines.push("until it is accepted, a refusal says nothing: what expects one is inconclusive".into());
                lines
            }
            Self::WrongUrl(plain) => {
                let seen = plain.reply().map(|reply| {
                    let page = preview(&reply.body, PAGE);
                    let kind = reply.headers.iter().find(|(name, _)| name == "content-type");
                    let kind = kind.map_or_else(String::new, |(_, value)| format!(" {}", visible(value)));
                    format!("answer to {}: HTTP {}{kind}: {page}", visible(&plain.request.url), reply.status)
                });
                let remedy = "a path prefix of the base URL is kept: is one missing, or one too many?";
                seen.into_iter().chain([remedy.to_owned()]).collect()
            }
            Self::NoReply(failure) => {
                vec![format!("{}: {}", failure.kind.sentence(), visible(&failure.detail)), remedy(failure.kind).into()]
            }
            Self::Gone => {
                vec!["what was not sent any more is inconclusive; the last case before it may tell why".into()]
            }
        }
    }

    /// Whether a case only repeats the cause.
    pub(super) fn folds(&self, case: &CaseRecord) -> bool {
        match case.verdict {
            Verdict::Inconclusive => true,
            Verdict::Fail => matches!(self, Self::BaselineRefused(_)) && is_about_a_refusal(case),
            Verdict::KnownFailure | Verdict::Pass | Verdict::Observed | Verdict::Skip => false,
        }
    }
}

/// Whether all that is wrong is that, or how, the target refused: where everything is refused, that says nothing.
fn is_about_a_refusal(case: &CaseRecord) -> bool {
    case.broken().iter().flat_map(|(_, mismatches)| mismatches.iter()).all(|mismatch| match mismatch.kind {
        MismatchKind::WronglyRefused
        | MismatchKind::WrongCode
        | MismatchKind::WrongCulprit
        | MismatchKind::WrongStatus
        | MismatchKind::WrongContent => true,
        MismatchKind::NoReply
        | MismatchKind::Envelope
        | MismatchKind::WronglyAccepted
        | MismatchKind::LimitedTooEarly => false,
    })
}

/// Code and message of a refusal, where the api says that they stand.
fn refusal(api: &ApiRecord, plain: &ExchangeRecord) -> String {
    let Some(reply) = plain.reply() else {
        return plain.observation.to_string();
    };
    let json: Option<Value> = serde_json::from_str(&reply.body.text).ok();
    let message = api.reply.message.as_ref().and_then(|at| json.as_ref()?.pointer(at));
    match message.filter(|message| !message.is_null()) {
        Some(message) => format!("{}: {}", plain.observation, visible(&message.to_string())),
        None => format!("{}: {}", plain.observation, preview(&reply.body, PAGE)),
    }
}

fn is_tls(kind: FailureWord) -> bool {
    match kind {
        FailureWord::TlsUnknownIssuer | FailureWord::TlsWrongName | FailureWord::TlsExpired | FailureWord::Tls => true,
        FailureWord::Connect
        | FailureWord::Closed
        | FailureWord::CutOff
        | FailureWord::Timeout
        | FailureWord::NotHttp
        | FailureWord::TooLarge => false,
    }
}

/// What to do where no reply came.
pub(crate) fn remedy(kind: FailureWord) -> &'static str {
    match kind {
        FailureWord::Connect => {
            "is it started, and are host and port right? `--wait 30s` waits for a server that starts"
        }
        FailureWord::TlsUnknownIssuer => {
            "the certificate's issuer is not trusted: give its certificate with `--ca-file`"
        }
        FailureWord::TlsWrongName => "the certificate is for another name: use the host name that stands in it",
        FailureWord::TlsExpired => "the certificate has expired or is not valid yet: renew it, or look at the clocks",
        FailureWord::Tls => "does the server speak TLS at this port? For plain HTTP write `http://`",
        FailureWord::Closed => "the connection closes without a reply: does the server expect TLS here (`https://`)?",
        FailureWord::CutOff => "the reply ends before its announced length",
        FailureWord::Timeout => "nothing came in time: `--timeout` waits longer",
        FailureWord::NotHttp => {
            "what answers there is not HTTP: is the port right, or does it expect TLS (`https://`)?"
        }
        FailureWord::TooLarge => "the reply is larger than any of this api",
    }
}
