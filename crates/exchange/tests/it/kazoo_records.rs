//! The call detail records of a played Kazoo.

use exchange::kazoo_tenant::{EXTENSION, USER_ID};
use serde_json::{Value, json};

use crate::kazoo_stage::{CUSTOMER, CUSTOMER_PLUS, Kazoo};

const SCRIPT: &str = "[timings]\ntalk_seconds = 7\nrecords_after = 0\n";

#[tokio::test]
async fn each_partys_leg_is_a_record_whose_numbers_are_texts() {
    let kazoo = Kazoo::new(SCRIPT).await;
    let vars = json!({"launch_id": "ours-7"});
    kazoo
        .connect(json!({"contact": CUSTOMER, "custom_application_vars": vars}))
        .await;
    kazoo.settled().await;
    let listed = kazoo.get("/cdrs").await;
    let rows = listed.body["data"].as_array().expect("a list");
    assert_eq!(rows.len(), 2);
    let customer = rows
        .iter()
        .find(|row| row["callee_id_number"] == CUSTOMER_PLUS)
        .expect("the customer's");
    let agent = rows
        .iter()
        .find(|row| row["callee_id_number"] == EXTENSION)
        .expect("the agent's");
    assert_eq!(
        (
            &customer["billing_seconds"],
            &customer["duration_seconds"],
            &customer["hangup_cause"]
        ),
        (&json!("7"), &json!("10"), &json!("NORMAL_CLEARING"))
    );
    assert_eq!(customer["other_leg_call_id"], agent["call_id"]);
    assert_eq!(customer["interaction_id"], agent["interaction_id"]);
    assert_eq!(customer["custom_application_vars"], vars);
    let number = |name: &str| {
        customer[name]
            .as_str()
            .and_then(|text| text.parse::<i64>().ok())
            .expect("a number")
    };
    assert_eq!(number("timestamp") - number("unix_timestamp"), 62_167_219_200);

    let id = customer["id"].as_str().expect("an id");
    let alone = kazoo.get(&format!("/cdrs/{id}")).await;
    assert_eq!(alone.body["data"]["billing_seconds"], 7);
    assert_eq!(kazoo.get("/cdrs/202501-nothing").await.status, 404);
    let own = kazoo.get(&format!("/users/{USER_ID}/cdrs")).await;
    assert_eq!(own.body["data"].as_array().map(Vec::len), Some(1));

    let after = number("timestamp") + 1;
    let none = kazoo
        .get(&format!("/cdrs?created_from={after}&created_to={}", after + 60))
        .await;
    assert_eq!(none.body["data"], json!([]));
    let all = kazoo
        .get(&format!("/cdrs?created_from={}&created_to={after}", after - 600))
        .await;
    assert_eq!(all.body["data"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn records_come_in_pages_by_an_opaque_key() {
    let kazoo = Kazoo::new(SCRIPT).await;
    for _ in 0..3 {
        kazoo.connect(json!({"contact": CUSTOMER})).await;
        kazoo.settled().await;
    }
    let mut path = "/cdrs?page_size=4".to_owned();
    let mut seen: Vec<Value> = Vec::new();
    let mut sizes = Vec::new();
    loop {
        let page = kazoo.get(&path).await;
        let rows = page.body["data"].as_array().cloned().expect("a list");
        sizes.push(rows.len());
        seen.extend(rows.into_iter().map(|row| row["id"].clone()));
        match page.body["next_start_key"].as_str() {
            Some(key) => path = format!("/cdrs?page_size=4&start_key={key}"),
            None => break,
        }
    }
    assert_eq!(sizes, [4, 2]);
    let everything = kazoo.get("/cdrs?paginate=false").await;
    let ids: Vec<&Value> = everything.body["data"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| &row["id"])
        .collect();
    assert_eq!(seen.iter().collect::<Vec<_>>(), ids);
}
