//! Routes about asks: the board, the table, an answer.

use axum::extract::Request;
use axum::http::Uri;
use redphone_api::Request as Asked;

use super::answer::{Answer, done};
use super::asker::Asker;
use super::bodies;
use super::body;

pub(super) async fn board(asker: Asker, uri: Uri) -> Answer {
    let bodies::Peer { peer } = body::query(&uri)?;
    done(&asker.request(Asked::Asks { peer }).await?)
}

pub(super) async fn table(asker: Asker, uri: Uri) -> Answer {
    body::no_query(&uri)?;
    done(&asker.request(Asked::AskTable).await?)
}

pub(super) async fn answer(asker: Asker, request: Request) -> Answer {
    let sent: bodies::Reply = body::read(request).await?;
    let asked = Asked::Answer {
        message: body::message(&sent.to)?,
        acts: sent.acts,
        note: sent.note,
        officer: sent.officer,
        check_only: sent.check_only,
    };
    done(&asker.request(asked).await?)
}
