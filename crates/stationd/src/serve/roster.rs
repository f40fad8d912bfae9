//! Routes about the alarm and the watch.

use axum::extract::{Path, Request};
use axum::http::Uri;
use redphone_api::{AlarmAct, Request as Asked};

use super::answer::{Answer, done};
use super::asker::Asker;
use super::bodies;
use super::body::{self, Captured};

pub(super) async fn alarm(asker: Asker, uri: Uri) -> Answer {
    body::no_query(&uri)?;
    done(&asker.request(Asked::Alarm).await?)
}

pub(super) async fn act_on_alarm(
    asker: Asker,
    act: Captured<AlarmAct>,
    request: Request,
) -> Answer {
    let act = match act {
        Ok(Path(act)) => act,
        Err(error) => return body::bad_path(&error),
    };
    let bodies::MaybeOfficer { officer } = body::read(request).await?;
    done(&asker.request(Asked::AlarmAct { act, officer }).await?)
}

pub(super) async fn watch(asker: Asker, uri: Uri) -> Answer {
    body::no_query(&uri)?;
    done(&asker.request(Asked::Watch).await?)
}

pub(super) async fn hand(asker: Asker, request: Request) -> Answer {
    let bodies::WatchHand { to, officer } = body::read(request).await?;
    done(&asker.request(Asked::WatchHand { to, officer }).await?)
}

pub(super) async fn take(asker: Asker, request: Request) -> Answer {
    let taken: bodies::WatchTake = body::read(request).await?;
    let asked = Asked::WatchTake {
        officer: taken.officer,
        next: taken.next,
        chief: taken.chief,
        ticks: taken.ticks,
        because: taken.because,
    };
    done(&asker.request(asked).await?)
}
