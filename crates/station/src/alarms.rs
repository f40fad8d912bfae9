//! What the peer's marks give away: restored and copied stations, missing tapes.

use redphone_journal::Storage;
use redphone_seal::{ContactVerdict, LogVerdict};
use redphone_wire::{EnvelopeId, Now, PartyName};

use crate::hub::Hub;

impl<S: Storage> Hub<S> {
    /// Says what a contact frame, or an envelope with another mark, gives away.
    pub(crate) fn judge(&mut self, now: Now, name: &PartyName, verdict: ContactVerdict) {
        let what = match verdict {
            ContactVerdict::Normal | ContactVerdict::Old => None,
            ContactVerdict::PeerCloned => Some(crate::says::cloned(name)),
            ContactVerdict::PeerRestored => Some(crate::says::peer_restored(name)),
            ContactVerdict::TapeMissing { number } => Some(format!(
                "{name} uses key tape from number {number} on, which is not installed here. \
                 Install the reel that has it."
            )),
            ContactVerdict::Unprovable => Some(crate::says::unprovable(name)),
            ContactVerdict::WeAreRestored => Some(format!(
                "This station runs from an earlier state: {name} proves it. Nothing is sealed: \
                 officers of both sides have to pair the line anew."
            )),
            _ => Some(format!(
                "{name} says something of its state that is not understood."
            )),
        };
        if verdict == ContactVerdict::WeAreRestored {
            self.note_rolled_back(now, name);
        }
        if let Some(what) = what {
            self.alarm(now, name, what);
        }
        self.pump(now, name);
    }

    /// Compares the peer's running hash of what it received with ours of what we sent.
    pub(crate) fn log_verdict(
        &self,
        name: &PartyName,
        log_at: Option<EnvelopeId>,
        log: [u8; 16],
    ) -> LogVerdict {
        let cipher = self.peers.get(name).and_then(|peer| peer.cipher.as_ref());
        cipher.map_or(LogVerdict::CannotTell, |cipher| {
            cipher.check_log(log_at, log)
        })
    }
}
