//! Routes about messages: check, send, list, read, acknowledge, shown, attachments.

use axum::extract::{Path, Request};
use axum::http::header::{CONTENT_DISPOSITION, HeaderValue};
use axum::http::{StatusCode, Uri};
use redphone_api::Request as Asked;

use super::answer::{Answer, bytes_of, done};
use super::asker::Asker;
use super::bodies;
use super::body::{self, Captured};
use crate::calls::Call;

/// Characters of an attachment's name in a download.
const NAME_CHARS_MAX: usize = 100;

pub(super) async fn send(asker: Asker, request: Request) -> Answer {
    let sent: bodies::Send = body::read(request).await?;
    let asked = Asked::Send {
        to: sent.to,
        precedence: sent.precedence,
        text: sent.text,
        subject: sent.subject,
        officer: sent.officer,
        attachments: sent.attachments,
    };
    done(
        &asker
            .request(waiving(asked, sent.waived, sent.because))
            .await?,
    )
}

pub(super) async fn send_form(asker: Asker, request: Request) -> Answer {
    let sent: bodies::SendForm = body::read(request).await?;
    let asked = Asked::SendForm {
        to: sent.to,
        precedence: sent.precedence,
        form: sent.form,
        officer: sent.officer,
    };
    done(
        &asker
            .request(waiving(asked, sent.waived, sent.because))
            .await?,
    )
}

/// A release that lets findings stand, where it names some.
fn waiving(send: Asked, waived: Vec<String>, because: String) -> Asked {
    if waived.is_empty() {
        return send;
    }
    let send = Box::new(send);
    Asked::SendAnyway {
        send,
        waived,
        because,
    }
}

pub(super) async fn check(asker: Asker, request: Request) -> Answer {
    let asked: bodies::Check = body::read(request).await?;
    let asked = Asked::Check {
        to: asked.to,
        precedence: asked.precedence,
        draft: asked.draft,
        form: asked.form,
        text: asked.text,
        language: asked.language,
        answer: asked.answer,
    };
    done(&asker.request(asked).await?)
}

pub(super) async fn send_code(asker: Asker, request: Request) -> Answer {
    let sent: bodies::SendCode = body::read(request).await?;
    let asked = Asked::SendCode {
        to: sent.to,
        code: sent.code,
        blanks: sent.blanks,
        officer: sent.officer,
        check_only: sent.check_only,
    };
    done(&asker.request(asked).await?)
}

pub(super) async fn list(asker: Asker, uri: Uri) -> Answer {
    let bodies::List { tray, peer, limit } = body::query(&uri)?;
    done(&asker.request(Asked::List { tray, peer, limit }).await?)
}

pub(super) async fn threads(asker: Asker, uri: Uri) -> Answer {
    let bodies::Threads { of, peer, limit } = body::query(&uri)?;
    let of = of.as_deref().map(body::message).transpose()?;
    done(&asker.request(Asked::Threads { of, peer, limit }).await?)
}

pub(super) async fn read(asker: Asker, name: Captured<String>, uri: Uri) -> Answer {
    body::no_query(&uri)?;
    let message = named(name)?;
    done(&asker.request(Asked::Read { message }).await?)
}

pub(super) async fn acknowledge(asker: Asker, name: Captured<String>, request: Request) -> Answer {
    let message = named(name)?;
    let bodies::Officer { officer } = body::read(request).await?;
    done(
        &asker
            .request(Asked::Acknowledge { message, officer })
            .await?,
    )
}

pub(super) async fn release(asker: Asker, name: Captured<String>, request: Request) -> Answer {
    let message = named(name)?;
    let bodies::Officer { officer } = body::read(request).await?;
    let asked = Asked::ReleaseAgain { message, officer };
    done(&asker.request(asked).await?)
}

pub(super) async fn shown(asker: Asker, name: Captured<String>, request: Request) -> Answer {
    let message = named(name)?;
    let bodies::Nothing {} = body::read(request).await?;
    done(&asker.request(Asked::Shown { message }).await?)
}

pub(super) async fn attachment(asker: Asker, path: Captured<(String, u8)>, uri: Uri) -> Answer {
    body::no_query(&uri)?;
    let (name, index) = match path {
        Ok(Path(parts)) => parts,
        Err(error) => return body::bad_path(&error),
    };
    let message = body::message(&name)?;
    let asked = Asked::Attachment {
        message: message.clone(),
        index,
    };
    asker.request(asked).await?;
    let ask = |reply| Call::Attachment {
        message,
        index,
        reply,
    };
    let attachment = asker.app.hub.ask(ask).await?;
    let mut response = bytes_of(StatusCode::OK, "application/octet-stream", attachment.bytes);
    if let Ok(value) = HeaderValue::from_str(&disposition(&attachment.name)) {
        response.headers_mut().insert(CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

fn named(name: Captured<String>) -> Result<redphone_api::MessageRef, super::answer::Refused> {
    match name {
        Ok(Path(name)) => body::message(&name),
        Err(error) => body::bad_path(&error),
    }
}

/// A Content-Disposition (RFC 6266) that always saves, under a name that is no path, no hidden
/// file and no command: letters and digits of any script, and `.`, `-` and `_`.
fn disposition(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || "-_.".contains(c) {
                c
            } else {
                '_'
            }
        })
        .take(NAME_CHARS_MAX)
        .collect();
    let kept = kept.trim_start_matches('.');
    let kept = if kept.is_empty() { "attachment" } else { kept };
    let plain: String = kept
        .chars()
        .map(|c| if c.is_ascii() { c } else { '_' })
        .collect();
    let mut coded = String::new();
    for byte in kept.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            coded.push(char::from(byte));
        } else {
            coded.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{coded}")
}

#[cfg(test)]
mod tests {
    use super::disposition;

    #[test]
    fn name_of_an_attachment_is_no_path_and_no_header() {
        let plain = |name: &str| {
            let value = disposition(name);
            let rest = value.strip_prefix("attachment; filename=\"").unwrap();
            rest.split('"').next().unwrap().to_owned()
        };
        assert_eq!(plain("map.png"), "map.png");
        assert_eq!(plain("../../etc/passwd"), "passwd");
        assert_eq!(plain("C:\\autoexec.bat"), "autoexec.bat");
        assert_eq!(plain(".profile"), "profile");
        assert_eq!(plain(""), "attachment");
        assert_eq!(plain("a\"\r\nX-Evil: 1"), "a___X-Evil__1");
        assert_eq!(plain("\u{202e}gnp.exe"), "_gnp.exe");
        assert!(plain(&"x".repeat(10_000)).len() <= 100);
    }

    #[test]
    fn name_in_another_alphabet_is_kept() {
        let value = disposition("карта.png");
        assert!(value.starts_with("attachment; filename=\"_____.png\"; filename*=UTF-8''%D0%BA"));
    }
}
