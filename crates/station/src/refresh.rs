//! When keys are refreshed, and with what (rules REF-1 to REF-14).
//!
//! A refresh rides on the hourly test. Where a bearer affords it, it is a whole exchange, and every
//! so often a tape key goes in as well: that locks out even a thief who sat in the middle of every
//! exchange. A line that affords none lives on tape keys alone.
//!
//! Owns when a refresh begins, goes on and is too late, and what is said of tape keys that are
//! missing. What a refresh does is the seal's; one-way lines are in `one_way`.

use std::time::Duration;

use redphone_api::EventKind;
use redphone_desk::DeskError;
use redphone_journal::Storage;
use redphone_line::Rate;
use redphone_seal::Cipher;
use redphone_wire::{Kind, Mix, NoReason, Now, PartyName, Precedence, Refresh, Serial, Service};

use crate::budget::REFRESH_STEPS;
use crate::hub::Hub;
use crate::key_ages::Way;
use crate::opened::decode;
use crate::record::{About, Record};

/// A direction whose keys were not refreshed for so long raises an alarm.
const REFRESH_ALARM: Duration = Duration::from_secs(24 * 3_600);
/// An exchange costs about 2,300 bytes each way: bearers slower than this do not carry one.
const EXCHANGE_RATE_MIN: Rate = Rate::datagrams(800);
/// A line that lives on tape keys alone uses one in so long: before the alarm.
pub(crate) const TAPE_ALONE_EVERY: Duration = Duration::from_secs(20 * 3_600);
/// Where there are exchanges, a tape key goes into every epoch of a direction whose number this
/// divides: one in some ten days, so that a reel lasts most of a year. Epochs are counted, and no
/// clock is asked, so that a peer who has no such key is asked for it once and not each hour.
const TAPE_EPOCHS: u32 = 240;

impl<S: Storage> Hub<S> {
    /// A test of ours went well: new keys ride on it.
    pub(crate) fn begin_refresh(&mut self, now: Now, name: &PartyName) {
        let opening = self
            .peers
            .get(name)
            .and_then(|peer| peer.cipher.as_ref()?.waiting_opening());
        if let Some(opening) = opening {
            // It is said again, byte for byte, should its envelope be lost for good.
            self.send_refresh(now, name, &opening);
        } else if !self.affords_exchange(name) {
            let peer = self.peers.get(name);
            let age = peer.and_then(|peer| peer.key_ages.age(now, Way::Out));
            if age.is_none_or(|age| age >= TAPE_ALONE_EVERY) {
                self.open_epoch(now, name, true);
            }
        } else if let Ok(random) = self.draw()
            && let Some(cipher) = self.cipher_of(name)
            && let Some(offer) = cipher.offer(now, random)
        {
            self.send_refresh(now, name, &offer);
        }
    }

    /// Takes a step of the peer.
    pub(crate) fn handle_refresh(
        &mut self,
        now: Now,
        name: &PartyName,
        body: &[u8],
    ) -> Result<(), DeskError> {
        let step: Refresh = decode(body)?;
        let may = self.peers.get_mut(name).is_some_and(|peer| {
            peer.budgets
                .refresh_steps
                .take(now.monotonic, REFRESH_STEPS, 1)
        });
        if !may {
            let what = "it refreshes keys more often than they wear out";
            self.misbehaved(now, name, "REF", what.to_owned());
            return Ok(());
        }
        let Some(cipher) = self.cipher_of(name) else {
            return Ok(());
        };
        let before = epochs(cipher);
        let waited = cipher.waiting_opening();
        let answer = cipher.handle_refresh(&step);
        let after = epochs(cipher);
        match &answer {
            Ok(Some(answer)) => self.send_refresh(now, name, answer),
            Ok(None) => {}
            Err(error) => self.misbehaved(now, name, "REF", error.to_string()),
        }
        if before != after {
            self.note_refreshed(now, name, after);
        }
        if before.0 != after.0 {
            self.open_with_notice(now, name);
        }
        self.name_missing_tape(now, name, &step, waited.as_ref(), answer.ok().flatten());
        self.go_on(now, name, &step, before, after);
        Ok(())
    }

    /// Moves our own direction too, when a step of the peer makes that possible.
    fn go_on(
        &mut self,
        now: Now,
        name: &PartyName,
        step: &Refresh,
        before: (u32, u32),
        after: (u32, u32),
    ) {
        let moved = before.1 != after.1;
        match step {
            Refresh::Offer { .. } => self.open_epoch(now, name, false),
            // The other half of our exchange heals our direction.
            Refresh::Open {
                mix: Mix::There { .. },
                ..
            } if moved => self.open_epoch(now, name, false),
            // Tape alone: the side that is behind follows, and so neither calls for ever.
            Refresh::Open {
                mix: Mix::Nothing, ..
            } if moved && after.0 < after.1 => self.open_epoch(now, name, true),
            Refresh::No { .. } | Refresh::Open { .. } | Refresh::Ready { .. } => {}
        }
    }

    /// Opens the next epoch of our direction with what is held: the peer's offer, the second
    /// secret of an exchange, the next tape key when it is the turn of one.
    fn open_epoch(&mut self, now: Now, name: &PartyName, tape_alone: bool) {
        let Ok(random) = self.draw() else {
            return;
        };
        let Some(cipher) = self.cipher_of(name) else {
            return;
        };
        let epoch = cipher.highest_epoch().saturating_add(1);
        let takes_tape = tape_alone || epoch.is_multiple_of(TAPE_EPOCHS);
        #[cfg(feature = "planted-bugs")]
        let takes_tape = takes_tape && !crate::planted::is_planted(crate::planted::Bug::TapeUnused);
        if let Ok(open) = cipher.open_epoch(takes_tape, random) {
            self.send_refresh(now, name, &open);
        }
    }

    /// Our direction is in a new epoch. Its first envelopes take 8 bytes more, until one of them is
    /// receipted: a small one goes at once, so that no code in a hurry is the first, and the peer
    /// erases the keys of the epoch before now and not with the next message.
    fn open_with_notice(&mut self, now: Now, name: &PartyName) {
        let highest = self.desk.peer(name).map_or(0, |desk| desk.highest_out());
        let highest = Serial(highest);
        self.send_service(now, name, &Service::Announce { highest });
    }

    /// A tape key that one side lacks is named on both.
    fn name_missing_tape(
        &mut self,
        now: Now,
        name: &PartyName,
        step: &Refresh,
        waited: Option<&Refresh>,
        answer: Option<Refresh>,
    ) {
        let number = |opening: Option<&Refresh>| match opening {
            Some(Refresh::Open { tape, .. }) => *tape,
            _ => None,
        };
        let unknown = |step: &Refresh| {
            let why = NoReason::TapeUnknown;
            matches!(step, Refresh::No { reason, .. } if *reason == why)
        };
        if unknown(step)
            && let Some(number) = number(waited)
        {
            let what = format!(
                "{name} does not have key {number} of our tape. Ask on the order wire to install \
                 the reel that has it."
            );
            self.alarm(now, name, what);
        }
        if answer.as_ref().is_some_and(unknown)
            && let Some(number) = number(Some(step))
        {
            let what = format!(
                "{name} wants to use key {number} of its tape, which is not installed here. \
                 Install the reel that has it."
            );
            self.alarm(now, name, what);
        }
    }

    pub(crate) fn note_refreshed(&mut self, now: Now, name: &PartyName, (out, in_): (u32, u32)) {
        let record = Record::Refreshed {
            peer: name.clone(),
            out,
            in_,
            at: now.utc,
        };
        self.note(now, record);
        self.rotation_wanted = true;
        let said = format!("Keys refreshed: epoch {out} out, {in_} in.");
        self.tell(now.utc, EventKind::Refresh, name, None, said);
    }

    /// Alarms when keys of a direction grow too old: dropping refreshes is an attack.
    pub(crate) fn watch_refresh(&mut self, now: Now, name: &PartyName) {
        let Some(ages) = self.peers.get(name).map(|peer| peer.key_ages) else {
            return;
        };
        let old = |way| ages.age(now, way).is_some_and(|age| age > REFRESH_ALARM);
        let [out, in_] = [Way::Out, Way::In].map(|way| old(way) && self.carries(name, way));
        if (out || in_) && self.is_paired(name) {
            self.alarm(now, name, crate::says::refresh_late(name, out, in_));
        }
    }

    fn send_refresh(&mut self, now: Now, name: &PartyName, refresh: &Refresh) {
        let about = About::Other(Kind::Refresh.byte());
        let body = redphone_wire::to_bytes(refresh);
        self.send_body(now, name, about, Precedence::Routine, body);
    }

    fn affords_exchange(&self, name: &PartyName) -> bool {
        let mut bearers = self.bearers.values();
        bearers.any(|bearer| bearer.peer == *name && bearer.spec.rate >= EXCHANGE_RATE_MIN)
    }

    fn cipher_of(&mut self, name: &PartyName) -> Option<&mut Cipher> {
        self.peers.get_mut(name)?.cipher.as_mut()
    }
}

/// The newest epoch of our direction and of theirs.
pub(crate) fn epochs(cipher: &Cipher) -> (u32, u32) {
    let theirs = cipher.receiving_epochs().into_iter().max();
    (cipher.sending_epoch(), theirs.unwrap_or(0))
}
