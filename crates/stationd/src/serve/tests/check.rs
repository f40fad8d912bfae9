//! The route of the check, and what a release is told to let stand, as a client meets them.

use redphone_api::Request;
use serde_json::json;

use super::site::site;

#[tokio::test]
async fn draft_reaches_the_hub_as_it_was_sent_and_unknown_fields_are_refused() {
    let mut site = site();
    let body = json!({ "to": "SUD", "precedence": "flash", "draft": "marker = \"WARNING\"" });
    let said = site
        .call("POST", "/v1/check", Some(&body.to_string()))
        .await;
    assert_eq!(said.status, 200);
    let Some(Request::Check {
        to,
        draft,
        form,
        text,
        ..
    }) = site.asked.recv().await
    else {
        panic!("not a check");
    };
    assert_eq!(to.as_deref(), Some("SUD"));
    assert_eq!(draft, "marker = \"WARNING\"");
    assert!(form.is_empty() && text.is_empty());

    for body in [
        json!({ "text": "One." }),
        json!({ "precedence": "flash", "form": "zz" }),
        json!({ "precedence": "flash", "waived": [] }),
    ] {
        let said = site
            .call("POST", "/v1/check", Some(&body.to_string()))
            .await;
        assert_eq!(said.status, 400, "{body}");
    }
}

#[tokio::test]
async fn release_that_lets_findings_stand_says_which_and_why() {
    let mut site = site();
    let body = json!({
        "precedence": "routine", "text": "Please call at 18:00.", "officer": "1st watch",
        "waived": ["V05"], "because": "agreed by voice",
    });
    site.call("POST", "/v1/messages", Some(&body.to_string()))
        .await;
    let Some(Request::SendAnyway { send, waived, .. }) = site.asked.recv().await else {
        panic!("findings do not stand");
    };
    assert!(matches!(*send, Request::Send { .. }));
    assert_eq!(waived, ["V05"]);
}
