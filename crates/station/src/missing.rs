//! Messages of ours that the peer misses: sealed anew, or said to be held no longer.

use std::collections::BTreeSet;

use redphone_desk::{BodyName, Standing};
use redphone_journal::Storage;
use redphone_wire::limits::MISSING_RANGES_MAX;
use redphone_wire::{Now, PartyName, Serial, Service};

use crate::budget::RESENT;
use crate::hub::Hub;
use crate::record::About;

impl<S: Storage> Hub<S> {
    /// The peer misses serials: what it does not hold and we do is sealed anew.
    pub(crate) fn send_missing(&mut self, now: Now, name: &PartyName, ranges: &[(Serial, Serial)]) {
        let on_their_way = self.on_their_way(name);
        for (first, last) in ranges.iter().take(MISSING_RANGES_MAX) {
            self.tell_not_held(now, name, (*first, *last));
            let held: Vec<Serial> = self.desk.peer(name).map_or_else(Vec::new, |desk| {
                desk.out
                    .range(*first..=*last)
                    .filter(|(serial, message)| {
                        message.at_station.is_some()
                            && message.standing == Standing::Sealed
                            && !on_their_way.contains(serial)
                    })
                    .map(|(serial, _)| *serial)
                    .take(RESENT.most as usize)
                    .collect()
            });
            for serial in held {
                let may = self
                    .peers
                    .get_mut(name)
                    .is_some_and(|peer| peer.budgets.resent.take(now.monotonic, RESENT, 1));
                if !may {
                    let what = "it asks for more messages again than a station can miss";
                    self.misbehaved(now, name, "DESK-7", what.to_owned());
                    break;
                }
                let body = BodyName::message(name, true, serial);
                if matches!(self.body(&body), Ok(Some(_))) {
                    let peer = name.clone();
                    self.note_desk(now, redphone_desk::Record::SentAnew { peer, serial });
                } else {
                    self.send_service(now, name, &Service::NotHeld { serial });
                }
            }
        }
        self.pump(now, name);
    }

    /// Messages whose envelopes wait for a receipt.
    fn on_their_way(&self, name: &PartyName) -> BTreeSet<Serial> {
        let outstanding = self.peers.get(name).map(|peer| &peer.carriage.outstanding);
        let outstanding = outstanding.into_iter().flatten();
        outstanding
            .filter_map(|(_, one)| match one.about {
                About::Message(serial) => Some(serial),
                About::Other(_) | About::Piece(..) | About::WireLine(_) => None,
            })
            .collect()
    }
}
