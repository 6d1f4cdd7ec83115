//! Tencent's attributes by a published client, UserSig and all, over TLS: `tencent-crate URL CA`.

use std::collections::HashMap;
use std::fmt::Debug;
use std::process::ExitCode;

use tencent_im_rs::api::v4::TencentHelper;
use tencent_im_rs::api::v4::all_member_push::im_remove_attr::{ImRemoveAttrRequest, RemoveAttribute, api_im_remove_attr};
use tencent_im_rs::api::v4::all_member_push::im_set_attr::{ImSetAttrRequest, api_im_set_attr};
use tencent_im_rs::api::v4::all_member_push::{im_get_attr_name, im_set_attr_name};
use tencent_im_rs::api::v4::common::{ActionStatus, AttributeName, UserAttribute};
use tencent_im_rs::user_sig::hmac_sha256::TencentSig;

const USER: &str = "crate-1";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let domain = arguments[1].trim_start_matches("https://").to_owned();
    let authority = std::fs::read(&arguments[2]).expect("the authority's certificate is there");
    let authority = reqwest::Certificate::from_pem(&authority).expect("it is PEM");
    let variable = |name: &str| std::env::var(name).expect("the server's credentials are in the environment");
    let (app, key, admin) =
        (variable("PROOFHOUSE_SDK_APP_ID"), variable("PROOFHOUSE_SECRET_KEY"), variable("PROOFHOUSE_ADMIN"));
    let app: u32 = app.parse().expect("the application is a number");

    let client = |key: String, identifier: &str| {
        let usersig = TencentSig::new(app, key).generate_user_sig(identifier.to_owned(), 600).expect("it signs");
        let mut helper = TencentHelper::new(domain.clone(), app, identifier.to_owned(), usersig);
        *helper.get_client() = reqwest::Client::builder()
            .add_root_certificate(authority.clone())
            .no_proxy()
            .build()
            .expect("the client trusts one more");
        helper
    };
    let mut met = true;
    let mut expect = |what: &str, found: &dyn Debug, wanted: &dyn Debug| {
        let (found, wanted) = (format!("{found:?}"), format!("{wanted:?}"));
        met &= found == wanted;
        if found == wanted {
            println!("   ok  {what}");
        } else {
            println!("   NO  {what}: found {found}, wanted {wanted}");
        }
    };
    let ok = (Some(ActionStatus::Ok), Some(0));

    let mut good = client(key.clone(), &admin);
    let reply = api_im_set_attr(&mut good, set("city", "成都 é")).await.expect("im_set_attr is answered");
    expect("im_set_attr", &(reply.action_status, reply.error_code), &ok);
    let reply = api_im_set_attr(&mut good, set("city", &"v".repeat(51))).await.expect("a long value is answered");
    expect("a value of 51 bytes is refused", &(reply.action_status, reply.error_code), &(Some(ActionStatus::Fail), Some(90033)));
    let mut names = AttributeName::new();
    names.set_zero(Some("sex")).set_one(Some("city")).set_two(Some("rank"));
    let request = im_set_attr_name::ImSetAttrNameRequest::new(names);
    let reply = im_set_attr_name::api_im_set_attr_name(&mut good, request).await.expect("im_set_attr_name is answered");
    expect("im_set_attr_name", &(reply.action_status, reply.error_code), &ok);
    let request = im_get_attr_name::ImGetAttrNameRequest::new();
    let reply = im_get_attr_name::api_im_get_attr_name(&mut good, request).await.expect("im_get_attr_name is answered");
    expect("im_get_attr_name", &(reply.action_status, reply.error_code), &ok);
    let removal = ImRemoveAttrRequest::new(vec![RemoveAttribute::new(USER, vec!["city"])]);
    let reply = api_im_remove_attr(&mut good, removal).await.expect("im_remove_attr is answered");
    expect("im_remove_attr", &(reply.action_status, reply.error_code), &ok);

    for (what, key, identifier, code) in
        [("another key", format!("{key}x"), admin.as_str(), 70009), ("no admin", key.clone(), "visitor", 90009)]
    {
        let reply = api_im_set_attr(&mut client(key, identifier), set("city", "x")).await.expect("it is answered");
        let refused = (Some(ActionStatus::Fail), Some(code));
        expect(&format!("im_set_attr is refused: {what}"), &(reply.action_status, reply.error_code), &refused);
    }
    if met { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn set(name: &str, value: &str) -> ImSetAttrRequest {
    ImSetAttrRequest::new(vec![UserAttribute::new(USER, HashMap::from([(name, value)]))])
}
