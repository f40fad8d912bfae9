//! Routes about lexicons and code books: the list, one of them, what is said of one.

use axum::extract::{Path, Request, State};
use axum::http::Uri;
use redphone_api::{BookKind, Request as Asked};

use super::App;
use super::answer::{Answer, done};
use super::bodies;
use super::body::{self, Captured};

pub(super) async fn list(State(app): State<App>, uri: Uri) -> Answer {
    let bodies::Peer { peer } = body::query(&uri)?;
    done(&app.hub.request(Asked::Books { peer }).await?)
}

pub(super) async fn read(State(app): State<App>, what: Captured<BookKind>, uri: Uri) -> Answer {
    let Path(what) = match what {
        Ok(what) => what,
        Err(error) => return body::bad_path(&error),
    };
    let bodies::WhichBook { peer, name } = body::query(&uri)?;
    let asked = Asked::BookRead { peer, what, name };
    done(&app.hub.request(asked).await?)
}

pub(super) async fn say(State(app): State<App>, request: Request) -> Answer {
    let said: bodies::Agree = body::read(request).await?;
    let asked = Asked::Agree {
        to: said.to,
        what: said.what,
        act: said.act,
        name: said.name,
        file: said.file,
        because: said.because,
        officer: said.officer,
        check_only: said.check_only,
    };
    done(&app.hub.request(asked).await?)
}
