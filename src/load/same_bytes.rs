//! Proof that a check and a load run send the same bytes: for equal values of the slots a compiled template equals the
//! rendered pieces, for pieces of any kind and for every request of the shipped suites that a plan can draw.

use std::sync::{Arc, LazyLock};

use proptest::prelude::*;

use super::template::{Template, Widths};
use crate::api::Api;
use crate::api::auth::{Credentials, SchemeName};
use crate::exchange::{Piece, Pieces, Request, Slot};
use crate::scenario::plan::unfit;
use crate::scenario::{Case, Suite};
use crate::secret::Secret;
use crate::target::Declared;

const SLOTS: [Slot; 7] =
    [Slot::User, Slot::Unique, Slot::Nonce, Slot::Timestamp, Slot::Signature, Slot::UserSig, Slot::Random];

/// What fills the slots, in their order.
type Values = [String; 7];

fn values() -> impl Strategy<Value = Values> {
    [
        "[a-z0-9_-]{1,32}",
        "[0-9a-z]{12}",
        "[0-9]{18}",
        "[0-9]{10}|[0-9]{13}",
        "[0-9a-f]{40}",
        "[A-Za-z0-9*_-]{1,300}",
        "[1-3][0-9]{9}",
    ]
}

fn value(values: &Values, slot: Slot) -> &str {
    let place = SLOTS.iter().position(|one| *one == slot).unwrap();
    &values[place]
}

/// The compiled template, filled.
fn compiled(request: &Request, values: &Values) -> String {
    let width = |slot| value(values, slot).len();
    let widths = Widths { user: width(Slot::User), timestamp: width(Slot::Timestamp), user_sig: width(Slot::UserSig) };
    let mut template = Template::compile(request, "host:80", "/prefix", &widths);
    for slot in SLOTS {
        template.fill(slot, value(values, slot).as_bytes());
    }
    String::from_utf8_lossy(template.bytes()).into_owned()
}

/// The rendered pieces, with the framing that both clients add.
fn rendered(request: &Request, values: &Values) -> String {
    let text = |pieces: &Pieces| String::from_utf8_lossy(&pieces.render(|slot| value(values, slot))).into_owned();
    let headers = request.headers.iter().map(|(name, pieces)| format!("{name}: {}\r\n", text(pieces)));
    let (method, path, body) = (&request.method, text(&request.path), text(&request.body));
    let length = format!("Content-Length: {}\r\n", request.body.render(|slot| value(values, slot)).len());
    let length = if body.is_empty() && method == "GET" { String::new() } else { length };
    format!("{method} /prefix{path} HTTP/1.1\r\nHost: host:80\r\n{}{length}\r\n{body}", headers.collect::<String>())
}

fn credentials(api: &Api) -> Credentials {
    let secret = Secret::new("a secret");
    match api.auth.scheme {
        SchemeName::AppKeySha1 => Credentials::AppKey { app_key: "key".into(), secret },
        SchemeName::Usersig => Credentials::UserSig { sdk_app_id: 1_400_000_000, key: secret, admin: "admin".into() },
        SchemeName::Header => Credentials::Header { token: secret },
    }
}

/// Every request of the shipped suites that a plan can draw, with the address of its case.
static DRAWABLE: LazyLock<Vec<(String, Request)>> = LazyLock::new(|| {
    let suite = Suite::embedded().unwrap();
    let declared = Declared::default();
    let of = |api: &Arc<Api>| {
        let mut cases: Vec<Case> = suite.cases(api, &declared).unwrap();
        cases.push(suite.plain(api, &declared).unwrap());
        cases.retain(|case| unfit(case).is_none());
        let formed = cases.into_iter().map(|case| {
            let request = case.steps[0].request.form(api, &credentials(api));
            (case.address, request)
        });
        formed.collect::<Vec<_>>()
    };
    suite.tested_apis().flat_map(of).collect()
});

fn pieces() -> impl Strategy<Value = Pieces> {
    let piece = prop_oneof![
        "[ -~]{0,12}".prop_map(|text| Piece::Literal(text.into_bytes())),
        (0..SLOTS.len()).prop_map(|slot| Piece::Slot(SLOTS[slot])),
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|list| {
        let mut pieces = Pieces::new();
        for piece in &list {
            match piece {
                Piece::Literal(bytes) => pieces.literal(bytes),
                Piece::Slot(slot) => pieces.slot(*slot),
            }
        }
        pieces
    })
}

proptest! {
    #[test]
    fn pieces_of_any_kind_are_compiled_to_what_they_render_to(
        path in pieces(), header in pieces(), body in pieces(), values in values(),
    ) {
        let request = Request { method: "POST".into(), path, headers: vec![("X-Some".into(), header)], body };
        prop_assert_eq!(compiled(&request, &values), rendered(&request, &values));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn every_request_that_a_plan_can_draw_is_compiled_to_what_a_check_renders(values in values()) {
        for api in ["rongcloud", "nexconn", "tencent"] {
            assert!(DRAWABLE.iter().filter(|(address, _)| address.starts_with(api)).count() > 50, "{api}");
        }
        for (address, request) in DRAWABLE.iter() {
            prop_assert_eq!(compiled(request, &values), rendered(request, &values), "{}", address);
        }
    }
}
