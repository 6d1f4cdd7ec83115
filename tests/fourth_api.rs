//! A further api is added by writing YAML: a description, cases, and no Rust.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::net::SocketAddr;
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Json;
use axum::Router;
use axum::http::HeaderMap;
use axum::routing::post;
use serde_json::{Value, json};

/// A server that speaks the notes api; `longest` is its limit.
async fn notes(longest: usize) -> (SocketAddr, Arc<AtomicUsize>) {
    let hits = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&hits);
    let add = move |headers: HeaderMap, Json(note): Json<Value>| {
        counted.fetch_add(1, Ordering::SeqCst);
        let known = headers.get("x-api-key").is_some_and(|key| key == "notes-key");
        let text = note["text"].as_str();
        let reply = match (known, text) {
            (false, _) => json!({ "status": 1 }),
            (true, Some(text)) if text.chars().count() <= longest => json!({ "status": 0 }),
            (true, _) => json!({ "status": 2, "field": "text" }),
        };
        async move { Json(reply) }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/notes", post(add))).await });
    (address, hits)
}

async fn check(address: SocketAddr) -> Output {
    let reports = std::env::temp_dir().join(format!("proofhouse-fourth-api-{}", address.port()));
    let output = tokio::task::spawn_blocking(move || {
        Command::new(env!("CARGO_BIN_EXE_proofhouse"))
            .args(["check", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fourth-api"), "--api", "notes"])
            .args(["--target", &format!("http://{address}"), "--pace", "none"])
            .arg("--report-dir")
            .arg(&reports)
            .env("PROOFHOUSE_APP_SECRET", "notes-key")
            .output()
    });
    output.await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conforming_server_passes() {
    let (address, hits) = notes(10).await;
    let output = check(address).await;
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(hits.load(Ordering::SeqCst) >= 9);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_that_is_off_by_one_is_noticed() {
    for longest in [9, 11] {
        let (address, hits) = notes(longest).await;
        let output = check(address).await;
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stdout));
        assert!(hits.load(Ordering::SeqCst) >= 9);
    }
}
