//! A row about the rules of one api, as the tables of faults and of readings hold them.
//!
//! RongCloud and Nexconn have rules of one shape, and share a table beside their own.

use super::Api;

/// A row with its api: `P` is about rules of profiles, `T` about those of Tencent.
pub(super) enum Row<P: 'static, T: 'static> {
    /// Of RongCloud.
    Rongcloud(&'static P),
    /// Of Nexconn.
    Nexconn(&'static P),
    /// Of Tencent.
    Tencent(&'static T),
}

impl<P, T> Row<P, T> {
    /// The rows of all tables, by api; those of the shared table stand before each api's own.
    pub(super) fn all(
        shared: &'static [P],
        rongcloud: &'static [P],
        nexconn: &'static [P],
        tencent: &'static [T],
    ) -> impl Iterator<Item = Self> {
        let rongcloud = shared.iter().chain(rongcloud).map(Self::Rongcloud);
        let nexconn = shared.iter().chain(nexconn).map(Self::Nexconn);
        rongcloud.chain(nexconn).chain(tencent.iter().map(Self::Tencent))
    }

    /// The api whose rules it is about.
    pub(super) fn api(self) -> Api {
        match self {
            Self::Rongcloud(_) => Api::Rongcloud,
            Self::Nexconn(_) => Api::Nexconn,
            Self::Tencent(_) => Api::Tencent,
        }
    }

    /// What the row says, whichever table it stands in.
    pub(super) fn read<O>(self, profile: impl FnOnce(&'static P) -> O, tencent: impl FnOnce(&'static T) -> O) -> O {
        match self {
            Self::Rongcloud(row) | Self::Nexconn(row) => profile(row),
            Self::Tencent(row) => tencent(row),
        }
    }
}

// Not derived: the rows themselves need not be copied.
impl<P, T> Clone for Row<P, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, T> Copy for Row<P, T> {}
