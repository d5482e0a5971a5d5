#![expect(clippy::unwrap_used, reason = "a failing step fails the test")]

use std::os::unix::fs::PermissionsExt;

use lilliput_types::market::{
    Book, Choice, LeaseLevel, OfferLine, OrderTerms, Purchase, ResourceNeed, UnitOrder,
};
use lilliput_types::{Amount, DurationMs, List, Text};

use super::*;

fn asked(body: &str) -> Result<Vec<Rate>, ScriptError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("price");
    std::fs::write(&path, format!("#!/bin/sh\n{body}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
    let unit = UnitOrder {
        need: ResourceNeed {
            cpu_milli: 1_000,
            arch: Text::new("").unwrap(),
            memory: 1 << 30,
            volumes: List::default(),
            gpus: 0,
            gpu_models: List::default(),
            ports: 1,
            addresses: 0,
        },
        count: 1,
        rate_max: Rate(5_000),
    };
    let for_ms = DurationMs(1_000);
    let group = GroupOrder {
        name: Text::new("here").unwrap(),
        attributes: List::default(),
        signed_by_all: List::default(),
        signed_by_any: List::default(),
        units: List::new(vec![unit]).unwrap(),
        terms: OrderTerms {
            purchase: Purchase::OnDemand,
            book: Book::Open { for_ms },
            choice: Choice::Cheapest,
            split: false,
            level: LeaseLevel::Trusted,
            deadline_ms: None,
            notice_ms: DurationMs(0),
            latency: None,
            bond: Amount(100_000),
        },
    };
    let line = OfferLine {
        unit: 0,
        count: 1,
        rate: Rate(100),
        gpu: None,
    };
    let bid = BidTerms {
        offers: List::new(vec![line]).unwrap(),
        notice_ms: DurationMs(0),
        pool: None,
        waiting_rate: Rate(0),
    };
    ask(&path, OrderId(3), &group, &bid)
}

#[test]
fn a_script_reads_the_order_and_says_the_rates() {
    let rates = asked(r#"grep -q '"cpu_milli":1000' && echo '{"rates": [42]}'"#);
    assert_eq!(rates.unwrap(), [Rate(42)]);
    // One that doesn't read is fine too.
    assert_eq!(asked(r#"echo '{"rates": [7]}'"#).unwrap(), [Rate(7)]);
}

#[test]
fn what_a_script_does_wrong_is_told() {
    for (body, told) in [
        ("exit 3", "exit status: 3"),
        ("echo '{}'", "rates"),
        (r#"echo '{"rates": []}'"#, "0 rates for 1 lines"),
        (r#"echo '{"rates": [-1]}'"#, "invalid value"),
        ("yes", "more than"),
        ("sleep 60", "longer than 5 s"),
    ] {
        let error = asked(body).unwrap_err().to_string();
        assert!(error.contains(told), "{body}: {error}");
    }
}
