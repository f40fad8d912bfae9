//! The power fails at any moment: whatever was not synced may be there, in part, or gone.
//!
//! strace writes down what the writer does to its home. A disk is rebuilt from that as a power cut
//! leaves it behind each call: synced bytes and names, and of the others none, all, or any of their
//! sectors. Everything that was accepted must be there (FAULTS F03, F05, F06). Not the whole
//! machine loses power, but nothing else of it is on the disk.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use redphone_stationd::SqliteStorage;

use super::trace::{Call, read};
use super::{HOME, STEPS, check};

/// A disk writes so many bytes whole, or not at all.
const SECTOR_BYTES: usize = 512;
/// Ways in which unsynced bytes are kept, at each call.
const CUTS_A_CALL: u64 = 4;
const TRACED: &str = "openat,pwrite64,write,fdatasync,fsync,ftruncate,rename,unlink";

#[test]
fn power_cut_behind_any_call_loses_nothing_accepted() {
    let Some(calls) = writer_calls(&[]) else {
        println!("not tested: there is no strace on this machine");
        return;
    };
    let cuts = cut_behind_every_call(&calls);
    println!("{cuts} power cuts, {} calls", calls.len());
    assert!(cuts > 500, "only {cuts} power cuts");
}

#[cfg(feature = "planted-bugs")]
#[test]
fn planted_missing_syncs_are_noticed_at_a_power_cut() {
    use redphone_stationd::planted::{Bug, VARIABLE};
    for bug in [Bug::SyncedLater, Bug::DirectoryUnsynced] {
        let Some(calls) = writer_calls(&[(VARIABLE, format!("{bug:?}"))]) else {
            println!("not tested: there is no strace on this machine");
            return;
        };
        let outcome = std::panic::catch_unwind(|| cut_behind_every_call(&calls));
        assert!(outcome.is_err(), "{bug:?} went unseen");
    }
}

/// What a writer does that founds a journal, writes, and opens it anew in between.
fn writer_calls(variables: &[(&str, String)]) -> Option<Vec<Call>> {
    Command::new("strace").arg("--version").output().ok()?;
    let place = Place::new("written");
    let trace = place.0.with_extension("trace");
    let output = Command::new("strace")
        .args(["-f", "-y", "-xx", "-s", "10000000", "-o"])
        .arg(&trace)
        .args(["-e", &format!("trace={TRACED}")])
        .arg(std::env::current_exe().unwrap())
        .args(["writer", "--exact", "--nocapture", "--test-threads=1"])
        .env(HOME, &place.0)
        .env(STEPS, "40")
        .envs(variables.iter().map(|(name, value)| (*name, value)))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = std::fs::read_to_string(&trace).unwrap();
    std::fs::remove_file(trace).unwrap();
    Some(read(&text, place.0.to_str().unwrap()))
}

/// Cuts the power behind every call, in several ways; returns how often.
fn cut_behind_every_call(calls: &[Call]) -> u32 {
    let seed = std::env::var("REDPHONE_SEED").ok();
    let mut random: u64 = seed
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(0x5eed_0003);
    println!("REDPHONE_SEED={random}");
    let mut disk = Disk::default();
    let mut told = None;
    let mut cuts = 0;
    for call in calls {
        if let Call::Told { number } = call {
            told = Some(*number);
        }
        disk.take(call);
        for cut in 0..CUTS_A_CALL {
            let place = Place::new("cut");
            disk.leave(&place.0, cut, &mut random);
            cuts += 1;
            match told {
                Some(accepted) => check(&place.0, accepted, cuts),
                // Nothing was promised yet; founding can be repeated.
                None => drop(SqliteStorage::create(&place.0.join("station.db")).unwrap()),
            }
        }
    }
    cuts
}

/// A directory's files: what is durable, and what is only told to the operating system.
#[derive(Default)]
struct Disk {
    files: Vec<File>,
    names: BTreeMap<String, usize>,
    names_durable: BTreeMap<String, usize>,
    /// States of the names since they were last synced.
    names_since: Vec<BTreeMap<String, usize>>,
}

#[derive(Default)]
struct File {
    durable: Vec<u8>,
    since: Vec<Change>,
}

enum Change {
    Length(usize),
    Sector { at: usize, bytes: Vec<u8> },
}

impl Disk {
    fn take(&mut self, call: &Call) {
        match call {
            Call::Create { name } => {
                if !self.names.contains_key(name) {
                    self.names.insert(name.clone(), self.files.len());
                    self.files.push(File::default());
                    self.names_since.push(self.names.clone());
                }
            }
            Call::Rename { from, to } => {
                let file = self.names.remove(from).unwrap();
                self.names.insert(to.clone(), file);
                self.names_since.push(self.names.clone());
            }
            Call::Sync { name } => {
                let file = self.file(name);
                for change in std::mem::take(&mut file.since) {
                    change.apply(&mut file.durable);
                }
            }
            Call::SyncNames => {
                self.names_durable.clone_from(&self.names);
                self.names_since.clear();
            }
            Call::Told { .. } => {}
            Call::Truncate { name, length } => {
                self.file(name).since.push(Change::Length(*length));
            }
            Call::Unlink { name } => {
                self.names.remove(name);
                self.names_since.push(self.names.clone());
            }
            Call::Write { name, at, bytes } => {
                let file = self.file(name);
                let mut at = *at;
                let mut bytes = bytes.as_slice();
                while !bytes.is_empty() {
                    let room = SECTOR_BYTES - at % SECTOR_BYTES;
                    let (sector, rest) = bytes.split_at(room.min(bytes.len()));
                    let sector = sector.to_vec();
                    file.since.push(Change::Sector { at, bytes: sector });
                    at += room;
                    bytes = rest;
                }
            }
        }
    }

    fn file(&mut self, name: &str) -> &mut File {
        &mut self.files[self.names[name]]
    }

    /// Writes down what a power cut leaves. The first way keeps nothing unsynced, the second
    /// everything, the others what chance keeps.
    fn leave(&self, to: &Path, way: u64, random: &mut u64) {
        let names = match way {
            0 => &self.names_durable,
            1 => &self.names,
            _ => {
                let upto = below(random, self.names_since.len() + 1);
                let of_all = upto.checked_sub(1).map(|last| &self.names_since[last]);
                of_all.unwrap_or(&self.names_durable)
            }
        };
        for (name, file) in names {
            let file = &self.files[*file];
            let mut bytes = file.durable.clone();
            for change in &file.since {
                if way == 1 || (way > 1 && below(random, 2) == 1) {
                    change.apply(&mut bytes);
                }
            }
            let path = to.join(name);
            std::fs::write(&path, bytes).unwrap();
            let private = std::fs::Permissions::from_mode(0o600);
            std::fs::set_permissions(path, private).unwrap();
        }
    }
}

impl Change {
    fn apply(&self, file: &mut Vec<u8>) {
        match self {
            Self::Length(length) => file.resize(*length, 0),
            Self::Sector { at, bytes } => {
                let end = at + bytes.len();
                file.resize(file.len().max(end), 0);
                file[*at..end].copy_from_slice(bytes);
            }
        }
    }
}

fn below(random: &mut u64, bound: usize) -> usize {
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    usize::try_from(*random % u64::try_from(bound).unwrap()).unwrap()
}

/// A directory in memory where the machine has that; removed when dropped.
struct Place(PathBuf);

impl Place {
    fn new(what: &str) -> Self {
        let memory = PathBuf::from("/dev/shm");
        let parent = if memory.is_dir() {
            memory
        } else {
            std::env::temp_dir()
        };
        let thread = format!("{:?}", std::thread::current().id());
        let thread: String = thread.chars().filter(char::is_ascii_digit).collect();
        let name = format!("redphone-{what}-{}-{thread}", std::process::id());
        let place = parent.join(name);
        let _ = std::fs::remove_dir_all(&place);
        std::fs::create_dir_all(&place).unwrap();
        Self(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
