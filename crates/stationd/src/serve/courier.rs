//! Routes of the courier: a bag is packed into a directory, or taken from one.
//!
//! The files are read and written off the event loop, so that slow media delay nobody.

use std::path::PathBuf;

use axum::extract::Request;
use axum::http::StatusCode;
use redphone_api::{CourierResult, Refusal, RefusalKind, Request as Asked};

use super::answer::{Answer, Refused, done};
use super::asker::Asker;
use super::bodies;
use super::body;
use crate::bag;
use crate::calls::Call;

pub(super) async fn export(asker: Asker, request: Request) -> Answer {
    let bodies::Bag { dir, bearer } = body::read(request).await?;
    let (dir, app) = (
        permitted(&asker, dir, bearer.clone(), true).await?,
        asker.app,
    );
    let out = app.hub.ask(|reply| Call::BagOut { bearer, reply }).await?;
    let named = || app.couriers.dir_of(Some(&out.bearer));
    let dir = dir.or_else(named).ok_or_else(no_dir)?;
    let frames = u32::try_from(out.frames.len()).unwrap_or(u32::MAX);
    let pack = move || bag::pack(&dir, &out.station, out.utc, &out.frames);
    let file = off_the_loop(pack).await?;
    done(&CourierResult {
        files: vec![file],
        frames,
        refused: 0,
        messages: 0,
        also_came: 0,
    })
}

pub(super) async fn import(asker: Asker, request: Request) -> Answer {
    let bodies::Bag { dir, bearer } = body::read(request).await?;
    let (dir, app) = (
        permitted(&asker, dir, bearer.clone(), false).await?,
        asker.app,
    );
    let dir = match dir {
        Some(dir) => dir,
        None => app.couriers.dir_of(bearer.as_deref()).ok_or_else(no_dir)?,
    };
    let hub = app.hub.clone();
    let unpack = move || bag::unpack(&dir, &hub, bearer.as_deref());
    let bag::Unpacked { files, taken } = off_the_loop(unpack).await?;
    done(&CourierResult {
        files,
        frames: taken.frames,
        refused: taken.refused,
        messages: taken.messages,
        also_came: taken.also_came,
    })
}

/// The directory, once the hub has said that the caller may.
async fn permitted(
    asker: &Asker,
    dir: Option<String>,
    bearer: Option<String>,
    pack: bool,
) -> Result<Option<PathBuf>, Refused> {
    let named = absolute(dir.clone().map(PathBuf::from))?;
    asker.request(Asked::Courier { dir, bearer, pack }).await?;
    Ok(named)
}

/// A station does not know where its client stands, so a directory is named in full.
fn absolute(dir: Option<PathBuf>) -> Result<Option<PathBuf>, Refused> {
    match dir {
        Some(dir) if !dir.is_absolute() => Err(Refused::usage(
            StatusCode::BAD_REQUEST,
            format!(
                "The directory {} is not named from the root.",
                dir.display()
            ),
        )),
        other => Ok(other),
    }
}

fn no_dir() -> Refusal {
    Refusal::operator(
        RefusalKind::Usage,
        "No directory is named, and the configuration has none for this bearer.",
        "Name the directory of the carried media.",
    )
}

async fn off_the_loop<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(_) => Err(crate::calls::stopping()),
    }
}
