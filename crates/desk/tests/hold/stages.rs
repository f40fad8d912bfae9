//! The stages of a draft, one story each (rules REL-5 to REL-11).

use redphone_desk::hold::{Act, EXPIRY_MS_MAX, HoldFact, MessageKind, Stage};
use redphone_desk::officers::{Action, Barred, Object, Role};
use redphone_desk::{Desk, NotPermitted, Record};
use redphone_wire::{Environment, Precedence, Utc, from_bytes, to_bytes};

use crate::world::*;

fn why(words: &str) -> String {
    words.to_owned()
}

#[test]
fn statement_of_one_leaves_with_the_name_of_another() {
    let mut world = World::staffed();
    let number = world.hold(FIRST, &new_draft("We see no launch.")).unwrap();
    assert_eq!(world.act(SECOND, number, &Act::Release).unwrap(), 2);
    assert_eq!(world.leave(number).as_deref(), Some("2nd watch"));
    let held = world.desk.drafts().find(number).unwrap();
    assert!(matches!(held.stage, Stage::Sent { .. }));
}

#[test]
fn form_needs_two_releasers_and_one_does_not_count_twice() {
    let mut world = World::staffed();
    let draft = in_fields(new_draft("Do not cross the line."));
    let number = world.hold(FIRST, &draft).unwrap();
    assert_eq!(world.act(SECOND, number, &Act::Release).unwrap(), 1);
    let again = world.act(SECOND, number, &Act::Release);
    let officer = SECOND.0.to_owned();
    assert_eq!(again, Err(Barred::AlreadySigned { officer }.into()));
    let held = world.desk.drafts().find(number).unwrap();
    assert_eq!(world.desk.who_may_release(held), [THIRD.0]);
    assert_eq!(world.act(THIRD, number, &Act::Release).unwrap(), 2);
    assert_eq!(world.leave(number).as_deref(), Some("2nd watch, 3rd watch"));
}

#[test]
fn author_of_any_revision_is_no_releaser_of_it() {
    let mut world = World::staffed();
    let number = world.hold(FIRST, &new_draft("One.")).unwrap();
    world.edit(SECOND, number, &new_draft("Two.")).unwrap();
    for author in [FIRST, SECOND] {
        let refused = world.act(author, number, &Act::Release);
        let by_table = Barred::ByTable {
            role: Role::Releaser,
            action: Action::Release,
            object: Object::OwnDraft,
        };
        assert_eq!(refused, Err(by_table.into()));
    }
    assert!(world.act(THIRD, number, &Act::Release).is_ok());
}

#[test]
fn edit_voids_releases_and_waivers() {
    let mut world = World::staffed();
    let draft = in_fields(new_draft("Do not cross the line."));
    let number = world.hold(FIRST, &draft).unwrap();
    let waive = Act::Waive {
        rule: why("A3"),
        because: why("agreed by voice"),
    };
    world.act(SECOND, number, &waive).unwrap();
    world.act(SECOND, number, &Act::Release).unwrap();
    let draft = in_fields(new_draft("Do not cross the river."));
    world.edit(FIRST, number, &draft).unwrap();
    let held = world.desk.drafts().find(number).unwrap();
    assert!(held.verdicts.is_empty() && held.waived.is_empty());
    assert_eq!(held.seen.get(SECOND.0), Some(&1), "he saw the first");
    assert_eq!(world.act(THIRD, number, &Act::Release).unwrap(), 1);
}

#[test]
fn expired_draft_waits_for_an_edit() {
    let mut world = World::staffed();
    let mut draft = new_draft("One.");
    let number = world.hold(FIRST, &draft).unwrap();
    world.now = draft.expires;
    let refused = world.act(SECOND, number, &Act::Release);
    assert_eq!(refused, Err(Barred::Expired { number }.into()));
    draft.expires = Utc(world.now.0 + HOUR);
    world.edit(FIRST, number, &draft).unwrap();
    assert!(world.act(SECOND, number, &Act::Release).is_ok());
}

#[test]
fn expiry_is_a_minute_to_a_day_ahead() {
    let mut world = World::staffed();
    let mut draft = new_draft("One.");
    for ahead in [0, 59_999, EXPIRY_MS_MAX + 1] {
        draft.expires = Utc(world.now.0 + ahead);
        let refused = world.hold(FIRST, &draft);
        assert_eq!(refused, Err(Barred::ExpiryOutOfBounds.into()), "{ahead}");
    }
}

#[test]
fn proof_for_anything_else_is_refused() {
    let mut world = World::staffed();
    let draft = new_draft("One.");
    let number = world.hold(FIRST, &draft).unwrap();
    let other = world.hold(FIRST, &draft).unwrap();
    let mut twisted = Vec::new();
    let good = draft.terms(number, 1);
    let party = "OST".parse().unwrap();
    twisted.push(draft.terms(other, 1));
    twisted.push(draft.terms(number, 2));
    for change in 0..6 {
        let mut terms = good.clone();
        match change {
            0 => terms.peer = &party,
            1 => terms.precedence = Precedence::Flash,
            2 => terms.expires.0 += 1,
            3 => terms.kind = MessageKind::Warning,
            4 => terms.on_record = true,
            _ => terms.body[31] ^= 1,
        }
        twisted.push(terms);
    }
    let release = Act::Release;
    let mut proofs: Vec<Vec<u8>> = twisted
        .iter()
        .map(|terms| world.sign(SECOND, Role::Releaser, Action::Release, terms.digest()))
        .collect();
    let what = good.digest();
    proofs.push(world.sign(SECOND, Role::Releaser, Action::Review, what));
    proofs.push(world.sign(SECOND, Role::Drafter, Action::Release, what));
    proofs.push(world.sign(THIRD, Role::Releaser, Action::Release, what));
    world.environment = Environment::Exercise;
    proofs.push(world.sign(SECOND, Role::Releaser, Action::Release, what));
    world.environment = Environment::Live;
    for proof in &proofs {
        let by = signed(SECOND, Role::Releaser, proof);
        let officer = SECOND.0.to_owned();
        let refused = world.try_act(number, &release, &by);
        assert_eq!(refused, Err(Barred::Proof { officer }.into()));
    }
    assert!(world.act(SECOND, number, &release).is_ok());
}

#[test]
fn either_may_stop_it_within_the_window_and_nobody_after() {
    let mut world = World::staffed();
    let recall = Act::Recall {
        because: why("the fleet turned back"),
    };
    for stopper in [FIRST, SECOND] {
        let number = world.hold(FIRST, &new_draft("One.")).unwrap();
        world.act(SECOND, number, &Act::Release).unwrap();
        world.act(stopper, number, &recall).unwrap();
        let held = world.desk.drafts().find(number).unwrap();
        assert!(matches!(held.stage, Stage::SentBack { .. }));
        assert_eq!(world.leave(number), None);
    }
    let number = world.hold(FIRST, &new_draft("One.")).unwrap();
    world.act(SECOND, number, &Act::Release).unwrap();
    world.leave(number).unwrap();
    let refused = world.act(FIRST, number, &recall);
    let stands = "sent";
    assert_eq!(refused, Err(Barred::Closed { number, stands }.into()));
}

#[test]
fn releaser_revoked_within_the_window_takes_the_draft_back() {
    let mut world = World::staffed();
    let number = world.hold(FIRST, &new_draft("One.")).unwrap();
    world.act(SECOND, number, &Act::Release).unwrap();
    world.revoke(SECOND.0, CHIEF).unwrap();
    assert_eq!(world.leave(number), None);
    let held = world.desk.drafts().find(number).unwrap();
    assert!(matches!(held.stage, Stage::SentBack { .. }));
}

#[test]
fn draft_that_was_sent_back_or_killed_is_released_by_nobody() {
    let mut world = World::staffed();
    let because = why("say which line");
    for act in [
        Act::SendBack {
            because: because.clone(),
        },
        Act::Kill { because },
    ] {
        let number = world.hold(FIRST, &new_draft("One.")).unwrap();
        world.act(SECOND, number, &act).unwrap();
        let refused = world.act(SECOND, number, &Act::Release);
        assert!(matches!(
            refused,
            Err(NotPermitted::Barred(Barred::Closed { .. }))
        ));
    }
}

#[test]
fn snapshot_is_the_desk_and_old_snapshots_open() {
    let mut world = World::staffed();
    let number = world.hold(FIRST, &new_draft("One.")).unwrap();
    world.act(SECOND, number, &Act::Release).unwrap();
    let again: Desk = from_bytes(&to_bytes(&world.desk)).unwrap();
    assert!(again == world.desk);
    let old: Desk = minicbor::decode(&[0x81, 0xa0]).unwrap();
    assert!(old == Desk::default());
}

#[test]
fn ended_drafts_are_forgotten_beyond_their_bound_and_numbers_go_on() {
    let mut world = World::staffed();
    let kill = Act::Kill {
        because: why("overtaken"),
    };
    for _ in 0..70 {
        let number = world.hold(FIRST, &new_draft("One.")).unwrap();
        world.act_as(FIRST, Role::Drafter, number, &kill).unwrap();
    }
    assert_eq!(world.desk.drafts().all().count(), 64);
    assert_eq!(world.desk.drafts().next(), 71);
}

#[test]
fn open_drafts_are_bounded() {
    let mut world = World::staffed();
    for _ in 0..64 {
        world.hold(FIRST, &new_draft("One.")).unwrap();
    }
    let refused = world.hold(FIRST, &new_draft("One."));
    assert_eq!(refused, Err(Barred::DraftsFull.into()));
}

#[test]
fn no_record_holds_a_proof_or_a_text() {
    let mut world = World::staffed();
    let number = world.hold(FIRST, &new_draft("We see no launch.")).unwrap();
    let what = world.what(number, &Act::Release);
    let proof = world.sign(SECOND, Role::Releaser, Action::Release, what);
    let by = signed(SECOND, Role::Releaser, &proof);
    world.try_act(number, &Act::Release, &by).unwrap();
    let holds = |bytes: &[u8], part: &[u8]| bytes.windows(part.len()).any(|at| at == part);
    for record in &world.records {
        let bytes = to_bytes(record);
        assert!(!holds(&bytes, &proof) && !holds(&bytes, b"no launch"));
        let verdict = matches!(record, Record::Draft(HoldFact::Verified { .. }));
        assert!(!verdict || holds(&bytes, b"2nd watch"));
    }
}
