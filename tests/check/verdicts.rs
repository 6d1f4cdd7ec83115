//! What `check` says of targets that are broken as a whole, in one place, or in how they speak HTTP: exit code and cause.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use super::cli::{Run, reference};
use proofhouse::reference::{Options, Tls};
use proofhouse::secret::Secret;

/// Answers every connection with these bytes, once the request's head is there, and closes it or holds it open.
fn raw_server(reply: &'static [u8], hold: bool) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut connection in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let _ = read_request(&mut connection);
                let _ = connection.write_all(reply);
                while hold && connection.read(&mut [0; 1024]).is_ok_and(|read| read > 0) {}
            });
        }
    });
    address
}

/// Stands between client and server, and closes a connection whose request holds a text.
fn closing_proxy(server: SocketAddr, text: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            std::thread::spawn(move || {
                while let Some(request) = read_request(&mut client) {
                    if String::from_utf8_lossy(&request).contains(text) {
                        return;
                    }
                    let mut upstream = TcpStream::connect(server).unwrap();
                    upstream.write_all(&request).unwrap();
                    upstream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
                    let reply = read_request(&mut upstream).unwrap();
                    if client.write_all(&reply).is_err() {
                        return;
                    }
                }
            });
        }
    });
    address
}

/// A whole message with a Content-Length, request or reply.
fn read_request(connection: &mut TcpStream) -> Option<Vec<u8>> {
    let mut message = Vec::new();
    let mut byte = [0; 1];
    while !message.ends_with(b"\r\n\r\n") {
        if connection.read(&mut byte).ok()? == 0 {
            return None;
        }
        message.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&message).to_lowercase();
    let length = head.split("content-length:").nth(1).and_then(|rest| rest.lines().next()?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    connection.read_exact(&mut body).ok()?;
    message.extend(body);
    Some(message)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_faithful_reference_conforms() {
    let server = reference(Options::default()).await;
    for api in ["rongcloud", "nexconn", "tencent"] {
        let run = Run::of(api, &format!("http://{}", server.addr())).go();
        run.exits_with(0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_credentials_lead_with_the_refused_baseline() {
    let server = reference(Options::default()).await;
    let run = Run::of("rongcloud", &format!("http://{}", server.addr())).secret("another-secret").go();
    run.exits_with(1).says("baseline refused").says("credentials");
}

#[test]
fn a_page_not_found_everywhere_is_a_wrong_url() {
    let page = b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 9\r\nConnection: close\r\n\r\nnot found";
    for api in ["rongcloud", "tencent"] {
        Run::of(api, &format!("http://{}", raw_server(page, false))).go().exits_with(3).says("wrong URL");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_closed_on_one_input_is_a_failure_of_that_case_alone() {
    let server = reference(Options::default()).await;
    let address = closing_proxy(server.addr(), "%22level%22%3A100");
    let run = Run::of("rongcloud", &format!("http://{address}")).arg("--only").arg("*/profile/*").go();
    run.exits_with(1).says("no reply").says("field=level,at=max");
}

#[test]
fn nobody_there_is_inconclusive() {
    let run = Run::of("nexconn", "http://127.0.0.1:1").go();
    run.exits_with(3).says("no connection");
}

#[test]
fn what_is_no_http_or_never_whole_is_told_apart() {
    let cut: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"code\"";
    let endless: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{";
    let large: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n{";
    for (reply, hold, word) in [
        (&b"SSH-2.0-OpenSSH_9.2\r\n"[..], false, "not HTTP"),
        (cut, false, "cut off"),
        (endless, true, "timeout"),
        (large, true, "too large"),
        (&b""[..], false, "closed"),
    ] {
        let run =
            Run::of("rongcloud", &format!("http://{}", raw_server(reply, hold))).arg("--timeout").arg("300ms").go();
        run.exits_with(3).says(word);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limiter_without_burst_condemns_nobody() {
    let limiter = "token-bucket:rate=100,burst=1".parse().unwrap();
    let server = reference(Options { limiter, ..Options::default() }).await;
    let run = Run::of("rongcloud", &format!("http://{}", server.addr())).arg("--only").arg("*/profile/number*").go();
    run.exits_with(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn throttling_below_the_documented_rate_is_a_violation() {
    let fault = Some("rongcloud/throttled".parse().unwrap());
    let server = reference(Options { fault, ..Options::default() }).await;
    let run = Run::of("rongcloud", &format!("http://{}", server.addr())).paced().arg("--only").arg("*/profile/*").go();
    run.exits_with(1).says("limited below the documented rate").says("--pace");
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_needs_the_authority_and_tells_why_it_fails() {
    let server = reference(Options { tls: Some(Tls::Generated), ..Options::default() }).await;
    let url = format!("https://localhost:{}", server.addr().port());
    Run::of("nexconn", &url).go().exits_with(3).says("issuer is unknown");
    let directory = tempfile::tempdir().unwrap();
    let ca_file = directory.path().join("ca.pem");
    std::fs::write(&ca_file, server.ca_pem().unwrap()).unwrap();
    Run::of("nexconn", &url).arg("--ca-file").arg(ca_file.to_str().unwrap()).go().exits_with(0);
    Run::of("nexconn", &url).arg("--insecure").go().exits_with(0);
    let plain = reference(Options::default()).await;
    let url = format!("https://127.0.0.1:{}", plain.addr().port());
    Run::of("nexconn", &url).go().exits_with(3).says("TLS");
}

/// A certificate that is its own authority, for this name and these years.
fn certificate(name: &str, years: std::ops::Range<i32>) -> (String, Tls) {
    let mut params = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(years.start, 1, 1);
    params.not_after = rcgen::date_time_ymd(years.end, 1, 1);
    let key = rcgen::KeyPair::generate().unwrap();
    let pem = params.self_signed(&key).unwrap().pem();
    (pem.clone(), Tls::Given { chain_pem: pem, key_pem: Secret::new(key.serialize_pem()) })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_for_another_name_and_one_that_has_expired_are_told_apart() {
    let directory = tempfile::tempdir().unwrap();
    let ca_file = directory.path().join("ca.pem");
    let cases = [("elsewhere.example", 2020..2090, "another name"), ("localhost", 2001..2002, "validity period")];
    for (name, years, words) in cases {
        let (pem, tls) = certificate(name, years);
        let server = reference(Options { tls: Some(tls), ..Options::default() }).await;
        std::fs::write(&ca_file, pem).unwrap();
        let url = format!("https://localhost:{}", server.addr().port());
        let run = Run::of("nexconn", &url).arg("--ca-file").arg(ca_file.to_str().unwrap()).go();
        run.exits_with(3).says(words);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_run_writes_what_it_knows_and_never_passes() {
    let service_time = Duration::from_millis(150);
    let server = reference(Options { service_time, ..Options::default() }).await;
    let run = Run::of("rongcloud", &format!("http://{}", server.addr())).interrupted_after(Duration::from_millis(700));
    run.exits_with(130).says("interrupted");
    assert!(run.report("report.json").contains("\"interrupted\": true"));
}
