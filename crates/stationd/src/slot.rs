//! A slot in a file, on another disk than the home.
//!
//! Owns the file and the care with which it is replaced: a reader finds the old states or the new
//! ones, whole, whenever the machine stops. What the states mean is the journal's affair. On flash
//! the old bytes may survive in spare blocks: KNOWN-ISSUES says so.
//!
//! ```text
//! one or two states of 80 bytes: counter 8 || secret 32 || bitwise complement of both 40
//! ```

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use redphone_journal::{Slot, SlotState};
use zeroize::Zeroizing;

const HALF_BYTES: usize = 40;
const STATE_BYTES: usize = 2 * HALF_BYTES;
const STATES_MAX: usize = 2;

/// A slot in a file.
#[derive(Clone, Debug)]
pub struct FileSlot {
    path: PathBuf,
}

impl FileSlot {
    /// Names the file. It is made by the first write.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    fn read_file(&self) -> io::Result<Vec<SlotState>> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        if file.metadata()?.permissions().mode() & 0o077 != 0 {
            return Err(other("other accounts can read it. Set its mode to 0600"));
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(STATE_BYTES * STATES_MAX + 1));
        let bound = u64::try_from(STATE_BYTES * STATES_MAX + 1).unwrap_or(u64::MAX);
        file.take(bound).read_to_end(&mut bytes)?;
        parse(&bytes).ok_or_else(|| other("it is damaged"))
    }

    fn replace(&self, states: &[SlotState]) -> io::Result<()> {
        let mut name = self.path.as_os_str().to_owned();
        name.push(".new");
        let new_path = PathBuf::from(name);
        // What a writing that was cut short may have left, with whatever rights.
        match fs::remove_file(&new_path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let mut new = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&new_path)?;
        new.write_all(&bytes_of(states))?;
        new.sync_all()?;
        // Held open over the renaming, so that its bytes can be overwritten after it.
        let old = OpenOptions::new().write(true).open(&self.path);
        fs::rename(&new_path, &self.path)?;
        sync_directory(&self.path)?;
        if let Ok(mut old) = old {
            let length = usize::try_from(old.metadata()?.len()).unwrap_or(0);
            old.write_all(&vec![0; length.min(STATE_BYTES * STATES_MAX)])?;
            old.sync_all()?;
        }
        Ok(())
    }

    fn words(&self, error: &io::Error) -> String {
        format!("{}: {error}", self.path.display())
    }
}

impl Slot for FileSlot {
    fn read(&self) -> Result<Vec<SlotState>, String> {
        self.read_file().map_err(|error| self.words(&error))
    }

    fn write(&self, states: &[SlotState]) -> Result<(), String> {
        self.replace(states).map_err(|error| self.words(&error))
    }
}

fn bytes_of(states: &[SlotState]) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(STATE_BYTES * STATES_MAX));
    for state in states {
        let half = state.counter.to_be_bytes().into_iter().chain(*state.secret);
        bytes.extend(half.clone());
        bytes.extend(half.map(|byte| !byte));
    }
    bytes
}

fn parse(bytes: &[u8]) -> Option<Vec<SlotState>> {
    if bytes.len() > STATE_BYTES * STATES_MAX || !bytes.len().is_multiple_of(STATE_BYTES) {
        return None;
    }
    bytes.chunks_exact(STATE_BYTES).map(parse_state).collect()
}

fn parse_state(bytes: &[u8]) -> Option<SlotState> {
    let (half, complement) = bytes.split_at_checked(HALF_BYTES)?;
    let whole = half
        .iter()
        .zip(complement)
        .all(|(byte, other)| *byte == !*other);
    let (counter, secret) = half.split_first_chunk::<8>()?;
    whole.then_some(SlotState {
        counter: u64::from_be_bytes(*counter),
        secret: Zeroizing::new(secret.try_into().ok()?),
    })
}

fn other(what: &str) -> io::Error {
    io::Error::other(what.to_owned())
}

fn sync_directory(path: &Path) -> io::Result<()> {
    #[cfg(feature = "planted-bugs")]
    if crate::planted::is_planted(crate::planted::Bug::DirectoryUnsynced) {
        return Ok(());
    }
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => File::open(parent)?.sync_all(),
        Some(_) | None => File::open(".")?.sync_all(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(counter: u64) -> SlotState {
        let byte = u8::try_from(counter).unwrap();
        SlotState {
            counter,
            secret: Zeroizing::new([byte; 32]),
        }
    }

    fn slot(name: &str) -> FileSlot {
        let name = format!("redphone-slot-{name}-{}", std::process::id());
        let slot = FileSlot::new(std::env::temp_dir().join(name));
        let _ = fs::remove_file(&slot.path);
        slot
    }

    #[test]
    fn states_are_read_back_and_the_newest_writing_stays() {
        let slot = slot("back");
        assert_eq!(slot.read(), Ok(Vec::new()));
        for states in [vec![state(1)], vec![state(1), state(2)], vec![state(2)]] {
            slot.write(&states).unwrap();
            assert_eq!(slot.read(), Ok(states));
        }
        fs::remove_file(slot.path).unwrap();
    }

    #[test]
    fn slot_that_is_damaged_or_cut_or_open_to_others_is_refused() {
        let slot = slot("bad");
        slot.write(&[state(1), state(2)]).unwrap();
        let whole = fs::read(&slot.path).unwrap();
        for byte in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[byte] ^= 1;
            fs::write(&slot.path, &damaged).unwrap();
            assert!(slot.read().is_err(), "byte {byte}");
        }
        for length in [1, 79, 81, 159] {
            fs::write(&slot.path, &whole[..length]).unwrap();
            assert!(slot.read().is_err(), "length {length}");
        }
        fs::write(&slot.path, &whole).unwrap();
        fs::set_permissions(&slot.path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(slot.read().unwrap_err().contains("other accounts"));
        fs::remove_file(slot.path).unwrap();
    }

    #[test]
    fn writing_that_was_cut_short_leaves_the_old_states() {
        let slot = slot("cut");
        slot.write(&[state(1)]).unwrap();
        let new = PathBuf::from(format!("{}.new", slot.path.display()));
        fs::write(&new, [1, 2, 3]).unwrap();
        assert_eq!(slot.read(), Ok(vec![state(1)]));
        slot.write(&[state(2)]).unwrap();
        assert_eq!(slot.read(), Ok(vec![state(2)]));
        assert!(!new.exists());
        fs::remove_file(slot.path).unwrap();
    }
}
