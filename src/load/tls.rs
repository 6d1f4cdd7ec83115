//! TLS in the shard's loop: `rustls` encrypts and decrypts, the socket is read and written when the poller says so.

use std::io::{ErrorKind, Read, Write};
use std::os::fd::OwnedFd;

use rustix::io::Errno;
use rustls::{CertificateError, ClientConnection, Error};

use super::stream::{Drained, Handshake, Received, Sent, Wire};
use crate::exchange::FailureKind;

/// Carries the handshake on as far as the socket allows.
pub(crate) fn handshake(connection: &mut ClientConnection, socket: &OwnedFd) -> Result<Handshake, FailureKind> {
    loop {
        while connection.wants_write() {
            match connection.write_tls(&mut Wire(socket)) {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(Handshake::Waiting),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return Err(FailureKind::Tls),
            }
        }
        if !connection.is_handshaking() {
            return Ok(Handshake::Done);
        }
        match connection.read_tls(&mut Wire(socket)) {
            Ok(0) => return Err(FailureKind::Tls),
            Ok(_) => {
                if let Err(error) = connection.process_new_packets() {
                    // The alert that tells the server why is a courtesy: the connection is given up either way.
                    let _ = connection.write_tls(&mut Wire(socket));
                    return Err(class(&error));
                }
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(Handshake::Waiting),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return Err(FailureKind::Tls),
        }
    }
}

/// Encrypts and sends bytes.
pub(crate) fn send(connection: &mut ClientConnection, socket: &OwnedFd, bytes: &[u8]) -> Result<Sent, Errno> {
    connection.writer().write_all(bytes).map_err(|_| Errno::MSGSIZE)?;
    flush(connection, socket)
}

/// Sends what is encrypted.
pub(crate) fn flush(connection: &mut ClientConnection, socket: &OwnedFd) -> Result<Sent, Errno> {
    while connection.wants_write() {
        match connection.write_tls(&mut Wire(socket)) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(Sent::Partly),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(Errno::from_io_error(&error).unwrap_or(Errno::PIPE)),
        }
    }
    Ok(Sent::Whole)
}

/// Reads and decrypts. A connection that ends without `close_notify` counts as ended: what was cut off shows in HTTP.
pub(crate) fn receive(
    connection: &mut ClientConnection,
    socket: &OwnedFd,
    buffer: &mut [u8],
) -> Result<Received, FailureKind> {
    loop {
        match connection.reader().read(buffer) {
            Ok(0) => return Ok(Received::Ended),
            Ok(length) => return Ok(Received::Bytes(length, Drained::MaybeNot)),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(_) => return Ok(Received::Ended),
        }
        match connection.read_tls(&mut Wire(socket)) {
            Ok(0) => return Ok(Received::Ended),
            Ok(_) => {
                connection.process_new_packets().map_err(|_| FailureKind::Closed)?;
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(Received::Nothing),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return Err(FailureKind::Closed),
        }
    }
}

/// The class of a handshake error.
fn class(error: &Error) -> FailureKind {
    let Error::InvalidCertificate(error) = error else { return FailureKind::Tls };
    match error {
        CertificateError::UnknownIssuer => FailureKind::TlsUnknownIssuer,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            FailureKind::TlsWrongName
        }
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => FailureKind::TlsExpired,
        _ => FailureKind::Tls,
    }
}
