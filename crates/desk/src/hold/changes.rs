//! What changed between two revisions of a text, line by line.
//!
//! Longest common subsequence over lines, in memory of the product of their numbers; beyond
//! [`LINES_MAX`] lines a text is shown as replaced whole.

/// Lines of a text beyond which it is not compared line by line.
pub const LINES_MAX: usize = 512;

/// One line of a comparison.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Change {
    /// A line that came.
    Added(String),
    /// A line that is in both.
    Kept(String),
    /// A line that went.
    Removed(String),
}

/// Compares two texts. What was removed stands before what came in its place.
pub fn changes(old: &str, new: &str) -> Vec<Change> {
    let old: Vec<&str> = old.lines().collect();
    let new: Vec<&str> = new.lines().collect();
    if old.len() > LINES_MAX || new.len() > LINES_MAX {
        let removed = old.iter().map(|line| Change::Removed((*line).to_owned()));
        let added = new.iter().map(|line| Change::Added((*line).to_owned()));
        return removed.chain(added).collect();
    }
    walk(&old, &new)
}

fn walk(old: &[&str], new: &[&str]) -> Vec<Change> {
    let common = common_lengths(old, new);
    let length = |i: usize, j: usize| {
        let row = common.get(i);
        row.and_then(|row| row.get(j)).copied().unwrap_or(0)
    };
    let (mut i, mut j) = (0, 0);
    let mut told = Vec::new();
    loop {
        match (old.get(i), new.get(j)) {
            (None, None) => return told,
            (Some(line), Some(other)) if line == other => {
                told.push(Change::Kept((*line).to_owned()));
                i += 1;
                j += 1;
            }
            (Some(line), other) if other.is_none() || length(i + 1, j) >= length(i, j + 1) => {
                told.push(Change::Removed((*line).to_owned()));
                i += 1;
            }
            (_, Some(line)) => {
                told.push(Change::Added((*line).to_owned()));
                j += 1;
            }
            (Some(_), None) => return told,
        }
    }
}

/// For each pair of places, how many lines behind them both texts have in common.
fn common_lengths(old: &[&str], new: &[&str]) -> Vec<Vec<u16>> {
    let mut below = vec![0_u16; new.len() + 1];
    let mut rows = vec![below.clone()];
    for line in old.iter().rev() {
        let mut row = vec![0_u16];
        // From the end of the new text to its beginning; the row is turned round at the end.
        for (other, pair) in new.iter().rev().zip(below.windows(2).rev()) {
            let right = row.last().copied().unwrap_or(0);
            let best = match pair {
                [_, diagonal] if line == other => diagonal.saturating_add(1),
                [down, _] => (*down).max(right),
                _ => right,
            };
            row.push(best);
        }
        row.reverse();
        rows.push(row.clone());
        below = row;
    }
    rows.reverse();
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(old: &str, new: &str) -> Vec<String> {
        changes(old, new)
            .into_iter()
            .map(|change| match change {
                Change::Added(line) => format!("+{line}"),
                Change::Kept(line) => format!(" {line}"),
                Change::Removed(line) => format!("-{line}"),
            })
            .collect()
    }

    #[test]
    fn changed_line_is_removed_and_added_in_its_place() {
        let old = "Do not tamper.\nThere would be serious consequences.\nEnd.";
        let new = "Do not tamper.\nWe will expel four of your officials.\nEnd.";
        assert_eq!(
            told(old, new),
            [
                " Do not tamper.",
                "-There would be serious consequences.",
                "+We will expel four of your officials.",
                " End.",
            ]
        );
    }

    #[test]
    fn nothing_and_everything_are_told_too() {
        assert_eq!(told("", ""), Vec::<String>::new());
        assert_eq!(told("One.", "One."), [" One."]);
        assert_eq!(told("", "One.\nTwo."), ["+One.", "+Two."]);
        assert_eq!(told("One.\nTwo.", ""), ["-One.", "-Two."]);
    }

    #[test]
    fn both_texts_follow_from_their_comparison() {
        let texts = [
            "a\nb\nc\nd",
            "a\nc\nb\nd",
            "x\na\nb\nc",
            "b\nb\nb",
            "d\nc\nb\na",
            "",
        ];
        for old in texts {
            for new in texts {
                let side = |without: char| {
                    let lines: Vec<String> = told(old, new)
                        .into_iter()
                        .filter(|line| !line.starts_with(without))
                        .map(|line| line[1..].to_owned())
                        .collect();
                    lines.join("\n")
                };
                assert_eq!((side('+').as_str(), side('-').as_str()), (old, new));
            }
        }
    }

    #[test]
    fn text_of_too_many_lines_is_replaced_whole() {
        let long = "line\n".repeat(LINES_MAX + 1);
        let told = changes(&long, "line");
        assert_eq!(told.len(), LINES_MAX + 2);
        assert_eq!(told.last(), Some(&Change::Added("line".to_owned())));
    }
}
