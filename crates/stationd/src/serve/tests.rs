//! The border as a client meets it, over a real socket, with a hub that only writes down what it
//! was asked.

use std::time::Duration;

use redphone_api::{RefusalKind, Request, SignedBy};
use serde_json::json;
use tokio::io::AsyncWriteExt;

mod asks;
mod check;
mod listeners;
mod site;

use super::*;

use site::{filled, no, site};

#[tokio::test]
async fn message_reaches_the_hub_as_it_was_sent() {
    let mut site = site();
    let body = json!({
        "to": "SUD", "precedence": "flash", "text": "Это не учение.", "officer": "1st watch",
        "attachments": [{ "name": "map.png", "media_type": "image/png", "bytes": "00ff" }],
    });

    let said = site
        .call("POST", "/v1/messages", Some(&body.to_string()))
        .await;

    assert_eq!(
        (said.status, said.json()["said"].as_str()),
        (200, Some("So be it."))
    );
    let Some(Request::Send {
        text,
        attachments,
        subject,
        ..
    }) = site.asked.recv().await
    else {
        panic!("not sent");
    };
    assert_eq!((text.as_str(), subject.as_str()), ("Это не учение.", ""));
    assert_eq!(attachments[0].bytes, [0, 255]);
    assert!(said.head.contains("cache-control: no-store"));
    assert!(said.head.contains("x-content-type-options: nosniff"));
}

#[tokio::test]
async fn message_named_in_a_path_is_understood_in_every_form() {
    let mut site = site();
    for (path, from, to) in [
        ("/v1/messages/0007", None, None),
        ("/v1/messages/SUD-0007", Some("SUD"), None),
        ("/v1/messages/SUD%200007", Some("SUD"), None),
        ("/v1/messages/NORD-0007%3ESUD", Some("NORD"), Some("SUD")),
    ] {
        assert_eq!(site.call("GET", path, None).await.status, 200, "{path}");
        let Some(Request::Read { message }) = site.asked.recv().await else {
            panic!("{path}");
        };
        assert_eq!((message.from.as_deref(), message.to.as_deref()), (from, to));
        assert_eq!(message.serial, 7);
    }
}

#[tokio::test]
async fn signature_in_the_header_goes_with_the_request() {
    let mut site = site();
    let by = SignedBy {
        officer: "1-я вахта".to_owned(),
        role: "reader".to_owned(),
        proof: vec![0, 255],
    };
    let call = |value: &str| {
        let name = SignedBy::HEADER;
        let line = "GET /v1/messages/SUD-0007 HTTP/1.1\r\nHost: s\r\nConnection: close";
        format!("{line}\r\n{name}: {value}\r\n\r\n")
    };
    assert_eq!(site.raw(call(&by.to_header()).as_bytes()).await.status, 200);
    let Some(Request::Signed { order, by: heard }) = site.asked.recv().await else {
        panic!("the signature was lost");
    };
    assert!(matches!(*order, Request::Read { .. }));
    assert_eq!(heard, by);
    for wrong in ["", "reader", "reader zz 00", "reader 31 00 00"] {
        assert_eq!(
            site.raw(call(wrong).as_bytes()).await.status,
            400,
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn every_posting_route_refuses_what_is_not_its_json() {
    let site = site();
    let posts = table().into_iter().filter(|(method, ..)| *method == "POST");
    for (_, path, _) in posts {
        let path = filled(path);
        for (body, status) in [
            ("{", 400),
            ("[]", 400),
            ("\"flash\"", 400),
            ("{\"no-such-field\": 1}", 400),
            (
                "{\"officer\": 7, \"peer\": [], \"desk\": {}, \"dir\": 1}",
                400,
            ),
            ("{}{}", 400),
            ("\u{feff}{}", 400),
        ] {
            let said = site.call("POST", &path, Some(body)).await;
            assert_eq!(said.status, status, "{path} {body}");
            let refusal = said.refusal();
            assert_eq!(refusal.kind, RefusalKind::Usage, "{path} {body}");
            assert!(
                refusal.what.starts_with("The body is refused: "),
                "{}",
                refusal.what
            );
            assert!(refusal.to_do.contains("/openapi.json"));
        }
        let deep = "[".repeat(100_000);
        assert_eq!(
            site.call("POST", &path, Some(&deep)).await.status,
            400,
            "{path}"
        );
        let plain = format!(
            "POST {path} HTTP/1.1\r\nHost: s\r\nConnection: close\r\nContent-Type: text/plain\r\n\
             Content-Length: 2\r\n\r\n{{}}"
        );
        assert_eq!(site.raw(plain.as_bytes()).await.status, 415, "{path}");
        let query = site.call("POST", &format!("{path}?a=1"), Some("{}")).await;
        assert_eq!(query.status, 400, "{path}");
    }
}

#[tokio::test]
async fn every_getting_route_refuses_a_query_that_is_not_its_own() {
    let site = site();
    for (method, path, _) in table() {
        if method != "GET" {
            continue;
        }
        let said = site
            .call("GET", &format!("{}?no-such=1", filled(path)), None)
            .await;
        assert_eq!(said.status, 400, "{path}");
        assert_eq!(said.refusal().kind, RefusalKind::Usage, "{path}");
    }
    for path in [
        "/v1/messages",
        "/v1/messages?tray=side",
        "/v1/messages?tray=in&limit=-1",
        "/v1/messages?tray=in&limit=99999999999",
        "/v1/journal?after=x",
        "/v1/order-wire?limit=ten",
    ] {
        let refusal = site.call("GET", path, None).await.refusal();
        assert!(
            refusal.what.starts_with("The query is refused: "),
            "{}",
            refusal.what
        );
    }
}

#[tokio::test]
async fn every_route_refuses_the_other_methods_and_paths_that_are_none() {
    let site = site();
    for (_, path, _) in table() {
        let path = filled(path);
        let others = ["DELETE", "PUT", "PATCH"];
        let taken = |other: &str| {
            let mut routes = table().into_iter();
            routes.any(|(method, route, _)| method == other && filled(route) == path)
        };
        for other in others.into_iter().filter(|other| !taken(other)) {
            let said = site.call(other, &path, None).await;
            assert_eq!(said.status, 405, "{other} {path}");
            assert_eq!(said.refusal().kind, RefusalKind::Usage);
        }
    }
    for path in [
        "/",
        "/v1",
        "/v2/status",
        "/v1/messages/",
        "/v1/status/",
        "//v1/status",
    ] {
        let said = site.call("GET", path, None).await;
        assert_eq!(
            (said.status, said.refusal().kind),
            (404, RefusalKind::NotFound),
            "{path}"
        );
    }
}

#[tokio::test]
async fn names_that_are_none_are_refused() {
    let site = site();
    for path in [
        "/v1/messages/SUD",
        "/v1/messages/99999999999",
        "/v1/messages/%FF",
        "/v1/messages/0412/attachments/256",
        "/v1/messages/0412/attachments/-1",
        "/v1/messages/0412/attachments/x",
    ] {
        let said = site.call("GET", path, None).await;
        assert_eq!(
            (said.status, said.refusal().kind),
            (400, RefusalKind::Usage),
            "{path}"
        );
    }
}

#[tokio::test]
async fn body_that_is_too_long_is_refused_before_it_is_read() {
    let site = site();
    let head = format!(
        "POST /v1/messages HTTP/1.1\r\nHost: s\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        BODY_BYTES_MAX + 1
    );
    let said = site.raw(head.as_bytes()).await;
    assert_eq!(said.status, 413);
    assert!(said.refusal().what.contains("more than 41943040 bytes"));
}

#[tokio::test]
async fn bytes_that_are_no_http_end_the_connection_and_no_other() {
    let site = site();
    for bytes in [
        b"\x16\x03\x01\x02\x00".as_slice(),
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /v1/tests HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"\0\0\0\0\r\n\r\n",
    ] {
        let said = site.raw(bytes).await;
        assert!(
            said.status == 400 || said.status == 0,
            "{bytes:?}: {}",
            said.status
        );
    }
    assert_eq!(site.call("GET", "/v1/card", None).await.status, 200);
}

#[tokio::test]
async fn slow_client_holds_up_nobody() {
    let site = site();
    let mut slow = site.connect().await;
    slow.write_all(b"POST /v1/messages HTTP/1.1\r\nContent-Length: 5")
        .await
        .unwrap();
    let quick = site.call("GET", "/v1/card", None);
    let quick = tokio::time::timeout(Duration::from_secs(5), quick)
        .await
        .unwrap();
    assert_eq!(quick.status, 200);
}

#[tokio::test]
async fn refusal_of_the_hub_keeps_its_words_and_sets_the_status() {
    let site = site();
    let said = site.call("GET", "/v1/line-words", None).await;
    assert_eq!((said.status, said.refusal()), (409, no()));
}

#[tokio::test]
async fn attachment_is_bytes_to_be_saved_under_a_safe_name() {
    let site = site();
    let said = site
        .call("GET", "/v1/messages/SUD-0412/attachments/0", None)
        .await;
    assert_eq!(
        (said.status, said.body.as_slice()),
        (200, [0, 255, 10].as_slice())
    );
    assert!(said.head.contains("content-type: application/octet-stream"));
    assert!(
        said.head
            .contains("content-disposition: attachment; filename=\"map.png\"")
    );
}

#[tokio::test]
async fn courier_directory_is_named_from_the_root() {
    let site = site();
    for route in ["/v1/courier/export", "/v1/courier/import"] {
        let said = site.call("POST", route, Some("{\"dir\": \"bag\"}")).await;
        assert_eq!(said.status, 400);
        assert!(said.refusal().what.contains("not named from the root"));
    }
    let none = site.call("POST", "/v1/courier/import", Some("{}")).await;
    assert!(none.refusal().what.starts_with("No directory is named"));
}

#[tokio::test]
async fn desk_without_a_name_does_not_count() {
    let site = site();
    let said = site
        .call("POST", "/v1/desk", Some("{\"desk\": \"SUD-1\"}"))
        .await;
    assert_eq!(said.status, 200);
    let said = site
        .call("POST", "/v1/desk", Some("{\"desk\": \"\"}"))
        .await;
    assert_eq!(said.status, 400);
}

#[tokio::test]
async fn station_that_refuses_is_alive_and_not_ready() {
    let site = site();
    assert_eq!(site.call("GET", "/readyz", None).await.status, 200);
    let refusal = crate::faults::refusing("The disk is full.");
    site.health.send_replace(Health::Refusing(refusal.clone()));
    let said = site.call("GET", "/readyz", None).await;
    assert_eq!((said.status, said.refusal()), (503, refusal));
    assert_eq!(site.call("GET", "/healthz", None).await.status, 200);
    let figures = site.call("GET", "/metrics", None).await;
    assert!(figures.head.contains("application/openmetrics-text"));
    assert!(String::from_utf8_lossy(&figures.body).contains("redphone_accepting 0"));
}

#[tokio::test]
async fn clock_that_jumped_ahead_does_not_make_the_station_seem_hung() {
    let site = site();
    // The beat carries the wall clock as it was before the jump.
    site.events.beat(0);
    assert_eq!(site.call("GET", "/healthz", None).await.status, 200);
}

#[cfg(feature = "planted-bugs")]
#[tokio::test]
async fn planted_age_of_the_heartbeat_by_the_wall_clock_is_noticed() {
    use crate::planted::{Bug, plant};
    let site = site();
    site.events.beat(0);
    plant(Some(Bug::HealthByWallClock));
    let said = site.call("GET", "/healthz", None).await;
    plant(None);
    assert_eq!(said.status, 503);
}

#[tokio::test]
async fn contract_is_handed_out() {
    let site = site();
    let said = site.call("GET", "/openapi.json", None).await;
    assert_eq!(said.json()["openapi"], "3.1.0");
}
