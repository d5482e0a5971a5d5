//! Messages about the market: one value, one encoding; seals and signatures that open for nothing else.

use lilliput_crypto::Digest;
use lilliput_types::codec::{decode, encode};
use lilliput_types::market::{
    Attribute, Award, BidTerms, Book, Choice, CloseDeployment, CloseOrder, CommitResult, Create,
    DeploymentId, Describe, Dimension, Evidence, GroupOrder, Latency, LeaseId, LeaseLevel, Leave,
    MakeBid, MarketMessage, OfferLine, OrderId, OrderTerms, PlaceOrder, Purchase, Rate, Reason,
    Rebid, Reclaim, ResourceNeed, Retract, RevealBid, Revoke, SayNo, SealBid, SetPool, Settle,
    ShowResult, SignAttributes, TopUp, UnitOrder, UsageStatement, VolumeNeed, seal_bid,
    seal_result,
};
use lilliput_types::{Amount, ChainId, DurationMs, Holder, List, Message, Segment, Text};
use proptest::prelude::*;

use crate::samples::{address, secret};

fn group(a: u8) -> GroupOrder {
    let purchases = [
        Purchase::OnDemand,
        Purchase::Spot {
            bid: Rate(u64::from(a)),
        },
        Purchase::Reserved {
            in_ms: DurationMs(1),
            for_ms: DurationMs(2),
        },
    ];
    let (for_ms, reveal_ms) = (DurationMs(1_000), DurationMs(2_000));
    GroupOrder {
        name: Text::new("here").unwrap(),
        attributes: attributes(),
        signed_by_all: List::new(vec![address(a)]).unwrap(),
        signed_by_any: List::default(),
        units: List::new(vec![UnitOrder {
            need: ResourceNeed {
                cpu_milli: 500,
                arch: Text::new("amd64").unwrap(),
                memory: 1 << 30,
                volumes: List::new(vec![VolumeNeed {
                    bytes: 5,
                    class: Text::new("beta3").unwrap(),
                }])
                .unwrap(),
                gpus: 1,
                gpu_models: List::new(vec![Text::new("vendor/nvidia/model/h100").unwrap()])
                    .unwrap(),
                ports: 1,
                addresses: 0,
            },
            count: 2,
            rate_max: Rate(u64::MAX),
        }])
        .unwrap(),
        terms: OrderTerms {
            purchase: purchases[usize::from(a) % 3],
            book: if a > 100 {
                Book::Open { for_ms }
            } else {
                Book::Sealed { for_ms, reveal_ms }
            },
            choice: if a > 50 {
                Choice::Cheapest
            } else {
                Choice::Manual { for_ms }
            },
            split: a > 200,
            level: LeaseLevel::Replicated { replicas: a },
            deadline_ms: Some(for_ms),
            notice_ms: for_ms,
            latency: Some(Latency {
                to: Text::new("fra").unwrap(),
                max_ms: 40,
            }),
            bond: Amount(u128::MAX),
        },
    }
}

fn attributes() -> List<Attribute, 64> {
    let attribute = Attribute {
        key: Text::new("region").unwrap(),
        value: Text::new("eu-west").unwrap(),
    };
    List::new(vec![attribute]).unwrap()
}

fn bid(a: u8) -> BidTerms {
    BidTerms {
        offers: List::new(vec![OfferLine {
            unit: 0,
            count: 2,
            rate: Rate(u64::from(a)),
            gpu: Some(Text::new("vendor/nvidia/model/h100").unwrap()),
        }])
        .unwrap(),
        notice_ms: DurationMs(5),
        pool: (a > 9).then_some(3),
        waiting_rate: Rate(1),
    }
}

fn usage(lease: LeaseId) -> UsageStatement {
    UsageStatement {
        lease,
        number: 1,
        cpu_ms: 2,
        memory_mib_s: 3,
        network_bytes: 4,
        details: Digest([5; 32]),
    }
}

#[expect(clippy::too_many_lines, reason = "a list of one message of each kind")]
fn messages(a: u8) -> Vec<Message> {
    let number = 1 + u64::from(a);
    let (order, lease, deployment) = (OrderId(number), LeaseId(number), DeploymentId(number));
    let (digest, provider, amount) = (Digest([a; 32]), address(a), Amount(number.into()));
    let signed = usage(lease).sign(ChainId(digest), &secret(a));
    let reason = Reason {
        dimension: Dimension::Packing,
        unit: Some(0),
        wanted: Text::new("all").unwrap(),
        has: Text::new("none").unwrap(),
    };
    let place = PlaceOrder {
        group: group(a),
        deposit: amount,
    };
    let all = [
        MarketMessage::Describe(Describe {
            attributes: attributes(),
        }),
        MarketMessage::Audit(SignAttributes {
            provider,
            attributes: attributes(),
        }),
        MarketMessage::Revoke(Revoke { provider }),
        MarketMessage::Pool(SetPool { pool: 1, slots: 2 }),
        MarketMessage::Beat,
        MarketMessage::Create(Create {
            manifest: digest,
            orders: List::new(vec![place]).unwrap(),
        }),
        MarketMessage::Bid(MakeBid {
            order,
            terms: bid(a),
        }),
        MarketMessage::Seal(SealBid {
            order,
            sealed: digest,
        }),
        MarketMessage::Reveal(RevealBid {
            order,
            terms: bid(a),
            salt: digest,
        }),
        MarketMessage::Retract(Retract { order }),
        MarketMessage::Decline(SayNo {
            order,
            reasons: List::new(vec![reason]).unwrap(),
        }),
        MarketMessage::Award(Award {
            order,
            providers: List::new(vec![provider]).unwrap(),
        }),
        MarketMessage::CloseOrder(CloseOrder { order }),
        MarketMessage::CloseDeployment(CloseDeployment { deployment }),
        MarketMessage::TopUp(TopUp { lease, amount }),
        MarketMessage::Settle(Settle { lease }),
        MarketMessage::Rebid(Rebid {
            lease,
            bid: Rate(number),
        }),
        MarketMessage::Reclaim(Reclaim { lease }),
        MarketMessage::Leave(Leave { lease }),
        MarketMessage::Commit(CommitResult {
            lease,
            sealed: digest,
        }),
        MarketMessage::Show(ShowResult {
            lease,
            result: digest,
            salt: digest,
        }),
        MarketMessage::Evidence(Box::new(Evidence {
            lease,
            first: signed,
            second: signed,
        })),
    ];
    all.map(Message::Market).to_vec()
}

proptest! {
    #[test]
    fn every_message_has_one_encoding_and_one_json_form(a in any::<u8>()) {
        for (place, message) in messages(a).into_iter().enumerate() {
            let bytes = encode(&message);
            prop_assert_eq!(&bytes[..2], &[9, place as u8]);
            prop_assert_eq!(&decode::<Message>(&bytes, 1 << 16).unwrap(), &message);
            let mut longer = bytes.clone();
            longer.push(0);
            prop_assert!(decode::<Message>(&longer, 1 << 16).is_err());
            prop_assert!(decode::<Message>(&bytes[..bytes.len() - 1], 1 << 16).is_err());
            let json = serde_json::to_string(&message).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Message>(&json).unwrap(), &message);
            prop_assert_eq!(message.segment(), Segment::Iaas);
            prop_assert_eq!(message.blobs().count(), 0);
        }
    }
}

#[test]
fn holders_of_the_market_have_names() {
    let holders = [
        (Holder::Order(OrderId(7)), "order/7".to_owned()),
        (Holder::Lease(LeaseId(8)), "lease/8".to_owned()),
        (
            Holder::MarketBond(address(1)),
            format!("market_bond/{}", address(1)),
        ),
    ];
    for (holder, text) in holders {
        assert_eq!(holder.to_string(), text);
        assert_eq!(text.parse::<Holder>().unwrap(), holder);
    }
    for wrong in ["order/0", "lease/01", "lease/-1", "market_bond/x", "order/"] {
        assert!(wrong.parse::<Holder>().is_err(), "{wrong}");
    }
}

#[test]
fn a_seal_opens_for_one_order_provider_bid_and_salt() {
    let chain = ChainId(Digest([1; 32]));
    let salt = Digest([2; 32]);
    let seal = seal_bid(chain, OrderId(1), address(1), &bid(1), salt);
    let others = [
        seal_bid(ChainId(salt), OrderId(1), address(1), &bid(1), salt),
        seal_bid(chain, OrderId(2), address(1), &bid(1), salt),
        seal_bid(chain, OrderId(1), address(2), &bid(1), salt),
        seal_bid(chain, OrderId(1), address(1), &bid(2), salt),
        seal_bid(chain, OrderId(1), address(1), &bid(1), Digest([3; 32])),
    ];
    assert!(!others.contains(&seal));
    let result = |lease, of, result, salt| {
        seal_result(
            chain,
            LeaseId(lease),
            address(of),
            Digest([result; 32]),
            Digest([salt; 32]),
        )
    };
    let seal = result(1, 1, 1, 1);
    let others = [
        result(2, 1, 1, 1),
        result(1, 2, 1, 1),
        result(1, 1, 2, 1),
        result(1, 1, 1, 2),
    ];
    assert!(!others.contains(&seal));
}

#[test]
fn a_statement_of_usage_is_signed_for_one_chain() {
    let chain = ChainId(Digest([1; 32]));
    let signed = usage(LeaseId(1)).sign(chain, &secret(1));
    assert!(signed.check(chain).is_ok());
    assert!(signed.check(ChainId(Digest([2; 32]))).is_err());
    let mut other = signed;
    other.statement.cpu_ms += 1;
    assert!(other.check(chain).is_err());
}

#[test]
fn gpus_and_classes_follow_from_what_is_asked() {
    let need = group(1).units[0].need.clone();
    let h100 = "vendor/nvidia/model/h100/ram/80Gi/interface/sxm";
    assert!(need.takes_gpu(h100) && !need.takes_gpu("vendor/nvidia/model/a100"));
    assert_eq!(need.class(Some(h100)), ("gpu/h100".to_owned(), 1_000));
    assert_eq!(need.class(Some("vendor/nvidia/model/../x")).0, "gpu/any");
    let mut plain = need.clone();
    plain.gpus = 0;
    for (gib, class) in [(1, "cpu/compute"), (2, "cpu/general"), (4, "cpu/memory")] {
        plain.memory = gib << 30;
        assert_eq!(plain.class(None), (class.to_owned(), 500));
    }
    let mut narrow = need;
    narrow.gpu_models = List::new(vec![Text::new(h100).unwrap()]).unwrap();
    assert!(narrow.takes_gpu(h100) && !narrow.takes_gpu("vendor/nvidia/model/h100/ram/94Gi"));
    assert!(!narrow.takes_gpu("vendor/nvidia/model/h100"));
}
