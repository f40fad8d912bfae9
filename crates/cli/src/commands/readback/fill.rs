//! Ways to fill in a card: on the terminal, with pick lists; as arguments; as a file of TOML.

use std::path::Path;

use redphone_api::{NewItem, ReadBack, ReadBackItem, Refusal};
use redphone_clarity::{Lexicon, ReadBackKind, read};
use redphone_wire::{Confidence, Mark, Verb};
use toml::{Table, Value};

use super::super::{read_file, usage};
use crate::print::{place, safe};
use crate::secrets::line;

/// Bytes of a file that are read: a whole card, with what is said of each item.
const FILE_BYTES_MAX: usize = 131_072;

/// The blank card as a file.
pub(super) fn card(view: &ReadBack) -> String {
    let name = view.of.replace(' ', "-");
    let mut page = format!(
        "# Read-back of {}. Write what you understood between the quotes, then:\n\
         # redphone readback {name} --file THIS-FILE --as OFFICER\n",
        view.of
    );
    for item in &view.items {
        let place = place(&item.field);
        page.push_str(&format!(
            "{:<3} = \"\"  # {place}: {}\n",
            item.item, item.hint
        ));
    }
    page
}

/// A card that was filled in.
///
/// # Errors
///
/// A file that cannot be read, or is no card.
pub(super) fn file(path: &Path) -> Result<Vec<NewItem>, Refusal> {
    let wrong = |why: &str| {
        usage(
            format!("The file {} is no card: {}.", path.display(), why.trim()),
            "Print a blank one with --card. Nothing was sent.",
        )
    };
    let bytes = read_file(path, FILE_BYTES_MAX)?;
    let text = String::from_utf8(bytes).map_err(|_| wrong("it is not UTF-8"))?;
    let table: Table = toml::from_str(&text).map_err(|fault| wrong(fault.message()))?;
    let item = |(number, value): (String, Value)| {
        let item = number.parse().ok()?;
        let value = value.as_str()?.to_owned();
        Some(NewItem { item, value })
    };
    let mut items = Vec::with_capacity(table.len());
    for (number, value) in table {
        let shown = safe(&number);
        let item = item((number, value)).ok_or_else(|| wrong(&format!("see '{shown}'")))?;
        items.push(item);
    }
    items.retain(|item| !item.value.trim().is_empty());
    items.sort_by_key(|item| item.item);
    Ok(items)
}

/// Pairs of a number and a value.
///
/// # Errors
///
/// When a number is none.
pub(super) fn arguments(words: &[String]) -> Result<Vec<NewItem>, Refusal> {
    let mut items = Vec::with_capacity(words.len() / 2);
    for pair in words.chunks_exact(2) {
        let [number, value] = pair else { continue };
        let item = number.parse().map_err(|_| {
            usage(
                format!("'{}' is no number of an item.", safe(number)),
                "Print the card with --card.",
            )
        })?;
        let value = value.clone();
        items.push(NewItem { item, value });
    }
    Ok(items)
}

/// Asks for item after item on the terminal, again until it can be read.
///
/// # Errors
///
/// When there is no terminal, or the officer broke off.
pub(super) fn terminal(view: &ReadBack) -> Result<Vec<NewItem>, Refusal> {
    let due: Vec<&ReadBackItem> = view.items.iter().filter(|item| item.due).collect();
    let mut head = format!(
        "Read-back of {}: {} items. Say what you understood; Ctrl-C leaves, and nothing is sent.\n",
        view.of,
        due.len()
    );
    let mut items = Vec::with_capacity(due.len());
    for one in due {
        let kind = kind_of(one);
        let picks = kind.map(picks).unwrap_or_default();
        let mut prompt = format!(
            "{head}\n{:>3}  {}\n     {}\n",
            one.item,
            place(&one.field),
            one.hint
        );
        head.clear();
        for (number, (value, said)) in (1_usize..).zip(&picks) {
            prompt.push_str(&format!("     {number:>2}) {value}  {said}\n"));
        }
        prompt.push_str("   > ");
        let value = loop {
            let typed = line(&prompt)?;
            let value = picked(&picks, typed.trim());
            if kind.is_some_and(|kind| read(kind, &value).is_some()) {
                break value;
            }
            prompt = format!("     That is not {}.\n   > ", one.hint);
        };
        let item = one.item;
        items.push(NewItem { item, value });
    }
    Ok(items)
}

fn kind_of(item: &ReadBackItem) -> Option<ReadBackKind> {
    let mut kinds = ReadBackKind::ALL.into_iter();
    kinds.find(|kind| kind.hint() == item.hint)
}

/// What is typed, or what a number of a pick list stands for.
fn picked(picks: &[(String, String)], typed: &str) -> String {
    let number = typed.parse::<usize>().ok();
    let pick = number.and_then(|number| picks.get(number.checked_sub(1)?));
    pick.map_or_else(|| typed.to_owned(), |(value, _)| value.clone())
}

/// The values that one picks from, with what they say.
fn picks(kind: ReadBackKind) -> Vec<(String, String)> {
    let plain = |word: &str| (word.to_owned(), String::new());
    match kind {
        ReadBackKind::Confidence => Confidence::ALL.map(|one| plain(one.en())).to_vec(),
        ReadBackKind::Likelihood => {
            let lexicon = Lexicon::starter().into_iter();
            let steps = lexicon.flat_map(|lexicon| lexicon.estimates().to_vec());
            steps.map(|step| (step.id, step.words.en)).collect()
        }
        ReadBackKind::Mark => Mark::ALL.map(|mark| plain(mark.en())).to_vec(),
        ReadBackKind::Negation => ["not", "plain"].map(plain).to_vec(),
        ReadBackKind::Term => {
            let lexicon = Lexicon::starter().into_iter();
            let terms = lexicon.flat_map(|lexicon| {
                let terms = lexicon.terms();
                let terms = terms.map(|(id, term)| (id.to_string(), term.head.en.clone()));
                terms.collect::<Vec<_>>()
            });
            terms.collect()
        }
        ReadBackKind::Verb => Verb::ALL.map(|verb| plain(verb.en())).to_vec(),
        ReadBackKind::Moment | ReadBackKind::Name | ReadBackKind::Number | ReadBackKind::Span => {
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_pairs_of_an_item_and_what_was_understood() {
        let words = ["3", "24 h", "1", "T-007"].map(str::to_owned);
        let items = arguments(&words).unwrap();
        assert_eq!(items.first().map(|item| item.item), Some(3));
        assert_eq!(items.last().map(|item| item.value.as_str()), Some("T-007"));
        assert!(arguments(&["three", "24 h"].map(str::to_owned)).is_err());
    }

    #[test]
    fn number_of_a_pick_list_stands_for_its_value_and_any_other_word_for_itself() {
        let picks = picks(ReadBackKind::Confidence);
        assert_eq!(picked(&picks, "3"), "high");
        assert_eq!(picked(&picks, "moderate"), "moderate");
        assert_eq!(picked(&picks, "9"), "9");
    }
}
