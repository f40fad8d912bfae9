//! The client of the operator's border: one request a connection, over the station's socket.
//!
//! Owns the way from a [`Request`] to an HTTP call and from the answer to a [`Response`] or a
//! [`Refusal`]. Decides nothing; prints nothing.

mod draft_route;
mod events;
mod http;
mod route;

pub(crate) use events::{Events, Next};

use std::io::{self, ErrorKind};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

use redphone_api::{Refusal, RefusalKind, Request, Response, SignedBy, Status};
use serde_json::Value;

use http::{Answer, Call};

/// How long the station may take to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);

/// A station's socket.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    socket: PathBuf,
}

impl Client {
    /// The client of a socket. Nothing is opened yet.
    pub(crate) fn new(socket: PathBuf) -> Self {
        Self { socket }
    }

    /// True when a station listens.
    pub(crate) fn is_answered(&self) -> bool {
        UnixStream::connect(&self.socket).is_ok()
    }

    /// Asks the station.
    ///
    /// # Errors
    ///
    /// The station's refusal; or that no station answers.
    pub(crate) fn ask(&self, request: &Request) -> Result<Response, Refusal> {
        parse(&self.ask_bytes(request)?)
    }

    /// All lines, bearers, keys.
    ///
    /// # Errors
    ///
    /// As [`Self::ask`].
    pub(crate) fn status(&self) -> Result<Status, Refusal> {
        let Response::Status(status) = self.ask(&Request::Status)? else {
            return Err(unexpected());
        };
        Ok(*status)
    }

    /// A call whose answer has a shape of its own.
    ///
    /// # Errors
    ///
    /// As [`Self::ask`].
    pub(crate) fn shaped<T: serde::de::DeserializeOwned>(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Result<T, Refusal> {
        parse(&self.call(method, path, body, None)?)
    }

    /// As [`Self::ask`], where the answer has a shape of its own.
    ///
    /// # Errors
    ///
    /// As [`Self::ask`].
    pub(crate) fn ask_shaped<T: serde::de::DeserializeOwned>(
        &self,
        request: &Request,
    ) -> Result<T, Refusal> {
        parse(&self.ask_bytes(request)?)
    }

    /// The bytes of an answer that is no JSON.
    ///
    /// # Errors
    ///
    /// As [`Self::ask`].
    pub(crate) fn bytes(&self, path: &str) -> Result<Vec<u8>, Refusal> {
        self.call("GET", path, None, None)
    }

    /// As [`Self::ask`], where the answer is the bytes themselves, or has a shape of its own.
    ///
    /// # Errors
    ///
    /// As [`Self::ask`].
    pub(crate) fn ask_bytes(&self, request: &Request) -> Result<Vec<u8>, Refusal> {
        let (method, path, body) = route::of(request.order())?;
        self.call(method, &path, body.as_ref(), signed_by(request))
    }

    /// Follows the events after the one with this number.
    ///
    /// # Errors
    ///
    /// As [`Self::ask`].
    pub(crate) fn follow(&self, after: Option<u64>) -> Result<Events, Refusal> {
        let mut headers = vec![("Accept", "text/event-stream".to_owned())];
        if let Some(after) = after {
            headers.push(("Last-Event-ID", after.to_string()));
        }
        let call = Call {
            method: "GET",
            path: "/v1/events",
            headers,
            body: None,
        };
        let stream = self.connect()?;
        let reader = http::begin(stream, &call).map_err(|fault| self.broken(&fault))?;
        if reader.status() != 200 {
            let answer = reader.read_all().map_err(|fault| self.broken(&fault))?;
            return Err(refused(&answer));
        }
        Ok(Events::new(reader))
    }

    fn call(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
        by: Option<&SignedBy>,
    ) -> Result<Vec<u8>, Refusal> {
        let body = body.map(Value::to_string);
        let signed = by.map(|by| (SignedBy::HEADER, by.to_header()));
        let call = Call {
            method,
            path,
            headers: signed.into_iter().collect(),
            body,
        };
        let stream = self.connect()?;
        let answer = http::begin(stream, &call)
            .and_then(http::Reader::read_all)
            .map_err(|fault| self.broken(&fault))?;
        if (200..300).contains(&answer.status) {
            Ok(answer.body)
        } else {
            Err(refused(&answer))
        }
    }

    fn connect(&self) -> Result<UnixStream, Refusal> {
        let stream = UnixStream::connect(&self.socket).map_err(|fault| self.absent(&fault))?;
        let bounded = stream
            .set_read_timeout(Some(ANSWER_WITHIN))
            .and_then(|()| stream.set_write_timeout(Some(ANSWER_WITHIN)));
        bounded.map_err(|fault| self.broken(&fault))?;
        Ok(stream)
    }

    fn absent(&self, fault: &io::Error) -> Refusal {
        let at = self.socket.display();
        let kind = fault.kind();
        let (what, to_do) = if matches!(kind, ErrorKind::NotFound | ErrorKind::ConnectionRefused) {
            (
                format!("No station answers at {at}."),
                "Start it with redphone station, or name its home with --home.",
            )
        } else if kind == ErrorKind::PermissionDenied {
            (
                format!("This account may not open {at}."),
                "Run the command as the account that runs the station.",
            )
        } else {
            (
                format!("The socket {at} cannot be opened: {fault}."),
                "Look at the station with: redphone doctor.",
            )
        };
        Refusal::operator(RefusalKind::Failed, what, to_do)
    }

    fn broken(&self, fault: &io::Error) -> Refusal {
        let what = if matches!(fault.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) {
            format!(
                "The station did not answer within {} s.",
                ANSWER_WITHIN.as_secs()
            )
        } else {
            format!("The station broke off: {fault}.")
        };
        let to_do = "Whether it acted is unknown: look with redphone status and redphone outbox \
                     before you try again.";
        Refusal::operator(RefusalKind::Failed, what, to_do)
    }
}

/// Who signed a request, if it is signed beside its fields.
fn signed_by(request: &Request) -> Option<&SignedBy> {
    if let Request::Signed { by, .. } = request {
        Some(by)
    } else {
        None
    }
}

/// The refusal for an answer of another shape than was asked for.
pub(crate) fn unexpected() -> Refusal {
    Refusal::operator(
        RefusalKind::Failed,
        "The station answered with something that was not asked for.",
        "Use the redphone of the station's own version.",
    )
}

fn parse<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|fault| {
        Refusal::operator(
            RefusalKind::Failed,
            format!("The station's answer cannot be read: {fault}."),
            "Use the redphone of the station's own version.",
        )
    })
}

/// What a station says no with. Anything but a refusal is told by its HTTP status.
fn refused(answer: &Answer) -> Refusal {
    serde_json::from_slice(&answer.body).unwrap_or_else(|_| {
        let kind = match answer.status {
            404 => RefusalKind::NotFound,
            400 | 405 | 413 | 415 | 422 => RefusalKind::Usage,
            _ => RefusalKind::Failed,
        };
        let said = String::from_utf8_lossy(&answer.body);
        let said: String = said.chars().take(300).collect();
        let what = format!(
            "The station refused with HTTP {}: {}",
            answer.status,
            said.trim()
        );
        Refusal::operator(kind, what, "Use the redphone of the station's own version.")
    })
}
