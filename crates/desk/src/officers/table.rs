//! Role by action by object: what is permitted. All else is not (rule REL-2).
//!
//! Owns the table and how it is printed. Which request asks for which cell of it, and which need no
//! cell, is the station's.

use super::role::{Action, Object, Role};

/// One row: in this role, this may be done to these.
pub struct Row {
    /// Acting as this.
    pub role: Role,
    /// This may be done.
    pub action: Action,
    /// To these.
    pub objects: &'static [Object],
}

const fn row(role: Role, action: Action, objects: &'static [Object]) -> Row {
    Row {
        role,
        action,
        objects,
    }
}

const OTHERS: &[Object] = &[Object::AnothersDraft];
const OWN: &[Object] = &[Object::OwnDraft];
const DRAFTS: &[Object] = &[Object::AnothersDraft, Object::OwnDraft];
const NEW: &[Object] = &[Object::NewDraft];
const RECORDS: &[Object] = &[Object::Journal, Object::KeyWords];

/// The whole table. What is in no row is refused.
///
/// Nobody releases his own draft, in any role. An administrator changes the roll and never his own
/// roles, and opens no text. Each of those who may have made a mistake may stop it.
pub const TABLE: &[Row] = &[
    row(
        Role::Administrator,
        Action::Enrol,
        &[Object::AnotherOfficer],
    ),
    row(
        Role::Administrator,
        Action::Manage,
        &[
            Object::Backup,
            Object::Bag,
            Object::Bearer,
            Object::Card,
            Object::HeldLine,
            Object::Keys,
        ],
    ),
    row(
        Role::Administrator,
        Action::Revoke,
        &[Object::AnotherOfficer, Object::Oneself],
    ),
    row(Role::Administrator, Action::See, RECORDS),
    row(
        Role::Administrator,
        Action::SetRoles,
        &[Object::AnotherOfficer],
    ),
    row(Role::Administrator, Action::Test, &[Object::Line]),
    row(Role::Drafter, Action::Draft, NEW),
    row(Role::Drafter, Action::Edit, DRAFTS),
    row(Role::Drafter, Action::Kill, OWN),
    row(Role::Drafter, Action::Recall, OWN),
    row(Role::Drafter, Action::Review, DRAFTS),
    row(
        Role::Reader,
        Action::Open,
        &[
            Object::MessageForAll,
            Object::MessageForHim,
            Object::OurMessage,
        ],
    ),
    row(Role::Reader, Action::Review, DRAFTS),
    row(Role::Releaser, Action::Declare, &[Object::Subject]),
    row(Role::Releaser, Action::Kill, OTHERS),
    row(Role::Releaser, Action::Recall, DRAFTS),
    row(Role::Releaser, Action::Release, OTHERS),
    row(Role::Releaser, Action::ReleaseAgain, &[Object::HeldMessage]),
    row(Role::Releaser, Action::Review, DRAFTS),
    row(Role::Releaser, Action::SendBack, OTHERS),
    row(Role::Releaser, Action::Waive, OTHERS),
    row(
        Role::WatchOfficer,
        Action::Acknowledge,
        &[Object::PeersMessage],
    ),
    row(Role::WatchOfficer, Action::Draft, NEW),
    row(Role::WatchOfficer, Action::Edit, OWN),
    row(Role::WatchOfficer, Action::Kill, OWN),
    row(
        Role::WatchOfficer,
        Action::Manage,
        &[Object::Bag, Object::Watch],
    ),
    row(Role::WatchOfficer, Action::Recall, DRAFTS),
    row(Role::WatchOfficer, Action::Review, DRAFTS),
    row(Role::WatchOfficer, Action::See, RECORDS),
    row(
        Role::WatchOfficer,
        Action::Test,
        &[Object::Alarm, Object::Line],
    ),
    row(Role::WatchOfficer, Action::Write, &[Object::OrderWire]),
];

/// An act, and to what.
type Line = (Action, &'static [Object]);

/// The table in the order in which an officer looks for something: what is done, and to what. A
/// pair that nobody may do is here where somebody could think that he may.
const PRINTED: &[(&str, &[Line])] = &[
    (
        "MESSAGES",
        &[
            (Action::Acknowledge, &[Object::PeersMessage]),
            (
                Action::Open,
                &[
                    Object::MessageForAll,
                    Object::MessageForHim,
                    Object::MessageForOthers,
                    Object::OurMessage,
                ],
            ),
            (Action::ReleaseAgain, &[Object::HeldMessage]),
        ],
    ),
    (
        "DRAFTS",
        &[
            (Action::Draft, NEW),
            (Action::Edit, DRAFTS),
            (Action::Review, DRAFTS),
            (Action::Release, DRAFTS),
            (Action::SendBack, DRAFTS),
            (Action::Waive, DRAFTS),
            (Action::Recall, DRAFTS),
            (Action::Kill, DRAFTS),
        ],
    ),
    (
        "THE LINE",
        &[
            (Action::Write, &[Object::OrderWire]),
            (Action::Test, &[Object::Line, Object::Alarm]),
            (Action::Declare, &[Object::Subject]),
        ],
    ),
    (
        "THE STATION",
        &[
            (
                Action::Manage,
                &[
                    Object::Bearer,
                    Object::Bag,
                    Object::Card,
                    Object::Keys,
                    Object::HeldLine,
                    Object::Backup,
                    Object::Watch,
                ],
            ),
            (Action::See, RECORDS),
        ],
    ),
    (
        "OFFICERS",
        &[
            (Action::Enrol, &[Object::AnotherOfficer, Object::Oneself]),
            (Action::Revoke, &[Object::AnotherOfficer, Object::Oneself]),
            (Action::SetRoles, &[Object::AnotherOfficer, Object::Oneself]),
        ],
    ),
];

/// Whether the table permits it.
pub fn permits(role: Role, action: Action, object: Object) -> bool {
    #[cfg(feature = "planted-bugs")]
    {
        use crate::planted::{Bug, is_planted};
        let own = (role, action, object) == (Role::Releaser, Action::Release, Object::OwnDraft);
        if is_planted(Bug::PermittedUnlessNamed) || own && is_planted(Bug::OwnDraftReleased) {
            return true;
        }
    }
    TABLE
        .iter()
        .any(|row| row.role == role && row.action == action && row.objects.contains(&object))
}

/// The roles that may do it, in words; or `nobody`.
pub fn roles_text(action: Action, object: Object) -> String {
    let may = Role::ALL.into_iter();
    let may = may.filter(|role| permits(*role, action, object));
    let may: Vec<String> = may.map(|role| role.to_string()).collect();
    if may.is_empty() {
        "nobody".to_owned()
    } else {
        may.join(", ")
    }
}

/// The table as the program prints it: what is done to what, and who may. What is in no line is
/// permitted to nobody.
pub fn table_text() -> String {
    let mut text = String::new();
    for (group, acts) in PRINTED {
        let gap = if text.is_empty() { "" } else { "\n" };
        text.push_str(&format!("{gap}{group}\n"));
        for (action, objects) in *acts {
            for object in *objects {
                let may = roles_text(*action, *object);
                text.push_str(&format!("  {action:<14} {object:<29} {may}\n"));
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a line of the printed table says: by action and object, the roles.
    fn printed() -> Vec<(String, Vec<String>)> {
        let lines = include_str!("table.txt").lines();
        let rows = lines.filter_map(|line| line.strip_prefix("  "));
        rows.map(|row| {
            let (what, may) = row.split_at(45);
            let may = may.split(", ").filter(|role| *role != "nobody");
            (what.to_owned(), may.map(str::to_owned).collect())
        })
        .collect()
    }

    #[test]
    fn every_cell_is_as_the_printed_table_says() {
        assert_eq!(table_text(), include_str!("table.txt"));
        let printed = printed();
        let (mut cells, mut permitted) = (0, 0);
        for role in Role::ALL {
            for action in Action::ALL {
                for object in Object::ALL {
                    let what = format!("{action:<14} {object:<29} ");
                    let row = printed.iter().find(|(found, _)| *found == what);
                    let said = row.is_some_and(|(_, may)| may.contains(&role.to_string()));
                    let is = permits(role, action, object);
                    assert_eq!(is, said, "{role}: {action} ({object})");
                    cells += 1;
                    permitted += usize::from(is);
                }
            }
        }
        assert_eq!(cells, 5 * 19 * 24);
        let rows = TABLE.iter().map(|row| row.objects.len());
        assert_eq!(permitted, rows.sum::<usize>());
    }

    #[cfg(feature = "planted-bugs")]
    #[test]
    fn planted_permission_of_what_is_not_named_is_noticed() {
        use crate::planted::{Bug, plant};
        plant(Some(Bug::PermittedUnlessNamed));
        let outcome = std::panic::catch_unwind(every_cell_is_as_the_printed_table_says);
        plant(None);
        assert!(outcome.is_err(), "it went unseen");
    }

    #[test]
    fn no_role_releases_or_waives_for_its_own_draft_or_sets_its_own_roles() {
        for role in Role::ALL {
            for action in [Action::Release, Action::SendBack, Action::Waive] {
                assert!(!permits(role, action, Object::OwnDraft), "{role} {action}");
            }
            assert!(!permits(role, Action::SetRoles, Object::Oneself), "{role}");
        }
    }

    #[test]
    fn administrator_opens_no_text_and_nobody_one_that_names_others() {
        for object in Object::ALL {
            for action in [Action::Open, Action::Review] {
                assert!(!permits(Role::Administrator, action, object), "{object}");
            }
        }
        for role in Role::ALL {
            let others = Object::MessageForOthers;
            assert!(!permits(role, Action::Open, others), "{role}");
        }
    }

    #[test]
    fn table_has_no_row_twice() {
        for (index, one) in TABLE.iter().enumerate() {
            let again = TABLE[index + 1..]
                .iter()
                .any(|other| (other.role, other.action) == (one.role, one.action));
            assert!(!again, "{} {}", one.role, one.action);
        }
    }
}
