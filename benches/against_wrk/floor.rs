//! What no generator can be cheaper than: an epoll loop that writes fixed bytes and reads whatever comes; and a loop that
//! only waits for instants.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::num::NonZeroU64;
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::{Timespec, epoll};

/// About as long as the engine's request.
fn request() -> Vec<u8> {
    let body = "x".repeat(115);
    let head = format!("POST /user/profile/set.json HTTP/1.1\r\nHost: localhost\r\nX-Fill: {}\r\n", "y".repeat(215));
    format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// Keeps all connections busy; returns how many replies came.
pub(crate) fn closed(address: &str, seconds: u64, connections: u32) -> u64 {
    let request = request();
    let queue = epoll::create(epoll::CreateFlags::CLOEXEC).unwrap();
    let mut streams: Vec<TcpStream> = (0..connections).map(|_| TcpStream::connect(address).unwrap()).collect();
    for (number, stream) in (0u64..).zip(&mut streams) {
        stream.set_nodelay(true).unwrap();
        stream.set_nonblocking(true).unwrap();
        epoll::add(&queue, &*stream, epoll::EventData::new_u64(number), epoll::EventFlags::IN | epoll::EventFlags::ET)
            .unwrap();
        stream.write_all(&request).unwrap();
    }
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut events = Vec::with_capacity(256);
    let mut buffer = [0; 16 << 10];
    let mut replies = 0;
    while Instant::now() < end {
        events.clear();
        let timeout = Timespec { tv_sec: 1, tv_nsec: 0 };
        if epoll::wait(&queue, spare_capacity(&mut events), Some(&timeout)).is_err() {
            continue;
        }
        for event in &events {
            let data = event.data;
            let stream = &mut streams[usize::try_from(data.u64()).unwrap()];
            if matches!(stream.read(&mut buffer), Ok(1..)) {
                replies += 1;
                stream.write_all(&request).unwrap();
            }
        }
    }
    replies
}

/// Waits for each instant of a rate and prints how late it woke.
pub(crate) fn pace(rate: u64, seconds: u64, pacing: Option<&str>) {
    let _ = rustix::thread::set_current_timer_slack(NonZeroU64::new(1));
    let queue = epoll::create(epoll::CreateFlags::CLOEXEC).unwrap();
    let ahead = if pacing == Some("spin") { Duration::from_micros(100) } else { Duration::ZERO };
    let mut events: Vec<epoll::Event> = Vec::with_capacity(1);
    let start = Instant::now();
    let mut late: Vec<Duration> = Vec::new();
    for index in 0..rate * seconds {
        let due = start + Duration::from_nanos(index * 1_000_000_000 / rate);
        loop {
            let left = due.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            let wait = left.saturating_sub(ahead);
            if !wait.is_zero() || ahead.is_zero() {
                let timeout = Timespec { tv_sec: wait.as_secs().cast_signed(), tv_nsec: wait.subsec_nanos().into() };
                events.clear();
                let _ = epoll::wait(&queue, spare_capacity(&mut events), Some(&timeout));
            }
        }
        late.push(due.elapsed());
    }
    late.sort_unstable();
    let at = |share: usize| late[late.len() * share / 100].as_secs_f64() * 1e6;
    println!("bare   {rate:6}/s {:4}  lag p50 {:7.1} p99 {:7.1} µs", pacing.unwrap_or_default(), at(50), at(99));
}
