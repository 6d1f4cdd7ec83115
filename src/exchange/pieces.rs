//! A request before its values are known: literal bytes with named slots between them.
//!
//! A request is formed once, as [`Request`]. `check` renders it with one set of values; `load` compiles the same pieces
//! into one buffer with offsets and patches the slots in place. Both give equal bytes for equal values, because both
//! start here.
//!
//! What fills a slot is ASCII that needs no escaping in a URL, in a form or in JSON: letters, digits, `-`, `.`, `_`, `*`.

/// A value that differs from one sending of a request to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Slot {
    /// The user id that this case or arrival writes to.
    User,
    /// Twelve lower-case letters and digits that no other case or arrival of the run has.
    Unique,
    /// The nonce of the signature.
    Nonce,
    /// The time that the signature covers, in the unit that the scheme sends.
    Timestamp,
    /// The hexadecimal signature over secret, nonce and timestamp: authorises any call.
    Signature,
    /// The `UserSig` of the caller: authorises any call.
    UserSig,
    /// A decimal number below 2^32.
    Random,
}

impl Slot {
    /// Whether what fills the slot authorises calls, so that it must not be shown or recorded.
    #[must_use]
    pub fn is_secret(self) -> bool {
        match self {
            Self::Signature | Self::UserSig => true,
            Self::User | Self::Unique | Self::Nonce | Self::Timestamp | Self::Random => false,
        }
    }
}

/// Literal bytes or a slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Bytes that are sent as they stand: already escaped for their place.
    Literal(Vec<u8>),
    /// A place that is filled for each sending.
    Slot(Slot),
}

/// A run of pieces; adjacent literals are always one piece.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pieces(Vec<Piece>);

impl Pieces {
    /// No bytes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds literal bytes, joined to a literal before them.
    pub fn literal(&mut self, bytes: impl AsRef<[u8]>) {
        let bytes = bytes.as_ref();
        if bytes.is_empty() {
            return;
        }
        if let Some(Piece::Literal(last)) = self.0.last_mut() {
            last.extend_from_slice(bytes);
        } else {
            self.0.push(Piece::Literal(bytes.to_vec()));
        }
    }

    /// Adds a slot.
    pub fn slot(&mut self, slot: Slot) {
        self.0.push(Piece::Slot(slot));
    }

    /// Adds all pieces of another run.
    pub fn extend(&mut self, other: &Self) {
        for piece in &other.0 {
            match piece {
                Piece::Literal(bytes) => self.literal(bytes),
                Piece::Slot(slot) => self.slot(*slot),
            }
        }
    }

    /// The pieces in their order.
    pub fn iter(&self) -> impl Iterator<Item = &Piece> {
        self.0.iter()
    }

    /// Whether there is nothing to send.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bytes, with each slot replaced by what `value` gives for it.
    pub fn render<'a>(&self, value: impl Fn(Slot) -> &'a str) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(256);
        for piece in &self.0 {
            match piece {
                Piece::Literal(literal) => bytes.extend_from_slice(literal),
                Piece::Slot(slot) => bytes.extend_from_slice(value(*slot).as_bytes()),
            }
        }
        bytes
    }
}

impl From<&str> for Pieces {
    fn from(text: &str) -> Self {
        let mut pieces = Self::new();
        pieces.literal(text);
        pieces
    }
}

/// A formed request: everything but the values of its slots, the host, and the framing that the client adds
/// (`Host`, `Content-Length`, `Connection`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method, in upper case.
    pub method: String,
    /// Path and query as they stand in the request line, percent-encoded; the target's path prefix stands before it.
    pub path: Pieces,
    /// Header names as documented, with their values, in the order in which they are sent.
    pub headers: Vec<(String, Pieces)>,
    /// The body; empty for none.
    pub body: Pieces,
}
