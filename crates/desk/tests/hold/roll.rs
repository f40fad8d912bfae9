//! The roll: who gets on it, who goes, and who stays (rules REL-1 to REL-4).

use redphone_desk::officers::{Action, Authority, Barred, Role, RollChange};
use redphone_desk::{Desk, NotPermitted};

use crate::world::*;

const NEW: Person = ("4th watch", 9);

#[test]
fn first_officer_is_an_administrator_and_needs_no_signature() {
    let mut world = World::staffed();
    world.desk = Desk::default();
    assert!(!world.desk.officers().are_enrolled());
    let refused = world.enrol_by(NEW, &[Role::Drafter], &Authority::Nobody);
    assert_eq!(refused, Err(Barred::FirstIsAdministrator.into()));

    let first = world.enrol_by(NEW, &[Role::Administrator], &Authority::Nobody);
    world.note_officer(first.unwrap());
    assert!(world.desk.officers().are_enrolled());
    let second = world.enrol_by(CHIEF, &[Role::Administrator], &Authority::Nobody);
    assert_eq!(second, Err(Barred::Unsigned.into()));
}

#[test]
fn key_of_the_stopped_station_enrols_an_administrator_and_nobody_else() {
    let world = World::staffed();
    let lost = world.enrol_by(NEW, &[Role::Administrator], &Authority::StationKey);
    assert!(lost.is_ok());
    let refused = world.enrol_by(NEW, &[Role::Releaser], &Authority::StationKey);
    assert_eq!(refused, Err(Barred::Unsigned.into()));
}

#[test]
fn name_and_key_are_one_persons_for_ever() {
    let mut world = World::staffed();
    world.revoke(THIRD.0, CHIEF).unwrap();
    let roles = [Role::Administrator];
    let same_name = world.enrol_by((THIRD.0, 77), &roles, &Authority::StationKey);
    assert_eq!(same_name, Err(Barred::NameTaken.into()));
    let same_key = world.enrol_by(("other", THIRD.1), &roles, &Authority::StationKey);
    assert_eq!(same_key, Err(Barred::KeyTaken.into()));
}

#[test]
fn name_of_an_officer_is_short_and_cannot_be_taken_for_two() {
    let world = World::staffed();
    for name in [
        "",
        " ",
        "1st, 2nd",
        " x",
        "a name of more than 20",
        "x\u{200b}",
    ] {
        let refused = world.enrol_by((name, 9), &[Role::Administrator], &Authority::StationKey);
        assert!(refused.is_err(), "{name:?}");
    }
}

#[test]
fn last_administrator_cannot_go() {
    let mut world = World::staffed();
    world.revoke(CHIEF.0, CHIEF).unwrap();
    let refused = world.revoke(DEPUTY.0, DEPUTY);
    assert_eq!(refused, Err(Barred::LastAdministrator.into()));
    assert!(world.desk.officers().are_enrolled());
}

#[test]
fn nobody_gives_himself_roles_or_acts_on_the_roll_without_being_administrator() {
    let world = World::staffed();
    let officers = world.desk.officers();
    let roles = [Role::Administrator, Role::Releaser];
    for (person, name, role) in [
        (CHIEF, CHIEF.0, Role::Administrator),
        (FIRST, SECOND.0, Role::Releaser),
        (FIRST, SECOND.0, Role::Administrator),
    ] {
        let change = RollChange {
            after: officers.changes(),
            name,
            roles: &roles,
            key: &[],
            because: "",
        };
        let proof = world.sign(person, role, Action::SetRoles, change.digest());
        let by = signed(person, role, &proof);
        let refused = officers.set_roles(&world.house(), world.now, name, &roles, &by);
        assert!(
            matches!(refused, Err(NotPermitted::Barred(_))),
            "{refused:?}"
        );
    }
}

#[test]
fn proof_of_one_change_of_the_roll_is_none_of_another() {
    let mut world = World::staffed();
    let change = RollChange {
        after: world.desk.officers().changes(),
        name: SECOND.0,
        roles: &[Role::Reader],
        key: &[],
        because: "",
    };
    let proof = world.sign(
        CHIEF,
        Role::Administrator,
        Action::SetRoles,
        change.digest(),
    );
    let set = |world: &World, name: &str, role: Role| {
        let by = signed(CHIEF, Role::Administrator, &proof);
        let officers = world.desk.officers();
        officers.set_roles(&world.house(), world.now, name, &[role], &by)
    };
    assert!(
        set(&world, FIRST.0, Role::Reader).is_err(),
        "another officer"
    );
    assert!(
        set(&world, SECOND.0, Role::Releaser).is_err(),
        "another role"
    );
    let fact = set(&world, SECOND.0, Role::Reader).unwrap();
    world.note_officer(fact);
    assert!(
        set(&world, SECOND.0, Role::Reader).is_err(),
        "a second time"
    );
}
