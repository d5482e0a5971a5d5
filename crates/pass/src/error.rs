//! What can be wrong with a pass, and what its holder does next.

use crate::store::StoreError;

/// Something that a visitor shows: named in errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// A proof-of-work challenge with its solution.
    Work,
    /// A wait ticket.
    Ticket,
    /// A session cookie.
    Session,
    /// A blind-signed token.
    Token,
    /// A proof that a human belongs to a group.
    HumanProof,
    /// What offers a wait.
    Offer,
    /// A request to an own path of the gate.
    Request,
}

impl std::fmt::Display for Thing {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Work => "work",
            Self::Ticket => "wait ticket",
            Self::Session => "session",
            Self::Token => "token",
            Self::HumanProof => "human proof",
            Self::Offer => "offer to wait",
            Self::Request => "request",
        })
    }
}

/// Why a visitor isn't let through.
#[derive(Debug, thiserror::Error)]
pub enum PassError {
    /// Not of the described form.
    #[error("the {thing} is malformed: {why}")]
    Malformed {
        /// What was shown.
        thing: Thing,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Not made by this gate, or changed since.
    #[error("the {thing} was not made by this gate, ask for a new one")]
    Forged {
        /// What was shown.
        thing: Thing,
    },
    /// Too old.
    #[error("the {thing} expired, ask for a new one")]
    Expired {
        /// What was shown.
        thing: Thing,
    },
    /// Shown before it counts.
    #[error("the {thing} counts in {in_s} seconds, come back then")]
    Early {
        /// What was shown.
        thing: Thing,
        /// Seconds to wait.
        in_s: u64,
    },
    /// Spent before.
    #[error("the {thing} was used before, ask for a new one")]
    Used {
        /// What was shown.
        thing: Thing,
    },
    /// A puzzle's answer is wrong.
    #[error("puzzle {puzzle} is not solved")]
    Unsolved {
        /// Which one, from 0.
        puzzle: usize,
    },
    /// The same human asked for another batch within one epoch.
    #[error("this human already has tokens of epoch {epoch}, the next come with the next epoch")]
    AlreadyIssued {
        /// The epoch.
        epoch: u64,
    },
    /// The proof doesn't hold, or is about something else.
    #[error("the human proof is refused: {why}")]
    HumanRefused {
        /// Why.
        why: String,
    },
    /// The gate issues no tokens.
    #[error("this gate takes no human proofs, choose another way")]
    NoHumans,
    /// A key of the gate is not ready or not usable.
    #[error("the gate has no token key of epoch {epoch}")]
    NoKey {
        /// The epoch.
        epoch: u64,
    },
    /// More at once than the gate bears.
    #[error("too many {what} at once, come back in {retry_s} seconds")]
    Busy {
        /// Of what.
        what: &'static str,
        /// Seconds to wait.
        retry_s: u64,
    },
    /// Parameters of the gate that can't be.
    #[error("{name} is {got}, expected {expected}")]
    Setting {
        /// Which.
        name: &'static str,
        /// What it is.
        got: u64,
        /// What it may be.
        expected: &'static str,
    },
    /// A key could not be made, sealed or opened.
    #[error("a token key can't be used: {why}")]
    Key {
        /// Why.
        why: String,
    },
    /// No randomness.
    #[error(transparent)]
    Random(#[from] lilliput_crypto::RandomError),
    /// The gate's secret can't be read or written.
    #[error(transparent)]
    SecretFile(#[from] lilliput_crypto::private_file::PrivateFileError),
    /// Nothing is let through that can't be recorded.
    #[error(transparent)]
    Store(#[from] StoreError),
}
