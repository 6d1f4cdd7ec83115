//! User ids: one of its own for each case, or those that the target declares, lent to one case at a time.

use std::sync::{Mutex, PoisonError};

use tokio::sync::Semaphore;

/// Where the user ids of a run come from.
#[derive(Debug)]
pub(super) struct Users {
    run: String,
    declared: Option<Pool>,
}

#[derive(Debug)]
struct Pool {
    first: String,
    free: Mutex<Vec<String>>,
    permits: Semaphore,
}

/// A user that belongs to one case until this is dropped.
#[derive(Debug)]
pub(super) struct Lent<'a> {
    user: String,
    pool: Option<&'a Pool>,
}

impl Users {
    /// Users for one run: `run` is lower-case letters and digits that no other run has, at most 8.
    pub(super) fn new(run: &str, declared: Option<&[String]>) -> Self {
        let pool = |users: &[String]| Pool {
            first: users.first().cloned().unwrap_or_default(),
            free: Mutex::new(users.iter().rev().cloned().collect()),
            permits: Semaphore::new(users.len()),
        };
        Self { run: run.to_owned(), declared: declared.map(pool) }
    }

    /// A user for the case with this number; waits when all declared ones are lent.
    pub(super) async fn lend(&self, case: usize) -> Lent<'_> {
        let Some(pool) = &self.declared else {
            return Lent { user: format!("ph{}{}", self.run, base36(case, 5)), pool: None };
        };
        if let Ok(permit) = pool.permits.acquire().await {
            permit.forget();
        }
        let user = pool.free.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        Lent { user, pool: Some(pool) }
    }

    /// A user for a plain request that only asks whether the target answers; a declared one may be lent at the time.
    pub(super) fn for_probe(&self, number: usize) -> String {
        match &self.declared {
            None => format!("ph{}{}", self.run, base36(number, 5)),
            Some(pool) => pool.first.clone(),
        }
    }

    /// Whether the target declares which users exist.
    pub(super) fn are_declared(&self) -> bool {
        self.declared.is_some()
    }

    /// Twelve lower-case letters and digits that no other case of any run has.
    pub(super) fn unique(&self, case: usize) -> String {
        format!("{}{}", self.run, base36(case, 12_usize.saturating_sub(self.run.len())))
    }
}

impl Lent<'_> {
    /// A user that nobody lends: the case brings it along.
    pub(super) fn given(user: &str) -> Self {
        Self { user: user.to_owned(), pool: None }
    }

    pub(super) fn id(&self) -> &str {
        &self.user
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if let Some(pool) = self.pool {
            pool.free.lock().unwrap_or_else(PoisonError::into_inner).push(std::mem::take(&mut self.user));
            pool.permits.add_permits(1);
        }
    }
}

/// Six lower-case letters and digits that tell one run from others: the beginning of its user ids.
#[must_use]
pub fn run_prefix(seed: u64) -> String {
    base36(usize::try_from(seed >> 16).unwrap_or(0), 6)
}

/// A number in lower-case letters and digits, with leading zeros.
pub(super) fn base36(mut number: usize, digits: usize) -> String {
    let mut text = vec![b'0'; digits];
    for place in text.iter_mut().rev() {
        *place = b"0123456789abcdefghijklmnopqrstuvwxyz"[number % 36];
        number /= 36;
    }
    text.into_iter().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_case_has_a_user_of_its_own() {
        let users = Users::new("k3x9a2", None);
        assert_eq!(users.lend(0).await.id(), "phk3x9a200000");
        assert_eq!(users.lend(37).await.id(), "phk3x9a200011");
        assert_eq!(users.unique(37), "k3x9a2000011");
    }

    #[tokio::test]
    async fn a_declared_user_serves_one_case_at_a_time() {
        let declared = ["anna".to_owned()];
        let users = Users::new("k3x9a2", Some(&declared));
        let first = users.lend(0).await;
        assert_eq!(first.id(), "anna");
        let waiting = tokio::time::timeout(std::time::Duration::from_millis(5), users.lend(1)).await;
        assert!(waiting.is_err());
        drop(first);
        assert_eq!(users.lend(1).await.id(), "anna");
    }
}
