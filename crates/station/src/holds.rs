//! Holds: why nothing, or nothing but FLASH, is sealed for a peer, and the way out that officers
//! have. What a hold is and when it comes is the seal's (rules CONTACT-3 to CONTACT-8).

use redphone_api::{EventKind, Refusal, Response};
use redphone_journal::Storage;
use redphone_seal::Hold;
use redphone_wire::limits::REASON_BYTES_MAX;
use redphone_wire::{Now, PartyName, Precedence};

use crate::hub::Hub;
use crate::record::Record;
use crate::refusals::{policy, sentence, usage};

impl<S: Storage> Hub<S> {
    /// Why nothing of this precedence may be sealed for a peer, or none.
    pub(crate) fn held_because(&self, name: &PartyName, precedence: Precedence) -> Option<String> {
        let peer = self.peers.get(name);
        let Some(cipher) = peer.and_then(|peer| peer.cipher.as_ref()) else {
            let restored = peer.is_some_and(|peer| peer.restored.is_some());
            return Some(if restored {
                format!(
                    "this station was restored from a backup, which has no keys of lines: pair \
                     with {name} anew"
                )
            } else {
                format!("there are no keys with {name}: pair with it first")
            });
        };
        let hold = cipher.hold()?;
        let flash_may_go = matches!(hold, Hold::FirstContact | Hold::Unprovable);
        (!(flash_may_go && precedence == Precedence::Flash)).then(|| hold.to_string())
    }

    /// Officers of both sides have spoken and go on with the keys that are.
    pub(crate) fn lift_hold(
        &mut self,
        now: Now,
        peer: Option<String>,
        officer: &str,
        because: &str,
    ) -> Result<Response, Refusal> {
        let name = self.choose_peer(peer)?;
        if officer.trim().is_empty() {
            return Err(usage("No officer is named.", "Name one with --as."));
        }
        if because.trim().is_empty() || because.len() > REASON_BYTES_MAX {
            return Err(usage(
                "A reason is missing, or too long.",
                "Say why with --because, in at most 512 bytes.",
            ));
        }
        let cipher = self.peers.get_mut(&name).and_then(|p| p.cipher.as_mut());
        let Some(cipher) = cipher else {
            let why = self.held_because(&name, Precedence::Flash);
            return Err(policy(
                sentence(&why.unwrap_or_default()),
                format!("Pair with it: `redphone pair {name} --help`."),
            ));
        };
        let hold = check_liftable(cipher.hold(), &name)?;
        cipher.lift_hold();
        let record = Record::HoldLifted {
            peer: name.clone(),
            hold: hold.to_string(),
            officer: officer.to_owned(),
            because: because.to_owned(),
            at: now.utc,
        };
        self.note(now, record);
        for shown in crate::says::hold_alarms(&name) {
            self.alarms.remove(&shown);
        }
        let mut said = format!("The hold on the line to {name} is lifted by {officer}: {hold}.");
        self.tell(now.utc, EventKind::Line, &name, None, said.clone());
        self.pump(now, &name);
        if let Some(left) = self.held_because(&name, Precedence::Routine) {
            said = format!("{said} Still: {left}.");
        }
        Ok(Response::Done { said })
    }
}

/// Says which hold officers may lift, and of any other what ends it (rule CONTACT-8).
fn check_liftable(hold: Option<Hold>, name: &PartyName) -> Result<Hold, Refusal> {
    let (what, to_do) = match hold {
        Some(hold @ (Hold::PeerCloned | Hold::PeerRestored | Hold::Unprovable)) => {
            return Ok(hold);
        }
        Some(Hold::WeAreRestored) => (
            "This station was restored to an earlier state: no word lifts that.",
            format!("Pair the line anew: `redphone pair {name} --help`."),
        ),
        Some(Hold::Unconfirmed) => (
            "The pairing is not confirmed: that is no hold to lift.",
            "Carry the third letter, or wait for the other side's first envelope.".to_owned(),
        ),
        Some(Hold::FirstContact) => (
            "There was no contact since the start: that is no hold to lift. FLASH goes.",
            "See that a bearer is up; the first contact ends it.".to_owned(),
        ),
        None | Some(_) => (
            "Nothing is held on this line.",
            "See the line with `redphone line`.".to_owned(),
        ),
    };
    Err(policy(what, to_do))
}
