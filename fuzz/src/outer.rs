//! Decoders of the rooms that touch the world: the serial stream, bags, the configuration, the
//! bodies of calls, and what the disk gives back.

use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use redphone_api::Request;
use redphone_bearers::courier::import_bags;
use redphone_bearers::delimit::{Cut, Delimiter, wrap};
use redphone_journal::{Journal, MemoryStorage, StationKey, Step};
use redphone_seal::words::check_typed;
use redphone_station::{Founding, Hub, Record};
use redphone_stationd::{Config, body_is_taken};
use redphone_wire::{Environment, Fingerprint, Now, Utc, to_bytes};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// Longest frame of the serial stream that is cut here.
const FRAME_BYTES_MAX: usize = 255;
/// Paths of calls with a body of each shape.
const BODIES: [&str; 14] = [
    "/v1/bearers/{name}",
    "/v1/cards",
    "/v1/courier/export",
    "/v1/desk",
    "/v1/journal/verify",
    "/v1/messages",
    "/v1/messages/{name}/acknowledge",
    "/v1/order-wire",
    "/v1/pairings",
    "/v1/subjects",
    "/v1/tapes",
    "/v1/tapes/install",
    "/v1/tests",
    "/v1/courier/import",
];
const AT: Now = Now {
    monotonic: Duration::from_secs(1),
    utc: Utc(1_793_461_512_345),
};

/// What a serial port hears, in any pieces: frames that are cut out of it are within the bound, and
/// each is heard again when it is sent as it is.
pub(crate) fn serial_stream(bytes: &[u8]) {
    let mut cuts = Vec::new();
    let mut whole = Delimiter::new(FRAME_BYTES_MAX);
    whole.push(bytes, |cut| cuts.push(cut));
    let mut pieces = Delimiter::new(FRAME_BYTES_MAX);
    let mut index = 0;
    for piece in bytes.chunks(7) {
        pieces.push(piece, |cut| {
            assert!(
                cuts.get(index) == Some(&cut),
                "cut {index} differs in pieces"
            );
            index += 1;
        });
    }
    assert_eq!(index, cuts.len());
    for cut in &cuts {
        let Cut::Frame(frame) = cut else {
            continue;
        };
        assert!(!frame.is_empty() && frame.len() <= FRAME_BYTES_MAX + 1);
        let mut again = Vec::new();
        Delimiter::new(FRAME_BYTES_MAX + 1).push(&wrap(frame, true), |cut| again.push(cut));
        assert!(
            again == [Cut::Frame(frame.clone())],
            "a frame that does not come back"
        );
    }
}

/// A file on carried media, as it came and with a digest that fits.
pub(crate) fn courier_bag(bytes: &[u8]) {
    let digest = Sha256::digest(bytes);
    for bag in [bytes.to_vec(), [bytes, digest.as_slice()].concat()] {
        let mut taken = 0;
        import(&bag, |frame| {
            assert!(!frame.is_empty());
            taken += frame.len();
        });
        assert!(taken <= bag.len());
    }
}

/// Whether a bag is read without complaint, as it is.
pub(crate) fn is_bag(bytes: &[u8]) -> bool {
    import(bytes, |_| ())
}

fn import(bag: &[u8], each: impl FnMut(Vec<u8>)) -> bool {
    thread_local! {
        static PLACE: RefCell<Option<Place>> = const { RefCell::new(None) };
    }
    PLACE.with_borrow_mut(|place| {
        let place = place.get_or_insert_with(Place::new);
        let wrote = std::fs::write(place.0.join("one.bag"), bag);
        assert!(wrote.is_ok(), "no place for a bag");
        import_bags(&place.0, each).is_ok_and(|import| import.skipped.is_empty())
    })
}

/// A directory in memory where the machine has that; removed when the thread ends.
struct Place(PathBuf);

impl Place {
    fn new() -> Self {
        let memory = PathBuf::from("/dev/shm");
        let parent = if memory.is_dir() {
            memory
        } else {
            std::env::temp_dir()
        };
        let thread = format!("{:?}", std::thread::current().id());
        let thread: String = thread.chars().filter(char::is_ascii_digit).collect();
        let place = parent.join(format!("redphone-bag-{}-{thread}", std::process::id()));
        assert!(std::fs::create_dir_all(&place).is_ok());
        Self(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A configuration is taken or refused in a sentence that names a line.
pub(crate) fn config(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    match Config::parse(text) {
        Ok(config) => assert!(config.bearers.len() <= redphone_stationd::BEARERS_MAX),
        Err(refused) => assert!(!refused.what.is_empty()),
    }
}

/// The first byte picks the call, the rest is its body.
pub(crate) fn http_body(bytes: &[u8]) -> bool {
    let Some((call, body)) = bytes.split_first() else {
        return false;
    };
    let path = BODIES.get(usize::from(*call) % BODIES.len());
    path.is_some_and(|path| body_is_taken(path, body))
}

/// Words that an officer typed: only the right ones are taken, however they are written.
pub(crate) fn typed_words(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let taken = check_typed(&Fingerprint([7; 32]), text).is_ok();
    assert!(!taken || check_typed(&Fingerprint([8; 32]), text).is_err());
    taken
}

/// What a disk may give back for a journal: each change a byte for what, two for where, and for
/// what it becomes a byte with its length before it. It is noticed, or does no harm.
pub(crate) fn journal_rows(bytes: &[u8]) -> bool {
    let whole = founded();
    let mut storage = whole.clone();
    let mut rest = bytes;
    while let Some(([what, high, low], after)) = rest.split_first_chunk::<3>() {
        let place = usize::from(u16::from_be_bytes([*high, *low]));
        rest = change(&mut storage, *what, place, after);
    }
    let changed = storage != *whole;
    match read_all(storage) {
        Some(found) => {
            assert!(
                Some(found) == read_all(whole.clone()),
                "a changed journal was read as another one"
            );
            !changed
        }
        None => false,
    }
}

fn change<'b>(storage: &mut MemoryStorage, what: u8, place: usize, rest: &'b [u8]) -> &'b [u8] {
    let entry = |length: usize| place.checked_rem(length).unwrap_or(0);
    let (value, after) = match rest.split_first() {
        Some((length, after)) => after.split_at(after.len().min(usize::from(*length))),
        None => (rest, rest),
    };
    match what % 8 {
        0 => drop(storage.flip(place as u64)),
        1 => {
            let number = storage.records.keys().nth(entry(storage.records.len()));
            if let Some(number) = number.copied() {
                storage.records.remove(&number);
            }
        }
        2 => {
            storage.records.insert(place as u64, value.to_vec());
            return after;
        }
        3 => {
            let at = entry(storage.rows.len());
            let row = storage.rows.values_mut().nth(at);
            if let Some(row) = row {
                *row = value.to_vec();
            }
            return after;
        }
        4 => {
            let row = storage.rows.keys().nth(entry(storage.rows.len())).cloned();
            if let Some(row) = row {
                storage.rows.remove(&row);
            }
        }
        5 => {
            let at = entry(storage.blobs.len());
            let blob = storage.blobs.values_mut().nth(at);
            if let Some(blob) = blob {
                *blob = value.to_vec();
            }
            return after;
        }
        6 => {
            let at = entry(storage.meta.len());
            let cell = storage.meta.values_mut().nth(at);
            if let Some(cell) = cell {
                *cell = value.to_vec();
            }
            return after;
        }
        _ => {
            let mut rows = storage.rows.values().cloned();
            let other = rows.nth(entry(storage.rows.len()));
            let first = storage.rows.values_mut().next();
            if let (Some(first), Some(other)) = (first, other) {
                *first = other;
            }
        }
    }
    rest
}

type Read = (Vec<Vec<u8>>, Vec<Vec<u8>>);

/// All records and rows of a journal; none if anything in it is refused.
fn read_all(storage: MemoryStorage) -> Option<Read> {
    let (mut journal, opened) = Journal::open(storage, &key()).ok()?;
    let mut records = Vec::new();
    journal
        .replay(|_, _, record| {
            records.push(record.to_vec());
            Ok::<(), ()>(())
        })
        .ok()?;
    let verdict = journal.verify().ok()?;
    let rows = opened.rows.iter().map(|(_, value)| value.to_vec());
    let rows = rows.collect();
    verdict.is_whole().then_some((records, rows))
}

/// A record that verifies and holds anything: the hub follows it, or says which one it cannot.
pub(crate) fn hub_record(bytes: &[u8]) -> bool {
    opens_with(Step {
        records: vec![bytes.to_vec()],
        ..Step::default()
    })
}

/// The same of a snapshot.
pub(crate) fn hub_snapshot(bytes: &[u8]) -> bool {
    opens_with(Step {
        records: vec![to_bytes(&Record::Started { life: 1 })],
        snapshot: Some(bytes.to_vec()),
        ..Step::default()
    })
}

/// A row of the vault that verifies and holds anything: the first byte says whether it is a tape
/// key or a pairing that waits for its letter.
pub(crate) fn hub_rows(bytes: &[u8]) -> bool {
    let Some((which, value)) = bytes.split_first() else {
        return false;
    };
    let Ok(peer) = "SUD".parse() else {
        return false;
    };
    let installed = Record::TapeInstalled {
        peer,
        ours: true,
        first: 1,
        last: 1,
    };
    let id: &[u8] = if which % 2 == 0 {
        b"t/SUD/o/0000000001"
    } else {
        b"p/SUD"
    };
    opens_with(Step {
        records: vec![to_bytes(&installed)],
        rows: vec![(id.to_vec(), Some(Zeroizing::new(value.to_vec())))],
        ..Step::default()
    })
}

fn opens_with(step: Step) -> bool {
    let mut storage = founded().clone();
    let Ok((mut journal, _)) = Journal::open(storage, &key()) else {
        return false;
    };
    if journal.replay(|_, _, _| Ok::<(), ()>(())).is_err() {
        return false;
    }
    if journal.append(AT.utc, step, [3; 32]).is_err() {
        return false;
    }
    storage = journal.into_storage();
    let Ok(mut hub) = Hub::open(storage, &key(), AT, entropy(4)) else {
        return false;
    };
    assert!(hub.handle_request(AT, Request::Status).is_ok());
    let later = Now {
        monotonic: Duration::from_secs(7_200),
        utc: Utc(AT.utc.0 + 7_200_000),
    };
    hub.handle_timeout(later);
    let _ = hub.poll_timeout(later);
    hub.commit(later).is_ok()
}

fn key() -> StationKey {
    match StationKey::from_key_file("5a".repeat(32).as_bytes()) {
        Ok(key) => key,
        Err(error) => unreachable!("64 digits are a key file: {error:?}"),
    }
}

/// The journal of a station that was just founded.
fn founded() -> &'static MemoryStorage {
    static FOUNDED: OnceLock<MemoryStorage> = OnceLock::new();
    FOUNDED.get_or_init(|| {
        let Ok(name) = "NORD".parse() else {
            return MemoryStorage::new();
        };
        let founding = Founding {
            name,
            environment: Environment::Exercise,
        };
        let founded = Hub::create(MemoryStorage::new(), &key(), &founding, AT, entropy(1));
        assert!(founded.is_ok(), "no station was founded");
        founded.map_or_else(|_| MemoryStorage::new(), Journal::into_storage)
    })
}

fn entropy(seed: u64) -> redphone_station::Entropy {
    let mut state = seed;
    Box::new(move |bytes: &mut [u8]| {
        for byte in bytes {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            *byte = (state >> 33) as u8;
        }
        true
    })
}
