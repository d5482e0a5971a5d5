//! The issuer as it stands in the token's base64. The circuit shows that some letters stand in the payload at an offset; what they
//! say is read here.

use serde::Deserialize;

use crate::error::ZkLoginError;

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The claim with its name, and nothing else.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Claim {
    iss: String,
}

/// The issuer that `letters` of a token's payload name, which begin at this place of a group of four.
pub(crate) fn issuer(letters: &str, index_mod_4: u8) -> Result<String, ZkLoginError> {
    let wrong = |reason| ZkLoginError::Claim { reason };
    let bytes = decode(letters.as_bytes(), index_mod_4)
        .ok_or_else(|| wrong("the letters end within a byte"))?;
    let text = String::from_utf8(bytes).map_err(|_| wrong("not UTF-8"))?;
    // It ends with what stands behind a claim of an object.
    let claim = text
        .strip_suffix(',')
        .or_else(|| text.strip_suffix('}'))
        .ok_or_else(|| wrong("neither a comma nor the object's end stands behind it"))?;
    let claim: Claim = serde_json::from_str(&format!("{{{claim}}}"))
        .map_err(|_| wrong("not a claim of the name iss"))?;
    Ok(claim.iss)
}

/// The whole bytes in letters of six bits each, if they begin and end between bytes.
fn decode(letters: &[u8], index_mod_4: u8) -> Option<Vec<u8>> {
    let skip = match index_mod_4 {
        0 => 0,
        1 => 2,
        2 => 4,
        _ => return None,
    };
    let last = (usize::from(index_mod_4) + letters.len()).checked_sub(1)? % 4;
    let drop = match last {
        3 => 0,
        2 => 2,
        1 => 4,
        _ => return None,
    };
    let mut bits = Vec::with_capacity(letters.len() * 6);
    for letter in letters {
        let value = LETTERS.iter().position(|known| known == letter)?;
        bits.extend((0..6).rev().map(|shift| value >> shift & 1 == 1));
    }
    let end = bits.len().checked_sub(drop)?;
    let whole = bits.get(skip..end)?;
    if whole.len() % 8 != 0 {
        return None;
    }
    let bytes = whole.chunks(8);
    Some(
        bytes
            .map(|bits| bits.iter().fold(0, |sum, bit| sum << 1 | u8::from(*bit)))
            .collect(),
    )
}
