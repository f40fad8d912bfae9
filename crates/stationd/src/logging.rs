//! Diagnostics on standard error: what the administrator needs, never what officers wrote.
//!
//! Above `debug` no message text, name or key appears: callers log counts, numbers of bearers and
//! the sentences of faults only. `warn` is what would wake the watch.

use tracing::Level;
use tracing::level_filters::LevelFilter;

use crate::config::LogLevel;

/// Sends diagnostics of this process to standard error. Where something else did so before, that
/// stays.
pub(crate) fn start(level: LogLevel) {
    let level = match level {
        LogLevel::Error => Level::ERROR,
        LogLevel::Warn => Level::WARN,
        LogLevel::Info => Level::INFO,
        LogLevel::Debug => Level::DEBUG,
    };
    let subscriber = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_max_level(LevelFilter::from_level(level))
        .finish();
    // A second station in one process, as in tests, keeps the first one's.
    let _ = tracing::subscriber::set_global_default(subscriber);
}
