//! The first page: draw or upload a digit, buy an answer.

use maud::{Markup, html};

use super::shell::{self, Place};

/// What the first page shows beside the pad.
pub(super) struct Home {
    /// Whether this page may spend the development wallet.
    pub(super) may_ask: bool,
    /// The price of an answer, if one can be bought.
    pub(super) price: Option<String>,
    pub(super) height: u64,
    pub(super) jobs_paid: u64,
    pub(super) subnets: u32,
}

pub(super) fn page(home: &Home) -> Markup {
    shell::page(
        "Ask",
        Place::Ask,
        true,
        &html! {
            h1 { "Buy an answer that anyone can check" }
            p.lead {
                "Draw a digit. Your order goes on the ledger, a provider runs the model and proves the run, "
                "and the ledger pays only after it has checked the proof."
            }
            div.columns {
                section.card {
                    h2 { "Your digit" }
                    canvas id="pad" width="280" height="280" aria-label="drawing pad" {}
                    div.row {
                        button.primary id="ask" disabled[!home.may_ask] { "Ask" }
                        button id="clear" { "Clear" }
                        label.button for="file" { "Upload …" }
                        input type="file" id="file" accept="image/*" hidden;
                    }
                    p id="message" role="status" {}
                    @if !home.may_ask {
                        p.quiet {
                            "Asking spends the development wallet, so it needs the secret in the address that "
                            code { "lilliput up" } " printed. Open that address once; this browser then remembers."
                        }
                    }
                    noscript { p.error { "The pad needs JavaScript. Without it: " code { "lilliput ask IMAGE.png" } } }
                }
                section.card {
                    h2 { "What happens" }
                    ol.steps {
                        li { span { "Order: your money is locked, a salted commitment to the picture goes on the ledger" } }
                        li { span { "Accept: a provider has model and picture, and locks a bond" } }
                        li { span { "Answer: it runs the model and sends the result with a proof" } }
                        li { span { "Check: the ledger verifies the proof against this very job" } }
                        li { span { "Pay: provider, model owner, and the network for the check. Wrong, late or missing: you are refunded" } }
                    }
                    dl.facts {
                        @if let Some(price) = &home.price { dt { "price" } dd { (price) } }
                        dt { "height" } dd { (home.height) }
                        dt { "answers paid" } dd { (home.jobs_paid) }
                        dt { "subnets" } dd { a href="/subnets" { (home.subnets) } }
                    }
                }
            }
            script src="/page/draw.js" {}
        },
    )
}
