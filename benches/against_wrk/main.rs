//! The engine side by side with wrk against one trivial server, interleaved: processor time per request of each.
//!
//! `cargo bench --bench against_wrk [-- ROUNDS [SECONDS]]` on Linux with wrk and taskset installed. The server has one core,
//! the generators another. The engine signs and judges every request; wrk and the floor do neither. `benches/run.sh` also
//! installs what is missing.
#![expect(clippy::print_stdout, reason = "a program that prints a table")]
#![expect(clippy::unwrap_used, reason = "a measuring script stops at the first thing that is wrong")]

mod floor;
mod generator;
mod laws;
mod server;

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

/// What each generator keeps busy.
const CONNECTIONS: u32 = 64;

fn main() {
    let (flags, arguments): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|argument| argument.starts_with("--"));
    let argument = |place: usize| arguments.get(place).map(String::as_str);
    match argument(0) {
        Some("server") => server::serve(),
        Some("engine") => println!("{}", generator::closed(argument(1).unwrap(), number(argument(2)), CONNECTIONS)),
        Some("floor") => println!("{}", floor::closed(argument(1).unwrap(), number(argument(2)), CONNECTIONS)),
        Some("open") => generator::open(argument(1).unwrap(), number(argument(2)), number(argument(3)), argument(4)),
        Some("bare") => floor::pace(number(argument(1)), number(argument(2)), argument(3)),
        Some("lag") => lag(number(argument(1).or(Some("5")))),
        Some("laws") => laws::run_all(number(argument(1).or(Some("20")))),
        // `cargo test --all-targets` runs benches as well, and says no `--bench`.
        None if flags.is_empty() => println!("measures only under `cargo bench`, or with arguments"),
        rounds => compare(number(rounds.or(Some("15"))), number(argument(1).or(Some("2")))),
    }
}

fn number(text: Option<&str>) -> u64 {
    text.and_then(|text| text.parse().ok()).expect("a whole number")
}

fn compare(rounds: u64, seconds: u64) {
    let (mut server, address) = start_server();
    let kinds = ["engine", "wrk", "floor"];
    let mut figures: [Vec<(f64, f64)>; 3] = Default::default();
    println!("round  generator  µs/request  requests/s");
    for round in 0..rounds {
        for turn in 0..kinds.len() {
            // Another order in each round: who comes first has no advantage.
            let kind = (turn + usize::try_from(round).unwrap()) % kinds.len();
            let (requests, cpu) = match kinds[kind] {
                "wrk" => wrk(&address, seconds),
                own => own_child(own, &address, seconds),
            };
            let (each, rate) = (cpu * 1e6 / requests, requests / seconds as f64);
            println!("{round:5}  {:9}  {each:10.3}  {rate:10.0}", kinds[kind]);
            figures[kind].push((each, rate));
        }
    }
    server.kill().unwrap();
    let ratio = |one: usize, other: usize, pick: fn(&(f64, f64)) -> f64| {
        median(figures[one].iter().zip(&figures[other]).map(|(one, other)| pick(one) / pick(other)).collect())
    };
    println!("medians of the rounds' ratios:");
    println!("  processor time per request, engine ÷ wrk    {:.3}", ratio(0, 1, |figure| figure.0));
    println!("  processor time per request, engine ÷ floor  {:.3}", ratio(0, 2, |figure| figure.0));
    println!("  highest rate on one core,   engine ÷ wrk    {:.3}", ratio(0, 1, |figure| figure.1));
}

/// Dispatch lag of the engine beside that of a bare pacing loop, for each rate and way of waiting.
fn lag(seconds: u64) {
    let (mut server, address) = start_server();
    for rate in ["100", "1000", "10000"] {
        for pacing in ["wait", "spin"] {
            for arguments in [vec!["bare", rate], vec!["open", &address, rate]] {
                let seconds = seconds.to_string();
                let mut command = pinned(1, &std::env::current_exe().unwrap().display().to_string());
                command.args(arguments).args([&seconds, pacing]);
                print!("{}", String::from_utf8(command.output().unwrap().stdout).unwrap());
            }
        }
    }
    server.kill().unwrap();
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

fn pinned(core: u32, program: &str) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", &core.to_string(), program]);
    command
}

fn start_server() -> (Child, String) {
    let program = std::env::current_exe().unwrap().display().to_string();
    let mut server = pinned(0, &program).arg("server").stdout(Stdio::piped()).spawn().unwrap();
    let mut address = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut address).unwrap();
    (server, address.trim().to_owned())
}

/// Requests and processor seconds of one of this program's own generators.
fn own_child(kind: &str, address: &str, seconds: u64) -> (f64, f64) {
    let program = std::env::current_exe().unwrap().display().to_string();
    let before = children_cpu();
    let output = pinned(1, &program).args([kind, address, &seconds.to_string()]).output().unwrap();
    let requests = String::from_utf8(output.stdout).unwrap().trim().parse().unwrap();
    (requests, children_cpu() - before)
}

fn wrk(address: &str, seconds: u64) -> (f64, f64) {
    let script = std::env::temp_dir().join(format!("against-wrk-{}.lua", std::process::id()));
    let mut file = std::fs::File::create(&script).unwrap();
    file.write_all(generator::lua().as_bytes()).unwrap();
    let before = children_cpu();
    let (connections, seconds) = (format!("-c{CONNECTIONS}"), format!("-d{seconds}s"));
    let url = format!("http://{address}/user/profile/set.json");
    let output = pinned(1, "wrk")
        .args(["-t1", &connections, &seconds, "-s", &script.display().to_string(), &url])
        .output()
        .expect("wrk is installed");
    let cpu = children_cpu() - before;
    std::fs::remove_file(script).unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let line = text.lines().find(|line| line.contains(" requests in ")).expect("wrk counts its requests");
    (line.split_whitespace().next().unwrap().parse().unwrap(), cpu)
}

/// Processor seconds, user and system, of all children that have ended, in steps of 10 ms.
fn children_cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = text.rsplit_once(')').unwrap().1.split_whitespace().collect();
    (fields[13].parse::<f64>().unwrap() + fields[14].parse::<f64>().unwrap()) / 100.0
}
