//! What was found about a limit, in sentences.

use std::time::Duration;

use crate::limit::infer::{Counted, Estimate, Fingerprint, Form, Kind, Reach};
use crate::limit::{Admits, Finding, Share};

/// How the target limits, in one sentence.
pub(super) fn fingerprint(fingerprint: &Fingerprint, phase: Option<Duration>) -> String {
    let rate = number(fingerprint.rate);
    let burst = number(fingerprint.burst);
    let window = fingerprint.window.map_or_else(|| "?".to_owned(), |window| length(window.value));
    let law = match fingerprint.kind {
        Kind::None => "no limit: nothing that was offered was refused or held back".to_owned(),
        Kind::TokenBucket => {
            format!("a token bucket (or generic cell rate algorithm) of {rate}/s that holds {burst} at once")
        }
        Kind::FixedWindow => {
            let begins = match (fingerprint.form, phase) {
                (Form::Anchored, _) => ", each begun by the first request after the last one ended".to_owned(),
                (_, Some(phase)) if is_aligned(phase, fingerprint.window) => ", aligned with the wall clock".to_owned(),
                (_, Some(phase)) => format!(", {} after whole windows of the wall clock", length(phase)),
                (_, None) => String::new(),
            };
            let count = if fingerprint.burst.is_some() { format!(" of {burst} requests") } else { String::new() };
            format!("fixed windows of {window}{count}{begins}")
        }
        Kind::SlidingWindow => {
            let how = match fingerprint.form {
                Form::Weighted => ", weighted with the count of the one before",
                Form::Log | Form::Plain | Form::Grid | Form::Anchored => "",
            };
            format!("a sliding window of {window} for {burst} requests{how}")
        }
        Kind::LeakyBucket => match fingerprint.queue {
            Some(queue) if queue.high.is_finite() => {
                format!("a leaky bucket of {rate}/s in which up to {} wait", number(Some(queue)))
            }
            _ => format!("a leaky bucket of {rate}/s in which requests wait"),
        },
        Kind::Concurrency => format!("at most {} requests at the same time", number(fingerprint.concurrency)),
        Kind::Undetermined => "undetermined".to_owned(),
    };
    let counted = match fingerprint.counted {
        Counted::Admitted => "",
        Counted::All => "; refused requests count too",
    };
    let reach = match fingerprint.reach {
        Reach::Everything => String::new(),
        Reach::UpTo(rate) => format!(", up to {rate:.0}/s offered"),
    };
    format!("{law}{counted}{reach}")
}

/// A boundary so near to one of the wall clock is meant to be there.
fn is_aligned(phase: Duration, window: Option<Estimate<Duration>>) -> bool {
    let Some(window) = window else { return false };
    let near = Duration::from_millis(20).min(window.value / 20);
    phase <= near || phase + near >= window.value
}

fn number(estimate: Option<Estimate<f64>>) -> String {
    let Some(estimate) = estimate else { return "?".to_owned() };
    let text = format!("{:.1}", estimate.value);
    text.trim_end_matches(".0").to_owned()
}

fn length(length: Duration) -> String {
    let millis = length.as_secs_f64() * 1e3;
    if millis >= 1e3 { format!("{} s", rounded(millis / 1e3)) } else { format!("{} ms", rounded(millis)) }
}

fn rounded(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Whether the documented rate is admitted, in a sentence.
pub(super) fn admits(admits: Admits, documented: f64) -> String {
    let offered = documented * 0.98;
    match admits {
        Admits::Yes(share) | Admits::No(share) => {
            format!("of {offered:.0}/s in constant arrivals {}", admitted(share))
        }
        Admits::Unknown(share) => format!("too little is known: of {offered:.0}/s {}", admitted(share)),
    }
}

/// What came of a stretch.
pub(super) fn admitted(share: Share) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    let percent = if share.sent == 0 { 0.0 } else { share.admitted as f64 * 100.0 / share.sent as f64 };
    let early = match share.early {
        0 => String::new(),
        early => format!("; {early} that may have come too early are left out"),
    };
    format!("{percent:.2} % was admitted ({} of {}){early}", share.admitted, share.sent)
}

/// A finding against soundness, in a sentence.
pub(super) fn finding(finding: &Finding, documented: f64) -> String {
    match finding {
        Finding::AdmitsTooMuch(rate) => {
            format!("{rate:.0} requests passed in a second: more than 1.5 times the limit of {documented:.0}/s")
        }
        Finding::StaysClosed(Some(took)) => {
            format!(
                "it took {:.1} s after the excess until 90 % of what was offered, 98 % of the limit, was admitted again",
                took.as_secs_f64()
            )
        }
        Finding::StaysClosed(None) => {
            "after the excess 90 % of what was offered, 98 % of the limit, was not admitted again while it was watched"
                .to_owned()
        }
        Finding::ThrottlesBelow { offered, share } => format!(
            "requests are refused for their rate at {offered:.0}/s already, below the limit of {documented:.0}/s: {}",
            admitted(*share)
        ),
    }
}
