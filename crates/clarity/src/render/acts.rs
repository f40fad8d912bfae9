//! An answer as people read it: what each act says about its ask.

use redphone_wire::{Act, Answer, Language};

use super::{Page, instant};

impl Page<'_> {
    pub(super) fn answer(&mut self, answer: &Answer) {
        let whose = if answer.ours {
            self.words.to_ours
        } else {
            self.words.to_theirs
        };
        self.line(self.words.referring, format!("{whose} {}", answer.message));
        for act in &answer.acts {
            let text = self.act(act);
            let word = match self.language {
                Language::English => act.en(),
                Language::Russian => act.ru(),
            };
            self.line(word, text);
        }
        self.note(answer.note.as_deref());
    }

    /// What an act says about its ask.
    fn act(&self, act: &Act) -> String {
        let ask = act
            .ask()
            .map_or(String::new(), |ask| format!("{} {ask}", self.words.ask));
        let more = match act {
            Act::Commit {
                who,
                verb,
                object,
                by,
                ..
            } => {
                let verb = self.verb(*verb);
                let (who, object) = (self.say(who), self.say(object));
                format!(
                    "{who}: {verb} {object}. {} {}",
                    self.words.act_by,
                    instant(*by)
                )
            }
            Act::Refuse { reason, .. } => {
                reason.as_deref().map_or(String::new(), |why| self.say(why))
            }
            Act::Unable { reason, .. } => self.say(reason),
            Act::Counter { asks, .. } => {
                let said = asks
                    .iter()
                    .map(|ask| format!("{} {}", self.verb(ask.verb), self.say(&ask.object)));
                said.collect::<Vec<_>>().join("; ")
            }
            Act::Defer { until, who, .. } => format!("{}. {}", instant(*until), self.say(who)),
            Act::Done { at, evidence, .. } => {
                let evidence = evidence
                    .as_deref()
                    .map_or(String::new(), |text| format!(". {}", self.say(text)));
                format!("{}{evidence}", instant(*at))
            }
            Act::NotVerified { seen, .. } => self.say(seen),
            Act::Dispute { items, .. } => {
                let numbers: Vec<String> = items.iter().map(ToString::to_string).collect();
                numbers.join(", ")
            }
            Act::Correct { readback }
            | Act::Correction { readback, .. }
            | Act::ReadBack { readback, .. } => readback.to_string(),
            Act::Decline { .. } | Act::Received | Act::Verified { .. } | Act::Withdraw { .. } => {
                String::new()
            }
        };
        [ask, more]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(": ")
    }
}
