//! Copies of a model with openings of their own, and successors with new ones.

use std::fs;
use std::path::{Path, PathBuf};

use lilliput_crypto::private_file;
use lilliput_crypto::random_bytes;
use lilliput_graph::Model;
use lilliput_graph::model::Hiding;
use lilliput_prover::{link, setup};
use lilliput_verifier::VerifyingKey;

use super::{ModelFile, ModelFileError, io_error, secret, write};
use crate::openings::{Openings, OpeningsError};

/// A successor that was written.
#[derive(Debug)]
pub struct Rotated {
    /// Its file.
    pub file: ModelFile,
    /// The key before.
    pub old: VerifyingKey,
    /// Its own.
    pub new: VerifyingKey,
    /// Where the link is.
    pub link: PathBuf,
    /// Length of the link.
    pub link_bytes: usize,
}

impl ModelFile {
    /// Gives the upper `count` of the openings that are left to a copy in another folder. This file gives them up
    /// before the copy is written: what is interrupted loses numbers, and no two files have the same.
    ///
    /// # Errors
    /// When fewer are left, the folder has a model, or a file can't be written.
    pub fn share(&self, count: u32, folder: &Path) -> Result<Self, ModelFileError> {
        let target = self.target(folder)?;
        let openings = Openings::beside(&self.path);
        let held = openings.hold()?;
        // As it is now: another process may have shared it since.
        let mut own = Self::read(&self.path)?;
        let Some(hiding) = own.model.hiding.as_mut() else {
            return Err(self.not_hidden());
        };
        let key = own_key(self)?;
        // What can fail for other reasons than lack of numbers comes first.
        fs::create_dir_all(folder).map_err(io_error(folder))?;
        let given = openings.split(hiding, count, &held)?;
        let copied = Hiding {
            share: given.clone(),
            ..hiding.clone()
        };
        hiding.share.end = given.start;
        own.write()?;
        drop(held);
        let copy = Model {
            hiding: Some(copied),
            ..own.model
        };
        Self::create(&target, copy, &key)
    }

    /// Makes a successor in another folder: the same weights under a fresh seed, with `openings` new numbers, and the
    /// link that shows that the weights are the same.
    ///
    /// # Errors
    /// When the link would need an opening that there isn't, the folder has a model, or a file can't be written.
    pub fn rotate(&self, openings: u32, folder: &Path) -> Result<Rotated, ModelFileError> {
        let target = self.target(folder)?;
        if self.model.hiding.is_none() {
            return Err(self.not_hidden());
        }
        let old = self.proving_key()?;
        let hiding = Hiding {
            seed: random_bytes()?,
            openings,
            share: 0..openings,
        };
        let model = Model {
            hiding: Some(hiding),
            ..self.model.clone()
        };
        let made = setup(&model.graph, model.weights.clone(), &secret(&model));
        let (proving, new) = made.map_err(|source| ModelFileError::Setup {
            path: self.path.clone(),
            source: Box::new(source),
        })?;
        self.reserve_link(&new)?;
        let link = link::prove(&old, &proving, &random_bytes()?)?;
        let link_path = target.with_extension("llink");
        fs::create_dir_all(folder).map_err(io_error(folder))?;
        write(&link_path, &link)?;
        let file = Self::create(&target, model, &new)?;
        file.write_encoded(&proving)?;
        Ok(Rotated {
            file,
            old: old.verifying_key().clone(),
            new,
            link: link_path,
            link_bytes: link.len(),
        })
    }

    /// A key keeps one opening for the link to a successor. Whether it is used stands in a file of its own, so that a
    /// lost counter doesn't stand in the way; all further links, and those of copies, use openings of proofs.
    fn reserve_link(&self, successor: &VerifyingKey) -> Result<(), ModelFileError> {
        let share = self.model.hiding.as_ref().map(|hiding| hiding.share.start);
        if share == Some(0) {
            let id = format!("{}\n", hex::encode(successor.model_id().0));
            let marker = self.path.with_extension("linked");
            match private_file::create(&marker, id.as_bytes()) {
                Ok(()) => return Ok(()),
                Err(error) if !marker.exists() => return Err(error.into()),
                Err(_) => {}
            }
        }
        match self.take_opening() {
            Err(ModelFileError::Openings(OpeningsError::UsedUp { .. })) => {
                Err(ModelFileError::LinkUsed {
                    path: self.path.clone(),
                })
            }
            taken => taken.map(drop),
        }
    }
}

/// The verifying key of a model file, made anew if it isn't there.
fn own_key(file: &ModelFile) -> Result<VerifyingKey, ModelFileError> {
    match file.verifying_key()? {
        Some(key) => Ok(key),
        None => Ok(file.proving_key()?.verifying_key().clone()),
    }
}
