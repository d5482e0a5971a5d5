//! The labelled pictures of the repository, as a validator's private set.

use anyhow::anyhow;
use lilliput_subnet::{Images, Side};

use crate::failure::{Failure, OrExit, Result};
use crate::numbers;

const SIDE: Side = Side {
    height: 28,
    width: 28,
};

macro_rules! pictures {
    ($($name:literal is $label:literal,)*) => {
        [$((
            $name,
            include_bytes!(concat!("../../../../../../models/digits/images/", $name)).as_slice(),
            $label,
        ),)*]
    };
}

/// Name, bytes and label.
const PICTURES: [(&str, &[u8], i64); 30] = pictures![
    "00-label7.png" is 7,
    "01-label2.png" is 2,
    "02-label1.png" is 1,
    "03-label0.png" is 0,
    "04-label4.png" is 4,
    "05-label1.png" is 1,
    "06-label4.png" is 4,
    "07-label9.png" is 9,
    "08-label5.png" is 5,
    "09-label9.png" is 9,
    "10-label0.png" is 0,
    "11-label6.png" is 6,
    "12-label9.png" is 9,
    "13-label0.png" is 0,
    "14-label1.png" is 1,
    "15-label5.png" is 5,
    "16-label7.png" is 7,
    "17-label3.png" is 3,
    "18-label4.png" is 4,
    "19-label6.png" is 6,
    "20-label6.png" is 6,
    "21-label5.png" is 5,
    "22-label7.png" is 7,
    "23-label3.png" is 3,
    "24-label3.png" is 3,
    "25-label2.png" is 2,
    "26-label2.png" is 2,
    "27-label8.png" is 8,
    "28-label8.png" is 8,
    "29-label8.png" is 8,
];

/// Thirty handwritten digits; moved and with noise they are questions without end.
pub(super) fn images() -> Result<Images> {
    let mut pictures = Vec::new();
    for (name, bytes, label) in PICTURES {
        let (width, height, grey) = numbers::grey_picture(bytes, name)?;
        if (height, width) != (SIDE.height, SIDE.width) {
            return Err(Failure::failed(anyhow!("{name} is {width} x {height}")));
        }
        pictures.push((grey, label));
    }
    Images::new(SIDE, pictures).or_failed("the bundled pictures")
}
