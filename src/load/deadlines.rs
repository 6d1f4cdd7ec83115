//! Which connection times out next: all have the same patience, so the one that began first is due first.
//!
//! A doubly linked list through the connections' numbers: entering, leaving and asking take constant time, and its size
//! is that of the connections, however many requests there are.

use super::instants::Offset;

const END: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
struct Link {
    before: u32,
    after: u32,
    due: Option<Offset>,
}

/// The deadlines of a shard's connections.
#[derive(Debug)]
pub(crate) struct Deadlines {
    links: Vec<Link>,
    first: u32,
    last: u32,
}

impl Deadlines {
    pub(crate) fn new(connections: usize) -> Self {
        Self { links: vec![Link { before: END, after: END, due: None }; connections], first: END, last: END }
    }

    /// Sets a connection's deadline, which must not be earlier than any set before; replaces its previous one.
    pub(crate) fn set(&mut self, connection: u32, due: Offset) {
        self.clear(connection);
        self.links[connection as usize] = Link { before: self.last, after: END, due: Some(due) };
        match self.last {
            END => self.first = connection,
            last => self.links[last as usize].after = connection,
        }
        self.last = connection;
    }

    /// Takes a connection's deadline away, if it has one.
    pub(crate) fn clear(&mut self, connection: u32) {
        let Link { before, after, due: Some(_) } = self.links[connection as usize] else { return };
        self.links[connection as usize].due = None;
        match before {
            END => self.first = after,
            before => self.links[before as usize].after = after,
        }
        match after {
            END => self.last = before,
            after => self.links[after as usize].before = before,
        }
    }

    /// The connection that is due first.
    pub(crate) fn first(&self) -> Option<(u32, Offset)> {
        match self.first {
            END => None,
            first => self.links[first as usize].due.map(|due| (first, due)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn behaves_like_a_sorted_list(steps in proptest::collection::vec((0u32..6, any::<bool>()), 0..60)) {
            let mut deadlines = Deadlines::new(6);
            let mut model: Vec<(u32, Offset)> = Vec::new();
            for (now, (connection, set)) in steps.into_iter().enumerate() {
                let due = Offset::from_nanos(now as u64);
                model.retain(|(other, _)| *other != connection);
                if set {
                    deadlines.set(connection, due);
                    model.push((connection, due));
                } else {
                    deadlines.clear(connection);
                }
                prop_assert_eq!(deadlines.first(), model.first().copied());
            }
        }
    }
}
