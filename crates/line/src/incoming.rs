//! Symbols of envelopes that are not whole yet.
//!
//! A group is one envelope under one mark, cut one way. Every symbol was authenticated by the
//! frame's tag, but the peer may still be hostile: groups, bytes and work are bounded (rules
//! LINE-16 to LINE-18).

use std::collections::BTreeMap;
use std::time::Duration;

use redphone_wire::EnvelopeId;
use redphone_wire::limits::ENVELOPE_BYTES_MAX;

use crate::Refused;
use crate::cutting::{Cut, restore, unpad};

/// Groups of one peer.
pub(crate) const GROUPS_MAX: usize = 64;
/// Bytes in all groups of one peer.
pub(crate) const GROUP_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Bytes that a symbol costs us beside its own.
const SYMBOL_COST: usize = 64;
/// Symbols beyond the source symbols that an honest sender's receiver may ever need.
const SYMBOLS_EXTRA_MAX: usize = 64;

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct GroupId {
    id: EnvelopeId,
    mark: u8,
    source: u16,
    length: usize,
}

#[derive(Debug)]
struct Group {
    symbols: BTreeMap<u16, Vec<u8>>,
    bytes: usize,
    heard_at: Duration,
    /// Symbols with which the next attempt to restore is made.
    attempt_at: usize,
}

/// All groups.
#[derive(Debug, Default)]
pub(crate) struct Incoming {
    groups: BTreeMap<GroupId, Group>,
    bytes: usize,
}

impl Incoming {
    /// Whether some of an envelope is here.
    pub(crate) fn has_begun(&self, id: EnvelopeId) -> bool {
        self.groups.keys().any(|group| group.id == id)
    }

    /// Takes symbols with ids from `first` on; returns the envelope when it is whole.
    pub(crate) fn insert(
        &mut self,
        now: Duration,
        id: EnvelopeId,
        mark: u8,
        cut: Cut,
        first: u16,
        bytes: &[u8],
    ) -> Result<Option<Vec<u8>>, Refused> {
        if usize::from(cut.source) * cut.length > ENVELOPE_BYTES_MAX + cut.length {
            return Err(Refused::EnvelopeTooLong);
        }
        #[cfg(feature = "planted-bugs")]
        let mark = if crate::planted::is_planted(crate::planted::Bug::MarksMixed) {
            0
        } else {
            mark
        };
        let key = GroupId {
            id,
            mark,
            source: cut.source,
            length: cut.length,
        };
        self.make_room(key, bytes.len());
        let group = self.groups.entry(key).or_insert_with(|| Group {
            symbols: BTreeMap::new(),
            bytes: 0,
            heard_at: now,
            attempt_at: usize::from(cut.source),
        });
        group.heard_at = now;
        for (symbol_id, symbol) in (first..=u16::MAX).zip(bytes.chunks_exact(cut.length)) {
            if group.symbols.insert(symbol_id, symbol.to_vec()).is_none() {
                group.bytes += cut.length + SYMBOL_COST;
                self.bytes += cut.length + SYMBOL_COST;
            }
        }
        let held = group.symbols.len();
        if held < group.attempt_at {
            return Ok(None);
        }
        if let Some(object) = restore(cut, &group.symbols) {
            self.forget(id);
            return unpad(object, cut).map(Some);
        }
        let extra = held - usize::from(cut.source);
        group.attempt_at = held + 1 + extra / 2;
        if extra > SYMBOLS_EXTRA_MAX {
            self.drop_group(key);
            return Err(Refused::Undecodable);
        }
        Ok(None)
    }

    /// Drops the groups that were idle longest until another fits.
    fn make_room(&mut self, key: GroupId, bytes: usize) {
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::GroupsWithoutEnd) {
            return;
        }
        let is_new = usize::from(!self.groups.contains_key(&key));
        while self.groups.len() + is_new > GROUPS_MAX || self.bytes + bytes > GROUP_BYTES_MAX {
            let others = self.groups.iter().filter(|(other, _)| **other != key);
            let idle = others.min_by_key(|(_, group)| group.heard_at);
            let Some(idle) = idle.map(|(other, _)| *other) else {
                return;
            };
            self.drop_group(idle);
        }
    }

    fn drop_group(&mut self, key: GroupId) {
        if let Some(group) = self.groups.remove(&key) {
            self.bytes -= group.bytes;
        }
    }

    /// Drops all groups of an envelope, whatever their marks and cuts.
    pub(crate) fn forget(&mut self, id: EnvelopeId) {
        self.forget_where(id, |_| true);
    }

    /// Drops the groups of an envelope under one mark.
    pub(crate) fn forget_mark(&mut self, id: EnvelopeId, mark: u8) {
        self.forget_where(id, |group| group.mark == mark);
    }

    fn forget_where(&mut self, id: EnvelopeId, which: impl Fn(&GroupId) -> bool) {
        let first = GroupId {
            id,
            mark: 0,
            source: 0,
            length: 0,
        };
        let last = GroupId {
            id,
            mark: u8::MAX,
            source: u16::MAX,
            length: usize::MAX,
        };
        let groups = self.groups.range(first..=last).map(|(key, _)| *key);
        let doomed: Vec<_> = groups.filter(|key| which(key)).collect();
        for key in doomed {
            self.drop_group(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cutting::Cutter;

    const CUT: Cut = Cut {
        source: 4,
        length: 100,
    };

    fn id(number: u32) -> EnvelopeId {
        EnvelopeId { epoch: 0, number }
    }

    #[test]
    fn groups_and_bytes_are_bounded_and_the_idlest_goes() {
        let mut incoming = Incoming::default();
        for number in 0..1_000 {
            let now = Duration::from_millis(u64::from(number));
            let whole = incoming.insert(now, id(number), 1, CUT, 0, &[7; 100]);
            assert_eq!(whole, Ok(None));
            assert!(incoming.groups.len() <= GROUPS_MAX);
        }
        assert!(
            incoming
                .groups
                .keys()
                .all(|key| key.id.number >= 1_000 - 64)
        );

        let long = Cut {
            source: 2,
            length: 35_000,
        };
        for number in 0..1_000 {
            let now = Duration::from_secs(u64::from(number));
            let _ = incoming.insert(now, id(number), 1, long, 0, &[7; 35_000]);
            assert!(incoming.bytes <= GROUP_BYTES_MAX + 35_064);
        }
    }

    #[test]
    fn envelope_longer_than_allowed_takes_no_memory() {
        let mut incoming = Incoming::default();
        let long = Cut {
            source: 4_095,
            length: 1_000,
        };
        let refused = incoming.insert(Duration::ZERO, id(0), 1, long, 0, &[0; 1_000]);
        assert_eq!(refused, Err(Refused::EnvelopeTooLong));
        assert!(incoming.groups.is_empty());
    }

    #[test]
    fn symbols_of_two_marks_are_never_mixed() {
        let mut incoming = Incoming::default();
        let one: Vec<u8> = vec![1; 350];
        let other: Vec<u8> = vec![2; 350];
        let mut cutter = Cutter::new(CUT);
        let mut take = |mark, envelope: &[u8], first| {
            let symbol = cutter.symbols(envelope, first, 1);
            incoming.insert(Duration::ZERO, id(0), mark, CUT, first, &symbol)
        };
        for first in 0..3 {
            assert_eq!(take(1, &one, first), Ok(None));
            assert_eq!(take(2, &other, first), Ok(None));
        }
        assert_eq!(take(1, &one, 3), Ok(Some(one.clone())));
    }

    #[test]
    fn unopenable_group_is_dropped_whole() {
        let mut incoming = Incoming::default();
        let _ = incoming.insert(Duration::ZERO, id(0), 1, CUT, 0, &[0; 300]);
        let _ = incoming.insert(Duration::ZERO, id(0), 2, CUT, 0, &[0; 300]);
        incoming.forget_mark(id(0), 1);
        assert_eq!(incoming.groups.len(), 1);
        incoming.forget(id(0));
        assert_eq!((incoming.groups.len(), incoming.bytes), (0, 0));
    }

    #[cfg(feature = "planted-bugs")]
    mod planted {
        use super::*;
        use crate::planted::{Bug, is_noticed};

        #[test]
        fn groups_without_end_are_noticed() {
            is_noticed(
                Bug::GroupsWithoutEnd,
                groups_and_bytes_are_bounded_and_the_idlest_goes,
            );
        }

        #[test]
        fn mixed_marks_are_noticed() {
            is_noticed(Bug::MarksMixed, symbols_of_two_marks_are_never_mixed);
        }
    }
}
