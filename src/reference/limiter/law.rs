//! The laws and their text form, `kind:name=value,name=value`, as `serve --limiter` takes it.
//!
//! | kind | parameters (and what they are when left out) | what it does |
//! | --- | --- | --- |
//! | `none` | | admits everything |
//! | `token-bucket` | `rate` (100), `burst` (10) | admits `burst` at once, then `rate` a second |
//! | `fixed-window` | `limit` (100), `window` (1s), `phase` (0s) | admits `limit` in each window |
//! | `sliding-window` | `limit` (100), `window` (1s) | admits `limit` in any stretch as long as the window |
//! | `leaky-bucket` | `rate` (100), `queue` (100) | delays to `rate` a second, refuses when `queue` wait |
//! | `concurrency` | `limit` (100) | admits `limit` at a time |
//! | `double-at-boundary` | `limit` (100), `window` (1s) | broken: `limit` again in the last fifth of each window |
//! | `throttling` | `rate` (100), `burst` (10), `share` (0.4) | broken: admits only that share of the rate |
//! | `latching` | `rate` (100), `burst` (10), `closed` (60s) | broken: after a refusal, closed until as long without any request |
//! | `porous` | `rate` (100), `burst` (10), `factor` (3), `above` (300) | broken: `factor` times the rate while more than `above` a second are offered |
//!
//! Rates and shares are decimal numbers, times are whole numbers with `ms` or `s`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// The documented limit of all three apis ("Rate limit", "Maximum call frequency"): 100 requests a second.
const DOCUMENTED: u32 = 100;
/// A burst that forgives a client the jitter of 100 ms.
const BURST: u32 = 10;
/// What a throttling limiter leaves of the documented rate: far below it, far above nothing.
const THROTTLED_SHARE: f64 = 0.4;
const SECOND: Duration = Duration::from_secs(1);

/// How requests are limited.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Law {
    /// Not at all.
    None,
    /// A bucket that holds `burst` tokens and gains `rate` a second; full at the start.
    TokenBucket {
        /// Tokens gained.
        rate: Rate,
        /// Tokens held at most; at least 1.
        burst: u32,
    },
    /// A counter that starts anew with each window.
    FixedWindow {
        /// Requests admitted a window.
        limit: u32,
        /// The length of a window.
        window: Duration,
        /// How long after the start of the server the first boundary lies.
        phase: Duration,
    },
    /// A log of what was admitted: no stretch of that length ever has more.
    SlidingWindow {
        /// Requests admitted in the window.
        limit: u32,
        /// Its length.
        window: Duration,
    },
    /// A queue that is emptied at an even pace.
    LeakyBucket {
        /// How fast it is emptied.
        rate: Rate,
        /// How many wait at most.
        queue: u32,
    },
    /// A limit of requests that are being answered.
    Concurrency {
        /// How many at a time.
        limit: u32,
    },
    /// Broken: a window counter that forgets what it admits in the last fifth of a window.
    DoubleAtBoundary {
        /// Requests admitted a window, and again in its last fifth.
        limit: u32,
        /// The length of a window.
        window: Duration,
    },
    /// Broken: a token bucket that gains only a share of its rate.
    Throttling {
        /// The rate that it claims.
        rate: Rate,
        /// Tokens held at most.
        burst: u32,
        /// The part of the rate that it admits.
        share: f64,
    },
    /// Broken: a token bucket that stays closed once it has refused.
    Latching {
        /// Tokens gained until then.
        rate: Rate,
        /// Tokens held at most.
        burst: u32,
        /// How long nobody may ask before it opens again.
        closed: Duration,
    },
    /// Broken: a token bucket that gives way under load.
    Porous {
        /// Tokens gained.
        rate: Rate,
        /// Tokens held at most.
        burst: u32,
        /// By what the rate is multiplied when it gives way.
        factor: f64,
        /// The offered requests a second above which it does.
        above: u32,
    },
}

impl Law {
    /// What `serve` does unless told otherwise: the documented 100 requests a second.
    #[must_use]
    pub fn documented() -> Self {
        Self::TokenBucket { rate: Rate(DOCUMENTED.into()), burst: BURST }
    }

    /// The documented limit, of which only 40 % are admitted.
    #[must_use]
    pub fn throttled() -> Self {
        Self::Throttling { rate: Rate(DOCUMENTED.into()), burst: BURST, share: THROTTLED_SHARE }
    }
}

/// Requests a second; positive and finite.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Rate(f64);

impl Rate {
    /// A rate, unless the number is none: zero, negative or not finite.
    #[must_use]
    pub fn per_second(number: f64) -> Option<Self> {
        (number.is_finite() && number > 0.0 && number <= 1e9).then_some(Self(number))
    }

    /// The time from one request to the next.
    #[must_use]
    pub fn interval(self) -> Duration {
        Duration::from_secs_f64(1.0 / self.0)
    }

    /// The rate times a factor.
    pub(super) fn times(self, factor: f64) -> Self {
        Self(self.0 * factor)
    }
}

/// Why a text is no law.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LawError(String);

impl fmt::Display for LawError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for LawError {}

/// The kinds with the names of their parameters, for the parser and for its errors.
const KINDS: [(&str, &[&str]); 10] = [
    ("none", &[]),
    ("token-bucket", &["rate", "burst"]),
    ("fixed-window", &["limit", "window", "phase"]),
    ("sliding-window", &["limit", "window"]),
    ("leaky-bucket", &["rate", "queue"]),
    ("concurrency", &["limit"]),
    ("double-at-boundary", &["limit", "window"]),
    ("throttling", &["rate", "burst", "share"]),
    ("latching", &["rate", "burst", "closed"]),
    ("porous", &["rate", "burst", "factor", "above"]),
];

impl FromStr for Law {
    type Err = LawError;

    fn from_str(text: &str) -> Result<Self, LawError> {
        let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
        let Some((_, names)) = KINDS.iter().find(|(have, _)| *have == kind) else {
            let kinds = KINDS.map(|(kind, _)| kind).join(", ");
            return Err(LawError(format!("unknown limiter `{kind}`; there are {kinds}")));
        };
        let given = Parameters::read(kind, names, rest)?;
        let (rate, burst) = (Rate(DOCUMENTED.into()), BURST);
        Ok(match kind {
            "token-bucket" => {
                Self::TokenBucket { rate: given.rate("rate", rate)?, burst: given.count("burst", burst)? }
            }
            "fixed-window" => Self::FixedWindow {
                limit: given.count("limit", DOCUMENTED)?,
                window: given.length("window", SECOND)?,
                phase: given.duration("phase", Duration::ZERO)?,
            },
            "sliding-window" => Self::SlidingWindow {
                limit: given.count("limit", DOCUMENTED)?,
                window: given.length("window", SECOND)?,
            },
            "leaky-bucket" => {
                Self::LeakyBucket { rate: given.rate("rate", rate)?, queue: given.count("queue", DOCUMENTED)? }
            }
            "concurrency" => Self::Concurrency { limit: given.count("limit", DOCUMENTED)? },
            "double-at-boundary" => Self::DoubleAtBoundary {
                limit: given.count("limit", DOCUMENTED)?,
                window: given.length("window", SECOND)?,
            },
            "throttling" => Self::Throttling {
                rate: given.rate("rate", rate)?,
                burst: given.count("burst", burst)?,
                share: given.number("share", THROTTLED_SHARE)?,
            },
            "latching" => Self::Latching {
                rate: given.rate("rate", rate)?,
                burst: given.count("burst", burst)?,
                closed: given.length("closed", SECOND * 60)?,
            },
            "porous" => Self::Porous {
                rate: given.rate("rate", rate)?,
                burst: given.count("burst", burst)?,
                factor: given.number("factor", 3.0)?,
                above: given.count("above", DOCUMENTED * 3)?,
            },
            _ => Self::None,
        })
    }
}

/// What stands after the kind.
struct Parameters<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Parameters<'a> {
    fn read(kind: &str, names: &[&str], text: &'a str) -> Result<Self, LawError> {
        let mut read = Vec::new();
        for part in text.split(',').filter(|part| !part.is_empty()) {
            let Some((name, value)) = part.split_once('=') else {
                return Err(LawError(format!("`{part}` is not of the form name=value")));
            };
            if !names.contains(&name) {
                let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
                return Err(LawError(format!("limiter `{kind}` has no parameter `{name}`; it has {known}")));
            }
            if read.iter().any(|(have, _)| *have == name) {
                return Err(LawError(format!("`{name}` is given twice")));
            }
            read.push((name, value));
        }
        Ok(Self(read))
    }

    fn get<T>(&self, name: &str, default: T, what: &str, read: impl Fn(&str) -> Option<T>) -> Result<T, LawError> {
        match self.0.iter().find(|(have, _)| *have == name) {
            None => Ok(default),
            Some((_, text)) => read(text).ok_or_else(|| LawError(format!("`{name}={text}`: {name} must be {what}"))),
        }
    }

    fn number(&self, name: &str, default: f64) -> Result<f64, LawError> {
        self.get(name, default, "a positive number", |text| Some(Rate::per_second(text.parse().ok()?)?.0))
    }

    fn rate(&self, name: &str, default: Rate) -> Result<Rate, LawError> {
        self.get(name, default, "a positive number of requests a second", |text| Rate::per_second(text.parse().ok()?))
    }

    fn count(&self, name: &str, default: u32) -> Result<u32, LawError> {
        self.get(name, default, "a whole number from 1", |text| text.parse().ok().filter(|count| *count > 0))
    }

    fn duration(&self, name: &str, default: Duration) -> Result<Duration, LawError> {
        self.get(name, default, "a time such as 250ms or 1s", duration)
    }

    fn length(&self, name: &str, default: Duration) -> Result<Duration, LawError> {
        self.get(name, default, "a time such as 250ms or 1s, longer than none", |text| {
            duration(text).filter(|length| !length.is_zero())
        })
    }
}

fn duration(text: &str) -> Option<Duration> {
    if let Some(number) = text.strip_suffix("ms") {
        return number.parse().ok().map(Duration::from_millis);
    }
    text.strip_suffix('s')?.parse().ok().map(Duration::from_secs)
}

impl fmt::Display for Law {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => formatter.write_str("none"),
            Self::TokenBucket { rate, burst } => write!(formatter, "token-bucket:rate={},burst={burst}", rate.0),
            Self::FixedWindow { limit, window, phase } => write!(
                formatter,
                "fixed-window:limit={limit},window={}ms,phase={}ms",
                window.as_millis(),
                phase.as_millis()
            ),
            Self::SlidingWindow { limit, window } => {
                write!(formatter, "sliding-window:limit={limit},window={}ms", window.as_millis())
            }
            Self::LeakyBucket { rate, queue } => write!(formatter, "leaky-bucket:rate={},queue={queue}", rate.0),
            Self::Concurrency { limit } => write!(formatter, "concurrency:limit={limit}"),
            Self::DoubleAtBoundary { limit, window } => {
                write!(formatter, "double-at-boundary:limit={limit},window={}ms", window.as_millis())
            }
            Self::Throttling { rate, burst, share } => {
                write!(formatter, "throttling:rate={},burst={burst},share={share}", rate.0)
            }
            Self::Latching { rate, burst, closed } => {
                write!(formatter, "latching:rate={},burst={burst},closed={}ms", rate.0, closed.as_millis())
            }
            Self::Porous { rate, burst, factor, above } => {
                write!(formatter, "porous:rate={},burst={burst},factor={factor},above={above}", rate.0)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        text.parse::<Law>().unwrap_err().to_string()
    }

    #[test]
    fn every_kind_has_defaults_and_survives_being_written_and_read() {
        for (kind, _) in KINDS {
            let law: Law = kind.parse().unwrap();
            assert!(law.to_string().starts_with(kind));
            assert_eq!(law.to_string().parse::<Law>().unwrap(), law);
        }
        assert_eq!("token-bucket".parse::<Law>().unwrap(), Law::documented());
    }

    #[test]
    fn parameters_are_read_with_their_units() {
        assert_eq!(
            "fixed-window:limit=7,window=250ms,phase=2s".parse(),
            Ok(Law::FixedWindow { limit: 7, window: Duration::from_millis(250), phase: Duration::from_secs(2) })
        );
        let law: Law = "token-bucket:rate=0.5".parse().unwrap();
        assert!(matches!(law, Law::TokenBucket { rate, .. } if rate.interval() == Duration::from_secs(2)));
    }

    #[test]
    fn mistakes_are_named_with_what_would_be_right() {
        assert!(error("bucket").starts_with("unknown limiter `bucket`; there are none, token-bucket,"));
        assert_eq!(error("none:rate=1"), "limiter `none` has no parameter `rate`; it has none");
        assert_eq!(error("concurrency:max=1"), "limiter `concurrency` has no parameter `max`; it has limit");
        assert_eq!(error("token-bucket:rate"), "`rate` is not of the form name=value");
        assert_eq!(error("token-bucket:burst=1,burst=2"), "`burst` is given twice");
        assert_eq!(error("token-bucket:burst=0"), "`burst=0`: burst must be a whole number from 1");
        assert_eq!(error("token-bucket:rate=-1"), "`rate=-1`: rate must be a positive number of requests a second");
        assert_eq!(
            error("fixed-window:window=1"),
            "`window=1`: window must be a time such as 250ms or 1s, longer than none"
        );
        assert_eq!(
            error("fixed-window:window=0s"),
            "`window=0s`: window must be a time such as 250ms or 1s, longer than none"
        );
    }
}
