//! A courier's bag on carried media: packed from the hub's frames, or given to the hub in small
//! portions, so that media full of bags take no memory.
//!
//! It blocks on the media: call it off the event loops. The form of a bag is the bearers' room's.

use std::path::{Path, PathBuf};

use redphone_api::{Refusal, RefusalKind};
use redphone_bearers::courier::{self, NoBag};
use redphone_line::BearerKind;
use redphone_wire::{PartyName, Utc};

use crate::calls::{BagTaken, Call, HubHandle};
use crate::config::{BearerConfig, Medium};

/// Bytes of frames that one bag takes.
pub(crate) const BAG_FRAMES_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Frames given to the hub in one go.
const PORTION_FRAMES_MAX: usize = 512;
/// Bytes given to the hub in one go, a frame more at most.
const PORTION_BYTES_MAX: usize = 1024 * 1024;
/// Names tried for a bag before giving up.
const NAMES_TRIED_MAX: u64 = 100;

/// The courier bearers' directories, by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Couriers(Vec<(String, Option<PathBuf>)>);

impl Couriers {
    /// Those of a configuration.
    pub(crate) fn of(bearers: &[BearerConfig]) -> Self {
        let couriers = bearers.iter().filter_map(|bearer| match &bearer.medium {
            Medium::Courier { dir } => Some((bearer.spec.name.clone(), dir.clone())),
            Medium::Quic { .. } | Medium::Serial { .. } | Medium::Udp { .. } => {
                debug_assert!(
                    bearer.spec.kind != BearerKind::Courier,
                    "kind follows medium"
                );
                None
            }
        });
        Self(couriers.collect())
    }

    /// The directory of a courier, or of the only one.
    pub(crate) fn dir_of(&self, bearer: Option<&str>) -> Option<PathBuf> {
        match (bearer, self.0.as_slice()) {
            (None, [(_, dir)]) => dir.clone(),
            (None, _) => None,
            (Some(bearer), couriers) => {
                let found = couriers.iter().find(|(name, _)| name == bearer);
                found.and_then(|(_, dir)| dir.clone())
            }
        }
    }
}

/// Packs a bag, named for the station and the time, so that bags sort by age. Returns its file.
pub(crate) fn pack(
    dir: &Path,
    station: &PartyName,
    now: Utc,
    frames: &[Vec<u8>],
) -> Result<String, Refusal> {
    let seconds = now.0 / 1_000;
    for number in seconds..seconds.saturating_add(NAMES_TRIED_MAX) {
        match courier::export_bag(dir, station, number, frames) {
            Ok(path) => return Ok(path.display().to_string()),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(media(dir, &error, "No bag was left there.")),
        }
    }
    let error = std::io::ErrorKind::AlreadyExists.into();
    Err(media(dir, &error, "No bag was left there."))
}

/// What was in a directory.
#[derive(Debug, Default)]
pub(crate) struct Unpacked {
    /// The bags that were read.
    pub(crate) files: Vec<String>,
    /// What became of their frames.
    pub(crate) taken: BagTaken,
}

/// Gives every frame of every bag in a directory to the hub.
pub(crate) fn unpack(
    dir: &Path,
    hub: &HubHandle,
    bearer: Option<&str>,
) -> Result<Unpacked, Refusal> {
    let mut portion = Portion {
        hub,
        bearer,
        frames: Vec::new(),
        bytes: 0,
        taken: BagTaken::default(),
        refused: None,
    };
    let import = courier::import_bags(dir, |frame| portion.add(frame))
        .map_err(|error| media(dir, &error, "What was read before is kept."))?;
    portion.give();
    if let Some(refusal) = portion.refused {
        return Err(refusal);
    }
    let mut taken = portion.taken;
    for skipped in &import.skipped {
        tracing::warn!(why = %skipped.why, "a file on carried media was not read");
        if !matches!(skipped.why, NoBag::Foreign) {
            taken.refused = taken.refused.saturating_add(1);
        }
    }
    let names = import.bags.iter();
    Ok(Unpacked {
        files: names
            .map(|name| name.to_string_lossy().into_owned())
            .collect(),
        taken,
    })
}

/// Frames gathered for the hub.
struct Portion<'a> {
    hub: &'a HubHandle,
    bearer: Option<&'a str>,
    frames: Vec<Vec<u8>>,
    bytes: usize,
    taken: BagTaken,
    refused: Option<Refusal>,
}

impl Portion<'_> {
    fn add(&mut self, frame: Vec<u8>) {
        self.bytes += frame.len();
        self.frames.push(frame);
        if self.frames.len() == PORTION_FRAMES_MAX || self.bytes >= PORTION_BYTES_MAX {
            self.give();
        }
    }

    fn give(&mut self) {
        let frames = std::mem::take(&mut self.frames);
        self.bytes = 0;
        if frames.is_empty() || self.refused.is_some() {
            return;
        }
        let bearer = self.bearer.map(str::to_owned);
        let ask = |reply| Call::BagIn {
            bearer,
            frames,
            reply,
        };
        match self.hub.ask_blocking(ask) {
            Ok(taken) => self.taken.add(taken),
            Err(refusal) => self.refused = Some(refusal),
        }
    }
}

fn media(dir: &Path, error: &std::io::Error, and: &str) -> Refusal {
    Refusal::operator(
        RefusalKind::Failed,
        format!(
            "The carried media at {} failed: {error}. {and}",
            dir.display()
        ),
        "Look at the media, its free space and who may write there; then try again.",
    )
}
