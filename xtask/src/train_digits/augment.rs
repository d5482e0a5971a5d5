//! Small random distortions, so that the network learns digits and not these pictures of them.

use super::mnist::{PIXELS, SIDE};
use super::random::Random;

/// Pixels in 0..1.
pub(crate) fn plain(image: &[u8]) -> Vec<f32> {
    image
        .iter()
        .map(|&pixel| f32::from(pixel) / 255.0)
        .collect()
}

/// The image under a random affine map near the identity.
pub(crate) fn distorted(image: &[u8], random: &mut Random) -> Vec<f32> {
    let centre = (SIDE as f32 - 1.0) / 2.0;
    let map = [
        1.0 + 0.12 * random.signed(),
        0.18 * random.signed(),
        0.18 * random.signed(),
        1.0 + 0.12 * random.signed(),
    ];
    let shift = [1.6 * random.signed(), 1.6 * random.signed()];
    let mut out = Vec::with_capacity(PIXELS);
    for row in 0..SIDE {
        for column in 0..SIDE {
            let (y, x) = (row as f32 - centre, column as f32 - centre);
            let source_y = map[0] * y + map[1] * x + centre + shift[0];
            let source_x = map[2] * y + map[3] * x + centre + shift[1];
            out.push(sample(image, source_y, source_x));
        }
    }
    out
}

/// Bilinear interpolation, black outside.
fn sample(image: &[u8], y: f32, x: f32) -> f32 {
    let (top, left) = (y.floor(), x.floor());
    let (down, right) = (y - top, x - left);
    let pixel = |row: f32, column: f32| {
        let last = (SIDE - 1) as f32;
        if row < 0.0 || column < 0.0 || row > last || column > last {
            return 0.0;
        }
        f32::from(image[row as usize * SIDE + column as usize])
    };
    let upper = pixel(top, left) * (1.0 - right) + pixel(top, left + 1.0) * right;
    let lower = pixel(top + 1.0, left) * (1.0 - right) + pixel(top + 1.0, left + 1.0) * right;
    (upper * (1.0 - down) + lower * down) / 255.0
}
