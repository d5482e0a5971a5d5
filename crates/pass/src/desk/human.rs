//! A human's pass: the keys, and a batch of tokens for a proof.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::json;

use super::Desk;
use super::answers::{DeskRequest, DeskResponse, parse, refuse_json};
use crate::decimal::to_decimal;
use crate::error::{PassError, Thing};
use crate::issuer::parse_blinded;
use crate::token::MODULUS_LEN;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TokensBody {
    epoch: u64,
    blinded: Vec<String>,
    proof: serde_json::Value,
}

impl Desk {
    /// The key of this epoch, and what a wallet needs to ask for tokens.
    pub(super) fn answer_keys(&self, now_s: u64) -> DeskResponse {
        if self.humans.is_none() {
            return refuse_json(&PassError::NoHumans);
        }
        let epoch = self.issuer.epoch_at(now_s);
        let directory = self.issuer.directory();
        let Some(key) = directory.iter().find(|key| key.epoch == epoch) else {
            return refuse_json(&PassError::NoKey { epoch });
        };
        DeskResponse::json(
            200,
            &json!({
                "site": self.rules.site,
                "epoch": epoch,
                "key": URL_SAFE_NO_PAD.encode(&key.spki),
                "challenge": URL_SAFE_NO_PAD.encode(self.issuer.challenge()),
                "batch": self.rules.batch,
                "scope": to_decimal(&self.issuer.scope(epoch)),
                "issues_until": key.issues_until_s,
                "redeems_until": key.redeems_until_s,
            }),
        )
    }

    pub(super) async fn answer_tokens(&self, request: &DeskRequest<'_>) -> DeskResponse {
        match self.issue(request).await {
            Ok(signatures) => {
                let texts: Vec<String> = signatures
                    .iter()
                    .map(|signature| URL_SAFE_NO_PAD.encode(signature))
                    .collect();
                DeskResponse::json(200, &json!({ "signatures": texts }))
            }
            Err(error) => refuse_json(&error),
        }
    }

    async fn issue(&self, request: &DeskRequest<'_>) -> Result<Vec<[u8; MODULUS_LEN]>, PassError> {
        let humans = Arc::clone(self.humans.as_ref().ok_or(PassError::NoHumans)?);
        let body: TokensBody = parse(request.body)?;
        let blinded = parse_blinded(&body.blinded)?;
        let wanted = self
            .issuer
            .proof_request(body.epoch, &blinded, request.now_s)?;
        self.tries.admit(request.lane, request.now_s)?;
        let busy = |_| PassError::Busy {
            what: "proofs to check",
            retry_s: 2,
        };
        let place = Arc::clone(&self.issuing)
            .try_acquire_owned()
            .map_err(busy)?;
        let ended = |_| PassError::Malformed {
            thing: Thing::HumanProof,
            why: "its check ended without an answer",
        };
        let proof = body.proof;
        let (human, place) = tokio::task::spawn_blocking(move || (humans(&proof, &wanted), place))
            .await
            .map_err(ended)?;
        let human = human.map_err(|why| {
            self.tries.failed(request.lane, request.now_s);
            PassError::HumanRefused { why }
        })?;
        let key = self
            .issuer
            .claim_batch(&human, body.epoch, &blinded, request.now_s)
            .await?;
        let signed = tokio::task::spawn_blocking(move || {
            let signed = blinded
                .iter()
                .map(|message| key.blind_sign(message))
                .collect();
            drop(place);
            signed
        });
        signed.await.map_err(ended)?
    }
}
