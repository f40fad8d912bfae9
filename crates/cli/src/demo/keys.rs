//! Before the first act: homes, cards with their words typed, tapes carried, a pairing by letters.
//! All of it by the commands that operators use.

use std::path::Path;

use redphone_api::{CardView, PairingStep, Refusal};
use serde::de::DeserializeOwned;

use super::stage::Stage;
use super::station::Station;
use crate::commands::failed;

/// Keys on each reel.
const REEL_KEYS: &str = "8";

/// Makes both homes.
pub(crate) fn homes(stage: &Stage, stations: [&Station; 2]) -> Result<(), Refusal> {
    for station in stations {
        let key = path(station.key_file())?;
        station.command(stage, &["init", "--name", station.name, "--key-file", key])?;
    }
    Ok(())
}

/// Cards: each goes to the other side; its owner reads out his words, the other types them.
pub(crate) fn cards(stage: &Stage, folder: &Path, both: [&Station; 2]) -> Result<(), Refusal> {
    let [nord, sud] = both;
    for (owner, other) in [(nord, sud), (sud, nord)] {
        let small = owner.name.to_lowercase();
        let file = folder.join(format!("{small}.card"));
        let words = folder.join(format!("{small}.words"));
        let key = path(owner.key_file())?;
        owner.command(
            stage,
            &["card", "export", "--out", path(&file)?, "--key-file", key],
        )?;
        let card: CardView =
            parsed(&owner.quiet_command(&["--json", "card", "show", "--key-file", key])?)?;
        let read_out = card.english.join(" ");
        stage.say(&format!("{}'s officer reads out: {read_out}", owner.name))?;
        std::fs::write(&words, read_out).map_err(|fault| unwritten(&words, &fault))?;
        let key = path(other.key_file())?;
        let (file, words) = (path(&file)?, path(&words)?);
        let import = [
            "card",
            "import",
            file,
            "--words-file",
            words,
            "--key-file",
            key,
        ];
        other.command(stage, &import)?;
    }
    Ok(())
}

/// Tapes: each side makes one for its own sending direction; both install both.
pub(crate) fn tapes(stage: &Stage, folder: &Path, both: [&Station; 2]) -> Result<(), Refusal> {
    for maker in both {
        let name = format!("{}-to-{}.tape", maker.name, maker.peer).to_lowercase();
        let file = folder.join(name);
        let file = path(&file)?;
        let key = path(maker.key_file())?;
        let make = [
            "tape", "make", "--peer", maker.peer, "--keys", REEL_KEYS, "--out", file,
        ];
        maker.command(stage, &[&make[..], &["--key-file", key]].concat())?;
        for station in both {
            let key = path(station.key_file())?;
            station.command(stage, &["tape", "install", file, "--key-file", key])?;
        }
    }
    Ok(())
}

/// The pairing: three letters. The side with the lower fingerprint begins.
pub(crate) fn pairing(stage: &Stage, folder: &Path, both: [&Station; 2]) -> Result<(), Refusal> {
    let [nord, sud] = both;
    let [first, second, third] = [1, 2, 3].map(|number| folder.join(format!("letter-{number}")));
    let asked = nord.quiet_command(&[
        "--json",
        "pair",
        nord.peer,
        "--key-file",
        path(nord.key_file())?,
    ])?;
    let step: PairingStep = parsed(&asked)?;
    let (lower, higher) = if step.number == 1 {
        (nord, sud)
    } else {
        (sud, nord)
    };
    stage.say(&format!(
        "{} has the lower fingerprint and begins.",
        lower.name
    ))?;
    pair(stage, lower, None, Some(&first))?;
    pair(stage, higher, Some(&first), Some(&second))?;
    pair(stage, lower, Some(&second), Some(&third))?;
    pair(stage, higher, Some(&third), None)
}

fn pair(
    stage: &Stage,
    station: &Station,
    letter: Option<&Path>,
    out: Option<&Path>,
) -> Result<(), Refusal> {
    let mut words = vec![
        "pair",
        station.peer,
        "--key-file",
        path(station.key_file())?,
    ];
    if let Some(letter) = letter {
        words.extend(["--letter", path(letter)?]);
    }
    if let Some(out) = out {
        words.extend(["--out", path(out)?]);
    }
    station.command(stage, &words)?;
    Ok(())
}

pub(crate) fn unwritten(path: &Path, fault: &std::io::Error) -> Refusal {
    failed(
        format!("{} cannot be written: {fault}.", path.display()),
        "",
    )
}

fn parsed<T: DeserializeOwned>(text: &str) -> Result<T, Refusal> {
    serde_json::from_str(text)
        .map_err(|fault| failed(format!("A command's answer cannot be read: {fault}."), ""))
}

pub(crate) fn path(path: &Path) -> Result<&str, Refusal> {
    path.to_str()
        .ok_or_else(|| failed("The temporary directory is not named in UTF-8.", ""))
}
