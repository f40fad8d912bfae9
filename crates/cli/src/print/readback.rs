//! Read-backs: what came back, item by item, both values where they differ, and what is next.

use redphone_api::{ReadBack, ReadBackItem, ReadBackStanding};

use super::{Ink, Paper, safe, seconds_of, wrap};

/// What waits for whose word, one read-back a line with what to do.
pub(crate) fn readbacks(paper: &Paper, open: &[ReadBack]) -> String {
    if open.is_empty() {
        return "No message waits to be read back or confirmed.\n".to_owned();
    }
    let lines = open.iter().map(|view| {
        let head = format!("READ-BACK  {}", head(paper, view));
        wrap(&head, 0, 11) + &what_next(paper, view, 11)
    });
    lines.collect()
}

/// One read-back, with every item.
pub(crate) fn readback(paper: &Paper, view: &ReadBack) -> String {
    let mut page = wrap(&format!("READ-BACK  {}", head(paper, view)), 0, 11);
    for item in view.items.iter().filter(|_| view.number > 0) {
        page.push_str(&one(paper, view, item));
    }
    page + &what_next(paper, view, 2)
}

/// The same below a message: only what differs.
pub(super) fn of_message(paper: &Paper, view: &ReadBack) -> String {
    let mut page = wrap(&format!("READ-BACK  {}", head(paper, view)), 0, 11);
    let differs = |item: &&ReadBackItem| view.wrong.contains(&item.item);
    let told = view.standing != ReadBackStanding::Confirmed && view.number > 0;
    for item in view.items.iter().filter(differs).filter(|_| told) {
        page.push_str(&one(paper, view, item));
    }
    page + &what_next(paper, view, 2) + "\n"
}

/// A place on a card in words: `ask.1.act_by` is `ask 1, act by`.
pub(crate) fn place(field: &str) -> String {
    let place = field.replacen("ask.", "ask ", 1);
    safe(&place.replace('.', ", ").replace('_', " "))
}

fn head(paper: &Paper, view: &ReadBack) -> String {
    let by = if view.number == 0 {
        String::new()
    } else {
        format!(
            ", read back by {} in {} (no. {})",
            safe(&view.officer),
            view.carried_by,
            view.number
        )
    };
    let differ = match (view.wrong.len(), view.standing) {
        (_, ReadBackStanding::NotYet | ReadBackStanding::Confirmed) => String::new(),
        (0, _) => ", every item the same".to_owned(),
        (1, _) => ", 1 item differs".to_owned(),
        (wrong, _) => format!(", {wrong} items differ"),
    };
    let (ink, standing) = match view.standing {
        ReadBackStanding::NotYet => (Ink::Amber, "NOT YET READ BACK".to_owned()),
        ReadBackStanding::Waits if view.ours => (Ink::Amber, "OUR WORD IS NEXT".to_owned()),
        ReadBackStanding::Waits => (Ink::Amber, "THEIR WORD IS NEXT".to_owned()),
        ReadBackStanding::Corrected => (Ink::Amber, "CORRECTED".to_owned()),
        ReadBackStanding::Confirmed => {
            let at = view.confirmed_at.unwrap_or_default();
            let (at, by) = (seconds_of(at, paper.now), safe(&view.confirmed_by));
            (Ink::Good, format!("CORRECT {at}, says {by}"))
        }
    };
    format!(
        "{}{by}{differ}: {}",
        view.of,
        paper.style.paint(ink, &standing)
    )
}

fn one(paper: &Paper, view: &ReadBack, item: &ReadBackItem) -> String {
    let differs = view.wrong.contains(&item.item);
    let read = safe(&item.read);
    let told = match (differs, read.is_empty()) {
        (true, _) => paper.style.paint(Ink::Amber, "DIFFERS"),
        (false, true) if item.says.is_none() => "not shown without --key".to_owned(),
        (false, true) => "not in this read-back".to_owned(),
        (false, false) => format!("same: {read}"),
    };
    let misses = match item.misses {
        0 => String::new(),
        1 => ", corrected once".to_owned(),
        misses => format!(", corrected {misses} times"),
    };
    let place = place(&item.field);
    let mut page = wrap(
        &format!("{:>3}  {place:<26}  {told}{misses}", item.item),
        2,
        9,
    );
    if let Some(says) = item.says.as_deref().filter(|_| differs) {
        let read = if read.is_empty() { "nothing" } else { &read };
        let says = safe(says);
        page.push_str(&wrap(&format!("read back    {read}"), 9, 22));
        page.push_str(&wrap(&format!("the message  {says}"), 9, 22));
    }
    page
}

/// What an officer here can do about it.
fn what_next(paper: &Paper, view: &ReadBack, indent: usize) -> String {
    let reference = |name: &str| name.replace(' ', "-");
    let mut page = String::new();
    if !view.speak.is_empty() && view.standing != ReadBackStanding::Confirmed {
        let items: Vec<String> = view.speak.iter().map(ToString::to_string).collect();
        let speak = format!(
            "SPEAK: item {} was misread three times. Say it on the order wire in other words \
             (redphone wire), then have it read back again.",
            items.join(", ")
        );
        page.push_str(&wrap(
            &paper.style.paint(Ink::Red, &speak),
            indent,
            indent + 2,
        ));
    }
    let next = match (view.ours, view.standing) {
        (true, ReadBackStanding::Waits) if view.wrong.is_empty() => {
            format!(
                "next: redphone readback confirm {}",
                reference(&view.carried_by)
            )
        }
        (true, ReadBackStanding::Waits) => {
            format!(
                "next: redphone readback correct {}",
                reference(&view.carried_by)
            )
        }
        (false, ReadBackStanding::NotYet | ReadBackStanding::Corrected) => {
            format!("next: redphone readback {}", reference(&view.of))
        }
        _ => return page,
    };
    page + &wrap(&next, indent, indent + 2)
}
