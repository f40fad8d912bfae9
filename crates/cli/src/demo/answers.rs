//! The case goes on: the warning is read back, and answered.
//!
//! Owns the acts in which NORD says what it understood and what it will do. Where a read-back and an ask
//! stand, each side's station says.

use redphone_api::{ReadBack, Refusal};

use super::case::{Case, MISREAD, asks, at, message, newest};
use super::keys::path;
use super::stage::{PATIENCE, Stage};
use super::world::World;

/// Act: what NORD understood, item by item.
pub(super) fn read_back(stage: &mut Stage, world: &World, case: &Case) -> Result<(), Refusal> {
    stage.act("The case: NORD reads back what it understood; one item is wrong")?;
    let nord = &world.nord;
    stage.say(
        "To read is not to understand. NORD's officer gets a card with one blank for each name, term, \
         number and time of the warning, and fills it in without looking.",
    )?;
    let warning = case.warning.as_str();
    let card = nord.command(stage, &["readback", warning, "--card"])?;
    stage.show(&some_lines(&card))?;
    let view = card_of(world, case)?;
    let (wrong, filled) = fill(&view, &card);
    stage.say(&format!(
        "He fills in {} items, and writes '{}' where the warning says '{}'.",
        view.items.len(),
        MISREAD[1],
        MISREAD[0]
    ))?;
    let file = case.file("card.toml", &filled)?;
    nord.command(
        stage,
        &[
            "readback",
            warning,
            "--file",
            path(&file)?,
            "--as",
            "watch of NORD",
        ],
    )?;
    let came = at_sud(stage, world)?;
    let officers = &case.officers;
    let told = officers.run(stage, &world.sud, ("1st", &["readback", &came]), 0)?;
    stage.show(&differing(&told))?;
    stage.expect(
        &format!(
            "item {wrong} alone differs: {} was read as {}",
            MISREAD[0], MISREAD[1]
        ),
        told.matches("DIFFERS").count() == 1 && told.contains(MISREAD[1]),
    )?;
    corrected(stage, world, case, (wrong, &came))
}

/// SUD corrects the item, NORD reads it back again, SUD says CORRECT.
fn corrected(
    stage: &mut Stage,
    world: &World,
    case: &Case,
    (wrong, came): (u16, &str),
) -> Result<(), Refusal> {
    let (nord, warning) = (&world.nord, case.warning.as_str());
    stage.say(
        "The comparison proposes. An officer of SUD decides, and another releases his word.",
    )?;
    say(stage, world, case, &["readback", "correct", came])?;
    let again = until(stage, (world, case), "the correction is at NORD", |view| {
        view.items.iter().filter(|item| item.due).count() == 1
    })?;
    stage.expect(
        "NORD is to read back that item again, and no other",
        again.wrong == [wrong],
    )?;
    let number = wrong.to_string();
    let item = [
        "readback",
        warning,
        "--item",
        &number,
        MISREAD[0],
        "--as",
        "watch of NORD",
    ];
    nord.command(stage, &item)?;
    let came = at_sud(stage, world)?;
    say(stage, world, case, &["readback", "confirm", &came])?;
    until(stage, (world, case), "CORRECT is at NORD", |view| {
        view.confirmed_at.is_some()
    })?;
    let summary = message(nord, warning)?.summary;
    stage.show(&crate::print::ladder(&stage.paper(), &summary))?;
    let open = message(nord, warning)?
        .asks
        .iter()
        .all(|ask| ask.state.en == "open");
    stage.expect(
        "READ BACK stands on the ladder, and both asks are open",
        open,
    )
}

/// Act: "noted" closes nothing; acts on numbered asks do.
pub(super) fn answered(stage: &mut Stage, world: &World, case: &Case) -> Result<(), Refusal> {
    stage.act("The case: 'noted' answers nothing; then each ask is answered by its number")?;
    let nord = &world.nord;
    let warning = case.warning.as_str();
    let noted = "We have taken note of your message and attach the highest importance to it.";
    let told = nord.command(stage, &["answer", warning, "--note", noted])?;
    stage.show(&told)?;
    stage.expect(
        "NORD is told before anybody: this closes none of asks 1-2",
        told.contains("This closes none of asks 1-2"),
    )?;
    let open = asks(
        stage,
        world,
        case,
        "both asks are flagged as evaded",
        |asks| {
            asks.iter()
                .all(|ask| ask.flags.iter().any(|flag| flag.en == "evaded"))
        },
    )?;
    stage.expect(
        "both asks are as open as before, and say EVADED",
        open.iter().all(|ask| ask.unanswered) && open.len() == 2,
    )?;
    let (by, until) = (at(2), at(1));
    let commit = ["--ask", "1", "commit", "--who", "the Ministry", "--by", &by];
    nord.command(stage, &[&["answer", warning][..], &commit].concat())?;
    let defer = [
        "--ask",
        "2",
        "defer",
        "--until",
        &until,
        "--who",
        "the Ministry",
    ];
    let told = nord.command(stage, &[&["answer", warning][..], &defer].concat())?;
    stage.expect(
        "COMMIT on ask 1, DEFER on ask 2: NORD is told that ask 2 stays open",
        told.contains("leaves ask 2"),
    )?;
    let page = await_board(stage, world, case)?;
    stage.show(&page)?;
    stage.say(
        "What the earlier warning asked, SUD 0001, is unanswered too, and stays on the board until it is \
         answered, withdrawn or superseded. EVADED stays on record.",
    )?;
    let [committed, deferred] = ["COMMITTED", "DEFERRED"].map(|word| page.matches(word).count());
    stage.expect(
        "SUD's board: ask 1 COMMITTED with a name and a time, ask 2 DEFERRED and still owed",
        (committed, deferred) == (1, 1) && page.contains("said: the Ministry"),
    )
}

/// An officer of SUD says his word, and another releases it.
fn say(stage: &mut Stage, world: &World, case: &Case, words: &[&str]) -> Result<(), Refusal> {
    let (officers, sud) = (&case.officers, &world.sud);
    let held = officers.run(stage, sud, ("1st", words), 5)?;
    let draft = held
        .split_whitespace()
        .find(|word| word.starts_with("DRAFT-"));
    let draft = draft
        .unwrap_or_default()
        .trim_matches(|c: char| !c.is_ascii_alphanumeric());
    officers.run(stage, sud, ("2nd", &["release", draft]), 0)?;
    Ok(())
}

/// Waits until NORD's newest read-back is at SUD; its name as an argument.
fn at_sud(stage: &mut Stage, world: &World) -> Result<String, Refusal> {
    let came = format!("NORD {:04}", newest(&world.nord)?);
    stage.await_that("the read-back is at SUD", PATIENCE, || {
        let view = message(&world.sud, &came).ok()?.readback?;
        (view.carried_by == came).then_some(())
    })?;
    Ok(came.replace(' ', "-"))
}

/// SUD's board, once both answers are there.
fn await_board(stage: &mut Stage, world: &World, case: &Case) -> Result<String, Refusal> {
    let sud = &world.sud;
    let last = format!("NORD {:04}", newest(&world.nord)?);
    stage.await_that("both answers are at SUD", PATIENCE, || {
        message(sud, &last).ok()
    })?;
    case.officers.run(stage, sud, ("1st", &["asks"]), 0)
}

fn card_of(world: &World, case: &Case) -> Result<ReadBack, Refusal> {
    let view = message(&world.nord, &case.warning)?.readback;
    view.ok_or_else(|| crate::commands::failed("The warning has no card.", ""))
}

/// Waits until NORD's station says something of the read-back.
fn until(
    stage: &mut Stage,
    (world, case): (&World, &Case),
    what: &str,
    says: impl Fn(&ReadBack) -> bool,
) -> Result<ReadBack, Refusal> {
    let look = || {
        let view = message(&world.nord, &case.warning).ok()?.readback?;
        says(&view).then_some(view)
    };
    Ok(stage.await_that(what, PATIENCE, look)?.0)
}

/// The card as NORD's officer fills it in, and the number of the item that he misreads.
fn fill(view: &ReadBack, card: &str) -> (u16, String) {
    let misread = view
        .items
        .iter()
        .find(|item| item.says.as_deref() == Some(MISREAD[0]));
    let wrong = misread.map_or(0, |item| item.item);
    let mut filled = String::new();
    for line in card.lines() {
        let number = line
            .split_whitespace()
            .next()
            .and_then(|word| word.parse().ok());
        let item = view.items.iter().find(|item| Some(item.item) == number);
        let value = match item {
            Some(item) if item.item == wrong => MISREAD[1],
            Some(item) => item.says.as_deref().unwrap_or_default(),
            None => "",
        };
        filled.push_str(&line.replacen("\"\"", &format!("\"{value}\""), 1));
        filled.push('\n');
    }
    (wrong, filled)
}

/// The first lines of a card, and how many follow.
fn some_lines(card: &str) -> String {
    const SHOWN: usize = 8;
    let shown: Vec<&str> = card.lines().take(SHOWN).collect();
    let more = card.lines().count().saturating_sub(SHOWN);
    format!("{}\n... {more} more", shown.join("\n"))
}

/// The heading, what differs, and what is next.
fn differing(page: &str) -> String {
    let mut shown: Vec<&str> = Vec::new();
    let mut within = 0_u8;
    for (at, line) in page.lines().enumerate() {
        if line.contains("DIFFERS") {
            within = 3;
        }
        // The heading may take two lines.
        let heading = at == 0 || (at == 1 && line.starts_with("           "));
        if heading || within > 0 || line.contains("next:") {
            shown.push(line);
        }
        within = within.saturating_sub(1);
    }
    shown.join("\n")
}
