//! A played Kazoo's documents: endpoints of click-to-call, and the lists that a client fills its menus with.

use axum::http::Method;
use exchange::kazoo_tenant::{ACCOUNT_ID, DEVICE_ID, DIDS, DIRECTORY_ID, ENDPOINT_ID, EXTENSION, USER_ID, USERS};
use serde_json::{Value, json};

use crate::kazoo_stage::Kazoo;

#[tokio::test]
async fn an_endpoint_is_created_read_replaced_patched_and_deleted() {
    let kazoo = Kazoo::new("").await;
    let created = kazoo
        .put(
            "/clicktocall",
            json!({"name": "Desk", "extension": "1003", "timeout": 25, "ours": {"a": 1}}),
        )
        .await;
    assert_eq!(created.status, 201);
    let document = &created.body["data"];
    // The schema's defaults, and a field that it does not know.
    assert_eq!(
        (&document["auth_required"], &document["ours"]["a"]),
        (&json!(true), &json!(1))
    );
    let id = document["id"].as_str().expect("an id");
    let path = format!("/clicktocall/{id}");

    let patch = json!({"timeout": null, "ours": {"b": 2}, "dial_first": "contact"});
    let patched = kazoo.ask(Method::PATCH, &path, patch).await;
    assert_eq!(patched.status, 200);
    assert!(patched.body["data"]["timeout"].is_null());
    assert_eq!(patched.body["data"]["ours"], json!({"a": 1, "b": 2}));

    let replaced = kazoo.post(&path, json!({"name": "Desk", "extension": "1001"})).await;
    assert_eq!(replaced.status, 200);
    let read = kazoo.get(&path).await;
    assert!(read.body["data"]["dial_first"].is_null() && read.body["data"]["ours"].is_null());

    let listed = kazoo.get("/clicktocall").await;
    let rows = listed.body["data"].as_array().expect("a list");
    assert_eq!(listed.body["page_size"], 2);
    assert_eq!(rows[1], json!({"id": id, "name": "Desk", "extension": "1001"}));

    let deleted = kazoo.ask(Method::DELETE, &path, json!({})).await;
    assert_eq!(deleted.body["data"]["_read_only"]["deleted"], true);
    let gone = kazoo.get(&path).await;
    assert_eq!(gone.status, 404);
    assert_eq!(gone.body["data"], json!({"message": "bad identifier", "cause": id}));
}

#[tokio::test]
async fn a_bad_endpoint_is_refused_field_by_field() {
    let kazoo = Kazoo::new("").await;
    let long = "x".repeat(129);
    let refused = kazoo
        .put(
            "/clicktocall",
            json!({
                "name": long,
                "dial_first": "both",
                "auth_required": "yes",
                "timeout": "30",
                "whitelist": ["^1", ""],
                "custom_application_vars": {"a": 1},
            }),
        )
        .await;
    assert_eq!(
        (refused.status, &refused.body["message"]),
        (400, &json!("validation error"))
    );
    let tree = &refused.body["data"];
    for (field, rule) in [
        ("extension", "required"),
        ("name", "maxLength"),
        ("dial_first", "enum"),
        ("auth_required", "type"),
        ("timeout", "type"),
        ("whitelist.1", "minLength"),
        ("custom_application_vars.a", "type"),
    ] {
        assert!(tree[field][rule]["message"].is_string(), "{field}.{rule}: {tree}");
    }
    assert_eq!(tree["name"]["maxLength"]["target"], 128);
    // A replacement is a whole document; the page that shows it without a body is wrong.
    let path = format!("/clicktocall/{ENDPOINT_ID}");
    let empty = kazoo.post(&path, json!({})).await;
    assert!(empty.body["data"]["name"]["required"].is_object());
    let without_name = kazoo.ask(Method::PATCH, &path, json!({"name": null})).await;
    assert_eq!(without_name.status, 400);
    assert_eq!(kazoo.get(&path).await.body["data"]["extension"], EXTENSION);
}

#[tokio::test]
async fn a_verb_can_travel_in_a_post() {
    let kazoo = Kazoo::new("").await;
    let url = kazoo.stage.url(&format!("/accounts/{ACCOUNT_ID}/clicktocall"));
    let body = json!({"verb": "PUT", "auth_token": kazoo.token, "data": {"name": "Desk", "extension": "1001"}});
    let created = kazoo.stage.send(kazoo.stage.client.post(url).json(&body)).await;
    assert_eq!((created.status, &created.body["data"]["name"]), (201, &json!("Desk")));
}

#[tokio::test]
async fn numbers_are_an_object_in_pages_that_start_at_a_number() {
    let kazoo = Kazoo::new("").await;
    let all = kazoo.get("/phone_numbers").await;
    let numbers = all.body["data"]["numbers"].as_object().expect("an object");
    assert_eq!(numbers.keys().collect::<Vec<_>>(), DIDS);
    assert_eq!(numbers[DIDS[0]]["state"], "in_service");

    let first = kazoo.get("/phone_numbers?page_size=1").await;
    assert_eq!(first.body["next_start_key"], DIDS[1]);
    let next = DIDS[1].replace('+', "%2B");
    let second = kazoo.get(&format!("/phone_numbers?page_size=1&start_key={next}")).await;
    assert!(second.body["data"]["numbers"][DIDS[1]].is_object());
    assert!(second.body["next_start_key"].is_null());

    assert_eq!(
        kazoo.get(&format!("/phone_numbers/{next}")).await.body["data"]["id"],
        DIDS[1]
    );
    let unknown = kazoo.get("/phone_numbers/%2B442079460199").await;
    assert_eq!(
        (unknown.status, &unknown.body["message"]),
        (404, &json!("bad_identifier"))
    );
    assert!(unknown.body["data"]["not_found"].is_string());
    let classified = kazoo.get("/phone_numbers/classifiers/2025550101").await;
    assert_eq!(classified.body["data"]["e164"], "+12025550101");
}

#[tokio::test]
async fn people_telephones_and_the_account_are_listed() {
    let kazoo = Kazoo::new("").await;
    let users = kazoo.get("/users").await;
    let ids: Vec<&Value> = users.body["data"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|user| &user["id"])
        .collect();
    assert_eq!(ids, USERS.each_ref().map(|user| user.id));
    assert_eq!(users.body["data"][0]["presence_id"], EXTENSION);
    let lent = kazoo.get(&format!("/users/{USER_ID}/devices")).await;
    assert_eq!(
        (&lent.body["data"][0]["id"], &lent.body["data"][0]["hotdesked"]),
        (&json!(DEVICE_ID), &json!(false))
    );
    assert_eq!(kazoo.get("/devices").await.body["page_size"], 3);
    assert_eq!(
        kazoo.get(&format!("/devices/{DEVICE_ID}")).await.body["data"]["owner_id"],
        USER_ID
    );
    // The second one's telephone is switched off.
    let registered = kazoo.get("/devices/status").await;
    assert_eq!(registered.body["data"].as_array().map(Vec::len), Some(2));
    let contacts = kazoo.get("/contact_list").await;
    assert_eq!(contacts.body["data"][0]["internal_number"], EXTENSION);
    assert!(contacts.body["page_size"].is_null());
    let account = kazoo.get("").await;
    assert_eq!(account.body["data"]["caller_id"]["external"]["number"], DIDS[0]);
    assert_eq!(
        kazoo.get("/api_key").await.body["data"]["api_key"]
            .as_str()
            .map(str::len),
        Some(64)
    );
}

#[tokio::test]
async fn a_directory_lists_its_people_and_can_be_made_and_changed() {
    let kazoo = Kazoo::new("").await;
    let listed = kazoo.get("/directories").await;
    assert_eq!(listed.body["data"], json!([{"id": DIRECTORY_ID, "name": "Everybody"}]));
    let detail = kazoo.get(&format!("/directories/{DIRECTORY_ID}")).await;
    assert_eq!(
        detail.body["data"]["users"],
        json!(USERS.each_ref().map(|user| user.id))
    );
    let made = kazoo
        .put("/directories", json!({"name": "Sales", "users": [USER_ID]}))
        .await;
    assert_eq!((made.status, &made.body["data"]["min_dtmf"]), (201, &json!(3)));
    let path = format!("/directories/{}", made.body["data"]["id"].as_str().expect("an id"));
    let patched = kazoo.ask(Method::PATCH, &path, json!({"sort_by": "first_name"})).await;
    assert_eq!(patched.body["data"]["name"], "Sales");
    assert_eq!(kazoo.post(&path, json!({"users": []})).await.status, 400);
    let deleted = kazoo.ask(Method::DELETE, &path, json!({})).await;
    assert_eq!(deleted.body["data"]["_read_only"]["deleted"], true);
    assert_eq!(kazoo.get(&path).await.status, 404);
}

#[tokio::test]
async fn a_patch_without_data_changes_nothing_and_sorts_of_numbers_are_listed() {
    let kazoo = Kazoo::new("").await;
    let path = format!("/clicktocall/{ENDPOINT_ID}");
    let before = kazoo.get(&path).await.body["data"].clone();
    let url = kazoo.stage.url(&format!("/accounts/{ACCOUNT_ID}{path}"));
    let patched = kazoo
        .stage
        .send(kazoo.stage.client.patch(url).header("X-Auth-Token", &kazoo.token))
        .await;
    assert_eq!((patched.status, &patched.body["data"]), (200, &before));
    let classifiers = kazoo.get("/phone_numbers/classifiers").await;
    assert_eq!(classifiers.body["data"]["did_us"]["friendly_name"], "US DID");
    assert_eq!(kazoo.get("/groups/any/channels").await.body["data"], json!([]));
}
