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
