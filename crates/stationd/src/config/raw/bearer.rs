//! The table of one bearer as written, what it is when a setting is left out, and what it must be.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use redphone_bearers::{quic, serial, udp};
use redphone_line::{BearerKind, BearerSpec, Carries, Cover, Rate};
use redphone_wire::{PartyName, limits::FRAME_BYTES_MAX};
use serde::Deserialize;

use crate::config::{BEARER_NAME_BYTES_MAX, BearerConfig, Medium};

/// Bytes of the smallest frame that a bearer must carry: a contact frame fits.
const MTU_BYTES_MIN: usize = 128;
const UDP_MTU_BYTES: usize = 1_200;
const UDP_MTU_BYTES_MAX: usize = 9_000;
const SERIAL_MTU_BYTES: usize = 256;
const SERIAL_MTU_BYTES_MAX: usize = 4_096;
const COURIER_MTU_BYTES: usize = 16_384;
/// A QUIC bearer is not paced by us unless the configuration says so.
const QUIC_RATE_BIT_S: u64 = 1_000_000_000;
const RATE_BIT_S_MIN: u64 = 10;
const RATE_BIT_S_MAX: u64 = 100_000_000_000;
const BAUD_MIN: u32 = 45;
const BAUD_MAX: u32 = 4_000_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Courier {
    name: String,
    peer: String,
    dir: Option<PathBuf>,
    #[serde(default = "courier_mtu")]
    mtu_bytes: usize,
    #[serde(default)]
    cost: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Quic {
    name: String,
    peer: String,
    bind: SocketAddr,
    address: Option<SocketAddr>,
    #[serde(default = "quic_rate")]
    rate_bit_s: u64,
    #[serde(default = "quic_mtu")]
    mtu_bytes: usize,
    #[serde(default)]
    cost: u32,
    cover: Option<RawCover>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Serial {
    name: String,
    peer: String,
    port: PathBuf,
    baud: u32,
    #[serde(default = "serial_mtu")]
    mtu_bytes: usize,
    #[serde(default)]
    carries: Way,
    #[serde(default)]
    cost: u32,
    cover: Option<RawCover>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Udp {
    name: String,
    peer: String,
    bind: SocketAddr,
    address: Option<SocketAddr>,
    rate_bit_s: u64,
    #[serde(default = "udp_mtu")]
    mtu_bytes: usize,
    #[serde(default)]
    carries: Way,
    #[serde(default)]
    cost: u32,
    cover: Option<RawCover>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Way {
    #[default]
    Both,
    In,
    Out,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCover {
    frame_bytes: usize,
    interval_ms: u64,
}

fn courier_mtu() -> usize {
    COURIER_MTU_BYTES
}

fn quic_mtu() -> usize {
    quic::MTU
}

fn quic_rate() -> u64 {
    QUIC_RATE_BIT_S
}

fn serial_mtu() -> usize {
    SERIAL_MTU_BYTES
}

fn udp_mtu() -> usize {
    UDP_MTU_BYTES
}

impl Courier {
    pub(super) fn check(self) -> Result<BearerConfig, String> {
        mtu_within(self.mtu_bytes, FRAME_BYTES_MAX)?;
        Ok(BearerConfig {
            peer: peer(&self.peer)?,
            spec: BearerSpec {
                name: bearer_name(self.name)?,
                kind: BearerKind::Courier,
                mtu: self.mtu_bytes,
                rate: Rate::UNPACED,
                overhead: 0,
                carries: Carries::Both,
                cost: self.cost,
                cover: None,
            },
            medium: Medium::Courier { dir: self.dir },
        })
    }
}

impl Quic {
    pub(super) fn check(self) -> Result<BearerConfig, String> {
        mtu_within(self.mtu_bytes, quic::MTU_MAX)?;
        same_family(self.bind, self.address)?;
        let spec = BearerSpec {
            name: bearer_name(self.name)?,
            kind: BearerKind::Quic,
            mtu: self.mtu_bytes,
            rate: rate(self.rate_bit_s)?,
            overhead: of_family(self.bind, quic::OVERHEAD_V4, quic::OVERHEAD_V6),
            carries: Carries::Both,
            cost: self.cost,
            cover: self.cover.map(Cover::from),
        };
        cover_fits(&spec)?;
        Ok(BearerConfig {
            peer: peer(&self.peer)?,
            spec,
            medium: Medium::Quic {
                bind: self.bind,
                address: self.address,
            },
        })
    }
}

impl Serial {
    pub(super) fn check(self) -> Result<BearerConfig, String> {
        mtu_within(self.mtu_bytes, SERIAL_MTU_BYTES_MAX)?;
        if !(BAUD_MIN..=BAUD_MAX).contains(&self.baud) {
            return Err(format!(
                "baud = {} is outside {BAUD_MIN} to {BAUD_MAX}",
                self.baud
            ));
        }
        if self.port.as_os_str().is_empty() {
            return Err("port is empty: write the device, as /dev/ttyS0".to_owned());
        }
        let spec = BearerSpec {
            name: bearer_name(self.name)?,
            kind: BearerKind::Serial,
            mtu: self.mtu_bytes,
            rate: Rate::serial(self.baud.into()),
            overhead: serial::OVERHEAD,
            carries: self.carries.into(),
            cost: self.cost,
            cover: self.cover.map(Cover::from),
        };
        cover_fits(&spec)?;
        Ok(BearerConfig {
            peer: peer(&self.peer)?,
            spec,
            medium: Medium::Serial {
                port: self.port,
                baud: self.baud,
            },
        })
    }
}

impl Udp {
    pub(super) fn check(self) -> Result<BearerConfig, String> {
        mtu_within(self.mtu_bytes, UDP_MTU_BYTES_MAX)?;
        same_family(self.bind, self.address)?;
        if matches!(self.carries, Way::Out) && self.address.is_none() {
            return Err("a bearer that only sends needs the peer's address".to_owned());
        }
        let spec = BearerSpec {
            name: bearer_name(self.name)?,
            kind: BearerKind::Udp,
            mtu: self.mtu_bytes,
            rate: rate(self.rate_bit_s)?,
            overhead: of_family(self.bind, udp::OVERHEAD_V4, udp::OVERHEAD_V6),
            carries: self.carries.into(),
            cost: self.cost,
            cover: self.cover.map(Cover::from),
        };
        cover_fits(&spec)?;
        Ok(BearerConfig {
            peer: peer(&self.peer)?,
            spec,
            medium: Medium::Udp {
                bind: self.bind,
                address: self.address,
            },
        })
    }
}

impl From<Way> for Carries {
    fn from(way: Way) -> Self {
        match way {
            Way::Both => Self::Both,
            Way::In => Self::In,
            Way::Out => Self::Out,
        }
    }
}

impl From<RawCover> for Cover {
    fn from(cover: RawCover) -> Self {
        Self {
            frame_bytes: cover.frame_bytes,
            interval: Duration::from_millis(cover.interval_ms),
        }
    }
}

fn peer(name: &str) -> Result<PartyName, String> {
    name.parse()
        .map_err(|error| format!("peer = '{name}' is no party: {error}"))
}

fn bearer_name(name: String) -> Result<String, String> {
    let plain = name
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if plain && !name.is_empty() && name.len() <= BEARER_NAME_BYTES_MAX {
        Ok(name)
    } else {
        Err(format!(
            "name = '{name}' is no bearer's name: it has 1 to {BEARER_NAME_BYTES_MAX} of a-z, 0-9 \
             and -"
        ))
    }
}

fn rate(rate_bit_s: u64) -> Result<Rate, String> {
    if (RATE_BIT_S_MIN..=RATE_BIT_S_MAX).contains(&rate_bit_s) {
        Ok(Rate::datagrams(rate_bit_s))
    } else {
        Err(format!(
            "rate_bit_s = {rate_bit_s} is outside {RATE_BIT_S_MIN} to {RATE_BIT_S_MAX}"
        ))
    }
}

fn mtu_within(mtu_bytes: usize, most: usize) -> Result<(), String> {
    if (MTU_BYTES_MIN..=most).contains(&mtu_bytes) {
        Ok(())
    } else {
        Err(format!(
            "mtu_bytes = {mtu_bytes} is outside {MTU_BYTES_MIN} to {most} for this kind of bearer"
        ))
    }
}

fn same_family(bind: SocketAddr, address: Option<SocketAddr>) -> Result<(), String> {
    if let Some(address) = address
        && address.port() == 0
    {
        return Err(format!("address = '{address}' has no port"));
    }
    match address {
        // The unspecified address of IPv6 carries IPv4 as well.
        Some(_) if bind.is_ipv6() && bind.ip().is_unspecified() => Ok(()),
        Some(address) if address.is_ipv4() != bind.is_ipv4() => Err(format!(
            "bind = '{bind}' and address = '{address}' are of different kinds: both IPv4 or both \
             IPv6"
        )),
        Some(_) | None => Ok(()),
    }
}

fn of_family(bind: SocketAddr, four: usize, six: usize) -> usize {
    if bind.is_ipv4() { four } else { six }
}

fn cover_fits(spec: &BearerSpec) -> Result<(), String> {
    let Some(cover) = spec.cover else {
        return Ok(());
    };
    if !(MTU_BYTES_MIN..=spec.mtu).contains(&cover.frame_bytes) {
        return Err(format!(
            "cover frames of {} bytes do not fit: this bearer carries {MTU_BYTES_MIN} to {} bytes",
            cover.frame_bytes, spec.mtu
        ));
    }
    let air_time = spec.air_time(cover.frame_bytes);
    if cover.interval.is_zero() || air_time > cover.interval {
        return Err(format!(
            "a cover frame every {} ms is faster than this bearer: one takes {} ms",
            cover.interval.as_millis(),
            air_time.as_millis()
        ));
    }
    Ok(())
}
