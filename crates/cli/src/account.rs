//! How sure a proof is, in full: every term of the account, every parameter.

use lilliput_verifier::argument::count;
use lilliput_verifier::layout::Hidden;
use lilliput_verifier::pcs::code::{Code, GRINDING_BITS, QUERY_BITS};
use lilliput_verifier::pcs::settle::Columns;
use lilliput_verifier::{Security, Subject, Task, VerifyingKey};
use serde_json::{Value, json};

use crate::failure::{OrExit, Result};

/// The field of all challenges.
const FIELD: &str = "KoalaBear (2^31 - 2^24 + 1), extension of degree 5";

/// Every way to cheat, and how unlikely it is to succeed.
pub(crate) fn terms(security: &Security) -> Value {
    let terms = security.terms.iter();
    terms
        .map(|(step, bits)| json!({ "step": step, "bits": bits }))
        .collect()
}

/// The parameters in use for proofs that hide this.
pub(crate) fn parameters(key: &VerifyingKey, task: Task, hidden: Hidden) -> Result<Value> {
    let codes = codes(key, task, hidden)?;
    let codes: Vec<Value> = codes.iter().map(|(of, code)| code_json(of, code)).collect();
    Ok(json!({
        "field": FIELD,
        "query_bits": QUERY_BITS,
        "grinding_bits": GRINDING_BITS,
        "codes": codes,
    }))
}

/// The same, a line each, for people.
pub(crate) fn parameter_lines(
    key: &VerifyingKey,
    task: Task,
    hidden: Hidden,
) -> Result<Vec<String>> {
    let codes = codes(key, task, hidden)?;
    let codes = codes.iter().map(|(of, code)| {
        format!(
            "{of}: {} rows and {} of blinding, {} columns, domain 2^{}, rate below {}/128, {} queries",
            code.rows,
            code.blinding,
            code.width(),
            code.log_domain,
            code.rate.of_128,
            code.rate.queries
        )
    });
    let mut lines = vec![format!(
        "field: {FIELD}; {GRINDING_BITS} bits of proof of work before queries"
    )];
    lines.extend(codes);
    Ok(lines)
}

/// The codes of one proof, each with the name of what it commits to, in the order in which they are opened; the last
/// one is that of the masks.
fn codes(key: &VerifyingKey, task: Task, hidden: Hidden) -> Result<Vec<(&'static str, Code)>> {
    let context = "failed to list the parameters";
    let subject = Subject::new(key, task, hidden).or_failed(context)?;
    let layout = subject.layout();
    let mut codes = Vec::new();
    codes.extend(
        layout
            .witness
            .iter()
            .map(|own| ("witness", Code::witness(own.variables))),
    );
    codes.extend(key.weights().map(|own| ("weights", own.code())));
    codes.extend(layout.inputs.iter().map(|own| ("inputs", own.code())));
    codes.extend(layout.outputs.iter().map(|own| ("outputs", own.code())));
    let messages = count(subject.checked(), layout, key.weights())
        .or_failed(context)?
        .messages;
    let committed: Vec<Code> = codes.iter().map(|(_, code)| *code).collect();
    codes.push((
        "masks",
        Columns::new(messages.saturating_add(2), &committed).code,
    ));
    Ok(codes)
}

fn code_json(of: &str, code: &Code) -> Value {
    json!({
        "of": of,
        "rows": code.rows,
        "blinding": code.blinding,
        "fold": code.fold,
        "log_domain": code.log_domain,
        "rate_of_128": code.rate.of_128,
        "queries": code.rate.queries,
    })
}
