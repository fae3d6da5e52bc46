//! The call log of the platform of Acefone, and the links to recordings in it.

use jiff::Timestamp;
use providers::{
    Ask, Capability, ErrorKind, Missing, PageQuery, ProviderKind, RecordedCall, RecordsPage, RecordsQuery, Told,
};
use serde_json::{Value, json};
use telephony::{CallOutcome, Direction, EndedBy, FactKind, FactSource, LegNaming};

use crate::support::*;

const RECORDS: &str = "https://api-smartflo.tatateleservices.com/v1/call/records";

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Everything of so many years.
fn all() -> RecordsQuery {
    RecordsQuery {
        from: Some(time("2018-12-31T18:30:00Z")),
        to: Some(time("2027-12-31T18:29:59Z")),
        ..RecordsQuery::default()
    }
}

async fn page(kind: ProviderKind, query: RecordsQuery, body: &str) -> RecordsPage {
    let answers = Script::of([reply(200, body)]);
    let told = complete(kind)
        .ask(&Ask::Records(query), &secrets(), &answers)
        .await
        .unwrap();
    let Told::Records(page) = told else { panic!("{told:?}") };
    page
}

async fn record(entry: Value) -> RecordedCall {
    let body = json!({ "count": 1, "results": [entry] }).to_string();
    page(ProviderKind::Smartflo, all(), &body).await.records.remove(0)
}

macro_rules! sample {
    ($name:ident, $kind:expr, $path:literal) => {
        #[tokio::test]
        async fn $name() {
            let page = page($kind, all(), &fixture($path)).await;
            let facts: Vec<_> = page.records.iter().map(|record| record.to_fact(Timestamp::UNIX_EPOCH)).collect();
            insta::assert_json_snapshot!(stringify!($name), json!({ "page": page, "facts": facts }));
        }
    };
}

sample!(
    acefone_record_of_a_call_that_was_clicked,
    ProviderKind::AcefoneIn,
    "acefone/call_records-outbound-c2c-answered.json"
);
sample!(
    acefone_record_of_a_dialer_call,
    ProviderKind::AcefoneIn,
    "acefone/call_records-dialer-answered.json"
);
sample!(
    servetel_record_of_an_inbound_call,
    ProviderKind::Servetel,
    "servetel/call_records-inbound-answered.json"
);
sample!(
    smartflo_record_of_an_inbound_call,
    ProviderKind::Smartflo,
    "smartflo/call_records-inbound-answered.json"
);

#[tokio::test]
async fn the_old_host_has_its_own_report() {
    let values = [
        ("base_url", "https://api.acefone.co.uk"),
        ("agent_number", "+442079460001"),
    ];
    let provider = account(ProviderKind::AcefoneUk, &values);
    let answers = Script::of([reply(200, &fixture("acefone/uk-call_report-legacy.json"))]);
    let told = provider.ask(&Ask::Records(all()), &secrets(), &answers).await.unwrap();
    insta::assert_json_snapshot!("acefone_uk_old_report", told);
    assert_eq!(
        answers.urls(),
        ["https://api.acefone.co.uk/v1/call_report?page=1&limit=50"]
    );
    assert_eq!(
        provider.capabilities().recording_link,
        Capability::Missing(Missing::NotOffered)
    );
}

#[tokio::test]
async fn every_filter_has_its_name_on_the_wire() {
    let answers = Script::of([reply(200, r#"{"count":0,"results":[]}"#)]);
    let query = RecordsQuery {
        from: Some(time("2026-05-31T18:30:00Z")),
        to: Some(time("2026-06-01T18:30:00Z")),
        direction: Some(Direction::Outbound),
        answered: Some(false),
        customer: Some(number("+919000000004")),
        caller_id: Some(number("+917900000000")),
        provider_call_id: Some("1715235734.129662".into()),
        own: true,
        page: PageQuery {
            cursor: Some("3".into()),
            limit: 20,
        },
    };
    let provider = complete(ProviderKind::Smartflo);
    provider.ask(&Ask::Records(query), &secrets(), &answers).await.unwrap();
    assert_eq!(
        answers.urls(),
        [format!(
            "{RECORDS}?page=3&limit=20&from_date=2026-06-01+00%3A00%3A00&to_date=2026-06-02+00%3A00%3A00\
             &direction=outbound&call_type=m&did_number=917900000000&call_id=1715235734.129662\
             &agents%5B%5D=agent%7C0502842370097"
        )]
    );
    let answers = Script::of([reply(200, "[]")]);
    provider.ask(&Ask::Records(all()), &secrets(), &answers).await.unwrap();
    assert_eq!(
        answers.urls(),
        [format!(
            "{RECORDS}?page=1&limit=50&from_date=2019-01-01+00%3A00%3A00&to_date=2027-12-31+23%3A59%3A59"
        )]
    );
}

#[tokio::test]
async fn filters_are_applied_here_too_since_some_accounts_ignore_them() {
    let entry = |id: &str, customer: &str, agent: &str| {
        json!({ "id": id, "call_id": id, "direction": "outbound", "status": "answered", "answered_seconds": 3,
                "client_number": customer, "agent_number": agent, "did_number": "+917900000000",
                "date": "2026-06-01", "time": "12:00:00" })
    };
    let body = json!({ "count": 3, "limit": 50, "results": [
        entry("a", "09000000004", "0502842370097"),
        entry("b", "+919000000004", "0502842370098"),
        entry("c", "9000000005", "_+919000000001"),
    ]})
    .to_string();
    let ids = async |query: RecordsQuery| {
        let page = page(ProviderKind::Smartflo, query, &body).await;
        let ids: Vec<String> = page.records.into_iter().map(|record| record.id).collect();
        (ids.concat(), page.total)
    };
    assert_eq!(ids(all()).await, ("abc".into(), Some(3)));
    let customer = RecordsQuery {
        customer: Some(number("+919000000004")),
        ..all()
    };
    assert_eq!(ids(customer).await, ("ab".into(), None));
    // A telephone number cannot be compared with an id: it is left to the provider's own filter.
    assert_eq!(ids(RecordsQuery { own: true, ..all() }).await, ("ac".into(), None));
    let call = RecordsQuery {
        provider_call_id: Some("c".into()),
        ..all()
    };
    assert_eq!(ids(call).await, ("c".into(), None));
    let missed = RecordsQuery {
        answered: Some(false),
        ..all()
    };
    assert_eq!(ids(missed).await.0, "");
    let earlier = RecordsQuery {
        to: Some(time("2026-06-01T06:00:00Z")),
        ..all()
    };
    assert_eq!(ids(earlier).await.0, "");
}

#[tokio::test]
async fn pages_follow_by_the_count_or_by_a_full_page() {
    let entries = |count: usize| -> Vec<Value> { (0..count).map(|id| json!({ "id": id })).collect() };
    let query = |cursor: &str| RecordsQuery {
        page: PageQuery {
            cursor: Some(cursor.into()),
            limit: 2,
        },
        ..all()
    };
    let next = async |cursor: &str, body: Value| {
        page(ProviderKind::Smartflo, query(cursor), &body.to_string())
            .await
            .next
    };
    assert_eq!(
        next("1", json!({ "count": 5, "results": entries(2) })).await.as_deref(),
        Some("2")
    );
    assert_eq!(next("3", json!({ "count": 5, "results": entries(1) })).await, None);
    assert_eq!(next("1", json!({ "results": entries(2) })).await.as_deref(), Some("2"));
    assert_eq!(next("1", json!({ "results": entries(1) })).await, None);
    assert_eq!(next("9", json!({ "count": 99, "results": [] })).await, None);
    // A server that gives less than was asked for says so.
    assert_eq!(
        next("1", json!({ "count": 2, "limit": 1, "results": entries(1) }))
            .await
            .as_deref(),
        Some("2")
    );
}

#[tokio::test]
async fn outcomes_are_read_from_status_description_and_cause() {
    use CallOutcome::*;
    let table = [
        ("outbound", "answered", "Call answered by customer", "", Some(0), Talked),
        ("outbound", "answered", "Call answered", "", Some(0), Unknown),
        ("clicktocall", "answered", "", "", Some(9), Talked),
        (
            "outbound",
            "missed",
            "Call missed by customer",
            "",
            Some(8),
            CustomerNoAnswer,
        ),
        (
            "outbound",
            "missed",
            "Call missed by customer",
            "USER_BUSY",
            None,
            CustomerBusy,
        ),
        (
            "outbound",
            "missed",
            "Call missed by customer",
            "CALL_REJECTED",
            None,
            CustomerRejected,
        ),
        ("outbound", "missed", "Call missed by agent", "", None, AgentNoAnswer),
        (
            "outbound",
            "missed",
            "Call missed by agent",
            "USER_BUSY",
            None,
            AgentBusy,
        ),
        ("outbound", "missed", "Call missed", "", None, Unknown),
        ("outbound", "missed", "Call answered by customer", "", None, Unknown),
        ("outbound", "answered", "Call missed by customer", "", Some(3), Unknown),
        ("inbound", "missed", "", "", None, Missed),
        ("inbound", "missed", "", "disconnected_by_caller", None, Abandoned),
        ("inbound", "missed", "", "disconnected_by_callee", None, Missed),
        (
            "inbound",
            "ANSWERED",
            "Call answered by Agent One (919000000001)",
            "",
            Some(0),
            Talked,
        ),
        ("inbound", "queued", "", "", None, Unknown),
    ];
    for (direction, status, description, cause, seconds, outcome) in table {
        let entry = json!({ "id": 1, "direction": direction, "status": status, "description": description,
                            "hangup_cause": cause, "answered_seconds": seconds });
        let read = record(entry).await;
        assert_eq!(
            read.outcome,
            Some(outcome),
            "{direction} {status} {description} {cause}"
        );
        assert_eq!(read.talk_seconds, seconds.filter(|_| outcome == Talked));
    }
    let voicemail = json!({ "id": 1, "direction": "inbound", "status": "missed", "voicemail_recording": "v.mp3" });
    assert_eq!(record(voicemail).await.outcome, Some(Voicemail));
    let agents = json!({ "id": 1, "direction": "outbound", "status": "missed", "missed_agents": [{ "id": "05" }] });
    assert_eq!(record(agents).await.outcome, Some(AgentNoAnswer));
}

#[tokio::test]
async fn of_a_support_call_the_agent_in_the_words_is_the_customer() {
    let provider = account(ProviderKind::Smartflo, &[("mode", "click_to_call_support")]);
    let body = json!([{ "id": 1, "direction": "outbound", "status": "missed", "description": "Call missed by agent",
                        "hangup_cause": "disconnected_by_caller" }]);
    let answers = Script::of([reply(200, &body.to_string())]);
    let told = provider.ask(&Ask::Records(all()), &secrets(), &answers).await.unwrap();
    let Told::Records(page) = told else {
        panic!("no records")
    };
    assert_eq!(page.records[0].outcome, Some(CallOutcome::CustomerNoAnswer));
    assert_eq!(page.records[0].ended_by, Some(EndedBy::Unknown));
}

#[tokio::test]
async fn a_record_becomes_a_fact_unless_it_says_nothing_of_an_end() {
    let open = record(json!({ "id": 1, "call_id": "1.2" })).await;
    assert_eq!(open.to_fact(Timestamp::UNIX_EPOCH), None);
    let entry = json!({ "id": 1, "call_id": "1.2", "custom_identifier": OUR_ID, "direction": "outbound",
                        "status": "answered", "answered_seconds": "38", "end_stamp": "2026-06-01 14:00:00",
                        "recording_url": "https://recordings.example.invalid/r?token=x" });
    let fact = record(entry).await.to_fact(Timestamp::UNIX_EPOCH).unwrap();
    assert_eq!((fact.kind, fact.source), (FactKind::CallEnded, FactSource::Records));
    assert_eq!(fact.leg_naming, LegNaming::Party);
    assert_eq!(fact.our_id.as_deref(), Some(OUR_ID));
    assert_eq!(fact.talk_seconds, Some(38));
    assert_eq!(fact.occurred_at, Some(time("2026-06-01T08:30:00Z")));
    assert!(fact.has_recording);
    assert!(!serde_json::to_string(&fact).unwrap().contains("token=x"));
}

#[tokio::test]
async fn a_recording_is_found_again_by_either_id_and_its_link_handed_out() {
    let link = "https://recordings.example.invalid/file/recording?callId=1715235734.129662&type=rec&token=REDACTED";
    let provider = complete(ProviderKind::Smartflo);
    let table = [
        // The time in the id narrows the search down: an entry is made when the call is over.
        (
            "663c6bc92b66f80b611f8f40",
            "from_date=2024-05-09+05%3A53%3A05&to_date=2024-05-09+12%3A53%3A05&page=1&limit=100",
        ),
        (
            "1715235734.129662",
            "from_date=2024-05-09+10%3A52%3A14&to_date=2024-05-09+12%3A52%3A14&page=1&limit=100\
             &call_id=1715235734.129662",
        ),
    ];
    for (id, query) in table {
        let answers = Script::of([reply(200, &fixture("smartflo/call_records-inbound-answered.json"))]);
        let ask = Ask::RecordingLink { record: id.into() };
        let told = provider.ask(&ask, &secrets(), &answers).await.unwrap();
        assert_eq!(told, Told::RecordingLink { url: link.into() });
        assert_eq!(answers.urls(), [format!("{RECORDS}?{query}")]);
    }
}

#[tokio::test]
async fn a_recording_that_is_not_there_is_said_so() {
    let provider = complete(ProviderKind::AcefoneIn);
    let why = async |id: &str, bodies: Vec<String>| {
        let answers = Script::of(bodies.iter().map(|body| reply(200, body)));
        let ask = Ask::RecordingLink { record: id.into() };
        let error = provider.ask(&ask, &secrets(), &answers).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::CallNotFound);
        error.fields["record"].clone()
    };
    let without = fixture("acefone/call_records-outbound-c2c-answered.json");
    assert_eq!(
        why("66339a440ac50d47500dbc9e", vec![without.clone()]).await,
        "no_recording"
    );
    assert_eq!(
        why("12a445d3-0000-4000-8000-000000000009", vec![without]).await,
        "record_not_found"
    );
    assert_eq!(why(" ", Vec::new()).await, "missing");
    for link in ["javascript:alert(1)", "file:///etc/passwd", "recording.mp3", "not yet"] {
        let body = json!({ "results": [{ "id": "x", "recording_url": link }] }).to_string();
        assert_eq!(why("x", vec![body]).await, "no_recording", "{link}");
    }
    // The search goes on page by page, and ends.
    let page = json!({ "count": 250, "limit": 100, "results": [{ "id": "other" }] }).to_string();
    assert_eq!(
        why("x", vec![page.clone(), page.clone(), page]).await,
        "record_not_found"
    );
}

#[tokio::test]
async fn what_is_no_log_is_an_error() {
    let provider = complete(ProviderKind::Smartflo);
    for (status, body) in [
        (200, ""),
        (200, "<html>"),
        (200, "null"),
        (200, r#"{"results":{}}"#),
        (200, r#"{"success":false,"message":"No."}"#),
        (302, "[]"),
        (500, "[]"),
    ] {
        let answers = Script::of([reply(status, body)]);
        let error = provider
            .ask(&Ask::Records(all()), &secrets(), &answers)
            .await
            .unwrap_err();
        assert_eq!(error.kind, ErrorKind::ResponseUnexpected, "{status} {body}");
    }
}
