//! Signatures of an officer: his key is opened here, and what he signs is made here.
//!
//! Owns the way from a key file to a proof. The digest is made of what the command shows or was
//! given, never taken from the station: a station that shows one text cannot have another signed.

mod draft;

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use clap::Args;
use redphone_api::{Refusal, RefusalKind, Request, Roll, SignedBy};
use redphone_desk::officers::{Action, Object, Order, Role, Statement, permits, roles_text};
use redphone_seal::officer::OfficerKey;
use redphone_station::{Right, right};
use redphone_wire::PartyName;

use crate::commands::{read_file, usage};
use crate::secrets;

pub(crate) use self::draft::{action_of, infos, new_draft, object_of, terms_of};

/// Bytes of an officer's key or card.
pub(crate) const KEY_FILE_BYTES_MAX: usize = 4_096;

/// Who asks, where officers are enrolled.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct ByArgs {
    /// Your key, where officers are enrolled
    #[arg(long = "key", value_name = "FILE")]
    pub(crate) by: Option<PathBuf>,
}

impl ByArgs {
    /// The key file that was named, if one was.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or is none.
    pub(crate) fn file(&self) -> Result<Option<KeyFile>, Refusal> {
        self.by.as_deref().map(KeyFile::read).transpose()
    }
}

/// A key file; whose it is stands outside. It is opened once, when the first thing is signed.
pub(crate) struct KeyFile {
    text: String,
    name: String,
    key: OnceCell<OfficerKey>,
}

impl KeyFile {
    /// Reads a key file.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or is none.
    pub(crate) fn read(path: &Path) -> Result<Self, Refusal> {
        let text = read_text(path)?;
        let name = OfficerKey::name_in_file(&text).map_err(|error| {
            usage(
                format!("{}: {error}.", path.display()),
                "Name the file that `redphone officer keygen` wrote.",
            )
        })?;
        Ok(Self {
            text,
            name,
            key: OnceCell::new(),
        })
    }

    /// Whose it is.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The key; the first time the passphrase is asked for.
    ///
    /// # Errors
    ///
    /// When nothing can be typed, or the passphrase is wrong.
    fn open(&self) -> Result<&OfficerKey, Refusal> {
        if let Some(key) = self.key.get() {
            return Ok(key);
        }
        let passphrase = secrets::passphrase(&self.name)?;
        let key = OfficerKey::from_file(&self.text, passphrase.as_bytes()).map_err(|error| {
            Refusal::operator(
                RefusalKind::Verification,
                format!("The key of {} does not open: {error}.", self.name),
                "Nothing was signed; try again.",
            )
        })?;
        Ok(self.key.get_or_init(|| key))
    }
}

/// A text of a key or a card.
///
/// # Errors
///
/// When it cannot be read or is no text.
pub(crate) fn read_text(path: &Path) -> Result<String, Refusal> {
    let bytes = read_file(path, KEY_FILE_BYTES_MAX)?;
    String::from_utf8(bytes).map_err(|_| {
        usage(
            format!("{} is no text.", path.display()),
            "Name the file that `redphone officer keygen` wrote.",
        )
    })
}

/// Signs one act, in the first of the officer's roles that the table permits it to.
///
/// # Errors
///
/// When he is not on the roll, or no role of his may do it.
pub(crate) fn sign(
    roll: &Roll,
    file: &KeyFile,
    (action, object): (Action, Object),
    what: [u8; 32],
) -> Result<SignedBy, Refusal> {
    let role = role_for(roll, file.name(), action, &[object])?;
    sign_as(roll, file, role, (action, what))
}

/// Signs a request that is neither about a draft nor about the roll.
///
/// # Errors
///
/// As [`sign`]; nobody signs for it.
pub(crate) fn order(roll: &Roll, file: &KeyFile, request: Request) -> Result<Request, Refusal> {
    let (Right::Ordered(action, objects) | Right::Veiled(action, objects)) = right(&request) else {
        return Err(usage(
            "Nobody signs for that.",
            "Leave --key away: whoever opens the station's socket may do it.",
        ));
    };
    let role = role_for(roll, file.name(), action, objects)?;
    let officer = roll.officers.iter().find(|one| one.name == file.name());
    let bytes = request.to_signed_bytes().map_err(|_| not_understood())?;
    let what = Order {
        number: officer.map_or(0, |one| one.orders),
        request: &bytes,
    };
    let by = sign_as(roll, file, role, (action, what.digest()))?;
    Ok(Request::Signed {
        order: Box::new(request),
        by,
    })
}

fn sign_as(
    roll: &Roll,
    file: &KeyFile,
    role: Role,
    (action, what): (Action, [u8; 32]),
) -> Result<SignedBy, Refusal> {
    let key = file.open()?;
    let station: PartyName = roll.station.parse().map_err(|_| not_understood())?;
    let environment = match roll.environment.as_str() {
        "LIVE" => redphone_wire::Environment::Live,
        "EXERCISE" => redphone_wire::Environment::Exercise,
        _ => return Err(not_understood()),
    };
    let statement = Statement {
        station: &station,
        environment,
        officer: key.name(),
        role,
        action,
        what,
    };
    Ok(SignedBy {
        officer: key.name().to_owned(),
        role: role.to_string(),
        proof: key.sign(&statement.digest()).to_vec(),
    })
}

/// The first role of an officer in which he may do it to one of these.
fn role_for(roll: &Roll, name: &str, action: Action, objects: &[Object]) -> Result<Role, Refusal> {
    let refused = |what: String| {
        let to_do =
            "See who may do what with `redphone officer list` and `redphone officer table`.";
        Refusal::operator(RefusalKind::Policy, what, to_do)
    };
    let officer = roll.officers.iter().find(|officer| officer.name == name);
    let officer = officer.ok_or_else(|| refused(format!("'{name}' is not on this roll.")))?;
    if !officer.revoked.is_empty() {
        return Err(refused(format!("{name} is revoked {}.", officer.revoked)));
    }
    let roles = officer.roles.iter().filter_map(|role| role.parse().ok());
    roles
        .into_iter()
        .find(|role| objects.iter().any(|object| permits(*role, action, *object)))
        .ok_or_else(|| {
            let Some(object) = objects.first() else {
                return refused(format!("'{name}' may not {action}."));
            };
            let who = roles_text(action, *object);
            refused(format!(
                "'{name}' may not {action} ({object}); who may: {who}."
            ))
        })
}

fn not_understood() -> Refusal {
    Refusal::operator(
        RefusalKind::Failed,
        "The station's answer is not understood.",
        "Nothing was signed. Use the redphone of the station's own version.",
    )
}
