//! From a target's base URL to what the engine connects to: one address, the `Host` header, TLS.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::ServerName;

use crate::check::tls_config;
use crate::load::{Destination, Transport};
use crate::settings::targets::ApiTarget;

/// How long one attempt to connect may take before another address of the same name is tried.
const ATTEMPT: Duration = Duration::from_secs(2);

/// The addresses of a target; nothing is sent to it.
///
/// # Errors
/// A name that cannot be resolved.
pub(in crate::command) async fn addresses(target: &ApiTarget) -> Result<Vec<SocketAddr>, String> {
    let host = target.base.host_str().unwrap_or_default();
    let port = target.base.port_or_known_default().unwrap_or(80);
    let found = tokio::net::lookup_host((host.trim_matches(['[', ']']), port)).await;
    let addresses: Vec<SocketAddr> =
        found.map_err(|error| format!("cannot find the address of {host}: {error}"))?.collect();
    if addresses.is_empty() { Err(format!("{host} has no address")) } else { Ok(addresses) }
}

/// Where the requests go: of several addresses the first that accepts a connection within `patience`; and whether one
/// does. Where none does the run itself shows it.
///
/// # Errors
/// Certificates that cannot be used.
pub(in crate::command) async fn reach(
    target: &ApiTarget,
    addresses: &[SocketAddr],
    patience: Duration,
) -> Result<(Destination, bool), String> {
    let base = &target.base;
    let host = base.host_str().unwrap_or_default();
    let transport = if base.scheme() == "https" {
        let config = tls_config(&target.trust).map_err(|error| error.to_string())?;
        let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned());
        let name = name.map_err(|error| format!("{host} is no name for TLS: {error}"))?;
        Transport::Tls { config: Arc::new(config), name }
    } else {
        Transport::Plain
    };
    let first = *addresses.first().ok_or_else(|| format!("{host} has no address"))?;
    let accepting = accepting(addresses, patience).await;
    let destination = Destination {
        address: accepting.unwrap_or(first),
        host: base.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")),
        path_prefix: base.path().trim_end_matches('/').to_owned(),
        transport,
    };
    Ok((destination, accepting.is_some()))
}

async fn accepting(addresses: &[SocketAddr], patience: Duration) -> Option<SocketAddr> {
    let end = Instant::now() + patience;
    loop {
        for address in addresses {
            let attempt = tokio::time::timeout(ATTEMPT, tokio::net::TcpStream::connect(address)).await;
            if matches!(attempt, Ok(Ok(_))) {
                return Some(*address);
            }
        }
        if Instant::now() >= end {
            return None;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
