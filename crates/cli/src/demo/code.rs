//! The slow line: a code and its blanks stand for a whole text in both languages.

use std::time::Duration;

use redphone_api::{CodedText, Refusal, Response, RungName};

use super::case::{Case, at};
use super::stage::Stage;
use super::station::Station;
use super::world::{World, line_of};
use crate::client::unexpected;
use crate::print::{lasting, wrap};

/// Bits a second of the slow line.
const SLOW_BAUD: u32 = 75;
/// What a code may take on it, and its bytes.
const CODE_MS_MAX: u64 = 9_000;
const CODE_BYTES_MAX: u32 = 64;
/// How long the slow line may take to come up, and to carry a code and its receipt.
const SLOW_PATIENCE: Duration = Duration::from_secs(80);

/// Act: IP is cut and the serial line has fallen to 75 bit/s; a FLASH goes as a code.
pub(super) fn flash(stage: &mut Stage, world: &mut World, case: &Case) -> Result<(), Refusal> {
    stage.act("IP is cut, the serial line falls to 75 bit/s: a FLASH goes as a code")?;
    world.slow_down(stage, SLOW_BAUD)?;
    let nord = &world.nord;
    let what = "the serial line is UP at 75 bit/s";
    let (_, took) = stage.await_that(what, SLOW_PATIENCE, || {
        let bearers = line_of(nord)?.bearers;
        bearers
            .into_iter()
            .find(|one| one.name == "hf" && one.state == "UP")
    })?;
    let took = lasting(took.as_millis().try_into().unwrap_or(u64::MAX));
    stage.expect(&format!("{what}, after {took}"), true)?;

    stage.say(
        "A program of NORD runs wild. Its message is long for such a line. Both sides \
         hold the text word for word, so only its number and its blanks go.",
    )?;
    let coded = coded(stage, nord)?;
    let sent = coded.sent.ok_or_else(unexpected)?;
    stage.say("The other side will read, in its own language:")?;
    stage.show(&wrap(&coded.text.ru, 0, 0))?;
    let air_time = sent.air_time_ms.iter().find(|(bearer, _)| bearer == "hf");
    let air_time = air_time.map_or(u64::MAX, |(_, ms)| *ms);
    stage.expect(
        &format!(
            "{} is a {}: {} letters in two languages go as {} sealed bytes, {} on the air",
            sent.name,
            coded.precedence,
            coded.text.en.chars().count() + coded.text.ru.chars().count(),
            sent.envelope_bytes,
            lasting(air_time)
        ),
        sent.envelope_bytes <= CODE_BYTES_MAX && air_time <= CODE_MS_MAX,
    )?;
    let serial = sent.serial;
    let (at, _) = stage.await_that("its receipt", SLOW_PATIENCE, || {
        nord.reached(serial, RungName::AtStation)
    })?;
    let released = nord.message(serial)?.summary.released_at;
    stage.expect(
        &format!(
            "AT STATION: receipted {} after release, there and back at 75 bit/s",
            lasting(at.saturating_sub(released))
        ),
        true,
    )?;
    let name = format!("NORD-{serial:04}");
    let page = case
        .officers
        .run(stage, &world.sud, ("1st", &["read", &name]), 0)?;
    stage.show(&page)?;
    stage.expect(
        "SUD reads the whole text in both languages, word for word",
        letters(&page).contains(&letters(&coded.text.ru))
            && letters(&page).contains(&letters(&coded.text.en)),
    )
}

/// NORD sends the code with its blanks.
fn coded(stage: &Stage, nord: &Station) -> Result<CodedText, Refusal> {
    let (since, next) = (at(-1), at(1));
    let blanks = [
        "system=T-002".to_owned(),
        "place=8".to_owned(),
        format!("since={since}"),
        format!("next={next}"),
    ];
    let mut words = vec!["send", "--code", "C-04", "--as", "1st watch of NORD"];
    for blank in &blanks {
        words.extend(["--blank", blank.as_str()]);
    }
    nord.show_typed(stage, &words)?;
    let told = nord.quiet_command(&[&["--json"][..], &words].concat())?;
    let Ok(Response::Coded(coded)) = serde_json::from_str(&told) else {
        return Err(unexpected());
    };
    Ok(*coded)
}

/// A text without its line ends.
fn letters(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
