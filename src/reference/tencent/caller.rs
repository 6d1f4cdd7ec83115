//! Who calls: `sdkappid`, `identifier`, `usersig` and `random` of the query; names and values are case-sensitive.

use std::time::Duration;

use super::envelope::{Refusal, codes};
use super::rules::{Caller, Check, Random};
use crate::api::auth::usersig::{UserSig, UserSigError};
use crate::reference::Credentials;
use crate::reference::form::Form;
use crate::reference::profile::Strictness;

impl Caller {
    /// Whether the caller is who it says it is, and an admin.
    pub(crate) fn authenticate(
        &self,
        query: &Form<'_>,
        credentials: &Credentials,
        now: Duration,
    ) -> Result<(), Refusal> {
        let sdkappid = present(query, "sdkappid")
            .ok_or_else(|| Refusal::new(self.missing_sdkappid, "sdkappid is missing"))?
            .parse()
            .map_err(|_| Refusal::new(self.missing_sdkappid, "sdkappid is not a number"))?;
        let identifier = present(query, "identifier")
            .ok_or_else(|| Refusal::new(self.missing_identifier, "identifier is missing"))?;
        self.check_rest(query)?;
        let usersig = self.usersig(query)?;
        for check in &self.checks {
            let problem = match (check, &usersig) {
                (Check::Present | Check::Legal, _) => None,
                (Check::Admin, _) => (!is_admin(identifier, credentials))
                    .then(|| Refusal::new(self.not_admin, "the identifier is not an admin's")),
                // A usersig that no rule requires, or requires to be legal, cannot be looked into.
                (_, None) => None,
                (check, Some(usersig)) => problem(*check, usersig, sdkappid, identifier, credentials, now),
            };
            problem.map_or(Ok(()), Err)?;
        }
        Ok(())
    }

    /// Whether the identifier of the query is an admin's, whoever sent it.
    pub(crate) fn authorise(&self, query: &Form<'_>, credentials: &Credentials) -> Result<(), Refusal> {
        match present(query, "identifier") {
            Some(identifier) if self.checks.contains(&Check::Admin) && !is_admin(identifier, credentials) => {
                Err(Refusal::new(self.not_admin, "the identifier is not an admin's"))
            }
            _ => Ok(()),
        }
    }

    fn check_rest(&self, query: &Form<'_>) -> Result<(), Refusal> {
        let random = query.first("random");
        let number: Option<u64> = random.and_then(|text| text.parse().ok());
        let random_fits = match self.random {
            Random::Unchecked => true,
            Random::Required => random.is_some_and(|text| !text.is_empty()),
            Random::Number => number.is_some_and(|number| number <= u32::MAX.into()),
            Random::Between { min, max } => number.is_none_or(|number| (min..=max).contains(&number)),
        };
        if !random_fits {
            return Err(Refusal::new(codes::QUERY, "random is not a 32-bit number"));
        }
        if self.other_content_type == Strictness::Refused && query.first("contenttype") != Some("json") {
            return Err(Refusal::new(codes::QUERY, "contenttype is not json"));
        }
        Ok(())
    }

    fn usersig(&self, query: &Form<'_>) -> Result<Option<UserSig>, Refusal> {
        match UserSig::decode(query.first("usersig").unwrap_or_default()) {
            Ok(usersig) => Ok(Some(usersig)),
            Err(UserSigError::Empty) if self.checks.contains(&Check::Present) => {
                Err(Refusal::new(self.missing_usersig, "usersig is missing"))
            }
            Err(UserSigError::Empty) => Ok(None),
            Err(_) if self.checks.contains(&Check::Legal) => {
                Err(Refusal::new(codes::ILLEGAL_USERSIG, "the UserSig cannot be decoded"))
            }
            Err(_) => Ok(None),
        }
    }
}

fn problem(
    check: Check,
    usersig: &UserSig,
    sdkappid: u64,
    identifier: &str,
    credentials: &Credentials,
    now: Duration,
) -> Option<Refusal> {
    let (failed, code, info) = match check {
        Check::Present | Check::Legal | Check::Admin => return None,
        Check::Application if usersig.is_for_app(sdkappid) => {
            (sdkappid != credentials.sdkappid, codes::UNKNOWN_SDKAPPID, "there is no such application")
        }
        Check::Application => (true, codes::OTHER_SDKAPPID, "the UserSig was issued for another application"),
        Check::Identity => {
            (!usersig.is_of(identifier), codes::OTHER_IDENTIFIER, "the UserSig was issued for another identifier")
        }
        Check::Expiry => (usersig.is_expired(now), codes::EXPIRED, "the UserSig has expired"),
        Check::Key => {
            let signed = usersig.is_signed_with(&credentials.sdk_key);
            (!signed, codes::OTHER_KEY, "the UserSig was signed with another key")
        }
    };
    failed.then(|| Refusal::new(code, info))
}

fn present<'a>(query: &'a Form<'_>, name: &'static str) -> Option<&'a str> {
    query.first(name).filter(|value| !value.is_empty())
}

fn is_admin(identifier: &str, credentials: &Credentials) -> bool {
    credentials.admins.iter().any(|admin| admin == identifier)
}
