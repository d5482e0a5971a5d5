//! Key and proof in, a report out.

use lilliput_verifier::{Context, Proof, Task, Verified, VerifyingKey, verify};
use serde_json::{Value, json};

/// Bytes of a context: chain, job, provider.
pub const CONTEXT_BYTES: usize = 96;

/// Checks a proof, for the context given or, without one, for whichever it states. The report says
/// `accepted`, and then what was shown, or else `reason`.
#[must_use]
pub fn check(key: &[u8], proof: &[u8], context: Option<&[u8; CONTEXT_BYTES]>) -> Value {
    let refused = |reason: String| json!({ "accepted": false, "reason": reason });
    let key = match VerifyingKey::decode(key) {
        Ok(key) => key,
        Err(error) => return refused(error.to_string()),
    };
    let proof = match Proof::decode(proof) {
        Ok(proof) => proof,
        Err(error) => return refused(format!("the proof can't be read: {error}")),
    };
    let context = context.map_or(proof.statement.context, parse);
    match verify(&key, &context, &proof) {
        Ok(verified) => report(&key, &context, &verified),
        Err(rejection) => refused(rejection.to_string()),
    }
}

fn parse(bytes: &[u8; CONTEXT_BYTES]) -> Context {
    let part = |start: usize| {
        let mut own = [0; 32];
        own.iter_mut()
            .zip(bytes.iter().skip(start))
            .for_each(|(to, from)| *to = *from);
        own
    };
    Context {
        chain: part(0),
        job: part(32),
        provider: part(64),
    }
}

fn report(key: &VerifyingKey, context: &Context, verified: &Verified) -> Value {
    json!({
        "accepted": true,
        "model": hex::encode(key.model_id().0),
        "security_bits": verified.security.bits,
        "weights": if key.openings() > 0 { "hidden" } else { "public" },
        "scored": matches!(verified.task, Task::Score(_)),
        "samples": verified.task.samples(),
        "opening": verified.opening,
        "openings": key.openings(),
        "input": verified.inputs,
        "output": verified.outputs,
        "input_commitment": hex::encode(verified.input_commitment.0),
        "output_digest": hex::encode(verified.output_digest.0),
        "chain": hex::encode(context.chain),
        "job": hex::encode(context.job),
        "provider": hex::encode(context.provider),
    })
}
