//! The body of `set.json`: a form whose profiles are JSON as text.

use crate::reference::form::Form;
use crate::reference::json::{Json, Members};
use crate::reference::profile::{Duplicate, Refusal, Rules, SetRequest, Strictness};

const PARAMETERS: [&str; 3] = ["userId", "userProfile", "userExtProfile"];

/// What the form asks for.
pub(super) fn request(rules: &Rules, form: &Form<'_>) -> Result<SetRequest, Refusal> {
    if rules.request.extra_parameter == Strictness::Refused && form.names().any(|name| !PARAMETERS.contains(&name)) {
        return Err(Refusal::parameter("body", "a parameter is not known"));
    }
    Ok(SetRequest {
        user: single(rules, form, "userId")?.map(str::to_owned),
        basic: profile(rules, form, "userProfile")?,
        extended: profile(rules, form, "userExtProfile")?,
    })
}

fn profile(rules: &Rules, form: &Form<'_>, parameter: &'static str) -> Result<Option<Members>, Refusal> {
    match single(rules, form, parameter)? {
        // The vendor's Go client always sends all parameters, empty when unset.
        None | Some("") => Ok(None),
        Some(text) => match Json::read(text.as_bytes()) {
            Some(value) => rules.request.profile(parameter, value),
            None if rules.request.malformed_json == Strictness::Accepted => Ok(None),
            None => Err(Refusal::parameter(parameter, "the profile is not JSON")),
        },
    }
}

fn single<'a>(rules: &Rules, form: &'a Form<'_>, name: &'static str) -> Result<Option<&'a str>, Refusal> {
    let mut values = form.all(name);
    match rules.request.duplicate_parameter {
        Duplicate::First => Ok(values.next()),
        Duplicate::Last => Ok(values.next_back()),
        Duplicate::Refused => {
            let value = values.next();
            if values.next().is_some() {
                return Err(Refusal::parameter(name, "a parameter stands twice"));
            }
            Ok(value)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::form::Plus;
    use crate::reference::rongcloud::rules;

    #[test]
    fn further_parameters_are_read_as_the_rules_say() {
        let taken = |body: &str, extra| {
            let mut rules = rules();
            rules.request.extra_parameter = extra;
            request(&rules, &Form::read(body.as_bytes(), Plus::Space).unwrap()).is_ok()
        };
        let (plain, more) = ("userId=a&userProfile={}", "userId=a&userProfile={}&page=1");
        assert!(taken(plain, Strictness::Accepted) && taken(plain, Strictness::Refused));
        assert!(taken(more, Strictness::Accepted) && !taken(more, Strictness::Refused));
    }
}
