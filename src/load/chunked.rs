//! Takes the chunked transfer coding off a body (RFC 9112, 7.1), as its bytes arrive.

use httparse::Status;

use crate::exchange::FailureKind;

/// The joined chunks of one body; the buffer is kept from body to body.
#[derive(Debug, Default)]
pub(crate) struct Chunks {
    joined: Vec<u8>,
    /// How many bytes of the coded body have been dealt with.
    read: usize,
    at: At,
}

#[derive(Clone, Copy, Debug, Default)]
enum At {
    #[default]
    Size,
    /// So many bytes of a chunk's data are still to come.
    Data(usize),
    DataEnd,
    Trailer,
}

/// What more bytes led to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Dechunk {
    More,
    /// The body is whole and took so many bytes.
    Whole {
        used: usize,
    },
}

impl Chunks {
    /// Takes the coded bytes since the begin of the body.
    pub(crate) fn read(&mut self, bytes: &[u8]) -> Result<Dechunk, FailureKind> {
        loop {
            let rest = &bytes[self.read..];
            match self.at {
                At::Size => match httparse::parse_chunk_size(rest) {
                    Err(_) => return Err(FailureKind::NotHttp),
                    Ok(Status::Partial) => return Ok(Dechunk::More),
                    Ok(Status::Complete((used, size))) => {
                        self.read += used;
                        let size = usize::try_from(size).map_err(|_| FailureKind::TooLarge)?;
                        self.at = if size == 0 { At::Trailer } else { At::Data(size) };
                    }
                },
                At::Data(0) => self.at = At::DataEnd,
                At::Data(_) if rest.is_empty() => return Ok(Dechunk::More),
                At::Data(left) => {
                    let take = left.min(rest.len());
                    self.joined.extend_from_slice(&rest[..take]);
                    self.read += take;
                    self.at = At::Data(left - take);
                }
                At::DataEnd => {
                    self.read += match rest {
                        [b'\r', b'\n', ..] => 2,
                        [] | [b'\r'] => return Ok(Dechunk::More),
                        _ => return Err(FailureKind::NotHttp),
                    };
                    self.at = At::Size;
                }
                At::Trailer => match memchr::memchr(b'\n', rest) {
                    None => return Ok(Dechunk::More),
                    Some(end) => {
                        self.read += end + 1;
                        if rest[..end].trim_ascii().is_empty() {
                            return Ok(Dechunk::Whole { used: self.read });
                        }
                    }
                },
            }
        }
    }

    /// The body so far, the coding taken off.
    pub(crate) fn body(&self) -> &[u8] {
        &self.joined
    }

    /// Forgets the body and keeps the buffer.
    pub(crate) fn reset(&mut self) {
        self.joined.clear();
        self.read = 0;
        self.at = At::Size;
    }
}
