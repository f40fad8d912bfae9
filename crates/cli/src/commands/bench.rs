//! `bench`: measures this machine with two stations of its own, beside a bare floor in the same
//! run: what synced commits and one UDP echo alone would take.

mod figures;
mod floor;
mod idle;
mod network;
mod poor;
mod senders;
mod setting;

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use self::figures::{Figures, told};
use self::floor::Floor;
use self::senders::Senders;
use self::setting::{Route, stations};
use super::{Context, failed};
use crate::client::{Events, Next, unexpected};
use crate::demo::folder::Folder;
use crate::demo::stage::Stage;
use crate::demo::station::Station;
use crate::exit::Exit;
use clap::{Args, ValueEnum};
use redphone_api::{EventKind, NewAttachment, Refusal, Request, Response};

/// Clients that send at once when the rate is measured.
const CLIENTS: u32 = 64;
/// The rate is measured with so many times the messages.
const RATE_TIMES: u32 = 20;
/// Bytes of the attachment.
const ATTACHMENT_BYTES: usize = 1_000_000;
/// Attachments of which the median is told.
const ATTACHMENTS: u32 = 11;
/// How long idle stations are watched.
const IDLE: Duration = Duration::from_secs(10);
/// How long a receipt, and all receipts, may take.
const RECEIPT_WITHIN: Duration = Duration::from_secs(120);

/// Measure this machine with two stations of its own.
#[derive(Args, Debug)]
#[command(after_help = "\
It starts two stations in a temporary directory, joined over loopback, and tells how long a message
takes from the command to its durable receipt, how many go through a second, what an idle station
takes, and what the disk and one UDP echo alone would take. No station of yours is touched.

With --poor they are joined through a network of its own that loses, delays and is cut: what that
costs in time, and each message in bytes. It takes two minutes.

Examples:
  redphone bench
  redphone bench --over quic --poor
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
    /// Measure through a network that loses, delays and is cut
    #[arg(long)]
    poor: bool,
}

/// Bearers that can be measured on one machine.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Over {
    /// QUIC datagrams
    Quic,
    /// Plain UDP datagrams
    Udp,
}

impl Over {
    fn name(self) -> &'static str {
        match self {
            Self::Quic => "quic",
            Self::Udp => "udp",
        }
    }
}

/// Measures.
///
/// # Errors
///
/// When the stations cannot be set up, or a receipt does not come.
pub(crate) fn run(context: &Context, args: &BenchArgs) -> Result<Exit, Refusal> {
    if args.poor {
        return poor::run(context, args);
    }
    let folder = Folder::make(false)?;
    let stage = Stage::mute(context.paper());
    let route = Route::direct().map_err(|fault| unmeasured(&fault))?;
    let (mut nord, mut sud, ready_empty) = stations(&stage, &folder, args.over, route)?;
    let process = nord.process_id().unwrap_or_default();
    let first = body(&text(0, args.bytes));
    let mut events = follow(&nord)?;
    release(&mut senders(&nord, 1)?, &first, 1)?;
    receipted(&mut events, Instant::now())?;
    let idle = idle::watch(process, IDLE).map_err(|fault| unmeasured(&fault))?;
    let mut floor = Floor::new(folder.path()).map_err(|fault| unmeasured(&fault))?;
    let mut took = Vec::new();
    let mut sender = senders(&nord, 1)?;
    for number in 0..args.messages {
        floor.round().map_err(|fault| unmeasured(&fault))?;
        let begun = Instant::now();
        release(&mut sender, &body(&text(number, args.bytes)), 1)?;
        receipted(&mut events, begun)?;
        took.push(micros(begun.elapsed()));
    }
    took.sort_unstable();
    let (floor_p50_us, floor_p99_us) = floor.took_us();
    let mut attached = Vec::new();
    for _ in 0..ATTACHMENTS {
        attached.push(attachment(&nord, &mut events)?);
    }
    attached.sort_unstable();
    let rate = rate(&nord, args)?;
    let restart = restart(&nord, &mut sud, args.bytes)?;
    let sent = serials(&nord)?;
    nord.kill();
    let ready_killed = nord.start()?;
    nord.stop();
    let ready_full = nord.start()?;
    let figures = Figures {
        over: args.over.name(),
        messages: args.messages,
        text_bytes: args.bytes,
        floor_p50_us,
        floor_p99_us,
        receipt_p50_us: at(&took, 50),
        receipt_p99_us: at(&took, 99),
        receipt_worst_us: at(&took, 100),
        messages_a_second: rate,
        attachment_1_mb_us: at(&attached, 50),
        restart_to_receipt_us: restart,
        ready_empty_us: micros(ready_empty),
        ready_full_us: micros(ready_full),
        ready_killed_us: micros(ready_killed),
        ready_full_messages: sent,
        idle_resident_kib: idle.resident_kib,
        idle_own_kib: idle.own_kib,
        idle_cpu_millipercent: idle.cpu_millipercent,
    };
    context.answer(&figures, |_| told(&figures))?;
    Ok(Exit::Done)
}

/// Connections that are kept, as a desk keeps them.
fn senders(nord: &Station, count: u32) -> Result<Senders, Refusal> {
    let socket = nord.home().join("api.sock");
    Senders::open(&socket, count).map_err(|fault| unmeasured(&fault))
}

fn release(senders: &mut Senders, body: &str, times: u32) -> Result<(), Refusal> {
    let released = senders.release(body, times);
    released.map_err(|fault| unmeasured(&fault))
}

/// What releases a text.
fn body(text: &str) -> String {
    serde_json::json!({
        "to": "SUD", "precedence": "priority", "subject": "", "officer": "1st watch",
        "text": text, "attachments": [],
    })
    .to_string()
}

/// Waits for the durable receipt of the one message under way.
fn receipted(events: &mut Events, begun: Instant) -> Result<(), Refusal> {
    await_event(events, begun, |kind, _, said| {
        kind == EventKind::Ladder && said.starts_with("AT STATION")
    })
}

/// An attachment of 1 MB, from the command until all of it is receipted, in microseconds.
fn attachment(nord: &Station, events: &mut Events) -> Result<u64, Refusal> {
    let bytes: Vec<u8> = (0..ATTACHMENT_BYTES)
        .map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    let request = Request::Send {
        to: Some("SUD".to_owned()),
        precedence: "priority".to_owned(),
        text: "The chart is attached.".to_owned(),
        subject: String::new(),
        officer: "1st watch".to_owned(),
        attachments: vec![NewAttachment {
            name: "chart.bin".to_owned(),
            media_type: "application/octet-stream".to_owned(),
            bytes,
        }],
    };
    let begun = Instant::now();
    let Response::Sent(sent) = nord.client().ask(&request)? else {
        return Err(unexpected());
    };
    await_event(events, begun, |kind, message, said| {
        kind == EventKind::Attachment && message == sent.name && said.contains("whole")
    })?;
    Ok(micros(begun.elapsed()))
}

/// Messages a second, until the last is receipted, with several clients at once.
fn rate(nord: &Station, args: &BenchArgs) -> Result<u64, Refusal> {
    let mut senders = senders(nord, CLIENTS)?;
    let body = body(&text(0, args.bytes));
    let rounds = args.messages.div_ceil(CLIENTS) * RATE_TIMES;
    let begun = Instant::now();
    release(&mut senders, &body, rounds)?;
    while nord
        .client()
        .status()?
        .lines
        .iter()
        .any(|line| line.unreceipted > 0)
    {
        if begun.elapsed() > RECEIPT_WITHIN {
            return Err(failed("Not all receipts came.", "Try it again."));
        }
        thread::sleep(Duration::from_millis(1));
    }
    let sent = u64::from(rounds) * u64::from(CLIENTS);
    Ok(sent * 1_000_000 / micros(begun.elapsed()).max(1))
}

/// The peer stops and starts; from its start until the receipt of what was sent meanwhile.
fn restart(nord: &Station, sud: &mut Station, bytes: u32) -> Result<u64, Refusal> {
    let mut events = follow(nord)?;
    sud.stop();
    let sent = nord.send("flash", &text(0, bytes))?;
    let begun = Instant::now();
    sud.start()?;
    await_event(&mut events, begun, |kind, message, said| {
        kind == EventKind::Ladder && message == sent.name && said.starts_with("AT STATION")
    })?;
    Ok(micros(begun.elapsed()))
}

/// How many messages this station has sent.
fn serials(nord: &Station) -> Result<u32, Refusal> {
    let status = nord.client().status()?;
    Ok(status.lines.first().map_or(0, |line| line.serial_out))
}

fn follow(nord: &Station) -> Result<Events, Refusal> {
    let mut events = nord.client().follow(None)?;
    // What is kept of earlier events comes first, up to a heartbeat.
    while !matches!(events.wait(), Next::Heartbeat | Next::Lost) {}
    Ok(events)
}

fn await_event(
    events: &mut Events,
    begun: Instant,
    is_it: impl Fn(EventKind, &str, &str) -> bool,
) -> Result<(), Refusal> {
    while begun.elapsed() < RECEIPT_WITHIN {
        match events.wait() {
            Next::Event(event) if is_it(event.kind, &event.message, &event.said) => return Ok(()),
            Next::Event(_) | Next::Heartbeat => {}
            Next::Lost | Next::Missed => break,
        }
    }
    Err(failed("What was waited for did not come.", "Try it again."))
}

fn unmeasured(fault: &io::Error) -> Refusal {
    failed(format!("It could not be measured: {fault}."), "")
}

/// The value below which so many of a hundred lie.
fn at(sorted: &[u64], percent: usize) -> u64 {
    let index = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(index).copied().unwrap_or(0)
}

/// English of so many bytes, different for each number: 280 of them are one message.
fn text(number: u32, bytes: u32) -> String {
    const WORDS: &str = "We see intruders in the control network of the northern power grid. They \
         hold an operator's password and have read the switching plans of five substations. Nothing \
         has been switched off so far. We think they came in by a supplier's remote access. Our \
         engineers watch all five now. ";
    let mut text = format!("{number}. ");
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
