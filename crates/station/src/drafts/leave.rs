//! The end of a recall window: a released draft becomes a message, once (rules REL-9 and REL-10).

use std::collections::BTreeMap;
use std::time::Duration;

use redphone_desk::hold::{DraftBody, Held, HoldFact};
use redphone_desk::{BodyName, Draft, Record};
use redphone_journal::Storage;
use redphone_wire::limits::CHUNK_BYTES_MAX;
use redphone_wire::{Coded, Now, Utc, from_bytes};

use crate::hub::Hub;

/// When each released draft leaves, on the monotonic clock: a wall clock that jumps neither holds
/// one back nor shortens its window. Not replayed: a start begins with what is left of a window.
#[derive(Default)]
pub(crate) struct Recalls(BTreeMap<u32, (Utc, Duration)>);

impl Recalls {
    /// The next instant at which a draft leaves.
    pub(crate) fn next(&self) -> Option<Duration> {
        self.0.values().map(|(_, due)| *due).min()
    }

    /// For how many milliseconds a draft can be recalled.
    pub(crate) fn left_ms(&self, now: Now, number: u32) -> Option<u64> {
        let (_, due) = self.0.get(&number)?;
        let left = due.saturating_sub(now.monotonic);
        Some(u64::try_from(left.as_millis()).unwrap_or(u64::MAX))
    }

    /// Takes in what is released, and gives the numbers of what is due.
    fn due(&mut self, now: Now, released: &[(u32, Utc, u64)]) -> Vec<u32> {
        self.0
            .retain(|number, (at, _)| released.iter().any(|one| (one.0, one.1) == (*number, *at)));
        for (number, at, window_ms) in released {
            let past_ms = now.utc.0.saturating_sub(at.0);
            let left_ms = window_ms.saturating_sub(past_ms);
            let due = now.monotonic.saturating_add(Duration::from_millis(left_ms));
            self.0.entry(*number).or_insert((*at, due));
        }
        let due = self.0.iter().filter(|(_, (_, due))| *due <= now.monotonic);
        due.map(|(number, _)| *number).collect()
    }
}

impl<S: Storage> Hub<S> {
    /// Takes in what is released, also in a life before.
    pub(crate) fn begin_recalls(&mut self, now: Now) {
        let released: Vec<_> = self.desk.drafts().released().collect();
        self.recalls.due(now, &released);
    }

    /// Sends what was released and can be recalled no longer.
    pub(crate) fn release_due(&mut self, now: Now) {
        let released: Vec<_> = self.desk.drafts().released().collect();
        for number in self.recalls.due(now, &released) {
            if let Err(because) = self.leave(now, number) {
                let what = format!("DRAFT-{number} could not go and is sent back: {because}.");
                self.first_time(what.clone());
                self.tell_here(now, what);
            }
        }
        self.begin_recalls(now);
    }

    /// Sends one draft, or sends it back and says why.
    fn leave(&mut self, now: Now, number: u32) -> Result<(), String> {
        let Some(held) = self.desk.drafts().find(number).cloned() else {
            return Ok(());
        };
        let releasers = match self.desk.leave(now.utc, number) {
            Ok(releasers) => releasers,
            Err(fact) => {
                let because = because_of(&fact);
                self.note_desk(now, Record::Draft(*fact));
                return Err(because);
            }
        };
        let sent = self.send_draft(now, number, &held, releasers);
        if let Err(because) = &sent {
            let fact = self.desk.could_not_go(now.utc, number, because.clone());
            self.note_desk(now, Record::Draft(fact));
        }
        sent
    }

    fn send_draft(
        &mut self,
        now: Now,
        number: u32,
        held: &Held,
        releaser: String,
    ) -> Result<(), String> {
        let peer = &held.peer;
        self.check_serials(peer)
            .map_err(|refusal| refusal.what.trim_end_matches('.').to_owned())?;
        let gone = || "its text is destroyed or damaged on this disk".to_owned();
        let body = self.body(&BodyName::draft(number, held.revision()));
        let body = body.ok().flatten().ok_or_else(gone)?;
        let body: DraftBody = from_bytes(&body).map_err(|_| gone())?;
        if body.digest() != held.digest() {
            return Err(gone());
        }
        let mut files = Vec::new();
        for (index, info) in (0_u8..).zip(&held.attachments) {
            files.push(
                self.draft_file(number, index, info.bytes)
                    .ok_or_else(gone)?,
            );
        }
        let code = match &body.code {
            None => None,
            Some(bytes) => Some(Coded::from_bytes(bytes).map_err(|_| gone())?),
        };
        let draft = Draft {
            precedence: held.precedence,
            code,
            text: body.text,
            form: body.form,
            readers: body.readers.unwrap_or_default(),
            subject: held.subject.clone(),
            releaser,
            attachments: held.attachments.clone(),
            piece_bytes: self.piece_bytes(peer),
        };
        let (serial, ..) = self
            .give_serial(now, peer, draft, files)
            .map_err(|refusal| refusal.what.trim_end_matches('.').to_owned())?;
        let sent = self.desk.sent(now.utc, number, serial);
        self.note_desk(now, Record::Draft(sent));
        self.erase_draft(number);
        self.tell_here(now, format!("DRAFT-{number} is {} {serial}.", self.name));
        self.pump(now, peer);
        Ok(())
    }

    /// An attachment of a draft, put together again.
    fn draft_file(&mut self, number: u32, index: u8, bytes: u32) -> Option<Vec<u8>> {
        let mut file = Vec::new();
        for offset in (0..bytes).step_by(CHUNK_BYTES_MAX) {
            let name = BodyName::draft_piece(number, index, offset);
            file.extend(self.body(&name).ok().flatten()?);
        }
        Some(file)
    }
}

fn because_of(fact: &HoldFact) -> String {
    if let HoldFact::SentBack { because, .. } = fact {
        because.clone()
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Utc = Utc(1_793_461_512_000);

    fn at(utc_ms: u64, monotonic_s: u64) -> Now {
        Now {
            monotonic: Duration::from_secs(monotonic_s),
            utc: Utc(AT.0 + utc_ms),
        }
    }

    #[test]
    fn window_keeps_its_length_when_the_wall_clock_jumps() {
        for jump_ms in [0, 86_400_000] {
            let mut recalls = Recalls::default();
            let released = [(1, AT, 20_000)];
            assert!(recalls.due(at(0, 100), &released).is_empty());
            assert!(recalls.due(at(jump_ms, 119), &released).is_empty());
            assert_eq!(recalls.due(at(jump_ms, 120), &released), [1]);
        }
    }

    #[test]
    fn start_within_a_window_waits_for_what_is_left_and_no_longer_than_it() {
        let released = [(1, AT, 20_000)];
        let mut recalls = Recalls::default();
        assert!(recalls.due(at(15_000, 0), &released).is_empty());
        assert_eq!(recalls.next(), Some(Duration::from_secs(5)));

        let mut set_back = Recalls::default();
        let before = Now {
            monotonic: Duration::ZERO,
            utc: Utc(0),
        };
        set_back.due(before, &released);
        assert_eq!(set_back.next(), Some(Duration::from_secs(20)));
    }

    #[test]
    fn draft_that_was_recalled_and_released_anew_has_a_window_of_its_own() {
        let mut recalls = Recalls::default();
        recalls.due(at(0, 0), &[(1, AT, 20_000)]);
        recalls.due(at(5_000, 5), &[]);
        let again = [(1, Utc(AT.0 + 19_000), 20_000)];
        assert!(recalls.due(at(19_000, 19), &again).is_empty());
        assert_eq!(recalls.next(), Some(Duration::from_secs(39)));
    }
}
