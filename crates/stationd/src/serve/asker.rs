//! Who calls: with an officer's signature in a header, or without.
//!
//! Whether a call needs one is the hub's to judge.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use redphone_api::{Refusal, Request, Response, SignedBy};

use super::App;
use super::answer::Refused;

/// A caller, and what the handlers share.
pub(super) struct Asker {
    pub(super) app: App,
    by: Option<SignedBy>,
}

impl Asker {
    /// Asks the hub, with the signature that the call brought.
    pub(super) async fn request(&self, request: Request) -> Result<Response, Refusal> {
        let request = match &self.by {
            None => request,
            Some(by) => Request::Signed {
                order: Box::new(request),
                by: by.clone(),
            },
        };
        self.app.hub.request(request).await
    }
}

impl FromRequestParts<App> for Asker {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refused> {
        let by = match parts.headers.get(SignedBy::HEADER) {
            None => None,
            Some(value) => {
                let read = value.to_str().ok().and_then(SignedBy::from_header);
                Some(read.ok_or_else(|| {
                    let what = format!("The header {} is not understood.", SignedBy::HEADER);
                    Refused::usage(StatusCode::BAD_REQUEST, what)
                })?)
            }
        };
        Ok(Self {
            app: app.clone(),
            by,
        })
    }
}
