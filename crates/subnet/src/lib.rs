//! Members of a model subnet: miners that answer hidden questions, validators that ask them, score the answers and
//! show the ledger what stands behind each weight. `specs/subnet-miners.md` says what they say to each other.
//!
//! | module | purpose |
//! |---|---|
//! | `ask` | the wire: questions, signed answers, limits |
//! | `roster` | who is a member, as the node said lately |
//! | `gate` | what a miner refuses |
//! | `answerer` | from a picture to a label |
//! | `miner`, `listener` | a miner's process |
//! | `images` | a validator's private set, and questions drawn from it |
//! | `asker` | asks all miners at once, with deadlines |
//! | `journal` | what must survive a crash between commitment and audit |
//! | `validator` | an epoch from questions to audits |
//! | `member` | registration, endpoint, stake |
//!
//! Invariants: a miner answers nobody but a validator with a permit, and nothing that was asked of another registration; a
//! validator commits to nothing that isn't on its disk; a key never leaves the process.

mod answerer;
mod ask;
mod asker;
mod error;
mod gate;
mod images;
mod journal;
mod listener;
mod member;
mod miner;
mod roster;
mod validator;

pub use answerer::{Answerer, Classifier, Incoming};
pub use ask::{
    ANSWERS_BYTES_MAX, ASK_BYTES_MAX, Answers, Ask, PATH, PROBES_AN_EPOCH_MAX, Question,
    REQUESTS_AN_EPOCH_MAX, Reply, input_digest,
};
pub use asker::{AskError, Asker};
pub use error::SubnetError;
pub use images::{Drawn, Images, ImagesError, Side};
pub use journal::{Journal, Kept};
pub use member::{join, seats, stake_up};
pub use miner::{Miner, MinerConfig};
pub use validator::{Heard, Report, ValidatorConfig, run};
