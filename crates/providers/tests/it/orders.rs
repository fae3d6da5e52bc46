//! Orders to the platform of Acefone about calls and agents: exact requests, and what is kept back.

use providers::{AgentStatusOrder, Ask, ErrorKind, ProviderKind, TransferOrder};
use serde_json::json;

use crate::asks::{kept_back, sent_by, status, transfer, verdict, why};
use crate::support::*;

#[tokio::test]
async fn a_transfer_has_its_type_and_destination_as_plain_text() {
    let provider = complete(ProviderKind::Smartflo);
    for (to, intercom) in [
        ("0602842370077", "0602842370077"),
        ("1002", "1002"),
        ("+91 90000 00002", "919000000002"),
        ("90000-00002", "9000000002"),
    ] {
        let (path, body) = sent_by(&*provider, &transfer(to)).await;
        assert_eq!(path, "call/options");
        assert_eq!(
            body,
            json!({ "type": "4", "call_id": "1715252026.405915", "intercom": intercom }),
            "{to}"
        );
    }
    let attended = Ask::Transfer(TransferOrder {
        provider_call_id: Some("1.2".into()),
        leg_ids: Vec::new(),
        to: "1002".into(),
        attended: true,
    });
    assert_eq!(
        kept_back(&*provider, &attended).await,
        why(ErrorKind::Unsupported, "attended", "not_offered")
    );
    let unnamed = Ask::Transfer(TransferOrder {
        provider_call_id: None,
        leg_ids: Vec::new(),
        to: "1002".into(),
        attended: false,
    });
    assert_eq!(
        kept_back(&*provider, &unnamed).await,
        why(ErrorKind::CallNotFound, "call_id", "missing")
    );
    assert_eq!(
        kept_back(&*provider, &transfer("sales")).await,
        why(ErrorKind::NumberInvalid, "to", "transfer_target")
    );
}

#[tokio::test]
async fn going_online_and_offline_and_breaks_have_their_routes() {
    let provider = complete(ProviderKind::Smartflo);
    let table = [
        (status(true), "dialer/session_call", json!({ "startOrEnd": true })),
        (
            status(false),
            "dialer/session_call",
            json!({ "startOrEnd": false, "logout": true }),
        ),
        (
            AgentStatusOrder {
                campaign: Some("281".into()),
                ..status(true)
            },
            "dialer/session_call",
            json!({ "startOrEnd": true, "campaignId": "281" }),
        ),
        (
            AgentStatusOrder {
                end_call: Some("1.2".into()),
                break_code: Some("LUNCH".into()),
                ..status(false)
            },
            "dialer/disconnect_call",
            json!({ "call_id": "1.2", "start_break": true, "break_code": "LUNCH" }),
        ),
        (
            AgentStatusOrder {
                end_call: Some("1.2".into()),
                ..status(true)
            },
            "dialer/disconnect_call",
            json!({ "call_id": "1.2", "start_break": false }),
        ),
    ];
    for (order, path, body) in table {
        assert_eq!(
            sent_by(&*provider, &Ask::SetAgentStatus(order)).await,
            (path.to_owned(), body)
        );
    }
    let without_code = AgentStatusOrder {
        end_call: Some("1.2".into()),
        ..status(false)
    };
    assert_eq!(
        kept_back(&*provider, &Ask::SetAgentStatus(without_code)).await,
        why(ErrorKind::ConfigInvalid, "break_code", "missing")
    );
}

#[tokio::test]
async fn verdicts_are_stored_and_added() {
    let provider = complete(ProviderKind::Smartflo);
    assert_eq!(
        sent_by(&*provider, &Ask::StoreDisposition(verdict())).await,
        (
            "dialer/store-disposition".to_owned(),
            json!({
                "disposition_status": "Interested",
                "sub_disposition_status": "Call back",
                "unique_id": "1715252026.405915",
                "disposition_note": "After lunch",
            })
        )
    );
    let added = |name: &str, code: &str| Ask::AddDisposition {
        name: name.into(),
        code: code.into(),
    };
    assert_eq!(
        sent_by(&*provider, &added("Interested", "INT")).await,
        (
            "dialer/disposition_status".to_owned(),
            json!({ "name": "Interested", "code": "INT" })
        )
    );
    assert_eq!(
        kept_back(&*provider, &added("Interested", "")).await,
        why(ErrorKind::ConfigInvalid, "code", "missing")
    );
}
