//! Real hubs under simulated time, network and disk, beside a model of what must hold.
//!
//! One seed makes one world: two stations, three bearers, a disk each, and a script of sends and
//! faults. After every step the invariants I1 to I9 of docs/THREAT-MODEL.md are checked against
//! the model. Everything follows from the seed: the same seed is the same run.
//!
//! ```
//! use redphone_sim::{Plan, run};
//!
//! let report = run(7, &Plan { hours: 1, ..Plan::default() })?;
//! assert!(report.released > 0);
//! # Ok::<(), redphone_sim::Broken>(())
//! ```

#![forbid(unsafe_code)]

mod chance;
mod link;
mod model;
mod plan;
mod side;
mod world;

pub use chance::Chance;
pub use link::{Link, Weather};
pub use model::{Broken, Model};
pub use plan::{Bug, Plan, Report, run, run_in};
pub use side::Side;
pub use world::World;
