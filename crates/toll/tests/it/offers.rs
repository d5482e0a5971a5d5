//! The 402 answer, and what of it can be changed: nothing.

use lilliput_toll::payment::{Answer, Charge, Currency, Price};
use proptest::prelude::*;
use tempfile::tempdir;

use crate::support::{
    FacilitatorInMemory, Manner, NOW, asked, booth, charge, paid, payload, payment, reason,
    transfer,
};

#[test]
fn one_answer_offers_every_way() {
    let folder = tempdir().unwrap();
    let facilitator = FacilitatorInMemory::start(Manner::Honest);
    let booth = booth(&facilitator, &folder.path().join("toll"));
    let required = booth.required(&charge("/page"), "pay for it", NOW).unwrap();
    let header = |name: &str| {
        let found = required.headers.iter().find(|(of, _)| *of == name);
        found.unwrap().1.as_str()
    };
    assert_eq!(header("crawler-price"), "USD 0.01");
    assert!(header("link").starts_with("<https://site.example/.gate/work>"));
    assert_eq!(header("cache-control"), "no-store");
    let asked = asked(&booth, &charge("/page"));
    assert_eq!(asked.x402_version, 2);
    assert_eq!(asked.accepts[0].network, "eip155:31337");
    assert_eq!(asked.accepts[0].amount, "10000");
    assert_eq!(
        asked.extensions["lilliput-work"]["info"]["url"],
        "https://site.example/.gate/work"
    );
}

#[test]
fn a_price_that_changed_meanwhile_is_paid_as_it_was_offered() {
    let folder = tempdir().unwrap();
    let facilitator = FacilitatorInMemory::start(Manner::Honest);
    let booth = booth(&facilitator, &folder.path().join("toll"));
    let header = payment(&booth, &charge("/page"));
    let dearer = Charge {
        price: Price(90_000),
        ..charge("/page")
    };
    paid(booth.pay(&dearer, &header, NOW).unwrap());
}

#[test]
fn an_offer_is_for_one_request_one_amount_and_its_time() {
    let folder = tempdir().unwrap();
    let facilitator = FacilitatorInMemory::start(Manner::Honest);
    let booth = booth(&facilitator, &folder.path().join("toll"));
    let required = asked(&booth, &charge("/page"));
    let offered = &required.accepts[0];
    let tried =
        |change: &dyn Fn(&mut lilliput_toll::payment::PaymentPayload), charge: &Charge, now| {
            let mut paid = payload(offered, &transfer(offered));
            change(&mut paid);
            reason(&booth.pay(charge, &paid.to_header(), now).unwrap()).to_owned()
        };
    let page = charge("/page");
    assert!(tried(&|_| {}, &charge("/other"), NOW).contains("not for this request"));
    let post = Charge {
        method: "POST".to_owned(),
        ..page.clone()
    };
    assert!(tried(&|_| {}, &post, NOW).contains("not for this request"));
    assert!(tried(&|_| {}, &page, NOW + 301).contains("expired"));
    let foreign = "A".repeat(43);
    assert!(
        tried(
            &|paid| {
                paid.accepted.extra["offer"] = foreign.clone().into();
            },
            &page,
            NOW
        )
        .contains("not for this request")
    );
    assert!(
        tried(
            &|paid| {
                paid.accepted.extra.remove("offer");
            },
            &page,
            NOW
        )
        .contains("other terms")
    );
    let cheaper = |paid: &mut lilliput_toll::payment::PaymentPayload| {
        paid.accepted.amount = "1".to_owned();
        let mut little = transfer(offered);
        little.value = 1;
        paid.payload = payload(offered, &little).payload;
    };
    assert!(tried(&cheaper, &page, NOW).contains("not for this request"));
    assert_eq!(
        facilitator.moved.lock().unwrap().asked_to_verify,
        0,
        "no one was even asked"
    );
}

#[test]
fn a_header_that_is_no_payment_is_refused_with_400() {
    let folder = tempdir().unwrap();
    let facilitator = FacilitatorInMemory::start(Manner::Honest);
    let booth = booth(&facilitator, &folder.path().join("toll"));
    let deep = format!("{}{}", "[".repeat(9_000), "]".repeat(9_000));
    let long = "A".repeat(17 << 10);
    for header in ["", "%%%", "e30=", "bnVsbA==", &deep, &long] {
        match booth.pay(&charge("/page"), header, NOW).unwrap() {
            Answer::Refused(refused) => assert_eq!(refused.status, 400),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn prices_round_up_and_read_back() {
    assert_eq!(Price(1).amount(1), Some(1), "never free by rounding");
    assert_eq!(Price(10_000).amount(1_000_000), Some(10_000));
    assert_eq!(Price(u64::MAX).amount(u128::MAX), None);
    for text in [
        "",
        ".",
        "1.",
        ".5",
        "-1",
        "1e3",
        "0.0000001",
        "99999999999999999999",
        "1 ",
    ] {
        assert!(text.parse::<Price>().is_err(), "{text:?}");
    }
    assert_eq!(Price::read("USD 0.01", Currency::USD), Some(Price(10_000)));
    assert_eq!(Price::read("EUR 0.01", Currency::USD), None);
}

proptest! {
    #[test]
    fn a_price_reads_back(micros: u64) {
        let text = Price(micros).in_currency(Currency::USD);
        prop_assert_eq!(Price::read(&text, Currency::USD), Some(Price(micros)));
    }
}
