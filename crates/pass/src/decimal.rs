//! Numbers of 32 bytes as Semaphore's client writes them: in decimal.

/// A big-endian number in decimal.
pub(crate) fn to_decimal(bytes: &[u8; 32]) -> String {
    let mut rest = *bytes;
    let mut digits = Vec::with_capacity(78);
    while rest.iter().any(|byte| *byte != 0) {
        let mut remainder = 0_u16;
        for byte in &mut rest {
            let value = remainder << 8 | u16::from(*byte);
            *byte = (value / 10) as u8;
            remainder = value % 10;
        }
        digits.push(b'0' + remainder as u8);
    }
    if digits.is_empty() {
        digits.push(b'0');
    }
    digits
        .iter()
        .rev()
        .map(|digit| char::from(*digit))
        .collect()
}
