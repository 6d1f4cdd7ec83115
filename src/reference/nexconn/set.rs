//! The body of `set`: a JSON object whose profiles are objects themselves.

use crate::reference::json::{Json, Members};
use crate::reference::profile::{Refusal, Rules, SetRequest, Strictness};

/// What the body asks for.
pub(super) fn request(rules: &Rules, body: Members) -> Result<SetRequest, Refusal> {
    let mut request = SetRequest::default();
    for (name, value) in body {
        match name.as_str() {
            "userId" => request.user = user(rules, value)?,
            "userProfile" => request.basic = profile(rules, "userProfile", value)?,
            "userExtProfile" => request.extended = profile(rules, "userExtProfile", value)?,
            _ if rules.request.extra_parameter == Strictness::Refused => {
                return Err(Refusal::parameter("body", "a parameter is not known"));
            }
            _ => {}
        }
    }
    Ok(request)
}

fn user(rules: &Rules, value: Json) -> Result<Option<String>, Refusal> {
    match value {
        Json::Null => Ok(None),
        Json::Text(user) => Ok(Some(user)),
        Json::Int(number) if rules.request.numeric_user_id == Strictness::Accepted => Ok(Some(number.to_string())),
        _ => Err(Refusal::parameter("userId", "userId is not a text")),
    }
}

fn profile(rules: &Rules, parameter: &'static str, value: Json) -> Result<Option<Members>, Refusal> {
    let value = match value {
        Json::Text(text) if rules.request.profile_as_text == Strictness::Accepted => Json::read(text.as_bytes())
            .ok_or_else(|| Refusal::parameter(parameter, "the profile's text is not JSON"))?,
        value => value,
    };
    rules.request.profile(parameter, value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::nexconn::rules;

    /// What is made of a body, as the rules are or with an open point read in the other way.
    fn read(body: &str, other: fn(&mut Rules)) -> [bool; 2] {
        let faithful = rules();
        let mut read = faithful.clone();
        other(&mut read);
        [faithful, read].map(|rules| match Json::read(body.as_bytes()) {
            Some(Json::Object(members)) => request(&rules, members).is_ok(),
            _ => panic!("{body}"),
        })
    }

    #[test]
    fn each_open_point_is_read_as_the_rules_say_and_not_the_other_way_round() {
        let extra = r#"{"userId":"a","other":1,"userProfile":{"name":"a"}}"#;
        assert_eq!(read(extra, |rules| rules.request.extra_parameter = Strictness::Refused), [true, false]);
        let number = r#"{"userId":1,"userProfile":{"name":"a"}}"#;
        assert_eq!(read(number, |rules| rules.request.numeric_user_id = Strictness::Accepted), [false, true]);
        let text = r#"{"userId":"a","userProfile":"{\"name\":\"a\"}"}"#;
        assert_eq!(read(text, |rules| rules.request.profile_as_text = Strictness::Accepted), [false, true]);
    }

    #[test]
    fn a_user_id_that_is_null_is_as_good_as_absent() {
        let user = |value| user(&rules(), value).map_err(|refusal| refusal.message);
        assert_eq!(user(Json::Null), Ok(None));
        assert_eq!(user(Json::text("a")), Ok(Some("a".to_owned())));
        assert!(user(Json::Bool(true)).is_err());
    }
}
