//! Where the station's key comes from: a key file, a systemd credential, a terminal, a descriptor.
//!
//! Owns the search, the check that nobody else can read a key file, and the reading of a
//! passphrase without echo. It opens no vault: that is the journal's. Keys and passphrases are
//! never arguments nor environment variables, which other accounts may see.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use redphone_journal::{KeyError, StationKey};
use rustix::fs::OFlags;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

use crate::home::{Home, write_private};

/// Name of the credential that systemd hands over (systemd.exec(5), `LoadCredential=`).
pub const CREDENTIAL: &str = "redphone-key";

/// Bytes of a passphrase.
pub const PASSPHRASE_BYTES_MAX: usize = 1_024;

/// Bytes read of a key file.
const KEY_FILE_BYTES_MAX: u64 = 1_024;

/// How the station's key is to be had.
#[derive(Debug)]
#[non_exhaustive]
pub enum Unlock {
    /// A passphrase on the first line of an open descriptor.
    Descriptor(OwnedFd),
    /// The systemd credential, else the key file in the home; a passphrase is not asked for.
    Find,
    /// This key file.
    KeyFile(PathBuf),
    /// This key file, which is to be made now.
    NewKeyFile(PathBuf),
    /// A passphrase that the caller has asked for.
    Passphrase(Zeroizing<String>),
    /// A passphrase, typed without echo at the terminal of this process.
    Terminal,
}

impl Unlock {
    /// Gets the key of a home.
    ///
    /// # Errors
    ///
    /// [`UnlockError`], each with its own sentence.
    pub fn station_key(&self, home: &Home) -> Result<StationKey, UnlockError> {
        let credentials = std::env::var_os("CREDENTIALS_DIRECTORY");
        match self {
            Self::Find => find(home, credentials.map(PathBuf::from).as_deref()),
            Self::KeyFile(path) => key_file(path),
            Self::NewKeyFile(path) => {
                make_key_file(path)?;
                key_file(path)
            }
            Self::Descriptor(descriptor) => {
                let again = descriptor.try_clone().map_err(UnlockError::Descriptor)?;
                let line = first_line(File::from(again)).map_err(UnlockError::Descriptor)?;
                passphrase(&line)
            }
            Self::Passphrase(typed) => passphrase(typed.as_bytes()),
            Self::Terminal => {
                let prompt = format!("Passphrase of {}: ", home.path().display());
                passphrase(&typed(&prompt).map_err(UnlockError::Terminal)?)
            }
        }
    }
}

/// Makes a new key file that only this account can read, durably.
///
/// # Errors
///
/// [`UnlockError::File`], also when one is there; [`UnlockError::Randomness`].
pub fn make_key_file(path: &Path) -> Result<(), UnlockError> {
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(|_| UnlockError::Randomness)?;
    let text = StationKey::new_key_file(random);
    write_private(path, text.as_bytes()).map_err(|error| unreadable(path, error))
}

fn find(home: &Home, credentials: Option<&Path>) -> Result<StationKey, UnlockError> {
    let credential = credentials.map(|directory| directory.join(CREDENTIAL));
    let places = credential.into_iter().chain([home.key_path()]);
    match places.into_iter().find(|place| place.exists()) {
        Some(place) => key_file(&place),
        None => Err(UnlockError::NoKey(home.key_path())),
    }
}

/// Reads a key file, after a look at who else can.
fn key_file(path: &Path) -> Result<StationKey, UnlockError> {
    let fault = |error| unreadable(path, error);
    // Not blocking: the name may be a pipe that nobody writes to.
    let nonblocking = OFlags::NONBLOCK.bits().cast_signed();
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(nonblocking)
        .open(path)
        .map_err(fault)?;
    let found = file.metadata().map_err(fault)?;
    if !found.is_file() {
        return Err(UnlockError::NotAKeyFile(path.to_owned()));
    }
    if found.permissions().mode() & 0o077 != 0 {
        return Err(UnlockError::OthersCanRead(path.to_owned()));
    }
    let mut contents = Zeroizing::new(Vec::with_capacity(KEY_FILE_BYTES_MAX as usize));
    file.take(KEY_FILE_BYTES_MAX)
        .read_to_end(&mut contents)
        .map_err(fault)?;
    StationKey::from_key_file(&contents).map_err(|_| UnlockError::NotAKeyFile(path.to_owned()))
}

fn passphrase(typed: &[u8]) -> Result<StationKey, UnlockError> {
    StationKey::from_passphrase(typed).map_err(UnlockError::Passphrase)
}

/// Asks at the terminal of this process, without echo.
fn typed(prompt: &str) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut terminal = OpenOptions::new().read(true).write(true).open("/dev/tty")?;
    terminal.write_all(prompt.as_bytes())?;
    let line = {
        let _quiet = Quiet::start(&terminal)?;
        first_line(&terminal)
    };
    terminal.write_all(b"\n")?;
    line
}

/// Reads up to the end of the first line, which is left out.
fn first_line(mut source: impl Read) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut line = Zeroizing::new(Vec::with_capacity(PASSPHRASE_BYTES_MAX));
    // Byte by byte: what is behind the line is not ours.
    let mut byte = Zeroizing::new([0]);
    while line.len() <= PASSPHRASE_BYTES_MAX {
        match source.read(byte.as_mut_slice()) {
            Ok(1) if *byte != [b'\n'] => line.extend_from_slice(byte.as_slice()),
            Ok(_) => return Ok(line),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::new(io::ErrorKind::InvalidData, "it is too long"))
}

/// A terminal that does not show what is typed, until dropped.
struct Quiet<'a> {
    terminal: &'a File,
    before: Termios,
}

impl<'a> Quiet<'a> {
    fn start(terminal: &'a File) -> io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO);
        tcsetattr(terminal, OptionalActions::Flush, &quiet)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Quiet<'_> {
    fn drop(&mut self) {
        // There is nobody left to tell; the shell sets its terminal right again by itself.
        let _ = tcsetattr(self.terminal, OptionalActions::Flush, &self.before);
    }
}

/// Why there is no key. The operator of the machine has to act.
#[derive(Debug)]
#[non_exhaustive]
pub enum UnlockError {
    /// The descriptor gave no passphrase.
    Descriptor(io::Error),
    /// The key file cannot be read or made.
    File {
        /// The file.
        path: PathBuf,
        /// What the machine said.
        source: io::Error,
    },
    /// Neither a credential nor a key file is there.
    NoKey(PathBuf),
    /// The file holds no key.
    NotAKeyFile(PathBuf),
    /// Other accounts can read the key file.
    OthersCanRead(PathBuf),
    /// The passphrase is none.
    Passphrase(KeyError),
    /// The operating system gives no random bytes.
    Randomness,
    /// There is no terminal to ask at.
    Terminal(io::Error),
}

impl fmt::Display for UnlockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Descriptor(source) => write!(
                f,
                "The descriptor gives no passphrase: {source}. Write it there as one line."
            ),
            Self::File { path, source } => write!(
                f,
                "The key file {} cannot be used: {source}. Look at the name and at who may read it.",
                path.display()
            ),
            Self::NoKey(path) => write!(
                f,
                "The station's key is not found: there is neither a credential {CREDENTIAL} nor {}. \
                 Name its key file, or type its passphrase.",
                path.display()
            ),
            Self::NotAKeyFile(path) => write!(
                f,
                "{} is no key file: it must hold 64 hexadecimal digits. Name the right one.",
                path.display()
            ),
            Self::OthersCanRead(path) => write!(
                f,
                "Other accounts can read the key file {0}. Think about who did; then: chmod 600 {0}",
                path.display()
            ),
            Self::Passphrase(source) => write!(f, "This is no passphrase: {source}."),
            Self::Randomness => f.write_str(
                "The operating system gives no random bytes. The station makes no key from less.",
            ),
            Self::Terminal(source) => write!(
                f,
                "There is no terminal to type the passphrase at: {source}. Use a key file, a \
                 credential or a descriptor."
            ),
        }
    }
}

impl std::error::Error for UnlockError {}

fn unreadable(path: &Path, source: io::Error) -> UnlockError {
    UnlockError::File {
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};

    use super::*;

    #[test]
    fn new_key_file_opens_and_is_private() {
        let (place, home) = home("new");
        let path = place.join("apart.key");
        Unlock::NewKeyFile(path.clone()).station_key(&home).unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        Unlock::KeyFile(path.clone()).station_key(&home).unwrap();

        let over = Unlock::NewKeyFile(path).station_key(&home);
        assert!(
            matches!(over, Err(UnlockError::File { .. })),
            "nothing is written over"
        );
        fs::remove_dir_all(place).unwrap();
    }

    #[test]
    fn key_file_that_others_can_read_is_refused() {
        let (place, home) = home("open");
        let path = place.join("open.key");
        make_key_file(&path).unwrap();
        for mode in [0o640, 0o604, 0o660] {
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            let refused = Unlock::KeyFile(path.clone()).station_key(&home);
            assert!(
                matches!(refused, Err(UnlockError::OthersCanRead(_))),
                "{mode:o}"
            );
        }
        fs::remove_dir_all(place).unwrap();
    }

    #[test]
    fn what_is_no_key_file_is_refused() {
        let (place, home) = home("none");
        let path = place.join("none.key");
        write_private(&path, b"open sesame").unwrap();
        for path in [path, place.clone(), PathBuf::from("/dev/null")] {
            let refused = Unlock::KeyFile(path).station_key(&home);
            assert!(matches!(refused, Err(UnlockError::NotAKeyFile(_))));
        }
        fs::remove_dir_all(place).unwrap();
    }

    #[test]
    fn credential_goes_before_the_key_file_of_the_home() {
        let (place, home) = home("find");
        let nothing = find(&home, None);
        assert!(matches!(nothing, Err(UnlockError::NoKey(_))));

        make_key_file(&home.key_path()).unwrap();
        assert!(find(&home, Some(&place)).is_ok());
        write_private(&place.join(CREDENTIAL), b"not a key").unwrap();
        let first = find(&home, Some(&place));
        assert!(matches!(first, Err(UnlockError::NotAKeyFile(_))));
        fs::remove_dir_all(place).unwrap();
    }

    #[test]
    fn passphrase_is_the_first_line_and_no_more() {
        assert_eq!(
            first_line(b"open sesame\nrest".as_slice())
                .unwrap()
                .as_slice(),
            b"open sesame"
        );
        assert_eq!(
            first_line(b"no end".as_slice()).unwrap().as_slice(),
            b"no end"
        );
        assert!(first_line([b'a'; 1_025].as_slice()).is_err());
        assert!(matches!(passphrase(b""), Err(UnlockError::Passphrase(_))));
    }

    #[test]
    fn debug_hides_the_passphrase() {
        let unlock = Unlock::Passphrase(Zeroizing::new("open sesame".to_owned()));
        assert!(!format!("{unlock:?}").contains("sesame"));
    }

    fn home(name: &str) -> (PathBuf, Home) {
        let place =
            std::env::temp_dir().join(format!("redphone-key-{name}-{}", std::process::id()));
        fs::create_dir_all(&place).unwrap();
        let home = Home::create(&place.join("home")).unwrap();
        (place, home)
    }
}
