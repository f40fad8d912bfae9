//! Errands of the border that are no requests of the hub: couriers' bags.

use redphone_api::{Refusal, RefusalKind};
use redphone_journal::Storage;
use redphone_line::BearerId;
use redphone_station::{FrameOutcome, Hub};
use redphone_wire::Now;

use super::Surroundings;
use crate::bag::BAG_FRAMES_BYTES_MAX;
use crate::calls::{BagOut, BagTaken};

/// Gives a bag's frames to the hub: each to the couriers that it may have come by, until one
/// takes it.
pub(super) fn take_bag<S: Storage>(
    hub: &mut Hub<S>,
    around: &Surroundings,
    now: Now,
    bearer: Option<&str>,
    frames: &[Vec<u8>],
) -> Result<BagTaken, Refusal> {
    let couriers = around.bearers.couriers(bearer);
    if couriers.is_empty() {
        return Err(no_courier(bearer));
    }
    let mut taken = BagTaken::default();
    for frame in frames {
        let outcome = couriers
            .iter()
            .map(|courier| (*courier, hub.handle_frame(now, *courier, frame)))
            .find(|(_, outcome)| *outcome != FrameOutcome::Refused);
        match outcome {
            Some((courier, outcome)) => {
                let slot = around.bearers.slot(courier);
                around.board.count_frame(slot, outcome);
                taken.frames += 1;
                taken.messages +=
                    u32::from(matches!(outcome, FrameOutcome::Took { whole: true, .. }));
                taken.also_came += u32::from(outcome == FrameOutcome::AlsoCame);
            }
            None => taken.refused += 1,
        }
    }
    Ok(taken)
}

pub(super) fn pack_bag<S: Storage>(
    hub: &mut Hub<S>,
    around: &Surroundings,
    now: Now,
    courier: BearerId,
) -> Result<BagOut, Refusal> {
    let frames = hub.courier_export(now, courier, BAG_FRAMES_BYTES_MAX);
    let slot = around.bearers.slot(courier);
    let bearer = slot.map_or_else(String::new, |slot| slot.config.spec.name.clone());
    if frames.is_empty() {
        return Err(Refusal::operator(
            RefusalKind::Policy,
            format!("There is nothing to pack for '{bearer}': its line is not paired, or held."),
            "See the line with `redphone line`.",
        ));
    }
    Ok(BagOut {
        bearer,
        station: hub.name().clone(),
        utc: now.utc,
        frames,
    })
}

pub(super) fn one_courier(
    around: &Surroundings,
    bearer: Option<&str>,
) -> Result<BearerId, Refusal> {
    match around.bearers.couriers(bearer).as_slice() {
        [] => Err(no_courier(bearer)),
        [one] => Ok(*one),
        _ => Err(Refusal::operator(
            RefusalKind::Usage,
            "The configuration has several couriers.",
            "Name the one that you pack for.",
        )),
    }
}

fn no_courier(bearer: Option<&str>) -> Refusal {
    let what = match bearer {
        Some(name) => format!("There is no courier '{name}' in the configuration."),
        None => "The configuration has no courier.".to_owned(),
    };
    let to_do = "Add one under [[courier]] in config.toml and start the station again.";
    Refusal::operator(RefusalKind::NotFound, what, to_do)
}
