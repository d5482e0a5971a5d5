//! The explorer: blocks, transactions, jobs, models, accounts.

use lilliput_client::api::{Account, Balance, BlockDetail, BlockSummary, TransactionDetail};
use lilliput_types::bank::Asset;
use lilliput_types::job::Job;
use lilliput_types::provider::Offer;
use lilliput_types::registry::Model;
use lilliput_types::{Event, Outcome};
use maud::{Markup, html};

use super::job::badge;
use super::shell::{self, Place};
use super::text::{self, Money};

/// The latest blocks and jobs.
pub(super) fn overview(blocks: &[BlockSummary], jobs: &[Job], money: Money<'_>) -> Markup {
    shell::page(
        "Explorer",
        Place::Explorer,
        true,
        &html! {
            h1 { "Explorer" }
            section.card {
                h2 { "Jobs" }
                (job_table(jobs, money))
            }
            section.card {
                h2 { "Blocks" }
                table {
                    tr { th { "height" } th { "id" } th.number { "transactions" } th.number { "time" } }
                    @for block in blocks {
                        tr {
                            td { a href={ "/blocks/" (block.height) } { (block.height) } }
                            td { (text::short(&block.id.to_string())) }
                            td.number { (block.transactions) }
                            td.number { (text::time(block.time)) }
                        }
                    }
                }
            }
        },
    )
}

fn job_table(jobs: &[Job], money: Money<'_>) -> Markup {
    html! {
        @if jobs.is_empty() { p.quiet { "none yet" } } @else {
            table {
                tr { th { "job" } th { "state" } th { "buyer" } th.number { "escrow" } }
                @for job in jobs {
                    tr {
                        td { a href={ "/jobs/" (job.id) } { (text::short(&job.id.to_string())) } }
                        td { (badge(job.state)) }
                        td { (text::holder(job.buyer.into())) }
                        td.number { (money.show(job.escrow)) }
                    }
                }
            }
        }
    }
}

/// One block: its header, its transactions, its events.
pub(super) fn block(block: &BlockDetail) -> Markup {
    let header = &block.header.header;
    shell::page(
        "Block",
        Place::Explorer,
        true,
        &html! {
            h1 { "Block " (header.height) }
            section.card {
                dl.facts {
                    dt { "id" } dd.hash { (block.id) }
                    dt { "parent" } dd.hash { (header.parent) }
                    dt { "time" } dd { (text::time(header.time)) }
                    dt { "epoch" } dd { (header.epoch) }
                    dt { "state root" } dd.hash { (header.state_root) }
                    dt { "transactions root" } dd.hash { (header.transactions_root) }
                    dt { "proofs root" } dd.hash { (header.proofs_root) }
                    dt { "events root" } dd.hash { (header.events_root) }
                    dt { "proposer" } dd.hash { (header.proposer) }
                    dt { "validators" } dd.hash { (header.validators) }
                    dt { "next validators" } dd.hash { (header.next_validators) }
                }
            }
            @for transaction in &block.transactions {
                section.card {
                    h2 { "Transaction " a href={ "/transactions/" (transaction.id) } { (text::short(&transaction.id.to_string())) } }
                    (transaction_facts(transaction))
                }
            }
            @if !block.end.is_empty() {
                section.card { h2 { "At the block's end" } (event_list(&block.end)) }
            }
        },
    )
}

/// One transaction.
pub(super) fn transaction(found: &TransactionDetail) -> Markup {
    shell::page(
        "Transaction",
        Place::Explorer,
        true,
        &html! {
            h1 { "Transaction " (text::short(&found.id.to_string())) }
            section.card {
                p { "In " a href={ "/blocks/" (found.height) } { "block " (found.height) } }
                (transaction_facts(found))
            }
            section.card {
                h2 { "Messages" }
                @for message in found.transaction.transaction.messages.iter() { pre { code { (json(message)) } } }
            }
        },
    )
}

fn transaction_facts(found: &TransactionDetail) -> Markup {
    let (signed, receipt) = (&found.transaction.transaction, &found.receipt);
    html! {
        dl.facts {
            dt { "id" } dd.hash { (found.id) }
            dt { "signer" } dd { (text::holder(signed.signer.address().into())) }
            dt { "outcome" } dd {
                @match &receipt.outcome {
                    Outcome::Applied => "applied",
                    Outcome::Failed { code, reason, .. } => span.error { (code) ": " (reason) },
                }
            }
            dt { "fee" } dd { (receipt.fee) }
        }
        (event_list(&receipt.events))
    }
}

fn event_list(events: &[Event]) -> Markup {
    html! {
        details {
            summary { (events.len()) " events" }
            @for event in events { pre { code { (json(event)) } } }
        }
    }
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap_or_else(|error| error.to_string())
}

/// All models.
pub(super) fn models(models: &[Model], money: Money<'_>) -> Markup {
    shell::page(
        "Models",
        Place::Models,
        true,
        &html! {
            h1 { "Models" }
            p.lead { "A model's id is the hash of its verifying key: graph, commitment to the weights, and proof of their range." }
            section.card {
                @if models.is_empty() { p.quiet { "none yet" } } @else {
                    table {
                        tr { th { "name" } th { "id" } th { "owner" } th { "licence" } th.number { "price" } }
                        @for model in models {
                            tr {
                                td { a href={ "/models/" (model.id) } { (model.name) } }
                                td { (text::short(&model.id.to_string())) }
                                td { (text::holder(model.owner.into())) }
                                td { (model.licence) }
                                td.number { (money.show(model.price)) }
                            }
                        }
                    }
                }
            }
        },
    )
}

/// One model and who serves it.
pub(super) fn model(model: &Model, offers: &[Offer], money: Money<'_>) -> Markup {
    shell::page(
        "Model",
        Place::Models,
        true,
        &html! {
            h1 { (model.name) }
            section.card {
                dl.facts {
                    dt { "id" } dd.hash { (model.id) }
                    dt { "owner" } dd { (text::holder(model.owner.into())) }
                    dt { "price" } dd { (money.show(model.price)) }
                    dt { "licence" } dd { (model.licence) }
                    dt { "parents" } dd {
                        @if model.parents.is_empty() { "none" }
                        @for parent in model.parents.iter() {
                            a href={ "/models/" (parent.model) } { (text::short(&parent.model.to_string())) } " " (parent.share_bps) " bps "
                        }
                    }
                    dt { "takes orders" } dd { (if model.listed { "yes" } else { "no" }) }
                    dt { "published" } dd { a href={ "/blocks/" (model.published_at) } { "block " (model.published_at) } }
                }
                div.row {
                    a.button href={ "/v1/blobs/" (model.key) } download="model.lvk" { "Download the verifying key" }
                    a.button href={ "/evaluations/" (model.id) } { "Registered evaluations" }
                }
            }
            section.card {
                h2 { "Providers" }
                @if offers.is_empty() { p.quiet { "nobody serves it" } } @else {
                    table {
                        tr { th { "provider" } th.number { "price" } }
                        @for offer in offers {
                            tr {
                                td { (text::holder(offer.provider.into())) }
                                td.number { (money.show(offer.price)) }
                            }
                        }
                    }
                }
            }
        },
    )
}

/// One account and what it holds.
pub(super) fn account(account: &Account, assets: &[Asset]) -> Markup {
    shell::page(
        "Account",
        Place::Explorer,
        true,
        &html! {
            h1 { "Account" }
            section.card {
                dl.facts {
                    dt { "address" } dd.hash { (account.address) }
                    dt { "transactions" } dd { (account.nonce) }
                    dt { "stake as a provider" } dd { (account.stake) }
                }
            }
            section.card {
                h2 { "Balances" }
                @if account.balances.is_empty() { p.quiet { "nothing" } } @else {
                    table {
                        @for balance in &account.balances {
                            tr {
                                td { (name_of(balance, assets)) }
                                td.number { (amount_of(balance, assets)) }
                            }
                        }
                    }
                }
            }
        },
    )
}

fn name_of(balance: &Balance, assets: &[Asset]) -> String {
    let known = assets.iter().find(|asset| asset.id == balance.asset);
    known.map_or_else(|| balance.asset.to_string(), |asset| asset.name.to_string())
}

fn amount_of(balance: &Balance, assets: &[Asset]) -> String {
    let known = assets.iter().find(|asset| asset.id == balance.asset);
    let symbol = balance.asset.to_string();
    let decimals = known.map_or(0, |asset| asset.decimals);
    Money {
        symbol: &symbol,
        decimals,
    }
    .show(balance.amount)
}
