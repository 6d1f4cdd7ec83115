//! The two formats that `HdrHistogram` viewers open: the interval log (`.hlog`, V2, compressed) and the percentile table
//! (`.hgrm`).
//!
//! The log has one line for each second and series; a line's tag names the series. Values are nanoseconds, the maximum of a
//! line as well: viewers divide by a unit that they are told. The percentile table is in milliseconds.

use std::io::{self, BufRead, Write};
use std::time::{Duration, UNIX_EPOCH};

use hdrhistogram::Histogram;
use hdrhistogram::serialization::interval_log::{IntervalLogWriterBuilder, IntervalLogWriterError, Tag};
use hdrhistogram::serialization::{Deserializer, V2DeflateSerializer, interval_log};

use crate::load::{Durations, Key, Latency, Second, Started};

/// The unit of the percentile table: a million nanoseconds.
const UNIT: f64 = 1e6;
const SECOND: Duration = Duration::from_secs(1);

/// Writes an interval log; every second is flushed, so that a killed run leaves whole lines but for the last.
pub struct HistogramLog<W> {
    sink: W,
    serializer: V2DeflateSerializer,
}

impl<W: Write> HistogramLog<W> {
    /// Begins a log: its comments, the time at which the run started, and the legend.
    ///
    /// # Errors
    /// Writing failed.
    pub fn begin(mut sink: W, started: &Started) -> io::Result<Self> {
        let at = UNIX_EPOCH + started.at;
        let mut serializer = V2DeflateSerializer::new();
        IntervalLogWriterBuilder::new()
            .add_comment("[Histogram log format version 1.3]")
            .with_start_time(at)
            .with_base_time(at)
            .begin_log_with(&mut sink, &mut serializer)?;
        sink.write_all(b"\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n")?;
        sink.flush()?;
        Ok(Self { sink, serializer })
    }

    /// Writes the series of a second.
    ///
    /// # Errors
    /// Writing failed.
    pub fn second(&mut self, second: &Second<'_>, started: &Started) -> io::Result<()> {
        for (key, durations) in second.now.series() {
            self.line(&tag(key, started), durations, second.number)?;
        }
        self.sink.flush()
    }

    fn line(&mut self, tag: &str, durations: &Durations, second: u64) -> io::Result<()> {
        // The crate's writer borrows its sink for as long as it lives; one that has no header to write appends a line.
        let mut log = IntervalLogWriterBuilder::new().begin_log_with(&mut self.sink, &mut self.serializer)?;
        log.write_histogram(durations, SECOND * u32::try_from(second).unwrap_or(u32::MAX), SECOND, Tag::new(tag))
            .map_err(|error| match error {
                IntervalLogWriterError::IoError(error) => error,
                IntervalLogWriterError::SerializeError(error) => io::Error::other(error.to_string()),
            })
    }
}

/// What a series is called in a log: `response/PHASE/CASE/FATE`, `lag/PHASE`, `wait/PHASE`. What tags may not contain
/// (space, comma, line ends) is written as `_`.
#[must_use]
pub fn tag(key: &Key, started: &Started) -> String {
    let phase = |index: usize| started.phases[index].0.as_str();
    let text = match key {
        Key::Lag { phase: index } => format!("lag/{}", phase(*index)),
        Key::Wait { phase: index } => format!("wait/{}", phase(*index)),
        Key::Latency { measure, phase: index, case, fate } => {
            let measure = match measure {
                Latency::Response => "response",
                Latency::Service => "service",
            };
            format!("{measure}/{}/{}/{}", phase(*index), started.cases[*case], fate.word())
        }
    };
    text.replace([' ', ',', '\r', '\n'], "_")
}

/// One line of a log.
#[derive(Clone, Debug)]
pub struct LoggedInterval {
    /// The name of the series.
    pub tag: String,
    /// When it began, since the start of the run.
    pub from: Duration,
    /// Its values.
    pub durations: Durations,
}

/// Reads a log back, as far as its lines are whole: what a killed run left is not an error.
#[must_use]
pub fn read(log: &[u8]) -> Vec<LoggedInterval> {
    intervals(log).collect()
}

/// The intervals of a log one by one, as far as its lines are whole.
pub fn intervals(mut log: impl BufRead) -> impl Iterator<Item = LoggedInterval> {
    let (mut deserializer, mut line) = (Deserializer::new(), Vec::new());
    std::iter::from_fn(move || {
        loop {
            line.clear();
            if log.read_until(b'\n', &mut line).is_err() || line.last() != Some(&b'\n') {
                return None;
            }
            match interval_log::IntervalLogIterator::new(&line).next() {
                Some(Ok(interval_log::LogEntry::Interval(interval))) => return logged(&interval, &mut deserializer),
                Some(Ok(interval_log::LogEntry::StartTime(_) | interval_log::LogEntry::BaseTime(_))) | None => {}
                Some(Err(_)) => return None,
            }
        }
    })
}

fn logged(
    interval: &interval_log::IntervalLogHistogram<'_>,
    deserializer: &mut Deserializer,
) -> Option<LoggedInterval> {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::STANDARD.decode(interval.encoded_histogram()).ok()?;
    let durations = deserializer.deserialize(&mut bytes.as_slice()).ok()?;
    let tag = interval.tag().map(|tag| tag.as_str().to_owned()).unwrap_or_default();
    Some(LoggedInterval { tag, from: interval.start_timestamp(), durations })
}

/// Writes the percentile table of a histogram, in milliseconds: five steps for each halving of the distance to 100 %, as
/// the Java implementation writes it.
///
/// # Errors
/// Writing failed.
pub fn percentile_table(mut sink: impl Write, durations: &Histogram<u32>) -> io::Result<()> {
    writeln!(sink, "{:>12} {:>14} {:>10} {:>14}\n", "Value", "Percentile", "TotalCount", "1/(1-Percentile)")?;
    let mut count = 0;
    for step in durations.iter_quantiles(5) {
        count += step.count_since_last_iteration();
        let (value, quantile) = (milliseconds(step.value_iterated_to()), step.quantile_iterated_to());
        if quantile < 1.0 {
            writeln!(sink, "{value:12.3} {quantile:.12} {count:10} {:14.2}", 1.0 / (1.0 - quantile))?;
        } else {
            writeln!(sink, "{value:12.3} {quantile:.12} {count:10}")?;
        }
    }
    let (mean, deviation) = (durations.mean() / UNIT, durations.stdev() / UNIT);
    writeln!(sink, "#[Mean    = {mean:12.3}, StdDeviation   = {deviation:12.3}]")?;
    writeln!(sink, "#[Max     = {:12.3}, Total count    = {:12}]", milliseconds(durations.max()), durations.len())?;
    // Three digits need 2 048 sub-buckets, whatever the range.
    writeln!(sink, "#[Buckets = {:12}, SubBuckets     = {:12}]", durations.buckets(), 2_048)
}

#[expect(clippy::cast_precision_loss, reason = "durations up to an hour")]
fn milliseconds(nanos: u64) -> f64 {
    nanos as f64 / UNIT
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::{Approach, Fate, Model, Stretch, empty};

    fn started() -> Started {
        Started {
            model: Model::Open,
            phases: vec![("step 100/s".into(), Stretch::Step, SECOND)],
            cases: vec!["set".into()],
            threads: 1,
            approach: Approach::Wait,
            at: Duration::from_secs(1_800_000_000),
        }
    }

    fn durations(values: &[u64]) -> Durations {
        let mut durations = empty();
        values.iter().for_each(|value| durations.record(*value).unwrap());
        durations
    }

    #[test]
    fn a_log_is_read_back_and_a_cut_last_line_is_no_error() {
        let mut bytes = Vec::new();
        let mut log = HistogramLog::begin(&mut bytes, &started()).unwrap();
        let key = Key::Latency { measure: Latency::Response, phase: 0, case: 0, fate: Fate::AsExpected };
        let tag = tag(&key, &started());
        log.line(&tag, &durations(&[1_000_000, 2_000_000]), 0).unwrap();
        log.line(&tag, &durations(&[3_000_000]), 1).unwrap();
        let read_back = read(&bytes);
        assert_eq!(read_back.len(), 2);
        assert_eq!(read_back[0].tag, "response/step_100/s/set/as_expected");
        assert_eq!(read_back[1].from, SECOND);
        assert_eq!(read_back[1].durations, durations(&[3_000_000]));
        assert_eq!(read(&bytes[..bytes.len() - 9]).len(), 1);
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains("#[BaseTime: 1800000000.000 (seconds since epoch)]"), "{text}");
    }

    #[test]
    fn the_percentile_table_is_what_the_viewers_read() {
        let mut bytes = Vec::new();
        percentile_table(&mut bytes, &durations(&[1_000_000, 2_000_000, 3_000_000, 4_000_000])).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.starts_with("       Value     Percentile TotalCount 1/(1-Percentile)\n\n"), "{text}");
        assert!(text.contains("       2.001 0.500000000000          2           2.00\n"), "{text}");
        assert!(text.contains("#[Mean    =        2.50"), "{text}");
        assert!(text.contains("Total count    =            4]"), "{text}");
    }
}
