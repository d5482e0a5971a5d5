//! A validator's private set of labelled pictures, and hidden questions drawn from it.
//!
//! A question is a picture of the set, moved by a few pixels, with noise. Which picture, how far, how much: all follow from
//! a secret seed of the epoch, so that no question ever comes twice and the validator can make each again.

use lilliput_crypto::Digest;
use lilliput_import::Calibration;
use lilliput_types::subnet::{Probe, VALUES_MAX, Values};
use lilliput_types::{List, Registration, codec};

use crate::ask::{Question, input_digest};

/// The most pictures of a set.
const PICTURES_MAX: usize = 10_000;
/// The largest grey value.
const WHITE: i64 = 255;

/// Why a set of pictures is refused.
#[derive(Debug, thiserror::Error)]
pub enum ImagesError {
    /// A file isn't numbers.
    #[error(transparent)]
    Numbers(#[from] lilliput_import::CalibrationError),
    /// As many labels as pictures are needed.
    #[error("there are {pictures} pictures and {labels} labels")]
    Labels {
        /// How many pictures.
        pictures: usize,
        /// How many labels.
        labels: usize,
    },
    /// A picture of another size.
    #[error("picture {place} has {got} pixels, expected {expected}")]
    Size {
        /// Which.
        place: usize,
        /// What the set has.
        expected: usize,
        /// What it has.
        got: usize,
    },
    /// A label that is no whole number, or a pixel out of range.
    #[error("{what} {place} is {value}, expected {expected}")]
    Value {
        /// What.
        what: &'static str,
        /// Which.
        place: usize,
        /// What it is.
        value: String,
        /// What it may be.
        expected: &'static str,
    },
    /// Nothing to ask about, or too much.
    #[error("there are {got} pictures, 1 to {PICTURES_MAX} are allowed")]
    Count {
        /// How many.
        got: usize,
    },
}

/// The size of all pictures of a set, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Side {
    /// From top to bottom.
    pub height: u32,
    /// From left to right.
    pub width: u32,
}

/// A private set.
#[derive(Clone, Debug)]
pub struct Images {
    side: Side,
    pictures: Vec<(Vec<u8>, i64)>,
    /// How far a picture is moved at most, either way, in pixels.
    pub shift_max: u8,
    /// How much a grey value changes at most, either way.
    pub noise_max: u8,
}

/// A question, with what only the validator knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// What the miner sees.
    pub question: Question,
    /// What the answer is compared with, hidden until an audit.
    pub probe: Probe,
}

impl Images {
    /// A set of pictures of grey values, row by row, and what each is of.
    ///
    /// # Errors
    /// When it is empty or too large, or a picture has another size.
    pub fn new(side: Side, pictures: Vec<(Vec<u8>, i64)>) -> Result<Self, ImagesError> {
        if pictures.is_empty() || pictures.len() > PICTURES_MAX {
            let got = pictures.len();
            return Err(ImagesError::Count { got });
        }
        let expected = side.pixels();
        let odd = pictures.iter().position(|(one, _)| one.len() != expected);
        if let Some((place, (one, _))) = odd.and_then(|at| pictures.get(at).map(|one| (at, one))) {
            let got = one.len();
            return Err(ImagesError::Size {
                place,
                expected,
                got,
            });
        }
        Ok(Self {
            side,
            pictures,
            shift_max: 2,
            noise_max: 32,
        })
    }

    /// A set from two numpy arrays: pictures, whose grey values are 0 to 255, or 0 to 1 if none is above, and labels.
    ///
    /// # Errors
    /// When a file isn't one, or they don't fit each other.
    pub fn from_files(side: Side, images: &[u8], labels: &[u8]) -> Result<Self, ImagesError> {
        let images = Calibration::parse(images)?.samples(&[("images", side.pixels())])?;
        let labels = Calibration::parse(labels)?.samples(&[("labels", 1)])?;
        if images.len() != labels.len() {
            return Err(ImagesError::Labels {
                pictures: images.len(),
                labels: labels.len(),
            });
        }
        let brightest = images
            .iter()
            .flatten()
            .flatten()
            .fold(0.0, |a, b| f64::max(a, *b));
        let scale = if brightest > 1.0 { 1.0 } else { WHITE as f64 };
        let pictures = images.iter().zip(&labels).enumerate();
        let pictures = pictures.map(|(place, (picture, label))| {
            let grey = picture
                .iter()
                .flatten()
                .map(|value| grey(place, value * scale));
            let grey: Vec<u8> = grey.collect::<Result<_, _>>()?;
            let label = label.iter().flatten().copied().next().unwrap_or(f64::NAN);
            Ok((grey, whole(place, label)?))
        });
        let pictures: Result<Vec<_>, ImagesError> = pictures.collect();
        Self::new(side, pictures?)
    }

    /// How many pictures there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.pictures.len()
    }

    /// A question for a miner, by a secret seed.
    #[must_use]
    pub fn draw(&self, seed: &Digest, miner: Registration, number: u32) -> Drawn {
        let mut hasher = blake3::Hasher::new_keyed(seed.as_bytes());
        hasher.update(&codec::encode(&(miner, number)));
        let mut random = Random(hasher.finalize_xof());
        let mut salt = Digest::default();
        random.0.fill(&mut salt.0);
        let place = random.below(self.pictures.len() as u64);
        // The set isn't empty, and a place lies in it.
        let fallback = (Vec::new(), 0);
        let (picture, label) = usize::try_from(place)
            .ok()
            .and_then(|place| self.pictures.get(place))
            .unwrap_or(&fallback);
        let down = random.around(self.shift_max);
        let right = random.around(self.shift_max);
        let mut pixels = moved(self.side, picture, down, right);
        for pixel in &mut pixels {
            *pixel = (*pixel + random.around(self.noise_max)).clamp(0, WHITE);
        }
        let input: Values = List::new(pixels).unwrap_or_default();
        let probe = Probe {
            input: input_digest(&input),
            truth: List::new(vec![*label]).unwrap_or_default(),
            salt,
        };
        let id = probe.id();
        Drawn {
            question: Question { id, input },
            probe,
        }
    }
}

impl Side {
    /// How many pixels a picture has; more than a question holds becomes a number that none has.
    fn pixels(self) -> usize {
        let pixels = u64::from(self.height) * u64::from(self.width);
        match pixels <= u64::from(VALUES_MAX) {
            true => pixels as usize,
            false => usize::MAX,
        }
    }
}

/// A picture moved down and to the right; what comes in from outside is black.
fn moved(side: Side, picture: &[u8], down: i64, right: i64) -> Vec<i64> {
    let (height, width) = (i64::from(side.height), i64::from(side.width));
    let at = |row: i64, column: i64| {
        let inside = (0..height).contains(&row) && (0..width).contains(&column);
        let place = usize::try_from(row * width + column).ok();
        let found = place
            .filter(|_| inside)
            .and_then(|place| picture.get(place));
        found.map_or(0, |&grey| i64::from(grey))
    };
    (0..height)
        .flat_map(|row| (0..width).map(move |column| (row, column)))
        .map(|(row, column)| at(row - down, column - right))
        .collect()
}

fn grey(place: usize, value: f64) -> Result<u8, ImagesError> {
    let rounded = value.round();
    if (0.0..=WHITE as f64).contains(&rounded) {
        return Ok(rounded as u8);
    }
    Err(ImagesError::Value {
        what: "a grey value of picture",
        place,
        value: value.to_string(),
        expected: "0 to 255, or 0 to 1",
    })
}

fn whole(place: usize, label: f64) -> Result<i64, ImagesError> {
    if label.fract() == 0.0 && label.abs() < f64::from(1_u32 << 31) {
        return Ok(label as i64);
    }
    Err(ImagesError::Value {
        what: "label",
        place,
        value: label.to_string(),
        expected: "a whole number",
    })
}

/// Numbers from a hash's endless output.
struct Random(blake3::OutputReader);

impl Random {
    fn next(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next().checked_rem(end).unwrap_or(0)
    }

    /// From minus this to this.
    fn around(&mut self, most: u8) -> i64 {
        let most = i64::from(most);
        let width = (2 * most + 1) as u64;
        self.below(width) as i64 - most
    }
}

#[cfg(test)]
mod tests;
