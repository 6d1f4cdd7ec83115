//! A reference server on a free port of this machine, with a client that signs.
#![expect(clippy::unwrap_used, reason = "a test that cannot talk to its server has failed")]

use std::net::SocketAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use proofhouse::api::auth::{app_key::signature, usersig::UserSig};
use proofhouse::reference::{Credentials, Options, Running, start};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) struct Server {
    running: Running,
    credentials: Credentials,
    client: reqwest::Client,
    base: String,
}

impl Server {
    pub(crate) async fn start(options: Options) -> Self {
        let credentials = options.credentials.clone();
        let running = start(options, "127.0.0.1:0".parse().unwrap()).await.unwrap();
        // Fails when another test of this process was first, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut client = reqwest::Client::builder().no_proxy();
        let mut scheme = "http";
        if let Some(pem) = running.ca_pem() {
            client = client.tls_certs_only([reqwest::Certificate::from_pem(pem.as_bytes()).unwrap()]);
            scheme = "https";
        }
        let base = format!("{scheme}://{}", running.addr());
        Self { running, credentials, client: client.build().unwrap(), base }
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.running.addr()
    }

    pub(crate) async fn rongcloud(&self, path: &str, form: &str) -> (u16, String) {
        self.signed(path, "application/x-www-form-urlencoded", form).await
    }

    pub(crate) async fn nexconn(&self, path: &str, json: &str) -> (u16, String) {
        self.signed(path, "application/json", json).await
    }

    pub(crate) async fn tencent(&self, command: &str, json: &str) -> (u16, String) {
        let Credentials { sdkappid, sdk_key, admins, .. } = &self.credentials;
        let usersig = UserSig::issue(&admins[0], *sdkappid, sdk_key, now(), Duration::from_secs(60)).encode();
        let url = format!(
            "{}/v4/all_member_push/{command}?sdkappid={sdkappid}&identifier={}&usersig={usersig}&random=1&contenttype=json",
            self.base, admins[0]
        );
        answer(self.client.post(url).body(json.to_owned())).await
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, String) {
        answer(self.client.get(format!("{}{path}", self.base))).await
    }

    /// Sends these very bytes and reads one reply with a `content-length`.
    pub(crate) async fn raw(&self, request: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.running.addr()).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut reply = Vec::new();
        loop {
            let text = String::from_utf8(reply.clone()).unwrap();
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
                if body.len() == length.parse::<usize>().unwrap() {
                    return (head[9..12].parse().unwrap(), body.to_owned());
                }
            }
            assert!(stream.read_buf(&mut reply).await.unwrap() > 0, "closed after {text:?}");
        }
    }

    async fn signed(&self, path: &str, content_type: &str, body: &str) -> (u16, String) {
        let timestamp = now().as_millis().to_string();
        let request = self
            .client
            .post(format!("{}{path}", self.base))
            .header("App-Key", &self.credentials.app_key)
            .header("Nonce", "14314")
            .header("Timestamp", &timestamp)
            .header("Signature", signature(&self.credentials.app_secret, "14314", &timestamp))
            .header("Content-Type", content_type);
        answer(request.body(body.to_owned())).await
    }
}

async fn answer(request: reqwest::RequestBuilder) -> (u16, String) {
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap()
}
