//! The check.

use ark_bn254::{Bn254, Fr};
use ark_groth16::Groth16;

use crate::error::ZkLoginError;
use crate::field::{bounded, halves, packed, poseidon, text};
use crate::key::VerifyingKey;
use crate::login::{HEADER_LEN_MAX, ISSUER_LEN_MAX, Login};

/// The shortest ephemeral key: a byte of its kind, and 32.
pub const EPHEMERAL_LEN_MIN: usize = 33;
/// The longest ephemeral key.
pub const EPHEMERAL_LEN_MAX: usize = 47;
/// The length of an issuer's RSA modulus: the circuit knows no other.
pub const MODULUS_LEN: usize = 256;

/// What a login has to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statement<'a> {
    /// The ephemeral key, behind the byte of its kind: 0 for ed25519.
    pub ephemeral_key: &'a [u8],
    /// The last epoch in which it counts. What an epoch is, is the caller's business.
    pub max_epoch: u64,
    /// Who made the token (`iss`), to the letter.
    pub issuer: &'a str,
    /// The modulus of the issuer's key of the name that the login gives, big-endian; the exponent is 65,537.
    pub modulus: &'a [u8],
}

/// Checks that whoever made the proof holds a token, signed with the issuer's key, whose nonce binds ephemeral key and epoch,
/// and whose subject and audience, with a salt, hash to the login's address seed.
///
/// Anyone can turn a proof into another one of the same statement, so a proof's bytes are no name for it.
///
/// # Errors
/// When it shows something else, or nothing.
pub fn verify(
    key: &VerifyingKey,
    login: &Login,
    statement: &Statement<'_>,
) -> Result<(), ZkLoginError> {
    if login.issuer() != statement.issuer {
        return Err(ZkLoginError::Issuer {
            expected: statement.issuer.to_owned(),
            got: login.issuer().to_owned(),
        });
    }
    bounded("modulus", statement.modulus.len(), MODULUS_LEN, MODULUS_LEN)?;
    let [first, second] = halves(statement.ephemeral_key)?;
    let input = poseidon(&[
        first,
        second,
        login.seed.0,
        Fr::from(statement.max_epoch),
        text("issuer's part", &login.issuer_base64, ISSUER_LEN_MAX)?,
        Fr::from(login.index_mod_4),
        text("header", &login.header_base64, HEADER_LEN_MAX)?,
        packed(statement.modulus)?,
    ])?;
    match Groth16::<Bn254>::verify_proof(&key.0, &login.proof, &[input]) {
        Ok(true) => Ok(()),
        // The other error is a wrong number of inputs, of which there is one.
        Ok(false) | Err(_) => Err(ZkLoginError::Invalid),
    }
}
