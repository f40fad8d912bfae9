//! Cards and key tapes: what was carried in person.

use redphone_api::{CardView, Refusal, Response, TapeResult};
use redphone_journal::Storage;
use redphone_seal::{Cipher, Hold, armour, check_reel, fingerprint, make_reel, verify_card, words};
use redphone_wire::limits::REEL_KEYS_MAX;
use redphone_wire::{Card, Direction, Now, PartyName, Reel};

use crate::hub::Hub;
use crate::record::Record;
use crate::refusals::{of_seal, policy, sentence, usage, verification};
use crate::rows::{tape_row, to_tape_row};

impl<S: Storage> Hub<S> {
    pub(crate) fn card_view(&self) -> Response {
        let card = self.identity.card();
        let print = fingerprint(&card.body);
        Response::Card(CardView {
            name: card.body.name.to_string(),
            environment: card.body.environment.to_string(),
            fingerprint: redphone_api::hex::encode(&print.0),
            english: words::fingerprint_words(&print, words::Language::English).to_vec(),
            russian: words::fingerprint_words(&print, words::Language::Russian).to_vec(),
            armoured: armour::card_to_text(card),
        })
    }

    pub(crate) fn import_card(
        &mut self,
        now: Now,
        text: &str,
        typed: &str,
    ) -> Result<Response, Refusal> {
        let card = armour::card_from_text(text).map_err(|error| {
            verification(
                sentence(&error.to_string()),
                "Ask the other side for their card again.",
            )
        })?;
        let print = verify_card(&card).map_err(|error| {
            verification(
                sentence(&error.to_string()),
                "Ask the other side for their card again; do not trust the one who brought it.",
            )
        })?;
        self.check_card_fits(&card)?;
        words::check_typed(&print, typed).map_err(|error| {
            verification(
                sentence(&error.to_string()),
                "Have its owner read the twelve words again and type them. If they differ again, \
                 the card is not theirs: there is no way to continue.",
            )
        })?;
        let name = card.body.name.clone();
        let held = self.peers.get(&name).and_then(|peer| peer.card.clone());
        if held.as_ref() == Some(&card) {
            return Ok(Response::Done {
                said: format!("The card of {name} was trusted before; nothing changed."),
            });
        }
        let changed = held.is_some();
        self.note(now, Record::CardTrusted { card });
        if changed {
            self.stop_line(now, &name);
        }
        let said = if changed {
            format!(
                "The card of {name} has changed. Traffic stops until the line is paired anew; what \
                 waits is held."
            )
        } else {
            format!("The card of {name} is trusted. Next: `redphone pair {name}`.")
        };
        self.restart_test(now, &name);
        Ok(Response::Done { said })
    }

    fn check_card_fits(&self, card: &Card) -> Result<(), Refusal> {
        let ours = self.environment;
        let theirs = card.body.environment;
        if theirs != ours {
            return Err(policy(
                format!("This is a card for {theirs}, and this station is {ours}."),
                "LIVE and EXERCISE never share a line. Use the station that it is for.",
            ));
        }
        if card.body.name == self.name {
            return Err(policy(
                format!(
                    "The card says {}, which is this station's own name.",
                    self.name
                ),
                "The two sides of a line have different names: one of them founds a new station.",
            ));
        }
        Ok(())
    }

    /// The direction in which we send to a peer, once its card is known.
    pub(crate) fn sending(&self, peer: &PartyName) -> Option<Direction> {
        let card = self.peers.get(peer)?.card.as_ref()?;
        let lower = self.identity.fingerprint() < fingerprint(&card.body);
        Some(if lower {
            Direction::FromLower
        } else {
            Direction::FromHigher
        })
    }

    fn restart_test(&mut self, now: Now, name: &PartyName) {
        let Some(sending) = self.sending(name) else {
            return;
        };
        if let Some(peer) = self.peers.get_mut(name) {
            let mark = peer.last_test.mark.clone();
            peer.test = crate::peer::new_test(now, sending, mark);
        }
    }

    pub(crate) fn make_tape(
        &mut self,
        peer: &str,
        keys: u32,
        first: Option<u32>,
    ) -> Result<Response, Refusal> {
        let peer: PartyName = peer.to_uppercase().parse().map_err(|_| {
            usage(
                format!("'{peer}' is no party's name."),
                "A name has 1 to 16 of A-Z, 0-9 and -.",
            )
        })?;
        let [last, _] = self.peers.get(&peer).map_or([0, 0], |held| held.tape_last);
        let next = last.saturating_add(1);
        let first = first.unwrap_or(next);
        if first < next {
            return Err(usage(
                format!("Tape number {first} was installed before; the highest is {last}."),
                "A number is used once: begin behind it.",
            ));
        }
        let random = self
            .draw()
            .map_err(|fault| crate::refusals::of_fault(&fault))?;
        let (from, to) = (self.name.clone(), peer.clone());
        let reel = make_reel(self.environment, from, to, first, keys, random).map_err(|error| {
            usage(
                sentence(&error.to_string()),
                format!("Ask for 1 to {REEL_KEYS_MAX} keys."),
            )
        })?;
        let installed = self.tapes_installed(&peer, true);
        Ok(Response::Tape(TapeResult {
            direction: format!("{} to {peer}", self.name),
            numbers: (first, first.saturating_add(keys.saturating_sub(1))),
            armoured: armour::reel_to_text(&reel).to_string(),
            installed,
        }))
    }

    pub(crate) fn install_reel(
        &mut self,
        now: Now,
        text: &str,
        for_pairing: bool,
    ) -> Result<Response, Refusal> {
        let reel = armour::reel_from_text(text).map_err(|error| {
            verification(
                sentence(&error.to_string()),
                "Nothing was installed. Ask for the reel again.",
            )
        })?;
        check_reel(&reel).map_err(|error| {
            verification(
                sentence(&error.to_string()),
                "Nothing was installed. Ask for the reel again.",
            )
        })?;
        let (peer, ours) = self.check_reel_fits(&reel)?;
        let installed = if for_pairing {
            self.tapes_aside(&peer, ours)
        } else {
            self.tapes_installed(&peer, ours) as usize
        };
        if installed + reel.keys.len() > REEL_KEYS_MAX {
            return Err(policy(
                format!("{installed} keys are installed, and at most {REEL_KEYS_MAX} may be."),
                "Keep the reel in the safe until enough of the others are used.",
            ));
        }
        let numbers = match (reel.keys.first(), reel.keys.last()) {
            (Some(first), Some(last)) => (first.number, last.number),
            _ => return Err(usage("The reel is empty.", "Ask for another.")),
        };
        self.put_reel(now, &peer, ours, &reel, for_pairing)?;
        let record = Record::TapeInstalled {
            peer: peer.clone(),
            ours,
            first: numbers.0,
            last: numbers.1,
        };
        self.note(now, record);
        Ok(Response::Tape(TapeResult {
            direction: format!("{} to {}", reel.from, reel.to),
            numbers,
            armoured: String::new(),
            installed: self.tapes_installed(&peer, ours),
        }))
    }

    fn check_reel_fits(&self, reel: &Reel) -> Result<(PartyName, bool), Refusal> {
        let ours = reel.from == self.name;
        let other = if ours { &reel.to } else { &reel.from };
        if reel.environment != self.environment {
            return Err(policy(
                format!(
                    "This reel is for {}, and this station is {}.",
                    reel.environment, self.environment
                ),
                "LIVE and EXERCISE never share keys.",
            ));
        }
        if !ours && reel.to != self.name || *other == self.name {
            return Err(verification(
                format!(
                    "This reel is of another line: {} to {}.",
                    reel.from, reel.to
                ),
                "Nothing was installed. Look for the reel of this line.",
            ));
        }
        let [out, in_] = self.peers.get(other).map_or([0, 0], |peer| peer.tape_last);
        let last = if ours { out } else { in_ };
        let first = reel.keys.first().map_or(0, |key| key.number);
        if first <= last {
            return Err(verification(
                format!("Tape number {first} was installed before; the highest is {last}."),
                "A tape is used once. Nothing was installed: look for the reel that begins with \
                 the next number.",
            ));
        }
        Ok((other.clone(), ours))
    }

    fn put_reel(
        &mut self,
        now: Now,
        peer: &PartyName,
        ours: bool,
        reel: &Reel,
        for_pairing: bool,
    ) -> Result<(), Refusal> {
        #[cfg(feature = "planted-bugs")]
        let for_pairing =
            for_pairing && !crate::planted::is_planted(crate::planted::Bug::ReelNotKept);
        let sending = self.sending(peer);
        let mut rows = Vec::new();
        let entry = self.peer_mut(now, peer);
        // On a line that only a new pairing mends, the reel is for that pairing.
        let hold = entry.cipher.as_ref().and_then(Cipher::hold);
        let needs_pairing = for_pairing
            || matches!(
                hold,
                Some(
                    Hold::PeerCloned | Hold::PeerRestored | Hold::Unprovable | Hold::WeAreRestored
                )
            );
        for key in &reel.keys {
            match (entry.cipher.as_mut(), sending) {
                (Some(cipher), Some(sending)) if !needs_pairing => {
                    let direction = if ours { sending } else { sending.reverse() };
                    cipher
                        .install_tape(direction, key)
                        .map_err(|error| of_seal(&error))?;
                }
                _ => {
                    let [out, in_] = &mut entry.tapes;
                    let tapes = if ours { out } else { in_ };
                    tapes.insert(key.number, (reel.id, key.clone()));
                    rows.push((tape_row(peer, ours, key.number), to_tape_row(reel.id, key)));
                }
            }
        }
        for (id, row) in rows {
            self.pending.rows.insert(id, Some(row));
        }
        Ok(())
    }

    /// Tape keys of one direction that are kept for a pairing.
    fn tapes_aside(&self, peer: &PartyName, ours: bool) -> usize {
        let Some(entry) = self.peers.get(peer) else {
            return 0;
        };
        let [out, in_] = &entry.tapes;
        if ours { out.len() } else { in_.len() }
    }

    /// Tape keys of one direction that are left.
    pub(crate) fn tapes_installed(&self, peer: &PartyName, ours: bool) -> u32 {
        let Some(entry) = self.peers.get(peer) else {
            return 0;
        };
        let waiting = u32::try_from(self.tapes_aside(peer, ours)).unwrap_or(u32::MAX);
        let Some(cipher) = entry.cipher.as_ref() else {
            return waiting;
        };
        let sending = cipher.sending();
        let direction = if ours { sending } else { sending.reverse() };
        waiting + u32::try_from(cipher.tapes(direction).len()).unwrap_or(u32::MAX)
    }
}
