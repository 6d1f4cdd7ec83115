//! When a request is sent once more, and what that says: a pure decision per attempt.

use std::time::Duration;

use crate::api::{Outcome, OutcomeRules};
use crate::exchange::{Failure, FailureKind, Reply};
use crate::expectation::{Claim, ExpectedOutcome};

/// How often a request is sent again because the target refused it for the rate: with pauses that grow to seconds, a
/// limiter that admits the documented rate has long room again.
pub(super) const LIMITED_RESENDS: usize = 6;

/// What to do after an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Judge it.
    Judge,
    /// Send it again at once, on a new connection.
    Again,
    /// Send it again after a pause: it was refused because of the rate.
    Later(Duration),
    /// Find out whether the target still answers.
    Probe,
}

/// Decides after the attempt with this number, from 0.
pub(super) fn next(
    rules: &OutcomeRules,
    claims: &[Claim],
    attempt: usize,
    limited_before: usize,
    outcome: Result<&Reply, &Failure>,
) -> Next {
    let first = attempt == limited_before;
    match outcome {
        Err(failure) if failure.kind == FailureKind::Closed && first => Next::Again,
        Err(_) => Next::Probe,
        Ok(reply) => {
            let answer = rules.read(reply);
            if answer.outcome == Outcome::Limited {
                return match limited_before {
                    LIMITED_RESENDS.. => Next::Judge,
                    before => Next::Later(Duration::from_millis(50 << before.min(5))),
                };
            }
            let accepts = claims.iter().any(|claim| claim.expectation.outcome == ExpectedOutcome::Accepted);
            let gateway = rules.is_gateway_error(reply, &answer);
            match (first, gateway, accepts && rules.asks_to_try_again(&answer.outcome)) {
                (true, true, _) | (true, _, true) => Next::Again,
                (false, true, _) => Next::Probe,
                _ => Next::Judge,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::Level;
    use crate::expectation::Expectation;

    fn rules() -> OutcomeRules {
        let rules = json!({ "code": "/code", "accepted": 0, "envelope": [], "limited": [{ "status": 429 }], "try_again": [91000] });
        serde_json::from_value(rules).unwrap()
    }

    fn claim(outcome: ExpectedOutcome) -> Vec<Claim> {
        let expectation = Expectation { outcome, ..Expectation::default() };
        vec![Claim { requirement: None, level: Level::Must, expectation }]
    }

    fn reply(status: u16, body: &str) -> Reply {
        Reply { status, headers: Vec::new(), body: body.into() }
    }

    fn after(claims: &[Claim], attempt: usize, reply: &Reply) -> Next {
        next(&rules(), claims, attempt, 0, Ok(reply))
    }

    #[test]
    fn a_closed_connection_is_tried_once_more_and_then_probed() {
        let closed = Failure { kind: FailureKind::Closed, detail: String::new() };
        let claims = claim(ExpectedOutcome::Accepted);
        assert_eq!(next(&rules(), &claims, 0, 0, Err(&closed)), Next::Again);
        assert_eq!(next(&rules(), &claims, 1, 0, Err(&closed)), Next::Probe);
    }

    #[test]
    fn try_again_counts_only_where_it_must_be_accepted() {
        let busy = reply(200, r#"{"code":91000}"#);
        assert_eq!(after(&claim(ExpectedOutcome::Accepted), 0, &busy), Next::Again);
        assert_eq!(after(&claim(ExpectedOutcome::Accepted), 1, &busy), Next::Judge);
        assert_eq!(after(&claim(ExpectedOutcome::Refused), 0, &busy), Next::Judge);
    }

    #[test]
    fn a_gateway_error_is_tried_once_more_and_then_probed() {
        let gateway = reply(502, "<html>bad gateway</html>");
        assert_eq!(after(&claim(ExpectedOutcome::Accepted), 0, &gateway), Next::Again);
        assert_eq!(after(&claim(ExpectedOutcome::Accepted), 1, &gateway), Next::Probe);
    }

    #[test]
    fn a_limited_reply_is_sent_later_and_later_and_then_judged() {
        let limited = reply(429, "");
        let claims = claim(ExpectedOutcome::Refused);
        assert_eq!(next(&rules(), &claims, 0, 0, Ok(&limited)), Next::Later(Duration::from_millis(50)));
        assert_eq!(next(&rules(), &claims, 3, 3, Ok(&limited)), Next::Later(Duration::from_millis(400)));
        assert_eq!(next(&rules(), &claims, 6, 6, Ok(&limited)), Next::Judge);
    }
}
