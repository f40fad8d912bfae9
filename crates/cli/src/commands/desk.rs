//! `desk` and `events`: what happens, as it happens.
//!
//! The desk is the attached client that makes ON DESK true: it shows a message on a terminal and
//! only then tells the station so. It never acknowledges: that is a person's, by name.

use std::collections::BTreeSet;
use std::io::{BufRead, IsTerminal};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;
use redphone_api::{
    Event, EventKind, MessageRef, MessageSummary, Refusal, Request, Response, Tray,
};
use serde_json::{Value, json};

use super::{Context, now, usage};
use crate::client::{Next, unexpected};
use crate::exit::Exit;
use crate::print::{self, Ink, Paper, columns, safe, wrap};

/// From one bell to the next while a FLASH or IMMEDIATE is not acknowledged.
const RING_EVERY: Duration = Duration::from_secs(5);
/// How long Enter silences the bell. It starts again by itself.
const SILENCE: Duration = Duration::from_secs(30);
/// From one try to reach a lost station to the next.
const RETRY_EVERY: Duration = Duration::from_secs(1);
/// Messages looked through for those that nobody has been shown.
const UNSHOWN_LOOK: u32 = 200;

/// Sit at the desk: show messages as they arrive, ring, confirm ON DESK.
///
/// Enter silences the bell for 30 s, here only; the other side is not told. To acknowledge, use
/// redphone acknowledge. Leave with Ctrl-C: the other side then sees DESK SILENT.
#[derive(Args, Debug)]
#[command(after_help = "\
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
            Next::Event(event) => {
                context.answer(&event, |paper| event_line(paper, &event))?;
            }
            Next::Heartbeat => {}
            Next::Lost => {
                return Err(super::failed(
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
    let mut desk = Desk {
        context,
        station: status.station.clone(),
        environment: status.environment.clone(),
        silent_until: silencer(),
        ringing: BTreeSet::new(),
        shown: BTreeSet::new(),
        last_ring: None,
        last_event: None,
    };
    context.say(&print::station(&context.paper(), &status))?;
    context.say("\nDesk open. Enter silences the bell for 30 s; Ctrl-C leaves.\n\n")?;
    loop {
        desk.sit()?;
        let since = context.paper();
        let lost = format!(
            "{} since {}. What you see may be old. Trying again.\n",
            since.style.paint(Ink::Red, "DESK HAS LOST ITS STATION"),
            since.zone.moment(since.now),
        );
        context.say(&format!("\u{7}{lost}"))?;
        while !context.client().is_answered() {
            thread::sleep(RETRY_EVERY);
        }
    }
}

/// A desk on a terminal.
struct Desk<'a> {
    context: &'a Context,
    station: String,
    environment: String,
    /// Milliseconds since 1970 until when the bell is silent.
    silent_until: Arc<AtomicU64>,
    /// Names of messages that ring until acknowledged.
    ringing: BTreeSet<String>,
    /// Names of messages already on this screen.
    shown: BTreeSet<String>,
    last_ring: Option<Instant>,
    last_event: Option<u64>,
}

impl Desk<'_> {
    /// Shows what arrives until the station is lost.
    fn sit(&mut self) -> Result<(), Refusal> {
        let Ok(mut events) = self.context.client().follow(self.last_event) else {
            return Ok(());
        };
        if self.attach().is_err() || self.show_unshown().is_err() {
            return Ok(());
        }
        loop {
            match events.wait() {
                Next::Lost => return Ok(()),
                Next::Heartbeat => {
                    if self.attach().is_err() {
                        return Ok(());
                    }
                }
                Next::Event(event) => {
                    self.last_event = Some(event.id);
                    self.handle(&event)?;
                }
            }
            self.ring()?;
        }
    }

    /// Tells the station that this desk displays.
    fn attach(&self) -> Result<(), Refusal> {
        let _: Value = self
            .context
            .client()
            .shaped("POST", "/v1/desk", Some(&json!({})))?;
        Ok(())
    }

    fn handle(&mut self, event: &Event) -> Result<(), Refusal> {
        if event.kind == EventKind::Message
            && let Ok(message) = event.message.parse()
        {
            return self.show(&message);
        }
        self.context.say(&event_line(&self.context.paper(), event))
    }

    /// Shows what came while no desk was there.
    fn show_unshown(&mut self) -> Result<(), Refusal> {
        let request = Request::List {
            tray: Tray::In,
            peer: None,
            limit: UNSHOWN_LOOK,
        };
        let Response::Messages { messages } = self.context.ask(&request)? else {
            return Ok(());
        };
        for summary in messages
            .iter()
            .rev()
            .filter(|summary| !has_been_shown(summary))
        {
            if let Ok(message) = summary.name.parse() {
                self.show(&message)?;
            }
        }
        Ok(())
    }

    /// Shows a message, then tells the station that it is shown.
    fn show(&mut self, reference: &MessageRef) -> Result<(), Refusal> {
        let Response::Message(message) = self.context.ask(&Request::Read {
            message: reference.clone(),
        })?
        else {
            return Err(unexpected());
        };
        if message.summary.tray != Tray::In || !self.shown.insert(message.summary.name.clone()) {
            return Ok(());
        }
        let paper = self.context.paper();
        let sheet = print::whole(&paper, &self.station, &self.environment, &message);
        self.context.say(&format!("\u{7}{sheet}\n"))?;
        if matches!(message.summary.precedence.as_str(), "FLASH" | "IMMEDIATE")
            && message.summary.acknowledged_by.is_empty()
        {
            self.ringing.insert(message.summary.name.clone());
            self.last_ring = Some(Instant::now());
        }
        self.context.ask(&Request::Shown {
            message: reference.clone(),
        })?;
        Ok(())
    }

    /// Rings for what is not acknowledged.
    fn ring(&mut self) -> Result<(), Refusal> {
        let due = self
            .last_ring
            .is_none_or(|last| last.elapsed() >= RING_EVERY);
        if self.ringing.is_empty() || !due || now() < self.silent_until.load(Ordering::Relaxed) {
            return Ok(());
        }
        let context = self.context;
        self.ringing.retain(|name| !is_acknowledged(context, name));
        self.last_ring = Some(Instant::now());
        if self.ringing.is_empty() {
            return Ok(());
        }
        let names: Vec<&str> = self.ringing.iter().map(String::as_str).collect();
        let paper = self.context.paper();
        let said = format!("NOT ACKNOWLEDGED: {}", safe(&names.join(", ")));
        self.context
            .say(&format!("\u{7}{}\n", paper.style.paint(Ink::Red, &said)))
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

/// True when some desk here has shown the message.
fn has_been_shown(message: &MessageSummary) -> bool {
    message
        .ladder
        .iter()
        .any(|rung| rung.rung == redphone_api::RungName::OnDesk && rung.at.is_some())
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
