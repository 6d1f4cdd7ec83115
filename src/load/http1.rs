//! Reads an HTTP/1.1 reply from bytes as they arrive, over `httparse`, without allocating for a whole one.
//!
//! The caller keeps all bytes since the begin of the reply in one slice and shows it again when more have come;
//! [`Progress`] remembers what is known, so that a head is parsed once. What a connection may do next is part of the
//! result: `Connection: close`, HTTP/1.0 and bytes beyond the reply end it.

use std::mem::MaybeUninit;
use std::ops::Range;

use httparse::{EMPTY_HEADER, ParserConfig, Response, Status};

use super::chunked::{Chunks, Dechunk};
use crate::exchange::{FailureKind, Reply};

/// How many headers a reply may have.
const MOST_HEADERS: usize = 64;

/// Whether the connection may carry another request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum After {
    Reuse,
    Close,
}

/// What more bytes led to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The reply is not whole yet.
    More,
    /// The reply is whole.
    Whole(After),
}

/// Whether more bytes can come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    Open,
    Ended,
}

/// What is known of the reply on one connection; its buffers are kept from reply to reply.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    head: Option<Head>,
    chunks: Chunks,
    /// Bytes of interim replies (1xx) before the reply itself.
    skipped: usize,
    /// Where the body lies in the slice, once whole and unless it was chunked.
    body: Range<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Head {
    status: u16,
    /// Where the head ends in the slice.
    end: usize,
    /// The value of `Content-Type` in the slice.
    content_type: Range<usize>,
    framing: Framing,
    after: After,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Framing {
    Length(usize),
    Chunked,
    UntilClose,
}

impl Progress {
    /// Takes the bytes since the begin of the reply. `head_only`: the request was a HEAD. An error is a class of failure,
    /// after which the connection must close.
    pub(crate) fn read(
        &mut self,
        bytes: &[u8],
        input: Input,
        head_only: bool,
        limit: usize,
    ) -> Result<Step, FailureKind> {
        while self.head.is_none() {
            match parse_head(bytes, self.skipped, head_only)? {
                Parsed::Partial if bytes.len() > limit => return Err(FailureKind::TooLarge),
                Parsed::Partial if input == Input::Open => return Ok(Step::More),
                Parsed::Partial if bytes.is_empty() => return Err(FailureKind::Closed),
                Parsed::Partial => return Err(FailureKind::CutOff),
                Parsed::Interim(end) => self.skipped = end,
                Parsed::Head(head) => self.head = Some(head),
            }
        }
        let Some(Head { end, framing, after, .. }) = self.head else { return Ok(Step::More) };
        let have = bytes.len() - end;
        let (whole, after) = match framing {
            Framing::Length(length) if length > limit => return Err(FailureKind::TooLarge),
            Framing::Length(length) => {
                self.body = end..end + length;
                (have >= length, if have > length { After::Close } else { after })
            }
            Framing::UntilClose => {
                self.body = end..bytes.len();
                (input == Input::Ended, After::Close)
            }
            Framing::Chunked => match self.chunks.read(&bytes[end..])? {
                Dechunk::More => (false, after),
                Dechunk::Whole { used } => (true, if have > used { After::Close } else { after }),
            },
        };
        match (whole, input) {
            (true, _) => Ok(Step::Whole(after)),
            (false, _) if bytes.len() > limit => Err(FailureKind::TooLarge),
            (false, Input::Open) => Ok(Step::More),
            (false, Input::Ended) => Err(FailureKind::CutOff),
        }
    }

    /// The status of a whole reply; zero before.
    pub(crate) fn status(&self) -> u16 {
        self.head.as_ref().map_or(0, |head| head.status)
    }

    /// The content type of a whole reply as it stands in `bytes`; empty for none.
    pub(crate) fn content_type<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        self.head.as_ref().map_or(&[], |head| &bytes[head.content_type.clone()])
    }

    /// The body of a whole reply, the transfer coding taken off; empty while it is not whole.
    pub(crate) fn body<'a>(&'a self, bytes: &'a [u8]) -> &'a [u8] {
        match self.head.as_ref().map(|head| head.framing) {
            Some(Framing::Chunked) => self.chunks.body(),
            Some(Framing::Length(_) | Framing::UntilClose) => bytes.get(self.body.clone()).unwrap_or_default(),
            None => &[],
        }
    }

    /// The whole reply as data, for judging it in full.
    pub(crate) fn reply(&self, bytes: &[u8]) -> Reply {
        let mut headers = [EMPTY_HEADER; MOST_HEADERS];
        let mut response = Response::new(&mut headers);
        // The head was parsed before: what fails here has been refused there.
        let _ = response.parse(&bytes[self.skipped..]);
        let headers = response.headers.iter().take_while(|header| !header.name.is_empty());
        Reply {
            status: self.status(),
            headers: headers
                .map(|header| (header.name.to_ascii_lowercase(), String::from_utf8_lossy(header.value).into_owned()))
                .collect(),
            body: self.body(bytes).to_vec(),
        }
    }

    /// Forgets the reply and keeps the buffers.
    pub(crate) fn reset(&mut self) {
        self.head = None;
        self.skipped = 0;
        self.body = 0..0;
        self.chunks.reset();
    }
}

enum Parsed {
    Partial,
    /// An interim reply that ends there.
    Interim(usize),
    Head(Head),
}

/// Parses the head that begins at `start`. A reply whose framing contradicts itself is not HTTP: which of two lengths
/// holds cannot be known (RFC 9112, 6.3).
fn parse_head(bytes: &[u8], start: usize, head_only: bool) -> Result<Parsed, FailureKind> {
    // Not initialised: 64 empty headers are 2 KB for each reply.
    let mut headers = [const { MaybeUninit::uninit() }; MOST_HEADERS];
    let mut response = Response::new(&mut []);
    let parsed =
        ParserConfig::default().parse_response_with_uninit_headers(&mut response, &bytes[start..], &mut headers);
    let parsed = parsed.map_err(|error| match error {
        httparse::Error::TooManyHeaders => FailureKind::TooLarge,
        _ => FailureKind::NotHttp,
    });
    let length = match parsed? {
        Status::Partial => return Ok(Parsed::Partial),
        Status::Complete(length) => length,
    };
    let (end, status) = (start + length, response.code.unwrap_or_default());
    if (100..200).contains(&status) && status != 101 {
        return Ok(Parsed::Interim(end));
    }
    let mut length = None;
    let mut chunked = false;
    let mut after = if response.version == Some(1) { After::Reuse } else { After::Close };
    let mut content_type = 0..0;
    for header in response.headers.iter() {
        match header.name.len() {
            14 if header.name.eq_ignore_ascii_case("content-length") => {
                let value = decimal(header.value).ok_or(FailureKind::NotHttp)?;
                if length.is_some_and(|other| other != value) {
                    return Err(FailureKind::NotHttp);
                }
                length = Some(value);
            }
            17 if header.name.eq_ignore_ascii_case("transfer-encoding") => {
                chunked = has_token(header.value, b"chunked");
                if !chunked {
                    return Err(FailureKind::NotHttp);
                }
            }
            10 if header.name.eq_ignore_ascii_case("connection") => {
                if has_token(header.value, b"close") {
                    after = After::Close;
                } else if has_token(header.value, b"keep-alive") {
                    after = After::Reuse;
                }
            }
            12 if header.name.eq_ignore_ascii_case("content-type") => {
                let at = header.value.as_ptr().addr() - bytes.as_ptr().addr();
                content_type = at..at + header.value.len();
            }
            _ => {}
        }
    }
    let framing = if head_only || status == 204 || status == 304 {
        Framing::Length(0)
    } else if chunked {
        Framing::Chunked
    } else {
        length.map_or(Framing::UntilClose, Framing::Length)
    };
    Ok(Parsed::Head(Head { status, end, content_type, framing, after }))
}

fn decimal(value: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(value).ok()?;
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

fn has_token(value: &[u8], token: &[u8]) -> bool {
    value.split(|&byte| byte == b',').any(|part| part.trim_ascii().eq_ignore_ascii_case(token))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: usize = 1 << 20;

    /// Reads the reply at once, and again byte by byte: both must agree.
    fn read(text: &str, then: Input, head_only: bool) -> Result<(Step, u16, String), FailureKind> {
        let bytes = text.as_bytes();
        let mut progress = Progress::default();
        let step = progress.read(bytes, then, head_only, LIMIT);
        let mut slow = Progress::default();
        let slowly = (0..=bytes.len())
            .map(|end| slow.read(&bytes[..end], if end == bytes.len() { then } else { Input::Open }, head_only, LIMIT))
            .find(|step| !matches!(step, Ok(Step::More)))
            .unwrap_or(Ok(Step::More));
        match (&step, &slowly) {
            (Ok(Step::Whole(_)), Ok(Step::Whole(_))) => {
                assert_eq!(progress.body(bytes), slow.body(bytes));
            }
            _ => assert_eq!(step, slowly),
        }
        step.map(|step| (step, progress.status(), String::from_utf8(progress.body(bytes).to_vec()).unwrap()))
    }

    fn whole(after: After, status: u16, body: &str) -> Result<(Step, u16, String), FailureKind> {
        Ok((Step::Whole(after), status, body.to_owned()))
    }

    #[test]
    fn a_reply_with_a_length_is_whole_at_its_last_byte() {
        let text = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\nbody";
        assert_eq!(read(text, Input::Open, false), whole(After::Reuse, 200, "body"));
        assert_eq!(read(&text[..text.len() - 1], Input::Open, false).unwrap().0, Step::More);
        assert_eq!(read(&text[..text.len() - 1], Input::Ended, false), Err(FailureKind::CutOff));
        let mut progress = Progress::default();
        progress.read(text.as_bytes(), Input::Open, false, LIMIT).unwrap();
        assert_eq!(progress.content_type(text.as_bytes()), b"application/json");
        assert_eq!(progress.reply(text.as_bytes()).header("content-type"), Some("application/json"));
    }

    #[test]
    fn chunks_are_joined_and_trailers_skipped() {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        let text = format!("{head}4;x=y\r\nbody\r\nA\r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\n");
        assert_eq!(read(&text, Input::Open, false), whole(After::Reuse, 200, "body0123456789"));
        assert_eq!(read(&format!("{head}zz\r\n"), Input::Open, false), Err(FailureKind::NotHttp));
    }

    #[test]
    fn a_reply_without_a_length_ends_with_its_connection() {
        let text = "HTTP/1.1 200 OK\r\n\r\nall of it";
        assert_eq!(read(text, Input::Open, false).unwrap().0, Step::More);
        assert_eq!(read(text, Input::Ended, false), whole(After::Close, 200, "all of it"));
    }

    #[test]
    fn replies_that_have_no_body_are_whole_after_their_head() {
        assert_eq!(read("HTTP/1.1 204 No Content\r\n\r\n", Input::Open, false), whole(After::Reuse, 204, ""));
        assert_eq!(
            read("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", Input::Open, false),
            whole(After::Reuse, 304, "")
        );
        assert_eq!(
            read("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", Input::Open, true),
            whole(After::Reuse, 200, "")
        );
    }

    #[test]
    fn interim_replies_are_skipped() {
        let text = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        assert_eq!(read(text, Input::Open, false), whole(After::Reuse, 200, "ok"));
        let mut progress = Progress::default();
        progress.read(text.as_bytes(), Input::Open, false, LIMIT).unwrap();
        assert_eq!(progress.reply(text.as_bytes()).header("content-length"), Some("2"));
    }

    #[test]
    fn what_ends_a_connection_is_seen() {
        let close = "HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n";
        assert_eq!(read(close, Input::Open, false), whole(After::Close, 200, ""));
        let old = "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n";
        assert_eq!(read(old, Input::Open, false), whole(After::Close, 200, ""));
        let kept = "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n";
        assert_eq!(read(kept, Input::Open, false), whole(After::Reuse, 200, ""));
        let mut progress = Progress::default();
        let beyond = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1";
        assert_eq!(progress.read(beyond, Input::Open, false, LIMIT), Ok(Step::Whole(After::Close)));
    }

    #[test]
    fn what_is_no_reply_is_told_apart() {
        assert_eq!(read("", Input::Ended, false), Err(FailureKind::Closed));
        assert_eq!(read("HTTP/1.1 20", Input::Ended, false), Err(FailureKind::CutOff));
        assert_eq!(read("SSH-2.0-x\r\n", Input::Open, false), Err(FailureKind::NotHttp));
        let two = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n";
        assert_eq!(read(two, Input::Open, false), Err(FailureKind::NotHttp));
        let large = "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n";
        assert_eq!(read(large, Input::Open, false), Err(FailureKind::TooLarge));
        let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "X-Some: x\r\n".repeat(MOST_HEADERS + 1));
        assert_eq!(read(&many, Input::Open, false), Err(FailureKind::TooLarge));
    }
}
