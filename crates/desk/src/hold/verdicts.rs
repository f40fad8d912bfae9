//! Whose release counts, and what leaves when a recall window is over (rules REL-8 to REL-10).

use redphone_wire::{PartyName, Serial, Utc};

use super::decide::sent_back;
use super::{Held, HoldFact, Stage};
use crate::Desk;
use crate::error::NotPermitted;
use crate::officers::Role;

/// The station, where it sends a draft back by itself.
const STATION: &str = "the station";

impl Desk {
    /// The officers whose release of the newest revision counts: each once, standing as releaser,
    /// and no author of it.
    pub fn standing_releasers<'a>(&self, held: &'a Held) -> Vec<&'a str> {
        let mut names: Vec<&str> = held
            .verdicts
            .iter()
            .map(|verdict| verdict.officer.as_str())
            .filter(|name| self.may_release(held, name))
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The officers who may release a draft and have not.
    pub fn who_may_release(&self, held: &Held) -> Vec<String> {
        let signed = self.standing_releasers(held);
        self.officers()
            .standing(Role::Releaser)
            .map(|officer| officer.name.clone())
            .filter(|name| self.may_release(held, name) && !signed.contains(&name.as_str()))
            .collect()
    }

    /// Who releases a draft that was released, looked at again at the moment at which it goes.
    ///
    /// # Errors
    ///
    /// [`HoldFact::SentBack`] when it cannot go any more: a releaser was revoked meanwhile, or
    /// its subject suspended. The caller notes that fact instead.
    pub fn leave(&self, now: Utc, number: u32) -> Result<String, Box<HoldFact>> {
        let back = |because: String| {
            let fact = self.could_not_go(now, number, because);
            Box::new(fact)
        };
        let Some(held) = self.drafts().find(number) else {
            return Err(back("it is not here".to_owned()));
        };
        let Stage::Released { needed, .. } = held.stage else {
            return Err(back(format!("it is {}", held.stage.words())));
        };
        let names = self.standing_releasers(held);
        if names.len() < usize::from(needed) {
            return Err(back("a releaser of it is releaser no more".to_owned()));
        }
        self.check_subject(&held.peer, &held.subject)
            .map_err(|why| back(why.to_string()))?;
        Ok(names.join(", "))
    }

    /// The fact that a released draft became a message.
    pub fn sent(&self, now: Utc, number: u32, serial: Serial) -> HoldFact {
        HoldFact::Sent {
            number,
            serial,
            at: now,
        }
    }

    /// The fact that a released draft could not go, and goes back.
    pub fn could_not_go(&self, now: Utc, number: u32, because: String) -> HoldFact {
        sent_back(now, number, STATION.to_owned(), because, true)
    }

    /// A subject that is suspended takes no message.
    pub(crate) fn check_subject(
        &self,
        peer: &PartyName,
        subject: &str,
    ) -> Result<(), NotPermitted> {
        let suspended = self.peer(peer).and_then(|desk| desk.suspended.get(subject));
        match suspended {
            None => Ok(()),
            Some(suspension) => Err(NotPermitted::Suspended {
                subject: subject.to_owned(),
                because: suspension.because.clone(),
            }),
        }
    }

    fn may_release(&self, held: &Held, name: &str) -> bool {
        let own = held.is_by(name);
        #[cfg(feature = "planted-bugs")]
        let own = own && !crate::planted::is_planted(crate::planted::Bug::OwnDraftReleased);
        !own && self.officers().stands_as(name, Role::Releaser)
    }
}
