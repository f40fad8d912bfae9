//! Routes about drafts and officers: hold, edit, review, release, stop; the roll.

use axum::extract::{Path, Request};
use axum::http::{StatusCode, Uri};
use redphone_api::{DraftAct, Request as Asked};

use super::answer::{Answer, Refused, done};
use super::asker::Asker;
use super::bodies;
use super::body::{self, Captured};

pub(super) async fn hold(asker: Asker, request: Request) -> Answer {
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
    done(&asker.request(asked).await?)
}

pub(super) async fn list(asker: Asker, uri: Uri) -> Answer {
    body::no_query(&uri)?;
    done(&asker.request(Asked::DraftList).await?)
}

pub(super) async fn read(asker: Asker, number: Captured<u32>, uri: Uri) -> Answer {
    let number = captured(number)?;
    let bodies::DraftOf { officer } = body::query(&uri)?;
    let asked = Asked::DraftRead { number, officer };
    done(&asker.request(asked).await?)
}

pub(super) async fn edit(asker: Asker, number: Captured<u32>, request: Request) -> Answer {
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
    done(&asker.request(asked).await?)
}

pub(super) async fn act(asker: Asker, path: Captured<(u32, String)>, request: Request) -> Answer {
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
    done(&asker.request(asked).await?)
}

pub(super) async fn roll(asker: Asker, uri: Uri) -> Answer {
    body::no_query(&uri)?;
    done(&asker.request(Asked::Officers).await?)
}

pub(super) async fn enrol(asker: Asker, request: Request) -> Answer {
    let bodies::Enrol { card, roles, by } = body::read(request).await?;
    let asked = Asked::OfficerEnrol { card, roles, by };
    done(&asker.request(asked).await?)
}

pub(super) async fn revoke(asker: Asker, name: Captured<String>, request: Request) -> Answer {
    let name = captured(name)?;
    let bodies::Revoke { because, by } = body::read(request).await?;
    let asked = Asked::OfficerRevoke { name, because, by };
    done(&asker.request(asked).await?)
}

pub(super) async fn roles(asker: Asker, name: Captured<String>, request: Request) -> Answer {
    let name = captured(name)?;
    let bodies::Roles { roles, by } = body::read(request).await?;
    let asked = Asked::OfficerRoles { name, roles, by };
    done(&asker.request(asked).await?)
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
