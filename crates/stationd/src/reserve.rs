//! The reserve: room on the disk that is set aside while there is plenty.
//!
//! Owns one file of ballast in the home. When the disk is full it is released, so that what was
//! accepted can be opened, and FLASH and the journal still go; it is set aside again when the disk
//! has room. Who asks for the release, and what goes while it lasts, is the daemon's affair.
//! FAULTS F13, F14.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FallocateFlags, fallocate, statvfs};

/// Room that is set aside, in bytes, unless told otherwise: some ten thousand messages.
pub const RESERVE_BYTES: u64 = 16 << 20;

/// Name of the file in the home.
const NAME: &str = "reserve";

const PIECE_BYTES: usize = 64 << 10;

/// Room set aside in a home.
#[derive(Debug)]
pub struct Reserve {
    path: PathBuf,
    bytes: u64,
}

impl Reserve {
    /// Names the reserve of a home. Nothing is set aside before [`Reserve::hold`].
    pub fn new(home: &Path, bytes: u64) -> Self {
        Self {
            path: home.join(NAME),
            bytes,
        }
    }

    /// Sets the room aside, if it is not, and if as much again stays free: a reserve that takes the
    /// last of the disk would be released and held by turns. Says whether it is held.
    ///
    /// # Errors
    ///
    /// What the machine says, except that there is no room.
    pub fn hold(&self) -> io::Result<bool> {
        if self.is_held() {
            return Ok(true);
        }
        if self.free_bytes()? / 2 < self.bytes {
            return Ok(false);
        }
        match self.fill() {
            Ok(()) => Ok(true),
            Err(error) => {
                self.release()?;
                let full = [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded];
                if full.contains(&error.kind()) {
                    Ok(false)
                } else {
                    Err(error)
                }
            }
        }
    }

    /// Gives the room back to the disk.
    ///
    /// # Errors
    ///
    /// What the machine says.
    pub fn release(&self) -> io::Result<()> {
        match fs::remove_file(&self.path) {
            Ok(()) => self.sync_directory(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Says whether the whole room is set aside.
    pub fn is_held(&self) -> bool {
        fs::metadata(&self.path).is_ok_and(|found| found.len() >= self.bytes)
    }

    fn free_bytes(&self) -> io::Result<u64> {
        let found = statvfs(self.directory())?;
        Ok(found.f_bavail.saturating_mul(found.f_frsize))
    }

    fn fill(&self) -> io::Result<()> {
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&self.path)?;
        match fallocate(&file, FallocateFlags::empty(), 0, self.bytes) {
            Ok(()) => {}
            Err(rustix::io::Errno::OPNOTSUPP) => self.write(&mut file)?,
            Err(error) => return Err(error.into()),
        }
        file.sync_all()?;
        self.sync_directory()
    }

    /// Fills the file where the file system cannot set room aside by itself.
    fn write(&self, file: &mut File) -> io::Result<()> {
        let piece = vec![0xa5; PIECE_BYTES];
        let mut left = self.bytes;
        while left > 0 {
            let length = usize::try_from(left)
                .unwrap_or(PIECE_BYTES)
                .min(PIECE_BYTES);
            let bytes = piece.get(..length).unwrap_or(&piece);
            file.write_all(bytes)?;
            left -= u64::try_from(length).unwrap_or(left);
        }
        Ok(())
    }

    fn directory(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("."))
    }

    fn sync_directory(&self) -> io::Result<()> {
        File::open(self.directory())?.sync_all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home(name: &str) -> PathBuf {
        let name = format!("redphone-reserve-{name}-{}", std::process::id());
        let home = std::env::temp_dir().join(name);
        fs::create_dir_all(&home).unwrap();
        home
    }

    #[test]
    fn room_is_set_aside_released_and_set_aside_again() {
        use std::os::unix::fs::MetadataExt;
        let home = home("again");
        let reserve = Reserve::new(&home, 1 << 20);
        assert!(!reserve.is_held());
        for _ in 0..2 {
            assert!(reserve.hold().unwrap());
            assert!(reserve.is_held());
            let blocks = fs::metadata(home.join(NAME)).unwrap().blocks();
            assert!(
                blocks * 512 >= 1 << 20,
                "the room is taken, not only promised"
            );
            reserve.release().unwrap();
            assert!(!reserve.is_held());
        }
        reserve.release().unwrap();
        fs::remove_dir_all(home).unwrap();
    }

    #[test]
    fn reserve_that_the_disk_cannot_spare_is_not_held_and_leaves_nothing() {
        let home = home("spare");
        let reserve = Reserve::new(&home, 1 << 60);
        assert!(!reserve.hold().unwrap());
        assert!(!home.join(NAME).exists());
        fs::remove_dir_all(home).unwrap();
    }

    #[test]
    fn half_a_reserve_is_not_held() {
        let home = home("half");
        fs::write(home.join(NAME), [0; 100]).unwrap();
        let reserve = Reserve::new(&home, 1_000);
        assert!(!reserve.is_held());
        assert!(reserve.hold().unwrap());
        assert_eq!(fs::metadata(home.join(NAME)).unwrap().len(), 1_000);
        fs::remove_dir_all(home).unwrap();
    }
}
