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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::form::Plus;
    use crate::reference::tencent::rules;
    use crate::secret::Secret;

    const NOW: Duration = Duration::from_secs(1_700_000_000);
    const MINUTE: Duration = Duration::from_secs(60);

    /// The code for a query; 0 for success. `{app}` stands for the right application.
    fn code(caller: &Caller, query: &str) -> u32 {
        let credentials = Credentials::reference();
        let query = query.replace("{app}", &credentials.sdkappid.to_string());
        let query = Form::read(query.as_bytes(), Plus::Space).unwrap();
        caller.authenticate(&query, &credentials, NOW).err().map_or(0, |refusal| refusal.code)
    }

    fn usersig(identifier: &str) -> String {
        let credentials = Credentials::reference();
        UserSig::issue(identifier, credentials.sdkappid, &credentials.sdk_key, NOW, MINUTE).encode()
    }

    #[test]
    fn an_admin_with_its_own_usersig_may_call_whatever_random_is() {
        let usersig = usersig("admin");
        for rest in ["&random=0&contenttype=json", "&random=4294967295&contenttype=json", "&random=x", ""] {
            let query = format!("sdkappid={{app}}&identifier=admin&usersig={usersig}{rest}");
            assert_eq!(code(&rules().caller, &query), 0, "{rest}");
        }
    }

    #[test]
    fn each_missing_parameter_has_its_code_and_names_are_case_sensitive() {
        let usersig = usersig("admin");
        for (query, expected) in [
            (format!("identifier=admin&usersig={usersig}"), codes::NO_SDKAPPID),
            (format!("sdkappid=x&identifier=admin&usersig={usersig}"), codes::NO_SDKAPPID),
            (format!("sdkappid={{app}}&usersig={usersig}"), codes::ACCOUNT_CHECK),
            ("sdkappid={app}&identifier=admin".to_owned(), codes::EMPTY_USERSIG),
            (format!("sdkappid={{app}}&identifier=admin&UserSig={usersig}"), codes::EMPTY_USERSIG),
        ] {
            assert_eq!(code(&rules().caller, &query), expected, "{query}");
        }
    }

    #[test]
    fn each_fault_of_a_usersig_has_its_code() {
        let Credentials { sdkappid, sdk_key, .. } = Credentials::reference();
        let other_app = UserSig::issue("admin", sdkappid + 1, &sdk_key, NOW, MINUTE).encode();
        for (app, identifier, usersig, expected) in [
            ("{app}", "admin", "garbage".to_owned(), codes::ILLEGAL_USERSIG),
            ("{app}", "admin", other_app.clone(), codes::OTHER_SDKAPPID),
            ("1", "admin", usersig("admin"), codes::OTHER_SDKAPPID),
            ("1234567891", "admin", other_app, codes::UNKNOWN_SDKAPPID),
            ("{app}", "admin", usersig("visitor"), codes::OTHER_IDENTIFIER),
            ("{app}", "visitor", usersig("visitor"), codes::NOT_ADMIN),
            (
                "{app}",
                "admin",
                UserSig::issue("admin", sdkappid, &sdk_key, NOW - MINUTE * 2, MINUTE).encode(),
                codes::EXPIRED,
            ),
            (
                "{app}",
                "admin",
                UserSig::issue("admin", sdkappid, &Secret::new("other"), NOW, MINUTE).encode(),
                codes::OTHER_KEY,
            ),
        ] {
            let query = format!("sdkappid={app}&identifier={identifier}&usersig={usersig}");
            assert_eq!(code(&rules().caller, &query), expected, "{identifier} {expected}");
        }
    }

    #[test]
    fn random_and_contenttype_are_checked_under_their_readings() {
        let good = format!("sdkappid={{app}}&identifier=admin&usersig={}", usersig("admin"));
        let strict = Caller { random: Random::Number, other_content_type: Strictness::Refused, ..rules().caller };
        for (rest, expected) in [
            ("&random=4294967295&contenttype=json", 0),
            ("&random=4294967296&contenttype=json", codes::QUERY),
            ("&random=-1&contenttype=json", codes::QUERY),
            ("&contenttype=json", codes::QUERY),
            ("&random=1&contenttype=xml", codes::QUERY),
            ("&random=1", codes::QUERY),
        ] {
            assert_eq!(code(&strict, &format!("{good}{rest}")), expected, "{rest}");
        }
    }

    #[test]
    fn a_random_that_is_required_must_not_be_empty() {
        let good = format!("sdkappid={{app}}&identifier=admin&usersig={}", usersig("admin"));
        let caller = Caller { random: Random::Required, ..rules().caller };
        for (rest, expected) in [("&random=x", 0), ("&random=", codes::QUERY), ("", codes::QUERY)] {
            assert_eq!(code(&caller, &format!("{good}{rest}")), expected, "{rest}");
        }
    }

    #[test]
    fn who_is_no_admin_may_not_call_whoever_sent_it() {
        let code = |caller: &Caller, query: &str| {
            let query = Form::read(query.as_bytes(), Plus::Space).unwrap();
            caller.authorise(&query, &Credentials::reference()).err().map_or(0, |refusal| refusal.code)
        };
        let documented = rules().caller;
        assert_eq!(code(&documented, "identifier=admin"), 0);
        assert_eq!(code(&documented, "identifier=visitor"), codes::NOT_ADMIN);
        assert_eq!(code(&documented, ""), 0, "who is missing is told by the authentication");
        let unchecked = Caller { checks: vec![Check::Present], ..rules().caller };
        assert_eq!(code(&unchecked, "identifier=visitor"), 0);
    }
}
