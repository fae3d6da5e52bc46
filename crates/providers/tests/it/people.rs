//! The platform of Acefone's users, contacts and notes.

use providers::{AgentState, Ask, ErrorKind, HttpReply, PageQuery, ProviderKind, Told};
use serde_json::{Value, json};

use crate::asks::{SMARTFLO, ask, kept_back, time, why};
use crate::support::*;

#[tokio::test]
async fn the_own_status_is_found_among_the_users_by_any_name() {
    let report = async |own: &str, pages: Vec<HttpReply>| {
        let provider = account(ProviderKind::Smartflo, &[("agent_number", own)]);
        let answers = Script::of(pages);
        provider.ask(&Ask::AgentStatus, &secrets(), &answers).await
    };
    let page = || reply(200, &fixture("smartflo/users-list.json"));
    for (own, state, word) in [
        ("0502842370097", AgentState::Available, "available"),
        ("+919000000001", AgentState::Available, "available"),
        ("0502842370098", AgentState::Offline, "offline"),
        ("0602842370077", AgentState::Offline, "offline"),
    ] {
        let Told::AgentStatus(report) = report(own, vec![page()]).await.unwrap() else {
            panic!("not a status")
        };
        assert_eq!((report.state, report.told.as_deref()), (state, Some(word)), "{own}");
    }
    // The page of one user has the same under other names.
    let single = reply(200, &fixture("smartflo/user-single.json"));
    let told = report("0602842370077", vec![single]).await.unwrap();
    insta::assert_json_snapshot!("smartflo_user_single", told);

    for (number, state) in [
        (1, AgentState::Blocked),
        (2, AgentState::Blocked),
        (3, AgentState::Busy),
        (9, AgentState::Unknown),
    ] {
        let body = json!([{ "name": "One", "agent": { "id": "0502842370097", "status": number } }]).to_string();
        let Told::AgentStatus(report) = report("0502842370097", vec![reply(200, &body)]).await.unwrap() else {
            panic!("not a status")
        };
        assert_eq!(report.state, state);
    }
    let error = report("0502842370000", vec![page(), page()]).await.unwrap_err();
    assert_eq!(
        (error.kind, error.fields["agent_id"].as_str()),
        (ErrorKind::ConfigInvalid, "unknown_agent")
    );
}

#[tokio::test]
async fn contacts_and_notes_come_page_by_page() {
    let answers = Script::of([reply(200, &fixture("smartflo/contacts-list.json"))]);
    let page = PageQuery { cursor: None, limit: 1 };
    let told = ask(&Ask::Contacts(page), &answers).await.unwrap();
    insta::assert_json_snapshot!("smartflo_contacts", told);
    assert_eq!(answers.urls(), [format!("{SMARTFLO}/v1/contacts?page=1&limit=1")]);

    let answers = Script::of([reply(200, &fixture("smartflo/call_notes-list.json"))]);
    let notes = |cursor: Option<&str>| Ask::CallNotes {
        number: number("+919000000004"),
        page: PageQuery {
            cursor: cursor.map(Into::into),
            limit: 500,
        },
    };
    let told = ask(&notes(Some("2")), &answers).await.unwrap();
    insta::assert_json_snapshot!("smartflo_call_notes", told);
    assert_eq!(
        answers.urls(),
        [format!("{SMARTFLO}/v1/call/notes/919000000004?page=2&limit=100")]
    );
    let provider = complete(ProviderKind::Smartflo);
    for cursor in ["0", "-1", "next"] {
        assert_eq!(
            kept_back(&*provider, &notes(Some(cursor))).await,
            why(ErrorKind::ConfigInvalid, "cursor", "cursor")
        );
    }
}

#[tokio::test]
async fn a_full_page_of_contacts_has_a_next_one_and_a_deleted_contact_is_none() {
    let contact = |id: u32, deleted: Value| json!({ "id": id, "phone_number": "09000000003", "deleted_at": deleted });
    let body = json!({ "page": 3, "limit": 2, "results": [contact(1, Value::Null), contact(2, json!("2024-05-08T12:45:03+0000"))] });
    let query = PageQuery {
        cursor: Some("3".into()),
        limit: 50,
    };
    let told = ask(&Ask::Contacts(query), &Script::of([reply(200, &body.to_string())])).await;
    let Told::Contacts(page) = told.unwrap() else {
        panic!("no contacts")
    };
    assert_eq!(page.next.as_deref(), Some("4"));
    assert_eq!(page.contacts.len(), 1);
    assert_eq!(page.contacts[0].numbers, ["+919000000003"]);
    // Somebody without a name goes by their number.
    assert_eq!(page.contacts[0].name, "+919000000003");
}

#[tokio::test]
async fn notes_are_dated_by_the_data_base_or_as_they_are_shown() {
    let entry =
        |date: Value| json!({ "calldate": date, "readableTime": "07-05-2024 16:33:12", "notes": { "message": "x" } });
    for date in [
        json!({ "$date": { "$numberLong": "1715079792000" } }),
        json!({ "$date": "2024-05-07T11:03:12Z" }),
        json!(null),
        json!("soon"),
        json!({}),
    ] {
        let body = json!({ "results": [entry(date.clone()), { "notes": { "message": " " } }, 7] }).to_string();
        let asked = Ask::CallNotes {
            number: number("+919000000004"),
            page: PageQuery::default(),
        };
        let Told::CallNotes(page) = ask(&asked, &Script::of([reply(200, &body)])).await.unwrap() else {
            panic!("no notes")
        };
        assert_eq!(page.notes.len(), 1);
        assert_eq!(page.notes[0].at, Some(time("2024-05-07T11:03:12Z")), "{date}");
    }
}
