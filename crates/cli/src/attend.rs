//! An attached desk: it shows each message on its screen once, then tells the station that it is
//! shown. This is what makes ON DESK true.
//!
//! Owns the order of things: replay what was missed, show, only then confirm. What a screen is,
//! the caller says; a desk never acknowledges.

use std::collections::BTreeSet;

use redphone_api::{
    Event, EventKind, Message, MessageRef, MessageSummary, Refusal, Request, Response, RungName,
    Tray,
};
use serde_json::{Value, json};

use crate::client::{Client, Next, unexpected};

/// Messages looked through for those that nobody has been shown.
const UNSHOWN_LOOK: u32 = 1_000;

/// Where messages are shown.
pub(crate) trait Screen {
    /// Shows a message. It is confirmed only when this succeeds.
    ///
    /// # Errors
    ///
    /// When it could not be shown.
    fn show(&mut self, message: &Message) -> Result<(), Refusal>;

    /// Something else happened.
    ///
    /// # Errors
    ///
    /// When the screen is gone.
    fn happened(&mut self, event: &Event) -> Result<(), Refusal>;

    /// Called at every event and heartbeat, at least every few seconds. False to leave the desk.
    ///
    /// # Errors
    ///
    /// When the screen is gone.
    fn beat(&mut self) -> Result<bool, Refusal>;
}

/// Somebody's desk at a station.
#[derive(Debug)]
pub(crate) struct Attendant {
    client: Client,
    name: String,
    shown: BTreeSet<String>,
    last_event: Option<u64>,
}

/// Why a desk ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Left {
    /// The station is lost.
    Lost,
    /// The screen wanted to.
    Wanted,
}

impl Attendant {
    /// A desk of this name; names tell desks of one station apart.
    pub(crate) fn new(client: Client, name: impl Into<String>) -> Self {
        Self {
            client,
            name: name.into(),
            shown: BTreeSet::new(),
            last_event: None,
        }
    }

    /// Shows what arrives until the station is lost or the screen wants to leave.
    ///
    /// # Errors
    ///
    /// Those of the screen. What the station refuses counts as a lost station.
    pub(crate) fn sit(&mut self, screen: &mut dyn Screen) -> Result<Left, Refusal> {
        // After the first connection the lists are read, so that no event need be replayed.
        let Ok(mut events) = self.client.follow(self.last_event) else {
            return Ok(Left::Lost);
        };
        let Ok(unshown) = self.confirm().and_then(|()| self.unshown()) else {
            return Ok(Left::Lost);
        };
        for message in unshown {
            self.show(screen, &message)?;
        }
        loop {
            match events.wait() {
                Next::Lost => return Ok(Left::Lost),
                Next::Heartbeat => {}
                Next::Missed => {
                    for message in self.unshown().unwrap_or_default() {
                        self.show(screen, &message)?;
                    }
                }
                Next::Event(event) => {
                    self.last_event = Some(event.id);
                    screen.happened(&event)?;
                    if let (EventKind::Message, Ok(message)) = (event.kind, event.message.parse()) {
                        self.show(screen, &message)?;
                    }
                }
            }
            if self.confirm().is_err() {
                return Ok(Left::Lost);
            }
            if !screen.beat()? {
                return Ok(Left::Wanted);
            }
        }
    }

    /// Tells the station that this desk displays.
    fn confirm(&self) -> Result<(), Refusal> {
        let body = json!({ "desk": self.name });
        let _: Value = self.client.shaped("POST", "/v1/desk", Some(&body))?;
        Ok(())
    }

    /// What came while no desk was there, oldest first.
    fn unshown(&self) -> Result<Vec<MessageRef>, Refusal> {
        let request = Request::List {
            tray: Tray::In,
            peer: None,
            limit: UNSHOWN_LOOK,
        };
        let Response::Messages { messages } = self.client.ask(&request)? else {
            return Err(unexpected());
        };
        let waiting = messages.iter().rev().filter(|summary| !was_shown(summary));
        Ok(waiting
            .filter_map(|summary| summary.name.parse().ok())
            .collect())
    }

    /// Shows a message once, then tells the station that it is shown.
    fn show(&mut self, screen: &mut dyn Screen, reference: &MessageRef) -> Result<(), Refusal> {
        let request = Request::Read {
            message: reference.clone(),
        };
        let Ok(Response::Message(message)) = self.client.ask(&request) else {
            return Ok(());
        };
        if message.summary.tray == Tray::In && self.shown.insert(message.summary.name.clone()) {
            screen.show(&message)?;
        }
        if message.summary.tray == Tray::In && !was_shown(&message.summary) {
            // A station that is lost now is told when it is back: the list still has the message.
            let _ = self.client.ask(&Request::Shown {
                message: reference.clone(),
            });
        }
        Ok(())
    }
}

/// True when some desk here has confirmed the message.
fn was_shown(message: &MessageSummary) -> bool {
    message
        .ladder
        .iter()
        .any(|rung| rung.rung == RungName::OnDesk && rung.at.is_some())
}
