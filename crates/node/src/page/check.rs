//! A proof checked in the visitor's browser: on a job's page, and on a page of its own for any two files.

use lilliput_types::ChainId;
use lilliput_types::job::Job;
use maud::{Markup, html};

use super::shell::{self, Place};

/// The check of a job's proof; nothing while there is no proof.
pub(super) fn of_job(job: &Job, key: &str, chain: ChainId) -> Markup {
    let (Some(proof), Some(provider)) = (job.proof, job.provider) else {
        return html! {};
    };
    let mut context = hex::encode(chain.as_bytes());
    context += &hex::encode(job.id.as_bytes());
    context += &hex::encode(provider.as_bytes());
    html! {
        section.card {
            h2 { "Checked by yourself" }
            p.quiet { "Your browser fetches key and proof and runs the verifier itself; this node can't tell it what to find." }
            div id="browser-check" aria-live="polite" data-key=(key) data-proof={ "/v1/blobs/" (proof) } data-context=(context) {
                p.quiet { "checking …" }
            }
            noscript { p { "Without JavaScript: download both files below and run " code { "lilliput verify" } "." } }
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
            section.card {
                p { "Choose a model's key and a proof. They stay in your browser, which runs the verifier itself." }
                div.row {
                    label for="key-file" { "key (.lvk)" }
                    input id="key-file" type="file" accept=".lvk";
                }
                div.row {
                    label for="proof-file" { "proof (.lproof)" }
                    input id="proof-file" type="file" accept=".lproof";
                }
                div id="browser-check" aria-live="polite" {}
                noscript { p { "This page needs JavaScript; " code { "lilliput verify" } " doesn't." } }
            }
            script src="/page/check.js" {}
        },
    )
}
