//! The load engine over TLS, driven in the same loop: counts are exact, and a certificate that does not hold is unsent.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::num::NonZeroU32;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use proofhouse::load::{Fate, Plan, Setup, Stop, Transport, run};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig, ServerConnection};

use crate::built_binary::{proofhouse, with_credentials};
use crate::process::{Reports, command, err, out};
use crate::setup::steady;

/// A server with a certificate for `localhost`, and that certificate.
fn server() -> (SocketAddr, CertificateDer<'static>, Arc<AtomicU64>) {
    let issued = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let certificate = issued.cert.der().clone();
    let key = PrivateKeyDer::try_from(issued.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let requests = Arc::new(AtomicU64::new(0));
    let count = requests.clone();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let (config, count) = (config.clone(), count.clone());
            std::thread::spawn(move || {
                let mut connection = ServerConnection::new(config).unwrap();
                let mut tls = rustls::Stream::new(&mut connection, &mut stream);
                let mut buffer = [0; 4096];
                // The requests are short and never pipelined: one read is one request.
                while matches!(tls.read(&mut buffer), Ok(1..)) {
                    count.fetch_add(1, Ordering::SeqCst);
                    let reply = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
                    if tls.write_all(reply).and_then(|()| tls.flush()).is_err() {
                        return;
                    }
                }
            });
        }
    });
    (address, certificate, requests)
}

fn setup(address: SocketAddr, trusted: Option<CertificateDer<'static>>) -> Setup {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(trusted);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let plan = Plan { connections: NonZeroU32::new(8).unwrap(), ..steady(200.0, 500) };
    let mut setup = crate::setup::setup(plan, address);
    let name = ServerName::try_from("localhost").unwrap();
    setup.destination.transport = Transport::Tls { config: Arc::new(config), name };
    setup
}

#[test]
fn requests_over_tls_are_counted_like_plain_ones() {
    let (address, certificate, requests) = server();
    let total = run(&setup(address, Some(certificate)), &Stop::default(), |_| {}).unwrap().ledger.total();
    assert_eq!((total.planned, total.sent, total.of(Fate::AsExpected)), (100, 100, 100));
    assert_eq!(requests.load(Ordering::SeqCst), 100);
}

#[test]
fn a_certificate_that_nobody_trusts_leaves_every_arrival_unsent() {
    let (address, _, requests) = server();
    let finished = run(&setup(address, None), &Stop::default(), |_| {}).unwrap();
    let total = finished.ledger.total();
    assert_eq!((total.planned, total.of(Fate::Unsent)), (100, 100));
    assert_eq!(&*finished.findings.rows()[0].finding.outcome, "TLS: the certificate's issuer is unknown");
    assert_eq!(requests.load(Ordering::SeqCst), 0);
}

#[test]
fn the_command_drives_a_target_over_tls_whose_authority_it_is_given() {
    let reports = Reports::new("tls");
    fs::create_dir_all(&reports.0).unwrap();
    let authority = reports.0.join("authority.pem");
    let mut serve = proofhouse()
        .args(["serve", "--listen", "127.0.0.1:0", "--limiter", "none", "--until-stdin-ends", "--tls", "--tls-ca-out"])
        .arg(&authority)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(serve.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let url = line.trim().strip_prefix("listening on ").unwrap().to_owned();
    assert!(url.starts_with("https://"), "{url}");
    let authority = authority.to_str().unwrap();
    let arguments = ["--api", "tencent", "--target", &url, "--rate", "100", "--duration", "1s"];
    let trusting = [&arguments[..], &["--ca-file", authority]].concat();
    let output = with_credentials(&mut command(&reports, &trusting)).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}{}", out(&output), err(&output));
    assert_eq!(reports.record()["totals"]["judged"]["as_expected"], 100);
    let output = with_credentials(&mut command(&reports, &arguments)).output().unwrap();
    assert_eq!(output.status.code(), Some(4), "{}{}", out(&output), err(&output));
    assert!(out(&output).contains("issuer is unknown"), "{}", out(&output));
    drop(serve.stdin.take());
    serve.wait().unwrap();
}
