//! Figures for whoever watches the machine, in the OpenMetrics text format.
//!
//! It owns the counters and their names. It counts; it decides nothing. Names of peers and bearers
//! are labels: the socket is as private as the desk's.

use std::fmt;
use std::sync::atomic::{AtomicI64, AtomicU64};

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use redphone_api::{LineState, Status};

/// The media type of `/metrics`.
pub(crate) const METRICS_MEDIA_TYPE: &str =
    "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What a request came to.
#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) outcome: &'static str,
}

/// One bearer.
#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
pub(crate) struct OfBearer {
    pub(crate) bearer: String,
}

/// Frames of one bearer by what became of them.
#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
pub(crate) struct OfFrame {
    pub(crate) bearer: String,
    pub(crate) outcome: &'static str,
}

/// One line.
#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct OfPeer {
    peer: String,
}

/// All figures of a station.
pub(crate) struct Metrics {
    registry: Registry,
    pub(crate) requests: Family<Outcome, Counter<u64, AtomicU64>>,
    pub(crate) frames_in: Family<OfFrame, Counter<u64, AtomicU64>>,
    pub(crate) frames_out: Family<OfBearer, Counter<u64, AtomicU64>>,
    pub(crate) commit_seconds: Histogram,
    pub(crate) answers_a_commit: Histogram,
    pub(crate) faults: Counter<u64, AtomicU64>,
    pub(crate) clock_jumps: Counter<u64, AtomicU64>,
    pub(crate) listeners: Gauge<i64, AtomicI64>,
    accepting: Gauge<i64, AtomicI64>,
    records: Gauge<i64, AtomicI64>,
    alarms: Gauge<i64, AtomicI64>,
    line_up: Family<OfPeer, Gauge<i64, AtomicI64>>,
    unreceipted: Family<OfPeer, Gauge<i64, AtomicI64>>,
    missing: Family<OfPeer, Gauge<i64, AtomicI64>>,
    tests_missed: Family<OfPeer, Gauge<i64, AtomicI64>>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("redphone"),
            requests: Family::default(),
            frames_in: Family::default(),
            frames_out: Family::default(),
            // 50 us to about 13 s; a disk slower than that has failed.
            commit_seconds: Histogram::new(exponential_buckets(0.000_05, 2.0, 19)),
            answers_a_commit: Histogram::new(exponential_buckets(1.0, 2.0, 12)),
            faults: Counter::default(),
            clock_jumps: Counter::default(),
            listeners: Gauge::default(),
            accepting: Gauge::default(),
            records: Gauge::default(),
            alarms: Gauge::default(),
            line_up: Family::default(),
            unreceipted: Family::default(),
            missing: Family::default(),
            tests_missed: Family::default(),
        };
        metrics.register_work();
        metrics.register_state();
        metrics
    }

    fn register_work(&mut self) {
        let registry = &mut self.registry;
        registry.register(
            "requests",
            "Requests answered, by outcome",
            self.requests.clone(),
        );
        registry.register(
            "frames_in",
            "Frames heard, by bearer and outcome",
            self.frames_in.clone(),
        );
        registry.register(
            "frames_out",
            "Frames given to bearers",
            self.frames_out.clone(),
        );
        registry.register_with_unit(
            "commit",
            "Time of one commit, with or without something to write",
            Unit::Seconds,
            self.commit_seconds.clone(),
        );
        registry.register(
            "answers_a_commit",
            "Answers that one durable append let out",
            self.answers_a_commit.clone(),
        );
        registry.register(
            "faults",
            "Times that the station had to stop accepting",
            self.faults.clone(),
        );
        registry.register(
            "clock_jumps",
            "Times that the wall clock stepped",
            self.clock_jumps.clone(),
        );
    }

    fn register_state(&mut self) {
        let registry = &mut self.registry;
        registry.register(
            "event_listeners",
            "Listeners on /v1/events",
            self.listeners.clone(),
        );
        registry.register(
            "accepting",
            "1 while the station accepts",
            self.accepting.clone(),
        );
        registry.register(
            "journal_records",
            "Records in the journal",
            self.records.clone(),
        );
        registry.register(
            "alarms",
            "What somebody must attend to",
            self.alarms.clone(),
        );
        registry.register("line_up", "1 while frames pass", self.line_up.clone());
        registry.register(
            "line_unreceipted",
            "Envelopes without a receipt",
            self.unreceipted.clone(),
        );
        registry.register(
            "line_missing",
            "Serials announced and not here",
            self.missing.clone(),
        );
        registry.register(
            "line_tests_missed",
            "Hourly tests missed in a row",
            self.tests_missed.clone(),
        );
    }

    /// Takes over what the station says of itself; none while it refuses.
    pub(crate) fn follow(&self, status: Option<&Status>) {
        let accepting = status.is_some_and(|status| status.storage.accepting);
        self.accepting.set(i64::from(accepting));
        let Some(status) = status else {
            return;
        };
        let figure = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        self.records
            .set(i64::try_from(status.storage.records).unwrap_or(i64::MAX));
        self.alarms.set(figure(status.alarms.len()));
        for line in &status.lines {
            let label = OfPeer {
                peer: line.peer.clone(),
            };
            let up = line.state != LineState::Down;
            self.line_up.get_or_create(&label).set(i64::from(up));
            let unreceipted = i64::from(line.unreceipted);
            self.unreceipted.get_or_create(&label).set(unreceipted);
            let missing = figure(line.missing.len());
            self.missing.get_or_create(&label).set(missing);
            let missed = i64::from(line.test.missed);
            self.tests_missed.get_or_create(&label).set(missed);
        }
    }

    /// All figures as text.
    pub(crate) fn text(&self) -> Result<String, fmt::Error> {
        let mut words = String::new();
        text::encode(&mut words, &self.registry)?;
        Ok(words)
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_carry_their_names_and_end_properly() {
        let metrics = Metrics::new();
        metrics
            .requests
            .get_or_create(&Outcome { outcome: "done" })
            .inc();
        metrics.commit_seconds.observe(0.001);
        metrics.follow(None);

        let text = metrics.text().unwrap();

        assert!(
            text.contains("redphone_requests_total{outcome=\"done\"} 1"),
            "{text}"
        );
        assert!(text.contains("redphone_commit_seconds_bucket"), "{text}");
        assert!(text.contains("redphone_accepting 0"), "{text}");
        assert!(text.ends_with("# EOF\n"));
    }
}
