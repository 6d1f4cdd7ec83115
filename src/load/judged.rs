//! Replies that were judged before: one whose status, content type and body equal a known one takes its finding.

/// How many different replies are remembered for each case; what came last replaces the least used.
const MOST: usize = 16;
/// Longer bodies are judged in full each time.
const LONGEST: usize = 64 << 10;

/// The replies that one shard has judged.
#[derive(Debug)]
pub(crate) struct Known {
    cases: Vec<Vec<Entry>>,
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
        Self { cases: (0..cases).map(|_| Vec::with_capacity(MOST)).collect() }
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
