//! What each fact changes of what the desk holds of a peer. A replay of all facts is that state.

use crate::asks::Side;
use crate::limits::{ACKNOWLEDGEMENTS_MAX, COPIES_MAX, ORDER_WIRE_LINES_MAX};
use crate::{Incoming, Outgoing, Record, Standing, WireLine};

use super::{PeerDesk, Suspension};

impl PeerDesk {
    pub(crate) fn apply(&mut self, record: &Record) {
        match record {
            Record::Released { .. } | Record::SentAnew { .. } | Record::SentBack { .. } => {
                self.apply_release(record);
            }
            Record::AcknowledgedThere { .. }
            | Record::AtStation { .. }
            | Record::OnDesk { .. }
            | Record::PieceAtStation { .. } => self.apply_ladder(record),
            Record::Acknowledged { .. }
            | Record::AlsoCame { .. }
            | Record::AttachmentWhole { .. }
            | Record::PieceReceived { .. }
            | Record::Received { .. }
            | Record::Shown { .. } => self.apply_incoming(record),
            Record::Announced { .. }
            | Record::Holds { .. }
            | Record::MissingAsked { .. }
            | Record::NotHeld { .. }
            | Record::OrderWire { .. }
            | Record::OrderWireThere { .. }
            | Record::PeerDesk { .. }
            | Record::Subject { .. } => self.apply_service(record),
            Record::Ask { .. }
            | Record::ReadBack { .. }
            | Record::Replied { .. }
            | Record::ReplyWaits { .. } => self.apply_asks(record),
            Record::Agreement {
                by,
                serial,
                at,
                said,
                ..
            } => self.agreed.apply(*by, *serial, *at, said),
            Record::Placed {
                by,
                serial,
                link,
                crossed,
                ..
            } => self.threads.apply((*by, *serial), *link, crossed),
            Record::Watch(fact) => self.rise(fact),
            // They are about no peer, or stand in the journal alone.
            Record::Draft(_) | Record::Officer(_) | Record::Waived { .. } => {}
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "apply hands over only releases"
    )]
    fn apply_release(&mut self, record: &Record) {
        match record {
            Record::Released {
                serial,
                precedence,
                at,
                releaser,
                subject,
                attachments,
                piece_bytes,
                ..
            } => {
                let pieces = Outgoing::all_pieces(attachments, *piece_bytes);
                let message = Outgoing {
                    precedence: *precedence,
                    released: *at,
                    releaser: releaser.clone(),
                    subject: subject.clone(),
                    attachments: attachments.clone(),
                    piece_bytes: *piece_bytes,
                    standing: Standing::ToSeal,
                    pieces_to_seal: pieces.clone(),
                    pieces_unreceipted: pieces,
                    on_line: None,
                    at_station: None,
                    on_desk: None,
                    acknowledged: Vec::new(),
                    drafted: None,
                    risen: 0,
                    risen_there: None,
                };
                self.out.insert(*serial, message);
                self.index(*serial);
            }
            Record::SentBack {
                serials, because, ..
            } => {
                for serial in serials {
                    if let Some(message) = self.out.get_mut(serial) {
                        message.standing = Standing::Held {
                            because: because.clone(),
                        };
                        message.pieces_to_seal = message.pieces_unreceipted.clone();
                    }
                    self.index(*serial);
                }
            }
            Record::SentAnew { serial, .. } => {
                if let Some(message) = self.out.get_mut(serial) {
                    message.standing = Standing::ToSeal;
                }
                self.index(*serial);
            }
            _ => {}
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "apply hands over only rungs of the ladder"
    )]
    fn apply_ladder(&mut self, record: &Record) {
        match record {
            Record::AtStation {
                serial,
                on_line,
                at,
                bearer,
                ..
            } => {
                if let Some(message) = self.out.get_mut(serial) {
                    if message.on_line.is_none() {
                        message.on_line.clone_from(on_line);
                    }
                    message
                        .at_station
                        .get_or_insert_with(|| (*at, bearer.clone()));
                }
            }
            Record::PieceAtStation {
                serial,
                index,
                offset,
                ..
            } => {
                if let Some(message) = self.out.get_mut(serial) {
                    message.pieces_unreceipted.remove(&(*index, *offset));
                    message.pieces_to_seal.remove(&(*index, *offset));
                }
                self.index(*serial);
            }
            Record::OnDesk { serial, at, .. } => {
                if let Some(message) = self.out.get_mut(serial) {
                    message.on_desk.get_or_insert(*at);
                }
            }
            Record::AcknowledgedThere {
                serial,
                officer,
                at,
                ..
            } => {
                if let Some(message) = self.out.get_mut(serial)
                    && message.acknowledged.len() < ACKNOWLEDGEMENTS_MAX
                {
                    message.acknowledged.push((officer.clone(), *at));
                }
            }
            _ => {}
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "apply hands over only facts of asks"
    )]
    fn apply_asks(&mut self, record: &Record) {
        match record {
            Record::Ask { fact, .. } => self.asks.apply(fact),
            Record::ReadBack {
                asker,
                serial,
                fact,
                ..
            } => {
                let held = self.readbacks.entry((*asker, *serial)).or_default();
                held.apply(fact);
            }
            Record::Replied {
                by, serial, reply, ..
            } => {
                if *by == Side::Peer {
                    self.replies_waiting.remove(serial);
                }
                let kept = self.replies.entry((*by, *serial)).or_default();
                kept.about.extend(reply.about.iter().cloned());
                kept.refused.extend(reply.refused.iter().copied());
                kept.acts = kept.acts.saturating_add(reply.acts);
            }
            Record::ReplyWaits { serial, at, .. } => {
                self.replies_waiting.insert(*serial, *at);
            }
            _ => {}
        }
    }

    fn receive(&mut self, record: &Record) {
        let Record::Received {
            serial,
            precedence,
            released,
            releaser,
            at,
            bearer,
            attachments,
            digest,
            handled_as,
            ..
        } = record
        else {
            return;
        };
        self.not_held.remove(serial);
        self.know_of(serial.0);
        self.no_longer_missing(serial.0);
        self.unannounced.retain(|(of, _)| of != serial);
        let theirs = i64::try_from(released.0 / 1_000).unwrap_or(i64::MAX);
        let ours = i64::try_from(at.0 / 1_000).unwrap_or(i64::MAX);
        self.clock_difference_s = Some(theirs.saturating_sub(ours));
        let message = Incoming {
            precedence: *precedence,
            released: *released,
            releaser: releaser.clone(),
            arrived: *at,
            arrived_by: bearer.clone(),
            also_came: Vec::new(),
            attachments: attachments.clone(),
            shown: None,
            acknowledged: Vec::new(),
            digest: *digest,
            handled_as: *handled_as,
            risen: 0,
        };
        self.in_.insert(*serial, message);
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "apply hands over only facts of incoming messages"
    )]
    fn apply_incoming(&mut self, record: &Record) {
        match record {
            Record::Received { .. } => self.receive(record),
            Record::AlsoCame {
                serial, bearer, at, ..
            } => {
                if let Some(message) = self.in_.get_mut(serial)
                    && message.also_came.len() < COPIES_MAX
                {
                    message.also_came.push((bearer.clone(), *at));
                }
            }
            Record::PieceReceived {
                serial,
                index,
                offset,
                bytes,
                ..
            } => {
                let pieces = self.pieces.entry((*serial, *index)).or_default();
                pieces.insert(*offset, *bytes);
                if !self.in_.contains_key(serial) {
                    self.unannounced.insert((*serial, *index));
                }
                self.held_bytes = self.held_bytes.saturating_add(u64::from(*bytes));
            }
            Record::AttachmentWhole {
                serial,
                index,
                good,
                ..
            } => self
                .pieces
                .entry((*serial, *index))
                .or_default()
                .judge(*good),
            Record::Shown { serial, at, .. } => {
                if let Some(message) = self.in_.get_mut(serial) {
                    message.shown.get_or_insert(*at);
                }
            }
            Record::Acknowledged {
                serial,
                officer,
                at,
                ..
            } => {
                if let Some(message) = self.in_.get_mut(serial)
                    && message.acknowledged.len() < ACKNOWLEDGEMENTS_MAX
                {
                    message.acknowledged.push((officer.clone(), *at));
                }
            }
            _ => {}
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "apply hands over only facts of the line"
    )]
    fn apply_service(&mut self, record: &Record) {
        match record {
            Record::Announced { highest, .. } => {
                self.know_of(highest.0);
                self.announced = self.announced.max(highest.0);
            }
            Record::Holds { highest, .. } => self.holds = self.holds.max(highest.0),
            Record::MissingAsked { at, .. } => self.missing_asked = Some(*at),
            Record::NotHeld { serial, .. } => {
                self.not_held.insert(*serial, ());
                self.no_longer_missing(serial.0);
            }
            Record::OrderWire {
                out, at, officer, ..
            } => {
                let line = WireLine {
                    out: *out,
                    at: *at,
                    officer: officer.clone(),
                    receipted: None,
                };
                self.wire.insert(self.wire_next, line);
                self.wire_next = self.wire_next.saturating_add(1);
                while self.wire.len() > ORDER_WIRE_LINES_MAX {
                    self.wire.pop_first();
                }
            }
            Record::OrderWireThere { number, at, .. } => {
                if let Some(line) = self.wire.get_mut(number) {
                    line.receipted.get_or_insert(*at);
                }
            }
            Record::PeerDesk { silent, since, .. } => {
                self.desk_silent = silent.then_some(*since);
            }
            Record::Subject {
                ours,
                subject,
                suspended,
                because,
                at,
                ..
            } => {
                if *suspended {
                    let suspension = Suspension {
                        ours: *ours,
                        because: because.clone(),
                        since: *at,
                    };
                    self.suspended.insert(subject.clone(), suspension);
                } else {
                    self.suspended.remove(subject);
                }
            }
            _ => {}
        }
    }
}
