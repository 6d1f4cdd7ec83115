//! No secret, signature or `UserSig` in any output, in any encoding, also when the target echoes what it was sent.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use proofhouse::reference::Credentials;
use proofhouse::secret::Redactor;

use super::cli::{Run, proofhouse};

type Seen = Arc<Mutex<Vec<String>>>;

/// Answers with everything it was sent, in several encodings, wherever a reply has room for it; notes what authorised
/// each request.
fn echo() -> (SocketAddr, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, seen) = (listener.local_addr().unwrap(), Seen::default());
    let noted = Arc::clone(&seen);
    std::thread::spawn(move || {
        for mut connection in listener.incoming().flatten() {
            let noted = Arc::clone(&noted);
            std::thread::spawn(move || while answer(&mut connection, &noted).is_some() {});
        }
    });
    (address, seen)
}

fn answer(connection: &mut TcpStream, seen: &Seen) -> Option<()> {
    let mut head = Vec::new();
    let mut byte = [0; 1];
    while !head.ends_with(b"\r\n\r\n") {
        if connection.read(&mut byte).ok()? == 0 {
            return None;
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let value = |name: &str| {
        let line = head.lines().find(|line| line.to_lowercase().starts_with(&name.to_lowercase()))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let length: usize = value("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    connection.read_exact(&mut vec![0; length]).ok()?;
    let usersig = head.split("usersig=").nth(1).map(|rest| rest.split(['&', ' ']).next().unwrap_or("").to_owned());
    let secret = value("signature").or(usersig).unwrap_or_default();
    seen.lock().unwrap().push(secret.clone());
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let percent: String = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let body = serde_json::json!({
        "code": 1004, "ErrorCode": 70003, "ActionStatus": secret, "ErrorInfo": percent,
        "profileKey": secret, "errorMessage": format!("signature {hex} of {head}"), "url": head.lines().next(),
    })
    .to_string();
    let reply = format!(
        "HTTP/1.1 401 Unauthorized\r\nX-Echo: {secret}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    connection.write_all(reply.as_bytes()).ok()
}

#[test]
fn an_echoing_target_brings_no_secret_into_any_output() {
    let known = Credentials::reference();
    for api in ["rongcloud", "tencent"] {
        let (address, seen) = echo();
        let formats = proofhouse::report::Format::ALL.iter().map(|format| format.as_str());
        let run = Run::of(api, &format!("http://{address}")).arg("--verbose");
        let run = ["*/authentication/*", "*/length*"].iter().fold(run, |run, glob| run.arg("--only").arg(glob));
        let run = formats.fold(run, |run, format| run.arg("--format").arg(format)).go();
        run.exits_with(1);
        let mut secrets = seen.lock().unwrap().clone();
        // Published in the vendor's document, and sent as a wrong signature on purpose, in the clear.
        secrets.retain(|secret| secret.len() > 30 && !secret.starts_with("45beb7cc") && !secret.starts_with("0000"));
        secrets.extend([known.app_secret.expose().to_owned(), known.sdk_key.expose().to_owned()]);
        assert!(secrets.len() > 20, "only {} signatures were seen", secrets.len());
        let redactor = Redactor::new(secrets.iter().map(String::as_str));
        assert!(!redactor.finds(run.text().as_bytes()), "the terminal shows a secret of {api}");
        let mut files = 0;
        for entry in std::fs::read_dir(run.reports()).unwrap() {
            let path = entry.unwrap().path();
            files += 1;
            assert!(!redactor.finds(&std::fs::read(&path).unwrap()), "{} holds a secret", path.display());
        }
        assert!(files >= 6, "only {files} reports were written");
    }
}

#[test]
fn only_sign_prints_what_authorises() {
    let known = Credentials::reference();
    let mut command = proofhouse();
    command.args(["sign", "--api", "rongcloud"]);
    command.env("PROOFHOUSE_APP_KEY", &known.app_key).env("PROOFHOUSE_APP_SECRET", known.app_secret.expose());
    let text = String::from_utf8(command.output().unwrap().stdout).unwrap();
    let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
    let signature =
        proofhouse::api::auth::app_key::signature(&known.app_secret, &value("Nonce:"), &value("Timestamp:"));
    assert_eq!(value("Signature:"), signature);
    assert!(!text.contains(known.app_secret.expose()));
}
