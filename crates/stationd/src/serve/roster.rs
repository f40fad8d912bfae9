//! Routes about the alarm.

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
