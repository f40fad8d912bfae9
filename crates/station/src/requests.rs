//! What an operator asks, decided here and answered after the commit.
//!
//! Owns who decides each request, and decides those that speak of the line or of a message that is
//! here. Releases are `release`, pairing is `letters`, cards and tapes are `tapes`, what is only shown
//! is `view` and `status`.

use redphone_api::{EventKind, MessageRef, Refusal, Request, Response};
use redphone_desk::BodyName;
use redphone_journal::Storage;
use redphone_wire::limits::REASON_BYTES_MAX;
use redphone_wire::{Kind, Now, OrderWire, PartyName, Precedence, Service, to_bytes};

use crate::hub::Hub;
use crate::record::{About, Record};
use crate::refusals::{not_found, of_desk, of_fault, policy, unknown_request, usage};
use crate::rights::Sight;
use crate::view::ask_table;

impl<S: Storage> Hub<S> {
    /// Answers a request. The answer is given out only after the next commit.
    ///
    /// # Errors
    ///
    /// [`Refusal`] says what happened, what to do, and who has to do it.
    pub fn handle_request(&mut self, now: Now, request: Request) -> Result<Response, Refusal> {
        if let Some(fault) = &self.fault {
            return Err(of_fault(fault));
        }
        let (request, sight) = self.admit_request(now, request)?;
        if matches!(request, Request::Send { .. }) {
            return self.release(now, request, &[]);
        }
        if matches!(request, Request::SendForm { .. }) {
            return self.release_form(now, request, &[]);
        }
        if matches!(request, Request::Check { .. }) {
            return self.check(now, request);
        }
        if matches!(request, Request::Agree { .. }) {
            return self.agree(now, request);
        }
        if matches!(request, Request::SendCode { .. }) {
            return self.release_code(now, request);
        }
        if matches!(request, Request::Answer { .. }) {
            return self.answer(now, request);
        }
        if matches!(request, Request::Subject { .. }) {
            return self.declare(now, request);
        }
        if is_about_drafts(&request) {
            return self.handle_draft(now, request);
        }
        if is_about_the_watch(&request) {
            return self.handle_watch(now, request);
        }
        if is_about_the_roll(&request) {
            return self.change_roll(now, request);
        }
        self.handle_plain(now, request, &sight)
    }

    /// The requests that need nothing but their fields.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the others are answered before, or of a version that is not known"
    )]
    fn handle_plain(
        &mut self,
        now: Now,
        request: Request,
        sight: &Sight,
    ) -> Result<Response, Refusal> {
        match request {
            Request::Acknowledge { message, officer } => self.acknowledge(now, &message, &officer),
            Request::Alarm => Ok(self.alarm_view(now)),
            Request::AlarmAct { act, officer } => self.act_on_alarm(now, act, &officer),
            Request::AskTable => Ok(ask_table()),
            Request::Asks { peer } => self.ask_board(now, peer, sight),
            Request::Attachment { .. } | Request::Backup | Request::Courier { .. } => {
                let said = "It may be done.".to_owned();
                Ok(Response::Done { said })
            }
            Request::BookRead { peer, what, name } => self.read_book(peer, what, &name),
            Request::Books { peer } => self.list_books(peer),
            Request::Bearer { name, out, because } => self.take_bearer(now, &name, out, because),
            Request::CardImport { card, words } => self.import_card(now, &card, &words),
            Request::CardShow => Ok(self.card_view()),
            Request::Journal { after, limit } => self.journal_lines(after, limit),
            Request::JournalVerify => self.verify_journal(),
            Request::LiftHold {
                peer,
                because,
                officer,
            } => self.lift_hold(now, peer, &officer, &because),
            Request::LineWords { peer } => self.line_words(peer),
            Request::List { tray, peer, limit } => self.list(now, tray, peer, limit),
            Request::Officers => Ok(self.roll()),
            Request::OrderWire {
                peer,
                text,
                officer,
            } => self.write_order_wire(now, peer, &officer, &text),
            Request::OrderWireList { peer, limit } => self.list_order_wire(peer, limit),
            Request::Pair {
                peer,
                with,
                suites,
                letter,
                generation,
            } => self.pair(now, &peer, &with, suites, letter, generation),
            Request::Read { message } => self.read(now, &message, sight),
            Request::ReleaseAgain { message, officer } => {
                self.release_again(now, &message, &officer)
            }
            Request::SendAnyway {
                send,
                waived,
                because,
            } => self.send_anyway(now, *send, waived, because),
            Request::Serials {
                peer,
                highest,
                officer,
            } => self.name_serials(now, peer, highest, &officer),
            Request::Shown { message } => self.show(now, &message),
            Request::Status => Ok(self.status(now)),
            Request::TapeInstall { reel, for_pairing } => {
                self.install_reel(now, &reel, for_pairing)
            }
            Request::TapeMake { peer, keys, first } => self.make_tape(&peer, keys, first),
            Request::Threads { of, peer, limit } => self.thread_list(now, of.as_ref(), peer, limit),
            Request::TestNow { peer } => self.test_now(now, peer),
            _ => Err(unknown_request()),
        }
    }

    fn declare(&mut self, now: Now, request: Request) -> Result<Response, Refusal> {
        let Request::Subject {
            peer,
            subject,
            suspend,
            because,
            officer,
        } = request
        else {
            return Err(unknown_request());
        };
        let because = if officer.is_empty() {
            because
        } else {
            format!("{because} ({officer})")
        };
        self.suspend(now, peer, &subject, suspend, &because)
    }

    fn acknowledge(
        &mut self,
        now: Now,
        message: &MessageRef,
        officer: &str,
    ) -> Result<Response, Refusal> {
        let (peer, serial) = self.find_incoming(message)?;
        let precedence = self
            .desk
            .incoming(&peer, serial)
            .map_or(Precedence::Priority, |message| message.precedence);
        let (record, acknowledgement) = self
            .desk
            .acknowledge(now.utc, &peer, serial, officer)
            .map_err(of_desk)?;
        self.note_desk(now, record);
        let about = About::Other(Kind::Acknowledgement.byte());
        let body = to_bytes(&acknowledgement);
        self.send_body(now, &peer, about, precedence, body);
        let said = format!("{peer} {serial} acknowledged by {officer}; {peer} is being told.");
        self.tell(
            now.utc,
            EventKind::Ladder,
            &peer,
            Some((false, serial)),
            format!("Acknowledged here by {officer}."),
        );
        Ok(Response::Done { said })
    }

    fn show(&mut self, now: Now, message: &MessageRef) -> Result<Response, Refusal> {
        let (peer, serial) = self.find_incoming(message)?;
        let shown = self.desk.show(now.utc, &peer, serial).map_err(of_desk)?;
        if let Some(record) = shown {
            self.note_desk(now, record);
            let service = Service::OnDesk {
                serial,
                at: now.utc.seconds(),
            };
            self.send_service(now, &peer, &service);
        }
        Ok(Response::Done {
            said: format!("{peer} {serial} is on this desk."),
        })
    }

    fn write_order_wire(
        &mut self,
        now: Now,
        peer: Option<String>,
        officer: &str,
        text: &str,
    ) -> Result<Response, Refusal> {
        let peer = self.choose_peer(peer)?;
        let (record, line) = self
            .desk
            .order_wire(now.utc, &peer, officer, text)
            .map_err(of_desk)?;
        self.put_on_wire(now, &peer, record, &line);
        Ok(Response::Done {
            said: format!("Written on the order wire to {peer}."),
        })
    }

    /// Writes a line on the order wire that the desk allowed.
    pub(crate) fn put_on_wire(
        &mut self,
        now: Now,
        peer: &PartyName,
        record: redphone_desk::Record,
        line: &OrderWire,
    ) {
        let number = self.desk.peer(peer).map_or(0, |desk| desk.wire_next);
        let body = to_bytes(line);
        self.keep(BodyName::wire_line(peer, number), body.clone());
        self.note_desk(now, record);
        let about = About::WireLine(number);
        self.send_body(now, peer, about, Precedence::Immediate, body);
    }

    fn suspend(
        &mut self,
        now: Now,
        peer: Option<String>,
        subject: &str,
        suspend: bool,
        because: &str,
    ) -> Result<Response, Refusal> {
        let peer = self.choose_peer(peer)?;
        let record = self
            .desk
            .subject(now.utc, &peer, subject, suspend, because)
            .map_err(of_desk)?;
        self.note_desk(now, record);
        let service = Service::Subject {
            subject: subject.to_owned(),
            suspended: suspend,
            because: because.to_owned(),
            at: now.utc.seconds(),
        };
        self.send_service(now, &peer, &service);
        self.refresh_line_marks(now, &peer);
        let done = if suspend { "suspended" } else { "resumed" };
        let said = format!("Traffic on '{subject}' with {peer} is {done}; {peer} is being told.");
        Ok(Response::Done { said })
    }

    fn take_bearer(
        &mut self,
        now: Now,
        name: &str,
        out: bool,
        because: String,
    ) -> Result<Response, Refusal> {
        let found = self
            .bearers
            .iter()
            .find(|(_, bearer)| bearer.spec.name == name)
            .map(|(id, bearer)| (*id, bearer.peer.clone()));
        let Some((id, peer)) = found else {
            let names: Vec<&str> = self
                .bearers
                .values()
                .map(|b| b.spec.name.as_str())
                .collect();
            return Err(not_found(
                format!("There is no bearer '{name}'."),
                format!("This station has: {}.", names.join(", ")),
            ));
        };
        if because.trim().is_empty() || because.len() > REASON_BYTES_MAX {
            return Err(usage(
                "A reason is missing, or too long.",
                "Say why with --because, in at most 512 bytes.",
            ));
        }
        let record = Record::Bearer {
            name: name.to_owned(),
            out,
            because: because.clone(),
            at: now.utc,
        };
        self.note(now, record);
        if let Some(entry) = self.peers.get_mut(&peer) {
            entry.line.set_out(now, id, out);
        }
        let service = Service::Bearer {
            name: name.to_owned(),
            out,
            because,
        };
        self.send_service(now, &peer, &service);
        let done = if out { "out" } else { "in" };
        Ok(Response::Done {
            said: format!("{name} is {done}; {peer} is being told."),
        })
    }

    fn test_now(&mut self, now: Now, peer: Option<String>) -> Result<Response, Refusal> {
        let peer = self.choose_peer(peer)?;
        if let Some(because) = self.held_because(&peer, Precedence::Priority) {
            return Err(policy(
                format!("No test can be sealed: {because}."),
                "See the line with `redphone line`.",
            ));
        }
        let air_time = self.test_air_time(&peer);
        let call = self
            .peers
            .get_mut(&peer)
            .and_then(|entry| entry.test.call_early(now, air_time));
        let Some(call) = call else {
            return Err(policy(
                format!("A test with {peer} is under way."),
                "Wait for its outcome with `redphone events`.",
            ));
        };
        self.send_test(now, &peer, &call);
        self.collect_test_events(now, &peer);
        let test = match call {
            redphone_wire::TestMessage::CallUp { test }
            | redphone_wire::TestMessage::Ready { test }
            | redphone_wire::TestMessage::Text { test, .. }
            | redphone_wire::TestMessage::Result { test, .. } => test,
        };
        Ok(Response::Test(redphone_api::TestStarted {
            peer: peer.to_string(),
            test,
        }))
    }

    /// Desks that confirmed within the last moments that they display.
    pub fn handle_desks(&mut self, now: Now, count: u32) {
        self.desks = count;
        for name in self.peers() {
            let Some(peer) = self.peers.get_mut(&name) else {
                continue;
            };
            let silent = count == 0;
            if peer.cipher.is_none() || peer.told_silent == Some(silent) {
                continue;
            }
            let first = peer.told_silent.is_none();
            peer.told_silent = Some(silent);
            if first && silent {
                continue;
            }
            let service = Service::Desk {
                silent,
                since: now.utc.seconds(),
            };
            self.send_service(now, &name, &service);
        }
    }
}

fn is_about_drafts(request: &Request) -> bool {
    matches!(
        request,
        Request::DraftAct { .. }
            | Request::DraftEdit { .. }
            | Request::DraftHold { .. }
            | Request::DraftList
            | Request::DraftRead { .. }
    )
}

fn is_about_the_watch(request: &Request) -> bool {
    matches!(
        request,
        Request::Watch | Request::WatchHand { .. } | Request::WatchTake { .. }
    )
}

fn is_about_the_roll(request: &Request) -> bool {
    matches!(
        request,
        Request::OfficerEnrol { .. } | Request::OfficerRevoke { .. } | Request::OfficerRoles { .. }
    )
}
