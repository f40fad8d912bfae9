//! Lines that carry one way only: nobody answers, so nobody is waited for.

use redphone_journal::Storage;
use redphone_line::Carries;
use redphone_wire::{Now, PartyName};

use crate::hub::Hub;
use crate::key_ages::Way;
use crate::refresh::{TAPE_ALONE_EVERY, epochs};

impl<S: Storage> Hub<S> {
    /// Whether everything goes out to this peer and nothing can come back.
    fn is_one_way(&self, name: &PartyName) -> bool {
        let mut ours = self
            .bearers
            .values()
            .filter(|bearer| bearer.peer == *name)
            .peekable();
        ours.peek().is_some() && ours.all(|bearer| bearer.spec.carries == Carries::Out)
    }

    /// Whether the line has bearers for a direction at all: where it has none, keys wear out unseen.
    pub(crate) fn carries(&self, name: &PartyName, way: Way) -> bool {
        let against = match way {
            Way::Out => Carries::In,
            Way::In => Carries::Out,
        };
        let ours = self.bearers.values().filter(|bearer| bearer.peer == *name);
        let mut carry = ours.map(|bearer| bearer.spec.carries != against).peekable();
        carry.peek().is_none() || carry.any(|carries| carries)
    }

    /// A one-way line that was paired by tapes sends before it is confirmed, and after a start
    /// without a first contact. Its messages say so: UNCONFIRMED.
    pub(crate) fn settle_one_way(&mut self, now: Now, name: &PartyName) {
        if !self.is_one_way(name) {
            return;
        }
        let cipher = self
            .peers
            .get_mut(name)
            .and_then(|peer| peer.cipher.as_mut());
        if let Some(cipher) = cipher {
            cipher.send_unconfirmed();
            cipher.trust_start();
        }
        self.pump(now, name);
    }

    /// Moves a one-way line to its next epoch with the next tape key.
    pub(crate) fn turn_one_way(&mut self, now: Now, name: &PartyName) {
        let peer = self.peers.get(name);
        let age = peer.and_then(|peer| peer.key_ages.age(now, Way::Out));
        let due = age.is_none_or(|age| age >= TAPE_ALONE_EVERY);
        if !due || !self.is_one_way(name) {
            return;
        }
        let cipher = self
            .peers
            .get_mut(name)
            .and_then(|peer| peer.cipher.as_mut());
        let Some(cipher) = cipher else {
            return;
        };
        if cipher.turn_epoch().is_ok() {
            let epochs = epochs(cipher);
            self.note_refreshed(now, name, epochs);
        }
    }
}
