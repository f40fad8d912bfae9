//! `desk` and `events`: what happens, as it happens.
//!
//! The desk never acknowledges: that is a person's, by name.

use std::collections::BTreeSet;
use std::io::{BufRead, IsTerminal};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;
use redphone_api::{Event, EventKind, Message, Refusal, Request, Response};
use redphone_wire::Language;
use serde_json::Value;

use super::{Context, failed, now, usage};
use crate::attend::{Attendant, Left, Screen};
use crate::client::Next;
use crate::exit::Exit;
use crate::print::{self, Ink, Paper, columns, safe, wrap};

/// From one bell to the next while a FLASH or IMMEDIATE is not acknowledged.
const RING_EVERY: Duration = Duration::from_secs(5);
/// How long Enter silences the bell. It starts again by itself.
const SILENCE: Duration = Duration::from_secs(30);
/// From one try to reach a lost station to the next.
const RETRY_EVERY: Duration = Duration::from_secs(1);

/// Sit at the desk: show messages as they arrive, ring, confirm ON DESK.
#[derive(Args, Debug)]
#[command(after_help = "\
Enter silences the bell for 30 s, at this desk only; redphone alarm silence does for the whole
station. The other side is not told. To acknowledge, use
redphone acknowledge. Leave with Ctrl-C: the other side then sees DESK SILENT.

Example:
  redphone desk")]
pub(crate) struct DeskArgs {}

/// Follow what happens, without content.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  redphone events
  redphone events --after 1041 --json | jq -c 'select(.kind == \"alarm\")'")]
pub(crate) struct EventsArgs {
    /// Begin after the event with this number
    #[arg(long, value_name = "NUMBER")]
    after: Option<u64>,
}

/// Follows the events until the station ends.
///
/// # Errors
///
/// That no station answers, or that it fell silent.
pub(crate) fn events(context: &Context, args: &EventsArgs) -> Result<Exit, Refusal> {
    let mut events = context.client().follow(args.after)?;
    loop {
        match events.wait() {
            Next::Event(event) => context.answer(&event, |paper| event_line(paper, &event))?,
            Next::Heartbeat => {}
            Next::Missed => eprintln!("redphone: Older events are no longer kept; these follow."),
            Next::Lost => {
                return Err(failed(
                    "The station is gone, or has been silent for 15 s.",
                    "Look at it with: redphone doctor.",
                ));
            }
        }
    }
}

/// Shows what arrives, until it is interrupted.
///
/// # Errors
///
/// When standard output is no terminal, or no station answers at the start.
pub(crate) fn run(context: &Context, _: &DeskArgs) -> Result<Exit, Refusal> {
    if !std::io::stdout().is_terminal() {
        return Err(usage(
            "A desk needs a terminal that somebody looks at: ON DESK is a promise to the sender.",
            "Run it on a terminal; for scripts there is redphone events.",
        ));
    }
    let status = context.client().status()?;
    let mut screen = Terminal {
        context,
        station: status.station.clone(),
        environment: status.environment.clone(),
        silent_until: silencer(),
        ringing: BTreeSet::new(),
        last_ring: Instant::now(),
    };
    context.say(&print::station(&context.paper(), &status))?;
    context.say("\nDesk open. Enter silences the bell for 30 s; Ctrl-C leaves.\n\n")?;
    let mut desk = Attendant::new(context.client(), format!("terminal {}", std::process::id()));
    while desk.sit(&mut screen)? == Left::Lost {
        let paper = context.paper();
        let lost = paper.style.paint(Ink::Red, "DESK HAS LOST ITS STATION");
        let since = paper.zone.moment(paper.now);
        context.say(&format!(
            "\u{7}{lost} since {since}. What you see may be old.\n"
        ))?;
        while !context.client().is_answered() {
            thread::sleep(RETRY_EVERY);
        }
    }
    Ok(Exit::Done)
}

/// The screen of a desk: this terminal.
struct Terminal<'a> {
    context: &'a Context,
    station: String,
    environment: String,
    /// Milliseconds since 1970 until when the bell is silent.
    silent_until: Arc<AtomicU64>,
    /// Names of messages that ring until acknowledged.
    ringing: BTreeSet<String>,
    last_ring: Instant,
}

impl Screen for Terminal<'_> {
    fn show(&mut self, message: &Message) -> Result<(), Refusal> {
        let paper = self.context.paper();
        let sheet = print::whole(
            &paper,
            (&self.station, &self.environment),
            message,
            Language::English,
        );
        self.context.say(&format!("\u{7}\n{sheet}"))?;
        if message.summary.acknowledged_by.is_empty() {
            let name = message.summary.name.replace(' ', "-");
            let who = if message.veiled {
                "--key FILE"
            } else {
                "--as 'your name'"
            };
            let how = format!("  To acknowledge: redphone acknowledge {name} {who}\n\n");
            self.context.say(&paper.style.paint(Ink::Quiet, &how))?;
        }
        let urgent = matches!(message.summary.handled_as.as_str(), "FLASH" | "IMMEDIATE");
        if urgent && message.summary.acknowledged_by.is_empty() {
            self.ringing.insert(message.summary.name.clone());
            self.last_ring = Instant::now();
        }
        Ok(())
    }

    fn happened(&mut self, event: &Event) -> Result<(), Refusal> {
        let paper = self.context.paper();
        if event.kind == EventKind::OrderWire {
            let request = Request::OrderWireList {
                peer: Some(event.peer.clone()),
                limit: 1,
            };
            if let Ok(Response::OrderWire { lines }) = self.context.ask(&request) {
                let said = print::order_wire(&paper, &self.station, &lines);
                return self.context.say(&format!("ORDER WIRE  {said}"));
            }
        }
        // What somebody must attend to rings once, also when the alarm is only being proven.
        let bell = if event.kind == EventKind::Alarm {
            "\u{7}"
        } else {
            ""
        };
        let line = event_line(&paper, event);
        self.context.say(&format!("{bell}{line}"))
    }

    /// Rings for what is not acknowledged.
    fn beat(&mut self) -> Result<bool, Refusal> {
        let silent = now() < self.silent_until.load(Ordering::Relaxed);
        if self.ringing.is_empty() || self.last_ring.elapsed() < RING_EVERY || silent {
            return Ok(true);
        }
        let context = self.context;
        self.ringing.retain(|name| !is_acknowledged(context, name));
        self.last_ring = Instant::now();
        // A silence of the whole station is one of this desk, too.
        let alarm = context.ask(&Request::Alarm);
        if matches!(&alarm, Ok(Response::Alarm(alarm)) if alarm.silent_ms.is_some()) {
            return Ok(true);
        }
        if !self.ringing.is_empty() {
            let names: Vec<&str> = self.ringing.iter().map(String::as_str).collect();
            let said = format!("NOT ACKNOWLEDGED: {}", safe(&names.join(", ")));
            let said = context.paper().style.paint(Ink::Red, &said);
            context.say(&format!("\u{7}{said}\n"))?;
        }
        Ok(true)
    }
}

/// True when a named person here has acknowledged the message.
fn is_acknowledged(context: &Context, name: &str) -> bool {
    let Ok(message) = name.parse() else {
        return true;
    };
    let answer = context.ask(&Request::Read { message });
    matches!(answer, Ok(Response::Message(message)) if !message.summary.acknowledged_by.is_empty())
}

/// Enter silences the bell; the thread lives as long as the desk.
fn silencer() -> Arc<AtomicU64> {
    let until = Arc::new(AtomicU64::new(0));
    let set = Arc::clone(&until);
    thread::spawn(move || {
        for _ in std::io::stdin().lock().lines().map_while(Result::ok) {
            let silence = u64::try_from(SILENCE.as_millis()).unwrap_or(u64::MAX);
            set.store(now().saturating_add(silence), Ordering::Relaxed);
        }
    });
    until
}

/// `15:44:02Z  message    NORD 0412  arrived, FLASH`.
fn event_line(paper: &Paper, event: &Event) -> String {
    let kind = serde_json::to_value(event.kind).ok();
    let kind = kind.as_ref().and_then(Value::as_str).unwrap_or("?");
    let at = print::seconds_of(event.at, paper.now);
    let about = if event.message.is_empty() {
        &event.peer
    } else {
        &event.message
    };
    let head = format!("{at}  {kind:<13} {:<10} ", safe(about));
    let line = wrap(&format!("{head}{}", safe(&event.said)), 0, columns(&head));
    if event.kind == EventKind::Alarm {
        paper.style.paint(Ink::Red, &line)
    } else {
        line
    }
}
