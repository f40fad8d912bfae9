//! The table of routes, from which the router is made; `openapi.json` is tested against it.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::map_response;
use axum::routing::{MethodRouter, get, post, put};

use super::{
    App, answer, asks, body, books, courier, drafts, feed, health, messages, roster, station,
};

/// One route: method, path, handler.
pub(crate) type Route = (&'static str, &'static str, MethodRouter<App>);

/// Every route of the border.
pub(crate) fn table() -> Vec<Route> {
    let mut routes = vec![
        ("POST", "/v1/messages", post(messages::send)),
        ("POST", "/v1/codes", post(messages::send_code)),
        ("POST", "/v1/forms", post(messages::send_form)),
        ("POST", "/v1/check", post(messages::check)),
        ("GET", "/v1/messages", get(messages::list)),
        ("GET", "/v1/messages/{name}", get(messages::read)),
        (
            "POST",
            "/v1/messages/{name}/acknowledge",
            post(messages::acknowledge),
        ),
        (
            "POST",
            "/v1/messages/{name}/release",
            post(messages::release),
        ),
        ("POST", "/v1/messages/{name}/shown", post(messages::shown)),
        (
            "GET",
            "/v1/messages/{name}/attachments/{index}",
            get(messages::attachment),
        ),
        ("GET", "/v1/asks", get(asks::board)),
        ("GET", "/v1/asks/table", get(asks::table)),
        ("POST", "/v1/answers", post(asks::answer)),
        ("GET", "/v1/threads", get(messages::threads)),
        ("GET", "/v1/books", get(books::list)),
        ("POST", "/v1/books", post(books::say)),
        ("GET", "/v1/books/{what}", get(books::read)),
        ("POST", "/v1/drafts", post(drafts::hold)),
        ("GET", "/v1/drafts", get(drafts::list)),
        ("GET", "/v1/drafts/{number}", get(drafts::read)),
        ("PUT", "/v1/drafts/{number}", put(drafts::edit)),
        ("POST", "/v1/drafts/{number}/{act}", post(drafts::act)),
        ("GET", "/v1/officers", get(drafts::roll)),
        ("POST", "/v1/officers", post(drafts::enrol)),
        ("POST", "/v1/officers/{name}/revoke", post(drafts::revoke)),
        ("POST", "/v1/officers/{name}/roles", post(drafts::roles)),
        ("GET", "/v1/status", get(station::status)),
        ("POST", "/v1/bearers/{name}", post(station::bearer)),
        ("POST", "/v1/subjects", post(station::subject)),
        ("POST", "/v1/order-wire", post(station::order_wire)),
        ("GET", "/v1/order-wire", get(station::order_wire_list)),
        ("POST", "/v1/tests", post(station::test_now)),
        ("GET", "/v1/journal", get(station::journal)),
        ("POST", "/v1/journal/verify", post(station::journal_verify)),
        ("GET", "/v1/card", get(station::card)),
        ("POST", "/v1/cards", post(station::card_import)),
        ("POST", "/v1/tapes", post(station::tape_make)),
        ("POST", "/v1/tapes/install", post(station::tape_install)),
        ("POST", "/v1/pairings", post(station::pair)),
        ("GET", "/v1/line-words", get(station::line_words)),
        ("POST", "/v1/holds/lift", post(station::lift_hold)),
        ("POST", "/v1/serials", post(station::serials)),
        ("POST", "/v1/courier/export", post(courier::export)),
        ("POST", "/v1/courier/import", post(courier::import)),
        ("POST", "/v1/desk", post(station::desk)),
        ("GET", "/v1/events", get(feed::events)),
        ("GET", "/openapi.json", get(health::contract)),
        ("GET", "/healthz", get(health::healthz)),
        ("GET", "/readyz", get(health::readyz)),
        ("GET", "/metrics", get(health::metrics)),
    ];
    routes.extend(of_the_watch());
    routes
}

/// The routes of the watch and its alarm.
fn of_the_watch() -> Vec<Route> {
    vec![
        ("GET", "/v1/watch", get(roster::watch)),
        ("POST", "/v1/watch/hand", post(roster::hand)),
        ("POST", "/v1/watch/take", post(roster::take)),
        ("GET", "/v1/alarm", get(roster::alarm)),
        ("POST", "/v1/alarm/{deed}", post(roster::act_on_alarm)),
    ]
}

/// The router of a station.
pub(crate) fn router(app: App) -> Router {
    table()
        .into_iter()
        .fold(Router::new(), |router, (_, path, handler)| {
            router.route(path, handler)
        })
        .fallback(body::no_route)
        .method_not_allowed_fallback(body::no_method)
        // Bodies have the border's own bound, with its own sentence.
        .layer(DefaultBodyLimit::disable())
        .layer(map_response(answer::careful))
        .with_state(app)
}
