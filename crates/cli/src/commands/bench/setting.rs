//! Two stations for a measurement: founded, paired, joined by one bearer.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use redphone_api::Refusal;

use super::Over;
use crate::commands::failed;
use crate::demo::folder::Folder;
use crate::demo::stage::Stage;
use crate::demo::station::Station;
use crate::demo::{ip, keys};

/// For each station: where it listens, and where it finds the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Route {
    pub(super) nord: (SocketAddr, SocketAddr),
    pub(super) sud: (SocketAddr, SocketAddr),
}

impl Route {
    /// Straight to each other.
    pub(super) fn direct() -> io::Result<Self> {
        let (nord, sud) = (ip::free_address()?, ip::free_address()?);
        Ok(Self {
            nord: (nord, sud),
            sud: (sud, nord),
        })
    }
}

/// Two paired stations, joined by one bearer, running.
pub(super) fn stations(
    stage: &Stage,
    folder: &Folder,
    over: Over,
    route: Route,
) -> Result<(Station, Station, Duration), Refusal> {
    let mut nord = Station::new(folder.path(), "NORD", "SUD");
    let mut sud = Station::new(folder.path(), "SUD", "NORD");
    keys::homes(stage, [&nord, &sud])?;
    keys::cards(stage, folder.path(), [&nord, &sud])?;
    keys::tapes(stage, folder.path(), [&nord, &sud])?;
    keys::pairing(stage, folder.path(), [&nord, &sud])?;
    configure(&nord, &sud, over, route)
        .map_err(|fault| failed(format!("No bearer: {fault}."), ""))?;
    let ready = nord.start()?;
    sud.start()?;
    Ok((nord, sud, ready))
}

fn configure(nord: &Station, sud: &Station, over: Over, route: Route) -> io::Result<()> {
    let kind = over.name();
    let rate = match over {
        Over::Quic => "",
        Over::Udp => "rate_bit_s = 1000000000\n",
    };
    for (station, (bind, address)) in [(nord, route.nord), (sud, route.sud)] {
        let peer = station.peer;
        let config = format!(
            "[[{kind}]]\nname = \"ip\"\npeer = \"{peer}\"\nbind = \"{bind}\"\n\
             address = \"{address}\"\n{rate}",
        );
        std::fs::write(station.home().join("config.toml"), config)?;
    }
    Ok(())
}
