//! Routes about asks, as a client meets them.

use redphone_api::{NewAct, Request};
use serde_json::json;

use super::site::site;

#[tokio::test]
async fn answer_reaches_the_hub_as_it_was_sent() {
    let mut site = site();
    let body = json!({
        "to": "SUD-0412", "note": "Принято.", "officer": "1st watch",
        "acts": [
            { "act": "refuse", "ask": 1, "reason": null },
            { "act": "defer", "ask": 2, "until": 1_824_919_200_000_u64, "who": "the Ministry" },
        ],
    });

    let said = site
        .call("POST", "/v1/answers", Some(&body.to_string()))
        .await;

    assert_eq!(said.status, 200);
    let Some(Request::Answer {
        message,
        acts,
        note,
        check_only,
        ..
    }) = site.asked.recv().await
    else {
        panic!("not an answer");
    };
    assert_eq!((message.serial, note.as_str()), (412, "Принято."));
    assert!(!check_only);
    let refuse = NewAct::Refuse {
        ask: 1,
        reason: None,
    };
    assert_eq!((acts.len(), &acts[0]), (2, &refuse));
}

#[tokio::test]
async fn act_with_a_field_that_is_not_its_own_is_refused() {
    let site = site();
    for act in [
        json!({ "act": "decline", "ask": 1, "reason": "no" }),
        json!({ "act": "noted", "ask": 1 }),
        json!({ "act": "commit", "ask": 1 }),
        json!({ "ask": 1 }),
        json!({ "act": "verified", "ask": 256 }),
    ] {
        let body = json!({ "to": "SUD-0412", "acts": [act] }).to_string();
        let said = site.call("POST", "/v1/answers", Some(&body)).await;
        assert_eq!(said.status, 400, "{body}");
    }
}

#[tokio::test]
async fn board_takes_a_peer_and_the_table_takes_nothing() {
    let mut site = site();
    for (path, expected) in [
        (
            "/v1/asks?peer=SUD",
            Request::Asks {
                peer: Some("SUD".to_owned()),
            },
        ),
        ("/v1/asks", Request::Asks { peer: None }),
        ("/v1/asks/table", Request::AskTable),
    ] {
        assert_eq!(site.call("GET", path, None).await.status, 200, "{path}");
        assert_eq!(site.asked.recv().await, Some(expected));
    }
    let said = site.call("GET", "/v1/asks/table?peer=SUD", None).await;
    assert_eq!(said.status, 400);
}
