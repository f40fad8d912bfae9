//! Pairing by letters: each is made once, kept, and repeated byte for byte. What the keys that it
//! founds put an end to is in `generation`.

use redphone_api::{PairingStep, Refusal, Response};
use redphone_journal::Storage;
use redphone_seal::armour::{self, Letter};
use redphone_seal::{Means, Pairing, Tape, Terms, answer};
use redphone_wire::{Card, Direction, Letter1, Letter2, Letter3, Now, PartyName, Suites, TapeUse};
use sha2::{Digest, Sha256};

use crate::hub::Hub;
use crate::record::Record;
use crate::refusals::{of_fault, of_pairing, of_seal, policy, sentence, usage, verification};
use crate::rows::pairing_row;

impl<S: Storage> Hub<S> {
    pub(crate) fn pair(
        &mut self,
        now: Now,
        peer: &str,
        with: &str,
        suites: Option<(String, String)>,
        letter: Option<String>,
        generation: Option<u32>,
    ) -> Result<Response, Refusal> {
        let peer = self.choose_peer(Some(peer.to_owned()))?;
        let card = self.peers.get(&peer).and_then(|entry| entry.card.clone());
        let Some(card) = card else {
            return Err(policy(
                format!("No card of {peer} is trusted here."),
                "Import it first: `redphone card import FILE`.",
            ));
        };
        let sending = self.sending(&peer).unwrap_or(Direction::FromLower);
        let means: Means = with
            .parse()
            .map_err(|error| usage(sentence(&format!("{error}")), "Choose one of them."))?;
        let suites = parse_suites(suites)?;
        let Some(text) = letter else {
            return match sending {
                Direction::FromLower => {
                    self.first_letter(now, &peer, &card, means, suites, generation)
                }
                Direction::FromHigher => Ok(waiting_for_first(&peer)),
            };
        };
        let parsed = armour::letter_from_text(&text).map_err(|error| {
            verification(
                sentence(&error.to_string()),
                "Nothing was used up. Ask for the letter again.",
            )
        })?;
        let digest: [u8; 32] = Sha256::digest(text.trim().as_bytes()).into();
        match (parsed, sending) {
            (Letter::First(letter), Direction::FromHigher) => {
                self.second_letter(now, &peer, &card, &letter, (means, suites), digest)
            }
            (Letter::Second(letter), Direction::FromLower) => {
                self.third_letter(now, &peer, &letter, digest)
            }
            (Letter::Third(letter), Direction::FromHigher) => self.confirm(now, &peer, &letter),
            _ => Err(verification(
                "This letter is one that this station writes, not one that it reads.",
                "Carry it to the other side.",
            )),
        }
    }

    fn first_letter(
        &mut self,
        now: Now,
        peer: &PartyName,
        card: &Card,
        means: Means,
        (ours, theirs): (Suites, Suites),
        generation: Option<u32>,
    ) -> Result<Response, Refusal> {
        let pending = self
            .peers
            .get(peer)
            .filter(|entry| entry.pairing.is_some() && generation.is_none())
            .and_then(|entry| entry.letters.get(&1));
        if let Some((_, text)) = pending {
            return Ok(step(peer, text.clone(), 1, false, &carry(1, peer)));
        }
        let terms = Terms {
            generation: self.chosen_generation(peer, generation.unwrap_or(0))?,
            suites_from_lower: ours,
            suites_from_higher: theirs,
            tape_lower: self.next_tape(peer, means, true)?,
            tape_higher: self.next_tape(peer, means, false)?,
            cards: means != Means::Tapes,
        };
        let random = self.draw().map_err(|fault| of_fault(&fault))?;
        let (pairing, letter1) = Pairing::begin(&self.identity, card, terms, random)
            .map_err(|error| of_pairing(&error))?;
        let row = pairing.to_secret();
        self.pending.rows.insert(pairing_row(peer), Some(row));
        if let Some(entry) = self.peers.get_mut(peer) {
            entry.pairing = Some(pairing);
        }
        let text = armour::letter_to_text(&Letter::First(letter1));
        self.note_letter(now, peer, 1, [0; 32], text.clone());
        Ok(step(peer, text, 1, false, &carry(1, peer)))
    }

    fn second_letter(
        &mut self,
        now: Now,
        peer: &PartyName,
        card: &Card,
        letter1: &Letter1,
        (means, (ours, theirs)): (Means, (Suites, Suites)),
        digest: [u8; 32],
    ) -> Result<Response, Refusal> {
        let made = self.peers.get(peer).and_then(|entry| entry.letters.get(&2));
        if let Some((answers, text)) = made
            && *answers == digest
        {
            return Ok(step(peer, text.clone(), 2, false, &carry(2, peer)));
        }
        let terms = Terms {
            generation: self.next_generation(peer),
            suites_from_lower: theirs,
            suites_from_higher: ours,
            tape_lower: self.named_tape(peer, means, false, letter1.tape_lower)?,
            tape_higher: self.named_tape(peer, means, true, letter1.tape_higher)?,
            cards: means != Means::Tapes,
        };
        let random = self.draw().map_err(|fault| of_fault(&fault))?;
        let (letter2, cipher) = answer(&self.identity, card, letter1, &terms, random)
            .map_err(|error| of_pairing(&error))?;
        let text = armour::letter_to_text(&Letter::Second(letter2));
        self.note_letter(now, peer, 2, digest, text.clone());
        let first = !self.is_paired(peer);
        if first {
            self.adopt(now, peer, cipher)?;
        } else if let Some(entry) = self.peers.get_mut(peer) {
            entry.waiting = Some(cipher);
        }
        Ok(step(peer, text, 2, false, &carry(2, peer)))
    }

    fn third_letter(
        &mut self,
        now: Now,
        peer: &PartyName,
        letter2: &Letter2,
        digest: [u8; 32],
    ) -> Result<Response, Refusal> {
        let entry = self.peers.get(peer);
        let made = entry.and_then(|entry| entry.letters.get(&3));
        if let Some((answers, text)) = made
            && *answers == digest
        {
            return Ok(step(peer, text.clone(), 3, true, &carry(3, peer)));
        }
        let Some(pairing) = entry.and_then(|entry| entry.pairing.as_ref()) else {
            return Err(policy(
                format!("No pairing with {peer} was begun here."),
                format!("Begin one with `redphone pair {peer}`."),
            ));
        };
        let (letter3, cipher) = pairing
            .finish(&self.identity, letter2)
            .map_err(|error| of_pairing(&error))?;
        self.pending.rows.insert(pairing_row(peer), None);
        if let Some(entry) = self.peers.get_mut(peer) {
            entry.pairing = None;
        }
        let text = armour::letter_to_text(&Letter::Third(letter3));
        self.note_letter(now, peer, 3, digest, text.clone());
        self.adopt(now, peer, cipher)?;
        Ok(step(peer, text, 3, true, &carry(3, peer)))
    }

    fn confirm(
        &mut self,
        now: Now,
        peer: &PartyName,
        letter3: &Letter3,
    ) -> Result<Response, Refusal> {
        let Some(entry) = self.peers.get_mut(peer) else {
            return Ok(waiting_for_first(peer));
        };
        let waits = entry.waiting.is_some();
        let cipher = if waits {
            entry.waiting.as_mut()
        } else {
            entry.cipher.as_mut()
        };
        let Some(cipher) = cipher else {
            return Ok(waiting_for_first(peer));
        };
        cipher.confirm(letter3).map_err(|error| of_seal(&error))?;
        if waits {
            self.promote(now, peer);
        }
        self.confirmed(now, peer);
        let next = format!("The line to {peer} is paired. Test it: `redphone test now`.");
        Ok(step(peer, String::new(), 0, true, &next))
    }

    fn note_letter(
        &mut self,
        now: Now,
        peer: &PartyName,
        number: u8,
        answers: [u8; 32],
        letter: String,
    ) {
        let record = Record::LetterMade {
            peer: peer.clone(),
            number,
            answers,
            letter,
        };
        self.note(now, record);
    }

    /// The generation that officers chose, or the next one for 0.
    fn chosen_generation(&self, peer: &PartyName, chosen: u32) -> Result<u32, Refusal> {
        let next = self.next_generation(peer);
        if chosen != 0 && chosen < next {
            return Err(usage(
                format!("Generation {chosen} is spent: the next one here is {next}."),
                "Name the number that the other side's refusal names.",
            ));
        }
        Ok(chosen.max(next))
    }

    fn next_generation(&self, peer: &PartyName) -> u32 {
        self.peers
            .get(peer)
            .map_or(1, |entry| entry.generation.saturating_add(1))
    }

    /// The next key of a direction's tape, if tapes are mixed in.
    fn next_tape(
        &mut self,
        peer: &PartyName,
        means: Means,
        ours: bool,
    ) -> Result<Option<Tape>, Refusal> {
        self.named_tape(peer, means, ours, None)
    }

    /// The key that a letter names, if it is installed; else the next one, so that the seal can
    /// say which of the two is wrong.
    fn named_tape(
        &mut self,
        peer: &PartyName,
        means: Means,
        ours: bool,
        named: Option<TapeUse>,
    ) -> Result<Option<Tape>, Refusal> {
        if means == Means::Cards {
            return Ok(None);
        }
        let Some(entry) = self.peers.get(peer) else {
            return Ok(None);
        };
        let [out, in_] = &entry.tapes;
        let tapes = if ours { out } else { in_ };
        let found = named
            .and_then(|named| tapes.get_key_value(&named.number))
            .or_else(|| tapes.first_key_value());
        let Some((_, (reel, key))) = found else {
            let (from, to) = if ours {
                (&self.name, peer)
            } else {
                (peer, &self.name)
            };
            return Err(policy(
                format!("No key tape {from} to {to} is installed."),
                "Install a reel with `redphone tape install --for-pairing FILE`, or pair with cards.",
            ));
        };
        Ok(Some(Tape {
            reel: *reel,
            key: key.clone(),
        }))
    }
}

fn parse_suites(suites: Option<(String, String)>) -> Result<(Suites, Suites), Refusal> {
    let Some((ours, theirs)) = suites else {
        return Ok((Suites::DEFAULT, Suites::DEFAULT));
    };
    let parse = |words: &str| {
        words.parse::<Suites>().map_err(|error| {
            usage(
                format!("'{words}' is no suite of this line."),
                sentence(&error.to_string()),
            )
        })
    };
    Ok((parse(&ours)?, parse(&theirs)?))
}

fn waiting_for_first(peer: &PartyName) -> Response {
    let next = format!(
        "{peer} has the lower fingerprint and begins. When its letter 1 is here: `redphone pair \
         {peer} --letter FILE`."
    );
    step(peer, String::new(), 0, false, &next)
}

fn carry(number: u8, peer: &PartyName) -> String {
    match number {
        1 => format!(
            "Carry letter 1 to {peer}. When its letter 2 is here: `redphone pair {peer} --letter \
             FILE`."
        ),
        2 => format!(
            "Carry letter 2 to {peer}. The line is UNCONFIRMED until its letter 3, or anything \
             that it sealed, is here."
        ),
        _ => format!("The line to {peer} is paired. Carry letter 3 to it, or just send something."),
    }
}

fn step(peer: &PartyName, letter: String, number: u8, paired: bool, next: &str) -> Response {
    Response::Pairing(PairingStep {
        peer: peer.to_string(),
        letter,
        number,
        paired,
        next: next.to_owned(),
    })
}
