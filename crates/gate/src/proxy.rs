//! The way of a request from a visitor to the site and back.
//!
//! | module | purpose |
//! |---|---|
//! | `arrival` | what is checked of every request, and where it comes from |
//! | `headers` | what may go on, in either direction |
//! | `body` | bodies with bounds on length and time |
//! | `patient` | a connection that doesn't wait for ever to be read |
//! | `upstream` | connections to the site |
//! | `tunnel` | upgraded connections |
//! | `worker` | a thread that serves |

pub(crate) mod arrival;
pub(crate) mod body;
pub(crate) mod headers;
mod patient;
pub(crate) mod tunnel;
pub(crate) mod upstream;
pub(crate) mod worker;
