//! A login whose subject stays hidden: a zkLogin proof instead of the token.

use lilliput_crypto::Digest;
use lilliput_ledger::{BlockContext, Failure, StateReader};
use lilliput_oidc::Key;
use lilliput_types::Address;
use lilliput_types::login::{HiddenProof, Issuer, OpenSession, hidden_account};
use lilliput_zklogin::{Login, Seed, Statement, VerifyingKey, ZkLoginError, verify};

use super::counting_key;
use crate::refuse::{refusal, refuse};

/// The byte of an ed25519 key in front of the ephemeral key.
const ED25519: u8 = 0;

pub(super) fn check(
    state: &dyn StateReader,
    block: &BlockContext,
    issuer: &Issuer,
    message: &OpenSession,
    proof: &HiddenProof,
) -> Result<Address, Failure> {
    let bad = |error: ZkLoginError| refusal("login.proof", error.to_string());
    // An epoch is a second: the nonce binds whole ones.
    let (max_epoch, rest_ms) = (message.expires_at.0 / 1_000, message.expires_at.0 % 1_000);
    if rest_ms != 0 {
        return refuse(
            "login.proof",
            "a hidden login's session expires at a whole second",
        );
    }
    let seed = Seed::from_bytes(proof.address_seed.as_bytes()).map_err(bad)?;
    let login = Login::new(
        &proof.points.map(|Digest(number)| number),
        proof.issuer_part.as_str().to_owned(),
        proof.index_mod_4,
        proof.header.as_str().to_owned(),
        seed,
    );
    let login = login.map_err(bad)?;
    let Key::Rs256 { modulus } = counting_key(state, issuer, login.key_id(), block.wall())? else {
        return refuse("login.proof", "a hidden login needs a key of RS256");
    };
    let ephemeral_key: Vec<u8> = [ED25519].into_iter().chain(message.key.0).collect();
    let statement = Statement {
        ephemeral_key: &ephemeral_key,
        max_epoch,
        issuer: issuer.issuer.as_str(),
        modulus: &modulus,
    };
    verify(VerifyingKey::ceremony(), &login, &statement).map_err(bad)?;
    Ok(hidden_account(issuer.id, proof.address_seed))
}
