//! `bench`: measures this machine with two stations of its own, beside a bare floor in the same
//! run: what the disk's syncs and one UDP echo alone would take.

use std::fs::File;
use std::io::{self, Write};
use std::net::UdpSocket;
use std::os::unix::fs::FileExt;
use std::thread;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use redphone_api::{Refusal, RungName};
use serde::Serialize;

use super::{Context, failed};
use crate::demo::folder::Folder;
use crate::demo::stage::Stage;
use crate::demo::station::Station;
use crate::demo::{ip, keys};
use crate::exit::Exit;

/// Synced appends between a command and its durable receipt: the sender's, the receiver's, and
/// the sender's note of the receipt.
const APPENDS: usize = 3;
/// Bytes of one append of the floor.
const APPEND_BYTES: usize = 4_096;
/// Times that the floor is measured.
const FLOOR_ROUNDS: usize = 50;
/// Clients that send at once when the rate is measured.
const CLIENTS: u32 = 8;
/// How long a receipt, and all receipts, may take.
const RECEIPT_WITHIN: Duration = Duration::from_secs(60);

/// Measure this machine with two stations of its own.
#[derive(Args, Debug)]
#[command(after_help = "\
It starts two stations in a temporary directory, joined over loopback, and tells how long a message
takes from the command to its durable receipt, how many go through a second, and what the disk and
one UDP echo alone would take. No station of yours is touched.

Examples:
  redphone bench
  redphone bench --over udp --messages 1000 --json")]
pub(crate) struct BenchArgs {
    /// The bearer: quic or udp
    #[arg(long, value_enum, default_value = "quic", value_name = "BEARER")]
    #[arg(hide_possible_values = true)]
    over: Over,
    /// Messages of each measurement, up to 100000
    #[arg(long, default_value_t = 200, value_name = "COUNT")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=100_000))]
    messages: u32,
    /// Bytes of each text, up to 60000
    #[arg(long, default_value_t = 280, value_name = "COUNT")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=60_000))]
    bytes: u32,
}

/// Bearers that can be measured on one machine.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Over {
    /// QUIC datagrams
    Quic,
    /// Plain UDP datagrams
    Udp,
}

/// What was measured. Times in microseconds.
#[derive(Debug, Serialize)]
struct Figures {
    over: &'static str,
    messages: u32,
    text_bytes: u32,
    receipt_p50_us: u64,
    receipt_p95_us: u64,
    receipt_worst_us: u64,
    floor_us: u64,
    messages_a_second: u64,
}

/// Measures.
///
/// # Errors
///
/// When the stations cannot be set up, or a receipt does not come.
pub(crate) fn run(context: &Context, args: &BenchArgs) -> Result<Exit, Refusal> {
    let folder = Folder::make(false)?;
    let floor = floor(&folder).map_err(|fault| failed(format!("No floor: {fault}."), ""))?;
    let stage = Stage::mute(context.paper());
    let (nord, _sud) = stations(&stage, &folder, args.over)?;
    let mut took = Vec::new();
    for number in 0..args.messages {
        took.push(one(&nord, number, args.bytes)?);
    }
    took.sort_unstable();
    let rate = rate(&nord, args)?;
    let figures = Figures {
        over: if args.over == Over::Quic {
            "quic"
        } else {
            "udp"
        },
        messages: args.messages,
        text_bytes: args.bytes,
        receipt_p50_us: at(&took, 50),
        receipt_p95_us: at(&took, 95),
        receipt_worst_us: at(&took, 100),
        floor_us: floor,
        messages_a_second: rate,
    };
    context.answer(&figures, |_| told(&figures))?;
    Ok(Exit::Done)
}

fn told(figures: &Figures) -> String {
    let ms = |us: u64| format!("{}.{:02} ms", us / 1_000, us % 1_000 / 10);
    let ratio = figures.receipt_p50_us * 10 / figures.floor_us.max(1);
    format!(
        "{} messages of {} bytes over {}, two stations on this machine\n\
         \n  command to durable receipt   p50 {}   p95 {}   worst {}\
         \n  floor: {APPENDS} syncs, 1 UDP echo  p50 {}   p50 is {}.{} times the floor\
         \n  durable messages a second    {}  ({CLIENTS} clients at once)\n",
        figures.messages,
        figures.text_bytes,
        figures.over,
        ms(figures.receipt_p50_us),
        ms(figures.receipt_p95_us),
        ms(figures.receipt_worst_us),
        ms(figures.floor_us),
        ratio / 10,
        ratio % 10,
        figures.messages_a_second,
    )
}

/// Two paired stations, joined by one bearer, running.
fn stations(stage: &Stage, folder: &Folder, over: Over) -> Result<(Station, Station), Refusal> {
    let mut nord = Station::new(folder.path(), "NORD", "SUD");
    let mut sud = Station::new(folder.path(), "SUD", "NORD");
    keys::homes(stage, [&nord, &sud])?;
    keys::cards(stage, folder.path(), [&nord, &sud])?;
    keys::tapes(stage, folder.path(), [&nord, &sud])?;
    keys::pairing(stage, folder.path(), [&nord, &sud])?;
    configure(&nord, &sud, over).map_err(|fault| failed(format!("No bearer: {fault}."), ""))?;
    nord.start()?;
    sud.start()?;
    Ok((nord, sud))
}

fn configure(nord: &Station, sud: &Station, over: Over) -> io::Result<()> {
    let (ours, theirs) = (ip::free_address()?, ip::free_address()?);
    for (station, bind, address) in [(nord, ours, theirs), (sud, theirs, ours)] {
        let (kind, rate) = match over {
            Over::Quic => ("quic", ""),
            Over::Udp => ("udp", "rate_bit_s = 1000000000\n"),
        };
        let peer = station.peer;
        let config = format!(
            "[[{kind}]]\nname = \"ip\"\npeer = \"{peer}\"\nbind = \"{bind}\"\n\
             address = \"{address}\"\n{rate}",
        );
        std::fs::write(station.home().join("config.toml"), config)?;
    }
    Ok(())
}

/// One message, from the command to its durable receipt, in microseconds.
fn one(nord: &Station, number: u32, bytes: u32) -> Result<u64, Refusal> {
    let text = text(number, bytes);
    let begun = Instant::now();
    let sent = nord.send("priority", &text)?;
    while nord.reached(sent.serial, RungName::AtStation).is_none() {
        if begun.elapsed() > RECEIPT_WITHIN {
            return Err(failed(
                format!("No receipt for {}.", sent.name),
                "Try it again.",
            ));
        }
    }
    Ok(micros(begun.elapsed()))
}

/// Messages a second, until the last is receipted, with several clients at once.
fn rate(nord: &Station, args: &BenchArgs) -> Result<u64, Refusal> {
    let each = args.messages.div_ceil(CLIENTS);
    let begun = Instant::now();
    let last: Result<Vec<u32>, Refusal> = thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                scope.spawn(move || {
                    let mut last = 0;
                    for number in 0..each {
                        let text = text(client * each + number, args.bytes);
                        last = nord.send("priority", &text)?.serial;
                    }
                    Ok(last)
                })
            })
            .collect();
        clients
            .into_iter()
            .map(|client| client.join().unwrap_or(Ok(0)))
            .collect()
    });
    for serial in last? {
        while nord.reached(serial, RungName::AtStation).is_none() {
            if begun.elapsed() > RECEIPT_WITHIN {
                return Err(failed("Not all receipts came.", "Try it again."));
            }
            thread::sleep(Duration::from_millis(1));
        }
    }
    let sent = u64::from(each) * u64::from(CLIENTS);
    Ok(sent * 1_000_000 / micros(begun.elapsed()).max(1))
}

/// What the disk's syncs and one echo alone take, p50, in microseconds.
fn floor(folder: &Folder) -> io::Result<u64> {
    let file = File::create(folder.path().join("floor"))?;
    let page = [7; APPEND_BYTES];
    let (ours, theirs) = (
        UdpSocket::bind("127.0.0.1:0")?,
        UdpSocket::bind("127.0.0.1:0")?,
    );
    ours.connect(theirs.local_addr()?)?;
    theirs.connect(ours.local_addr()?)?;
    let mut took = Vec::new();
    for round in 0..FLOOR_ROUNDS {
        let begun = Instant::now();
        for append in 0..APPENDS {
            let offset = (round * APPENDS + append) * APPEND_BYTES;
            file.write_all_at(&page, offset as u64)?;
            file.sync_data()?;
        }
        let mut datagram = [0; 512];
        ours.send(&datagram)?;
        theirs.recv(&mut datagram)?;
        theirs.send(&datagram)?;
        ours.recv(&mut datagram)?;
        took.push(micros(begun.elapsed()));
    }
    (&file).flush()?;
    took.sort_unstable();
    Ok(at(&took, 50))
}

/// The value below which so many of a hundred lie.
fn at(sorted: &[u64], percent: usize) -> u64 {
    let index = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(index).copied().unwrap_or(0)
}

/// English of so many bytes, different for each number.
fn text(number: u32, bytes: u32) -> String {
    const WORDS: &str =
        "The exercise in the strait ends at noon; no aircraft will cross the line. ";
    let mut text = format!("Message {number}. ");
    let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
    while text.len() < bytes {
        text.push_str(WORDS);
    }
    text.truncate(bytes);
    text
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
