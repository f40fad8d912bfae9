//! After a restore: what is in doubt, how it is settled, and what is sent again.
//!
//! A backup has no keys of lines, and it is older than what was sent since. So every line is paired
//! anew; messages without a receipt are held, because nobody can say whether they went; and no
//! message is numbered until the peer, or an officer who asked it by voice, has said up to where
//! it holds ours. Rules RESTORE-3 to RESTORE-7.

use redphone_api::{EventKind, Refusal, Response};
use redphone_desk::{DeskError, PeerMisbehaved};
use redphone_journal::Storage;
use redphone_seal::Cipher;
use redphone_wire::{Kind, Now, PartyName, Serial, Service, Utc};

use crate::budget::RESENT;
use crate::hub::Hub;
use crate::record::{About, Record};
use crate::refusals::{of_desk, policy, usage};

/// Why a message came back to the desk.
const HELD: &str =
    "this station was restored, and nobody can say whether it went; release it again";

impl<S: Storage> Hub<S> {
    /// The journal says that the station was restored: no key of a line is there any more.
    pub(crate) fn apply_restored(&mut self, at: Utc) {
        self.desk.skip_orders(at);
        for (name, peer) in &mut self.peers {
            peer.restored = Some(at);
            peer.serials_unsure = true;
            peer.letters.clear();
            peer.carriage.void();
            // Who acknowledged what stays true. The rest is of a line that is gone.
            let acknowledgement = About::Other(Kind::Acknowledgement.byte());
            let waiting = &mut peer.carriage.waiting;
            waiting.retain(|_, one| one.about == acknowledgement);
            let serials = self.desk.peer(name).map(redphone_desk::PeerDesk::unproved);
            self.desk.apply(&redphone_desk::Record::SentBack {
                peer: name.clone(),
                serials: serials.unwrap_or_default(),
                because: HELD.to_owned(),
            });
        }
        self.send_drafts_back(at);
    }

    /// Whether a draft of an earlier state went meanwhile, this station does not know: people look.
    fn send_drafts_back(&mut self, at: Utc) {
        let open = self.desk.drafts().all();
        let open = open.filter(|(_, held)| !held.stage.has_ended());
        let open: Vec<u32> = open.map(|(number, _)| number).collect();
        for number in open {
            let because = "this station was restored: ask whether it has gone".to_owned();
            let fact = self.desk.could_not_go(at, number, because);
            self.desk.apply(&redphone_desk::Record::Draft(fact));
        }
    }

    /// The peer proved that this station runs from an earlier state, which no `restore` made: what
    /// it released since may bear numbers that the peer knows.
    pub(crate) fn apply_rolled_back(&mut self, name: &PartyName) {
        if let Some(peer) = self.peers.get_mut(name) {
            (peer.rolled_back, peer.serials_unsure) = (true, true);
        }
        let serials = self.desk.peer(name).map(redphone_desk::PeerDesk::unproved);
        self.desk.apply(&redphone_desk::Record::SentBack {
            peer: name.clone(),
            serials: serials.unwrap_or_default(),
            because: HELD.to_owned(),
        });
    }

    /// Writes down once what the peer proved.
    pub(crate) fn note_rolled_back(&mut self, now: Now, name: &PartyName) {
        let known = self.peers.get(name).is_none_or(|peer| peer.rolled_back);
        if !known {
            let record = Record::RolledBack {
                peer: name.clone(),
                at: now.utc,
            };
            self.note(now, record);
        }
    }

    /// It is known up to where the peer holds our messages. Called before the desk knows.
    pub(crate) fn apply_holds(&mut self, name: &PartyName, highest: Serial) {
        let ours = self.desk.peer(name).map_or(0, |desk| desk.highest_out());
        let Some(peer) = self.peers.get_mut(name) else {
            return;
        };
        // A backup is a beginning of what the peer knows; any other earlier state went its own way.
        if peer.rolled_back || (highest.0 > ours && !peer.serials_unsure) {
            peer.doubtful_to = highest;
        }
        peer.rolled_back = false;
        peer.serials_unsure = false;
        peer.awaits_serials = false;
    }

    /// Whether a held message may go under its own number.
    pub(crate) fn check_number(&self, name: &PartyName, serial: Serial) -> Result<(), Refusal> {
        let doubtful = self
            .peers
            .get(name)
            .is_some_and(|peer| serial <= peer.doubtful_to || peer.rolled_back);
        if !doubtful {
            return Ok(());
        }
        Err(policy(
            format!(
                "{name} holds a message under the number {} {serial}, and it may be another one:                  this station ran from an earlier state.",
                self.name
            ),
            "Read it here; if it is still true, release its text as a new message with `redphone              send`.",
        ))
    }

    /// Why no message can be numbered for a peer, and what to do; or nothing.
    pub(crate) fn check_serials(&self, name: &PartyName) -> Result<(), Refusal> {
        let Some(peer) = self.peers.get(name).filter(|peer| peer.serials_unsure) else {
            return Ok(());
        };
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::NumbersTakenAgain) {
            return Ok(());
        }
        if peer.rolled_back {
            return Err(policy(
                format!(
                    "This station runs from an earlier state: {name} proves it. A new message \
                     could take the number of one that {name} holds."
                ),
                format!("Pair the line anew: `redphone pair {name} --help`."),
            ));
        }
        if peer.cipher.is_none() {
            return Err(policy(
                format!(
                    "This station was restored from a backup, which has no keys of the line to \
                     {name}."
                ),
                format!("Pair it anew with an officer of {name}: `redphone pair {name} --help`."),
            ));
        }
        Err(policy(
            format!(
                "This station was restored from a backup, and {name} has not said yet up to which \
                 serial it holds ours. A new message could take the number of an old one."
            ),
            "It says so at the first contact. If that cannot come, ask by voice and name the \
             serial: `redphone line serials NUMBER --as OFFICER`.",
        ))
    }

    /// What stands in doubt on a line that seals, in words.
    pub(crate) fn doubt(&self, name: &PartyName) -> Option<String> {
        let peer = self.peers.get(name)?;
        peer.serials_unsure.then(|| {
            format!(
                "this station was restored, and {name} has not said yet which of our messages it \
                 holds: none can be released"
            )
        })
    }

    /// The keys of a pairing are in force: we say up to where we hold the peer's messages, which a
    /// pairing anew waits for. The side that has the last letter says it at the first pairing, too:
    /// until it is heard from, the other side may send nothing.
    pub(crate) fn tell_serials(&mut self, now: Now, name: &PartyName) {
        let tells = self.peers.get(name).is_some_and(|peer| {
            let confirmed = peer.cipher.as_ref().is_some_and(Cipher::is_confirmed);
            peer.awaits_serials || confirmed
        });
        if tells {
            let highest = self.desk.peer(name).map_or(0, |desk| desk.highest_in());
            let highest = Serial(highest);
            self.send_service(now, name, &Service::Holds { highest });
        }
    }

    /// The peer says up to where it holds our messages. Taken once for each pairing anew.
    pub(crate) fn handle_holds(
        &mut self,
        now: Now,
        name: &PartyName,
        highest: Serial,
    ) -> Result<(), DeskError> {
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::NumbersTakenAgain) {
            return Ok(());
        }
        let ours = self.desk.peer(name).map_or(0, |desk| desk.highest_out());
        let awaited = self.peers.get(name).is_some_and(|peer| peer.awaits_serials);
        if !awaited {
            return if highest.0 > ours {
                Err(PeerMisbehaved::UnknownMessage { serial: highest }.into())
            } else {
                Ok(())
            };
        }
        let service = Service::Holds { highest };
        if let Some(record) = self.desk.handle_service(name, &service)? {
            self.note_desk(now, record);
        }
        let said = crate::says::service(name, &service);
        self.tell(now.utc, EventKind::Service, name, None, said);
        if highest.0 > ours {
            let what = crate::says::serials_lost(&self.name, name, Serial(ours + 1), highest);
            self.alarm(now, name, what);
        } else if highest.0 < ours {
            self.send_lost(now, name, highest);
        }
        Ok(())
    }

    /// The peer no longer holds what its receipts say it held: it was restored. That goes again.
    fn send_lost(&mut self, now: Now, name: &PartyName, highest: Serial) {
        let lost = self.desk.peer(name).and_then(|desk| {
            let behind = desk.out.range(Serial(highest.0.saturating_add(1))..);
            let mut there = behind.filter(|(_, message)| message.at_station.is_some());
            let first = *there.next()?.0;
            Some((first, there.next_back().map_or(first, |(last, _)| *last)))
        });
        if let Some((first, last)) = lost {
            let what = crate::says::peer_lost(&self.name, name, first, last);
            self.alarm(now, name, what);
            self.send_missing(now, name, &[(first, last)]);
        }
    }

    /// The peer misses serials that were lost here with the state that was restored: it is told.
    pub(crate) fn tell_not_held(
        &mut self,
        now: Now,
        name: &PartyName,
        (first, last): (Serial, Serial),
    ) {
        let lost: Vec<Serial> = self.desk.peer(name).map_or_else(Vec::new, |desk| {
            if desk.out.len() >= desk.highest_out() as usize {
                return Vec::new();
            }
            let used = (first.0..=last.0.min(desk.highest_out())).map(Serial);
            let lost = used.filter(|serial| serial.0 > 0 && !desk.out.contains_key(serial));
            lost.take(RESENT.most as usize).collect()
        });
        for serial in lost {
            let may = self
                .peers
                .get_mut(name)
                .is_some_and(|peer| peer.budgets.resent.take(now.monotonic, RESENT, 1));
            if !may {
                return;
            }
            self.send_service(now, name, &Service::NotHeld { serial });
        }
    }

    /// An officer names the highest serial of ours that the peer holds, as he heard it by voice.
    pub(crate) fn name_serials(
        &mut self,
        now: Now,
        peer: Option<String>,
        highest: u32,
        officer: &str,
    ) -> Result<Response, Refusal> {
        let name = self.choose_peer(peer)?;
        if officer.trim().is_empty() {
            return Err(usage("No officer is named.", "Name one with --as."));
        }
        if self.check_serials(&name).is_ok() {
            return Err(policy(
                format!("The serials to {name} are not in doubt."),
                "Nothing is to be done: they go on by themselves.",
            ));
        }
        let highest = Serial(highest);
        let record = self
            .desk
            .handle_service(&name, &Service::Holds { highest })
            .map_err(of_desk)?;
        if let Some(redphone_desk::Record::Holds { peer, highest, .. }) = record {
            let officer = officer.to_owned();
            self.note_desk(
                now,
                redphone_desk::Record::Holds {
                    peer,
                    highest,
                    officer,
                },
            );
        }
        self.pump(now, &name);
        let next = self.desk.peer(&name).and_then(|desk| desk.next_serial());
        let next = next.map_or_else(String::new, |next| next.to_string());
        Ok(Response::Done {
            said: format!("The next message to {name} is {} {next}.", self.name),
        })
    }
}
