//! What is said about messages, desks and subjects: service messages, and subjects suspended.
//!
//! A subject is resumed by the side that suspended it.

use redphone_wire::limits::{MISSING_RANGES_MAX, REASON_BYTES_MAX};
use redphone_wire::{PartyName, Serial, Service, Utc, UtcSeconds, shown};

use crate::check::{check_jump, check_name, check_peer_text, too_much};
use crate::error::{DeskError, NotPermitted, PeerMisbehaved};
use crate::limits::SUBJECTS_MAX;
use crate::{Desk, PeerDesk, Record};

impl Desk {
    /// Suspends or resumes a subject, by declaration of ours.
    ///
    /// # Errors
    ///
    /// [`DeskError::NotPermitted`] for an empty subject or reason, and for a subject that is not
    /// suspended.
    pub fn subject(
        &self,
        now: Utc,
        peer: &PartyName,
        subject: &str,
        suspend: bool,
        because: &str,
    ) -> Result<Record, DeskError> {
        check_name("subject", subject, REASON_BYTES_MAX)?;
        check_name("reason", because, REASON_BYTES_MAX)?;
        let suspended = self.peers.get(peer).map(|desk| &desk.suspended);
        if !suspend && !suspended.is_some_and(|held| held.contains_key(subject)) {
            let subject = subject.to_owned();
            return Err(NotPermitted::NotSuspended { subject }.into());
        }
        if suspend && self.subjects(peer, true) >= SUBJECTS_MAX {
            return Err(too_much("suspended subjects", SUBJECTS_MAX).into());
        }
        Ok(Record::Subject {
            peer: peer.clone(),
            ours: true,
            subject: subject.to_owned(),
            suspended: suspend,
            because: because.to_owned(),
            at: now,
        })
    }

    /// Takes what a service message says of messages and desks in. None: nothing new.
    ///
    /// # Errors
    ///
    /// [`DeskError::PeerMisbehaved`] when it breaks a bound or speaks of a message never sent.
    pub fn handle_service(
        &self,
        peer: &PartyName,
        service: &Service,
    ) -> Result<Option<Record>, DeskError> {
        let empty = PeerDesk::default();
        let desk = self.peers.get(peer).unwrap_or(&empty);
        let known = desk.known();
        let peer = peer.clone();
        let record = match service {
            Service::Announce { highest } => {
                check_jump(*highest, known)?;
                (highest.0 > desk.announced).then_some(Record::Announced {
                    peer,
                    highest: *highest,
                })
            }
            Service::Bearer { name, because, .. } => {
                check_peer_text("bearer's name", name, REASON_BYTES_MAX)?;
                check_peer_text("reason", because, REASON_BYTES_MAX)?;
                None
            }
            Service::Desk { silent, since } => {
                let changes = desk.desk_silent.is_some() != *silent;
                changes.then_some(Record::PeerDesk {
                    peer,
                    silent: *silent,
                    since: (*since).into(),
                })
            }
            Service::Holds { highest } => {
                check_jump(*highest, desk.highest_out())?;
                Some(Record::Holds {
                    peer,
                    highest: *highest,
                    officer: String::new(),
                })
            }
            Service::Missing { ranges } => {
                check_ranges(ranges)?;
                None
            }
            Service::NotHeld { serial } => {
                if serial.0 > known {
                    return Err(PeerMisbehaved::UnknownMessage { serial: *serial }.into());
                }
                desk.is_missing(*serial).then_some(Record::NotHeld {
                    peer,
                    serial: *serial,
                })
            }
            Service::OnDesk { serial, at } => on_desk(desk, peer, *serial, *at)?,
            Service::Unacknowledged { ranges, .. } => {
                check_ranges(ranges)?;
                self.handle_unacknowledged(&peer, service)?
            }
            Service::Subject {
                subject,
                suspended,
                because,
                at,
            } => return self.handle_subject(&peer, subject, *suspended, because, (*at).into()),
        };
        Ok(record)
    }

    /// The peer suspends or resumes a subject. What we suspended only we resume.
    fn handle_subject(
        &self,
        peer: &PartyName,
        subject: &str,
        suspended: bool,
        because: &str,
        at: Utc,
    ) -> Result<Option<Record>, DeskError> {
        check_peer_text("subject", subject, REASON_BYTES_MAX)?;
        check_peer_text("reason", because, REASON_BYTES_MAX)?;
        let subject = shown(subject);
        let because = shown(because);
        let held = self
            .peers
            .get(peer)
            .and_then(|desk| desk.suspended.get(&subject));
        let nothing_new = match held {
            Some(held) => held.ours || (suspended && held.because == because),
            None => !suspended,
        };
        if nothing_new {
            return Ok(None);
        }
        if suspended && held.is_none() && self.subjects(peer, false) >= SUBJECTS_MAX {
            return Err(PeerMisbehaved::Bound { what: "subjects" }.into());
        }
        Ok(Some(Record::Subject {
            peer: peer.clone(),
            ours: false,
            subject,
            suspended,
            because,
            at,
        }))
    }

    /// Subjects that one side suspended.
    fn subjects(&self, peer: &PartyName, ours: bool) -> usize {
        let held = self.peers.get(peer).map(|desk| desk.suspended.values());
        let held = held.into_iter().flatten();
        held.filter(|suspension| suspension.ours == ours).count()
    }
}

/// A desk of the peer shows a message of ours. None: it was shown before.
fn on_desk(
    desk: &PeerDesk,
    peer: PartyName,
    serial: Serial,
    at: UtcSeconds,
) -> Result<Option<Record>, PeerMisbehaved> {
    let message = desk.out.get(&serial);
    let message = message.ok_or(PeerMisbehaved::UnknownMessage { serial })?;
    Ok(message.on_desk.is_none().then_some(Record::OnDesk {
        peer,
        serial,
        at: at.into(),
    }))
}

fn check_ranges(ranges: &[(Serial, Serial)]) -> Result<(), PeerMisbehaved> {
    let turned = ranges.iter().any(|(first, last)| first > last);
    if ranges.len() > MISSING_RANGES_MAX || turned {
        return Err(PeerMisbehaved::Bound { what: "ranges" });
    }
    Ok(())
}
