//! Alarms, and what raises them most: a peer's marks that give away a restored or copied station,
//! and a peer that breaks the protocol.
//!
//! Owns that each is shown once, and that there is an end to how many are.

use redphone_api::EventKind;
use redphone_journal::Storage;
use redphone_seal::{ContactVerdict, LogVerdict};
use redphone_wire::{EnvelopeId, Now, PartyName};

use crate::budget::ALARMS_MAX;
use crate::hub::Hub;
use crate::record::Record;

impl<S: Storage> Hub<S> {
    /// Raises an alarm: noted, told, and shown until the station starts anew or officers lift the
    /// hold that it is of.
    pub(crate) fn alarm(&mut self, now: Now, peer: &PartyName, what: String) {
        if !self.first_time(what.clone()) {
            return;
        }
        let record = Record::Alarm {
            peer: Some(peer.clone()),
            what: what.clone(),
        };
        self.note(now, record);
        self.tell(now.utc, EventKind::Alarm, peer, None, what);
    }

    /// Notes that something is shown until the station starts anew. False: it is shown already, or
    /// so much is that nobody would read more.
    pub(crate) fn first_time(&mut self, what: String) -> bool {
        self.alarms.len() < ALARMS_MAX && self.alarms.insert(what)
    }

    /// The peer broke the protocol: noted once for each rule with its first case, told, never
    /// obeyed.
    pub(crate) fn misbehaved(&mut self, now: Now, name: &PartyName, rule: &str, what: String) {
        let shown = format!("{name} broke rule {rule} of the protocol.");
        #[cfg(feature = "planted-bugs")]
        let shown = if crate::planted::is_planted(crate::planted::Bug::AlarmPerCase) {
            format!("{name}: {rule}: {what}")
        } else {
            shown
        };
        if !self.first_time(shown) {
            return;
        }
        let what = format!("{rule}: {what}");
        let record = Record::PeerMisbehaved {
            peer: name.clone(),
            what: what.clone(),
        };
        self.note(now, record);
        let said = format!("The other station broke the protocol: {what}.");
        self.tell(now.utc, EventKind::Refused, name, None, said);
    }

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
