//! Where to print, where data lies, and progress on long work.

use std::fmt::Display;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::anyhow;
use directories::ProjectDirs;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::Shared;
use crate::failure::{Failure, Result};

/// How often a spinner turns.
const TICK: Duration = Duration::from_millis(120);

/// The flags every command shares, and the things that follow from them.
pub(crate) struct Session {
    shared: Shared,
}

impl Session {
    pub(crate) fn new(shared: Shared) -> Self {
        Self { shared }
    }

    pub(crate) fn json(&self) -> bool {
        self.shared.json
    }

    /// Says what goes on: on standard output, or on standard error where that belongs to JSON.
    pub(crate) fn say(&self, line: impl Display) {
        if self.shared.quiet {
            return;
        }
        // A closed stream is no reason to stop the work.
        let _ = if self.shared.json {
            writeln!(std::io::stderr().lock(), "{line}")
        } else {
            writeln!(std::io::stdout().lock(), "{line}")
        };
    }

    /// A line on standard error that lives as long as the work: a spinner on a terminal, one
    /// plain line elsewhere, nothing with `--quiet`.
    pub(crate) fn progress(&self, what: impl Display) -> Progress {
        if self.shared.quiet {
            return Progress(None);
        }
        if !std::io::stderr().is_terminal() {
            let _ = writeln!(std::io::stderr().lock(), "{what} …");
            return Progress(None);
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
            bar.set_style(style);
        }
        bar.set_message(what.to_string());
        bar.enable_steady_tick(TICK);
        Progress(Some(bar))
    }

    /// The data folder: `--data`, else the user's; it need not exist yet.
    pub(crate) fn data(&self) -> Result<PathBuf> {
        if let Some(data) = &self.shared.data {
            return Ok(data.clone());
        }
        ProjectDirs::from("", "", "lilliput")
            .map(|found| found.data_dir().to_owned())
            .ok_or_else(|| {
                Failure::bad_input(anyhow!("there is no home folder for this user"))
                    .hint("name a folder with --data DIR")
            })
    }

    /// The file that holds the passphrase, where one is named.
    pub(crate) fn passphrase_file(&self) -> Option<PathBuf> {
        self.shared
            .passphrase_file
            .clone()
            .or_else(|| std::env::var_os("LILLIPUT_PASSPHRASE_FILE").map(PathBuf::from))
    }
}

/// Ends when dropped.
pub(crate) struct Progress(Option<ProgressBar>);

impl Progress {
    /// Says what the work has come to.
    pub(crate) fn now(&self, what: impl Display) {
        if let Some(bar) = &self.0 {
            bar.set_message(what.to_string());
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
