//! A serial line of two pseudo-terminals, shuttled by the demo: it can be cut, it remembers what
//! went over it, and foreign bytes can be put on it.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

/// Bytes of NORD that are remembered.
const REMEMBERED_BYTES_MAX: usize = 65_536;

/// The line.
pub(super) struct Shuttle {
    /// The port of NORD.
    pub(super) nord_port: PathBuf,
    /// The port of SUD.
    pub(super) sud_port: PathBuf,
    switch: Arc<Switch>,
    to_sud: File,
    /// Open for as long as the line is, so that it outlives a killed station.
    _ports: [File; 2],
}

struct Switch {
    cut: AtomicBool,
    carried: AtomicU64,
    remembered: Mutex<Remembered>,
}

/// What NORD sent and the line carried, without the frames that a cut went through.
#[derive(Default)]
struct Remembered {
    bytes: Vec<u8>,
    /// The line was cut, and no frame has ended since.
    broken: bool,
}

impl Remembered {
    /// The line lost bytes: the frame they belonged to is none any more.
    fn lose(&mut self) {
        let whole = self.bytes.iter().rposition(|byte| *byte == 0);
        self.bytes.truncate(whole.map_or(0, |at| at + 1));
        self.broken = true;
    }

    /// The line carried these.
    fn hear(&mut self, mut heard: &[u8]) {
        if self.broken {
            let Some(end) = heard.iter().position(|byte| *byte == 0) else {
                return;
            };
            heard = heard.get(end + 1..).unwrap_or_default();
            self.broken = false;
        }
        if self.bytes.len() + heard.len() <= REMEMBERED_BYTES_MAX {
            self.bytes.extend_from_slice(heard);
        }
    }
}

impl Shuttle {
    /// Lays the line.
    pub(super) fn start() -> io::Result<Self> {
        let (nord, nord_port, nord_held) = terminal()?;
        let (sud, sud_port, sud_held) = terminal()?;
        let switch = Arc::new(Switch {
            cut: AtomicBool::new(false),
            carried: AtomicU64::new(0),
            remembered: Mutex::new(Remembered::default()),
        });
        let to_sud = sud.try_clone()?;
        let (forth, back) = (Arc::clone(&switch), Arc::clone(&switch));
        let (nord_out, sud_in) = (nord.try_clone()?, sud.try_clone()?);
        thread::spawn(move || carry(nord_out, sud_in, &forth, true));
        thread::spawn(move || carry(sud, nord, &back, false));
        Ok(Self {
            nord_port,
            sud_port,
            switch,
            to_sud,
            _ports: [nord_held, sud_held],
        })
    }

    /// Cuts the line, or mends it.
    pub(super) fn set_cut(&self, cut: bool) {
        self.switch.cut.store(cut, Ordering::SeqCst);
    }

    /// Bytes of NORD that SUD was given.
    pub(super) fn carried(&self) -> u64 {
        self.switch.carried.load(Ordering::SeqCst)
    }

    /// Whole frames of NORD as they went over the wire, each with its delimiter.
    pub(super) fn recorded(&self) -> Vec<Vec<u8>> {
        let bytes = self
            .switch
            .remembered
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .bytes
            .clone();
        bytes
            .split_inclusive(|byte| *byte == 0)
            .filter(|frame| frame.len() > 1 && frame.last() == Some(&0))
            .map(<[u8]>::to_vec)
            .collect()
    }

    /// Puts foreign bytes on the line to SUD.
    pub(super) fn inject(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.to_sud.write_all(&[0])?;
        self.to_sud.write_all(bytes)
    }
}

impl Switch {
    fn remember(&self, heard: &[u8], cut: bool) {
        let mut remembered = self
            .remembered
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if cut {
            remembered.lose();
        } else {
            remembered.hear(heard);
            self.carried.fetch_add(heard.len() as u64, Ordering::SeqCst);
        }
    }
}

/// Carries one direction for as long as the process lives.
fn carry(mut from: File, mut to: File, switch: &Switch, of_nord: bool) {
    let mut bytes = [0; 4_096];
    while let Ok(length) = from.read(&mut bytes) {
        let Some(heard) = bytes.get(..length).filter(|heard| !heard.is_empty()) else {
            return;
        };
        let cut = switch.cut.load(Ordering::SeqCst);
        if of_nord {
            switch.remember(heard, cut);
        }
        if cut {
            continue;
        }
        if to.write_all(heard).is_err() {
            return;
        }
    }
}

/// A pseudo-terminal in raw mode: our end, the name of the port, and the port held open.
pub(super) fn terminal() -> io::Result<(File, PathBuf, File)> {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
    grantpt(&ours)?;
    unlockpt(&ours)?;
    let name = ptsname(&ours, Vec::new())?;
    let path = PathBuf::from(std::ffi::OsString::from_vec(name.into_bytes()));
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    let port = rustix::fs::open(&path, flags, Mode::empty())?;
    let mut modes = tcgetattr(&port)?;
    modes.make_raw();
    tcsetattr(&port, OptionalActions::Now, &modes)?;
    Ok((File::from(ours), path, File::from(port)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frame_that_a_cut_went_through_is_not_remembered() {
        let mut remembered = Remembered::default();
        remembered.hear(&[2, 7, 0, 3, 8]);
        remembered.lose();
        remembered.hear(&[8]);
        remembered.hear(&[8, 0, 2, 9, 0]);
        assert_eq!(remembered.bytes, [2, 7, 0, 2, 9, 0]);
    }
}
