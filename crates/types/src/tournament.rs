//! Tournaments: rounds of sealed predictions, stake on them, scores and payouts.
//!
//! | module | purpose |
//! |---|---|
//! | this one | messages, events, terms, commitments |
//! | [`blob`] | data, predictions and targets as they travel beside transactions |
//! | `id` | tournaments, rounds, models |
//! | `record` | what the state holds |

pub mod blob;
mod id;
mod record;

use borsh::{BorshDeserialize, BorshSerialize};
use lilliput_crypto::{Digest, Label};
use serde::{Deserialize, Serialize};

use crate::{Address, Amount, AssetId, BlobId, ChainId, DurationMs, Text};

pub use id::{ModelName, RoundId, TournamentId};
pub use record::{Entry, Phase, Round, RoundState, Scores, Stake, Standing, Tournament};

/// One in the fields of [`Terms`].
pub const TERMS_ONE: u32 = 1 << 16;
/// The largest factor and weight.
pub const WEIGHT_MAX: u32 = 16 * TERMS_ONE;
/// The largest clip: 5 %.
pub const CLIP_MAX: u16 = 3_277;
/// The most entries that a round may allow.
pub const ENTRIES_MAX: u32 = 5_000;

/// What an account may ask about tournaments.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TournamentMessage {
    /// Open a tournament, of which the signer is the organiser.
    Open(Open),
    /// Open a round; the organiser only. The data travel with the transaction.
    OpenRound(OpenRound),
    /// Enter a round with a sealed prediction and a stake.
    Enter(Enter),
    /// Stake on an entry, one's own or another's.
    Back(Back),
    /// Show a sealed prediction, which travels with the transaction.
    Reveal(Reveal),
    /// Show the sealed targets, which travel with the transaction; scores and settles the round.
    Targets(Targets),
    /// Take back what a stake came to.
    Withdraw(Withdraw),
}

impl TournamentMessage {
    /// The blob that must travel with this message.
    #[must_use]
    pub fn blob(&self) -> Option<BlobId> {
        match self {
            Self::OpenRound(message) => Some(message.data),
            Self::Reveal(message) => Some(message.prediction),
            Self::Targets(message) => Some(message.targets),
            Self::Open(_) | Self::Enter(_) | Self::Back(_) | Self::Withdraw(_) => None,
        }
    }
}

/// See [`TournamentMessage::Open`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Open {
    /// For people; not unique.
    pub name: Text<64>,
    /// Where to read more; may be empty.
    pub metadata_uri: Text<256>,
    /// What is staked and paid.
    pub asset: AssetId,
    /// How all its rounds are scored and paid.
    pub terms: Terms,
}

/// How the rounds of a tournament are scored and paid; never changes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// What the weighted scores are multiplied by, in 65536ths.
    pub factor: u32,
    /// Weight of the correlation, in 65536ths.
    pub correlation_weight: u32,
    /// Weight of the contribution to the meta model, in 65536ths.
    pub contribution_weight: u32,
    /// The largest part of a stake that a round can win or lose, in 65536ths.
    pub clip: u16,
    /// Whether the feature-neutral correlation stands in for the plain one.
    pub feature_neutral: bool,
    /// What the organiser locks for each round, and loses with the subsidy if it doesn't show the targets.
    pub deposit: Amount,
    /// The least stake.
    pub stake_min: Amount,
    /// The most entries of a round.
    pub entries_max: u32,
}

/// See [`TournamentMessage::OpenRound`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenRound {
    /// Of which tournament.
    pub tournament: TournamentId,
    /// Ids and masked features.
    pub data: BlobId,
    /// What [`seal_targets`] gives.
    pub targets: Digest,
    /// What the organiser adds to the pot.
    pub subsidy: Amount,
    /// For how long predictions are taken.
    pub enter_for_ms: DurationMs,
    /// For how long they can be revealed afterwards.
    pub reveal_for_ms: DurationMs,
    /// For how long the organiser may take to show the targets afterwards.
    pub targets_for_ms: DurationMs,
}

/// See [`TournamentMessage::Enter`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enter {
    /// Which round.
    pub round: RoundId,
    /// Which of the signer's models.
    pub model: ModelName,
    /// What [`seal_prediction`] gives.
    pub sealed: Digest,
    /// What is staked on it.
    pub stake: Amount,
}

/// See [`TournamentMessage::Back`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Back {
    /// Which round.
    pub round: RoundId,
    /// Which entry.
    pub entry: u32,
    /// What is staked on it.
    pub stake: Amount,
}

/// See [`TournamentMessage::Reveal`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reveal {
    /// Which round.
    pub round: RoundId,
    /// Which entry.
    pub entry: u32,
    /// What it was sealed with.
    pub salt: Digest,
    /// The prediction.
    pub prediction: BlobId,
}

/// See [`TournamentMessage::Targets`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Targets {
    /// Which round.
    pub round: RoundId,
    /// What they were sealed with.
    pub salt: Digest,
    /// The targets.
    pub targets: BlobId,
}

/// See [`TournamentMessage::Withdraw`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdraw {
    /// Which round.
    pub round: RoundId,
    /// On which entry the signer has staked.
    pub entry: u32,
}

/// The commitment that an entry is made with. It opens for this account, model and round alone.
#[must_use]
pub fn seal_prediction(
    chain: ChainId,
    round: RoundId,
    account: Address,
    model: &ModelName,
    salt: Digest,
    prediction: BlobId,
) -> Digest {
    let sealed = (chain, round, account, model.clone(), salt, prediction);
    Digest::of_value(Label::SealedPrediction, &sealed)
}

/// The commitment that a round is opened with.
#[must_use]
pub fn seal_targets(
    chain: ChainId,
    organiser: Address,
    data: BlobId,
    salt: Digest,
    targets: BlobId,
) -> Digest {
    Digest::of_value(
        Label::SealedTargets,
        &(chain, organiser, data, salt, targets),
    )
}

/// What changed about tournaments. Money that moves is seen in the bank's events too.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TournamentEvent {
    /// A new tournament.
    Opened {
        /// Which.
        tournament: TournamentId,
        /// Who organises it.
        organiser: Address,
    },
    /// A new round.
    RoundOpened {
        /// Which.
        round: RoundId,
        /// Its data.
        data: BlobId,
        /// Subsidy, and what earlier rounds left.
        pot: Amount,
    },
    /// An open round's next phase began.
    PhaseBegan {
        /// Of which round.
        round: RoundId,
        /// Which phase.
        phase: Phase,
    },
    /// A sealed prediction.
    Entered {
        /// In which round.
        round: RoundId,
        /// Its number there.
        entry: u32,
        /// Whose.
        account: Address,
        /// Which of the account's models.
        model: ModelName,
        /// What is staked on it.
        stake: Amount,
    },
    /// More stake on an entry.
    Backed {
        /// In which round.
        round: RoundId,
        /// Which.
        entry: u32,
        /// By whom.
        account: Address,
        /// How much more.
        stake: Amount,
    },
    /// A prediction was shown.
    Revealed {
        /// In which round.
        round: RoundId,
        /// Which entry's.
        entry: u32,
        /// The prediction.
        prediction: BlobId,
    },
    /// An entry was scored; its stakes win or lose by its rate.
    Scored {
        /// In which round.
        round: RoundId,
        /// Which.
        entry: u32,
        /// Its scores.
        scores: Scores,
    },
    /// The targets were shown, and every stake won or lost.
    Settled {
        /// Which round.
        round: RoundId,
        /// The targets.
        targets: BlobId,
        /// What stakes won in all.
        won: Amount,
        /// What stakes lost in all.
        lost: Amount,
        /// What stays for the next round.
        kept: Amount,
    },
    /// The targets weren't shown in time.
    Voided {
        /// Which round.
        round: RoundId,
        /// What the stakes on revealed entries got of deposit and pot.
        won: Amount,
        /// What stays for the next round.
        kept: Amount,
    },
    /// A stake was taken back.
    Withdrawn {
        /// In which round.
        round: RoundId,
        /// On which entry.
        entry: u32,
        /// Whose.
        account: Address,
        /// What it came to.
        amount: Amount,
    },
}
