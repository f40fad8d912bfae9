//! Facts change the state here and nowhere else, live and in replay alike.

use redphone_journal::Storage;
use redphone_line::TestMark;
use redphone_wire::Now;

use crate::carriage::{Outstanding, Waiting};
use crate::hub::Hub;
use crate::peer::Peer;
use crate::record::{About, Record};

impl<S: Storage> Hub<S> {
    /// Changes the state by a fact. The only way, live and in replay alike.
    pub(crate) fn apply(&mut self, now: Now, record: &Record) {
        match record {
            Record::Alarm { .. }
            | Record::BackedUp { .. }
            | Record::Founded { .. }
            | Record::HoldLifted { .. }
            | Record::PeerMisbehaved { .. } => {}
            Record::Started { life } => self.life = *life,
            Record::Restored { at } => self.apply_restored(*at),
            Record::RolledBack { peer, .. } => self.apply_rolled_back(peer),
            Record::Desk(record) => {
                if let redphone_desk::Record::Holds { peer, highest, .. } = record {
                    self.apply_holds(peer, *highest);
                }
                self.desk.apply(record);
            }
            Record::Bearer {
                name, out, because, ..
            } => {
                if *out {
                    self.out.insert(name.clone(), because.clone());
                } else {
                    self.out.remove(name);
                }
            }
            Record::Learned { bearer, learned } => {
                for peer in self.peers.values_mut() {
                    peer.learned.insert(bearer.clone(), *learned);
                }
            }
            Record::CardTrusted { card } => {
                let name = card.body.name.clone();
                self.peer_mut(now, &name).card = Some(card.clone());
            }
            Record::Sealed { peer, about, .. } => {
                match about {
                    About::Message(serial) => self.desk.peer_mut(peer).mark_sealed(*serial, None),
                    About::Piece(serial, index, offset) => self
                        .desk
                        .peer_mut(peer)
                        .mark_sealed(*serial, Some((*index, *offset))),
                    About::WireLine(_) | About::Other(_) => {}
                }
                self.peer_mut(now, peer).apply(now, record);
            }
            Record::LetterMade { peer, .. }
            | Record::Opened { peer, .. }
            | Record::Paired { peer, .. }
            | Record::Receipted { peer, .. }
            | Record::Refreshed { peer, .. }
            | Record::TapeInstalled { peer, .. }
            | Record::Test { peer, .. }
            | Record::TestCalled { peer, .. }
            | Record::Waits { peer, .. } => self.peer_mut(now, peer).apply(now, record),
        }
    }
}

impl Peer {
    fn apply(&mut self, now: Now, record: &Record) {
        match record {
            Record::LetterMade {
                number,
                answers,
                letter,
                ..
            } => {
                self.letters.insert(*number, (*answers, letter.clone()));
            }
            Record::Paired { generation, .. } => {
                self.generation = *generation;
                self.carriage.void();
                self.key_ages.paired();
                self.restored = None;
                // Where the two never paired before, the peer holds nothing of ours.
                self.awaits_serials = *generation > 1;
                self.serials_unsure &= *generation > 1;
            }
            Record::Refreshed { out, in_, at, .. } => {
                self.key_ages.refreshed(now, *out, *in_, *at);
            }
            Record::TapeInstalled { ours, last, .. } => {
                let [out, in_] = &mut self.tape_last;
                let highest = if *ours { out } else { in_ };
                *highest = (*highest).max(*last);
            }
            Record::Test { .. } | Record::TestCalled { .. } => self.apply_test(record),
            Record::Opened { .. }
            | Record::Receipted { .. }
            | Record::Sealed { .. }
            | Record::Waits { .. } => self.apply_carriage(record),
            Record::Alarm { .. }
            | Record::BackedUp { .. }
            | Record::Bearer { .. }
            | Record::CardTrusted { .. }
            | Record::Desk(_)
            | Record::Founded { .. }
            | Record::HoldLifted { .. }
            | Record::Learned { .. }
            | Record::PeerMisbehaved { .. }
            | Record::Restored { .. }
            | Record::RolledBack { .. }
            | Record::Started { .. } => {}
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "apply hands over only facts of the carriage"
    )]
    fn apply_carriage(&mut self, record: &Record) {
        match record {
            Record::Opened {
                id, serial, mark, ..
            } => self.carriage.open(*id, *mark, *serial),
            Record::Receipted { epoch, numbers, .. } => self.carriage.receipt(*epoch, numbers),
            Record::Sealed {
                id,
                mark,
                precedence,
                about,
                waiting,
                ..
            } => {
                let one = Outstanding {
                    mark: *mark,
                    precedence: *precedence,
                    about: about.clone(),
                };
                self.carriage.seal(*id, one, *waiting);
            }
            Record::Waits {
                about,
                precedence,
                body,
                ..
            } => self.carriage.wait(Waiting {
                about: about.clone(),
                precedence: *precedence,
                body: body.clone(),
            }),
            _ => {}
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "apply hands over only facts of tests"
    )]
    fn apply_test(&mut self, record: &Record) {
        match record {
            Record::Test {
                good,
                outcome,
                took_ms,
                at,
                ..
            } => {
                if *good {
                    self.last_test.good = Some((*at, took_ms.unwrap_or(0)));
                }
                self.last_test.outcome.clone_from(outcome);
            }
            Record::TestCalled {
                hours,
                early,
                missed,
                ..
            } => {
                self.last_test.mark = TestMark {
                    hours: hours.clone(),
                    early: *early,
                    missed: *missed,
                };
            }
            _ => {}
        }
    }
}
