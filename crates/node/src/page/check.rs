//! A proof checked in the visitor's browser: on a job's page, and on a page of its own for any two files.

use lilliput_types::ChainId;
use lilliput_types::job::Job;
use lilliput_types::registry::Model;
use maud::{Markup, html};

use super::shell::{self, Place};

/// The check of a job's proof; nothing while there is no proof. What the ledger says of the job stands in the
/// markup, for the script to compare.
pub(super) fn of_job(job: &Job, model: &Model, chain: ChainId) -> Markup {
    let (Some(proof), Some(provider)) = (job.proof, job.provider) else {
        return html! {};
    };
    let mut context = hex::encode(chain.as_bytes());
    context += &hex::encode(job.id.as_bytes());
    context += &hex::encode(provider.as_bytes());
    html! {
        section.card {
            h2 { "Checked by yourself" }
            p.quiet {
                "Your browser has fetched the key and the proof and runs the verifier itself, against this job, its input "
                "and its output. The verifier came from this node as well: to trust nobody, run "
                code { "lilliput verify" } " or open both files on your own node's "
                a href="/verify" { "page for any proof" } "."
            }
            div id="browser-check" role="status"
                data-key={ "/v1/blobs/" (job.key_blob(model)) } data-proof={ "/v1/blobs/" (proof) } data-context=(context)
                data-model=(job.key.unwrap_or(job.model)) data-input=(job.input)
                data-output=[job.output] {
                p.quiet { "checking …" }
            }
            noscript { p { "Without JavaScript: download both files and run " code { "lilliput verify" } "." } }
            script src="/page/check.js" {}
        }
    }
}

/// The page for any key and proof.
pub(super) fn page() -> Markup {
    shell::page(
        "Check a proof",
        Place::Other,
        true,
        &html! {
            h1 { "Check a proof" }
            p.lead {
                "Choose a model's key and a proof, or drop both here. They stay in your browser, which runs the verifier itself."
            }
            section.card.drop {
                (file("key-file", "key", ".lvk"))
                (file("proof-file", "proof", ".lproof"))
                div id="browser-check" role="status" {}
                noscript { p { "This page needs JavaScript; " code { "lilliput verify" } " doesn't." } }
            }
            script src="/page/check.js" {}
        },
    )
}

fn file(id: &str, what: &str, ending: &str) -> Markup {
    html! {
        div.row {
            label for=(id) { (what) " (" (ending) ")" }
            input id=(id) type="file" accept=(ending);
        }
    }
}
