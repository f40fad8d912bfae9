//! The watch: what rises when nobody acknowledges, and what is written down of the alarm.
//!
//! Owns the times after which a message rises to the next officer and then to the chief of watch,
//! and the facts about it. When each time comes is `rises`; who is rung is the station's. Rules
//! WATCH-1 to WATCH-7.
//!
//! ```text
//!   came, or released --level 0--> next officer --level 1--> chief of watch
//!        acknowledged, or answered by an act: it rises no more
//! ```

mod rises;

use std::time::Duration;

use minicbor::{Decode, Encode};
use redphone_wire::{PartyName, Precedence, Serial, Service, Utc};

use crate::asks::Side;
use crate::error::PeerMisbehaved;
use crate::limits::RISE_SECONDS_MAX;
use crate::{Desk, PeerDesk, Record};

pub use rises::Rises;

/// Levels that a message rises to: 1 the next officer, 2 the chief of watch.
pub const LEVELS: u8 = 2;

/// Runs of serials, each by its first and last.
pub type Ranges = Vec<(Serial, Serial)>;

/// After how long a message that nobody acknowledges rises, by its precedence.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RiseTimes([[Duration; 2]; 4]);

impl Default for RiseTimes {
    /// FLASH after 2 and 5 minutes, IMMEDIATE after 10 and 20, PRIORITY after 1 and 2 hours,
    /// ROUTINE after 6 and 12.
    fn default() -> Self {
        let times = [[120, 300], [600, 1_200], [3_600, 7_200], [21_600, 43_200]];
        Self(times.map(|two| two.map(Duration::from_secs)))
    }
}

impl RiseTimes {
    /// The same, with other times for one precedence, in seconds.
    ///
    /// # Errors
    ///
    /// What is wrong, in words: a time of nought, beyond a week, or in the wrong order.
    pub fn with(mut self, precedence: Precedence, seconds: [u32; 2]) -> Result<Self, String> {
        let [first, second] = seconds;
        if first == 0 || second <= first || second > RISE_SECONDS_MAX {
            return Err(format!(
                "{precedence} rises after [{first}, {second}] s: it takes two times, the shorter \
                 first, up to {RISE_SECONDS_MAX}"
            ));
        }
        if let Some(times) = self.0.get_mut(precedence.rank()) {
            *times = seconds.map(|seconds| Duration::from_secs(u64::from(seconds)));
        }
        Ok(self)
    }

    /// After how long it rises to level 1 and to level 2.
    pub fn of(&self, precedence: Precedence) -> [Duration; 2] {
        let times = self.0.get(precedence.rank());
        times.copied().unwrap_or([Duration::from_secs(120); 2])
    }
}

/// One fact about the watch. Instants are of this station's clock unless the field says otherwise.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub enum WatchFact {
    /// Nobody acknowledged messages in time: they rose.
    #[n(0)]
    Risen {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// Whose messages: theirs, not acknowledged here, or ours, not acknowledged there.
        #[n(1)]
        by: Side,
        /// To which level.
        #[n(2)]
        level: u8,
        /// Which.
        #[n(3)]
        ranges: Ranges,
        /// When.
        #[n(4)]
        at: Utc,
    },
    /// The peer says that nobody there acknowledged messages of ours in time.
    #[n(1)]
    RisenThere {
        /// The peer.
        #[n(0)]
        peer: PartyName,
        /// To which level they rose there.
        #[n(1)]
        level: u8,
        /// Which.
        #[n(2)]
        ranges: Ranges,
        /// When, by their clock.
        #[n(3)]
        at: Utc,
    },
    /// The alarm was silenced for a while, here only.
    #[n(2)]
    Silenced {
        /// Who: a claim; or empty.
        #[n(0)]
        officer: String,
        /// When.
        #[n(1)]
        at: Utc,
    },
    /// The alarm was rung to prove it, and somebody heard it.
    #[n(3)]
    Proven {
        /// Who heard it.
        #[n(0)]
        officer: String,
        /// When he said so.
        #[n(1)]
        at: Utc,
    },
    /// The watch is handed to another, who has not taken it yet.
    #[n(4)]
    Handed {
        /// Who keeps it.
        #[n(0)]
        from: String,
        /// To whom.
        #[n(1)]
        to: String,
        /// When.
        #[n(2)]
        at: Utc,
    },
    /// An officer took the watch over.
    #[n(5)]
    Taken {
        /// Who.
        #[n(0)]
        officer: String,
        /// Who kept it before; or empty.
        #[n(1)]
        from: String,
        /// Who is called when nobody acknowledges; or empty.
        #[n(2)]
        next: String,
        /// Who is called after that; or empty.
        #[n(3)]
        chief: String,
        /// How many open things he ticked.
        #[n(4)]
        ticked: u32,
        /// The keys of those that he did not tick.
        #[n(5)]
        left: Vec<String>,
        /// Whether he had heard the alarm.
        #[n(6)]
        proven: bool,
        /// Why something lacked; or empty.
        #[n(7)]
        because: String,
        /// When.
        #[n(8)]
        at: Utc,
    },
}

impl WatchFact {
    /// The peer that the fact is about.
    pub(crate) fn peer(&self) -> Option<&PartyName> {
        match self {
            Self::Risen { peer, .. } | Self::RisenThere { peer, .. } => Some(peer),
            Self::Handed { .. }
            | Self::Proven { .. }
            | Self::Silenced { .. }
            | Self::Taken { .. } => None,
        }
    }
}

/// What is held of the watch.
#[derive(Clone, Debug, Decode, Default, Encode, Eq, PartialEq)]
pub struct Watch {
    /// Who last heard the alarm when it was proven, and when.
    #[n(0)]
    pub proven: Option<(String, Utc)>,
    /// Who keeps the watch, and since when.
    #[n(1)]
    pub on: Option<(String, Utc)>,
    /// Who is called when nobody acknowledges; or empty.
    #[cbor(n(2), default)]
    pub next: String,
    /// Who is called after that; or empty.
    #[cbor(n(3), default)]
    pub chief: String,
    /// To whom it is handed who has not taken it yet, and since when.
    #[n(4)]
    pub handed: Option<(String, Utc)>,
}

impl Watch {
    pub(crate) fn apply(&mut self, fact: &WatchFact) {
        match fact {
            WatchFact::Proven { officer, at } => self.proven = Some((officer.clone(), *at)),
            WatchFact::Handed { to, at, .. } => self.handed = Some((to.clone(), *at)),
            WatchFact::Taken {
                officer,
                next,
                chief,
                at,
                ..
            } => {
                self.on = Some((officer.clone(), *at));
                self.next.clone_from(next);
                self.chief.clone_from(chief);
                self.handed = None;
            }
            WatchFact::Risen { .. } | WatchFact::RisenThere { .. } | WatchFact::Silenced { .. } => {
            }
        }
    }
}

impl PeerDesk {
    /// What rose, here or there.
    pub(crate) fn rise(&mut self, fact: &WatchFact) {
        match fact {
            WatchFact::Risen {
                by: Side::Peer,
                level,
                ranges,
                ..
            } => {
                for (first, last) in ranges {
                    for (_, message) in self.in_.range_mut(*first..=*last) {
                        message.risen = message.risen.max(*level);
                    }
                }
            }
            WatchFact::Risen {
                by: Side::Us,
                level,
                ranges,
                ..
            } => {
                for (first, last) in ranges {
                    for (_, message) in self.out.range_mut(*first..=*last) {
                        message.risen = message.risen.max(*level);
                    }
                }
            }
            WatchFact::RisenThere {
                level, ranges, at, ..
            } => {
                for (first, last) in ranges {
                    for (_, message) in self.out.range_mut(*first..=*last) {
                        let known = message.risen_there.map_or(0, |(known, _)| known);
                        if message.acknowledged.is_empty() && *level > known {
                            message.risen_there = Some((*level, *at));
                        }
                    }
                }
            }
            WatchFact::Handed { .. }
            | WatchFact::Proven { .. }
            | WatchFact::Silenced { .. }
            | WatchFact::Taken { .. } => {}
        }
    }
}

impl Desk {
    /// The peer says that nobody there acknowledged messages of ours. None: nothing new.
    ///
    /// # Errors
    ///
    /// [`PeerMisbehaved`] when a level or a run of serials breaks its bound, or names what was never
    /// sent.
    pub(crate) fn handle_unacknowledged(
        &self,
        peer: &PartyName,
        service: &Service,
    ) -> Result<Option<Record>, PeerMisbehaved> {
        let Service::Unacknowledged { ranges, level, at } = service else {
            return Ok(None);
        };
        let bound = |what| PeerMisbehaved::Bound { what };
        if *level == 0 || *level > LEVELS {
            return Err(bound("level"));
        }
        let pairs = ranges.iter().zip(ranges.iter().skip(1));
        if pairs
            .into_iter()
            .any(|((_, last), (first, _))| first <= last)
        {
            return Err(bound("ranges"));
        }
        let desk = self.peer(peer);
        let highest = desk.map_or(0, PeerDesk::highest_out);
        if let Some((_, serial)) = ranges.last().filter(|(_, last)| last.0 > highest) {
            return Err(PeerMisbehaved::UnknownMessage { serial: *serial });
        }
        let ours = desk.into_iter().flat_map(|desk| {
            let of_range = |(first, last): &(Serial, Serial)| desk.out.range(*first..=*last);
            ranges.iter().flat_map(of_range)
        });
        let news = ours.into_iter().any(|(_, message)| {
            let known = message.risen_there.map_or(0, |(known, _)| known);
            message.acknowledged.is_empty() && *level > known
        });
        let fact = WatchFact::RisenThere {
            peer: peer.clone(),
            level: *level,
            ranges: ranges.clone(),
            at: (*at).into(),
        };
        Ok(news.then_some(Record::Watch(fact)))
    }

    /// What is held of the watch.
    pub fn watch(&self) -> &Watch {
        &self.watch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_a_rise_are_two_and_in_order() {
        let times = RiseTimes::default();
        let minutes = |two: [Duration; 2]| two.map(|time| time.as_secs() / 60);
        assert_eq!(minutes(times.of(Precedence::Flash)), [2, 5]);
        let other = times.with(Precedence::Flash, [60, 90]).unwrap();
        assert_eq!(other.of(Precedence::Flash)[1].as_secs(), 90);
        assert_eq!(minutes(other.of(Precedence::Immediate)), [10, 20]);
        for wrong in [[0, 60], [60, 60], [90, 60], [1, RISE_SECONDS_MAX + 1]] {
            assert!(times.with(Precedence::Flash, wrong).is_err());
        }
    }
}
