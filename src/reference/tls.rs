//! TLS for the reference: a certificate that is generated or given, and a listener that never waits for one handshake.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::secret::Secret;

/// The names that a generated certificate is for: what reaches a server on this machine.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];
/// How long a client may take to shake hands.
const HANDSHAKE_TIME: Duration = Duration::from_secs(5);
/// The pause after an accept that failed, for instance because all file descriptors are taken.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// How many finished handshakes may wait to be served.
const READY: usize = 64;

/// Where the certificate comes from.
#[derive(Clone)]
pub enum Tls {
    /// An authority and a certificate for `localhost`, `127.0.0.1` and `::1` are made at the start, for this run only.
    Generated,
    /// A certificate chain and its private key.
    Given {
        /// The chain as PEM, the server's own certificate first.
        chain_pem: String,
        /// The key as PEM (PKCS #8, PKCS #1 or SEC 1).
        key_pem: Secret,
    },
}

/// What serving needs of a certificate.
pub(crate) struct TlsParts {
    pub(crate) acceptor: TlsAcceptor,
    /// The generated authority.
    pub(crate) ca_pem: Option<String>,
}

impl TlsParts {
    /// Generates or parses; the error says what is wrong with the certificate or the key.
    pub(crate) fn new(tls: &Tls) -> Result<Self, String> {
        let (chain_pem, key_pem, ca_pem) = match tls {
            Tls::Generated => {
                let made = Generated::new().map_err(|error| error.to_string())?;
                (made.certificate, Secret::new(made.key), Some(made.authority))
            }
            Tls::Given { chain_pem, key_pem } => (chain_pem.clone(), key_pem.clone(), None),
        };
        let chain: Vec<_> = CertificateDer::pem_slice_iter(chain_pem.as_bytes())
            .collect::<Result<_, _>>()
            .map_err(|error| format!("the certificate is no PEM: {error}"))?;
        let key = PrivateKeyDer::from_pem_slice(key_pem.expose().as_bytes())
            .map_err(|error| format!("the private key is no PEM: {error}"))?;
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
            .map_err(|error| error.to_string())?;
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), ca_pem })
    }
}

/// PEM texts of an authority, a certificate that it signed, and the certificate's key.
struct Generated {
    authority: String,
    certificate: String,
    key: String,
}

impl Generated {
    fn new() -> Result<Self, rcgen::Error> {
        let mut authority = CertificateParams::new(Vec::new())?;
        authority.distinguished_name.push(DnType::CommonName, "proofhouse reference authority");
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let issuer = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;
        let mut params = CertificateParams::new(NAMES.map(str::to_owned))?;
        params.distinguished_name.push(DnType::CommonName, "proofhouse reference");
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &issuer)?;
        Ok(Self { authority: issuer.pem(), certificate: certificate.pem(), key: key.serialize_pem() })
    }
}

/// Hands out connections whose handshake is done; a slow client holds up nobody else.
pub(crate) struct TlsListener {
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    addr: SocketAddr,
}

impl TlsListener {
    pub(crate) fn new(listener: TcpListener, addr: SocketAddr, acceptor: TlsAcceptor) -> Self {
        let (sender, ready) = mpsc::channel(READY);
        tokio::spawn(async move {
            tokio::select! {
                () = accept_all(&listener, &acceptor, &sender) => {}
                () = sender.closed() => {}
            }
        });
        Self { ready, addr }
    }
}

async fn accept_all(
    listener: &TcpListener,
    acceptor: &TlsAcceptor,
    sender: &mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>,
) {
    loop {
        let Ok((stream, peer)) = listener.accept().await else {
            sleep(ACCEPT_PAUSE).await;
            continue;
        };
        // A socket that refuses the option is merely slower.
        let _ = stream.set_nodelay(true);
        let (acceptor, sender) = (acceptor.clone(), sender.clone());
        tokio::spawn(async move {
            // A client that fails the handshake, or takes too long, has lost its connection and knows it.
            if let Ok(Ok(stream)) = timeout(HANDSHAKE_TIME, acceptor.accept(stream)).await {
                let _ = sender.send((stream, peer)).await;
            }
        });
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(connection) => connection,
            // The accepting task ends only after this listener; until then there is nothing to hand out.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.addr)
    }
}
