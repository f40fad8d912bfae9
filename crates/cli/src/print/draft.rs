//! Drafts and officers: lists, the sheet before a release, what became of an act.

use redphone_api::{Draft, DraftStage, DraftSummary, FormView, OfficerView, Roll, hex};

use redphone_clarity::Code;
use redphone_wire::{Coded, Language};

use super::form::{form_lines, terms};
use super::thread::changed_lines;
use super::{Ink, Paper, bytes, lasting, safe, wrap};

/// All drafts, the newest first.
pub(crate) fn drafts(paper: &Paper, roll: &Roll, list: &[DraftSummary]) -> String {
    let mut page = paper.band(&roll.station, &roll.environment);
    let open = list.iter().filter(|draft| !draft.has_ended()).count();
    page.push_str(&format!("DRAFTS  {open} open\n"));
    for draft in list {
        page.push_str(&head(paper, draft));
        page.push_str(&standing(paper, draft));
    }
    page
}

/// One draft, as its releaser has to see it: all of it, nothing folded.
pub(crate) fn draft(paper: &Paper, roll: &Roll, draft: &Draft) -> String {
    let summary = &draft.summary;
    let mut page = paper.band(&roll.station, &roll.environment);
    page.push_str(&head(paper, summary));
    page.push_str(&standing(paper, summary));
    if !summary.subject.is_empty() {
        page.push_str(&wrap(
            &format!("subject   {}", safe(&summary.subject)),
            2,
            12,
        ));
    }
    if !draft.readers.is_empty() {
        let line = format!("readers   {} may open it there", names(&draft.readers));
        page.push_str(&wrap(&line, 2, 12));
    }
    if summary.on_record {
        page.push_str("  on record, the signatures of its releasers are kept\n");
    }
    if let Ok(code) = Coded::from_bytes(&draft.code) {
        let code = Code(code.entry);
        page.push_str(&format!("  goes as   {code}, the text is agreed\n"));
    }
    page.push_str(&format!(
        "  signs     exactly this, {}\n\n",
        in_fours(&draft.terms)
    ));
    match &draft.form {
        None => page.push_str(&wrap(&safe(&draft.text), 3, 3)),
        Some(form) => {
            page.push_str(&form_lines(paper, form, &[]));
            page.push_str(&terms(paper, form, language_of(form)));
        }
    }
    page.push('\n');
    for one in &draft.attached {
        let size = bytes(u64::from(one.bytes));
        let line = format!("attached  {}, {size}, {}", safe(&one.name), one.digest);
        page.push_str(&wrap(&line, 2, 12));
    }
    for waiver in &draft.waived {
        let (rule, by) = (safe(&waiver.rule), safe(&waiver.by));
        let line = format!("waived    {rule}, {} ({by})", safe(&waiver.because));
        page.push_str(&wrap(&line, 2, 12));
    }
    page.push_str(&changed(paper, draft));
    page
}

/// The language of record.
fn language_of(form: &FormView) -> Language {
    let recorded = Language::ALL
        .into_iter()
        .find(|one| one.code() == form.language);
    recorded.unwrap_or_default()
}

/// What became of an act.
pub(crate) fn outcome(draft: &Draft) -> String {
    let summary = &draft.summary;
    let name = format!("DRAFT-{}", summary.number);
    let releasers = names(&summary.released_by);
    let said = match summary.stage {
        DraftStage::Released => format!(
            "{name} is RELEASED by {releasers}. It goes in {}; until then: redphone recall {name}",
            lasting(summary.recallable_ms.unwrap_or(0))
        ),
        DraftStage::Sent => format!(
            "{name} is SENT as {:04}, released by {releasers}.",
            summary.serial.unwrap_or(0)
        ),
        DraftStage::Held if summary.released_by.is_empty() => format!("{name} is HELD."),
        DraftStage::Held => format!(
            "{name} is HELD: released by {releasers}, it needs {}. It may be released by {}.",
            summary.releasers,
            names(&summary.may_release)
        ),
        DraftStage::Expired => format!("{name} is EXPIRED: its drafter edits it."),
        DraftStage::Killed => format!("{name} is KILLED: {}.", safe(&summary.because)),
        DraftStage::SentBack => format!("{name} is SENT BACK: {}.", safe(&summary.because)),
    };
    wrap(&said, 0, 2)
}

/// The roll and the charter.
pub(crate) fn roll(paper: &Paper, roll: &Roll) -> String {
    let mut page = paper.band(&roll.station, &roll.environment);
    if roll.signed {
        page.push_str("OFFICERS  they sign: drafts are held and released by others\n");
    } else {
        page.push_str("OFFICERS  no administrator: one releases at once, and names are claims\n");
    }
    for officer in &roll.officers {
        page.push_str(&officer_line(officer));
    }
    page.push_str("CHARTER   releasers besides the authors\n");
    for line in &roll.charter {
        page.push_str(&format!("  {:<12} {}\n", line.kind, line.releasers));
    }
    let window = roll.recall_window_s;
    page.push_str(&format!("  recall window {window} s, FLASH none\n"));
    page
}

fn officer_line(officer: &OfficerView) -> String {
    let name = safe(&officer.name);
    let roles = officer.roles.join(", ");
    let mut line = format!("{name:<20} {roles}");
    if !officer.revoked.is_empty() {
        line.push_str(&format!("  REVOKED {}", safe(&officer.revoked)));
    }
    wrap(&line, 2, 23)
}

fn head(paper: &Paper, draft: &DraftSummary) -> String {
    let name = format!("DRAFT-{}", draft.number);
    format!(
        "{}  {} {} to {}  revision {}  {}\n",
        paper.style.paint(Ink::Bold, &name),
        draft.precedence,
        draft.kind,
        draft.to,
        draft.revision,
        stage(paper, draft.stage),
    )
}

fn standing(paper: &Paper, draft: &DraftSummary) -> String {
    let mut page = wrap(&format!("written by {}", names(&draft.authors)), 2, 4);
    if !draft.because.is_empty() {
        page.push_str(&wrap(&format!("because   {}", safe(&draft.because)), 2, 12));
    }
    if let Some(serial) = draft.serial {
        let by = names(&draft.released_by);
        page.push_str(&wrap(
            &format!("sent as {serial:04}, released by {by}"),
            2,
            4,
        ));
        return page;
    }
    if draft.has_ended() {
        return page;
    }
    page.push_str(&format!(
        "  expires   {}\n",
        paper.zone.moment(draft.expires_at)
    ));
    let released = if draft.released_by.is_empty() {
        "nobody yet".to_owned()
    } else {
        names(&draft.released_by)
    };
    let mut line = format!("released by {released}; it needs {}", draft.releasers);
    if !draft.may_release.is_empty() {
        line.push_str(&format!(
            "; may be released by {}",
            names(&draft.may_release)
        ));
    }
    page.push_str(&wrap(&line, 2, 4));
    page
}

fn changed(paper: &Paper, draft: &Draft) -> String {
    let Some(seen) = draft.seen else {
        return "  you have not seen a revision of it before\n".to_owned();
    };
    if draft.changed.is_empty() {
        return format!("  nothing changed since revision {seen}, which you saw\n");
    }
    let page = format!("  changed since revision {seen}, which you saw\n");
    page + &changed_lines(paper, &draft.changed)
}

fn stage(paper: &Paper, stage: DraftStage) -> String {
    let (word, ink) = match stage {
        DraftStage::Expired => ("EXPIRED", Ink::Amber),
        DraftStage::Held => ("HELD", Ink::Amber),
        DraftStage::Killed => ("KILLED", Ink::Quiet),
        DraftStage::Released => ("RELEASED", Ink::Bold),
        DraftStage::Sent => ("SENT", Ink::Quiet),
        DraftStage::SentBack => ("SENT BACK", Ink::Amber),
    };
    paper.style.paint(ink, word)
}

fn names(names: &[String]) -> String {
    if names.is_empty() {
        return "nobody".to_owned();
    }
    safe(&names.join(", "))
}

/// A digest in groups that an eye can compare.
fn in_fours(digest: &str) -> String {
    let Some(bytes) = hex::decode(digest) else {
        return safe(digest);
    };
    let fours: Vec<String> = bytes.chunks(2).map(hex::encode).collect();
    fours.join(" ")
}
