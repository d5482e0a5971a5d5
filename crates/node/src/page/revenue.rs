//! Revenue by segment, as the ledger booked it.

use lilliput_client::api::SegmentRevenue;
use lilliput_types::{Amount, Segment};
use maud::{Markup, html};

use super::chart::{self, Bar};
use super::shell::{self, Place};
use super::text::Money;

/// The segments' colours, the same wherever segments are drawn.
fn colour(segment: Segment) -> &'static str {
    match segment {
        Segment::Software => "var(--software)",
        Segment::Iaas => "var(--iaas)",
        Segment::Identity => "var(--identity)",
        Segment::Security => "var(--security)",
    }
}

pub(super) fn page(rows: &[SegmentRevenue], money: Money<'_>) -> Markup {
    let total = |revenue: &SegmentRevenue| revenue.participants.0.saturating_add(revenue.network.0);
    let bars: Vec<Bar<'_>> = rows
        .iter()
        .map(|row| Bar {
            label: row.segment.to_string(),
            // A length on the screen: rounding is invisible.
            length: total(row) as f64,
            shown: money.show(Amount(total(row))),
            colour: colour(row.segment),
        })
        .collect();
    shell::page(
        "Revenue",
        Place::Revenue,
        true,
        &html! {
            h1 { "Revenue by segment" }
            p.lead {
                "Since the chain began, in play money. The four segments are those of the forecast ("
                code { "lilliput forecast" } "), so that actual and forecast can be laid side by side."
            }
            section.card { (chart::bars("revenue by segment", &bars)) }
            section.card {
                table {
                    tr { th { "segment" } th.number { "participants" } th.number { "network" } th.number { "payments" } }
                    @for row in rows {
                        tr {
                            td { (row.segment) }
                            td.number { (money.show(row.participants)) }
                            td.number { (money.show(row.network)) }
                            td.number { (row.payments) }
                        }
                    }
                }
            }
        },
    )
}
