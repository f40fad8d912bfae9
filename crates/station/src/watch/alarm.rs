//! The alarm as an officer meets it: what it says of itself, silence, the proof that it is heard.
//!
//! Silence is of this station alone and acknowledges nothing. Rules WATCH-5 and WATCH-7.

use std::time::Duration;

use redphone_api::{AlarmAct, AlarmView, Refusal, Response};
use redphone_desk::Record;
use redphone_desk::asks::Side;
use redphone_desk::watch::WatchFact;
use redphone_journal::Storage;
use redphone_wire::Now;
use redphone_wire::limits::OFFICER_NAME_BYTES_MAX;

use crate::bell::{HEARD_WITHIN, Ring};
use crate::hub::Hub;
use crate::refusals::{policy, usage};
use crate::says;

impl<S: Storage> Hub<S> {
    /// What the alarm says of itself.
    pub(crate) fn alarm_view(&self, now: Now) -> Response {
        let bell = &self.watch.bell;
        let silent = bell.silent_for(now.monotonic);
        let proven = self.desk.watch().proven.clone();
        let precedence = self.most_urgent();
        Response::Alarm(Box::new(AlarmView {
            waiting: self.waiting(),
            precedence: precedence.map_or_else(String::new, |one| one.to_string()),
            rings: self.rings(),
            level: self.level(),
            silent_ms: silent.map(|left| u64::try_from(left.as_millis()).unwrap_or(u64::MAX)),
            has_command: bell.has_command,
            repeat_s: u32::try_from(bell.repeat.as_secs()).unwrap_or(u32::MAX),
            last: bell
                .outcome
                .as_ref()
                .map(|(at, why)| (at.0, why.clone().unwrap_or_default())),
            proven: proven.map(|(who, at)| (who, at.0)),
        }))
    }

    /// What an officer does with the alarm. None of it acknowledges anything.
    pub(crate) fn act_on_alarm(
        &mut self,
        now: Now,
        act: AlarmAct,
        officer: &str,
    ) -> Result<Response, Refusal> {
        let named = !officer.trim().is_empty();
        if officer.len() > OFFICER_NAME_BYTES_MAX || (!named && act == AlarmAct::Heard) {
            return Err(usage(
                "An officer's name is missing, or too long.",
                "Name who hears it with --as.",
            ));
        }
        let said = match act {
            AlarmAct::Heard => self.heard(now, officer)?,
            AlarmAct::Prove => self.prove(now),
            AlarmAct::Silence => self.silence(now, officer)?,
        };
        Ok(Response::Done { said })
    }

    fn heard(&mut self, now: Now, officer: &str) -> Result<String, Refusal> {
        let rang = self.watch.bell.proof_rang;
        let within = |at: Duration| now.monotonic.saturating_sub(at) <= HEARD_WITHIN;
        if !rang.is_some_and(within) {
            return Err(policy(
                "The alarm was not rung to be proven within the last 5 minutes, or its command failed.",
                "Ring it with `redphone alarm prove`, and say so when you have heard it.",
            ));
        }
        self.watch.bell.proof_rang = None;
        let fact = WatchFact::Proven {
            officer: officer.to_owned(),
            at: now.utc,
        };
        self.note_desk(now, Record::Watch(fact));
        Ok(format!("The alarm is proven: {officer} heard it."))
    }

    fn prove(&mut self, now: Now) -> String {
        let ring = Ring {
            precedence: None,
            count: 0,
            level: 0,
            station: self.name.clone(),
        };
        let bell = &mut self.watch.bell;
        bell.lay_aside(ring);
        let how = if bell.has_command {
            bell.proof_rang = None;
            "its command runs now"
        } else {
            bell.proof_rang = Some(now.monotonic);
            "no command is configured, so only the bells of desks ring"
        };
        self.tell_alarm(
            now,
            "The alarm is being proven: this is no message.".to_owned(),
        );
        format!(
            "The alarm is being proven: {how}. When you have heard it: `redphone alarm heard --as \
             'your name'`."
        )
    }

    fn silence(&mut self, now: Now, officer: &str) -> Result<String, Refusal> {
        if !self.rings() {
            return Err(policy(
                "Nothing rings.",
                "See what waits with `redphone alarm`.",
            ));
        }
        let fact = WatchFact::Silenced {
            officer: officer.to_owned(),
            at: now.utc,
        };
        self.note_desk(now, Record::Watch(fact));
        #[cfg(feature = "planted-bugs")]
        if crate::planted::is_planted(crate::planted::Bug::SilenceAcknowledges) {
            self.peers
                .values_mut()
                .for_each(|peer| peer.rises = redphone_desk::watch::Rises::default());
        }
        self.watch.bell.silence(now.monotonic);
        let waiting = self.waiting();
        Ok(format!(
            "Silent for 30 s, here only. Nothing is acknowledged and the other side is not told: \
             {waiting} not acknowledged."
        ))
    }

    /// What somebody must attend to, in sentences: an alarm that fails, what rose and still waits.
    pub(crate) fn risen_alarms(&self) -> Vec<String> {
        let outcome = self.watch.bell.outcome.as_ref();
        let failed = outcome.and_then(|(_, why)| why.as_deref());
        let mut said: Vec<String> = failed.map(says::alarm_failed).into_iter().collect();
        for (name, peer) in &self.peers {
            for by in [Side::Peer, Side::Us] {
                let risen = peer
                    .rises
                    .all()
                    .filter(|((of, _), level)| *of == by && *level > 0);
                let (mut count, mut first, mut highest) = (0, None, 0);
                for ((_, serial), level) in risen {
                    count += 1;
                    first.get_or_insert(serial);
                    highest = highest.max(level);
                }
                let Some(first) = first else {
                    continue;
                };
                said.push(match by {
                    Side::Peer => says::risen_here(name, first, count, highest),
                    Side::Us => says::risen_there(&self.name, name, first, count, highest),
                });
            }
        }
        said
    }
}
