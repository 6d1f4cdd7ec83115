//! The reference implementation over the wire: what real clients sent byte for byte, and the effects of every endpoint.

mod reference_server;

use std::time::Duration;

use proofhouse::clock::Clock;
use proofhouse::reference::{Credentials, Options, StartError, Tls, limiter::Law, start};
use proofhouse::secret::Secret;
use reference_server::Server;

#[tokio::test]
async fn a_rongcloud_profile_is_set_and_read_back_and_cleaned() {
    let server = Server::start(Options::default()).await;
    let set = r#"userId=u1&userProfile={"name":"Nick é 中","level":2}&userExtProfile={"ext_Profile":"testpro1"}"#;
    assert_eq!(server.rongcloud("/user/profile/set.json", set).await, (200, r#"{"code":200}"#.to_owned()));
    let (_, read) = server.rongcloud("/user/profile/batch/query.json", "userId=u1,u2&userId=u3").await;
    let read: serde_json::Value = serde_json::from_str(&read).unwrap();
    assert_eq!(read["userList"].as_array().unwrap().len(), 1);
    assert_eq!(read["userList"][0]["userProfile"], r#"{"name":"Nick é 中","level":2}"#);
    assert_eq!(read["userList"][0]["userExtProfile"], r#"{"ext_Profile":"testpro1"}"#);
    assert!(read["userList"][0]["version"].is_u64());
    let (_, page) = server.rongcloud("/user/profile/query.json", "page=1&size=20&order=1").await;
    assert!(page.contains("u1") && !page.contains("version"), "{page}");
    server.rongcloud("/user/profile/clean.json", "userId=u1").await;
    let (_, read) = server.rongcloud("/user/profile/batch/query.json", "userId=u1").await;
    assert_eq!(read, r#"{"code":200,"userList":[]}"#);
}

#[tokio::test]
async fn a_refused_rongcloud_profile_names_its_key_and_changes_nothing() {
    let server = Server::start(Options::default()).await;
    let (status, body) =
        server.rongcloud("/user/profile/set.json", r#"userId=u1&userProfile={"name":"x","gender":3}"#).await;
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, &body["code"], &body["profileKey"]), (200, &24368.into(), &"gender".into()));
    let (_, read) = server.rongcloud("/user/profile/batch/query.json", "userId=u1").await;
    assert_eq!(read, r#"{"code":200,"userList":[]}"#);
}

#[tokio::test]
async fn the_parameters_that_a_real_client_leaves_empty_count_as_absent() {
    let server = Server::start(Options::default()).await;
    let body = r#"userProfile=&userExtProfile={"ext_a":"b"}&userId=u1"#;
    assert_eq!(server.rongcloud("/user/profile/set.json", body).await.1, r#"{"code":200}"#);
}

#[tokio::test]
async fn a_nexconn_profile_is_set_and_read_back_and_deleted() {
    let server = Server::start(Options::default()).await;
    let set = r#"{"userId":"u1","userProfile":{"name":"Nick","gender":1},"userExtProfile":{"ext_a1":"b"}}"#;
    assert_eq!(server.nexconn("/v4/user/profile/set", set).await, (200, r#"{"code":0}"#.to_owned()));
    let (_, read) = server.nexconn("/v4/user/profile/batch/get", r#"{"userIds":["u1","u2"]}"#).await;
    let read: serde_json::Value = serde_json::from_str(&read).unwrap();
    let user = &read["result"]["users"][0];
    assert_eq!(user["userProfile"], serde_json::json!({ "name": "Nick", "gender": 1 }));
    assert_eq!(user["userExtProfile"], serde_json::json!({ "ext_a1": "b" }));
    let (_, page) = server.nexconn("/v4/user/profile/list", r#"{"page":1,"pageSize":20,"order":0}"#).await;
    assert!(page.contains("u1"));
    server.nexconn("/v4/user/profile/delete", r#"{"userIds":["u1"]}"#).await;
    let (_, read) = server.nexconn("/v4/user/profile/batch/get", r#"{"userIds":["u1"]}"#).await;
    assert_eq!(read, r#"{"code":0,"result":{"users":[]}}"#);
}

#[tokio::test]
async fn nexconn_wants_at_least_one_profile() {
    let server = Server::start(Options::default()).await;
    let (status, body) = server.nexconn("/v4/user/profile/set", r#"{"userId":"u1"}"#).await;
    assert_eq!(status, 400);
    assert!(body.starts_with(r#"{"code":1002,"#), "{body}");
}

#[tokio::test]
async fn tencent_attributes_are_set_and_read_back_and_removed() {
    let server = Server::start(Options::default()).await;
    let ok = r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}"#;
    let set = r#"{"UserAttrs":[{"To_Account":"a","Attrs":{"sex":"m","city":"成都"}},{"To_Account":"b","Attrs":{"sex":"f"}}]}"#;
    assert_eq!(server.tencent("im_set_attr", set).await, (200, ok.to_owned()));
    let (_, read) = server.tencent("im_get_attr", r#"{"To_Account":["a","c"]}"#).await;
    let read: serde_json::Value = serde_json::from_str(&read).unwrap();
    let expected = serde_json::json!([
        { "To_Account": "a", "Attrs": { "sex": "m", "city": "成都" } },
        { "To_Account": "c", "Attrs": {} },
    ]);
    assert_eq!(read["UserAttrs"], expected);
    let remove = r#"{"UserAttrs":[{"To_Account":"a","Attrs":["sex"]}]}"#;
    assert_eq!(server.tencent("im_remove_attr", remove).await.1, ok);
    let (_, read) = server.tencent("im_get_attr", r#"{"To_Account":["a"]}"#).await;
    assert!(read.contains(r#""Attrs":{"city":"成都"}"#), "{read}");
}

#[tokio::test]
async fn a_tencent_attribute_must_be_configured_first() {
    let server = Server::start(Options::default()).await;
    let set = r#"{"UserAttrs":[{"To_Account":"a","Attrs":{"country":"x"}}]}"#;
    assert!(server.tencent("im_set_attr", set).await.1.contains(r#""ErrorCode":90033"#));
    server.tencent("im_set_attr_name", r#"{"AttrNames":{"2":"country"}}"#).await;
    let (_, names) = server.tencent("im_get_attr_name", "{}").await;
    assert!(names.contains(r#""AttrNames":{"0":"sex","1":"city","2":"country"}"#), "{names}");
    assert!(server.tencent("im_set_attr", set).await.1.contains(r#""ErrorCode":0"#));
}

#[tokio::test]
async fn a_refused_tencent_batch_changes_nobody() {
    let server = Server::start(Options::default()).await;
    let long = "x".repeat(51);
    let set = format!(
        r#"{{"UserAttrs":[{{"To_Account":"a","Attrs":{{"sex":"m"}}}},{{"To_Account":"b","Attrs":{{"sex":"{long}"}}}}]}}"#
    );
    let (status, body) = server.tencent("im_set_attr", &set).await;
    assert_eq!(status, 200);
    assert!(body.contains(r#""ActionStatus":"FAIL""#) && body.contains("90033"), "{body}");
    let (_, read) = server.tencent("im_get_attr", r#"{"To_Account":["a"]}"#).await;
    assert!(read.contains(r#""Attrs":{}"#), "{read}");
}

#[tokio::test]
async fn unknown_addresses_and_methods_are_answered_in_each_apis_own_way() {
    let server = Server::start(Options::default()).await;
    let (status, body) = server.rongcloud("/user/profile/set", "userId=u1").await;
    assert!(status == 404 && body.starts_with(r#"{"code":404"#), "{status} {body}");
    let (status, body) = server.nexconn("/v4/user/profile/sets", "{}").await;
    assert!(status == 404 && body.starts_with(r#"{"code":404"#), "{status} {body}");
    let (status, body) = server.tencent("im_set_attrs", "{}").await;
    assert!(status == 200 && body.contains("60009"), "{status} {body}");
    assert_eq!(server.get("/user/profile/set.json").await.0, 404);
    assert_eq!(server.get("/v4/user/profile/set").await.0, 404);
    let (status, body) = server.get("/v4/all_member_push/im_set_attr").await;
    assert!(status == 200 && body.contains(r#""ActionStatus":"FAIL""#), "{status} {body}");
}

#[tokio::test]
async fn requests_without_good_signature_are_refused() {
    let server = Server::start(Options::default()).await;
    let (status, body) =
        server.raw("POST /user/profile/set.json HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n").await;
    assert!(status == 400 && body.contains("1002"), "{status} {body}");
    // The headers that the RongCloud document prints do not fit together.
    let (status, body) = server
        .raw(
            "POST /user/profile/set.json HTTP/1.1\r\nHost: x\r\nApp-Key: proofhouse-app-key\r\nNonce: 14314\r\n\
             Timestamp: 1408710653491\r\nSignature: 45beb7cc7307889a8e711219a47b7cf6a5b000e8\r\n\
             Content-Length: 9\r\n\r\nuserId=u1",
        )
        .await;
    assert!(status == 401 && body.contains("1004"), "{status} {body}");
}

/// The credentials under which the captures were signed: published by the vendors for their examples.
fn captured() -> Options {
    Options {
        credentials: Credentials {
            app_key: "uwd1c0sxdlx2".to_owned(),
            app_secret: Secret::new("Y1W2MeFwwwRxa0"),
            sdkappid: 1_400_000_000,
            sdk_key: Secret::new("5bd2850fff3ecb11d7c805251c51ee463a25727bddc2385f3fa8bfee1bb93b5e"),
            admins: vec!["administrator".to_owned()],
            others: Vec::new(),
        },
        clock: Clock::Frozen(Duration::from_secs(1_795_291_900)),
        ..Options::default()
    }
}

#[tokio::test]
async fn the_official_nexconn_python_client_is_understood() {
    let server = Server::start(captured()).await;
    let request = "POST /v4/user/profile/set HTTP/1.1\r\nHost: 127.0.0.1:18081\r\nAccept-Encoding: identity\r\n\
        Content-Length: 123\r\nAccept: application/json\r\nContent-Type: application/json\r\n\
        User-Agent: nexconn-sdk-python/0.1.2\r\nApp-Key: uwd1c0sxdlx2\r\n\
        X-Request-ID: e2237970-61cf-4030-b90d-a26a1bbcbe70\r\nNonce: 854511719458527612\r\n\
        Timestamp: 1795291663359\r\nSignature: 28a2377ae2b7fb3d3969ff8bcfcc4cc418a959b9\r\n\r\n\
        {\"userId\": \"u1\", \"userProfile\": {\"name\": \"Nick \\u00e9 \\u4e2d\", \"gender\": 1}, \
        \"userExtProfile\": {\"ext_Profile\": \"testpro1\"}}";
    assert_eq!(server.raw(request).await, (200, r#"{"code":0}"#.to_owned()));
}

#[tokio::test]
async fn the_official_rongcloud_go_client_is_understood() {
    let server = Server::start(captured()).await;
    let request = "POST /user/profile/set.json HTTP/1.1\r\nHost: 127.0.0.1:18083\r\nUser-Agent: rc-go-sdk/4.0.7\r\n\
        Content-Length: 142\r\nApp-Key: uwd1c0sxdlx2\r\nContent-Type: application/x-www-form-urlencoded\r\n\
        Nonce: 5577006791947779410\r\nSignature: b6c210d642c9bbb11c54b2da864b2103170b5e9e\r\n\
        Timestamp: 1795291677\r\nX-Request-Id: f47f3d88-55b9-4ee9-ab77-150bc71e79de\r\nAccept-Encoding: gzip\r\n\r\n\
        userId=u1&userProfile=%7B%22name%22%3A%22Nick+%C3%A9+%E4%B8%AD%22%2C%22level%22%3A2%7D\
        &userExtProfile=%7B%22ext_Profile%22%3A%22testpro1%22%7D";
    assert_eq!(server.raw(request).await, (200, r#"{"code":200}"#.to_owned()));
}

const PHP_REQUEST: &str = "POST /user/profile/set.json HTTP/1.1\r\nHost: 127.0.0.1:18084\r\n\
    User-Agent: rc-php-sdk/3.4.2\r\nAccept: */*\r\nApp-Key:uwd1c0sxdlx2\r\nNonce:279887377\r\n\
    Timestamp:1795291878\r\nSignature:85606c9c27dd11ed2d3f1c5bf5e098921aea54e6\r\n\
    X-Request-ID:15e9e2a068bf0af7f5bddb7823e4639c\r\nContent-Type:application/x-www-form-urlencoded\r\n\
    Content-Length: 143\r\n\r\n\
    userId=u1&userProfile=%7B%22name%22%3A%22Nick+%C3%A9+%E4%B8%AD%22%2C%22level%22%3A2%7D\
    &userExtProfile=%7B%22ext_Profile1%22%3A%22testpro1%22%7D";

#[tokio::test]
async fn the_tencent_rust_client_is_understood() {
    let server = Server::start(captured()).await;
    let request = "POST /v4/all_member_push/im_set_attr?sdkappid=1400000000&identifier=administrator&usersig=\
        eJw9jEELgjAcxb-LroapNG1Ch6BDh0WgFuhtsiV-0znmMin67pkN3*393uP3RhlN3UFoFKPA9dBq7sCFNHCDGTPegoTeaGY6bQ89vzOlgKPY\
        33g2-0WMCrSYOMY4WKiB9sciggPib6PQWqCa-OUYqvx5zS8OLYaahLWpjklzejQvr5OFPqRrWmaJJmdnv0OfL2V4NTY_\
        &random=4088345150&contenttype=json HTTP/1.1\r\ncontent-type: application/json\r\naccept: */*\r\n\
        host: 127.0.0.1:18443\r\ncontent-length: 86\r\n\r\n\
        {\"UserAttrs\":[{\"To_Account\":\"xiaojun012\",\"Attrs\":{\"sex\":\"attr1\",\"city\":\"成都 é\"}}]}";
    let ok = r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}"#;
    assert_eq!(server.raw(request).await, (200, ok.to_owned()));
}

#[tokio::test]
async fn header_names_may_have_the_other_prefix_and_any_case() {
    let server = Server::start(captured()).await;
    let request = "POST /user/profile/set.json HTTP/1.1\r\nHost: x\r\nrc-app-key: uwd1c0sxdlx2\r\nRC-NONCE: 14314\r\n\
        Rc-Timestamp: 1408710653000\r\nrc-signature: 30be0bbca9c9b2e27578701e9fda2358a814c88f\r\n\
        Content-Length: 42\r\n\r\nuserId=u1&userProfile={\"name\":\"Nick\"}     ";
    assert_eq!(server.raw(request).await, (200, r#"{"code":200}"#.to_owned()));
}

#[tokio::test]
async fn the_official_php_client_is_understood_where_its_digits_in_keys_are_let_pass() {
    let server = Server::start(captured()).await;
    let (_, body) = server.raw(PHP_REQUEST).await;
    assert!(body.contains(r#""profileKey":"ext_Profile1""#), "{body}");
    let readings = "rongcloud/ext-digits=accepted".parse().unwrap();
    let server = Server::start(Options { readings, ..captured() }).await;
    assert_eq!(server.raw(PHP_REQUEST).await, (200, r#"{"code":200}"#.to_owned()));
}

#[tokio::test]
async fn the_generated_certificate_is_trusted_through_its_authority() {
    let server = Server::start(Options { tls: Some(Tls::Generated), ..Options::default() }).await;
    let body = r#"userId=u1&userProfile={"name":"Nick"}"#;
    assert_eq!(server.rongcloud("/user/profile/set.json", body).await.1, r#"{"code":200}"#);
}

#[tokio::test]
async fn what_exceeds_the_limit_is_refused_in_each_apis_own_way() {
    let limiter: Law = "token-bucket:rate=0.01,burst=1".parse().unwrap();
    let server = Server::start(Options { limiter, ..Options::default() }).await;
    let body = r#"userId=u1&userProfile={"name":"Nick"}"#;
    assert_eq!(server.rongcloud("/user/profile/set.json", body).await.0, 200);
    let (status, body) = server.rongcloud("/user/profile/set.json", body).await;
    assert!(status == 429 && body.starts_with(r#"{"code":1008"#), "{status} {body}");
    let body = r#"{"UserAttrs":[{"To_Account":"a","Attrs":{"sex":"m"}}]}"#;
    assert!(server.tencent("im_set_attr", body).await.1.contains(r#""ErrorCode":0"#));
    let (status, body) = server.tencent("im_set_attr", body).await;
    assert!(status == 200 && body.contains(r#""ErrorCode":60007"#), "{status} {body}");
}

#[tokio::test]
async fn a_concurrency_limit_counts_the_requests_that_are_held_back() {
    let limiter: Law = "concurrency:limit=1".parse().unwrap();
    let options = Options { limiter, service_time: Duration::from_millis(200), ..Options::default() };
    let server = Server::start(options).await;
    let set = || server.rongcloud("/user/profile/set.json", r#"userId=u1&userProfile={"name":"Nick"}"#);
    let (first, second) = tokio::join!(set(), set());
    let mut statuses = [first.0, second.0];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 429]);
    assert_eq!(set().await.0, 200);
}

#[tokio::test]
async fn a_leaky_bucket_answers_late_instead_of_refusing() {
    let limiter: Law = "leaky-bucket:rate=10,queue=1".parse().unwrap();
    let server = Server::start(Options { limiter, ..Options::default() }).await;
    let begin = std::time::Instant::now();
    for _ in 0..3 {
        assert_eq!(server.rongcloud("/user/profile/set.json", "userId=u1").await.0, 200);
    }
    assert!(begin.elapsed() >= Duration::from_millis(190), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_in_the_envelope() {
    let server = Server::start(Options::default()).await;
    let large = format!(r#"{{"UserAttrs":[],"x":"{}"}}"#, "x".repeat(5 << 20));
    let (status, body) = server.tencent("im_set_attr", &large).await;
    assert!(status == 200 && body.contains(r#""ErrorCode":93000"#), "{status} {body}");
}

#[tokio::test]
async fn a_planted_fault_shows_and_its_own_api_alone_deviates() {
    let fault = "rongcloud/name-65".parse().ok();
    let server = Server::start(Options { fault, ..Options::default() }).await;
    let name = "x".repeat(65);
    let form = format!(r#"userId=u1&userProfile={{"name":"{name}"}}"#);
    assert_eq!(server.rongcloud("/user/profile/set.json", &form).await.1, r#"{"code":200}"#);
    let json = format!(r#"{{"userId":"u1","userProfile":{{"name":"{name}"}}}}"#);
    assert!(server.nexconn("/v4/user/profile/set", &json).await.1.contains(r#""profileKey":"name""#));
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_stops_the_start() {
    let tls = Tls::Given { chain_pem: "no certificate".to_owned(), key_pem: Secret::new("no key") };
    let started = start(Options { tls: Some(tls), ..Options::default() }, "127.0.0.1:0".parse().unwrap()).await;
    assert!(matches!(started, Err(StartError::Tls(_))));
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let server = Server::start(Options::default()).await;
    let error = start(Options::default(), server.addr()).await.err().unwrap();
    assert!(error.to_string().starts_with(&format!("cannot listen on {}", server.addr())), "{error}");
}

#[tokio::test]
async fn a_stopped_server_frees_its_port() {
    let running = start(Options::default(), "127.0.0.1:0".parse().unwrap()).await.unwrap();
    let addr = running.addr();
    running.stop().await;
    assert!(tokio::net::TcpStream::connect(addr).await.is_err());
}
