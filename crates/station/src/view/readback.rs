//! Read-backs as their officers see them: the card, what was filled in, what differs, what is next.

use redphone_api::{ReadBack, ReadBackItem, ReadBackStanding};
use redphone_clarity::ReadBackItem as CardItem;
use redphone_desk::asks::Side;
use redphone_desk::{PeerDesk, ReadBacks, card};
use redphone_journal::Storage;
use redphone_wire::{Act, Form, PartyName, Serial, shown};

use crate::hub::Hub;

/// Read-backs of one line that a board lists, the newest first.
const LISTED_MAX: usize = 100;

impl<S: Storage> Hub<S> {
    /// The card of a message, or of the message that it reads back.
    pub(crate) fn readback_of(
        &mut self,
        peer: &PartyName,
        from: Side,
        serial: Serial,
    ) -> Option<ReadBack> {
        let desk = self.desk.peer(peer)?;
        let (of, read, held) = match desk.readbacks(from, serial) {
            Some(held) => (from, serial, held),
            None => carried(desk, from, serial)?,
        };
        let held = held.clone();
        let form = self.form_of(peer, of == Side::Us, read)?;
        let answer = held.carrier;
        let answer = answer.and_then(|serial| self.form_of(peer, of == Side::Peer, serial));
        let mut view = self.readback_view(peer, of, read, &held);
        let items = (1_u16..).zip(card(&form));
        let items = items.map(|(number, item)| item_view(&held, answer.as_ref(), number, &item));
        view.items = items.collect();
        Some(view)
    }

    /// The read-backs of a line that are not confirmed, the newest first, without their items.
    pub(crate) fn readbacks_open(&self, peer: &PartyName) -> Vec<ReadBack> {
        let Some(desk) = self.desk.peer(peer) else {
            return Vec::new();
        };
        let open = desk
            .all_readbacks()
            .filter(|(_, _, held)| held.confirmed.is_none());
        let mut open: Vec<_> = open.collect();
        open.sort_by_key(|(of, serial, _)| (*serial, *of));
        let newest = open.into_iter().rev().take(LISTED_MAX);
        newest
            .map(|(of, serial, held)| self.readback_view(peer, of, serial, held))
            .collect()
    }

    fn readback_view(
        &self,
        peer: &PartyName,
        of: Side,
        serial: Serial,
        held: &ReadBacks,
    ) -> ReadBack {
        let standing = match (&held.confirmed, held.waits, held.newest) {
            (Some(_), ..) => ReadBackStanding::Confirmed,
            (None, true, _) => ReadBackStanding::Waits,
            (None, false, 0) => ReadBackStanding::NotYet,
            (None, false, _) => ReadBackStanding::Corrected,
        };
        let carrier = held.carrier;
        let confirmed = held.confirmed.as_ref();
        ReadBack {
            of: self.message_name(peer, of, serial),
            peer: peer.to_string(),
            ours: of == Side::Us,
            standing,
            number: held.newest,
            carried_by: carrier
                .map(|serial| self.message_name(peer, of.other(), serial))
                .unwrap_or_default(),
            officer: held.officer.clone(),
            confirmed_by: confirmed.map(|(who, _)| who.clone()).unwrap_or_default(),
            confirmed_at: confirmed.map(|(_, at)| at.0),
            wrong: held.wrong.iter().copied().collect(),
            speak: held.to_speak(),
            items: Vec::new(),
        }
    }
}

/// The message that another one reads back, where that is its newest read-back.
fn carried(desk: &PeerDesk, from: Side, serial: Serial) -> Option<(Side, Serial, &ReadBacks)> {
    let mut of_the_other = desk.all_readbacks().filter(|(of, ..)| *of == from.other());
    of_the_other.find(|(_, _, held)| held.carrier == Some(serial))
}

fn item_view(
    held: &ReadBacks,
    answer: Option<&Form>,
    number: u16,
    item: &CardItem,
) -> ReadBackItem {
    let acts = answer.map_or(&[][..], Form::acts);
    let read = acts.iter().find_map(|act| {
        let Act::ReadBack { readback, items } = act else {
            return None;
        };
        let newest = *readback == held.newest;
        items.iter().find(|one| newest && one.item == number)
    });
    ReadBackItem {
        item: number,
        field: item.field.clone(),
        hint: item.kind.hint().to_owned(),
        says: Some(item.value.to_string()),
        read: read.map(|one| shown(&one.value)).unwrap_or_default(),
        due: held.due.contains(&number),
        misses: held.misses.get(&number).copied().unwrap_or_default(),
    }
}
