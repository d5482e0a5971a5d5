//! Changes of an encoding, field by field, told by a script of bytes: so a fuzzer that changes the script changes what
//! is changed, and any script means something.

use std::ops::Range;

/// Bytes that are read as choices; zeros when they are used up.
pub(crate) struct Script<'a>(pub(crate) &'a [u8]);

impl Script<'_> {
    pub(crate) fn byte(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *first
    }

    /// A number below a bound of at least one.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let number = u32::from_le_bytes([self.byte(), self.byte(), self.byte(), 0]);
        number as usize % bound
    }
}

/// Words that tend to be at the end of something: zero and the modulus, and what lies beside them.
pub(crate) const WORDS: [u32; 12] = [
    0,
    1,
    2,
    0x7f,
    0xff,
    0x1_0000,
    0x3f80_0000,
    0x7f00_0000,
    0x7f00_0001,
    0x7f00_0002,
    0x8000_0000,
    u32::MAX,
];

/// The encoding after as many changes as the script has, one at least.
pub(crate) fn mutate(bytes: &[u8], fields: &[Range<usize>], script: &[u8]) -> Vec<u8> {
    let mut script = Script(script);
    let mut fields: Vec<Vec<u8>> = fields
        .iter()
        .map(|field| bytes[field.clone()].to_vec())
        .collect();
    loop {
        change(&mut fields, &mut script);
        if script.0.is_empty() || fields.is_empty() {
            return fields.concat();
        }
    }
}

fn change(fields: &mut Vec<Vec<u8>>, script: &mut Script<'_>) {
    let kind = script.byte() % 16;
    let at = script.below(fields.len());
    let other = script.below(fields.len());
    let field = &mut fields[at];
    let place = script.below(field.len().max(1));
    match kind {
        // One bit, one byte, one word, all of a field.
        0..=2 if !field.is_empty() => field[place] ^= 1 << (script.byte() % 8),
        3 | 4 if !field.is_empty() => field[place] = script.byte(),
        5..=7 => {
            let word = WORDS[script.below(WORDS.len())].to_le_bytes();
            let start = place / 4 * 4;
            let words = field[start..].iter_mut().zip(word);
            words.for_each(|(to, from)| *to = from);
        }
        8 => field
            .iter_mut()
            .for_each(|byte| *byte = script.byte() & 0x7e),
        9 => field.fill(0),
        // A field in the place of another, or beside it; fields that are missing; fewer or more bytes.
        10 | 11 => fields.swap(at, other),
        12 => fields[at] = fields[other].clone(),
        13 => drop(fields.remove(at)),
        14 => fields.insert(at, fields[other].clone()),
        _ => match script.byte() % 3 {
            0 => fields.truncate(at),
            1 => field.truncate(place),
            _ => field.push(script.byte()),
        },
    }
}
