//! The case: a warning that once went out muddled, and what this line makes of it.
//!
//! Owns the acts about words: the refusal, the form, its release by two, the read-back, the answers.
//! SUD warns, with enrolled officers; NORD reads and answers, without. Times are counted from the day
//! on which the demo is played.

use std::path::{Path, PathBuf};
use std::time::Duration;

use redphone_api::{Ask, Message, MessageRef, Refusal, Request, Response};
use redphone_clarity::instant;
use redphone_wire::Utc;

use super::keys::{path, unwritten};
use super::officers::Officers;
use super::stage::{PATIENCE, Stage};
use super::station::Station;
use super::world::World;
use crate::client::unexpected;
use crate::commands::{failed, now};

/// What was said on 31 October 2016, as it was published.
const OF_2016: &str = "International law, including the law for armed conflict, applies to actions in \
                       cyberspace. We will hold Russia to those standards.";
/// The parts that it lacks as a form.
const PARTS_MISSING: usize = 6;
const DAY_MS: u64 = 86_400_000;
/// What the reader misreads: within which time the consequence follows.
pub(super) const MISREAD: [&str; 2] = ["24 h", "42 h"];

/// What the acts of the case hand on.
pub(super) struct Case {
    folder: PathBuf,
    /// SUD's officers.
    pub(super) officers: Officers,
    /// The warning, as `SUD-0002`.
    pub(super) warning: String,
}

impl Case {
    /// A case that has not begun, with a folder for its files.
    pub(super) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            officers: Officers::new(folder),
            warning: String::new(),
        }
    }

    /// A file of the case.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub(super) fn file(&self, name: &str, text: &str) -> Result<PathBuf, Refusal> {
        let at = self.folder.join(name);
        std::fs::write(&at, text).map_err(|fault| unwritten(&at, &fault))?;
        Ok(at)
    }
}

/// Act: the words of 2016 do not leave.
pub(super) fn refused(stage: &mut Stage, world: &World, case: &Case) -> Result<(), Refusal> {
    stage.act("The case: two sentences of 31 October 2016 are refused")?;
    stage.say(
        "They went over a line like this one before an election. Nobody could say what must not be \
         done, from when, or what would follow. An officer of SUD types them as they were.",
    )?;
    let told = world.sud.refusal(
        stage,
        &[
            "send",
            "--precedence",
            "immediate",
            "--as",
            "1st watch",
            OF_2016,
        ],
        4,
    )?;
    stage.show(&told)?;
    stage.expect(
        "refused, exit 4: 'hold Russia to those standards' tells the reader nothing (V06)",
        told.contains("[V06] must fix"),
    )?;
    let form = format!(
        "marker = \"WARNING\"\nlanguage = \"en\"\n[authority]\non_behalf_of = \"the Head of State of \
         SUD\"\n[note]\ntext = \"{OF_2016}\"\n"
    );
    let file = case.file("of-2016.toml", &form)?;
    let told = world.sud.refusal(stage, &["check", path(&file)?], 4)?;
    let missing: Vec<&str> = told
        .lines()
        .filter_map(|line| line.split_once("part-missing, ").map(|(_, part)| part))
        .collect();
    stage.say(&format!(
        "Put into a form, it lacks: {}.",
        missing.join(", ")
    ))?;
    stage.expect(
        &format!("as a form, {PARTS_MISSING} parts are missing, and it is refused"),
        missing.len() == PARTS_MISSING,
    )
}

/// Act: the same warning as a form, released by two.
pub(super) fn warned(stage: &mut Stage, world: &World, case: &mut Case) -> Result<(), Refusal> {
    stage.act("The case: the same warning as a form, released by a second officer")?;
    let sud = &world.sud;
    stage.say(
        "SUD has warned before, and left open what would follow: its form says 'undecided', so that \
         both sides know. Here is that earlier warning.",
    )?;
    let earlier = case.file("earlier.toml", &form(None))?;
    let send = [
        "send",
        "--precedence",
        "priority",
        "--as",
        "1st watch",
        "--file",
    ];
    sud.command(stage, &[&send[..], &[path(&earlier)?]].concat())?;
    let first = newest(sud)?;
    case.officers.enrol(stage, sud)?;

    let text = form(Some(first));
    let file = case.file("warning.toml", &text)?;
    stage.say(
        "The new warning reinforces it. A part is filled in, or openly marked: nothing is left out by \
         accident.",
    )?;
    stage.show(&text)?;
    released(stage, sud, case, path(&file)?)?;
    let name = arrived(stage, &world.nord, |message| {
        message
            .form
            .as_ref()
            .is_some_and(|form| form.marker == "WARNING")
            && message.summary.precedence == "IMMEDIATE"
    })?;
    let read = message(&world.nord, &name)?;
    case.warning = name.replace(' ', "-");
    stage.say("NORD reads it: SUD's words in English, the same fields in Russian below.")?;
    let page = world.nord.command(stage, &["read", &case.warning])?;
    stage.show(&page)?;
    stage.expect(
        &format!(
            "{name} is at NORD as IMMEDIATE, released by the 2nd watch, who did not write it; it \
             reinforces SUD {first:04}"
        ),
        read.summary.releaser.contains("2nd watch") && page.contains("reinforces"),
    )?;
    stage.expect(
        "NORD reads every field in Russian too, made from the form and not translated",
        page.contains("ЧЕРТА") && page.contains("проникновение в реестр избирателей"),
    )
}

/// The draft is held; its author cannot release it, and another officer does.
fn released(stage: &mut Stage, sud: &Station, case: &Case, file: &str) -> Result<(), Refusal> {
    let hold = ["send", "--precedence", "immediate", "--hold", "--file"];
    let words = [&hold[..], &[file]].concat();
    let held = case.officers.run(stage, sud, ("1st", &words), 0)?;
    stage.expect(
        "held as DRAFT-1: nothing was sent",
        held.contains("DRAFT-1"),
    )?;
    let own = case
        .officers
        .run(stage, sud, ("1st", &["release", "DRAFT-1"]), 5)?;
    let said = own.lines().filter(|line| line.starts_with("redphone: "));
    stage.show(&said.collect::<Vec<_>>().join(" "))?;
    stage.expect(
        "who wrote it may not release it: exit 5",
        own.contains("may not release"),
    )?;
    case.officers
        .run(stage, sud, ("2nd", &["release", "DRAFT-1"]), 0)?;
    stage.say("For 2 s, elsewhere 20 s, either of them may still recall it. Nobody does.")
}

/// The warning: its first version leaves the consequence open, the second reinforces it.
fn form(reinforces: Option<u32>) -> String {
    let (reference, consequence) = match reinforces {
        None => (String::new(), "mark = \"undecided\"\n".to_owned()),
        Some(serial) => (
            format!(
                "[reference]\nkind = \"reinforces\"\nserial = {serial}\nchanges = [\"consequence\"]\n"
            ),
            format!(
                "mode = \"disclosed\"\nactor = \"the Treasury of SUD\"\nact = \"block the assets listed \
                 in Annex 2\"\nwithin = \"PT24H\"   # {}\n",
                MISREAD[0]
            ),
        ),
    };
    let (from, to) = (at(3), at(12));
    format!(
        "marker = \"WARNING\"\nlanguage = \"en\"\n{reference}\
         [conduct]                  # what SUD objects to\n\
         actor = \"Unit Alpha of NORD, as we identify it\"\n\
         act = \"T-007\"              # entry into a voter register: a term both sides agreed\n\
         where = \"the registers listed in Annex 1\"\n\
         when = [\"{}\", \"{}\"]\n\
         [basis]\nsources = \"our own network records\"\nlikelihood = \"E7\"\nconfidence = \"high\"\n\
         [bright_line]              # what must not happen, where, when, and who judges\n\
         act = \"T-007\"\ncount = 1\nwhere = \"the registers listed in Annex 1\"\n\
         from = \"{from}\"\nto = \"{to}\"\njudge = \"our record, shown to you within 6 h\"\n\
         [consequence]              # what follows\n{consequence}\
         [[ask]]\nto = \"the Government of NORD\"\nverb = \"stop\"\n\
         object = \"T-007 in the registers listed in Annex 1\"\nact_by = \"{from}\"\nanswer_by = \"{}\"\n\
         [[ask]]\nto = \"the Government of NORD\"\nverb = \"name\"\n\
         object = \"the official whom we can reach at any hour\"\nact_by = \"{from}\"\nanswer_by = \"{}\"\n\
         [assurance]                # what SUD will not do if it is heeded\n\
         if = \"we record no entry from NORD\"\nact = \"we will not block these assets\"\nuntil = \"{}\"\n\
         [authority]\non_behalf_of = \"the Head of State of SUD\"\n",
        at(-3),
        at(-2),
        at(2),
        at(2),
        at(80),
    )
}

/// 18:00 UTC, so many days from today.
pub(super) fn at(days: i64) -> String {
    let day = (now() / DAY_MS).saturating_add_signed(days);
    instant(Utc(day * DAY_MS + DAY_MS * 3 / 4).seconds())
}

/// The serial of the newest message of a station.
pub(super) fn newest(station: &Station) -> Result<u32, Refusal> {
    let Response::Messages { messages } = station.client().ask(&Request::List {
        tray: redphone_api::Tray::Out,
        peer: None,
        limit: 1,
    })?
    else {
        return Err(unexpected());
    };
    let newest = messages.first().map(|message| message.serial);
    newest.ok_or_else(|| failed(format!("{} has sent nothing.", station.name), ""))
}

/// Waits until a message came that fits, among the newest; its name.
pub(super) fn arrived(
    stage: &mut Stage,
    station: &Station,
    fits: impl Fn(&Message) -> bool,
) -> Result<String, Refusal> {
    let what = format!("it is at {}", station.name);
    let look = || {
        let list = Request::List {
            tray: redphone_api::Tray::In,
            peer: None,
            limit: 3,
        };
        let Ok(Response::Messages { messages }) = station.client().ask(&list) else {
            return None;
        };
        let mut names = messages.into_iter().map(|message| message.name);
        names.find(|name| message(station, name).is_ok_and(|message| fits(&message)))
    };
    Ok(stage.await_that(&what, PATIENCE, look)?.0)
}

/// One message, as whoever opens the socket sees it.
pub(super) fn message(station: &Station, name: &str) -> Result<Message, Refusal> {
    let message: MessageRef = name
        .parse()
        .map_err(|_| failed(format!("{name} is no message."), ""))?;
    let Response::Message(message) = station.client().ask(&Request::Read { message })? else {
        return Err(unexpected());
    };
    Ok(*message)
}

/// Waits until NORD's book of the warning's asks says something; the asks.
pub(super) fn asks(
    stage: &mut Stage,
    world: &World,
    case: &Case,
    what: &str,
    says: impl Fn(&[Ask]) -> bool,
) -> Result<Vec<Ask>, Refusal> {
    let look = || {
        let asks = message(&world.nord, &case.warning).ok()?.asks;
        says(&asks).then_some(asks)
    };
    let patience: Duration = PATIENCE;
    Ok(stage.await_that(what, patience, look)?.0)
}
