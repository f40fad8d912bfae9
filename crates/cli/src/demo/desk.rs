//! A desk of the demo: somebody who looks at this terminal. It confirms ON DESK for what it has
//! been shown, and counts, so that nothing can be lost or doubled unseen.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use redphone_api::{Event, Message, Refusal};

use crate::attend::{Attendant, Left, Screen};
use crate::client::Client;

/// From one try to reach a lost station to the next.
const RETRY_EVERY: Duration = Duration::from_millis(50);

/// The desk of one station, on a thread of its own.
pub(super) struct Desk {
    seen: Arc<Mutex<BTreeMap<String, Seen>>>,
    closed: Arc<AtomicBool>,
}

/// What was seen of one message.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// Its text.
    pub(super) text: String,
    /// How often the station reported its arrival.
    pub(super) arrivals: u32,
}

impl Desk {
    /// Sits down at a station.
    pub(super) fn open(client: Client) -> Self {
        let seen = Arc::new(Mutex::new(BTreeMap::new()));
        let closed = Arc::new(AtomicBool::new(false));
        let mut eyes = Eyes {
            seen: Arc::clone(&seen),
            closed: Arc::clone(&closed),
        };
        thread::spawn(move || {
            let mut desk = Attendant::new(client, "demo");
            while !eyes.closed.load(Ordering::SeqCst) {
                match desk.sit(&mut eyes) {
                    Ok(Left::Lost) | Err(_) => thread::sleep(RETRY_EVERY),
                    Ok(Left::Wanted) => return,
                }
            }
        });
        Self { seen, closed }
    }

    /// What has been seen, by name of message.
    pub(super) fn seen(&self) -> BTreeMap<String, Seen> {
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::SeqCst);
    }
}

struct Eyes {
    seen: Arc<Mutex<BTreeMap<String, Seen>>>,
    closed: Arc<AtomicBool>,
}

impl Screen for Eyes {
    fn show(&mut self, message: &Message) -> Result<(), Refusal> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = seen.entry(message.summary.name.clone()).or_default();
        entry.text.clone_from(&message.text);
        Ok(())
    }

    fn happened(&mut self, event: &Event) -> Result<(), Refusal> {
        if event.kind == redphone_api::EventKind::Message {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.entry(event.message.clone()).or_default().arrivals += 1;
        }
        Ok(())
    }

    fn beat(&mut self) -> Result<bool, Refusal> {
        Ok(!self.closed.load(Ordering::SeqCst))
    }
}
