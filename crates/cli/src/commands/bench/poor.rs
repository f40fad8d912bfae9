//! What a poor network costs: bytes of a message, and times under loss, from far away and after an
//! outage.

use std::thread;
use std::time::{Duration, Instant};

use redphone_api::Refusal;
use serde::Serialize;

use super::network::Network;
use super::setting::stations;
use super::{BenchArgs, Context, at, body, follow, micros, receipted, release, senders};
use super::{text, unmeasured};
use crate::demo::folder::Folder;
use crate::demo::stage::Stage;
use crate::exit::Exit;

/// Messages whose bytes are counted.
const COUNTED: u32 = 20;
/// How long a counted message is given to be over.
const COUNTED_FOR: Duration = Duration::from_millis(400);
/// Messages under loss.
const LOSSY: u32 = 100;
/// Messages by satellite.
const FAR: u32 = 50;
/// Messages before those that count: the line learns round trip and loss from them.
const LEARNT_FROM: u32 = 40;
/// How long the network is cut.
const OUTAGE: Duration = Duration::from_secs(60);

/// What was measured. Times in microseconds, bytes with IPv4 and UDP headers.
#[derive(Debug, Serialize)]
struct Poor {
    over: &'static str,
    text_bytes: u32,
    bytes_out_p50: u64,
    bytes_back_p50: u64,
    lossy_p50_us: u64,
    lossy_worst_us: u64,
    far_p50_us: u64,
    far_worst_us: u64,
    far_bytes_out: u64,
    outage_us: u64,
}

/// Measures.
///
/// # Errors
///
/// When the stations cannot be set up, or a receipt does not come.
pub(super) fn run(context: &Context, args: &BenchArgs) -> Result<Exit, Refusal> {
    let folder = Folder::make(false)?;
    let stage = Stage::mute(context.paper());
    let network = Network::start().map_err(|fault| unmeasured(&fault))?;
    let (nord, _sud, _) = stations(&stage, &folder, args.over, network.route)?;
    let mut events = follow(&nord)?;
    let mut sender = senders(&nord, 1)?;
    let mut number = 0;
    let mut one = || {
        number += 1;
        let begun = Instant::now();
        release(&mut sender, &body(&text(number, args.bytes)), 1)?;
        receipted(&mut events, begun)?;
        Ok::<u64, Refusal>(micros(begun.elapsed()))
    };
    one()?;

    let (mut out, mut back) = (Vec::new(), Vec::new());
    for _ in 0..COUNTED {
        thread::sleep(COUNTED_FOR);
        let before = network.carried();
        one()?;
        thread::sleep(COUNTED_FOR);
        let [gone, come] = network.carried();
        out.push(gone - before[0]);
        back.push(come - before[1]);
    }
    network.set(2, Duration::from_millis(300));
    times(LEARNT_FROM, &mut one)?;
    let before = network.carried();
    let far = times(FAR, &mut one)?;
    let far_bytes_out = (network.carried()[0] - before[0]) / u64::from(FAR);
    network.set(50, Duration::from_millis(20));
    times(LEARNT_FROM, &mut one)?;
    let lossy = times(LOSSY, &mut one)?;
    network.set(0, Duration::ZERO);
    one()?;
    let outage_us = outage(&network, &mut one)?;

    out.sort_unstable();
    back.sort_unstable();
    let poor = Poor {
        over: args.over.name(),
        text_bytes: args.bytes,
        bytes_out_p50: at(&out, 50),
        bytes_back_p50: at(&back, 50),
        lossy_p50_us: at(&lossy, 50),
        lossy_worst_us: at(&lossy, 100),
        far_p50_us: at(&far, 50),
        far_worst_us: at(&far, 100),
        far_bytes_out,
        outage_us,
    };
    context.answer(&poor, |_| told(&poor))?;
    Ok(Exit::Done)
}

/// So many messages, one after the other, sorted.
fn times(count: u32, one: &mut impl FnMut() -> Result<u64, Refusal>) -> Result<Vec<u64>, Refusal> {
    let took: Result<Vec<u64>, Refusal> = (0..count).map(|_| one()).collect();
    let mut took = took?;
    took.sort_unstable();
    Ok(took)
}

/// A message is released while the network is cut; from its return until the receipt.
fn outage(
    network: &Network,
    one: &mut impl FnMut() -> Result<u64, Refusal>,
) -> Result<u64, Refusal> {
    network.cut(true);
    thread::scope(|scope| {
        let back = scope.spawn(|| {
            thread::sleep(OUTAGE);
            network.cut(false);
            Instant::now()
        });
        one()?;
        let receipted_at = Instant::now();
        let back_at = back.join().unwrap_or(receipted_at);
        Ok(micros(receipted_at.saturating_duration_since(back_at)))
    })
}

fn told(poor: &Poor) -> String {
    let ms = |us: u64| format!("{} ms", us / 1_000);
    format!(
        "messages of {} bytes over {}, through a network of our own\n\
         \n  bytes of a message           {} out, {} back, with IPv4 and UDP headers\
         \n  50 % lost each way, 40 ms    p50 {}   worst of {LOSSY} {}   none lost\
         \n  600 ms, 2 % lost             p50 {}   worst of {FAR} {}   {} bytes out a message\
         \n  cut for {} s                 {}  from its return to the receipt\n",
        poor.text_bytes,
        poor.over,
        poor.bytes_out_p50,
        poor.bytes_back_p50,
        ms(poor.lossy_p50_us),
        ms(poor.lossy_worst_us),
        ms(poor.far_p50_us),
        ms(poor.far_worst_us),
        poor.far_bytes_out,
        OUTAGE.as_secs(),
        ms(poor.outage_us),
    )
}
