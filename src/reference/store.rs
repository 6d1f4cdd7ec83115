//! What was written, in memory, by user: gone when the server stops.
//!
//! Sharded by user, so that requests for different users hardly ever wait for each other. One patch is applied under
//! one lock: a reader sees all of it or nothing.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::json::{Json, Members};

/// Far more shards than cores, so that two requests in flight rarely meet.
const SHARDS: usize = 64;

/// What is stored of one user.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Record {
    /// The place in the order in which users were first written.
    pub(crate) registered: u64,
    /// Grows with each write to any user.
    pub(crate) version: u64,
    /// Basic profile; unused by Tencent.
    pub(crate) basic: Members,
    /// Extended profile, or Tencent's attributes.
    pub(crate) extended: Members,
}

/// The users of one api.
pub(crate) struct Store {
    shards: Vec<Mutex<HashMap<String, Record>>>,
    hasher: RandomState,
    writes: AtomicU64,
}

impl Store {
    /// An empty store whose versions begin after `first_version`.
    pub(crate) fn new(first_version: u64) -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
            writes: AtomicU64::new(first_version),
        }
    }

    /// A copy of what is stored of a user.
    pub(crate) fn get(&self, user: &str) -> Option<Record> {
        self.shard(user).get(user).cloned()
    }

    /// Whether the user has a record.
    pub(crate) fn contains(&self, user: &str) -> bool {
        self.shard(user).contains_key(user)
    }

    /// How many extended values the user would have with these added.
    pub(crate) fn extended_count_with(&self, user: &str, added: &Members) -> usize {
        let shard = self.shard(user);
        let stored = shard.get(user).map_or(&[][..], |record| &record.extended);
        stored.len() + added.iter().filter(|(name, _)| stored.iter().all(|(have, _)| have != name)).count()
    }

    /// Changes a user's record, made empty when there is none.
    pub(crate) fn change(&self, user: &str, change: impl FnOnce(&mut Record)) {
        let version = self.writes.fetch_add(1, Ordering::Relaxed) + 1;
        let mut shard = self.shard(user);
        if let Some(record) = shard.get_mut(user) {
            record.version = version;
            change(record);
        } else {
            let mut record = Record { registered: version, version, ..Record::default() };
            change(&mut record);
            shard.insert(user.to_owned(), record);
        }
    }

    /// Forgets a user.
    pub(crate) fn remove(&self, user: &str) {
        self.shard(user).remove(user);
    }

    /// Copies of all records in the order of their first write; for listing only, it passes over everything.
    pub(crate) fn by_registration(&self) -> Vec<(String, Record)> {
        let mut all: Vec<_> = self
            .shards
            .iter()
            .flat_map(|shard| {
                lock(shard).iter().map(|(user, record)| (user.clone(), record.clone())).collect::<Vec<_>>()
            })
            .collect();
        all.sort_unstable_by_key(|(_, record)| record.registered);
        all
    }

    fn shard(&self, user: &str) -> MutexGuard<'_, HashMap<String, Record>> {
        let shards = self.shards.len() as u64;
        let index = usize::try_from(self.hasher.hash_one(user) % shards).unwrap_or_default();
        lock(&self.shards[index])
    }
}

/// Locks, whatever happened to an earlier holder: records are never left half changed by the code under the lock.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Puts a value in the place of one with the same name, or at the end.
pub(crate) fn put(members: &mut Members, name: String, value: Json) {
    match members.iter_mut().find(|(have, _)| *have == name) {
        Some((_, slot)) => *slot = value,
        None => members.push((name, value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(store: &Store, user: &str, name: &str, value: i64) {
        store.change(user, |record| put(&mut record.extended, name.to_owned(), Json::Int(value)));
    }

    #[test]
    fn what_is_written_is_read_back_under_that_user_only() {
        let store = Store::new(0);
        write(&store, "a", "x", 1);
        write(&store, "a", "x", 2);
        write(&store, "b", "x", 3);
        assert_eq!(store.get("a").unwrap().extended, [("x".to_owned(), Json::Int(2))]);
        assert_eq!(store.get("c"), None);
        store.remove("a");
        assert!(!store.contains("a") && store.contains("b"));
    }

    #[test]
    fn listing_keeps_the_order_of_the_first_write_and_versions_grow() {
        let store = Store::new(100);
        for user in ["c", "a", "b", "c"] {
            write(&store, user, "x", 1);
        }
        let listed = store.by_registration();
        assert_eq!(listed.iter().map(|(user, _)| user.as_str()).collect::<Vec<_>>(), ["c", "a", "b"]);
        assert_eq!(listed.iter().map(|(_, record)| record.version).collect::<Vec<_>>(), [104, 102, 103]);
    }

    #[test]
    fn a_count_with_additions_counts_no_name_twice() {
        let store = Store::new(0);
        write(&store, "a", "x", 1);
        let added = vec![("x".to_owned(), Json::Null), ("y".to_owned(), Json::Null)];
        assert_eq!(store.extended_count_with("a", &added), 2);
        assert_eq!(store.extended_count_with("b", &added), 2);
    }
}
