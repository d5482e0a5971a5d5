//! Bots that say what they pay, and are charged from a balance.

use http::HeaderMap;
use lilliput_toll::bot::{Bot, Outcome};
use lilliput_toll::payment::{Booth, CrawlerAnswer, CrawlerError, PaymentId, Price};
use tempfile::tempdir;

use crate::bots::{agent, head, signed, verifier};
use crate::support::{FacilitatorInMemory, Manner, NOW, booth, charge};

fn bot(headers: &HeaderMap) -> Bot {
    match verifier().check(&head("/page", headers), NOW) {
        Outcome::Verified(bot) => bot,
        other => panic!("{other:?}"),
    }
}

fn charged(booth: &Booth, fields: &[(&'static str, &str)], nonce: &[u8]) -> CrawlerAnswer {
    let headers = signed("/page", fields, nonce);
    let bot = bot(&headers);
    booth
        .charge_crawler(&charge("/page"), Some(&bot), &headers)
        .unwrap()
}

#[test]
fn a_bot_pays_from_its_balance_once_for_each_signature() {
    let folder = tempdir().unwrap();
    let facilitator = FacilitatorInMemory::start(Manner::Honest);
    let booth = booth(&facilitator, &folder.path().join("toll"));
    let payment = PaymentId([1; 32]);
    let id = agent().to_string();
    for _ in 0..3 {
        assert_eq!(
            booth.credit(&id, Price(25_000), payment).unwrap(),
            Price(25_000)
        );
    }
    let exact = [("crawler-exact-price", "USD 0.01")];
    let paid = CrawlerAnswer::Charged {
        header: "USD 0.01".to_owned(),
        left: Price(15_000),
    };
    assert_eq!(charged(&booth, &exact, b"one"), paid);
    let failed = CrawlerAnswer::Refused(CrawlerError::PaymentFailed);
    assert_eq!(
        charged(&booth, &exact, b"one"),
        failed,
        "the same signature again"
    );
    assert_eq!(booth.balance(&id).unwrap(), Price(15_000));
    let most = [("crawler-max-price", "USD 1")];
    assert!(matches!(
        charged(&booth, &most, b"two"),
        CrawlerAnswer::Charged { .. }
    ));
    assert_eq!(
        charged(&booth, &most, b"three"),
        failed,
        "the balance doesn't reach"
    );
    assert_eq!(booth.balance(&id).unwrap(), Price(5_000));

    let second = bot(&signed("/page", &most, b"two"));
    for _ in 0..2 {
        assert_eq!(
            booth.refund_crawler(&second, Price(10_000)).unwrap(),
            Price(15_000)
        );
    }
}

#[test]
fn the_price_must_be_signed_right_and_high_enough() {
    let folder = tempdir().unwrap();
    let facilitator = FacilitatorInMemory::start(Manner::Honest);
    let booth = booth(&facilitator, &folder.path().join("toll"));
    let refused = |fields: &[(&'static str, &str)]| match charged(&booth, fields, b"one") {
        CrawlerAnswer::Refused(error) => error,
        other => panic!("{other:?}"),
    };
    use CrawlerError as E;
    assert_eq!(
        refused(&[("crawler-exact-price", "USD 0.02")]),
        E::InvalidCrawlerExactPrice
    );
    assert_eq!(
        refused(&[("crawler-max-price", "USD 0.009")]),
        E::InvalidCrawlerMaxPrice
    );
    assert_eq!(
        refused(&[("crawler-max-price", "0.01")]),
        E::InvalidCrawlerPriceValue
    );
    assert_eq!(
        refused(&[("crawler-max-price", "EUR 0.01")]),
        E::InvalidCrawlerPriceValue
    );
    let both = [
        ("crawler-max-price", "USD 1"),
        ("crawler-exact-price", "USD 0.01"),
    ];
    assert_eq!(refused(&both), E::ConflictingPriceHeaders);

    let headers = signed("/page", &[], b"one");
    let unpaid = booth
        .charge_crawler(&charge("/page"), Some(&bot(&headers)), &headers)
        .unwrap();
    assert_eq!(unpaid, CrawlerAnswer::NotOffered);
    // The header is there, and the signature doesn't cover it: anyone may have put it there.
    let mut slipped = headers.clone();
    slipped.insert("crawler-max-price", "USD 1".parse().unwrap());
    let weak = booth
        .charge_crawler(&charge("/page"), Some(&bot(&headers)), &slipped)
        .unwrap();
    assert_eq!(weak, CrawlerAnswer::Refused(E::StrongAuthRequired));
    let no_one = booth
        .charge_crawler(&charge("/page"), None, &slipped)
        .unwrap();
    assert_eq!(no_one, CrawlerAnswer::Refused(E::StrongAuthRequired));
}
