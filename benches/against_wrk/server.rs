//! A server that does as little as a server can: one epoll loop, one reply for each read.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsFd;

use rustix::buffer::spare_capacity;
use rustix::event::epoll;

const REPLY: &[u8] =
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json;charset=utf-8\r\nContent-Length: 12\r\n\r\n{\"code\":200}";

/// Prints its address and serves until it is killed.
pub(crate) fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("{}", listener.local_addr().unwrap());
    listener.set_nonblocking(true).unwrap();
    let queue = epoll::create(epoll::CreateFlags::CLOEXEC).unwrap();
    let watch = |number: usize, descriptor: &dyn AsFd| {
        let data = epoll::EventData::new_u64(number as u64);
        epoll::add(&queue, descriptor.as_fd(), data, epoll::EventFlags::IN).unwrap();
    };
    watch(usize::MAX, &listener);
    let mut streams: Vec<Option<TcpStream>> = Vec::new();
    let mut events = Vec::with_capacity(256);
    let mut buffer = [0; 16 << 10];
    loop {
        events.clear();
        if epoll::wait(&queue, spare_capacity(&mut events), None).is_err() {
            continue;
        }
        for event in &events {
            let data = event.data;
            let Some(slot) = usize::try_from(data.u64()).ok().filter(|slot| *slot != usize::MAX) else {
                while let Ok((stream, _)) = listener.accept() {
                    stream.set_nodelay(true).unwrap();
                    watch(streams.len(), &stream);
                    streams.push(Some(stream));
                }
                continue;
            };
            let Some(stream) = &mut streams[slot] else { continue };
            if !matches!(stream.read(&mut buffer), Ok(1..)) || stream.write_all(REPLY).is_err() {
                streams[slot] = None;
            }
        }
    }
}
