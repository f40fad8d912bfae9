//! Decisions about drafts: each looks at the desk and returns facts or a refusal.

use redphone_wire::Utc;
use redphone_wire::limits::REASON_BYTES_MAX;

use super::{
    Act, DRAFTS_OPEN_MAX, EXPIRY_MS_MAX, EXPIRY_MS_MIN, Held, HoldFact, NewDraft, REVISIONS_MAX,
    RULE_BYTES_MAX, Revision, Stage, Terms, Verdict, WAIVERS_MAX, Waiver,
};
use crate::check::{check_name, check_text, too_much};
use crate::draft::check_draft;
use crate::error::NotPermitted;
use crate::officers::{Action, Barred, House, Object, Signed};
use crate::{Desk, Draft};

impl Desk {
    /// Holds a new draft.
    ///
    /// # Errors
    ///
    /// [`NotPermitted`] for a draft that breaks a bound and a signature that does not admit it.
    pub fn hold(
        &self,
        house: &House<'_>,
        now: Utc,
        new: &NewDraft,
        by: &Signed<'_>,
    ) -> Result<HoldFact, NotPermitted> {
        let number = self.drafts().next();
        check_new(now, new)?;
        let terms = new.terms(number, 1);
        let officers = self.officers();
        officers.admit(house, by, Action::Draft, Object::NewDraft, terms.digest())?;
        let open = self
            .drafts()
            .all()
            .filter(|(_, held)| !held.stage.has_ended());
        if open.count() >= DRAFTS_OPEN_MAX {
            return Err(Barred::DraftsFull.into());
        }
        Ok(HoldFact::Held {
            number,
            peer: new.peer.clone(),
            kind: new.kind(),
            precedence: new.precedence,
            subject: new.subject.clone(),
            attachments: new.attachments.clone(),
            expires: new.expires,
            on_record: new.on_record,
            revision: revision_of(now, terms.body, by),
        })
    }

    /// Makes a new revision of a draft whose newest one is `revision`.
    ///
    /// # Errors
    ///
    /// As for [`Desk::hold`]; and for a draft that is neither held nor sent back.
    pub fn edit(
        &self,
        house: &House<'_>,
        now: Utc,
        (number, revision): (u32, u32),
        new: &NewDraft,
        by: &Signed<'_>,
    ) -> Result<HoldFact, NotPermitted> {
        let held = self.newest(number, revision)?;
        if held.peer != new.peer || held.attachments != new.attachments {
            return Err(Barred::OtherPeer.into());
        }
        check_new(now, new)?;
        let next = revision.saturating_add(1);
        let terms = new.terms(number, next);
        let object = object_of(held, by);
        self.officers()
            .admit(house, by, Action::Edit, object, terms.digest())?;
        check_open(number, held)?;
        if next > REVISIONS_MAX {
            return Err(Barred::RevisionsFull.into());
        }
        Ok(HoldFact::Edited {
            number,
            revision: revision_of(now, terms.body, by),
            kind: new.kind(),
            precedence: new.precedence,
            subject: new.subject.clone(),
            expires: new.expires,
            on_record: new.on_record,
        })
    }

    /// Does something with the newest revision of a draft.
    ///
    /// # Errors
    ///
    /// [`NotPermitted`], each reason with its own sentence.
    pub fn act(
        &self,
        house: &House<'_>,
        now: Utc,
        (number, revision): (u32, u32),
        act: &Act,
        by: &Signed<'_>,
    ) -> Result<Vec<HoldFact>, NotPermitted> {
        let held = self.newest(number, revision)?;
        check_words(act)?;
        let (rule, because) = act.words();
        let terms = Terms {
            rule,
            because,
            ..Terms::of(number, held)
        };
        let object = object_of(held, by);
        self.officers()
            .admit(house, by, act.action(), object, terms.digest())?;
        let name = by.officer.to_owned();
        let because = because.to_owned();
        let fact = match act {
            Act::Release => return self.sign(house, now, number, held, by),
            Act::Kill { .. } => {
                check_open(number, held)?;
                let (by, at) = (name, now);
                HoldFact::Killed {
                    number,
                    by,
                    because,
                    at,
                }
            }
            Act::Recall { .. } => {
                if !matches!(held.stage, Stage::Released { .. }) {
                    return Err(closed(number, held).into());
                }
                sent_back(now, number, name, because, true)
            }
            Act::Review => HoldFact::Seen {
                number,
                revision,
                officer: name,
            },
            Act::SendBack { .. } => {
                check_held(number, held)?;
                sent_back(now, number, name, because, false)
            }
            Act::Waive { rule, .. } => {
                check_held(number, held)?;
                if held.waived.len() >= WAIVERS_MAX {
                    return Err(too_much("number of waived findings", WAIVERS_MAX));
                }
                let waiver = Waiver {
                    rule: rule.clone(),
                    by: name,
                    because,
                };
                HoldFact::Waived {
                    number,
                    waiver,
                    at: now,
                }
            }
        };
        Ok(vec![fact])
    }

    /// A draft whose newest revision is the one that is meant.
    fn newest(&self, number: u32, revision: u32) -> Result<&Held, Barred> {
        let found = self.drafts().find(number);
        let held = found.ok_or(Barred::NoSuchDraft { number })?;
        let newest = held.revision();
        if newest == revision {
            Ok(held)
        } else {
            Err(Barred::Stale { number, newest })
        }
    }

    /// Takes a releaser's signature; with the last that is needed the draft is released.
    fn sign(
        &self,
        house: &House<'_>,
        now: Utc,
        number: u32,
        held: &Held,
        by: &Signed<'_>,
    ) -> Result<Vec<HoldFact>, NotPermitted> {
        check_held(number, held)?;
        if held.expires <= now {
            return Err(Barred::Expired { number }.into());
        }
        self.check_subject(&held.peer, &held.subject)?;
        let standing = self.standing_releasers(held);
        if standing.contains(&by.officer) {
            let officer = by.officer.to_owned();
            return Err(Barred::AlreadySigned { officer }.into());
        }
        let verdict = Verdict {
            officer: by.officer.to_owned(),
            at: now,
        };
        let mut facts = vec![HoldFact::Verified {
            number,
            revision: held.revision(),
            verdict,
        }];
        let needed = house.charter.releasers(held.kind);
        if standing.len() + 1 >= usize::from(needed) {
            facts.push(HoldFact::Released {
                number,
                at: now,
                window_ms: house.charter.window_ms(held.precedence),
                needed,
            });
        }
        Ok(facts)
    }
}

pub(super) fn sent_back(
    now: Utc,
    number: u32,
    by: String,
    because: String,
    recalled: bool,
) -> HoldFact {
    HoldFact::SentBack {
        number,
        by,
        because,
        recalled,
        at: now,
    }
}

/// Checks what is written.
fn check_new(now: Utc, new: &NewDraft) -> Result<(), NotPermitted> {
    check_draft(&Draft {
        precedence: new.precedence,
        text: new.text.clone(),
        form: new.form.clone(),
        code: new.code.clone(),
        readers: new.readers.clone(),
        subject: new.subject.clone(),
        releaser: "releaser".to_owned(),
        attachments: new.attachments.clone(),
        piece_bytes: 0,
    })?;
    let ahead = new.expires.0.saturating_sub(now.0);
    if !(EXPIRY_MS_MIN..=EXPIRY_MS_MAX).contains(&ahead) {
        return Err(Barred::ExpiryOutOfBounds.into());
    }
    Ok(())
}

fn revision_of(now: Utc, digest: [u8; 32], by: &Signed<'_>) -> Revision {
    Revision {
        digest,
        author: by.officer.to_owned(),
        at: now,
    }
}

/// Whose draft it is to the one who asks (rule REL-6).
fn object_of(held: &Held, by: &Signed<'_>) -> Object {
    if held.is_by(by.officer) {
        Object::OwnDraft
    } else {
        Object::AnothersDraft
    }
}

fn check_words(act: &Act) -> Result<(), NotPermitted> {
    let (rule, because) = act.words();
    match act {
        Act::Release | Act::Review => return Ok(()),
        Act::Kill { .. } | Act::Recall { .. } | Act::SendBack { .. } => {}
        Act::Waive { .. } => check_name("rule", rule, RULE_BYTES_MAX)?,
    }
    check_text("reason", because, REASON_BYTES_MAX)
}

fn check_held(number: u32, held: &Held) -> Result<(), Barred> {
    if held.stage == Stage::Held {
        Ok(())
    } else {
        Err(closed(number, held))
    }
}

fn check_open(number: u32, held: &Held) -> Result<(), Barred> {
    match held.stage {
        Stage::Held | Stage::SentBack { .. } => Ok(()),
        Stage::Killed { .. } | Stage::Released { .. } | Stage::Sent { .. } => {
            Err(closed(number, held))
        }
    }
}

fn closed(number: u32, held: &Held) -> Barred {
    Barred::Closed {
        number,
        stands: held.stage.words(),
    }
}
