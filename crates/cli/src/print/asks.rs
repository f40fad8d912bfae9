//! Asks and answers: the board, the asks of a message, what a reply left open, the table.

use redphone_api::{
    Answered, Ask, AskBoard, AskCell, AskCounts, AskOutcome, LeftOpen, Message, Reply, Tray, Word,
};

use super::{Ink, Paper, columns, lasting, safe, seconds_of, wrap};

/// The board: what is due first.
pub(crate) fn ask_board(paper: &Paper, environment: &str, board: &AskBoard) -> String {
    let mut page = paper.band(&board.station, environment);
    let counts = board.counts;
    page.push_str(&format!(
        "ASKS  {} owed by us · {} waited for · {} due within the hour · {} lapsed · {} breached · \
         {} countered\n",
        counts.owed,
        counts.waited_for,
        counts.due,
        counts.lapsed,
        counts.breached,
        counts.countered
    ));
    for ask in &board.asks {
        let ours = board.owed.contains(&ask.name);
        page.push_str(&one(paper, ask, Some(ours)));
    }
    if board.asks.is_empty() {
        page.push_str("Nothing is asked that is not settled.\n");
    }
    if !board.readbacks.is_empty() {
        page.push_str(&super::readbacks(paper, &board.readbacks));
    }
    page
}

/// The asks that are missing an answer, below a tray (rule 12): ours to give, or theirs.
pub(crate) fn ask_counts(paper: &Paper, which: Tray, counts: AskCounts) -> String {
    let (count, whose) = match which {
        Tray::In => (counts.owed, "our word"),
        Tray::Out => (counts.waited_for, "the other side's word"),
    };
    let said = match count {
        0 => return String::new(),
        1 => format!("1 ask waits for {whose}: redphone asks"),
        _ => format!("{count} asks wait for {whose}: redphone asks"),
    };
    format!("{}\n", paper.style.paint(Ink::Amber, &said))
}

/// The asks of a message, and what came of what it says about earlier ones.
pub(super) fn of_message(paper: &Paper, message: &Message) -> String {
    let mut page = String::new();
    if !message.asks.is_empty() {
        page.push_str("ASKS\n");
        for ask in &message.asks {
            page.push_str(&one(paper, ask, None));
        }
        page.push('\n');
    }
    if let Some(reply) = &message.reply {
        page.push_str(&of_reply(paper, reply));
    }
    page
}

/// An answer that was sent or checked.
pub(crate) fn answered(paper: &Paper, answered: &Answered) -> String {
    let mut page = match &answered.sent {
        Some(sent) => {
            let name = paper.style.paint(Ink::Bold, &safe(&sent.name));
            format!("{name} to {}  RELEASED  answers {}\n", sent.to, answered.to)
        }
        None => format!(
            "CHECKED, nothing was sent. It would answer {}.\n",
            answered.to
        ),
    };
    for said in &answered.said {
        let ink = if answered.left_open.is_empty() {
            Ink::Good
        } else {
            Ink::Amber
        };
        page.push_str(&wrap(&paper.style.paint(ink, &said.en), 2, 2));
    }
    for left in &answered.left_open {
        page.push_str(&left_open(left));
    }
    if let Some(sent) = &answered.sent {
        page.push_str(&format!(
            "  follow    redphone wait {:04} --until acknowledged\n",
            sent.serial
        ));
    }
    page
}

/// Every state and every act, state by state, in English or in Russian.
pub(crate) fn ask_table(cells: &[AskCell], russian: bool) -> String {
    let say = |word: &Word| (if russian { &word.ru } else { &word.en }).clone();
    let width = cells.iter().map(|cell| columns(&say(&cell.act))).max();
    let width = width.unwrap_or_default();
    let mut page = String::new();
    let mut state = "";
    for cell in cells {
        if cell.state.en != state {
            state = &cell.state.en;
            let ends = if page.is_empty() { "" } else { "\n" };
            page.push_str(&format!("{ends}{}\n", say(&cell.state)));
        }
        let act = say(&cell.act);
        let does = does(cell, russian, say);
        page.push_str(&wrap(&format!("{act:<width$}  {does}"), 2, width + 4));
    }
    page
}

/// What one cell of the table says.
fn does(cell: &AskCell, russian: bool, say: impl Fn(&Word) -> String) -> String {
    let [moves, refused, recorded, nothing, flagged] = if russian {
        ["→", "отказ.", "записывается", "ничего нового", "отметка:"]
    } else {
        [
            "moves it to",
            "refused.",
            "recorded",
            "says nothing new",
            "flagged",
        ]
    };
    let flag = cell.flag.as_ref();
    let flag = flag.map_or_else(String::new, |flag| format!(", {flagged} {}", say(flag)));
    match (&cell.to, &cell.refusal) {
        (Some(to), _) => format!("{moves} {}{flag}", say(to)),
        (None, Some(refusal)) => format!("{refused} {}", say(refusal)),
        (None, None) if cell.outcome == AskOutcome::Stays => format!("{recorded}{flag}"),
        (None, None) => nothing.to_owned(),
    }
}

/// One ask. `ours`: whether our word is next, where the page says so.
fn one(paper: &Paper, ask: &Ask, ours: Option<bool>) -> String {
    let name = format!("{} ask {}", ask.name.message, ask.name.ask);
    let name = paper.style.paint(Ink::Bold, &format!("{name:<18}"));
    let state = ask.state.en.to_uppercase();
    let state = paper.style.paint(ink_of(ask), &format!("{state:<14}"));
    let next = match ours {
        Some(true) => "  OURS",
        Some(false) => "  THEIRS",
        None => "",
    };
    let mut page = format!("  {name} {state} {}{next}\n", how_far(paper, ask));
    let object = if ask.object.is_empty() {
        "(not shown: a reader sees it with --key FILE)".to_owned()
    } else {
        safe(&ask.object)
    };
    let deed = format!("{} {object} ({})", ask.verb.en, safe(&ask.to));
    page.push_str(&wrap(&deed, 6, 8));
    page.push_str(&waits_for(paper, ask));
    let mut facts: Vec<String> = Vec::new();
    if !ask.who.is_empty() {
        facts.push(safe(&ask.who));
    }
    facts.extend(ask.time.map(|at| paper.zone.moment(at)));
    if !ask.words.is_empty() {
        facts.push(safe(&ask.words));
    }
    if !facts.is_empty() {
        page.push_str(&wrap(&format!("said: {}", facts.join(" · ")), 6, 8));
    }
    if let Some(ended) = &ask.ended {
        let said = format!(
            "{} no longer stands: {} {} it",
            ask.name.message, ended.message, ended.kind
        );
        page.push_str(&wrap(&paper.style.paint(Ink::Red, &safe(&said)), 6, 8));
    }
    let mut flags: Vec<String> = ask
        .flags
        .iter()
        .map(|flag| flag.en.to_uppercase())
        .collect();
    flags.extend(
        ask.breached_at
            .map(|at| format!("BROKEN {}", seconds_of(at, paper.now))),
    );
    if !flags.is_empty() {
        let flags = paper.style.paint(Ink::Amber, &flags.join(" · "));
        page.push_str(&wrap(&flags, 6, 8));
    }
    page
}

/// How far off the time is that an ask waits for, or since when it stands where it does.
fn how_far(paper: &Paper, ask: &Ask) -> String {
    let Some(time) = &ask.waits_for else {
        return format!("since {}", seconds_of(ask.since, paper.now));
    };
    match time.at.checked_sub(paper.now) {
        Some(left) => format!("in {}", lasting(left)),
        None => paper.style.paint(Ink::Red, "OVER"),
    }
}

/// The time that an ask waits for, if it waits for one.
fn waits_for(paper: &Paper, ask: &Ask) -> String {
    let Some(time) = &ask.waits_for else {
        return String::new();
    };
    let by = match time.by.as_str() {
        "act" => "to be done by",
        "answer" => "to be answered by",
        "read-back" => "to be read back by",
        _ => "answer promised by",
    };
    wrap(&format!("{by} {}", paper.zone.moment(time.at)), 6, 8)
}

fn ink_of(ask: &Ask) -> Ink {
    match ask.state.en.as_str() {
        "lapsed" | "breached" => Ink::Red,
        "committed" | "done claimed" | "verified" => Ink::Good,
        _ if ask.unanswered => Ink::Amber,
        _ => Ink::Quiet,
    }
}

fn of_reply(paper: &Paper, reply: &Reply) -> String {
    let mut page = String::new();
    if reply.waits {
        let waits = "What it says about asks counts once the serials before it have come.";
        page.push_str(&wrap(&paper.style.paint(Ink::Amber, waits), 2, 2));
    }
    for left in &reply.left_open {
        page.push_str(&left_open(left));
    }
    for refused in &reply.refused {
        let which = match refused.position {
            0 => String::new(),
            position => format!("act {position}: "),
        };
        let told = format!("NOT TAKEN  {which}{}", refused.because.en);
        page.push_str(&wrap(&paper.style.paint(Ink::Amber, &told), 2, 13));
    }
    if !page.is_empty() {
        page.push('\n');
    }
    page
}

fn left_open(left: &LeftOpen) -> String {
    let told = format!(
        "LEFT OPEN  {} ask {}, {}: {}",
        left.name.message, left.name.ask, left.state.en, left.because.en
    );
    wrap(&told, 2, 13)
}

#[cfg(test)]
mod tests {
    use redphone_api::{AskName, AskTime};

    use super::super::{COLUMNS_MAX, Style, Zone};
    use super::*;

    const NOW: u64 = 1_793_461_512_000;

    fn word(en: &str) -> Word {
        Word {
            en: en.to_owned(),
            ru: String::new(),
        }
    }

    fn asked() -> Ask {
        Ask {
            name: AskName {
                peer: "SUD".to_owned(),
                message: "SUD 0412".to_owned(),
                ask: 1,
            },
            ours: false,
            to: "the Government of NORD".to_owned(),
            verb: word("stop"),
            object: "entries into the registers".to_owned(),
            act_by: NOW,
            answer_by: NOW,
            state: word("deferred"),
            unanswered: true,
            since: NOW,
            flags: vec![word("evaded")],
            waits_for: Some(AskTime {
                at: NOW + 41 * 60_000,
                by: "until".to_owned(),
            }),
            who: "the Ministry".to_owned(),
            time: Some(NOW + 41 * 60_000),
            words: String::new(),
            breached_at: None,
            ended: None,
        }
    }

    fn paper() -> Paper {
        Paper {
            style: Style::plain(),
            zone: Zone::utc(),
            now: NOW,
        }
    }

    #[test]
    fn board_says_whose_word_is_next_and_how_long_there_is() {
        let board = AskBoard {
            station: "NORD".to_owned(),
            counts: AskCounts {
                owed: 1,
                ..AskCounts::default()
            },
            owed: vec![asked().name],
            asks: vec![asked()],
            ..AskBoard::default()
        };
        let page = ask_board(&paper(), "EXERCISE", &board);
        let (_, asks) = page.split_once("countered\n").unwrap();
        assert_eq!(
            asks,
            "  SUD 0412 ask 1     DEFERRED       in 41 min  OURS\n      \
             stop entries into the registers (the Government of NORD)\n      \
             answer promised by 311626Z OCT 26 · 16:26 UTC · 16:26 here\n      \
             said: the Ministry · 311626Z OCT 26 · 16:26 UTC · 16:26 here\n      EVADED\n"
        );
    }

    #[test]
    fn words_of_a_peer_neither_act_on_the_screen_nor_leave_the_page() {
        let hostile = Ask {
            object: format!("\u{1b}[2J{}", "x".repeat(500)),
            words: "\u{202e}".repeat(200),
            ..asked()
        };
        let page = one(&paper(), &hostile, None);
        assert!(!page.contains(['\u{1b}', '\u{202e}']), "{page}");
        assert!(page.lines().all(|line| columns(line) <= COLUMNS_MAX));
    }
}
