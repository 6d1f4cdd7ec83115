//! The HTTP server: sockets, waiting, and stopping. What is answered is decided in `service`.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response, StatusCode};
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::Options;
use super::answer::{Answer, Incoming};
use super::limiter::Decision;
use super::service::{Address, Reason, Service};
use super::tls::{TlsListener, TlsParts};
use super::workers::Workers;

/// The largest body that is read: a hundred users with ten attributes each take a tenth of it.
const BODY_MAX: usize = 4 << 20;

/// How long a stop waits for answers that are on their way.
const STOP_TIME: Duration = Duration::from_secs(1);

/// A server that is running; it stops when this goes out of scope.
pub struct Running {
    addr: SocketAddr,
    ca_pem: Option<String>,
    task: JoinHandle<()>,
    // Dropping it is the signal.
    stop: Option<oneshot::Sender<()>>,
}

impl Running {
    /// Where it listens, with the port that it was given.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The certificate, as PEM, of the authority that signed the generated one; none when it was given, or without TLS.
    #[must_use]
    pub fn ca_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
    }

    /// Stops and waits until the port is free; answers on their way have a second to finish.
    pub async fn stop(mut self) {
        self.stop.take();
        if timeout(STOP_TIME, &mut self.task).await.is_err() {
            self.task.abort();
        }
    }
}

/// Why no server could be started.
#[derive(Debug)]
pub enum StartError {
    /// The address cannot be listened on.
    Bind {
        /// The address asked for.
        addr: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The certificate or its key cannot be used, or none could be generated.
    Tls(String),
}

impl fmt::Display for StartError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bind { addr, source } => write!(formatter, "cannot listen on {addr}: {source}"),
            Self::Tls(cause) => write!(formatter, "cannot serve TLS: {cause}"),
        }
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Bind { source, .. } => Some(source),
            Self::Tls(_) => None,
        }
    }
}

/// Starts a server on the caller's runtime; port 0 takes a free one. It answers as soon as this returns.
///
/// # Errors
/// [`StartError`], before anything is served.
pub async fn start(options: Options, addr: SocketAddr) -> Result<Running, StartError> {
    let tls = options.tls.as_ref().map(TlsParts::new).transpose().map_err(StartError::Tls)?;
    let bind_error = |source| StartError::Bind { addr, source };
    let listener = TcpListener::bind(addr).await.map_err(bind_error)?;
    let addr = listener.local_addr().map_err(bind_error)?;
    let handler = Arc::new(Handler {
        service: Service::new(&options),
        workers: Workers::new(options.service_time, options.servers),
    });
    let router = Router::new().fallback(handle).with_state(handler);
    let (stop, stopped) = oneshot::channel::<()>();
    let until_stopped = async {
        let _ = stopped.await;
    };
    let mut ca_pem = None;
    let task = match tls {
        None => {
            let listener = listener.tap_io(|stream| {
                // Answers are one write each; a socket that refuses the option is merely slower.
                let _ = stream.set_nodelay(true);
            });
            let server = axum::serve(listener, router).with_graceful_shutdown(until_stopped);
            tokio::spawn(async move {
                let _ = server.await;
            })
        }
        Some(parts) => {
            ca_pem = parts.ca_pem;
            let listener = TlsListener::new(listener, addr, parts.acceptor);
            let server = axum::serve(listener, router).with_graceful_shutdown(until_stopped);
            tokio::spawn(async move {
                let _ = server.await;
            })
        }
    };
    Ok(Running { addr, ca_pem, task, stop: Some(stop) })
}

struct Handler {
    service: Service,
    workers: Workers,
}

async fn handle(State(handler): State<Arc<Handler>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let service = &handler.service;
    let address = Address::of(parts.uri.path());
    let Ok(body) = to_bytes(body, BODY_MAX).await else {
        return response(service.turned_away(address, Reason::Size));
    };
    let gate = service.gate(address);
    let decision = gate.map_or(Decision::Admit, |gate| gate.decide());
    let _admitted = match decision {
        Decision::Refuse => return response(service.turned_away(address, Reason::Rate)),
        Decision::Admit | Decision::Delay(_) => gate.map(|gate| gate.admitted()),
    };
    if let Decision::Delay(wait) = decision {
        sleep(wait).await;
    }
    handler.workers.work().await;
    let incoming = Incoming {
        method: &parts.method,
        query: parts.uri.query().unwrap_or_default(),
        headers: &parts.headers,
        body: &body,
    };
    response(service.answer(address, &incoming))
}

fn response(answer: Answer) -> Response<Body> {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(answer.content_type));
    response
}
