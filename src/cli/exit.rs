//! How a command ended, as a status for the shell.

use std::process::ExitCode;

/// The exit status, from good to bad.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Exit {
    /// All holds.
    Holds,
    /// Something is false, unproved or stale.
    Fails,
    /// The input could not be read.
    Unreadable,
}

impl Exit {
    /// `Holds` or `Fails`.
    pub fn of(holds: bool) -> Self {
        if holds { Self::Holds } else { Self::Fails }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
