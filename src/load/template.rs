//! A request compiled into one buffer: every byte that is sent, with the places of its slots.
//!
//! Slots have a fixed width, so that filling one never moves a byte and `Content-Length` is written once. The body and
//! the path are the same pieces that `check` renders; the framing (`Host`, `Content-Length`) is added here.

use crate::exchange::{Piece, Pieces, Request, Slot};

/// How many bytes each kind of slot takes in one template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Widths {
    pub(crate) user: usize,
    pub(crate) timestamp: usize,
    pub(crate) user_sig: usize,
}

/// Digits of a nonce: the documents of two apis allow at most 18 characters.
pub(crate) const NONCE_WIDTH: usize = 18;
/// Characters of a unique value.
pub(crate) const UNIQUE_WIDTH: usize = 12;
/// Hexadecimal digits of a SHA-1.
pub(crate) const SIGNATURE_WIDTH: usize = 40;
/// Digits of a random number: 1 000 000 000 to 4 294 967 295, so that it never begins with a zero.
pub(crate) const RANDOM_WIDTH: usize = 10;

impl Widths {
    fn of(&self, slot: Slot) -> usize {
        match slot {
            Slot::User => self.user,
            Slot::Unique => UNIQUE_WIDTH,
            Slot::Nonce => NONCE_WIDTH,
            Slot::Timestamp => self.timestamp,
            Slot::Signature => SIGNATURE_WIDTH,
            Slot::UserSig => self.user_sig,
            Slot::Random => RANDOM_WIDTH,
        }
    }
}

/// Where a slot lies in the buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    slot: Slot,
    at: usize,
    width: usize,
}

/// A request, ready to be sent once its slots are filled. Unfilled slots hold zeros (digits).
#[derive(Clone)]
pub(crate) struct Template {
    bytes: Vec<u8>,
    /// By slot, so that filling one looks at no others.
    places: Vec<Place>,
    /// For each slot, its range in `places`.
    ranges: [(usize, usize); 7],
}

impl Template {
    /// Compiles a request for a host.
    pub(crate) fn compile(request: &Request, host: &str, path_prefix: &str, widths: &Widths) -> Self {
        let mut template = Self { bytes: Vec::with_capacity(1_024), places: Vec::new(), ranges: [(0, 0); 7] };
        template.literal(request.method.as_bytes());
        template.literal(b" ");
        template.literal(path_prefix.as_bytes());
        template.pieces(&request.path, widths);
        template.literal(b" HTTP/1.1\r\nHost: ");
        template.literal(host.as_bytes());
        template.literal(b"\r\n");
        for (name, value) in &request.headers {
            template.literal(name.as_bytes());
            template.literal(b": ");
            template.pieces(value, widths);
            template.literal(b"\r\n");
        }
        let mut body = Self { bytes: Vec::new(), places: Vec::new(), ranges: [(0, 0); 7] };
        body.pieces(&request.body, widths);
        if !body.bytes.is_empty() || matches!(request.method.as_str(), "POST" | "PUT" | "PATCH") {
            template.literal(format!("Content-Length: {}\r\n", body.bytes.len()).as_bytes());
        }
        template.literal(b"\r\n");
        let start = template.bytes.len();
        template.bytes.extend_from_slice(&body.bytes);
        template.places.extend(body.places.iter().map(|place| Place { at: place.at + start, ..*place }));
        template.places.sort_by_key(|place| place.slot as usize);
        for (number, range) in template.ranges.iter_mut().enumerate() {
            let end = |bound| template.places.partition_point(|place| (place.slot as usize) < bound);
            *range = (end(number), end(number + 1));
        }
        template
    }

    fn literal(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    fn pieces(&mut self, pieces: &Pieces, widths: &Widths) {
        for piece in pieces.iter() {
            match piece {
                Piece::Literal(bytes) => self.literal(bytes),
                Piece::Slot(slot) => {
                    let place = Place { slot: *slot, at: self.bytes.len(), width: widths.of(*slot) };
                    self.bytes.resize(place.at + place.width, b'0');
                    self.places.push(place);
                }
            }
        }
    }

    /// Whether the request has such a slot.
    pub(crate) fn has(&self, slot: Slot) -> bool {
        let (first, end) = self.ranges[slot as usize];
        first < end
    }

    /// Writes a value into every place of a slot; a value of another width than the slot's is cut or leaves the rest.
    pub(crate) fn fill(&mut self, slot: Slot, value: &[u8]) {
        let (first, end) = self.ranges[slot as usize];
        for place in &self.places[first..end] {
            debug_assert_eq!(place.width, value.len(), "{slot:?}");
            let width = place.width.min(value.len());
            self.bytes[place.at..place.at + width].copy_from_slice(&value[..width]);
        }
    }

    /// The request as it is sent.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What a slot holds; `None` where the request has no such slot.
    pub(crate) fn value(&self, slot: Slot) -> Option<&[u8]> {
        let (first, end) = self.ranges[slot as usize];
        let place = self.places[first..end].first()?;
        Some(&self.bytes[place.at..place.at + place.width])
    }

    /// The request with what authorises calls replaced by asterisks: for examples.
    pub(crate) fn masked(&self) -> Vec<u8> {
        let mut bytes = self.bytes.clone();
        for place in self.places.iter().filter(|place| place.slot.is_secret()) {
            bytes[place.at..place.at + place.width].fill(b'*');
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDTHS: Widths = Widths { user: 6, timestamp: 13, user_sig: 7 };

    #[test]
    fn what_authorises_calls_is_masked_and_nothing_else() {
        let mut body = Pieces::from("a=");
        body.slot(Slot::Signature);
        body.literal("&b=");
        body.slot(Slot::User);
        let request = Request { method: "POST".into(), path: "/".into(), headers: Vec::new(), body };
        let mut template = Template::compile(&request, "h", "", &WIDTHS);
        template.fill(Slot::Signature, "0123456789abcdef0123456789abcdef01234567".as_bytes());
        template.fill(Slot::User, b"user-7");
        assert!(template.masked().ends_with(format!("a={}&b=user-7", "*".repeat(40)).as_bytes()));
    }

    #[test]
    fn a_get_without_a_body_has_no_content_length() {
        let request = Request { method: "GET".into(), path: "/x".into(), headers: Vec::new(), body: Pieces::new() };
        assert_eq!(Template::compile(&request, "h", "", &WIDTHS).bytes(), b"GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
    }
}
