//! The keys of a line come into force, and go: what is under way then, and where it goes back to.

use std::collections::BTreeSet;

use redphone_api::{EventKind, Refusal};
use redphone_journal::Storage;
use redphone_seal::Cipher;
use redphone_wire::{Now, PartyName};

use crate::hub::Hub;
use crate::peer::Peer;
use crate::record::{About, Record};
use crate::refusals::of_fault;
use crate::rows::{envelope_row, tape_row};

impl<S: Storage> Hub<S> {
    /// The keys of a waiting pairing come into force: the other side has shown that it has them.
    pub(crate) fn promote(&mut self, now: Now, peer: &PartyName) {
        let waiting = self
            .peers
            .get_mut(peer)
            .and_then(|entry| entry.waiting.take());
        if let Some(cipher) = waiting {
            // It fails only when there is no randomness, and then the hub has stopped.
            let _stopped = self.adopt(now, peer, cipher);
            self.confirmed(now, peer);
        }
    }

    /// The other side has proved the same root.
    pub(crate) fn confirmed(&mut self, now: Now, peer: &PartyName) {
        let said = format!("{peer} has proved the same keys: the line is confirmed.");
        self.tell(now.utc, EventKind::Line, peer, None, said);
        self.pump(now, peer);
    }

    /// Puts the keys of a new generation into force. Envelopes of the old line are void; their
    /// messages go back to the desk, held for a release anew.
    pub(crate) fn adopt(
        &mut self,
        now: Now,
        peer: &PartyName,
        mut cipher: Cipher,
    ) -> Result<(), Refusal> {
        self.stop_line(now, peer);
        let generation = cipher.generation();
        let random = self.draw().map_err(|fault| of_fault(&fault))?;
        cipher.start_life(random);
        let sending = cipher.sending();
        let mut erased = Vec::new();
        if let Some(entry) = self.peers.get_mut(peer) {
            for (ours, tapes) in [true, false].into_iter().zip(&mut entry.tapes) {
                let direction = if ours { sending } else { sending.reverse() };
                for (number, (_, key)) in std::mem::take(tapes) {
                    erased.push(tape_row(peer, ours, number));
                    // A tape that the pairing used is refused here, and so erased.
                    let _used = cipher.install_tape(direction, &key);
                }
            }
            entry.cipher = Some(cipher);
            entry.waiting = None;
        }
        for row in erased {
            self.pending.rows.insert(row, None);
        }
        let record = Record::Paired {
            peer: peer.clone(),
            generation,
        };
        self.note(now, record);
        let record = Record::Refreshed {
            peer: peer.clone(),
            out: 0,
            in_: 0,
            at: now.utc,
        };
        self.note(now, record);
        self.renew_line(now, peer);
        self.tell_serials(now, peer);
        self.settle_one_way(now, peer);
        self.pump(now, peer);
        Ok(())
    }

    /// Takes the keys of a line away and sends what waits for receipts back to the desk.
    pub(crate) fn stop_line(&mut self, now: Now, peer: &PartyName) {
        let Some(entry) = self.peers.get_mut(peer) else {
            return;
        };
        let Some(old) = entry.cipher.take() else {
            return;
        };
        let erased = entry.erase_generation(peer, old.generation());
        let void = entry.carriage.void();
        let generation = entry.generation;
        self.pending.rows.extend(erased);
        let mut serials = BTreeSet::new();
        for (id, one) in void {
            self.erase_envelope(envelope_row(peer, generation, id));
            match one.about {
                About::Message(serial) | About::Piece(serial, ..) => {
                    serials.insert(serial);
                }
                About::WireLine(_) => {
                    let record = Record::Waits {
                        peer: peer.clone(),
                        about: one.about,
                        precedence: one.precedence,
                        body: Vec::new(),
                    };
                    self.note(now, record);
                }
                About::Other(_) => {}
            }
        }
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::DeadKeysForgotten) {
            serials.clear();
        }
        if !serials.is_empty() {
            let record = redphone_desk::Record::SentBack {
                peer: peer.clone(),
                serials: serials.into_iter().collect(),
                because: "the keys it was sealed with are void; release it again".to_owned(),
            };
            self.note_desk(now, record);
        }
        self.renew_line(now, peer);
    }

    /// A fresh line machine with the same bearers.
    fn renew_line(&mut self, now: Now, peer: &PartyName) {
        let bearers: Vec<_> = self
            .bearers
            .iter()
            .filter(|(_, bearer)| bearer.peer == *peer)
            .map(|(id, bearer)| (*id, bearer.spec.clone(), bearer.connected))
            .collect();
        let out = self.out.clone();
        let life = self.life;
        let Some(entry) = self.peers.get_mut(peer) else {
            return;
        };
        entry.line = Peer::new(now, life).line;
        for (id, spec, connected) in bearers {
            let learned = entry.learned.get(&spec.name).copied();
            let is_out = out.contains_key(&spec.name);
            entry.line.add_bearer(now, id, spec, learned);
            entry.line.set_out(now, id, is_out);
            if let Some(connected) = connected {
                entry.line.set_connected(now, id, connected);
            }
        }
        self.refresh_line_marks(now, peer);
    }
}
