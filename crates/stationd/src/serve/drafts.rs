//! Routes about drafts and officers: hold, edit, review, release, stop; the roll.

use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, Uri};
use redphone_api::{DraftAct, Request as Asked};

use super::App;
use super::answer::{Answer, Refused, done};
use super::bodies;
use super::body::{self, Captured};

pub(super) async fn hold(State(app): State<App>, request: Request) -> Answer {
    let bodies::HoldDraft {
        draft,
        attachments,
        by,
    } = body::read(request).await?;
    let asked = Asked::DraftHold {
        draft,
        attachments,
        by,
    };
    done(&app.hub.request(asked).await?)
}

pub(super) async fn list(State(app): State<App>, uri: Uri) -> Answer {
    body::no_query(&uri)?;
    done(&app.hub.request(Asked::DraftList).await?)
}

pub(super) async fn read(State(app): State<App>, number: Captured<u32>, uri: Uri) -> Answer {
    let number = captured(number)?;
    let bodies::DraftOf { officer } = body::query(&uri)?;
    let asked = Asked::DraftRead { number, officer };
    done(&app.hub.request(asked).await?)
}

pub(super) async fn edit(
    State(app): State<App>,
    number: Captured<u32>,
    request: Request,
) -> Answer {
    let number = captured(number)?;
    let bodies::EditDraft {
        revision,
        draft,
        by,
    } = body::read(request).await?;
    let asked = Asked::DraftEdit {
        number,
        revision,
        draft,
        by,
    };
    done(&app.hub.request(asked).await?)
}

pub(super) async fn act(
    State(app): State<App>,
    path: Captured<(u32, String)>,
    request: Request,
) -> Answer {
    let (number, word) = captured(path)?;
    let act = act_of(&word)?;
    let bodies::ActOnDraft {
        revision,
        rule,
        because,
        by,
    } = body::read(request).await?;
    let asked = Asked::DraftAct {
        number,
        revision,
        act,
        rule,
        because,
        by,
    };
    done(&app.hub.request(asked).await?)
}

pub(super) async fn roll(State(app): State<App>, uri: Uri) -> Answer {
    body::no_query(&uri)?;
    done(&app.hub.request(Asked::Officers).await?)
}

pub(super) async fn enrol(State(app): State<App>, request: Request) -> Answer {
    let bodies::Enrol { card, roles, by } = body::read(request).await?;
    let asked = Asked::OfficerEnrol { card, roles, by };
    done(&app.hub.request(asked).await?)
}

pub(super) async fn revoke(
    State(app): State<App>,
    name: Captured<String>,
    request: Request,
) -> Answer {
    let name = captured(name)?;
    let bodies::Revoke { because, by } = body::read(request).await?;
    let asked = Asked::OfficerRevoke { name, because, by };
    done(&app.hub.request(asked).await?)
}

pub(super) async fn roles(
    State(app): State<App>,
    name: Captured<String>,
    request: Request,
) -> Answer {
    let name = captured(name)?;
    let bodies::Roles { roles, by } = body::read(request).await?;
    let asked = Asked::OfficerRoles { name, roles, by };
    done(&app.hub.request(asked).await?)
}

fn captured<T>(path: Captured<T>) -> Result<T, Refused> {
    match path {
        Ok(Path(parts)) => Ok(parts),
        Err(error) => body::bad_path(&error),
    }
}

/// The act that a path names.
fn act_of(word: &str) -> Result<DraftAct, Refused> {
    Ok(match word {
        "kill" => DraftAct::Kill,
        "recall" => DraftAct::Recall,
        "release" => DraftAct::Release,
        "review" => DraftAct::Review,
        "send-back" => DraftAct::SendBack,
        "waive" => DraftAct::Waive,
        _ => {
            let what = format!("'{word}' is nothing that is done to a draft.");
            return Err(Refused::usage(StatusCode::NOT_FOUND, what));
        }
    })
}
