//! Time and memory are bounded: documents, theories and certificates may come from anyone.
//!
//! The engine counts its own work and stops deterministically (nesting, digits, steps, evaluations); what still takes too
//! long is ended here. A thread of its own looks at the clock and at the memory of the process some fifty times a
//! second. Where one statement among many takes too long, `hence check` goes on without it (see `work`).

use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::arguments::Arguments;
use super::exit::Exit;

/// Between two looks.
const LOOK: Duration = Duration::from_millis(20);

/// What is worked on, and since when.
type Task = Option<(String, Instant)>;

/// The limits of a run, and what it is doing.
#[derive(Clone)]
pub struct Limits {
    /// For one statement, one file that is read, one certificate, one entry of a theory.
    pub time: Duration,
    /// The memory of the whole process, in mebibytes.
    memory: u64,
    task: Arc<Mutex<Task>>,
}

impl Limits {
    /// The limits that were asked for, watched from now on.
    pub fn watched(arguments: &Arguments) -> Self {
        let limits = Self {
            time: Duration::from_secs(arguments.timeout),
            memory: arguments.memory,
            task: Arc::new(Mutex::new(None)),
        };
        let watched = limits.clone();
        // Without a thread to spare there is no watch; the engine's own limits hold all the same.
        let _ = std::thread::Builder::new().spawn(move || watched.watch());
        limits
    }

    /// Says what is worked on from now on; its time starts anew.
    pub fn begin(&self, task: impl Into<String>) {
        *self.task() = Some((task.into(), Instant::now()));
    }

    /// Nothing that has a limit of time of its own.
    pub fn idle(&self) {
        *self.task() = None;
    }

    fn task(&self) -> MutexGuard<'_, Task> {
        self.task.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn watch(&self) -> ! {
        loop {
            std::thread::sleep(LOOK);
            let used = memory_stats::memory_stats().map_or(0, |m| m.physical_mem as u64 >> 20);
            let task = self.task().clone();
            let of = task.as_ref().map(|(what, _)| format!(" for {what}")).unwrap_or_default();
            if used > self.memory {
                let limit = self.memory;
                end(&format!(
                    "error[E0801]: more than {limit} MiB of memory were needed{of}\n  = help: \
                     split it up, or allow more with --memory\n"
                ));
            }
            if task.is_some_and(|(_, since)| since.elapsed() > self.time) {
                let limit = self.time.as_secs();
                end(&format!(
                    "error[E0802]: no end was reached within {limit} s{of}\n  = help: split it \
                     up, or allow more with --timeout\n"
                ));
            }
        }
    }
}

/// Ends the process: no thread can be stopped from outside.
fn end(message: &str) -> ! {
    let _ = std::io::stderr().lock().write_all(message.as_bytes());
    std::process::exit(Exit::Unreadable as i32)
}
