//! A workload as the supervisor knows it.

use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lilliput_workload::limits::EVENTS_MAX;
use lilliput_workload::{Event, EventKind, Outcome, Report, State, Status, Workload};

use super::child::Handle;
use super::folder::{Folder, fresh};
use crate::log::now_ms;

/// A workload, its status and its events.
pub(crate) struct Kept {
    pub(crate) workload: Workload,
    /// Where its log and its output lie.
    pub(crate) path: PathBuf,
    inner: Mutex<Inner>,
    changed: Condvar,
}

struct Inner {
    status: Status,
    events: Vec<Event>,
    /// What is asked of the keeper.
    wanted: Wanted,
    /// The process that runs now.
    child: Option<Handle>,
    /// No keeper is at work.
    over: bool,
}

/// What a keeper is to do when the process has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// As the kind of the workload says.
    Run,
    /// Begin again at once.
    Again,
    /// Nothing more.
    Stop,
}

impl Kept {
    pub(crate) fn new(folder: &Folder, workload: Workload) -> Self {
        let status = fresh(&workload);
        Self::recovered(folder, workload, status, Vec::new())
    }

    pub(crate) fn recovered(
        folder: &Folder,
        workload: Workload,
        mut status: Status,
        events: Vec<Event>,
    ) -> Self {
        status.port = None;
        status.process = None;
        let over = status.state == State::Ended;
        if !over {
            status.state = State::Preparing;
        }
        Self {
            path: folder.of(&workload.name),
            workload,
            inner: Mutex::new(Inner {
                status,
                events,
                wanted: if over { Wanted::Stop } else { Wanted::Run },
                child: None,
                over,
            }),
            changed: Condvar::new(),
        }
    }

    pub(crate) fn status(&self) -> Status {
        self.inner().status.clone()
    }

    pub(crate) fn events_after(&self, number: u64) -> Vec<Event> {
        let inner = self.inner();
        let after = inner.events.iter().filter(|event| event.number > number);
        after.cloned().collect()
    }

    /// Notes an event.
    pub(crate) fn happened(&self, event: EventKind) {
        let mut inner = self.inner();
        let number = inner.events.last().map_or(0, |last| last.number) + 1;
        let time_ms = now_ms();
        inner.events.push(Event {
            number,
            time_ms,
            event,
        });
        if inner.events.len() > EVENTS_MAX {
            inner.events.drain(..EVENTS_MAX / 2);
        }
    }

    /// Changes the status and keeps it, with the events, on disk. What can't be written is no reason to end a workload: after a
    /// restart it is begun again.
    pub(crate) fn change(&self, folder: &Folder, change: impl FnOnce(&mut Status)) {
        let mut inner = self.inner();
        change(&mut inner.status);
        let _ = folder.keep_status(&inner.status, &inner.events);
        self.changed.notify_all();
    }

    pub(crate) fn wanted(&self) -> Wanted {
        self.inner().wanted
    }

    /// What was wanted; from now on, to run.
    pub(crate) fn take_again(&self) -> bool {
        let mut inner = self.inner();
        let again = inner.wanted == Wanted::Again;
        if again {
            inner.wanted = Wanted::Run;
        }
        again
    }

    /// The process that runs now, or none. False if it isn't wanted any more.
    pub(crate) fn set_child(&self, child: Option<Handle>) -> bool {
        let mut inner = self.inner();
        let wanted = inner.wanted == Wanted::Run;
        inner.child = child;
        wanted
    }

    /// Asks for an end of the run.
    pub(crate) fn stop(&self) {
        if self.ask(Wanted::Stop) {
            self.happened(EventKind::StopAsked);
        }
    }

    /// Makes ready what was stopped for another keeper. False if it wasn't.
    pub(crate) fn resume(&self, folder: &Folder) -> bool {
        let mut inner = self.inner();
        let report = inner.status.report.as_ref();
        let stopped = report.is_some_and(|report| report.outcome == Outcome::Stopped);
        if !inner.over || !stopped {
            return false;
        }
        inner.over = false;
        inner.wanted = Wanted::Run;
        drop(inner);
        self.change(folder, |status| {
            status.state = State::Preparing;
            status.attempts = 0;
            status.report = None;
        });
        true
    }

    /// Asks for the run to end and begin again. False if there is none.
    pub(crate) fn again(&self) -> bool {
        self.ask(Wanted::Again)
    }

    fn ask(&self, wanted: Wanted) -> bool {
        let mut inner = self.inner();
        if inner.over || inner.wanted == Wanted::Stop {
            return false;
        }
        inner.wanted = wanted;
        if let Some(child) = &inner.child {
            child.ask_to_stop();
        }
        self.changed.notify_all();
        true
    }

    /// No keeper is at work any more.
    pub(crate) fn set_over(&self, folder: &Folder, report: Report) {
        self.inner().over = true;
        self.change(folder, |status| {
            status.state = State::Ended;
            status.port = None;
            status.process = None;
            status.report = Some(report);
        });
    }

    pub(crate) fn wait_over(&self) {
        let mut inner = self.inner();
        while !inner.over {
            let waited = self.changed.wait(inner);
            inner = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits a while, or until something else is wanted.
    pub(crate) fn pause(&self, time: Duration) {
        let inner = self.inner();
        let wait = self
            .changed
            .wait_timeout_while(inner, time, |inner| inner.wanted == Wanted::Run);
        drop(wait);
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // Every change is one assignment, so what a panic left is whole.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
