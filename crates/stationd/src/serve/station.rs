//! Routes about the station itself: status, bearers, subjects, order wire, tests, journal, cards,
//! tapes, pairings, words of the keys, holds, serials after a restore, desks.

use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, Uri};
use redphone_api::{Request as Asked, Response};

use super::App;
use super::answer::{Answer, Refused, done};
use super::bodies;
use super::body::{self, Captured};
use crate::calls::Call;

/// Bytes of a desk's own name.
const DESK_NAME_BYTES_MAX: usize = 64;

pub(super) async fn status(State(app): State<App>, uri: Uri) -> Answer {
    body::no_query(&uri)?;
    done(&Response::Status(Box::new(app.status().await?)))
}

pub(super) async fn bearer(
    State(app): State<App>,
    name: Captured<String>,
    request: Request,
) -> Answer {
    let name = match name {
        Ok(Path(name)) => name,
        Err(error) => return body::bad_path(&error),
    };
    let bodies::Bearer { out, because } = body::read(request).await?;
    done(
        &app.hub
            .request(Asked::Bearer { name, out, because })
            .await?,
    )
}

pub(super) async fn subject(State(app): State<App>, request: Request) -> Answer {
    let subject: bodies::Subject = body::read(request).await?;
    let asked = Asked::Subject {
        peer: subject.peer,
        subject: subject.subject,
        suspend: subject.suspend,
        because: subject.because,
        officer: subject.officer,
    };
    done(&app.hub.request(asked).await?)
}

pub(super) async fn order_wire(State(app): State<App>, request: Request) -> Answer {
    let bodies::OrderWire {
        peer,
        text,
        officer,
    } = body::read(request).await?;
    done(
        &app.hub
            .request(Asked::OrderWire {
                peer,
                text,
                officer,
            })
            .await?,
    )
}

pub(super) async fn order_wire_list(State(app): State<App>, uri: Uri) -> Answer {
    let bodies::OrderWireList { peer, limit } = body::query(&uri)?;
    done(
        &app.hub
            .request(Asked::OrderWireList { peer, limit })
            .await?,
    )
}

pub(super) async fn test_now(State(app): State<App>, request: Request) -> Answer {
    let bodies::Peer { peer } = body::read(request).await?;
    done(&app.hub.request(Asked::TestNow { peer }).await?)
}

pub(super) async fn journal(State(app): State<App>, uri: Uri) -> Answer {
    let bodies::Journal { after, limit } = body::query(&uri)?;
    done(&app.hub.request(Asked::Journal { after, limit }).await?)
}

pub(super) async fn journal_verify(State(app): State<App>, request: Request) -> Answer {
    let bodies::Nothing {} = body::read(request).await?;
    done(&app.hub.request(Asked::JournalVerify).await?)
}

pub(super) async fn card(State(app): State<App>, uri: Uri) -> Answer {
    body::no_query(&uri)?;
    done(&app.hub.request(Asked::CardShow).await?)
}

pub(super) async fn card_import(State(app): State<App>, request: Request) -> Answer {
    let bodies::Card { card, words } = body::read(request).await?;
    done(&app.hub.request(Asked::CardImport { card, words }).await?)
}

pub(super) async fn tape_make(State(app): State<App>, request: Request) -> Answer {
    let bodies::Tape { peer, keys, first } = body::read(request).await?;
    let asked = Asked::TapeMake { peer, keys, first };
    done(&app.hub.request(asked).await?)
}

pub(super) async fn tape_install(State(app): State<App>, request: Request) -> Answer {
    let bodies::Reel { reel, for_pairing } = body::read(request).await?;
    let asked = Asked::TapeInstall { reel, for_pairing };
    done(&app.hub.request(asked).await?)
}

pub(super) async fn pair(State(app): State<App>, request: Request) -> Answer {
    let pair: bodies::Pair = body::read(request).await?;
    let asked = Asked::Pair {
        peer: pair.peer,
        with: pair.with,
        suites: pair.suites,
        letter: pair.letter,
        generation: pair.generation,
    };
    done(&app.hub.request(asked).await?)
}

pub(super) async fn lift_hold(State(app): State<App>, request: Request) -> Answer {
    let bodies::LiftHold {
        peer,
        because,
        officer,
    } = body::read(request).await?;
    let asked = Asked::LiftHold {
        peer,
        because,
        officer,
    };
    done(&app.hub.request(asked).await?)
}

pub(super) async fn serials(State(app): State<App>, request: Request) -> Answer {
    let bodies::Serials {
        peer,
        highest,
        officer,
    } = body::read(request).await?;
    let asked = Asked::Serials {
        peer,
        highest,
        officer,
    };
    done(&app.hub.request(asked).await?)
}

pub(super) async fn line_words(State(app): State<App>, uri: Uri) -> Answer {
    let bodies::Peer { peer } = body::query(&uri)?;
    done(&app.hub.request(Asked::LineWords { peer }).await?)
}

pub(super) async fn desk(State(app): State<App>, request: Request) -> Answer {
    let bodies::Desk { desk } = body::read(request).await?;
    if desk.is_empty() || desk.len() > DESK_NAME_BYTES_MAX {
        return Err(Refused::usage(
            StatusCode::BAD_REQUEST,
            format!("A desk's name has 1 to {DESK_NAME_BYTES_MAX} bytes."),
        ));
    }
    app.hub.ask(|reply| Call::Desk { desk, reply }).await?;
    let said = "Counted as displaying for 15 s.".to_owned();
    done(&Response::Done { said })
}
