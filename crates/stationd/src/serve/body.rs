//! What a client sends: read within bounds of size and time, refused in a sentence.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Path, Query, Request};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{Method, StatusCode, Uri};
use redphone_api::MessageRef;
use serde::de::DeserializeOwned;

use super::BODY_BYTES_MAX;
use super::answer::Refused;

/// How long a client may take to send its body.
const BODY_WITHIN: Duration = Duration::from_secs(30);

/// Reads a JSON body with exactly the fields that a route takes. No body at all is `{}`.
pub(crate) async fn read<T: DeserializeOwned>(request: Request) -> Result<T, Refused> {
    no_query(request.uri())?;
    let length = request.headers().get(CONTENT_LENGTH);
    let declared = length.and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|bytes| bytes > BODY_BYTES_MAX) {
        return Err(too_long());
    }
    let is_json = request.headers().get(CONTENT_TYPE).is_some_and(|value| {
        let essence = value.as_bytes().split(|byte| *byte == b';').next();
        essence.is_some_and(|words| words.trim_ascii().eq_ignore_ascii_case(b"application/json"))
    });
    let body: Body = request.into_body();
    let bytes = match tokio::time::timeout(BODY_WITHIN, to_bytes(body, BODY_BYTES_MAX)).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(error)) => return Err(broken(&error)),
        Err(_) => {
            let seconds = BODY_WITHIN.as_secs();
            return Err(Refused::usage(
                StatusCode::REQUEST_TIMEOUT,
                format!("The body did not come within {seconds} s."),
            ));
        }
    };
    if bytes.is_empty() {
        return parse(b"{}");
    }
    if !is_json {
        return Err(Refused::usage(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "The body is not declared as application/json.",
        ));
    }
    parse(&bytes)
}

/// Reads a JSON object with exactly the fields of a type.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refused> {
    // Fields have names; a list of values in their order is not understood.
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return Err(Refused::usage(
            StatusCode::BAD_REQUEST,
            "The body is refused: it is not a JSON object.",
        ));
    }
    serde_json::from_slice(bytes).map_err(|error| {
        Refused::usage(
            StatusCode::BAD_REQUEST,
            format!("The body is refused: {error}."),
        )
    })
}

/// Reads the query of a route, with exactly the fields that it takes.
pub(crate) fn query<T: DeserializeOwned>(uri: &Uri) -> Result<T, Refused> {
    match Query::<T>::try_from_uri(uri) {
        Ok(Query(query)) => Ok(query),
        Err(error) => Err(Refused::usage(
            StatusCode::BAD_REQUEST,
            format!("The query is refused: {}.", error.body_text()),
        )),
    }
}

/// Refuses a query where a route takes none.
pub(crate) fn no_query(uri: &Uri) -> Result<(), Refused> {
    match uri.query() {
        None | Some("") => Ok(()),
        Some(_) => Err(Refused::usage(
            StatusCode::BAD_REQUEST,
            "This route takes no query.",
        )),
    }
}

/// The message that a path names.
pub(crate) fn message(name: &str) -> Result<MessageRef, Refused> {
    name.parse()
        .map_err(|what: String| Refused::usage(StatusCode::BAD_REQUEST, format!("{what}.")))
}

/// A path that does not decode.
pub(crate) fn bad_path<T>(error: &impl std::fmt::Display) -> Result<T, Refused> {
    Err(Refused::usage(
        StatusCode::BAD_REQUEST,
        format!("The path is refused: {error}."),
    ))
}

/// What a path captured.
pub(crate) type Captured<T> = Result<Path<T>, axum::extract::rejection::PathRejection>;

/// The answer for a path that is no route.
pub(crate) async fn no_route(uri: Uri) -> Refused {
    Refused::from(redphone_api::Refusal::operator(
        redphone_api::RefusalKind::NotFound,
        format!("There is no route {}.", uri.path()),
        "See /openapi.json for those that there are.",
    ))
}

/// The answer for a route that does not know a method.
pub(crate) async fn no_method(method: Method, uri: Uri) -> Refused {
    Refused::usage(
        StatusCode::METHOD_NOT_ALLOWED,
        format!("The route {} does not take {method}.", uri.path()),
    )
}

fn too_long() -> Refused {
    Refused::usage(
        StatusCode::PAYLOAD_TOO_LARGE,
        format!("The body has more than {BODY_BYTES_MAX} bytes."),
    )
}

fn broken(error: &axum::Error) -> Refused {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(inner) = cause {
        if inner.to_string().contains("length limit exceeded") {
            return too_long();
        }
        cause = inner.source();
    }
    Refused::usage(
        StatusCode::BAD_REQUEST,
        format!("The body broke off: {error}."),
    )
}
