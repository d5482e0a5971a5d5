//! The bundled model of a network of one process: imported once, published, given a successor when openings run low.

use std::path::Path;

use lilliput_client::Sender;
use lilliput_crypto::Digest;
use lilliput_graph::model::Model;
use lilliput_import::{Calibration, Options, import};
use lilliput_prover::setup;
use lilliput_provider::{ModelFile, secret};
use lilliput_types::registry::{Publish, RegistryMessage, Succeed};
use lilliput_types::{Amount, Blob, List, Message, ModelId, Text};
use lilliput_verifier::VerifyingKey;
use lilliput_verifier::link::LINK_BYTES_MAX;

use crate::commands::model::fresh;
use crate::failure::{OrExit, Result};
use crate::files;

const DIGITS_ONNX: &[u8] = include_bytes!("../../../models/digits/digits.onnx");
const DIGITS_CALIBRATION: &[u8] = include_bytes!("../../../models/digits/calibration.json");

/// What the model's owner gets for an answer.
const MODEL_PRICE: Amount = Amount(20_000);
/// Proofs for which a key hides the weights.
const OPENINGS: u32 = 256;
/// With fewer left, a start makes a successor.
const OPENINGS_LOW: u32 = 64;
/// Most successors that are looked for.
const SUCCESSORS_MAX: u32 = lilliput_types::registry::SUCCESSORS_MAX;

/// The model under all its keys, the registered one first.
pub(crate) struct Bundled(Vec<Copy>);

/// One key of the model.
struct Copy {
    file: ModelFile,
    key: VerifyingKey,
    /// Shows that it follows the key before; none for the registered one.
    link: Option<Vec<u8>>,
}

impl Bundled {
    /// From the data folder, where it was put at the first start, else imported. If the newest key's openings run
    /// low, it gets a successor.
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        let path = folder.join("digits.lmodel");
        let first = match path.exists() {
            true => Copy::read(&path)?,
            false => digits(&path)?,
        };
        let mut newest = first.file.clone();
        let mut copies = vec![first];
        for number in 1..=SUCCESSORS_MAX {
            let next = folder.join(format!("successor-{number}"));
            let path = next.join("digits.lmodel");
            if !path.exists() {
                let left = newest.openings_left().map_err(files::model_error)?;
                if left.is_none_or(|left| left.len() >= OPENINGS_LOW as usize) {
                    break;
                }
                newest.rotate(OPENINGS, &next).map_err(files::model_error)?;
            }
            let copy = Copy::read(&path)?;
            newest = copy.file.clone();
            copies.push(copy);
        }
        Ok(Self(copies))
    }

    /// The files, for a provider.
    pub(crate) fn files(&self) -> Vec<ModelFile> {
        self.0.iter().map(|copy| copy.file.clone()).collect()
    }

    /// Publishes what the ledger doesn't have yet, and gives the model's id.
    pub(crate) fn publish(&self, owner: &Sender) -> Result<ModelId> {
        let ids: Vec<ModelId> = self.0.iter().map(Copy::id).collect();
        let model = ids.first().copied().unwrap_or_default();
        for (place, copy) in self.0.iter().enumerate() {
            match owner.client().model(copy.id()) {
                Ok(_) => continue,
                Err(error) if error.is_not_found() => {}
                Err(error) => return Err(error.into()),
            }
            let key = Blob::new(copy.key.encode()).or_failed("the bundled model's key")?;
            let before = place.checked_sub(1).and_then(|place| ids.get(place));
            match copy.link.as_ref().zip(before) {
                None => publish(owner, key)?,
                Some((link, after)) => {
                    let link = Blob::new(link.clone()).or_failed("the bundled model's link")?;
                    let succeed = Succeed {
                        model,
                        after: *after,
                        key: key.id(),
                        link: link.id(),
                    };
                    let message = Message::Registry(RegistryMessage::Succeed(succeed));
                    owner.send(vec![message], vec![key, link])?;
                }
            }
        }
        Ok(model)
    }
}

impl Copy {
    fn read(path: &Path) -> Result<Self> {
        let link = path.with_extension("llink");
        let link = link
            .exists()
            .then(|| files::read(&link, LINK_BYTES_MAX as u64));
        Ok(Self {
            file: files::model(path)?,
            key: files::key(&path.with_extension("lvk"))?,
            link: link.transpose()?,
        })
    }

    fn id(&self) -> ModelId {
        ModelId(Digest(self.key.model_id().0))
    }
}

fn digits(path: &Path) -> Result<Copy> {
    let calibration = Calibration::parse(DIGITS_CALIBRATION)?;
    let imported = import(DIGITS_ONNX, &calibration, &Options::default())?;
    let model = Model {
        name: "digits".to_owned(),
        hiding: Some(fresh(OPENINGS)?),
        graph: imported.graph,
        weights: imported.weights,
    };
    let (proving, key) = setup(&model.graph, model.weights.clone(), &secret(&model))?;
    let file = ModelFile::create(path, model, &key).map_err(files::model_error)?;
    file.write_encoded(&proving).map_err(files::model_error)?;
    Ok(Copy {
        file,
        key,
        link: None,
    })
}

fn publish(owner: &Sender, key: Blob) -> Result<()> {
    let publish = Publish {
        name: Text::new("digits")?,
        key: key.id(),
        price: MODEL_PRICE,
        licence: Text::new("MIT")?,
        parents: List::default(),
        metadata_uri: Text::new("")?,
        weights: None,
    };
    let message = Message::Registry(RegistryMessage::Publish(publish));
    owner.send(vec![message], vec![key])?;
    Ok(())
}
