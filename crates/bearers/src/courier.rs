//! The `courier` bearer: frames in a bag, a file on carried media.
//!
//! Owns the form of a bag and the care with which it is written and read. Bags may be read in any
//! order, twice, months late, from media that cannot be written. No bag is ever deleted or written
//! over. What a frame means, and whether it is the peer's, is decided above.
//!
//! ```text
//!   magic 14 bytes | version 1 | frames: length 2, bytes | ... | SHA-256 of all before, 32
//! ```
//!
//! The calls block on a disk: run them on a thread of their own.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use redphone_wire::PartyName;
use redphone_wire::limits::FRAME_BYTES_MAX;
use rustix::fs::{Dir, FileType, Mode, OFlags, RenameFlags};
use sha2::{Digest, Sha256};

/// Writes frames to a bag in `directory`, named for the station and its count of bags. When this
/// returns, the bag survives a power cut.
///
/// # Errors
///
/// [`io::Error`] if the medium is full, cannot be written, or has a bag of that name; or if the
/// frames are none, too long, or more than [`BAG_BYTES_MAX`]. Nothing of the bag is left then.
pub fn export_bag(
    directory: &Path,
    station: &PartyName,
    sequence: u64,
    frames: &[Vec<u8>],
) -> io::Result<PathBuf> {
    check(frames)?;
    let name = format!("redphone-{station}-{sequence:06}.bag");
    let unfinished = directory.join(format!(".{name}.part"));
    let bag = directory.join(name);
    let written = write_bag(&unfinished, frames)
        .and_then(|()| rename_without_replacing(&unfinished, &bag))
        .and_then(|()| File::open(directory)?.sync_all());
    if written.is_err() {
        let _may_not_exist = std::fs::remove_file(&unfinished);
    }
    written.map(|()| bag)
}

/// Reads every bag in `directory`, in order of name, and gives each frame of each good bag to
/// `each`. Subdirectories and symbolic links are not followed. Bags are read once to check them
/// and once for their frames, so memory stays small.
///
/// # Errors
///
/// [`io::Error`] if the directory cannot be read. A bag that cannot be read is in the [`Import`].
pub fn import_bags(directory: &Path, mut each: impl FnMut(Vec<u8>)) -> io::Result<Import> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let opened = rustix::fs::open(directory, flags, Mode::empty())?;
    let mut import = Import::default();
    for name in files_of(&opened, &mut import)? {
        match import_bag(&opened, &name, &mut each) {
            Ok(frames) => {
                import.bags.push(name);
                import.frames += frames;
            }
            Err(why) => import.skipped.push(Skipped { name, why }),
        }
    }
    Ok(import)
}

/// What an import found.
#[derive(Debug, Default)]
pub struct Import {
    /// Names of the bags that were read.
    pub bags: Vec<OsString>,
    /// Frames in them.
    pub frames: u64,
    /// Files that were not read.
    pub skipped: Vec<Skipped>,
}

/// A file that was not read.
#[derive(Debug)]
pub struct Skipped {
    /// Its name in the directory.
    pub name: OsString,
    /// Why.
    pub why: NoBag,
}

/// Why a file is no bag, or none that can be used. Variants say who has to act.
#[derive(Debug)]
#[non_exhaustive]
pub enum NoBag {
    /// It is damaged. Ask the peer for another bag.
    Damaged,
    /// It is something else, or a link. Nobody has to act.
    Foreign,
    /// It was made by a newer version. Upgrade this station.
    Newer,
    /// There are more than [`FILES_MAX`] files. Take some away.
    TooMany,
    /// It cannot be read. Look at the medium.
    Unreadable(io::Error),
}

impl fmt::Display for NoBag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Damaged => "the bag is damaged: ask the peer for another",
            Self::Foreign => "it is not a bag",
            Self::Newer => "the bag was made by a newer version of redphone",
            Self::TooMany => "there are too many files in the directory",
            Self::Unreadable(_) => "the file cannot be read",
        })
    }
}

impl std::error::Error for NoBag {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unreadable(source) => Some(source),
            Self::Damaged | Self::Foreign | Self::Newer | Self::TooMany => None,
        }
    }
}

/// Bytes of a bag.
pub const BAG_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Bytes that a bag adds to every frame.
pub const OVERHEAD: usize = 2;

/// Files of a directory that are looked at.
pub const FILES_MAX: usize = 10_000;

/// The last four bytes show a copy that was mistaken for text.
const MAGIC: [u8; 14] = *b"redphone bag\r\n";
const VERSION: u8 = 1;
const HEAD_BYTES: usize = MAGIC.len() + 1;
const DIGEST_BYTES: usize = 32;

fn check(frames: &[Vec<u8>]) -> io::Result<()> {
    let wrong = |frame: &Vec<u8>| frame.is_empty() || frame.len() > FRAME_BYTES_MAX;
    let bytes = frames.iter().fold(HEAD_BYTES + DIGEST_BYTES, |sum, frame| {
        sum + OVERHEAD + frame.len()
    });
    let refused = |what| Err(io::Error::new(io::ErrorKind::InvalidInput, what));
    if frames.is_empty() {
        refused("there is nothing to put into the bag")
    } else if frames.iter().any(wrong) {
        refused("a frame is empty or too long for the bag")
    } else if bytes > BAG_BYTES_MAX {
        refused("the frames are too many for one bag")
    } else {
        Ok(())
    }
}

fn write_bag(path: &Path, frames: &[Vec<u8>]) -> io::Result<()> {
    let mut bag = Digested {
        file: BufWriter::new(File::create(path)?),
        digest: Sha256::new(),
    };
    bag.write(&MAGIC)?;
    bag.write(&[VERSION])?;
    for frame in frames {
        let length = u16::try_from(frame.len()).map_err(io::Error::other)?;
        bag.write(&length.to_be_bytes())?;
        bag.write(frame)?;
    }
    let digest = bag.digest.finalize();
    bag.file.write_all(&digest)?;
    bag.file
        .into_inner()
        .map_err(io::IntoInnerError::into_error)?
        .sync_all()
}

struct Digested {
    file: BufWriter<File>,
    digest: Sha256,
}

impl Digested {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.digest.update(bytes);
        self.file.write_all(bytes)
    }
}

/// A bag that is there already stays as it is. Not every file system of carried media can do both
/// in one call.
fn rename_without_replacing(from: &Path, to: &Path) -> io::Result<()> {
    let here = rustix::fs::CWD;
    match rustix::fs::renameat_with(here, from, here, to, RenameFlags::NOREPLACE) {
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => {
            if to.symlink_metadata().is_ok() {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            std::fs::rename(from, to)
        }
        renamed => Ok(renamed?),
    }
}

/// Names of the files in a directory, in order; what is beyond the bound is noted.
fn files_of(
    directory: impl rustix::fd::AsFd,
    import: &mut Import,
) -> io::Result<BTreeSet<OsString>> {
    let mut names = BTreeSet::new();
    for entry in Dir::read_from(directory)? {
        let entry = entry?;
        let name = os_string(entry.file_name().to_bytes());
        if name == "." || name == ".." || entry.file_type() == FileType::Directory {
            continue;
        }
        if names.len() == FILES_MAX {
            let why = NoBag::TooMany;
            import.skipped.push(Skipped { name, why });
            break;
        }
        names.insert(name);
    }
    Ok(names)
}

fn os_string(bytes: &[u8]) -> OsString {
    use std::os::unix::ffi::OsStrExt;
    OsStr::from_bytes(bytes).to_owned()
}

fn import_bag(
    directory: impl rustix::fd::AsFd,
    name: &OsStr,
    each: &mut impl FnMut(Vec<u8>),
) -> Result<u64, NoBag> {
    // Without waiting, because a pipe would keep us waiting for ever.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = match rustix::fs::openat(directory, name, flags, Mode::empty()) {
        Ok(file) => File::from(file),
        Err(rustix::io::Errno::LOOP) => return Err(NoBag::Foreign),
        Err(error) => return Err(NoBag::Unreadable(error.into())),
    };
    let metadata = file.metadata().map_err(NoBag::Unreadable)?;
    if !metadata.is_file() {
        return Err(NoBag::Foreign);
    }
    let length = usize::try_from(metadata.len()).unwrap_or(usize::MAX);
    let named_as_bag = Path::new(name).extension() == Some(OsStr::new("bag"));
    let frames_bytes = check_bag(&file, length, named_as_bag)?;
    let mut bag = reader_at(&file, HEAD_BYTES)?;
    read_frames(&mut bag, frames_bytes, each)
}

/// Checks the head and the digest of a file; returns how many bytes the frames between them are.
fn check_bag(file: &File, length: usize, named_as_bag: bool) -> Result<usize, NoBag> {
    let mut bag = reader_at(file, 0)?;
    let mut head = Vec::new();
    let head_bytes = u64::try_from(HEAD_BYTES).unwrap_or(0);
    bag.by_ref()
        .take(head_bytes)
        .read_to_end(&mut head)
        .map_err(unreadable)?;
    match head.strip_prefix(&MAGIC) {
        Some([VERSION]) => (),
        Some([version]) if *version > VERSION => return Err(NoBag::Newer),
        Some(_) => return Err(NoBag::Damaged),
        None if named_as_bag => return Err(NoBag::Damaged),
        None => return Err(NoBag::Foreign),
    }
    let smallest = HEAD_BYTES + DIGEST_BYTES + OVERHEAD + 1;
    if length < smallest || length > BAG_BYTES_MAX {
        return Err(NoBag::Damaged);
    }
    let frames_bytes = length - HEAD_BYTES - DIGEST_BYTES;
    let mut digest = Sha256::new();
    digest.update(&head);
    let mut left = frames_bytes;
    let mut buffer = [0; 8_192];
    while left > 0 {
        let piece = buffer.get_mut(..left.min(8_192)).unwrap_or_default();
        bag.read_exact(piece).map_err(unreadable)?;
        digest.update(&*piece);
        left -= piece.len();
    }
    let mut written = [0; DIGEST_BYTES];
    bag.read_exact(&mut written).map_err(unreadable)?;
    if digest.finalize()[..] == written {
        Ok(frames_bytes)
    } else {
        Err(NoBag::Damaged)
    }
}

/// Gives the frames of a bag whose digest was right.
fn read_frames(
    bag: &mut impl Read,
    frames_bytes: usize,
    each: &mut impl FnMut(Vec<u8>),
) -> Result<u64, NoBag> {
    let mut left = frames_bytes;
    let mut frames = 0;
    while left > 0 {
        let mut length = [0; OVERHEAD];
        let rest = left.checked_sub(OVERHEAD).ok_or(NoBag::Damaged)?;
        bag.read_exact(&mut length).map_err(unreadable)?;
        let length = usize::from(u16::from_be_bytes(length));
        left = rest.checked_sub(length).ok_or(NoBag::Damaged)?;
        if length == 0 || length > FRAME_BYTES_MAX {
            return Err(NoBag::Damaged);
        }
        let mut frame = vec![0; length];
        bag.read_exact(&mut frame).map_err(unreadable)?;
        each(frame);
        frames += 1;
    }
    Ok(frames)
}

fn reader_at(file: &File, offset: usize) -> Result<BufReader<File>, NoBag> {
    use std::io::Seek;
    let mut file = file.try_clone().map_err(NoBag::Unreadable)?;
    let offset = u64::try_from(offset).unwrap_or(u64::MAX);
    file.seek(io::SeekFrom::Start(offset))
        .map_err(NoBag::Unreadable)?;
    Ok(BufReader::new(file))
}

/// A file that ends too early is damaged; all else is the medium.
fn unreadable(error: io::Error) -> NoBag {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        NoBag::Damaged
    } else {
        NoBag::Unreadable(error)
    }
}
