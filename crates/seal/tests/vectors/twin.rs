//! Opens what the second implementation sealed.

use redphone_seal::words::{LINE_WORDS, Language};
use redphone_seal::{Cipher, Opened, OpenedFrame};
use redphone_wire::{EnvelopeId, Letter2, Refresh, Suites, from_bytes, to_bytes};
use serde_json::Value;

use crate::cases::{Made, Paired, now, suites};
use redphone_wire::Suite;

/// NORD began as in `pairing.json`; the twin answers as SUD.
pub(crate) fn check_answer(text: &str) -> Made<()> {
    let twin = &parse(text)?["answer"];
    let sm4 = suites(Suite::Sm4, Some(Suite::ChaCha20Poly1305))?;
    let paired = Paired::new(Suites::DEFAULT, sm4, true, true)?;
    let (letter3, mut lower) = paired.finish(&from_bytes::<Letter2>(&hex(&twin["letter2"])?)?)?;
    same("line", &lower.line(), &twin["line"])?;
    same("letter 3", &to_bytes(&letter3), &twin["letter3"])?;
    open(&mut lower, &twin["envelope"])?;
    Ok(())
}

/// Says how many envelopes were opened.
pub(crate) fn check_envelopes(text: &str) -> Made<usize> {
    let mut opened = 0;
    for case in list(&parse(text)?["envelopes"])? {
        let suites: Suites = case["suites"].as_str().unwrap_or_default().parse()?;
        let mut paired = Paired::new(suites, suites, true, false)?;
        for envelope in list(&case["envelopes"])? {
            let from_lower = envelope["direction"] == 0;
            open(paired.receiver(from_lower), envelope)?;
            opened += 1;
        }
    }
    Ok(opened)
}

pub(crate) fn check_frames(text: &str) -> Made<()> {
    let mut paired = Paired::new(Suites::DEFAULT, Suites::DEFAULT, true, false)?;
    for case in list(&parse(text)?["frames"])? {
        let receiver = paired.receiver(case["direction"] == 0);
        let frame = receiver.open_frame(&hex(&case["frame"])?);
        let Some(OpenedFrame::Traffic { epoch: 0, frame }) = frame else {
            return Err(format!("not opened: {case}").into());
        };
        same("frame", &frame.to_bytes(), &case["plain"])?;
    }
    Ok(())
}

/// NORD offers, the twin opens SUD's next epoch and seals in it.
pub(crate) fn check_opening(text: &str) -> Made<()> {
    let twin = &parse(text)?["opening"];
    let mut paired = Paired::new(Suites::DEFAULT, Suites::DEFAULT, true, false)?;
    let nord = &mut paired.lower;
    let random = hex(&twin["offer_random"])?.as_slice().try_into()?;
    nord.offer(now(1), random).ok_or("no offer")?;
    let open_epoch: Refresh = from_bytes(&hex(&twin["open"])?)?;
    let answer = nord.handle_refresh(&open_epoch)?;
    same(
        "answer",
        &to_bytes(&answer.ok_or("no answer")?),
        &twin["ready"],
    )?;
    open(nord, &twin["envelope"])?;
    for (language, name) in [
        (Language::English, "english"),
        (Language::Russian, "russian"),
    ] {
        let words = nord.line_words((0, 1), language).ok_or("no words")?;
        let theirs = list(&twin["words"][name])?;
        if theirs.len() != LINE_WORDS || words.iter().ne(theirs.iter()) {
            return Err(format!("other words: {words:?}").into());
        }
    }
    Ok(())
}

fn open(receiver: &mut Cipher, case: &Value) -> Made<Opened> {
    let number =
        |name: &str| -> Made<u32> { Ok(case[name].as_u64().ok_or("no number")?.try_into()?) };
    let id = EnvelopeId {
        epoch: number("epoch")?,
        number: number("number")?,
    };
    let opened = receiver.open(id, &hex(&case["envelope"])?)?;
    same("message", &opened.message, &case["message"])?;
    if case["kind"] != opened.kind.byte() {
        return Err("another kind".into());
    }
    Ok(opened)
}

fn same(what: &str, ours: &[u8], theirs: &Value) -> Made<()> {
    if ours == hex(theirs)? {
        Ok(())
    } else {
        Err(format!("{what} differs from {theirs}").into())
    }
}

fn parse(text: &str) -> Made<Value> {
    Ok(serde_json::from_str(text)?)
}

fn list(value: &Value) -> Made<&Vec<Value>> {
    value.as_array().ok_or_else(|| "not a list".into())
}

fn hex(value: &Value) -> Made<Vec<u8>> {
    let text = value.as_str().ok_or("not a text")?;
    let pairs = text.as_bytes().chunks(2).map(std::str::from_utf8);
    pairs
        .map(|pair| Ok(u8::from_str_radix(pair?, 16)?))
        .collect()
}
