//! Role by action by object: what is permitted. All else is not (rule REL-2).
//!
//! Owns the table and how it is printed. It governs what becomes of drafts, of held messages and of
//! the roll. Reading, acknowledging, the order wire, bearers and subjects are not in it: whoever
//! may open the station's socket may do those.

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

/// The whole table. What is in no row is refused.
///
/// Nobody releases his own draft, in any role. An administrator changes the roll and never his own
/// roles. Each of those who may have made a mistake may stop it.
pub const TABLE: &[Row] = &[
    row(
        Role::Administrator,
        Action::Enrol,
        &[Object::AnotherOfficer],
    ),
    row(
        Role::Administrator,
        Action::Revoke,
        &[Object::AnotherOfficer, Object::Oneself],
    ),
    row(
        Role::Administrator,
        Action::SetRoles,
        &[Object::AnotherOfficer],
    ),
    row(Role::Drafter, Action::Draft, NEW),
    row(Role::Drafter, Action::Edit, DRAFTS),
    row(Role::Drafter, Action::Kill, OWN),
    row(Role::Drafter, Action::Recall, OWN),
    row(Role::Drafter, Action::Review, DRAFTS),
    row(Role::Reader, Action::Review, DRAFTS),
    row(Role::Releaser, Action::Kill, OTHERS),
    row(Role::Releaser, Action::Recall, DRAFTS),
    row(Role::Releaser, Action::Release, OTHERS),
    row(Role::Releaser, Action::ReleaseAgain, &[Object::HeldMessage]),
    row(Role::Releaser, Action::Review, DRAFTS),
    row(Role::Releaser, Action::SendBack, OTHERS),
    row(Role::Releaser, Action::Waive, OTHERS),
    row(Role::WatchOfficer, Action::Draft, NEW),
    row(Role::WatchOfficer, Action::Edit, OWN),
    row(Role::WatchOfficer, Action::Kill, OWN),
    row(Role::WatchOfficer, Action::Recall, DRAFTS),
    row(Role::WatchOfficer, Action::Review, DRAFTS),
];

/// Whether the table permits it.
pub fn permits(role: Role, action: Action, object: Object) -> bool {
    #[cfg(feature = "planted-bugs")]
    if crate::planted::is_planted(crate::planted::Bug::OwnDraftReleased)
        && (role, action, object) == (Role::Releaser, Action::Release, Object::OwnDraft)
    {
        return true;
    }
    TABLE
        .iter()
        .any(|row| row.role == role && row.action == action && row.objects.contains(&object))
}

/// The table as the program prints it: a line for each role and action, all of them.
pub fn table_text() -> String {
    let mut text = String::new();
    for role in Role::ALL {
        for action in Action::ALL {
            let objects: Vec<String> = Object::ALL
                .into_iter()
                .filter(|object| permits(role, action, *object))
                .map(|object| object.to_string())
                .collect();
            let objects = if objects.is_empty() {
                "-".to_owned()
            } else {
                objects.join(", ")
            };
            text.push_str(&format!("{role:<14} {action:<14} {objects}\n"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_is_as_the_printed_table_says() {
        let printed = include_str!("table.txt");
        assert_eq!(table_text(), printed);
        let mut cells = 0;
        let mut lines = printed.lines();
        for role in Role::ALL {
            for action in Action::ALL {
                let line = lines.next().unwrap();
                assert_eq!(
                    line.split_whitespace().next(),
                    Some(role.to_string().as_str())
                );
                let listed: Vec<&str> = line[30..].split(", ").collect();
                for object in Object::ALL {
                    let said = listed.contains(&object.to_string().as_str());
                    assert_eq!(permits(role, action, object), said, "{line}: {object}");
                    cells += 1;
                }
            }
        }
        assert_eq!(cells, 5 * 12 * 6);
        assert_eq!(lines.next(), None);
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
    fn table_has_no_row_twice() {
        for (index, one) in TABLE.iter().enumerate() {
            let again = TABLE[index + 1..]
                .iter()
                .any(|other| (other.role, other.action) == (one.role, one.action));
            assert!(!again, "{} {}", one.role, one.action);
        }
    }
}
