//! A non-blocking connection, plain or TLS, that takes whole requests and gives bytes of replies.
//!
//! What the kernel does not take at once is kept and flushed when the socket can take more: the caller's buffer is free
//! for the next request. TLS is `rustls` driven in the same loop.

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, connect, recv, send, socket_with, sockopt,
};
use rustls::ClientConnection;

use super::plan::Transport;
use super::tls;
use crate::exchange::FailureKind;

/// Whether all bytes have been handed to the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    Whole,
    Partly,
}

/// What reading brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Received {
    /// So many bytes; whether the buffer could have held more, so that nothing is left in the kernel.
    Bytes(usize, Drained),
    /// Nothing for now.
    Nothing,
    /// The other side has closed in order.
    Ended,
}

/// Whether everything that had come was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Drained {
    Yes,
    MaybeNot,
}

/// Why no connection could be begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CannotOpen {
    /// The process has no file descriptor left: the generator's limit.
    Descriptors,
    /// The machine has no port left: the generator's limit.
    Ports,
    /// The target refused, cannot be reached, or failed the handshake.
    Target(FailureKind),
}

/// A connection in whatever state.
#[derive(Debug)]
pub(crate) struct Stream {
    socket: OwnedFd,
    session: Session,
}

#[derive(Debug)]
enum Session {
    Plain {
        /// What the kernel has not taken yet.
        rest: Vec<u8>,
    },
    Tls(Box<ClientConnection>),
}

impl Stream {
    /// Begins to connect; the socket becomes writable when that has succeeded or failed.
    pub(crate) fn open(address: SocketAddr, transport: &Transport) -> Result<Self, CannotOpen> {
        let family = if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let socket = socket_with(family, SocketType::STREAM, flags, None).map_err(why)?;
        sockopt::set_tcp_nodelay(&socket, true).map_err(why)?;
        // Requests never fill a congestion window, and a control that paces (BBR is the default of some machines) costs a
        // timer for each send and may hold one back after `dispatched`. Where reno is not allowed, the default stays.
        let _ = sockopt::set_tcp_congestion(&socket, "reno");
        match connect(&socket, &address) {
            Ok(()) | Err(Errno::INPROGRESS) => {}
            Err(errno) => return Err(why(errno)),
        }
        let session = match transport {
            Transport::Plain => Session::Plain { rest: Vec::new() },
            Transport::Tls { config, name } => {
                let connection = ClientConnection::new(config.clone(), name.clone());
                Session::Tls(Box::new(connection.map_err(|_| CannotOpen::Target(FailureKind::Tls))?))
            }
        };
        Ok(Self { socket, session })
    }

    /// How connecting ended, once the socket is writable.
    pub(crate) fn connected(&self) -> Result<(), CannotOpen> {
        sockopt::socket_error(&self.socket).and_then(|result| result).map_err(why)
    }

    /// Carries a TLS handshake on; plain connections are done at once.
    pub(crate) fn handshake(&mut self) -> Result<Handshake, FailureKind> {
        match &mut self.session {
            Session::Plain { .. } => Ok(Handshake::Done),
            Session::Tls(connection) => tls::handshake(connection, &self.socket),
        }
    }

    /// Sends bytes; what the kernel does not take is kept. An error leaves the connection unusable.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> Result<Sent, Errno> {
        match &mut self.session {
            Session::Plain { rest } => {
                let taken = match send(&self.socket, bytes, SendFlags::NOSIGNAL) {
                    Ok(taken) if taken == bytes.len() => return Ok(Sent::Whole),
                    Ok(taken) => taken,
                    Err(Errno::AGAIN | Errno::INTR) => 0,
                    Err(errno) => return Err(errno),
                };
                rest.extend_from_slice(&bytes[taken..]);
                self.flush()
            }
            Session::Tls(connection) => tls::send(connection, &self.socket, bytes),
        }
    }

    /// Sends what was kept.
    pub(crate) fn flush(&mut self) -> Result<Sent, Errno> {
        match &mut self.session {
            Session::Plain { rest } => {
                while !rest.is_empty() {
                    match send(&self.socket, rest, SendFlags::NOSIGNAL) {
                        Ok(taken) => drop(rest.drain(..taken)),
                        Err(Errno::INTR) => {}
                        Err(Errno::AGAIN) => return Ok(Sent::Partly),
                        Err(errno) => return Err(errno),
                    }
                }
                Ok(Sent::Whole)
            }
            Session::Tls(connection) => tls::flush(connection, &self.socket),
        }
    }

    /// Reads what has come.
    pub(crate) fn receive(&mut self, buffer: &mut [u8]) -> Result<Received, FailureKind> {
        match &mut self.session {
            Session::Plain { .. } => match recv(&self.socket, &mut *buffer, RecvFlags::empty()) {
                Ok((0, _)) => Ok(Received::Ended),
                Ok((length, _)) if length < buffer.len() => Ok(Received::Bytes(length, Drained::Yes)),
                Ok((length, _)) => Ok(Received::Bytes(length, Drained::MaybeNot)),
                Err(Errno::AGAIN | Errno::INTR) => Ok(Received::Nothing),
                Err(_) => Err(FailureKind::Closed),
            },
            Session::Tls(connection) => tls::receive(connection, &self.socket, buffer),
        }
    }
}

impl AsFd for Stream {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// How far a handshake is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Handshake {
    Waiting,
    Done,
}

fn why(errno: Errno) -> CannotOpen {
    match errno {
        Errno::MFILE | Errno::NFILE | Errno::NOBUFS | Errno::NOMEM => CannotOpen::Descriptors,
        Errno::ADDRNOTAVAIL => CannotOpen::Ports,
        _ => CannotOpen::Target(FailureKind::Connect),
    }
}

/// The socket as `rustls` wants it.
pub(crate) struct Wire<'a>(pub(crate) &'a OwnedFd);

impl io::Read for Wire<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(recv(self.0, buffer, RecvFlags::empty()).map(|(length, _)| length)?)
    }
}

impl io::Write for Wire<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(send(self.0, bytes, SendFlags::NOSIGNAL)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
