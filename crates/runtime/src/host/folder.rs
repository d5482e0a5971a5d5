//! A workload's private folder, with a bound on the sizes and the number of its files.
//!
//! The engine's own implementation keeps paths inside of the folder; this one stands before it, counts, and refuses links, so that
//! a name always means one file and a file has one name. Every file operation is done at once, on the calling thread: what a
//! program sees doesn't depend on how a pool of threads was scheduled.

mod account;
mod call;
mod stream;

pub(crate) use account::{Disk, list};
pub(crate) use call::{FolderView, Folders, Handles};
