//! Numpy's `.npy` arrays and `.npz` archives of them.
//!
//! Format: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>.

use std::io::{Cursor, Read};

use super::{BYTES_MAX, CalibrationError};

/// The first bytes of an array.
pub(super) const MAGIC: &[u8] = b"\x93NUMPY";
/// Most arrays in an archive.
const ARRAYS_MAX: usize = 64;

fn refuse(reason: impl Into<String>) -> CalibrationError {
    CalibrationError::Numpy {
        reason: reason.into(),
    }
}

/// The numbers of an array, row by row.
pub(super) fn array(bytes: &[u8]) -> Result<Vec<f64>, CalibrationError> {
    let cut_off = || refuse("it is cut off");
    let rest = bytes
        .strip_prefix(MAGIC)
        .ok_or_else(|| refuse("it has no array in it"))?;
    let (version, rest) = rest.split_first_chunk::<2>().ok_or_else(cut_off)?;
    let (length, rest) = if version[0] == 1 {
        let (length, rest) = rest.split_first_chunk::<2>().ok_or_else(cut_off)?;
        (usize::from(u16::from_le_bytes(*length)), rest)
    } else {
        let (length, rest) = rest.split_first_chunk::<4>().ok_or_else(cut_off)?;
        (u32::from_le_bytes(*length) as usize, rest)
    };
    let (header, data) = rest.split_at_checked(length).ok_or_else(cut_off)?;
    let header = std::str::from_utf8(header).map_err(|_| refuse("its header isn't text"))?;
    if entry(header, "fortran_order")?.starts_with("True") {
        return Err(refuse("it is in Fortran order, which is not supported"));
    }
    let shape = entry(header, "shape")?;
    let shape = shape
        .strip_prefix('(')
        .and_then(|rest| rest.split(')').next());
    let shape = shape.ok_or_else(|| refuse("its shape can't be read"))?;
    let mut elements = 1usize;
    for length in shape
        .split(',')
        .map(str::trim)
        .filter(|length| !length.is_empty())
    {
        let length: usize = length
            .parse()
            .map_err(|_| refuse("its shape can't be read"))?;
        elements = elements
            .checked_mul(length)
            .ok_or_else(|| refuse("it is too large"))?;
    }
    let kind = entry(header, "descr")?;
    let kind = kind.trim_start_matches(['\'', '"']);
    let kind = kind.split(['\'', '"']).next().unwrap_or_default();
    let numbers = numbers(kind, data)?;
    if numbers.len() != elements {
        return Err(refuse(format!(
            "it holds {} numbers, its shape has {elements}",
            numbers.len()
        )));
    }
    Ok(numbers)
}

/// What stands behind a key of the header, a dictionary in Python's notation.
fn entry<'a>(header: &'a str, key: &str) -> Result<&'a str, CalibrationError> {
    let behind = header
        .split_once(&format!("'{key}'"))
        .map(|(_, behind)| behind);
    let value = behind.and_then(|behind| behind.trim_start().strip_prefix(':'));
    value
        .map(str::trim_start)
        .ok_or_else(|| refuse(format!("its header has no {key}")))
}

fn numbers(kind: &str, data: &[u8]) -> Result<Vec<f64>, CalibrationError> {
    fn read<const BYTES: usize>(
        data: &[u8],
        number: impl Fn([u8; BYTES]) -> f64,
    ) -> Result<Vec<f64>, CalibrationError> {
        let (whole, rest) = data.as_chunks();
        if !rest.is_empty() {
            return Err(refuse("it is cut off"));
        }
        Ok(whole.iter().map(|&bytes| number(bytes)).collect())
    }
    match kind {
        "<f4" => read(data, |bytes| f64::from(f32::from_le_bytes(bytes))),
        "<f8" => read(data, f64::from_le_bytes),
        "|u1" => read(data, |[byte]: [u8; 1]| f64::from(byte)),
        "|i1" => read(data, |bytes| f64::from(i8::from_le_bytes(bytes))),
        "<i2" => read(data, |bytes| f64::from(i16::from_le_bytes(bytes))),
        "<i4" => read(data, |bytes| f64::from(i32::from_le_bytes(bytes))),
        "<i8" => read(data, |bytes| i64::from_le_bytes(bytes) as f64),
        other => Err(refuse(format!(
            "its numbers are of kind '{other}', which is not supported"
        ))),
    }
}

/// The arrays of an archive in its order.
pub(super) fn archive(bytes: &[u8]) -> Result<Vec<(String, Vec<f64>)>, CalibrationError> {
    let broken = |error: zip::result::ZipError| refuse(error.to_string());
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    if archive.len() > ARRAYS_MAX {
        return Err(refuse(format!("it holds more than {ARRAYS_MAX} arrays")));
    }
    let mut left = BYTES_MAX as u64;
    let mut arrays = Vec::new();
    for index in 0..archive.len() {
        let file = archive.by_index(index).map_err(broken)?;
        let name = file.name().trim_end_matches(".npy").to_owned();
        // What an entry says of its size isn't to be trusted.
        let mut content = Vec::new();
        file.take(left + 1)
            .read_to_end(&mut content)
            .map_err(|error| refuse(error.to_string()))?;
        left = left
            .checked_sub(content.len() as u64)
            .ok_or_else(|| refuse("it unpacks to more than is allowed"))?;
        arrays.push((name, array(&content)?));
    }
    Ok(arrays)
}
