//! An encoded matrix and its tree in a file: proofs read the few rows they show, and never encode again.
//!
//! The file holds nothing that model and seed don't give; it is as secret as they are, and can be made anew. Layout: magic,
//! version, the root (32 bytes), logarithm of the domain and width (4 bytes each, little endian), the rows (4 bytes an
//! element), the tree's digests, leaves first.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Mutex;

use lilliput_verifier::codec::{Reader, Writer};
use lilliput_verifier::field::F;
use lilliput_verifier::pcs::codeword::Opened;
use lilliput_verifier::pcs::merkle::{Digest, leaf, read_root, siblings};
use lilliput_verifier::pcs::{Code, Codeword, Root};

/// First bytes and version of a file.
const MAGIC: [u8; 5] = *b"LCOD\x01";
/// Bytes before the rows.
const HEADER_BYTES: u64 = 5 + 32 + 4 + 4;

/// Why a file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum CodeFileError {
    /// It can't be read or written.
    #[error("the encoded weights can't be read or written: {0}")]
    Io(#[from] io::Error),
    /// It belongs to another commitment, or is damaged.
    #[error(
        "the encoded weights are damaged or of another model; delete the file, it is made anew"
    )]
    Damaged,
}

/// An open file.
#[derive(Debug)]
pub struct CodeFile {
    file: Mutex<File>,
    root: Root,
    log_domain: usize,
    width: usize,
}

impl CodeFile {
    /// Opens a file and compares its header.
    ///
    /// # Errors
    ///
    /// [`CodeFileError`].
    pub fn open(path: &Path, code: &Code, root: &Root) -> Result<Self, CodeFileError> {
        let mut file = File::open(path)?;
        let mut header = vec![0; HEADER_BYTES as usize];
        file.read_exact(&mut header)
            .map_err(|_| CodeFileError::Damaged)?;
        let own = Self {
            root: *root,
            log_domain: code.log_domain,
            width: code.width(),
            file: Mutex::new(file),
        };
        let length = own.locked().metadata()?.len();
        if header != own.header() || length != own.bytes() {
            return Err(CodeFileError::Damaged);
        }
        Ok(own)
    }

    /// Writes a file whole or not at all, for its owner's eyes only.
    ///
    /// # Errors
    ///
    /// [`CodeFileError::Io`].
    pub fn write(path: &Path, code: &Code, codeword: &Codeword) -> Result<(), CodeFileError> {
        let temporary = path.with_extension(format!("lcode.{}.part", std::process::id()));
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(&temporary).and_then(|file| {
            let mut writer = BufWriter::with_capacity(1 << 20, file);
            writer.write_all(&header(&codeword.root(), code.log_domain, code.width()))?;
            for row in codeword.rows().chunks(code.width()) {
                let mut bytes = Writer::new();
                bytes.bases(row);
                writer.write_all(bytes.as_bytes())?;
            }
            for digest in codeword.tree().layers().iter().flatten() {
                writer.write_all(digest)?;
            }
            writer.into_inner()?.sync_all()?;
            std::fs::rename(&temporary, path)
        });
        if written.is_err() {
            // What is left of it is of no use; the first error is the one to tell.
            let _ = std::fs::remove_file(&temporary);
        }
        Ok(written?)
    }

    /// The commitment.
    #[must_use]
    pub fn root(&self) -> Root {
        self.root
    }

    /// The rows at sorted, distinct positions, checked against the root.
    ///
    /// # Errors
    ///
    /// [`CodeFileError`].
    pub fn open_rows(&self, positions: &[usize]) -> Result<Opened, CodeFileError> {
        let rows = positions
            .iter()
            .map(|&position| self.row(position))
            .collect::<Result<Vec<_>, _>>()?;
        let digests = siblings(positions, self.log_domain)
            .into_iter()
            .map(|(layer, index)| self.digest(layer, index))
            .collect::<Result<Vec<_>, _>>()?;
        let flat = digests.concat();
        let leaves = rows.iter().map(|row| leaf(row)).collect();
        let root = read_root(positions, leaves, self.log_domain, &mut Reader::new(&flat));
        if root != Ok(self.root) {
            return Err(CodeFileError::Damaged);
        }
        Ok(Opened {
            rows,
            siblings: digests,
        })
    }

    fn row(&self, position: usize) -> Result<Vec<F>, CodeFileError> {
        let bytes = self.row_bytes();
        let row = self.read(HEADER_BYTES + position as u64 * bytes, bytes as usize)?;
        let mut reader = Reader::new(&row);
        reader.bases(self.width).map_err(|_| CodeFileError::Damaged)
    }

    fn digest(&self, layer: usize, index: usize) -> Result<Digest, CodeFileError> {
        // Layers of 2^d, 2^(d - 1), … digests lie before this one.
        let leaves = 1u64 << self.log_domain;
        let before = 2 * leaves - 2 * (leaves >> layer) + index as u64;
        let start = HEADER_BYTES + leaves * self.row_bytes();
        let bytes = self.read(start + 32 * before, 32)?;
        bytes.try_into().map_err(|_| CodeFileError::Damaged)
    }

    fn read(&self, offset: u64, length: usize) -> Result<Vec<u8>, CodeFileError> {
        let mut bytes = vec![0; length];
        let mut file = self.locked();
        file.seek(SeekFrom::Start(offset))?;
        file.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, File> {
        // A panic while reading leaves nothing half done: every read seeks first.
        self.file
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn row_bytes(&self) -> u64 {
        4 * self.width as u64
    }

    fn bytes(&self) -> u64 {
        let leaves = 1u64 << self.log_domain;
        HEADER_BYTES + leaves * self.row_bytes() + 32 * (2 * leaves - 1)
    }

    fn header(&self) -> Vec<u8> {
        header(&self.root, self.log_domain, self.width)
    }
}

fn header(root: &Root, log_domain: usize, width: usize) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend(root.0);
    bytes.extend((log_domain as u32).to_le_bytes());
    bytes.extend((width as u32).to_le_bytes());
    bytes
}
