//! Routes about asks: the board, the table, an answer.

use axum::extract::{Request, State};
use axum::http::Uri;
use redphone_api::Request as Asked;

use super::App;
use super::answer::{Answer, done};
use super::bodies;
use super::body;

pub(super) async fn board(State(app): State<App>, uri: Uri) -> Answer {
    let bodies::Peer { peer } = body::query(&uri)?;
    done(&app.hub.request(Asked::Asks { peer }).await?)
}

pub(super) async fn table(State(app): State<App>, uri: Uri) -> Answer {
    body::no_query(&uri)?;
    done(&app.hub.request(Asked::AskTable).await?)
}

pub(super) async fn answer(State(app): State<App>, request: Request) -> Answer {
    let sent: bodies::Reply = body::read(request).await?;
    let asked = Asked::Answer {
        message: body::message(&sent.to)?,
        acts: sent.acts,
        note: sent.note,
        officer: sent.officer,
        check_only: sent.check_only,
    };
    done(&app.hub.request(asked).await?)
}
