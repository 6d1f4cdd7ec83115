//! The load engine over TLS, driven in the same loop: counts are exact, and a certificate that does not hold is unsent.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use proofhouse::clock::Clock;
use proofhouse::exchange::{Pieces, Request};
use proofhouse::load::{
    Arrivals, Case, Class, Destination, Fate, Judged, Load, Phase, Plan, Rate, Setup, Signing, Stop, Stretch,
    Transport, Users, run,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig, ServerConnection};

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
    let rate = Rate::per_second(200.0).unwrap();
    let phase = Phase::constant("steady", Stretch::Steady, rate, Duration::from_millis(500));
    let load = Load::Open { phases: vec![phase], arrivals: Arrivals::Constant };
    Setup {
        plan: Plan { connections: NonZeroU32::new(8).unwrap(), ..Plan::new(load) },
        destination: Destination {
            address,
            host: "localhost".into(),
            path_prefix: "/v1".into(),
            transport: Transport::Tls { config: Arc::new(config), name: ServerName::try_from("localhost").unwrap() },
        },
        cases: vec![Case {
            name: "get".into(),
            weight: 1,
            request: Request { method: "GET".into(), path: "/".into(), headers: Vec::new(), body: Pieces::new() },
            signing: Signing::None,
            users: Users::Numbered { prefix: "u".into(), pool: NonZeroU32::MIN },
        }],
        judge: Arc::new(|_, _| Judged { class: Class::AsExpected, outcome: "ok".into() }),
        clock: Clock::System,
        run_number: 1,
    }
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
