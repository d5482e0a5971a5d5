//! The MNIST files in their IDX format, named as their authors named them.

use std::path::Path;

use anyhow::{Context, Result, ensure};

/// Side of an image.
pub(crate) const SIDE: usize = 28;
/// Pixels of an image.
pub(crate) const PIXELS: usize = SIDE * SIDE;

/// Images with their labels.
pub(crate) struct Set {
    images: Vec<u8>,
    labels: Vec<u8>,
}

impl Set {
    /// The 60,000 images to train on.
    pub(crate) fn training(folder: &Path) -> Result<Self> {
        Self::read(folder, "train", 60_000)
    }

    /// The 10,000 images to test with.
    pub(crate) fn test(folder: &Path) -> Result<Self> {
        Self::read(folder, "t10k", 10_000)
    }

    fn read(folder: &Path, prefix: &str, count: usize) -> Result<Self> {
        let images = file(folder, &format!("{prefix}-images-idx3-ubyte"))?;
        let labels = file(folder, &format!("{prefix}-labels-idx1-ubyte"))?;
        let images = body(&images, &[count, SIDE, SIDE])?.to_vec();
        let labels = body(&labels, &[count])?.to_vec();
        ensure!(labels.iter().all(|&label| label < 10), "a label is above 9");
        Ok(Self { images, labels })
    }

    pub(crate) fn len(&self) -> usize {
        self.labels.len()
    }

    pub(crate) fn image(&self, index: usize) -> &[u8] {
        &self.images[index * PIXELS..][..PIXELS]
    }

    pub(crate) fn label(&self, index: usize) -> usize {
        usize::from(self.labels[index])
    }
}

fn file(folder: &Path, name: &str) -> Result<Vec<u8>> {
    let path = folder.join(name);
    std::fs::read(&path).with_context(|| format!("failed to read {}", path.display()))
}

/// What follows a header of the expected lengths: two zero bytes, 8 for bytes, the number of axes,
/// the lengths in big-endian order.
fn body<'a>(bytes: &'a [u8], lengths: &[usize]) -> Result<&'a [u8]> {
    let mut header = vec![0, 0, 8, lengths.len() as u8];
    for &length in lengths {
        header.extend((length as u32).to_be_bytes());
    }
    let body = bytes
        .strip_prefix(&header[..])
        .context("an IDX header isn't the one of MNIST")?;
    ensure!(
        body.len() == lengths.iter().product::<usize>(),
        "an IDX file is cut off or too long"
    );
    Ok(body)
}
