//! Backups as files: what is in them, what never was, and what becomes of damaged ones.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm
)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use redphone_api::{CardView, Request, Response};
use redphone_journal::{Journal, StationKey, Storage};
use redphone_station::{Founding, Hub};
use redphone_stationd::{
    Clock, Config, Home, SqliteStorage, Unlock, back_up, handle_offline, init, make_key_file,
    restore,
};
use redphone_wire::Environment;

/// Homes and backups of one test, removed at its end.
struct Place(PathBuf);

impl Place {
    fn new(test: &str) -> Self {
        let name = format!("redphone-keep-{test}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn key(&self) -> Unlock {
        Unlock::KeyFile(self.at("key"))
    }

    fn station_key(&self) -> StationKey {
        StationKey::from_key_file(&fs::read(self.at("key")).unwrap()).unwrap()
    }

    fn ask(&self, home: &str, request: Request) -> Response {
        handle_offline(&self.at(home), &self.key(), request).unwrap()
    }

    /// What a start of a home finds to say: the second request sees what the first commit found.
    fn alarms(&self, home: &str) -> String {
        let key = self.station_key();
        let config = Config::load(&self.at(home).join("config.toml")).unwrap();
        let storage = SqliteStorage::open(&self.at(home).join("station.db")).unwrap();
        let entropy = Box::new(|bytes: &mut [u8]| getrandom::fill(bytes).is_ok());
        let now = Clock::start().now();
        let mut hub = Hub::open(storage, &config.with_slot(key), now, entropy).unwrap();
        hub.commit(now).unwrap();
        match hub.handle_request(now, Request::Status).unwrap() {
            Response::Status(status) => status.alarms.join(" "),
            other => panic!("{other:?}"),
        }
    }

    fn card(&self, home: &str) -> CardView {
        match self.ask(home, Request::CardShow) {
            Response::Card(card) => card,
            other => panic!("{other:?}"),
        }
    }

    /// Two paired stations. One has a message that waits, and a sealed envelope.
    fn with_a_pair(test: &str) -> Self {
        let place = Self::new(test);
        make_key_file(&place.at("key")).unwrap();
        for name in ["NORD", "SUD"] {
            let founding = Founding {
                name: name.parse().unwrap(),
                environment: Environment::Exercise,
            };
            init(&place.at(name), &founding, &place.key()).unwrap();
        }
        for (home, peer) in [("NORD", "SUD"), ("SUD", "NORD")] {
            let card = place.card(peer);
            let import = Request::CardImport {
                card: card.armoured,
                words: card.english.join(" "),
            };
            place.ask(home, import);
        }
        place.pair();
        let send = Request::Send {
            to: None,
            precedence: "flash".to_owned(),
            text: "This is an exercise.".to_owned(),
            subject: String::new(),
            officer: "1st watch".to_owned(),
            attachments: Vec::new(),
        };
        place.ask("NORD", send);
        place
    }

    fn pair(&self) {
        let sides = [("NORD", "SUD"), ("SUD", "NORD")];
        let step = |side: usize, letter: Option<String>| {
            let request = Request::Pair {
                peer: sides[side].1.to_owned(),
                with: "cards".to_owned(),
                suites: None,
                letter,
                generation: None,
            };
            match self.ask(sides[side].0, request) {
                Response::Pairing(step) => Some(step.letter).filter(|text| !text.is_empty()),
                other => panic!("{other:?}"),
            }
        };
        let first = step(0, None);
        let mut side = usize::from(first.is_none());
        let mut letter = first.or_else(|| step(1, None));
        while let Some(text) = letter {
            side = 1 - side;
            letter = step(side, Some(text));
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// All bytes of all files of a directory.
fn bytes_of(directory: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        bytes.extend(fs::read(entry.unwrap().path()).unwrap());
    }
    bytes
}

fn is_in(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

/// What must be in no backup: the wrapped vault key, every sealed row, and every id of a row or of
/// an envelope of a line.
fn forbidden(home: &Path) -> Vec<Vec<u8>> {
    let mut storage = SqliteStorage::open(&home.join("station.db")).unwrap();
    let mut found = vec![storage.meta("key").unwrap().unwrap()];
    for (id, sealed) in storage.rows(None, 1_000).unwrap() {
        found.push(sealed);
        let within = id.get(1..).unwrap();
        if [b"c/", b"p/", b"t/", b"e/"]
            .iter()
            .any(|of_line| within.starts_with(*of_line))
        {
            found.push(within.to_vec());
        }
    }
    found
}

#[test]
fn backup_has_no_byte_of_the_old_vault_key_nor_of_any_row_sealed_under_it() {
    let place = Place::with_a_pair("bytes");
    let (home, out, new) = (place.at("NORD"), place.at("kept"), place.at("new"));
    let forbidden = forbidden(&home);
    assert!(forbidden.len() > 10, "{}", forbidden.len());

    let kept = back_up(&home, &out, &place.key()).unwrap();
    restore(&out, &new, None, &place.key()).unwrap();

    assert!(kept.copied.rows_left_out > 3, "{kept:?}");
    // A plain copy has all of it: the search finds what is there.
    let plain = bytes_of(&home);
    assert!(forbidden.iter().all(|wanted| is_in(&plain, wanted)));
    for written in [&out, &new] {
        let bytes = bytes_of(written);
        let found = forbidden.iter().filter(|wanted| is_in(&bytes, wanted));
        assert_eq!(found.count(), 0, "{}", written.display());
    }
}

#[test]
fn half_a_backup_and_half_a_restore_are_known_as_such() {
    let place = Place::with_a_pair("half");
    let (home, out) = (place.at("NORD"), place.at("kept"));
    back_up(&home, &out, &place.key()).unwrap();
    fs::remove_file(out.join("format")).unwrap();
    let said = restore(&out, &place.at("new"), None, &place.key()).unwrap_err();
    assert!(said.to_string().contains("was broken off"), "{said}");

    fs::write(out.join("format"), "redphone backup 1\n").unwrap();
    let said = Home::open(&out).unwrap_err().to_string();
    assert!(
        said.contains("is a backup: no station runs on it"),
        "{said}"
    );
    fs::write(out.join("format"), "redphone backup 2\n").unwrap();
    let said = restore(&out, &place.at("new"), None, &place.key()).unwrap_err();
    assert!(said.to_string().contains("A newer redphone"), "{said}");
    assert!(!place.at("new").exists());
}

#[test]
fn plain_copy_of_a_home_is_restored_without_its_keys() {
    let place = Place::with_a_pair("plain");
    let new = place.at("new");
    let kept = restore(&place.at("NORD"), &new, None, &place.key()).unwrap();
    assert!(kept.copied.rows_left_out > 3, "{kept:?}");
    let Response::Status(status) = place.ask("new", Request::Status) else {
        panic!("the status was asked for");
    };
    assert!(status.lines[0].held_because.contains("pair with SUD anew"));
}

#[test]
fn other_settings_take_the_place_of_those_in_the_backup() {
    let place = Place::with_a_pair("settings");
    let (home, out) = (place.at("NORD"), place.at("kept"));
    back_up(&home, &out, &place.key()).unwrap();
    fs::write(out.join("config.toml"), "[log]\nlevel = \"debug\"\n").unwrap();
    let said = restore(&out, &place.at("new"), None, &place.key()).unwrap_err();
    assert!(
        said.to_string().contains("is not what was backed up"),
        "{said}"
    );
    assert!(!place.at("new").exists());

    let other = place.at("other.toml");
    fs::write(&other, "# of the new machine\n").unwrap();
    restore(&out, &place.at("new"), Some(&other), &place.key()).unwrap();
    let settings = fs::read_to_string(place.at("new").join("config.toml"));
    assert_eq!(settings.unwrap(), "# of the new machine\n");
}

#[test]
fn home_with_a_slot_is_backed_up_and_its_backup_needs_none() {
    let place = Place::with_a_pair("slot");
    let home = place.at("NORD");
    let slot = place.at("slot");
    let settings = format!("[storage]\nslot = \"{}\"\n", slot.display());
    fs::write(home.join("config.toml"), settings).unwrap();
    place.ask("NORD", Request::Status);
    assert!(fs::metadata(&slot).unwrap().len() > 0);
    let before = fs::read(&slot).unwrap();

    let kept = back_up(&home, &place.at("kept"), &place.key()).unwrap();
    assert_eq!(kept.slot.as_deref(), Some(&*slot));
    assert_eq!(fs::read(&slot).unwrap(), before, "the home keeps its slot");
    place.ask("NORD", Request::Status);
    let kept = restore(&place.at("kept"), &place.at("new"), None, &place.key()).unwrap();
    assert_eq!(kept.slot.as_deref(), Some(&*slot));
    // The slot knows the old home: the new one runs without it, and says so.
    let before = fs::read(&slot).unwrap();
    assert!(
        place
            .alarms("new")
            .contains("The slot outside the home cannot be used")
    );
    assert_eq!(fs::read(&slot).unwrap(), before);
    fs::remove_file(&slot).unwrap();
    assert_eq!(place.alarms("new"), "");
    assert!(slot.exists());
}

/// Settings, records and rows of a home, as a station would find them.
type Content = (String, Vec<Vec<u8>>, Vec<Vec<u8>>);

fn content(place: &Place, home: &Path) -> Content {
    let storage = SqliteStorage::open(&home.join("station.db")).unwrap();
    let (mut journal, opened) = Journal::open(storage, &place.station_key()).unwrap();
    let mut records = Vec::new();
    journal
        .replay(|_, _, record| {
            records.push(record.to_vec());
            Ok::<(), ()>(())
        })
        .unwrap();
    // The last record says when it was restored.
    records.pop();
    let ids = opened.rows.into_iter().map(|(id, _)| id).collect();
    let settings = fs::read_to_string(home.join("config.toml")).unwrap();
    (settings, records, ids)
}

fn next(state: &mut u64) -> u64 {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

#[test]
fn backup_with_a_flipped_bit_or_cut_short_is_refused_by_name_or_unharmed() {
    let place = Place::with_a_pair("damage");
    let out = place.at("kept");
    back_up(&place.at("NORD"), &out, &place.key()).unwrap();
    restore(&out, &place.at("whole"), None, &place.key()).unwrap();
    let whole = content(&place, &place.at("whole"));
    let seed = std::env::var("REDPHONE_SEED").ok();
    let mut state = seed.and_then(|seed| seed.parse().ok()).unwrap_or(0x5eed);
    println!("REDPHONE_SEED={state}");
    let files = [
        "station.db",
        "station.db",
        "station.db",
        "config.toml",
        "format",
    ];
    let mut refused = 0;
    for round in 0..60_u32 {
        let damaged = place.at("damaged");
        copy(&out, &damaged);
        let file = damaged.join(files[next(&mut state) as usize % files.len()]);
        let mut bytes = fs::read(&file).unwrap();
        let at = next(&mut state) as usize % bytes.len();
        if round % 3 == 0 {
            bytes.truncate(at);
        } else {
            bytes[at] ^= 1 << (next(&mut state) % 8);
        }
        fs::write(&file, bytes).unwrap();
        let new = place.at("new");
        match restore(&damaged, &new, None, &place.key()) {
            Ok(_) => assert!(content(&place, &new) == whole, "round {round}"),
            Err(error) => {
                refused += 1;
                let said = error.to_string();
                assert!(
                    said.len() > 20 && said.ends_with('.'),
                    "round {round}: {said}"
                );
                assert!(Home::open(&new).is_err(), "round {round}: {said}");
            }
        }
        for gone in [&damaged, &new] {
            let _ = fs::remove_dir_all(gone);
        }
    }
    assert!(refused > 30, "{refused} of 60");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    fs::set_permissions(to, fs::Permissions::from_mode(0o700)).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}
