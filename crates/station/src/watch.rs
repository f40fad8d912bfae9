//! The watch at the hub: what nobody acknowledges rises, and the alarm rings for it.
//!
//! Owns when the timers of the desk's `rises` begin and end, what is told of a rise to whom, and what
//! an officer does with the alarm. The bell's times are `bell`; the command that it runs is the
//! daemon's. Rules WATCH-1 to WATCH-6.

mod alarm;

use std::collections::BTreeMap;
use std::time::Duration;

use redphone_api::EventKind;
use redphone_desk::Record;
use redphone_desk::asks::Side;
use redphone_desk::threads::{Link, LinkKind};
use redphone_desk::watch::{RiseTimes, WatchFact};
use redphone_journal::Storage;
use redphone_wire::limits::MISSING_RANGES_MAX;
use redphone_wire::{Now, PartyName, Precedence, Serial, Service, Utc};

use crate::bell::{Bell, Ring, Rung};
use crate::budget::RISES;
use crate::hub::Hub;
use crate::says;
use crate::timers::ranges_of;

/// Messages of one line that rise in one step; the others follow in the next.
const RISES_A_STEP_MAX: usize = 1_024;

/// The watch of one station, as far as it is not the desk's.
#[derive(Debug, Default)]
pub(crate) struct WatchRoom {
    pub(crate) times: RiseTimes,
    pub(crate) bell: Bell,
}

impl<S: Storage> Hub<S> {
    /// Takes the station's own times of the watch and of the alarm. Called before the first request.
    pub fn set_watch(&mut self, now: Now, times: RiseTimes, has_command: bool, repeat: Duration) {
        self.watch.times = times;
        self.watch.bell.has_command = has_command;
        self.watch.bell.repeat = repeat;
        self.begin_rises(now);
    }

    /// The ring that is due. To be asked for after each commit.
    pub fn poll_ring(&mut self) -> Option<Ring> {
        self.watch.bell.due.pop_front()
    }

    /// What became of a ring. A failure is told once, until one goes well again.
    pub fn handle_rung(&mut self, now: Now, rung: Rung) {
        let bell = &mut self.watch.bell;
        let failed_before = bell.outcome.as_ref().is_some_and(|(_, why)| why.is_some());
        if rung.proof {
            bell.proof_rang = rung.failed.is_none().then_some(now.monotonic);
        }
        bell.outcome = Some((now.utc, rung.failed.clone()));
        if let Some(why) = rung.failed
            && !failed_before
        {
            let what = says::alarm_failed(&why);
            let record = crate::record::Record::Alarm {
                peer: None,
                what: what.clone(),
            };
            self.note(now, record);
            self.tell_alarm(now, what);
        }
    }

    /// Begins the timers of all that waits, also from a life before.
    pub(crate) fn begin_rises(&mut self, now: Now) {
        for name in self.peers() {
            let waits: Vec<_> = self.desk.peer(&name).map_or_else(Vec::new, waits_of);
            for (key, precedence, since, level) in waits {
                if self.answered(&name, key.0, key.1).flatten().is_none() {
                    let gone = Duration::from_millis(now.utc.0.saturating_sub(since.0));
                    self.begin_rise(now, &name, key, precedence, (gone, level));
                }
            }
        }
        if self.rings() {
            self.watch.bell.news(now.monotonic, true);
        }
    }

    /// A fact of the desk begins or ends a timer.
    pub(crate) fn heed_watch(&mut self, now: Now, record: &Record) {
        let fresh = (Duration::ZERO, 0);
        if let Record::Received {
            peer,
            serial,
            precedence,
            handled_as,
            ..
        } = record
        {
            let urgency = handled_as.unwrap_or(*precedence);
            self.begin_rise(now, peer, (Side::Peer, *serial), urgency, fresh);
            let urgent = urgency <= Precedence::Immediate;
            self.watch.bell.news(now.monotonic, urgent);
        } else if let Record::Released {
            peer,
            serial,
            precedence,
            ..
        } = record
        {
            self.begin_rise(now, peer, (Side::Us, *serial), *precedence, fresh);
        } else if let Record::Acknowledged { peer, serial, .. } = record {
            self.end_rise(peer, (Side::Peer, *serial));
        } else if let Record::AcknowledgedThere { peer, serial, .. } = record {
            self.end_rise(peer, (Side::Us, *serial));
        } else if let Record::Placed { peer, by, link, .. } = record
            && let Some(answered) = answered(*by, *link)
        {
            self.end_rise(peer, answered);
        }
    }

    /// Lets what is due rise: noted, told, and said to the peer.
    pub(crate) fn rise(&mut self, now: Now, name: &PartyName) {
        let Some(peer) = self.peers.get_mut(name) else {
            return;
        };
        let mut risen: BTreeMap<(Side, u8), Vec<Serial>> = BTreeMap::new();
        for ((by, serial), level) in peer.rises.rise(now.monotonic, RISES_A_STEP_MAX) {
            risen.entry((by, level)).or_default().push(serial);
        }
        for ((by, level), mut serials) in risen {
            serials.sort_unstable();
            let ranges = ranges_of(&serials, RISES_A_STEP_MAX);
            let fact = WatchFact::Risen {
                peer: name.clone(),
                by,
                level,
                ranges: ranges.clone(),
                at: now.utc,
            };
            self.note_desk(now, Record::Watch(fact));
            let first = serials.first().copied().unwrap_or(Serial(0));
            let said = match by {
                Side::Peer => says::risen_here(name, first, serials.len(), level),
                Side::Us => says::risen_there(&self.name, name, first, serials.len(), level),
            };
            let message = Some((by == Side::Us, first));
            self.tell(now.utc, EventKind::Alarm, name, message, said);
            if by == Side::Peer {
                self.watch.bell.news(now.monotonic, true);
                self.tell_of_rise(now, name, &ranges, level);
            }
        }
    }

    /// Lays a ring aside that is due, until the commit.
    pub(crate) fn ring_if_due(&mut self, now: Now) {
        let (precedence, repeats) = (self.most_urgent(), self.rings());
        if !self.watch.bell.rings(now.monotonic, repeats) || precedence.is_none() {
            return;
        }
        let ring = Ring {
            precedence,
            count: self.waiting(),
            level: self.level(),
            station: self.name.clone(),
        };
        self.watch.bell.lay_aside(ring);
    }

    /// When something rises, or the bell rings.
    pub(crate) fn watch_poll_timeout(&self) -> Option<Duration> {
        let rises = self.peers.values().filter_map(|peer| peer.rises.next());
        rises.chain(self.watch.bell.next()).min()
    }

    fn begin_rise(
        &mut self,
        now: Now,
        peer: &PartyName,
        key: (Side, Serial),
        precedence: Precedence,
        before: (Duration, u8),
    ) {
        let times = self.watch.times.of(precedence);
        let rises = &mut self.peer_mut(now, peer).rises;
        rises.begin(now.monotonic, key, precedence, times, before);
    }

    fn end_rise(&mut self, peer: &PartyName, key: (Side, Serial)) {
        if let Some(peer) = self.peers.get_mut(peer) {
            peer.rises.end(key);
        }
    }

    /// Tells the peer that nobody here has acknowledged messages of his, so that he may use another
    /// channel. Bounded: he has timers of his own.
    fn tell_of_rise(&mut self, now: Now, name: &PartyName, ranges: &[(Serial, Serial)], level: u8) {
        let may = self
            .peers
            .get_mut(name)
            .is_some_and(|peer| peer.budgets.rises.take(now.monotonic, RISES, 1));
        if may {
            let ranges = ranges.iter().take(MISSING_RANGES_MAX).copied().collect();
            let at = now.utc.seconds();
            let service = Service::Unacknowledged { ranges, level, at };
            self.send_service(now, name, &service);
        }
    }

    /// Tells something of the station as a whole that somebody must attend to.
    fn tell_alarm(&mut self, now: Now, said: String) {
        let event = redphone_api::Event {
            id: self.event_next,
            at: now.utc.0,
            kind: EventKind::Alarm,
            peer: String::new(),
            message: String::new(),
            said,
        };
        self.event_next += 1;
        self.events.push_back(event);
    }

    fn waiting(&self) -> u32 {
        let counts = self.peers.values().map(|peer| peer.rises.waiting());
        counts.fold(0, u32::saturating_add)
    }

    fn most_urgent(&self) -> Option<Precedence> {
        let urgent = self
            .peers
            .values()
            .filter_map(|peer| peer.rises.most_urgent());
        urgent.min()
    }

    fn level(&self) -> u8 {
        let levels = self.peers.values().map(|peer| peer.rises.level());
        levels.max().unwrap_or(0)
    }

    /// Whether the alarm repeats: something urgent waits, or something has risen.
    fn rings(&self) -> bool {
        let urgent = self.most_urgent();
        urgent.is_some_and(|urgent| urgent <= Precedence::Immediate) || self.level() > 0
    }
}

/// The message of the other side that is answered by acts: whoever answers has it.
fn answered(by: Side, link: Option<Link>) -> Option<(Side, Serial)> {
    let link = link?;
    (link.kind == LinkKind::Answers && link.by != by).then_some((link.by, link.serial))
}

/// What nobody has acknowledged: whose and which, how urgent, since when, and how far it rose.
fn waits_of(desk: &redphone_desk::PeerDesk) -> Vec<((Side, Serial), Precedence, Utc, u8)> {
    let theirs = desk
        .in_
        .iter()
        .filter(|(_, one)| one.acknowledged.is_empty());
    let theirs = theirs.map(|(serial, one)| {
        let key = (Side::Peer, *serial);
        (key, one.urgency(), one.arrived, one.risen)
    });
    let ours = desk
        .out
        .iter()
        .filter(|(_, one)| one.acknowledged.is_empty());
    let ours = ours.map(|(serial, one)| {
        let key = (Side::Us, *serial);
        (key, one.precedence, one.released, one.risen)
    });
    theirs.chain(ours).collect()
}
