//! The prover's answer.

use ark_bn254::{Bn254, Fq2, G1Affine, G2Affine};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::claim;
use crate::error::ZkLoginError;
use crate::field::{Seed, bounded, coordinate, decimal};

/// The longest JSON that is read.
pub const JSON_LEN_MAX: usize = 8 << 10;
/// The longest header of a token, in base64.
pub const HEADER_LEN_MAX: usize = 248;
/// The longest part of a token that names its issuer, in base64.
pub const ISSUER_LEN_MAX: usize = 224;

/// The numbers of a proof, each 32 bytes with the highest first: a.x, a.y, b.x real, b.x imaginary, b.y real, b.y imaginary,
/// c.x, c.y.
pub type Points = [[u8; 32]; 8];

/// A login whose form is right: its numbers are canonical, its points in their groups. Whether it holds says
/// [`crate::verify`].
#[derive(Clone, Debug, PartialEq)]
pub struct Login {
    pub(crate) proof: ark_groth16::Proof<Bn254>,
    points: Points,
    pub(crate) issuer_base64: String,
    pub(crate) index_mod_4: u8,
    pub(crate) header_base64: String,
    pub(crate) seed: Seed,
    key_id: String,
    issuer: String,
}

/// What provers answer with.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Answer {
    proof_points: ProofPoints,
    iss_base64_details: Details,
    header_base64: String,
    #[serde(default)]
    address_seed: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProofPoints {
    a: [String; 3],
    b: [[String; 2]; 3],
    c: [String; 3],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Details {
    value: String,
    index_mod_4: u8,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: String,
    #[serde(default)]
    crit: Option<IgnoredAny>,
}

impl Login {
    /// Reads a prover's answer. The address seed comes from `seed` where the answer has none.
    ///
    /// # Errors
    /// When it is too long or malformed, has no seed or two, or a number or point is none.
    pub fn from_json(json: &[u8], seed: Option<Seed>) -> Result<Self, ZkLoginError> {
        bounded("answer", json.len(), 0, JSON_LEN_MAX)?;
        let answer: Answer =
            serde_json::from_slice(json).map_err(|error| ZkLoginError::Json(error.to_string()))?;
        let inside = answer.address_seed.as_deref().map(Seed::from_decimal);
        let seed = match (inside.transpose()?, seed) {
            (Some(seed), None) | (None, Some(seed)) => seed,
            (Some(inside), Some(given)) if inside == given => given,
            (Some(_), Some(_)) => {
                return Err(ZkLoginError::Json("another address seed".to_owned()));
            }
            (None, None) => return Err(ZkLoginError::Json("no address seed".to_owned())),
        };
        let points = points(&answer.proof_points)?;
        let Details { value, index_mod_4 } = answer.iss_base64_details;
        Self::new(&points, value, index_mod_4, answer.header_base64, seed)
    }

    /// A login of these parts.
    ///
    /// # Errors
    /// See [`Self::from_json`].
    pub fn new(
        points: &Points,
        issuer_base64: String,
        index_mod_4: u8,
        header_base64: String,
        seed: Seed,
    ) -> Result<Self, ZkLoginError> {
        bounded("issuer's part", issuer_base64.len(), 2, ISSUER_LEN_MAX)?;
        bounded("header", header_base64.len(), 2, HEADER_LEN_MAX)?;
        let [ax, ay, bx0, bx1, by0, by1, cx, cy] = points;
        let proof = ark_groth16::Proof {
            a: first_group("a", ax, ay)?,
            b: second_group("b", [bx0, bx1], [by0, by1])?,
            c: first_group("c", cx, cy)?,
        };
        Ok(Self {
            proof,
            points: *points,
            issuer: claim::issuer(&issuer_base64, index_mod_4)?,
            key_id: key_id(&header_base64)?,
            issuer_base64,
            index_mod_4,
            header_base64,
            seed,
        })
    }

    /// The numbers of the proof.
    #[must_use]
    pub const fn points(&self) -> &Points {
        &self.points
    }

    /// The issuer's part of the token, and at which place of a group of four letters it begins.
    #[must_use]
    pub fn issuer_part(&self) -> (&str, u8) {
        (&self.issuer_base64, self.index_mod_4)
    }

    /// The token's header in base64.
    #[must_use]
    pub fn header_base64(&self) -> &str {
        &self.header_base64
    }

    /// Who made the token, by what it says.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// With which of the issuer's keys it says that it is signed.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// What the account follows from.
    #[must_use]
    pub const fn seed(&self) -> Seed {
        self.seed
    }
}

/// The prover's points are projective with a last coordinate of one; the numbers of the second group stand real part first.
fn points(answer: &ProofPoints) -> Result<Points, ZkLoginError> {
    let ProofPoints { a, b, c } = answer;
    let [a_x, a_y, a_z] = a;
    let [b_x, b_y, b_z] = b;
    let [c_x, c_y, c_z] = c;
    if a_z != "1" || c_z != "1" || b_z[0] != "1" || b_z[1] != "0" {
        return Err(ZkLoginError::Point {
            what: "(a last coordinate that isn't one)",
        });
    }
    let texts = [a_x, a_y, &b_x[0], &b_x[1], &b_y[0], &b_y[1], c_x, c_y];
    let mut points = [[0; 32]; 8];
    for (point, text) in points.iter_mut().zip(texts) {
        *point = decimal("a coordinate", text)?;
    }
    Ok(points)
}

/// The name of the key, in a header of RS256 that demands nothing else.
fn key_id(header_base64: &str) -> Result<String, ZkLoginError> {
    let wrong = |reason: String| ZkLoginError::Header { reason };
    let bytes = URL_SAFE_NO_PAD.decode(header_base64);
    let bytes = bytes.map_err(|error| wrong(error.to_string()))?;
    let header: Header =
        serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?;
    if header.alg != "RS256" {
        return Err(wrong(format!("algorithm {:?}", header.alg)));
    }
    if header.crit.is_some() {
        return Err(wrong("it demands extensions".to_owned()));
    }
    Ok(header.kid)
}

/// The whole curve is the group; infinity has no coordinates.
pub(crate) fn first_group(
    what: &'static str,
    x: &[u8; 32],
    y: &[u8; 32],
) -> Result<G1Affine, ZkLoginError> {
    let point = G1Affine::new_unchecked(coordinate(what, x)?, coordinate(what, y)?);
    if !point.is_on_curve() {
        return Err(ZkLoginError::Point { what });
    }
    Ok(point)
}

/// The twist has more points than the group.
pub(crate) fn second_group(
    what: &'static str,
    x: [&[u8; 32]; 2],
    y: [&[u8; 32]; 2],
) -> Result<G2Affine, ZkLoginError> {
    let pair = |[real, imaginary]: [&[u8; 32]; 2]| -> Result<Fq2, ZkLoginError> {
        Ok(Fq2::new(
            coordinate(what, real)?,
            coordinate(what, imaginary)?,
        ))
    };
    let point = G2Affine::new_unchecked(pair(x)?, pair(y)?);
    if !point.is_on_curve() || !point.is_in_correct_subgroup_assuming_on_curve() {
        return Err(ZkLoginError::Point { what });
    }
    Ok(point)
}
