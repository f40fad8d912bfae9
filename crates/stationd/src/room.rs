//! Room on the disk: what goes when there is hardly any left (FAULTS F13, F14).
//!
//! It owns the decision when the reserve is given back and taken again. While it is given back only
//! FLASH, acknowledgements and what comes in are taken; everything else is refused before it is
//! accepted.

use std::path::Path;
use std::time::Duration;

use redphone_api::{Actor, Refusal, RefusalKind, Request};

use crate::reserve::Reserve;

/// How often the disk is looked at while there is hardly any room.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// The reserve, and whether it is in use.
#[derive(Debug)]
pub(crate) struct Room {
    reserve: Option<Reserve>,
    short: bool,
    look_at: Duration,
}

impl Room {
    /// The room of a home, with so many bytes set aside; none for zero.
    pub(crate) fn new(home: &Path, reserve_bytes: u64) -> Self {
        Self {
            reserve: (reserve_bytes > 0).then(|| Reserve::new(home, reserve_bytes)),
            short: false,
            look_at: Duration::ZERO,
        }
    }

    /// Looks whether the reserve can be held, where that is due.
    pub(crate) fn handle_timeout(&mut self, now: Duration) {
        let Some(reserve) = &self.reserve else {
            return;
        };
        if self.look_at > now {
            return;
        }
        self.look_at = now + LOOK_EVERY;
        let held = reserve.hold().unwrap_or_else(|error| {
            tracing::warn!(%error, "the reserve cannot be set aside");
            false
        });
        if self.short == held {
            tracing::warn!(short = !held, "room on the disk changed");
        }
        self.short = !held;
        if held {
            self.look_at = Duration::MAX;
        }
    }

    /// When the disk is next looked at.
    pub(crate) fn poll_timeout(&self) -> Option<Duration> {
        let looks = self.reserve.is_some() && self.look_at != Duration::MAX;
        looks.then_some(self.look_at)
    }

    /// The disk is full: gives the reserve back, and says whether there was one to give. It is
    /// looked for again after a while.
    pub(crate) fn handle_full(&mut self, now: Duration) -> bool {
        let Some(reserve) = &self.reserve else {
            return false;
        };
        self.short = true;
        self.look_at = now + LOOK_EVERY;
        let held = reserve.is_held();
        match reserve.release() {
            Ok(()) => held,
            Err(error) => {
                tracing::warn!(%error, "the reserve cannot be given back");
                false
            }
        }
    }

    /// Refuses what would use up the last room.
    pub(crate) fn check(&self, request: &Request) -> Result<(), Refusal> {
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::RoomUnchecked) {
            return Ok(());
        }
        let spends = if let Request::Send { precedence, .. } = request.order() {
            !precedence.eq_ignore_ascii_case("flash")
        } else {
            matches!(
                request.order(),
                Request::OrderWire { .. } | Request::TapeMake { .. }
            )
        };
        match self.alarm() {
            Some(alarm) if spends => Err(Refusal {
                kind: RefusalKind::Stopped,
                actor: Actor::Administrator,
                what: alarm.to_owned(),
                to_do: "Free space on the disk that holds the home; FLASH goes meanwhile."
                    .to_owned(),
                findings: Vec::new(),
            }),
            Some(_) | None => Ok(()),
        }
    }

    /// What the status says of it.
    pub(crate) fn alarm(&self) -> Option<&'static str> {
        self.short
            .then_some("There is hardly any room on the disk: only FLASH is accepted.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    fn send(precedence: &str) -> Request {
        Request::Send {
            to: None,
            precedence: precedence.to_owned(),
            text: "One.".to_owned(),
            subject: String::new(),
            officer: "1st watch".to_owned(),
            attachments: Vec::new(),
        }
    }

    #[test]
    fn full_disk_lets_flash_go_and_refuses_the_rest_until_there_is_room() {
        let scratch = Scratch::new();
        let mut room = Room::new(scratch.path(), 4_096);
        room.handle_timeout(Duration::ZERO);
        assert_eq!(room.check(&send("routine")), Ok(()));
        assert_eq!(room.poll_timeout(), None);

        assert!(room.handle_full(Duration::from_secs(10)));
        assert!(
            !room.handle_full(Duration::from_secs(10)),
            "it is given once"
        );

        assert!(!scratch.path().join("reserve").exists());
        assert_eq!(room.check(&send("FLASH")), Ok(()));
        let refusal = room.check(&send("routine")).unwrap_err();
        assert_eq!(refusal.kind, RefusalKind::Stopped);
        assert_eq!(room.poll_timeout(), Some(Duration::from_secs(15)));
        room.handle_timeout(Duration::from_secs(15));
        assert_eq!(room.check(&send("routine")), Ok(()));
    }

    #[cfg(feature = "planted-bugs")]
    #[test]
    fn planted_acceptance_on_a_full_disk_is_noticed() {
        use crate::planted::{Bug, is_noticed};
        is_noticed(
            Bug::RoomUnchecked,
            full_disk_lets_flash_go_and_refuses_the_rest_until_there_is_room,
        );
    }

    #[test]
    fn disk_without_room_for_the_reserve_is_short_from_the_start() {
        let scratch = Scratch::new();
        let mut room = Room::new(scratch.path(), u64::MAX / 4);
        room.handle_timeout(Duration::ZERO);
        assert!(room.alarm().is_some());
        let mut none = Room::new(scratch.path(), 0);
        none.handle_timeout(Duration::ZERO);
        assert_eq!((none.alarm(), none.poll_timeout()), (None, None));
    }
}
