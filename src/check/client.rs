//! Sending one request over HTTP/1.1 and TLS, and telling apart the ways in which no reply comes.

use std::error::Error;
use std::fmt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::exchange::{Failure, FailureKind, Reply};

/// Whose certificates are trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// Further authorities, in a PEM file.
    pub ca_file: Option<PathBuf>,
    /// Whether any certificate will do.
    pub insecure: bool,
}

/// Why no client could be made.
#[derive(Debug)]
pub enum ClientError {
    /// The file of authorities cannot be used.
    CaFile {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The library refused its settings.
    Settings(String),
}

/// Bounds of one exchange.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) timeout: Duration,
    pub(super) reply: usize,
}

/// A request ready to be sent.
#[derive(Clone, Debug)]
pub(super) struct Outgoing {
    pub(super) method: String,
    pub(super) url: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

/// Sends requests to one target, over connections that it keeps.
#[derive(Clone)]
pub struct Client {
    kept: reqwest::Client,
    fresh: reqwest::Client,
    bounds: Bounds,
}

/// Which connection a request goes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Connection {
    /// A kept one, when there is one.
    Kept,
    /// A new one.
    Fresh,
}

impl Client {
    /// A client for a target with this base URL: TLS is made ready only where it is used.
    ///
    /// # Errors
    /// A file of authorities that cannot be used.
    pub fn new(base: &Url, trust: &Trust, timeout: Duration, largest_reply: usize) -> Result<Self, ClientError> {
        let tls = if base.scheme() == "https" { Some(tls_config(trust)?) } else { None };
        let bounds = Bounds { timeout, reply: largest_reply };
        Ok(Self { kept: build(tls.clone(), None)?, fresh: build(tls, Some(0))?, bounds })
    }

    /// Sends a request and reads the whole reply; gives how long that took, too.
    pub(super) async fn send(&self, outgoing: &Outgoing, connection: Connection) -> (Result<Reply, Failure>, Duration) {
        let start = Instant::now();
        let exchange = self.exchange(outgoing, connection);
        let outcome = match tokio::time::timeout(self.bounds.timeout, exchange).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Failure {
                kind: FailureKind::Timeout,
                detail: format!("no whole reply within {:?}", self.bounds.timeout),
            }),
        };
        (outcome, start.elapsed())
    }

    async fn exchange(&self, outgoing: &Outgoing, connection: Connection) -> Result<Reply, Failure> {
        let client = match connection {
            Connection::Kept => &self.kept,
            Connection::Fresh => &self.fresh,
        };
        let request = request(outgoing)?;
        let mut response = client.execute(request).await.map_err(|error| failure(&error, Phase::Head))?;
        let status = response.status().as_u16();
        let headers = response.headers().iter();
        let headers = headers
            .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let too_large = || {
            let detail = format!("more than {} bytes", self.bounds.reply);
            Failure { kind: FailureKind::TooLarge, detail }
        };
        if response.content_length().is_some_and(|length| length > self.bounds.reply as u64) {
            return Err(too_large());
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error, Phase::Body))? {
            if body.len() + chunk.len() > self.bounds.reply {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Reply { status, headers, body })
    }
}

fn build(tls: Option<rustls::ClientConfig>, idle: Option<usize>) -> Result<reqwest::Client, ClientError> {
    let mut builder = reqwest::Client::builder()
        .no_proxy()
        .http1_only()
        .http1_title_case_headers()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .tcp_nodelay(true)
        .user_agent(concat!("proofhouse/", env!("CARGO_PKG_VERSION")));
    if let Some(idle) = idle {
        builder = builder.pool_max_idle_per_host(idle);
    }
    // Without a backend of our own the library would look for one even where nothing is encrypted.
    let tls = match tls {
        Some(tls) => tls,
        None => bare_tls()?.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth(),
    };
    builder.tls_backend_preconfigured(tls).build().map_err(|error| ClientError::Settings(error.to_string()))
}

fn bare_tls() -> Result<rustls::ConfigBuilder<rustls::ClientConfig, rustls::WantsVerifier>, ClientError> {
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    builder.map_err(|error| ClientError::Settings(error.to_string()))
}

/// The settings of TLS connections to a target that is trusted in this way.
///
/// # Errors
/// A file of authorities that cannot be used.
pub fn tls_config(trust: &Trust) -> Result<rustls::ClientConfig, ClientError> {
    if trust.insecure {
        let verifier = std::sync::Arc::new(super::insecure::AnyCertificate::new());
        return Ok(bare_tls()?.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth());
    }
    let mut roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(path) = &trust.ca_file {
        let fail = |reason: String| ClientError::CaFile { path: path.clone(), reason };
        let pem = std::fs::read(path).map_err(|error| fail(error.to_string()))?;
        let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
        let certificates = certificates.map_err(|error| fail(error.to_string()))?;
        if certificates.is_empty() {
            return Err(fail("the file holds no certificate in PEM form".into()));
        }
        for certificate in certificates {
            roots.add(certificate).map_err(|error| fail(error.to_string()))?;
        }
    }
    Ok(bare_tls()?.with_root_certificates(roots).with_no_client_auth())
}

fn request(outgoing: &Outgoing) -> Result<reqwest::Request, Failure> {
    let invalid = |what: String| Failure { kind: FailureKind::Connect, detail: what };
    let method = Method::from_bytes(outgoing.method.as_bytes()).map_err(|error| invalid(error.to_string()))?;
    let url = Url::parse(&outgoing.url).map_err(|error| invalid(format!("{}: {error}", outgoing.url)))?;
    let mut headers = HeaderMap::with_capacity(outgoing.headers.len());
    for (name, value) in &outgoing.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|error| invalid(format!("{name}: {error}")))?;
        let value = HeaderValue::from_str(value).map_err(|error| invalid(format!("{name}: {error}")))?;
        headers.append(name, value);
    }
    let mut request = reqwest::Request::new(method, url);
    *request.headers_mut() = headers;
    if !outgoing.body.is_empty() || request.method() == Method::POST {
        *request.body_mut() = Some(outgoing.body.clone().into());
    }
    Ok(request)
}

#[derive(Clone, Copy)]
enum Phase {
    Head,
    Body,
}

/// Finds the kind of a failure in the chain of its causes, by their types.
fn failure(error: &reqwest::Error, phase: Phase) -> Failure {
    let mut detail = Vec::new();
    let mut kind = None;
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(error) = cause {
        detail.push(error.to_string());
        kind = kind.or_else(|| tls_kind(error)).or_else(|| exchange_kind(error, phase));
        cause = error.source();
    }
    let by_phase = match phase {
        Phase::Head => FailureKind::Closed,
        Phase::Body => FailureKind::CutOff,
    };
    let kind = kind.unwrap_or(if error.is_connect() { FailureKind::Connect } else { by_phase });
    detail.dedup();
    // The outermost cause only says that there is one.
    let cause = usize::from(detail.len() > 1);
    Failure { kind, detail: detail[cause..].join(": ") }
}

fn tls_kind(error: &(dyn Error + 'static)) -> Option<FailureKind> {
    use rustls::{CertificateError as Certificate, Error as Tls};
    let Some(tls) = error.downcast_ref::<Tls>() else {
        // What an I/O error wraps is not among its sources, and it may wrap another one.
        return tls_kind(error.downcast_ref::<std::io::Error>()?.get_ref()?);
    };
    Some(match tls {
        Tls::InvalidCertificate(certificate) => match certificate {
            Certificate::UnknownIssuer => FailureKind::TlsUnknownIssuer,
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => FailureKind::TlsWrongName,
            Certificate::Expired
            | Certificate::ExpiredContext { .. }
            | Certificate::NotValidYet
            | Certificate::NotValidYetContext { .. } => FailureKind::TlsExpired,
            _ => FailureKind::Tls,
        },
        _ => FailureKind::Tls,
    })
}

fn exchange_kind(error: &(dyn Error + 'static), phase: Phase) -> Option<FailureKind> {
    let hyper = error.downcast_ref::<hyper::Error>()?;
    if hyper.is_parse() {
        return Some(FailureKind::NotHttp);
    }
    match phase {
        Phase::Head if hyper.is_incomplete_message() => Some(FailureKind::Closed),
        Phase::Body => Some(FailureKind::CutOff),
        Phase::Head => None,
    }
}

impl fmt::Display for ClientError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CaFile { path, reason } => write!(formatter, "cannot use the CA file {}: {reason}", path.display()),
            Self::Settings(reason) => write!(formatter, "cannot make an HTTP client: {reason}"),
        }
    }
}

impl Error for ClientError {}
