//! Routes about the station itself: status, bearers, subjects, order wire, tests, journal, cards,
//! tapes, pairings, words of the keys, holds, serials after a restore, desks.

use axum::extract::{Path, Request};
use axum::http::{StatusCode, Uri};
use redphone_api::{Request as Asked, Response};

use super::answer::{Answer, Refused, done};
use super::asker::Asker;
use super::bodies;
use super::body::{self, Captured};
use crate::calls::Call;

/// Bytes of a desk's own name.
const DESK_NAME_BYTES_MAX: usize = 64;

pub(super) async fn status(asker: Asker, uri: Uri) -> Answer {
    body::no_query(&uri)?;
    done(&Response::Status(Box::new(asker.app.status().await?)))
}

pub(super) async fn bearer(asker: Asker, name: Captured<String>, request: Request) -> Answer {
    let name = match name {
        Ok(Path(name)) => name,
        Err(error) => return body::bad_path(&error),
    };
    let bodies::Bearer { out, because } = body::read(request).await?;
    done(&asker.request(Asked::Bearer { name, out, because }).await?)
}

pub(super) async fn subject(asker: Asker, request: Request) -> Answer {
    let subject: bodies::Subject = body::read(request).await?;
    let asked = Asked::Subject {
        peer: subject.peer,
        subject: subject.subject,
        suspend: subject.suspend,
        because: subject.because,
        officer: subject.officer,
    };
    done(&asker.request(asked).await?)
}

pub(super) async fn order_wire(asker: Asker, request: Request) -> Answer {
    let bodies::OrderWire {
        peer,
        text,
        officer,
    } = body::read(request).await?;
    done(
        &asker
            .request(Asked::OrderWire {
                peer,
                text,
                officer,
            })
            .await?,
    )
}

pub(super) async fn order_wire_list(asker: Asker, uri: Uri) -> Answer {
    let bodies::OrderWireList { peer, limit } = body::query(&uri)?;
    done(&asker.request(Asked::OrderWireList { peer, limit }).await?)
}

pub(super) async fn test_now(asker: Asker, request: Request) -> Answer {
    let bodies::Peer { peer } = body::read(request).await?;
    done(&asker.request(Asked::TestNow { peer }).await?)
}

pub(super) async fn journal(asker: Asker, uri: Uri) -> Answer {
    let bodies::Journal { after, limit } = body::query(&uri)?;
    done(&asker.request(Asked::Journal { after, limit }).await?)
}

pub(super) async fn journal_verify(asker: Asker, request: Request) -> Answer {
    let bodies::Nothing {} = body::read(request).await?;
    done(&asker.request(Asked::JournalVerify).await?)
}

pub(super) async fn card(asker: Asker, uri: Uri) -> Answer {
    body::no_query(&uri)?;
    done(&asker.request(Asked::CardShow).await?)
}

pub(super) async fn card_import(asker: Asker, request: Request) -> Answer {
    let bodies::Card { card, words } = body::read(request).await?;
    done(&asker.request(Asked::CardImport { card, words }).await?)
}

pub(super) async fn tape_make(asker: Asker, request: Request) -> Answer {
    let bodies::Tape { peer, keys, first } = body::read(request).await?;
    let asked = Asked::TapeMake { peer, keys, first };
    done(&asker.request(asked).await?)
}

pub(super) async fn tape_install(asker: Asker, request: Request) -> Answer {
    let bodies::Reel { reel, for_pairing } = body::read(request).await?;
    let asked = Asked::TapeInstall { reel, for_pairing };
    done(&asker.request(asked).await?)
}

pub(super) async fn pair(asker: Asker, request: Request) -> Answer {
    let pair: bodies::Pair = body::read(request).await?;
    let asked = Asked::Pair {
        peer: pair.peer,
        with: pair.with,
        suites: pair.suites,
        letter: pair.letter,
        generation: pair.generation,
    };
    done(&asker.request(asked).await?)
}

pub(super) async fn lift_hold(asker: Asker, request: Request) -> Answer {
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
    done(&asker.request(asked).await?)
}

pub(super) async fn serials(asker: Asker, request: Request) -> Answer {
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
    done(&asker.request(asked).await?)
}

pub(super) async fn line_words(asker: Asker, uri: Uri) -> Answer {
    let bodies::Peer { peer } = body::query(&uri)?;
    done(&asker.request(Asked::LineWords { peer }).await?)
}

pub(super) async fn desk(asker: Asker, request: Request) -> Answer {
    let bodies::Desk { desk } = body::read(request).await?;
    if desk.is_empty() || desk.len() > DESK_NAME_BYTES_MAX {
        return Err(Refused::usage(
            StatusCode::BAD_REQUEST,
            format!("A desk's name has 1 to {DESK_NAME_BYTES_MAX} bytes."),
        ));
    }
    asker
        .app
        .hub
        .ask(|reply| Call::Desk { desk, reply })
        .await?;
    let said = "Counted as displaying for 15 s.".to_owned();
    done(&Response::Done { said })
}
