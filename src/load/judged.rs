//! Replies that were judged before: one whose status, content type and body equal a known one takes its finding.
//!
//! A reply that equals the latest one of its case in every byte is not even parsed: in all but the first millisecond of each
//! second (`Date`) that is the usual case, and comparing costs a tenth of parsing.

use super::http1::After;

/// How many different replies are remembered for each case; what came last replaces the least used.
const MOST: usize = 16;
/// Longer bodies are judged in full each time.
const LONGEST: usize = 64 << 10;

/// The replies that one shard has judged.
#[derive(Debug)]
pub(crate) struct Known {
    cases: Vec<Vec<Entry>>,
    latest: Vec<Latest>,
}

/// The latest reply of a case that came at once, with its head.
#[derive(Debug, Default)]
struct Latest {
    bytes: Vec<u8>,
    known: Option<(usize, After)>,
}

#[derive(Debug)]
struct Entry {
    status: u16,
    content_type: Vec<u8>,
    body: Vec<u8>,
    finding: usize,
}

impl Known {
    pub(crate) fn new(cases: usize) -> Self {
        Self {
            cases: (0..cases).map(|_| Vec::with_capacity(MOST)).collect(),
            latest: (0..cases).map(|_| Latest::default()).collect(),
        }
    }

    /// The finding of a reply that equals the latest one in every byte, and whether its connection may be used again.
    pub(crate) fn find_whole(&self, case: usize, bytes: &[u8]) -> Option<(usize, After)> {
        let Latest { bytes: latest, known } = &self.latest[case];
        known.filter(|_| latest == bytes)
    }

    /// Remembers all bytes of a whole reply.
    pub(crate) fn learn_whole(&mut self, case: usize, bytes: &[u8], finding: usize, after: After) {
        if bytes.len() <= LONGEST {
            let latest = &mut self.latest[case];
            latest.bytes.clear();
            latest.bytes.extend_from_slice(bytes);
            latest.known = Some((finding, after));
        }
    }

    /// The finding of an equal reply to the same case. Each hit moves its entry one place forward, so that the usual reply
    /// is compared first.
    pub(crate) fn find(&mut self, case: usize, status: u16, content_type: &[u8], body: &[u8]) -> Option<usize> {
        let entries = &mut self.cases[case];
        let place = entries
            .iter()
            .position(|entry| entry.status == status && entry.body == body && entry.content_type == content_type)?;
        let finding = entries[place].finding;
        if place > 0 {
            entries.swap(place, place - 1);
        }
        Some(finding)
    }

    /// Remembers a reply that was judged in full.
    pub(crate) fn learn(&mut self, case: usize, status: u16, content_type: &[u8], body: &[u8], finding: usize) {
        if body.len() > LONGEST {
            return;
        }
        let entries = &mut self.cases[case];
        if entries.len() < MOST {
            entries.push(Entry { status, content_type: content_type.to_vec(), body: body.to_vec(), finding });
        } else if let Some(last) = entries.last_mut() {
            last.status = status;
            last.finding = finding;
            last.content_type.clear();
            last.content_type.extend_from_slice(content_type);
            last.body.clear();
            last.body.extend_from_slice(body);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_reply_that_is_equal_in_status_type_body_and_case_is_known() {
        let mut known = Known::new(2);
        known.learn(0, 200, b"json", b"{}", 7);
        assert_eq!(known.find(0, 200, b"json", b"{}"), Some(7));
        assert_eq!(known.find(1, 200, b"json", b"{}"), None);
        assert_eq!(known.find(0, 201, b"json", b"{}"), None);
        assert_eq!(known.find(0, 200, b"text", b"{}"), None);
        assert_eq!(known.find(0, 200, b"json", b"{} "), None);
    }

    #[test]
    fn replies_that_never_repeat_do_not_drive_out_the_usual_one() {
        let mut known = Known::new(1);
        for number in 0..1_000 {
            known.learn(0, 200, b"", format!("{number}").as_bytes(), number);
        }
        assert_eq!(known.cases[0].len(), MOST);
        assert_eq!(known.find(0, 200, b"", b"0"), Some(0));
        assert_eq!(known.find(0, 200, b"", b"999"), Some(999));
    }
}
