//! Server-sent events (WHATWG HTML, section 9.2) as the station sends them.

use std::io::ErrorKind;
use std::time::Duration;

use redphone_api::Event;

use super::http::Reader;

/// Without so much as a heartbeat for this long, the station is taken for dead (rule 5).
const HEARTBEAT_WITHIN: Duration = Duration::from_secs(15);

/// The events as they come.
#[derive(Debug)]
pub(crate) struct Events {
    reader: Reader,
    line: Vec<u8>,
}

/// What comes next.
#[derive(Debug)]
pub(crate) enum Next {
    /// An event.
    Event(Event),
    /// The station lives.
    Heartbeat,
    /// The station has gone, or is silent.
    Lost,
    /// Events in between are no longer kept: read the lists again.
    Missed,
}

impl Events {
    pub(super) fn new(reader: Reader) -> Self {
        Self {
            reader,
            line: Vec::new(),
        }
    }

    /// Waits for what comes next. Events that this version does not know count as heartbeats.
    pub(crate) fn wait(&mut self) -> Next {
        if self.reader.read_within(Some(HEARTBEAT_WITHIN)).is_err() {
            return Next::Lost;
        }
        let mut data = Vec::new();
        let mut missed = false;
        loop {
            match self.reader.read_line(&mut self.line) {
                Ok(true) => {}
                Err(fault) if fault.kind() == ErrorKind::Interrupted => continue,
                Ok(false) | Err(_) => return Next::Lost,
            }
            if self.line.is_empty() {
                return match serde_json::from_slice(&data) {
                    _ if missed => Next::Missed,
                    Ok(event) => Next::Event(event),
                    Err(_) => Next::Heartbeat,
                };
            }
            if let Some(piece) = self.line.strip_prefix(b"data:") {
                data.extend_from_slice(piece.trim_ascii_start());
            } else if let Some(name) = self.line.strip_prefix(b"event:") {
                missed = name.trim_ascii() == b"missed";
            }
        }
    }
}
