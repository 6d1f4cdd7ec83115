//! Cases a second and peak memory of `check`: 10 000 cases against a trivial server on the loopback interface, unpaced,
//! without and with all reports, in turns.
//!
//! `cargo bench --bench check -- [ROUNDS]`; medians are printed, because machines are noisy.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench fails by panicking and prints its figures")]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// One run: wall-clock seconds of the whole process, and its peak resident memory in KiB.
#[derive(Clone, Copy)]
struct Figures {
    seconds: f64,
    kib: u64,
}

fn main() {
    // Where benches are run as tests, one small round shows that it works.
    let as_test = !std::env::args().any(|argument| argument == "--bench");
    let rounds = std::env::args().filter_map(|argument| argument.parse().ok()).next();
    let rounds = if as_test { 1 } else { rounds.unwrap_or(5) };
    let side = if as_test { 10 } else { 100 }; // two axes: 10 000 cases
    let directory = std::env::temp_dir().join(format!("proofhouse-bench-{}", std::process::id()));
    write_suite(&directory, side);
    let address = trivial_server();
    let (mut bare, mut reported) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        bare.push(run(&directory, address, &["--format", "json"]));
        reported.push(run(&directory, address, &all_formats()));
    }
    let cases = side * side;
    println!("{cases} cases against a trivial server, {rounds} rounds, medians of whole-process figures");
    let bare = print("record only", cases, &mut bare);
    let reported = print("all reports", cases, &mut reported);
    println!("  all reports take {:.2} times as long as the record alone (the bound is 1.50)", reported / bare);
    fs::remove_dir_all(&directory).unwrap();
}

fn all_formats() -> Vec<&'static str> {
    proofhouse::report::Format::ALL.iter().flat_map(|format| ["--format", format.as_str()]).collect()
}

/// Prints the median run, and gives its seconds.
fn print(name: &str, cases: usize, figures: &mut [Figures]) -> f64 {
    figures.sort_by(|one, other| one.seconds.total_cmp(&other.seconds));
    let median = figures[figures.len() / 2];
    let rate = f64::from(u32::try_from(cases).unwrap()) / median.seconds;
    let most = figures.iter().map(|figures| figures.kib).max().unwrap_or(0);
    println!("  {name:<12} {rate:>8.0} cases/s  {:>6.3} s  {:>5.1} MB peak", median.seconds, most as f64 / 1024.0);
    median.seconds
}

fn write_suite(directory: &Path, side: usize) {
    let axis: Vec<String> = (0..side).map(|number| number.to_string()).collect();
    let axis = axis.join(", ");
    fs::create_dir_all(directory.join("suite")).unwrap();
    let text = format!(
        "version: 1\napi: rongcloud\nrequest: {{ userId: \"${{user}}\", userProfile: {{ name: Nick }} }}\ncases:\n  \
         - name: many\n    matrix: {{ a: [{axis}], b: [{axis}] }}\n    \
         request: {{ userProfile: {{ name: \"n${{a}}-${{b}}\" }} }}\n    expect: accepted\n"
    );
    fs::write(directory.join("suite/many.yaml"), text).unwrap();
}

fn run(directory: &Path, address: SocketAddr, formats: &[&str]) -> Figures {
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_proofhouse"))
        .arg("check")
        .arg(directory.join("suite"))
        .args(["--api", "rongcloud", "--pace", "none", "--quiet", "--target", &format!("http://{address}")])
        .arg("--report-dir")
        .arg(directory.join("reports"))
        .args(formats)
        .env("PROOFHOUSE_APP_KEY", "bench-key")
        .env("PROOFHOUSE_APP_SECRET", "bench-secret")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut kib = 0;
    let status = loop {
        kib = kib.max(peak_memory(child.id()));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let seconds = start.elapsed().as_secs_f64();
    assert_eq!(status.code(), Some(0), "every case of the bench conforms");
    Figures { seconds, kib }
}

/// The peak so far, as the kernel keeps it; nothing once the process is gone.
fn peak_memory(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    line.and_then(|line| line.split_whitespace().nth(1)).and_then(|kib| kib.parse().ok()).unwrap_or(0)
}

/// Answers every request on every connection with success, and does nothing else.
fn trivial_server() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            std::thread::spawn(move || answer(connection));
        }
    });
    address
}

fn answer(mut connection: TcpStream) {
    connection.set_nodelay(true).unwrap();
    let mut reader = BufReader::new(connection.try_clone().unwrap());
    let mut body = Vec::new();
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            match reader.read_line(&mut line) {
                Ok(0) | Err(_) => return,
                Ok(_) if line == "\r\n" => break,
                Ok(_) => {
                    if let Some((name, value)) = line.split_once(':')
                        && name.eq_ignore_ascii_case("content-length")
                    {
                        length = value.trim().parse().unwrap();
                    }
                }
            }
        }
        body.resize(length, 0);
        let answered = reader.read_exact(&mut body).and_then(|()| {
            connection.write_all(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{\"code\":200}",
            )
        });
        if answered.is_err() {
            return;
        }
    }
}
