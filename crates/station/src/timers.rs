//! What happens when time passes: tests, refreshes, gaps, states of bearers.

use std::time::Duration;

use redphone_api::EventKind;
use redphone_desk::DeskError;
use redphone_journal::Storage;
use redphone_line::{BearerKind, LineEvent, LineState, Standing, TestEvent};
use redphone_seal::LogVerdict;
use redphone_wire::limits::MISSING_RANGES_MAX;
use redphone_wire::{Now, PartyName, Serial, Service};

use crate::hub::Hub;
use crate::record::Record;

/// A serial that is announced and not here is asked for after this, or four times the air time.
const MISSING_AFTER: Duration = Duration::from_secs(60);
/// Missing serials are asked for again after this, and the patience above.
const MISSING_AGAIN: Duration = Duration::from_secs(600);

impl<S: Storage> Hub<S> {
    /// Lets time pass.
    pub fn handle_timeout(&mut self, now: Now) {
        if self.fault.is_some() {
            return;
        }
        for name in self.peers() {
            let air_time = self.test_air_time(&name);
            let paired = self.is_paired(&name);
            let Some(peer) = self.peers.get_mut(&name) else {
                continue;
            };
            peer.line.handle_timeout(now);
            let call = paired
                .then(|| peer.test.handle_timeout(now, air_time))
                .flatten();
            if let Some(call) = call {
                self.send_test(now, &name, &call);
            }
            self.collect_test_events(now, &name);
            self.ask_for_missing(now, &name);
            self.asks_timeout(now, &name);
            self.rise(now, &name);
            self.turn_one_way(now, &name);
            self.watch_refresh(now, &name);
            self.tell_refused(now, &name);
            self.pump(now, &name);
        }
        self.release_due(now);
        self.ring_if_due(now);
    }

    /// The monotonic instant at which [`Hub::handle_timeout`] next has something to do.
    pub fn poll_timeout(&self, now: Now) -> Option<Duration> {
        self.peers
            .iter()
            .flat_map(|(name, peer)| {
                // Without keys no frame leaves: one that is due must not keep the daemon awake.
                let (line, test) = match peer.cipher {
                    Some(_) => (peer.line.poll_timeout(now), peer.test.poll_timeout(now)),
                    None => (peer.line.poll_timeout_without_keys(now), None),
                };
                let refused =
                    (peer.refused_frames > peer.refused_told).then_some(peer.refused_tell_at);
                let asks = self.asks_poll_timeout(now, name);
                [line, test, peer.missing_next, refused, asks]
            })
            .flatten()
            .chain(self.recalls.next())
            .chain(self.watch_poll_timeout())
            .min()
    }

    /// What a text of the test book takes on the line's best bearer.
    pub(crate) fn test_air_time(&self, name: &PartyName) -> Duration {
        const TEXT_ENVELOPE_BYTES: usize = 250;
        self.peers
            .get(name)
            .map_or_else(Vec::new, |peer| peer.line.expected(TEXT_ENVELOPE_BYTES))
            .into_iter()
            .map(|(_, air_time)| air_time)
            .min()
            .unwrap_or(Duration::from_secs(1))
    }

    /// What our side states in a test.
    pub(crate) fn standing(&self, name: &PartyName) -> Standing {
        let highest = self.desk.peer(name).map_or(0, |desk| desk.highest_out());
        let cipher = self.peers.get(name).and_then(|peer| peer.cipher.as_ref());
        let (log_at, log) = cipher.map_or((None, [0; 16]), |cipher| {
            cipher.log_hash(cipher.sending().reverse())
        });
        Standing {
            highest: Serial(highest),
            log_at,
            log,
        }
    }

    pub(crate) fn collect_test_events(&mut self, now: Now, name: &PartyName) {
        while let Some(event) = self
            .peers
            .get_mut(name)
            .and_then(|peer| peer.test.poll_event())
        {
            self.handle_test_event(now, name, event);
        }
        let Some(peer) = self.peers.get(name) else {
            return;
        };
        let mark = peer.test.mark();
        if mark != peer.last_test.mark {
            let missed = mark.missed;
            let record = Record::TestCalled {
                peer: name.clone(),
                hours: mark.hours,
                early: mark.early,
                missed: mark.missed,
            };
            self.note(now, record);
            if let Some(peer) = self.peers.get_mut(name) {
                peer.line.handle_missed_tests(now, missed);
            }
        }
    }

    fn handle_test_event(&mut self, now: Now, name: &PartyName, event: TestEvent) {
        match event {
            TestEvent::Alarm { missed } => {
                let what = format!(
                    "{missed} hourly tests with {name} were missed in a row. Ask on the order \
                     wire; if nobody answers, use another channel."
                );
                self.alarm(now, name, what);
            }
            TestEvent::Answered {
                test,
                took,
                difference,
                highest,
                log_at,
                log,
            } => {
                self.note_announced(now, name, highest);
                let differ = self.log_verdict(name, log_at, log) == LogVerdict::Differ;
                let took_ms = u32::try_from(took.as_millis()).unwrap_or(u32::MAX);
                let good = difference.is_none() && !differ;
                let mut outcome = crate::says::test_outcome(difference, took_ms);
                if differ {
                    outcome = "the two records of what was sent differ".to_owned();
                    self.alarm(now, name, crate::says::records_differ(name));
                }
                self.note_test(now, name, test, good, outcome, good.then_some(took_ms));
                if good {
                    self.begin_refresh(now, name);
                }
            }
            TestEvent::Missed { test, missed } => {
                let outcome = match test {
                    Some(_) => format!("not answered; {missed} missed in a row"),
                    None => format!("{name} did not call; {missed} missed in a row"),
                };
                self.note_test(now, name, test.unwrap_or(0), false, outcome, None);
            }
            TestEvent::Tested {
                test,
                difference,
                highest,
            } => {
                self.note_announced(now, name, highest);
                let good = difference.is_none();
                let outcome = match difference {
                    None => format!("{name} tested us: every letter right"),
                    Some(_) => crate::says::test_outcome(difference, 0),
                };
                self.note_test(now, name, test, good, outcome, None);
            }
            _ => {}
        }
    }

    fn note_announced(&mut self, now: Now, name: &PartyName, highest: Serial) {
        let service = Service::Announce { highest };
        let known = self.desk.peer(name).map_or(0, |desk| desk.announced);
        if highest.0 <= known {
            return;
        }
        match self.desk.handle_service(name, &service) {
            Ok(Some(record)) => self.note_desk(now, record),
            Ok(None) => {}
            Err(DeskError::PeerMisbehaved(why)) => {
                self.misbehaved(now, name, why.rule(), why.to_string());
            }
            Err(_) => {}
        }
    }

    fn note_test(
        &mut self,
        now: Now,
        name: &PartyName,
        test: u32,
        good: bool,
        outcome: String,
        took_ms: Option<u32>,
    ) {
        let said = format!("Test: {outcome}.");
        let record = Record::Test {
            peer: name.clone(),
            test,
            good,
            outcome,
            took_ms,
            at: now.utc,
        };
        self.note(now, record);
        self.tell(now.utc, EventKind::Test, name, None, said);
    }

    fn ask_for_missing(&mut self, now: Now, name: &PartyName) {
        let Some(desk) = self.desk.peer(name) else {
            return;
        };
        let missing = desk.missing(1_024);
        let Some(peer) = self.peers.get_mut(name) else {
            return;
        };
        if missing.is_empty() {
            peer.missing_next = None;
            return;
        }
        let slow = peer
            .line
            .expected(400)
            .into_iter()
            .map(|(_, t)| t * 4)
            .min();
        let patience = MISSING_AFTER.max(slow.unwrap_or_default());
        let due = *peer.missing_next.get_or_insert(now.monotonic + patience);
        if now.monotonic < due {
            return;
        }
        peer.missing_next = Some(now.monotonic + patience + MISSING_AGAIN);
        let ranges = ranges_of(&missing, MISSING_RANGES_MAX);
        let record = redphone_desk::Record::MissingAsked {
            peer: name.clone(),
            ranges: ranges.clone(),
            at: now.utc,
        };
        self.note_desk(now, record);
        self.send_service(now, name, &Service::Missing { ranges });
        let said = format!(
            "{} serials of {name} are missing; asked for them.",
            missing.len()
        );
        self.tell(now.utc, EventKind::Service, name, None, said);
    }

    /// Refused frames are told in sums, so that a flood of them is one line.
    fn tell_refused(&mut self, now: Now, name: &PartyName) {
        let Some(peer) = self.peers.get_mut(name) else {
            return;
        };
        let fresh = peer.refused_frames - peer.refused_told;
        if fresh == 0 || now.monotonic < peer.refused_tell_at {
            return;
        }
        peer.refused_told = peer.refused_frames;
        peer.refused_tell_at = now.monotonic + Duration::from_secs(1);
        let said = format!("{fresh} frames were refused: not sealed by {name}, or damaged.");
        self.tell(now.utc, EventKind::Refused, name, None, said);
    }

    /// Tells what changed on bearers and lines.
    pub(crate) fn collect_line_events(&mut self, now: Now) {
        for name in self.peers() {
            while let Some(event) = self
                .peers
                .get_mut(&name)
                .and_then(|peer| peer.line.poll_event())
            {
                match event {
                    LineEvent::Bearer { bearer, state } => {
                        let said = format!("{} is {state}.", self.bearer_name(bearer));
                        self.tell(now.utc, EventKind::Bearer, &name, None, said);
                    }
                    LineEvent::Line(state) => {
                        let mut said = format!("The line to {name} is {state}.");
                        if state == LineState::Down && self.has_courier(&name) {
                            said.push_str(" A bag can go: `redphone courier export`.");
                        }
                        self.tell(now.utc, EventKind::Line, &name, None, said);
                    }
                    LineEvent::RepeatsEnded(_) | _ => {}
                }
            }
        }
    }
}

impl<S: Storage> Hub<S> {
    fn has_courier(&self, name: &PartyName) -> bool {
        let mut bearers = self.bearers.values();
        bearers.any(|bearer| bearer.peer == *name && bearer.spec.kind == BearerKind::Courier)
    }
}

/// Runs of serials as first and last, so many at most.
pub(crate) fn ranges_of(serials: &[Serial], most: usize) -> Vec<(Serial, Serial)> {
    let mut ranges: Vec<(Serial, Serial)> = Vec::new();
    for serial in serials {
        let follows = ranges.last().and_then(|(_, last)| last.0.checked_add(1)) == Some(serial.0);
        if follows && let Some((_, last)) = ranges.last_mut() {
            *last = *serial;
        } else if ranges.len() < most {
            ranges.push((*serial, *serial));
        } else {
            break;
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_serials_are_asked_for_in_ranges() {
        let serials: Vec<Serial> = [2, 3, 4, 9].map(Serial).to_vec();
        let ranges = ranges_of(&serials, MISSING_RANGES_MAX);
        assert_eq!(ranges, [(Serial(2), Serial(4)), (Serial(9), Serial(9))]);
    }
}
