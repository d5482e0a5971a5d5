//! A proof as the client writes it.

use ark_bn254::{Bn254, Fq, Fq2, G1Affine, G2Affine};
use ark_ff::{PrimeField, Zero};
use serde::{Deserialize, Serialize};

use crate::keys::DEPTH_MAX;
use crate::{Element, Error, Nullifier, Value};

/// The longest JSON that is read: a proof has about a thousand bytes.
pub const JSON_LEN_MAX: usize = 8 * 1024;

/// A proof whose numbers are canonical and whose points are in their groups. Whether it holds says [`crate::verify`].
#[derive(Clone, Debug, PartialEq)]
pub struct Proof {
    parts: ProofParts,
    root: Element,
    nullifier: Nullifier,
    points: ark_groth16::Proof<Bn254>,
}

/// What a proof consists of, as bare numbers of 32 bytes with the highest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProofParts {
    /// Of the circuit, 1 to 32: at least the depth of the group's tree.
    pub depth: u8,
    /// The group's.
    pub root: [u8; 32],
    /// The identity's in this scope.
    pub nullifier: [u8; 32],
    /// What the prover says.
    pub message: [u8; 32],
    /// What it is for.
    pub scope: [u8; 32],
    /// The points in the order of the client: a.x, a.y, b.x1, b.x0, b.y1, b.y0, c.x, c.y.
    pub points: [[u8; 32]; 8],
}

/// The client's JSON. The order of the fields is the client's.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Written {
    merkle_tree_depth: u8,
    merkle_tree_root: String,
    nullifier: String,
    message: String,
    scope: String,
    points: [String; 8],
}

impl Proof {
    /// Reads what `@semaphore-protocol/proof` writes.
    ///
    /// # Errors
    /// When it is too long, isn't the client's JSON, or when a number isn't canonical or a point isn't in its group.
    pub fn from_json(json: &[u8]) -> Result<Self, Error> {
        if json.len() > JSON_LEN_MAX {
            return Err(Error::TooLong {
                max: JSON_LEN_MAX,
                got: json.len(),
            });
        }
        let written: Written =
            serde_json::from_slice(json).map_err(|error| Error::Json(error.to_string()))?;
        let mut points = [[0; 32]; 8];
        for (point, text) in points.iter_mut().zip(&written.points) {
            *point = bytes(text)?;
        }
        Self::new(&ProofParts {
            depth: written.merkle_tree_depth,
            root: bytes(&written.merkle_tree_root)?,
            nullifier: bytes(&written.nullifier)?,
            message: bytes(&written.message)?,
            scope: bytes(&written.scope)?,
            points,
        })
    }

    /// A proof of these parts.
    ///
    /// # Errors
    /// When no key has the depth, a number isn't canonical or a point isn't in its group.
    pub fn new(parts: &ProofParts) -> Result<Self, Error> {
        if !(1..=DEPTH_MAX).contains(&parts.depth) {
            return Err(Error::Depth {
                got: parts.depth,
                max: DEPTH_MAX,
            });
        }
        let root = named("the root", &parts.root)?;
        let nullifier = Nullifier(named("the nullifier", &parts.nullifier)?);
        let [a_x, a_y, b_x1, b_x0, b_y1, b_y0, c_x, c_y] = &parts.points;
        let points = ark_groth16::Proof {
            a: first_group("a", a_x, a_y)?,
            b: second_group("b", [b_x0, b_x1], [b_y0, b_y1])?,
            c: first_group("c", c_x, c_y)?,
        };
        Ok(Self {
            parts: *parts,
            root,
            nullifier,
            points,
        })
    }

    /// The JSON that the client would write.
    #[must_use]
    pub fn to_json(&self) -> String {
        let parts = &self.parts;
        let written = Written {
            merkle_tree_depth: parts.depth,
            merkle_tree_root: self.root.to_string(),
            nullifier: self.nullifier.to_string(),
            message: self.message().to_string(),
            scope: self.scope().to_string(),
            points: parts.points.map(|point| Value(point).to_string()),
        };
        serde_json::to_string(&written).unwrap_or_default()
    }

    /// The bare numbers.
    #[must_use]
    pub fn parts(&self) -> &ProofParts {
        &self.parts
    }

    /// The group's root.
    #[must_use]
    pub fn root(&self) -> Element {
        self.root
    }

    /// What the identity shows in this scope. Says nothing before the proof is checked.
    #[must_use]
    pub fn nullifier(&self) -> Nullifier {
        self.nullifier
    }

    /// What the prover says.
    #[must_use]
    pub fn message(&self) -> Value {
        Value(self.parts.message)
    }

    /// What the proof is for.
    #[must_use]
    pub fn scope(&self) -> Value {
        Value(self.parts.scope)
    }

    /// Of the circuit.
    #[must_use]
    pub fn depth(&self) -> u8 {
        self.parts.depth
    }

    pub(crate) fn points(&self) -> &ark_groth16::Proof<Bn254> {
        &self.points
    }
}

fn bytes(text: &str) -> Result<[u8; 32], Error> {
    text.parse().map(Value::to_bytes)
}

fn named(name: &'static str, bytes: &[u8; 32]) -> Result<Element, Error> {
    let value = Value(*bytes);
    value.element().ok_or(Error::NotCanonical { name })
}

fn coordinate(name: &'static str, bytes: &[u8; 32]) -> Result<Fq, Error> {
    Fq::from_bigint(Value(*bytes).number()).ok_or(Error::NotCanonical { name })
}

/// The whole curve is the group. Two zeros are how infinity is kept, and would count as on the curve.
fn first_group(name: &'static str, x: &[u8; 32], y: &[u8; 32]) -> Result<G1Affine, Error> {
    let place = "a coordinate of a or c";
    let point = G1Affine::new_unchecked(coordinate(place, x)?, coordinate(place, y)?);
    let infinite = point.x.is_zero() && point.y.is_zero();
    if infinite || !point.is_on_curve() {
        return Err(Error::Point { name });
    }
    Ok(point)
}

/// The twist has more points than the group.
fn second_group(
    name: &'static str,
    x: [&[u8; 32]; 2],
    y: [&[u8; 32]; 2],
) -> Result<G2Affine, Error> {
    let place = "a coordinate of b";
    let pair = |[low, high]: [&[u8; 32]; 2]| -> Result<Fq2, Error> {
        Ok(Fq2::new(coordinate(place, low)?, coordinate(place, high)?))
    };
    let point = G2Affine::new_unchecked(pair(x)?, pair(y)?);
    let infinite = point.x.is_zero() && point.y.is_zero();
    if infinite || !point.is_on_curve() || !point.is_in_correct_subgroup_assuming_on_curve() {
        return Err(Error::Point { name });
    }
    Ok(point)
}
