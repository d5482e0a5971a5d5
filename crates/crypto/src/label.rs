//! Every domain-separation label of the ledger, in one list. Those of proofs belong to their statement and
//! stand in the verifier.

/// What a hash is for. Each label selects a hash function of its own (BLAKE3's key-derivation mode),
/// so that bytes hashed for one purpose never count for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Label {
    /// An account's address, from its public key.
    Address,
    /// The identity of a chain, from its genesis document.
    Chain,
    /// What the signers of a transaction sign.
    TransactionSign,
    /// The identity of a transaction: its content without signatures.
    TransactionId,
    /// The identity of a block, from its header.
    BlockId,
    /// What the proposer of a block signs.
    BlockSign,
    /// The identity of a set of validators.
    ValidatorSet,
    /// A leaf of a block section's Merkle tree.
    MerkleLeaf,
    /// An inner node of a block section's Merkle tree.
    MerkleNode,
    /// The root of a block section's Merkle tree: number of leaves and top node.
    MerkleRoot,
    /// The identity of a blob (key, proof, model file), from its bytes.
    Blob,
    /// Where a key of the state lies in the state tree.
    StateKey,
    /// Nodes and values of the state tree.
    StateTree,
    /// The identity of a job, from its order.
    Job,
    /// What the signer of a request to a node signs.
    RequestSign,
    /// The commitment to a subnet's row of weights.
    SubnetWeights,
    /// What a subnet's audits are drawn by, from all seeds revealed.
    SubnetRandomness,
    /// One draw of an audit.
    SubnetDraw,
    /// The identity of a hidden question, from digest of the input, truth and salt.
    SubnetProbe,
    /// What a miner signs when it answers a probe.
    SubnetAnswer,
    /// A validator's votes between pairs.
    SubnetVotes,
    /// All that the payouts of a subnet's epoch follow from.
    SubnetEpoch,
    /// A tournament entry's sealed prediction.
    SealedPrediction,
    /// A tournament round's sealed targets.
    SealedTargets,
    /// A signal of a contest on prices.
    SealedSignal,
    /// What an issuer of identities signs to vouch for an account.
    IdentityVoucher,
    /// What proofs of a unique human are for: an app in a period.
    IdentityScope,
    /// What ties a login's token to the account that joins a group with it.
    IdentityToken,
    /// The name of a login's subject in groups.
    IdentitySubject,
    /// The identity of a login provider, from the authority that registered it and its name.
    LoginIssuer,
    /// The address of an account that belongs to a login.
    LoginAccount,
    /// The address of an account that belongs to a login whose subject is hidden.
    LoginHiddenAccount,
    /// What the key that an account's salt stands for signs to open a session.
    LoginOpen,
    /// A sealed bid on an order.
    SealedBid,
    /// A provider's sealed result of a replicated order.
    SealedResult,
    /// What a provider signs about a lease's usage.
    UsageStatement,
    /// What a lease's service is called by its provider.
    WorkloadName,
    /// A link of a stored blob's chain of challenges.
    StorageLink,
    /// Which chunk of a stored blob a link asks for.
    StorageChunk,
}

impl Label {
    /// All labels, for tests and for the specification's table.
    pub const ALL: [Self; 39] = [
        Self::Address,
        Self::Chain,
        Self::TransactionSign,
        Self::TransactionId,
        Self::BlockId,
        Self::BlockSign,
        Self::ValidatorSet,
        Self::MerkleLeaf,
        Self::MerkleNode,
        Self::MerkleRoot,
        Self::Blob,
        Self::StateKey,
        Self::StateTree,
        Self::Job,
        Self::RequestSign,
        Self::SubnetWeights,
        Self::SubnetRandomness,
        Self::SubnetDraw,
        Self::SubnetProbe,
        Self::SubnetAnswer,
        Self::SubnetVotes,
        Self::SubnetEpoch,
        Self::SealedPrediction,
        Self::SealedTargets,
        Self::SealedSignal,
        Self::IdentityVoucher,
        Self::IdentityScope,
        Self::IdentityToken,
        Self::IdentitySubject,
        Self::LoginIssuer,
        Self::LoginAccount,
        Self::LoginHiddenAccount,
        Self::LoginOpen,
        Self::SealedBid,
        Self::SealedResult,
        Self::UsageStatement,
        Self::WorkloadName,
        Self::StorageLink,
        Self::StorageChunk,
    ];

    /// The context string given to BLAKE3.
    #[must_use]
    pub const fn context(self) -> &'static str {
        match self {
            Self::Address => "lilliput 2026 v1 address",
            Self::Chain => "lilliput 2026 v1 chain",
            Self::TransactionSign => "lilliput 2026 v1 transaction signature",
            Self::TransactionId => "lilliput 2026 v1 transaction id",
            Self::BlockId => "lilliput 2026 v1 block id",
            Self::BlockSign => "lilliput 2026 v1 block signature",
            Self::ValidatorSet => "lilliput 2026 v1 validator set",
            Self::MerkleLeaf => "lilliput 2026 v1 merkle leaf",
            Self::MerkleNode => "lilliput 2026 v1 merkle node",
            Self::MerkleRoot => "lilliput 2026 v1 merkle root",
            Self::Blob => "lilliput 2026 v1 blob",
            Self::StateKey => "lilliput 2026 v1 state key",
            Self::StateTree => "lilliput 2026 v1 state tree",
            Self::Job => "lilliput 2026 v1 job",
            Self::RequestSign => "lilliput 2026 v1 request signature",
            Self::SubnetWeights => "lilliput 2026 v1 subnet weights",
            Self::SubnetRandomness => "lilliput 2026 v1 subnet randomness",
            Self::SubnetDraw => "lilliput 2026 v1 subnet draw",
            Self::SubnetProbe => "lilliput 2026 v1 subnet probe",
            Self::SubnetAnswer => "lilliput 2026 v1 subnet answer",
            Self::SubnetVotes => "lilliput 2026 v1 subnet votes",
            Self::SubnetEpoch => "lilliput 2026 v1 subnet epoch",
            Self::SealedPrediction => "lilliput 2026 v1 sealed prediction",
            Self::SealedTargets => "lilliput 2026 v1 sealed targets",
            Self::SealedSignal => "lilliput 2026 v1 sealed signal",
            Self::IdentityVoucher => "lilliput 2026 v1 identity voucher",
            Self::IdentityScope => "lilliput 2026 v1 identity scope",
            Self::IdentityToken => "lilliput 2026 v1 identity token",
            Self::IdentitySubject => "lilliput 2026 v1 identity subject",
            Self::LoginIssuer => "lilliput 2026 v1 login issuer",
            Self::LoginAccount => "lilliput 2026 v1 login account",
            Self::LoginHiddenAccount => "lilliput 2026 v1 login hidden account",
            Self::LoginOpen => "lilliput 2026 v1 login open",
            Self::SealedBid => "lilliput 2026 v1 sealed bid",
            Self::SealedResult => "lilliput 2026 v1 sealed result",
            Self::UsageStatement => "lilliput 2026 v1 usage statement",
            Self::WorkloadName => "lilliput 2026 v1 workload name",
            Self::StorageLink => "lilliput 2026 v1 storage link",
            Self::StorageChunk => "lilliput 2026 v1 storage chunk",
        }
    }
}
