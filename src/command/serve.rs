//! `proofhouse serve`: the reference implementation, for people and for tests.

use std::path::Path;

use super::{Console, Exit};
use crate::reference::law::Servers;
use crate::reference::{self, Credentials, Fault, Options, Reading, Readings, Tls, limiter};
use crate::secret::Secret;
use crate::settings::args::Serve;

pub(super) async fn run(args: &Serve, console: &mut Console) -> Exit {
    if args.fault.as_deref() == Some("list") {
        return list_faults(console);
    }
    if args.reading.iter().any(|reading| reading == "list") {
        return list_readings(console);
    }
    let options = match options(args) {
        Ok(options) => options,
        Err(message) => return console.usage(message),
    };
    let law = options.limiter;
    let server = match reference::start(options, args.listen).await {
        Ok(server) => server,
        Err(error) => return console.usage(error),
    };
    if let (Some(path), Some(pem)) = (&args.tls_ca_out, server.ca_pem())
        && let Err(error) = std::fs::write(path, pem)
    {
        return console.usage(format_args!("cannot write {}: {error}", path.display()));
    }
    announce(args, &server, &law, console);
    // Whatever ends the wait, an interrupt or the impossibility to wait for one, ends the server in order.
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = end_of_stdin(), if args.until_stdin_ends => {}
    }
    server.stop().await;
    Exit::Conforms
}

/// Standard input ends when the process at its other end does, however that one ends.
async fn end_of_stdin() {
    let (ended, end) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        let _ = ended.send(());
    });
    let _ = end.await;
}

fn options(args: &Serve) -> Result<Options, String> {
    let limiter = match &args.limiter {
        Some(text) => text.parse::<limiter::Law>().map_err(|error| error.to_string())?,
        None => limiter::Law::documented(),
    };
    let fault = args.fault.as_ref().map(|name| name.parse::<Fault>()).transpose().map_err(|error| error.to_string())?;
    let mut readings = Readings::default();
    for reading in &args.reading {
        readings.choose(reading).map_err(|error| error.to_string())?;
    }
    let servers = args.servers.map_or(Servers::Unlimited, Servers::Count);
    let tls = if args.tls { Some(tls(args)?) } else { None };
    Ok(Options { limiter, fault, readings, tls, service_time: args.service_time, servers, ..Options::default() })
}

fn tls(args: &Serve) -> Result<Tls, String> {
    let read =
        |path: &Path| std::fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()));
    match (&args.tls_cert, &args.tls_key) {
        (Some(chain), Some(key)) => Ok(Tls::Given { chain_pem: read(chain)?, key_pem: Secret::new(read(key)?) }),
        _ => Ok(Tls::Generated),
    }
}

/// The credentials are test values that stand in the source: printing them is what `serve` is for.
fn announce(args: &Serve, server: &reference::Running, law: &limiter::Law, console: &mut Console) {
    let credentials = Credentials::reference();
    let scheme = if args.tls { "https" } else { "http" };
    console.line(format_args!("listening on {scheme}://{}", server.addr()));
    console.line("  rongcloud  POST /user/profile/set.json");
    console.line("  nexconn    POST /v4/user/profile/set");
    console.line("  tencent    POST /v4/all_member_push/im_set_attr");
    console.line(format_args!("rate limit of each endpoint: {law}"));
    console.line("test credentials, the same for everybody:");
    console.line(format_args!("  export PROOFHOUSE_APP_KEY={}", credentials.app_key));
    console.line(format_args!("  export PROOFHOUSE_APP_SECRET={}", credentials.app_secret.expose()));
    console.line(format_args!("  export PROOFHOUSE_SDK_APP_ID={}", credentials.sdkappid));
    console.line(format_args!("  export PROOFHOUSE_SECRET_KEY={}", credentials.sdk_key.expose()));
    console.line(format_args!("  export PROOFHOUSE_ADMIN={}", credentials.admins.join(",")));
    if let Some(pem) = server.ca_pem().filter(|_| args.tls_ca_out.is_none()) {
        console.line(format_args!("certificate authority of this run, for --ca-file:\n{pem}"));
    }
    if let Some(fault) = &args.fault {
        console.line(format_args!("fault: {fault}"));
    }
    for reading in &args.reading {
        console.line(format_args!("reading: {reading}"));
    }
}

fn list_faults(console: &mut Console) -> Exit {
    for fault in Fault::all() {
        console.line(format_args!("{:<50} {}", fault.to_string(), fault.breaks()));
    }
    Exit::Conforms
}

fn list_readings(console: &mut Console) -> Exit {
    for reading in Reading::all() {
        console.line(format_args!("{:<44} {}", reading.to_string(), reading.question()));
        for choice in reading.choices() {
            console.line(format_args!("    {:<24} {}", choice.value, choice.means));
        }
    }
    Exit::Conforms
}
