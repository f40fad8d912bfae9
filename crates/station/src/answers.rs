//! Answers of our officers, and forms: looked at whole before anything leaves.
//!
//! Owns what an officer is told before his answer goes: the act that is refused, with the sentence
//! of the table, and the asks that it leaves open. What becomes of it then is `release` and `asks`.

use redphone_api::{
    Answered, DraftFields, MessageRef, NewAct, NewAsk, Refusal, RefusalKind, Request, Response,
    Sent,
};
use redphone_desk::asks::{self, Reply, Side, Why};
use redphone_desk::{Draft, Spoken};
use redphone_journal::Storage;
use redphone_wire::limits::{ASKS_MAX, NOTE_BYTES_MAX};
use redphone_wire::{
    Act, Answer, Ask, Form, Language, Message, Now, PartyName, Precedence, Serial, Utc, UtcSeconds,
    Verb, to_bytes,
};

use crate::hub::Hub;
use crate::readbacks::alone;
use crate::refusals::{not_found, of_desk, unknown_request, usage};

/// The number that stands on the first ask of a COUNTER, and on the first act.
const FIRST: u8 = 1;

impl<S: Storage> Hub<S> {
    /// Releases a form by one officer, on a station without enrolled officers. As after a request,
    /// nothing leaves before the next commit.
    ///
    /// # Errors
    ///
    /// [`Refusal`] when the form breaks a bound, an act in it is refused, or the line is held.
    pub fn send_form(
        &mut self,
        now: Now,
        peer: &PartyName,
        precedence: Precedence,
        form: Form,
        officer: &str,
    ) -> Result<Sent, Refusal> {
        self.check_serials(peer)?;
        let draft = self.form_draft(peer, precedence, form, officer);
        self.send(now, peer, draft, Vec::new())
    }

    /// Answers the asks of a message, or only says what the answer would leave open.
    pub(crate) fn answer(&mut self, now: Now, request: Request) -> Result<Response, Refusal> {
        let Request::Answer {
            message,
            acts,
            note,
            officer,
            check_only,
        } = request
        else {
            return Err(unknown_request());
        };
        let reading = self.reading(&message, &acts, &note)?;
        let (peer, asker, serial, form) = match reading {
            Some((peer, asker, serial, act)) => {
                let form = form_of_acts(asker, serial, vec![act], "");
                (peer, asker, serial, form)
            }
            None => {
                let (peer, asker, serial) = self.find_asking(&message)?;
                let form = answer_form(asker, serial, acts, &note)?;
                (peer, asker, serial, form)
            }
        };
        let name = self.message_name(&peer, asker, serial);
        let precedence = self.precedence_of(&peer, asker, serial);
        let nobody = check_only && officer.trim().is_empty();
        let signed = if nobody { self.name.as_str() } else { &officer };
        let draft = self.form_draft(&peer, precedence, form.clone(), signed);
        let (_, message) = self.desk.release(now.utc, &peer, draft).map_err(of_desk)?;
        let reply = self.check_asks(now, &peer, &message)?.unwrap_or_default();
        let held = (check_only && self.desk.officers().are_enrolled()).then(|| DraftFields {
            to: peer.to_string(),
            precedence: precedence.to_string().to_ascii_lowercase(),
            text: String::new(),
            form: to_bytes(&form),
            code: Vec::new(),
            subject: String::new(),
            expires_at: 0,
            on_record: false,
            readers: Vec::new(),
        });
        let sent = if check_only {
            None
        } else {
            Some(self.send_form(now, &peer, precedence, form, &officer)?)
        };
        Ok(Response::Answered(Box::new(Answered {
            said: self.left_words(&peer, &reply),
            left_open: self.left_open(&peer, &reply),
            to: name,
            sent,
            draft: held,
        })))
    }

    /// Looks at what a message of ours says about asks, before it is released. What it would leave
    /// open is in the reply; none where it says nothing about any.
    pub(crate) fn check_asks(
        &mut self,
        now: Now,
        peer: &PartyName,
        message: &Message,
    ) -> Result<Option<Reply>, Refusal> {
        let acts = message.form.as_ref().map_or(&[][..], Form::acts);
        self.desk
            .list_asks(now.utc, peer, Side::Us, message)
            .map_err(|refusal| of_act(None, &refusal))?;
        let about = self.form_read_back(peer, Side::Us, message);
        let spoken = Spoken {
            by: Side::Us,
            hearer: peer,
            message,
            about: about.as_ref(),
        };
        let Some(replied) = self.desk.reply(now.utc, peer, spoken) else {
            return Ok(None);
        };
        match replied.reply.refused.first() {
            Some((position, refusal)) => {
                let several = acts.len() > 1;
                Err(of_act(several.then_some(*position), refusal))
            }
            None => Ok(Some(replied.reply)),
        }
    }

    fn form_draft(
        &self,
        peer: &PartyName,
        precedence: Precedence,
        form: Form,
        officer: &str,
    ) -> Draft {
        Draft {
            precedence,
            text: String::new(),
            form: Some(form),
            readers: Vec::new(),
            code: None,
            subject: String::new(),
            releaser: officer.to_owned(),
            attachments: Vec::new(),
            piece_bytes: self.piece_bytes(peer),
        }
    }

    /// The message that is answered, if it asks something.
    fn find_asking(&self, wanted: &MessageRef) -> Result<(PartyName, Side, Serial), Refusal> {
        let from = wanted.from.as_ref();
        let ours = from.is_none_or(|from| *from == self.name.as_str());
        let asker = if ours { Side::Us } else { Side::Peer };
        let (peer, serial) = match asker {
            Side::Us => self.find_outgoing(wanted)?,
            Side::Peer => self.find_incoming(wanted)?,
        };
        let book = self.desk.asks(&peer);
        let asks = book.is_some_and(|book| book.of_message(asker, serial).next().is_some());
        if !asks {
            let name = self.message_name(&peer, asker, serial);
            return Err(not_found(
                format!("{name} has no ask that is held here."),
                "See what is asked with `redphone asks`.",
            ));
        }
        Ok((peer, asker, serial))
    }
}

/// A refusal of the table for our officer: exit 4 where the words lack something, else exit 5.
fn of_act(position: Option<u8>, refusal: &asks::Refusal) -> Refusal {
    let lacks = matches!(refusal.why, Why::OutOfBounds(_) | Why::Unnumbered);
    let kind = if lacks {
        RefusalKind::Clarity
    } else {
        RefusalKind::Policy
    };
    let which = position.map_or_else(String::new, |position| format!("Act {position}: "));
    let what = format!("{which}{} Nothing was sent.", refusal.what_en());
    Refusal::operator(kind, what, refusal.to_do_en())
}

fn answer_form(
    asker: Side,
    serial: Serial,
    acts: Vec<NewAct>,
    note: &str,
) -> Result<Form, Refusal> {
    let note = note.trim();
    if acts.is_empty() && note.is_empty() {
        return Err(usage(
            "The answer says nothing.",
            "Name an ask and an act on it, or write a note, which answers nothing.",
        ));
    }
    if acts.len() > ASKS_MAX {
        return Err(usage(
            format!("An answer has at most {ASKS_MAX} acts."),
            "Send the rest with a second answer.",
        ));
    }
    if note.len() > NOTE_BYTES_MAX {
        return Err(usage(
            format!("A note has at most {NOTE_BYTES_MAX} bytes."),
            "Make it shorter, or send it as a message.",
        ));
    }
    let mut next_ask = FIRST;
    let acts: Result<Vec<Act>, Refusal> = acts
        .into_iter()
        .map(|act| act_of(act, &mut next_ask))
        .collect();
    let acts = acts?;
    check_fields(&acts)?;
    Ok(form_of_acts(asker, serial, acts, note))
}

fn form_of_acts(asker: Side, serial: Serial, acts: Vec<Act>, note: &str) -> Form {
    Form::Answer(Answer {
        language: language_of(note),
        ours: asker == Side::Us,
        message: serial,
        acts,
        note: (!note.is_empty()).then(|| note.to_owned()),
    })
}

/// Every field is filled, within its bound (rule ASK-2).
fn check_fields(acts: &[Act]) -> Result<(), Refusal> {
    for (position, act) in (FIRST..).zip(acts) {
        if let Some(field) = act.out_of_bounds() {
            let refusal = asks::Refusal {
                by: Side::Us,
                act: Some(act.word()),
                why: Why::OutOfBounds(field),
            };
            return Err(of_act((acts.len() > 1).then_some(position), &refusal));
        }
    }
    Ok(())
}

/// The language of a note: Russian when it has a Cyrillic letter.
fn language_of(note: &str) -> Language {
    let cyrillic = |letter| matches!(letter, '\u{400}'..='\u{4ff}');
    if note.contains(cyrillic) {
        Language::Russian
    } else {
        Language::English
    }
}

/// An act as it crosses the line. `next_ask` counts the asks of all COUNTERs.
fn act_of(act: NewAct, next_ask: &mut u8) -> Result<Act, Refusal> {
    Ok(match act {
        NewAct::Commit {
            ask,
            who,
            verb,
            object,
            by,
        } => Act::Commit {
            ask,
            who,
            verb: verb_of(&verb)?,
            object,
            by: seconds(by),
        },
        NewAct::Counter { ask, asks } => {
            let asks: Result<Vec<Ask>, Refusal> =
                asks.into_iter().map(|ask| ask_of(ask, next_ask)).collect();
            Act::Counter { ask, asks: asks? }
        }
        NewAct::Decline { ask } => Act::Decline { ask },
        NewAct::Defer { ask, until, who } => {
            let until = seconds(until);
            Act::Defer { ask, until, who }
        }
        NewAct::Dispute { ask, items } => Act::Dispute { ask, items },
        NewAct::Done { ask, at, evidence } => {
            let at = seconds(at);
            Act::Done { ask, at, evidence }
        }
        NewAct::NotVerified { ask, seen } => Act::NotVerified { ask, seen },
        NewAct::Refuse { ask, reason } => Act::Refuse { ask, reason },
        NewAct::Unable { ask, reason } => Act::Unable { ask, reason },
        NewAct::Verified { ask } => Act::Verified { ask },
        NewAct::Withdraw { ask } => Act::Withdraw { ask },
        NewAct::Correct { .. } | NewAct::Correction { .. } | NewAct::ReadBack { .. } => {
            return Err(alone());
        }
        _ => return Err(unknown_request()),
    })
}

fn ask_of(ask: NewAsk, next_ask: &mut u8) -> Result<Ask, Refusal> {
    let number = *next_ask;
    *next_ask = next_ask.saturating_add(1);
    Ok(Ask {
        number,
        to: ask.to,
        verb: verb_of(&ask.verb)?,
        object: ask.object,
        act_by: seconds(ask.act_by),
        answer_by: seconds(ask.answer_by),
    })
}

fn verb_of(word: &str) -> Result<Verb, Refusal> {
    let verb = Verb::ALL.into_iter().find(|verb| verb.en() == word);
    verb.ok_or_else(|| {
        let verbs: Vec<&str> = Verb::ALL.into_iter().map(Verb::en).collect();
        let what = format!("'{word}' is no verb of an ask.");
        usage(what, format!("There are: {}.", verbs.join(", ")))
    })
}

fn seconds(milliseconds: u64) -> UtcSeconds {
    Utc(milliseconds).seconds()
}
