//! Answers: JSON with the status that fits, and the headers that every answer has.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use axum::http::{Response as HttpResponse, StatusCode};
use axum::response::{IntoResponse, Response};
use redphone_api::{Actor, Refusal, RefusalKind};
use serde::Serialize;

/// What a handler returns: something to write as JSON, or a refusal.
pub(crate) type Answer = Result<Response, Refused>;

/// A refusal on its way out, with a status of its own where the kind does not fix it.
#[derive(Debug)]
pub(crate) struct Refused {
    status: StatusCode,
    refusal: Refusal,
}

impl Refused {
    /// A call that makes no sense.
    pub(crate) fn usage(status: StatusCode, what: impl Into<String>) -> Self {
        let to_do = "Correct the call; /openapi.json says what each route takes.";
        Self {
            status,
            refusal: Refusal::operator(RefusalKind::Usage, what, to_do),
        }
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self {
            status: status_of(refusal.kind),
            refusal,
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        json(self.status, &self.refusal)
    }
}

/// The status of a refusal.
pub(crate) fn status_of(kind: RefusalKind) -> StatusCode {
    match kind {
        RefusalKind::Clarity => StatusCode::UNPROCESSABLE_ENTITY,
        RefusalKind::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        RefusalKind::Usage => StatusCode::BAD_REQUEST,
        RefusalKind::NotFound => StatusCode::NOT_FOUND,
        RefusalKind::Policy => StatusCode::CONFLICT,
        RefusalKind::Verification => StatusCode::UNPROCESSABLE_ENTITY,
        RefusalKind::Stopped => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// The answer of a handler, as JSON.
pub(crate) fn done<T: Serialize>(answer: &T) -> Answer {
    Ok(json(StatusCode::OK, answer))
}

/// JSON with a status.
pub(crate) fn json<T: Serialize>(status: StatusCode, answer: &T) -> Response {
    match serde_json::to_vec(answer) {
        Ok(bytes) => bytes_of(status, "application/json", bytes),
        Err(error) => {
            let refusal = Refusal {
                kind: RefusalKind::Failed,
                actor: Actor::Administrator,
                what: format!("The answer cannot be written: {error}."),
                to_do: "Report this; it is a defect of the station.".to_owned(),
                findings: Vec::new(),
            };
            let words = refusal.to_string().into_bytes();
            bytes_of(StatusCode::INTERNAL_SERVER_ERROR, "text/plain", words)
        }
    }
}

/// Bytes with a status and a media type.
pub(crate) fn bytes_of(status: StatusCode, media_type: &'static str, bytes: Vec<u8>) -> Response {
    let mut response = HttpResponse::new(Body::from(bytes));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

/// Headers of every answer: nothing is stored, nothing is guessed.
pub(crate) async fn careful(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
