//! A line for bash that repeats an exchange. What authenticates is made afresh by `proofhouse sign`, which alone prints it.

use crate::record::{ApiRecord, BodyRecord, CaseRecord, ExchangeRecord, REDACTED, SchemeName, Trusted};

/// The longest body that stands in the line itself: a longer one is read from the record.
const LONGEST_BODY: usize = 2_000;

/// The line, ready to be pasted into bash.
pub(super) fn curl(api: &ApiRecord, case: &CaseRecord, exchange: &ExchangeRecord) -> String {
    let request = &exchange.request;
    let correct = !case.about_authentication;
    let signs_headers = correct && api.authentication.scheme != SchemeName::Usersig;
    let mut words: Vec<String> = vec!["curl -sS".into()];
    if request.url.contains(['[', ']', '{', '}']) {
        words.push("-g".into());
    }
    words.extend(trusting(&api.target.trusted));
    if signs_headers {
        words.push(format!("-K <(proofhouse sign --api {} --format curl)", quoted(&api.name)));
    }
    words.push(format!("-X {}", quoted(&request.method)));
    words.push(if correct { signed_url(api, &request.url) } else { quoted(&request.url) });
    let authenticates = |name: &str| api.authentication.names.iter().any(|one| one.eq_ignore_ascii_case(name));
    for (name, value) in request.headers.iter().filter(|(name, _)| !signs_headers || !authenticates(name)) {
        // For curl a colon without a value takes a header away; a semicolon sends it empty.
        let header = if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") };
        words.push(format!("-H {}", quoted(&header)));
    }
    if !request.body.text.is_empty() {
        if !request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            words.push("-H 'Content-Type:'".into());
        }
        words.push(body(case, exchange, &request.body));
    }
    words.join(" ")
}

/// The option that trusts whom the run trusted.
pub(super) fn trusting(trusted: &Trusted) -> Option<String> {
    match trusted {
        Trusted::Authorities => None,
        Trusted::CaFile(path) => Some(format!("--cacert {}", quoted(path))),
        Trusted::Anything => Some("--insecure".into()),
    }
}

/// The URL with a fresh `UserSig` where one was taken out.
fn signed_url(api: &ApiRecord, url: &str) -> String {
    let parts: Vec<String> = url.split(REDACTED).map(quoted).collect();
    let fresh = format!("\"$(proofhouse sign --api {} --format signature)\"", quoted(&api.name));
    parts.join(&fresh)
}

fn body(case: &CaseRecord, exchange: &ExchangeRecord, body: &BodyRecord) -> String {
    if body.text.len() > LONGEST_BODY {
        return from_record(case, exchange);
    }
    if body.base64 {
        return format!("--data-binary @<(printf %s {} | base64 -d)", quoted(&body.text));
    }
    if body.text.contains('\0') {
        return from_record(case, exchange);
    }
    format!("--data-raw {}", quoted(&body.text))
}

fn from_record(case: &CaseRecord, exchange: &ExchangeRecord) -> String {
    let index = case.exchanges.iter().position(|one| one == exchange).unwrap_or_default();
    let address = serde_json::Value::from(case.address.as_str()).to_string();
    let decode = if exchange.request.body.base64 { "| @base64d" } else { "" };
    let path =
        format!(".apis[].cases[] | select(.address == {address}) | .exchanges[{index}].request.body.text {decode}");
    format!("--data-binary @<(jq -j {} report.json)", quoted(path.trim_end()))
}

/// The text as one word of bash.
pub(super) fn quoted(text: &str) -> String {
    let plain = |character: char| character.is_ascii_alphanumeric() || "-_./:=@%+,".contains(character);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    if !text.chars().any(char::is_control) {
        return format!("'{}'", text.replace('\'', r"'\''"));
    }
    let mut word = String::from("$'");
    for character in text.chars() {
        match character {
            '\'' | '\\' => word.extend(['\\', character]),
            '\n' => word.push_str("\\n"),
            '\r' => word.push_str("\\r"),
            '\t' => word.push_str("\\t"),
            control if control.is_control() => {
                let mut bytes = [0; 4];
                for byte in control.encode_utf8(&mut bytes).bytes() {
                    word.push_str(&format!("\\x{byte:02x}"));
                }
            }
            other => word.push(other),
        }
    }
    word.push('\'');
    word
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;
    use crate::record::{RequestRecord, sample};

    #[test]
    fn bash_reads_a_quoted_word_as_it_was() {
        let texts = [
            "plain-1.2",
            "",
            "it's",
            "$(id) `id` \"x\" \\n !",
            "a\nb\tc\u{1b}[0m'\\",
            "名字 é ‘’",
            "userProfile=%7B%22name%22%3A%22Nick%22%7D&a=b",
        ];
        for text in texts {
            let output = Command::new("bash").args(["-c", &format!("printf %s {}", quoted(text))]).output().unwrap();
            assert_eq!(String::from_utf8(output.stdout).unwrap(), text, "{}", quoted(text));
        }
    }

    fn line(change: impl Fn(&mut ApiRecord, &mut CaseRecord)) -> String {
        let record = sample::record();
        let (mut api, mut case) = (record.apis[0].clone(), record.apis[0].cases[2].clone());
        change(&mut api, &mut case);
        curl(&api, &case, &case.exchanges[0])
    }

    #[test]
    fn headers_that_authenticate_are_made_afresh() {
        assert_eq!(
            line(|_, _| {}),
            "curl -sS -K <(proofhouse sign --api rongcloud --format curl) -X POST \
             http://127.0.0.1:8080/user/profile/set.json -H 'Content-Type: application/x-www-form-urlencoded' \
             --data-raw 'userId=u1&userProfile=%7B%22name%22%3A%22Nick%22%7D'"
        );
    }

    #[test]
    fn authentication_that_is_wrong_on_purpose_stays_as_it_was_sent() {
        let line = line(|_, case| case.about_authentication = true);
        assert!(line.contains("-H 'Nonce: 12345678901234567'"), "{line}");
        assert!(line.contains("-H 'Signature: <redacted>'"), "{line}");
        assert!(!line.contains("proofhouse sign"), "{line}");
    }

    #[test]
    fn a_usersig_is_made_afresh_inside_the_url() {
        let line = line(|api, case| {
            api.authentication.scheme = SchemeName::Usersig;
            api.name = "tencent".into();
            case.exchanges[0].request = RequestRecord {
                method: "POST".into(),
                url: "https://host/v4/set?usersig=<redacted>&identifier=admin&contenttype=json".into(),
                headers: Vec::new(),
                body: BodyRecord { text: "{\"a\":\"it's\"}".into(), ..BodyRecord::default() },
            };
        });
        assert_eq!(
            line,
            "curl -sS -X POST 'https://host/v4/set?usersig='\"$(proofhouse sign --api tencent --format signature)\"\
             '&identifier=admin&contenttype=json' -H 'Content-Type:' --data-raw '{\"a\":\"it'\\''s\"}'"
        );
    }

    #[test]
    fn the_line_trusts_whom_the_run_trusted() {
        let with = |trusted: Trusted| line(move |api, _| api.target.trusted = trusted.clone());
        let named = with(Trusted::CaFile("my ca.pem".into()));
        assert!(named.starts_with("curl -sS --cacert 'my ca.pem' -K <(proofhouse sign"), "{named}");
        let any = with(Trusted::Anything);
        assert!(any.starts_with("curl -sS --insecure -K"), "{any}");
        assert!(with(Trusted::Authorities).starts_with("curl -sS -K"));
    }

    #[test]
    fn a_long_body_comes_from_the_record() {
        let line = line(|_, case| case.exchanges[0].request.body.text = "x".repeat(3_000));
        let path = "jq -j '.apis[].cases[] | select(.address == \"rongcloud/profile/length[field=name,at=over]\") | \
                    .exchanges[0].request.body.text' report.json";
        assert!(line.contains(path), "{line}");
    }
}
