//! Random histories against a model that knows nothing of the desk: no draft leaves that fewer
//! than its releasers released, each of them another person, standing, in time, for this revision.

use std::collections::{BTreeMap, BTreeSet};

use redphone_desk::Desk;
use redphone_desk::hold::{Act, HoldFact, NewDraft, Stage};
use redphone_desk::officers::Role;
use redphone_wire::{Precedence, Utc};

use crate::world::*;

const HISTORIES: u64 = 400;
const STEPS: u32 = 60;
const PEOPLE: [Person; 3] = [FIRST, SECOND, THIRD];

/// What the model knows of a draft.
struct Known {
    draft: NewDraft,
    authors: BTreeSet<&'static str>,
    released_by: BTreeSet<&'static str>,
}

/// xorshift64*: the seed is the history.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % bound
    }
}

struct History {
    world: World,
    chance: Chance,
    known: BTreeMap<u32, Known>,
    revoked: BTreeSet<&'static str>,
    sent: u32,
}

impl History {
    fn draft(&mut self) -> NewDraft {
        let mut draft = new_draft(["One.", "Two.", "Three."][self.chance.below(3)]);
        draft.precedence = [Precedence::Flash, Precedence::Routine][self.chance.below(2)];
        draft.expires = Utc(self.world.now.0 + HOUR);
        if self.chance.below(2) == 0 {
            return in_fields(draft);
        }
        draft
    }

    fn number(&mut self) -> u32 {
        let count = self.known.len();
        u32::try_from(self.chance.below(count + 1)).unwrap()
    }

    fn step(&mut self) {
        let person = PEOPLE[self.chance.below(PEOPLE.len())];
        let number = self.number();
        let because = "because".to_owned();
        match self.chance.below(16) {
            0 | 1 => {
                let draft = self.draft();
                if let Ok(number) = self.world.hold(person, &draft) {
                    self.know(number, draft, [person.0].into());
                }
            }
            2 => {
                let draft = self.draft();
                if self.world.edit(person, number, &draft).is_ok() {
                    let mut authors = self.known.remove(&number).unwrap().authors;
                    authors.insert(person.0);
                    self.know(number, draft, authors);
                }
            }
            3..=8 => self.release(person, number),
            9 => self.forge(person, number),
            10 => {
                let act = Act::Recall { because };
                let done = self.world.act(person, number, &act).is_ok();
                self.void(number, done);
            }
            11 => {
                let act = Act::SendBack { because };
                let done = self.world.act(person, number, &act).is_ok();
                self.void(number, done);
            }
            12 => self.world.now.0 += HOUR / 4,
            13 if self.chance.below(8) == 0 && self.revoked.len() < 2 => {
                self.world.revoke(person.0, CHIEF).ok();
                self.revoked.insert(person.0);
            }
            _ => self.leave(),
        }
    }

    fn know(&mut self, number: u32, draft: NewDraft, authors: BTreeSet<&'static str>) {
        let released_by = BTreeSet::new();
        let known = Known {
            draft,
            authors,
            released_by,
        };
        self.known.insert(number, known);
    }

    fn void(&mut self, number: u32, done: bool) {
        if done {
            self.known.get_mut(&number).unwrap().released_by.clear();
        }
    }

    /// An honest release: taken only from who may.
    fn release(&mut self, person: Person, number: u32) {
        let revoked = self.revoked.contains(person.0);
        let taken = self.world.act(person, number, &Act::Release).is_ok();
        let Some(known) = self.known.get_mut(&number) else {
            assert!(!taken, "no draft");
            return;
        };
        if taken {
            assert!(!known.authors.contains(person.0), "by its author");
            assert!(!revoked, "by a revoked officer");
            assert!(known.draft.expires > self.world.now, "after its expiry");
            known.released_by.insert(person.0);
        }
    }

    /// A proof for something else, or in a role that he has not, releases nothing.
    fn forge(&mut self, person: Person, number: u32) {
        let other = self.number();
        let role = [Role::Releaser, Role::WatchOfficer, Role::Administrator][self.chance.below(3)];
        let what = self.world.what(other, &Act::Release);
        let proof = self.world.sign(person, role, Act::Release.action(), what);
        let by = signed(person, role, &proof);
        let taken = self.world.try_act(number, &Act::Release, &by).is_ok();
        if taken {
            assert_eq!((number, role), (other, Role::Releaser));
            let known = self.known.get_mut(&number).unwrap();
            known.released_by.insert(person.0);
        }
    }

    fn leave(&mut self) {
        let due: Vec<u32> = self
            .world
            .desk
            .drafts()
            .released()
            .map(|(n, ..)| n)
            .collect();
        for number in due {
            let names = self.world.leave(number);
            let known = self.known.get_mut(&number).unwrap();
            let Some(names) = names else {
                known.released_by.clear();
                continue;
            };
            let names: BTreeSet<&str> = names.split(", ").collect();
            let needed = if known.draft.form.is_none() { 1 } else { 2 };
            assert!(names.len() >= needed, "fewer than its releasers");
            for name in names {
                assert!(
                    known.released_by.contains(name),
                    "{name} did not release it"
                );
                assert!(!known.authors.contains(name), "{name} wrote it");
                assert!(!self.revoked.contains(name), "{name} is revoked");
            }
            self.sent += 1;
        }
    }
}

fn play(seed: u64) -> u32 {
    let mut history = History {
        world: World::staffed(),
        chance: Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1),
        known: BTreeMap::new(),
        revoked: BTreeSet::new(),
        sent: 0,
    };
    for _ in 0..STEPS {
        history.step();
    }
    let mut replayed = Desk::default();
    for record in &history.world.records {
        replayed.apply(record);
    }
    assert!(replayed == history.world.desk, "replay equals live");
    history.sent
}

fn play_all() {
    let begin = std::env::var("SEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    let seeds = begin.map_or(1..HISTORIES, |seed| seed..seed + 1);
    let mut sent = 0;
    for seed in seeds {
        eprintln!("SEED={seed}");
        sent += play(seed);
    }
    assert!(begin.is_some() || sent > 500, "only {sent} drafts left");
}

#[test]
fn no_draft_leaves_without_its_releasers() {
    play_all();
}

#[test]
fn number_that_was_sent_is_sent_once() {
    let mut world = World::staffed();
    let number = world.hold(FIRST, &new_draft("One.")).unwrap();
    world.act(SECOND, number, &Act::Release).unwrap();
    world.leave(number).unwrap();
    let again = world.desk.leave(world.now, number);
    assert!(again.is_err_and(|fact| matches!(*fact, HoldFact::SentBack { .. })));
    let held = world.desk.drafts().find(number).unwrap();
    assert!(matches!(held.stage, Stage::Sent { .. }));
    assert_eq!(world.desk.drafts().released().count(), 0);
}

#[cfg(feature = "planted-bugs")]
mod planted {
    use redphone_desk::planted::{Bug, is_noticed};

    #[test]
    fn own_draft_released_is_noticed() {
        is_noticed(Bug::OwnDraftReleased, super::play_all);
    }

    #[test]
    fn edit_that_keeps_releases_is_noticed() {
        is_noticed(Bug::EditKeepsReleases, super::play_all);
    }

    #[test]
    fn revoked_officer_who_counts_is_noticed() {
        is_noticed(Bug::RevokedCounts, super::play_all);
    }
}
