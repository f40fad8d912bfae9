//! Messages and the order wire as their operators see them.

mod asks;
mod form;
mod ladder;
mod readback;

use redphone_api::{
    AlsoCameBy, Attachment, Message, MessageRef, MessageSummary, OrderWireLine, Refusal, Response,
    Tray, hex,
};
use redphone_desk::asks::Side;
use redphone_desk::{BodyName, Incoming, Outgoing, ReadBacks, Standing};
use redphone_journal::Storage;
use redphone_wire::{
    AttachmentInfo, Dtg, Now, OrderWire, PartyName, Serial, Utc, from_bytes, shown,
};

use crate::hub::Hub;
use crate::refusals::{not_found, policy};
use crate::rights::Sight;

pub(crate) use asks::ask_table;
use ladder::{incoming_ladder, outgoing_ladder};

/// Most items that one answer lists.
pub(crate) const LIST_MAX: usize = 1_000;
/// A receipt that is out for longer than this and twice the air time is UNKNOWN.
const UNKNOWN_AFTER_MS: u64 = 10_000;

impl<S: Storage> Hub<S> {
    pub(crate) fn list(
        &mut self,
        now: Now,
        tray: Tray,
        peer: Option<String>,
        limit: u32,
    ) -> Result<Response, Refusal> {
        let peers = match peer {
            Some(_) => vec![self.choose_peer(peer)?],
            None => self.peers(),
        };
        let limit = (limit as usize).min(LIST_MAX);
        let mut messages = Vec::new();
        for peer in &peers {
            let Some(desk) = self.desk.peer(peer) else {
                continue;
            };
            match tray {
                Tray::In => {
                    let newest = desk.in_.iter().rev().take(limit);
                    messages.extend(newest.map(|(serial, m)| self.incoming_view(peer, *serial, m)));
                }
                Tray::Out => {
                    let newest = desk.out.iter().rev().take(limit);
                    let view = |(serial, m): (&Serial, &Outgoing)| {
                        self.outgoing_view(now, peer, *serial, m)
                    };
                    messages.extend(newest.map(view));
                }
            }
        }
        messages.sort_by_key(|message| {
            std::cmp::Reverse((
                message.arrived_at.unwrap_or(message.released_at),
                message.serial,
            ))
        });
        messages.truncate(limit);
        Ok(Response::Messages { messages })
    }

    pub(crate) fn read(
        &mut self,
        now: Now,
        wanted: &MessageRef,
        sight: &Sight,
    ) -> Result<Response, Refusal> {
        let ours = wanted
            .from
            .as_ref()
            .is_none_or(|from| *from == self.name.as_str());
        let (peer, serial) = if ours {
            self.find_outgoing(wanted)?
        } else {
            self.find_incoming(wanted)?
        };
        let said = self.said_in(&peer, ours, serial)?;
        let from = if ours { Side::Us } else { Side::Peer };
        let translations = self.translations_of(&peer, from, &said);
        let difference = self.difference(&peer, from, serial, said.form.as_ref());
        let difference = difference.filter(|found| self.may_see(&found.message, sight));
        let (summary, attached) = if ours {
            let message = self.desk.outgoing(&peer, serial);
            let Some(message) = message else {
                return Err(gone());
            };
            let attached = indexed(&message.attachments, |index, info| {
                let there = message.bytes_there(index);
                attachment_view(index, info, there, there == info.bytes)
            });
            (self.outgoing_view(now, &peer, serial, message), attached)
        } else {
            let Some(message) = self.desk.incoming(&peer, serial) else {
                return Err(gone());
            };
            let attached = indexed(&message.attachments, |index, info| {
                let pieces = self.desk.pieces(&peer, serial, index);
                let here = pieces.map_or(0, redphone_desk::Pieces::bytes);
                let whole = pieces.and_then(redphone_desk::Pieces::verdict) == Some(true);
                let here = u32::try_from(here).unwrap_or(u32::MAX);
                attachment_view(index, info, here, whole)
            });
            (self.incoming_view(&peer, serial, message), attached)
        };
        let mut message = Message {
            summary,
            form: said.form.as_ref().map(|form| self.form_view(&peer, form)),
            text: said.text,
            readers: said
                .readers
                .iter()
                .flatten()
                .map(|name| shown(name))
                .collect(),
            veiled: false,
            attached,
            asks: self.asks_of(&peer, from, serial),
            reply: self.reply_of(&peer, from, serial),
            difference,
            readback: self.readback_of(&peer, from, serial),
            translations,
        };
        if *sight == Sight::Veiled {
            veil(&mut message);
        }
        Ok(Response::Message(Box::new(message)))
    }

    /// Whether texts of the message of this name are shown to whoever asks.
    pub(crate) fn may_see(&mut self, name: &str, sight: &Sight) -> bool {
        let Sight::Reader(officer) = sight else {
            return *sight == Sight::All;
        };
        let message: Option<MessageRef> = name.parse().ok();
        message.is_some_and(|message| sight.shows(self.readable(&message, officer)))
    }

    /// What was written, from the body that is kept.
    pub(crate) fn said_in(
        &mut self,
        peer: &PartyName,
        out: bool,
        serial: Serial,
    ) -> Result<redphone_wire::Message, Refusal> {
        let body = self.body(&BodyName::message(peer, out, serial));
        let bytes = match body {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Err(gone()),
            Err(error) => {
                return Err(policy(
                    format!("The text cannot be read: {error}."),
                    "Check the disk with `redphone journal verify`.",
                ));
            }
        };
        from_bytes::<redphone_wire::Message>(&bytes).map_err(|_| gone())
    }

    pub(crate) fn outgoing_view(
        &self,
        now: Now,
        peer: &PartyName,
        serial: Serial,
        message: &Outgoing,
    ) -> MessageSummary {
        let expected = self
            .air_times(peer, 400)
            .into_iter()
            .map(|(_, ms)| ms)
            .min();
        let patience = UNKNOWN_AFTER_MS + 2 * expected.unwrap_or(0);
        let late = |since: Option<Utc>| {
            since.is_some_and(|since| now.utc.0.saturating_sub(since.0) > patience)
        };
        let held_because = match &message.standing {
            Standing::Held { because } => because.clone(),
            Standing::ToSeal => self
                .held_because(peer, message.precedence)
                .unwrap_or_else(|| "waits its turn".to_owned()),
            Standing::Sealed => String::new(),
        };
        let whole = (0_u8..)
            .zip(&message.attachments)
            .filter(|(index, info)| message.bytes_there(*index) == info.bytes)
            .count();
        MessageSummary {
            name: format!("{} {serial}", self.name),
            tray: Tray::Out,
            peer: peer.to_string(),
            serial: serial.0,
            precedence: message.precedence.to_string(),
            handled_as: message.precedence.to_string(),
            dtg: Dtg(message.released).to_string(),
            released_at: message.released.0,
            releaser: message.releaser.clone(),
            arrived_at: None,
            arrived_by: None,
            also_came_by: Vec::new(),
            place: self.place_of(peer, Side::Us, serial),
            ladder: outgoing_ladder(
                message,
                self.readbacks(peer, Side::Us, serial),
                self.answered(peer, Side::Us, serial),
                late(message.on_line.as_ref().map(|(at, _)| *at))
                    // It was sealed once: nobody can say whether it came.
                    || matches!(message.standing, Standing::Held { .. }),
            ),
            attachments: count(message.attachments.len()),
            attachments_whole: count(whole),
            acknowledged_by: names(&message.acknowledged),
            held_because,
        }
    }

    fn readbacks(&self, peer: &PartyName, of: Side, serial: Serial) -> Option<&ReadBacks> {
        self.desk.peer(peer)?.readbacks(of, serial)
    }

    pub(crate) fn incoming_view(
        &self,
        peer: &PartyName,
        serial: Serial,
        message: &Incoming,
    ) -> MessageSummary {
        let whole = (0_u8..)
            .zip(&message.attachments)
            .filter(|(index, _)| {
                let pieces = self.desk.pieces(peer, serial, *index);
                pieces.and_then(redphone_desk::Pieces::verdict) == Some(true)
            })
            .count();
        let also_came_by = message.also_came.iter().map(|(bearer, at)| AlsoCameBy {
            bearer: bearer.clone(),
            at: at.0,
        });
        MessageSummary {
            name: format!("{peer} {serial}"),
            tray: Tray::In,
            peer: peer.to_string(),
            serial: serial.0,
            precedence: message.precedence.to_string(),
            handled_as: message.urgency().to_string(),
            dtg: Dtg(message.released).to_string(),
            released_at: message.released.0,
            releaser: message.releaser.clone(),
            arrived_at: Some(message.arrived.0),
            arrived_by: Some(message.arrived_by.clone()),
            also_came_by: also_came_by.collect(),
            place: self.place_of(peer, Side::Peer, serial),
            ladder: incoming_ladder(
                peer,
                message,
                self.readbacks(peer, Side::Peer, serial),
                self.answered(peer, Side::Peer, serial),
            ),
            attachments: count(message.attachments.len()),
            attachments_whole: count(whole),
            acknowledged_by: names(&message.acknowledged),
            held_because: String::new(),
        }
    }

    pub(crate) fn list_order_wire(
        &mut self,
        peer: Option<String>,
        limit: u32,
    ) -> Result<Response, Refusal> {
        let peers = match peer {
            Some(_) => vec![self.choose_peer(peer)?],
            None => self.peers(),
        };
        let limit = (limit as usize).min(LIST_MAX);
        let mut lines = Vec::new();
        for peer in &peers {
            let newest: Vec<_> = self.desk.peer(peer).map_or_else(Vec::new, |desk| {
                let newest = desk.wire.iter().rev().take(limit);
                newest.map(|(n, line)| (*n, line.clone())).collect()
            });
            for (number, line) in newest {
                let body = self.body(&BodyName::wire_line(peer, number));
                let text = body
                    .ok()
                    .flatten()
                    .and_then(|bytes| from_bytes::<OrderWire>(&bytes).ok())
                    .map_or_else(|| "(no longer held)".to_owned(), |line| line.text);
                lines.push(OrderWireLine {
                    peer: peer.to_string(),
                    tray: if line.out { Tray::Out } else { Tray::In },
                    at: line.at.0,
                    officer: line.officer,
                    text,
                    receipted_at: line.receipted.map(|at| at.0),
                });
            }
        }
        lines.sort_by_key(|line| line.at);
        Ok(Response::OrderWire { lines })
    }
}

/// Leaves what whoever opens the socket may see of a message.
fn veil(message: &mut Message) {
    let Message {
        summary: _,
        readers: _,
        text,
        form,
        veiled,
        attached,
        asks,
        reply: _,
        difference,
        readback,
        translations,
    } = message;
    *veiled = true;
    text.clear();
    *form = None;
    attached.clear();
    asks.clear();
    *difference = None;
    for item in readback.iter_mut().flat_map(|view| &mut view.items) {
        item.says = None;
        item.read.clear();
    }
    translations.clear();
}

pub(crate) fn attachment_view(
    index: u8,
    info: &AttachmentInfo,
    there: u32,
    whole: bool,
) -> Attachment {
    Attachment {
        index,
        name: info.name.clone(),
        media_type: info.media_type.clone(),
        bytes: info.bytes,
        bytes_there: there,
        whole,
        digest: hex::encode(&info.digest),
    }
}

pub(crate) fn indexed<T>(
    infos: &[AttachmentInfo],
    view: impl Fn(u8, &AttachmentInfo) -> T,
) -> Vec<T> {
    (0_u8..)
        .zip(infos)
        .map(|(index, info)| view(index, info))
        .collect()
}

fn names(acknowledged: &[(String, Utc)]) -> Vec<String> {
    acknowledged.iter().map(|(name, _)| name.clone()).collect()
}

pub(crate) fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

pub(crate) fn gone() -> Refusal {
    not_found(
        "Its text is no longer held here.",
        "It was destroyed when its time was over; the journal says when.",
    )
}
