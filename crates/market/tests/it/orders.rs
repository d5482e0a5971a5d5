//! From SDL files to orders.

use std::path::Path;

use lilliput_market::{Habits, OrderFault, order_of};
use lilliput_sdl::read;
use lilliput_types::market::{Book, Choice, GroupOrder, LeaseLevel, Purchase, Rate};
use lilliput_types::{Amount, DurationMs};

const HABITS: Habits = Habits {
    bidding_ms: DurationMs(30_000),
    reveal_ms: DurationMs(20_000),
    choose_ms: DurationMs(60_000),
    bond: Amount(100_000),
};

fn example(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/sdl");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

fn groups(text: &str) -> Result<Vec<GroupOrder>, OrderFault> {
    let file = match read(text.as_bytes()) {
        Ok(file) => file,
        Err(refusal) => panic!("{refusal}"),
    };
    order_of(&file, &HABITS)
}

#[test]
fn every_example_that_names_no_foreign_auditor_becomes_orders() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/sdl");
    let mut read = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        match groups(&example(&name)) {
            Ok(groups) => {
                assert!(!groups.is_empty(), "{name}");
                read += 1;
            }
            Err(OrderFault::Auditor { name: auditor, .. }) => assert!(auditor.starts_with("akash")),
            Err(fault) => panic!("{name}: {fault}"),
        }
    }
    assert!(read >= 2);
}

#[test]
fn the_batch_example_is_replicated_and_spot() {
    let group = &groups(&example("batch.yaml")).unwrap()[0];
    assert_eq!(group.name.as_str(), "anywhere");
    assert_eq!(group.terms.level, LeaseLevel::Replicated { replicas: 3 });
    // 900 a block are 540,000 an hour.
    let bid = Rate(540_000);
    assert_eq!(group.terms.purchase, Purchase::Spot { bid });
    assert_eq!(group.terms.notice_ms, DurationMs(30 * 60_000));
    assert_eq!(group.terms.deadline_ms, Some(DurationMs(6 * 3_600_000)));
    let unit = &group.units[0];
    assert_eq!((unit.count, unit.rate_max), (4, Rate(180_000)));
    assert_eq!((unit.need.cpu_milli, unit.need.memory), (16_000, 24 << 30));
    let classes: Vec<&str> = unit
        .need
        .volumes
        .iter()
        .map(|volume| volume.class.as_str())
        .collect();
    assert_eq!(classes, ["", "ram"]);
    // Our own words are terms, not attributes that a provider must have.
    assert!(group.attributes.is_empty());
}

const SMALL: &str = r#"version: "2.0"
services:
  web:
    image: nginx:1
    expose:
      - port: 80
        to:
          - global: true
profiles:
  compute:
    web:
      resources:
        cpu:
          units: 0.5
        memory:
          size: 512Mi
        storage:
          size: 1Gi
  placement:
    here:
      attributes:
        region: eu-west
MORE
      pricing:
        web:
          denom: uact
          amount: PRICE
deployment:
  web:
    here:
      profile: web
      count: 1
"#;

fn small(more: &[&str], price: &str) -> String {
    let lines: Vec<String> = more.iter().map(|line| format!("        {line}")).collect();
    SMALL
        .replace("MORE", &lines.join("\n"))
        .replace("PRICE", price)
}

#[test]
fn what_the_file_says_of_its_purchase_is_what_is_ordered() {
    let more = [
        "lilliput/bids: sealed",
        "lilliput/bidding: 2m",
        "lilliput/choice: manual",
        "lilliput/split: true",
        "lilliput/reserve-in: 1h",
        "lilliput/reserve-for: 2h",
        "lilliput/latency-to: fra",
        "lilliput/latency-max-ms: 40",
    ];
    let group = &groups(&small(&more, "1")).unwrap()[0];
    let terms = &group.terms;
    let (for_ms, reveal_ms) = (DurationMs(120_000), HABITS.reveal_ms);
    assert_eq!(terms.book, Book::Sealed { for_ms, reveal_ms });
    let for_ms = HABITS.choose_ms;
    assert_eq!(terms.choice, Choice::Manual { for_ms });
    assert!(terms.split);
    assert_eq!(
        terms.purchase,
        Purchase::Reserved {
            in_ms: DurationMs(3_600_000),
            for_ms: DurationMs(7_200_000)
        }
    );
    let latency = terms.latency.as_ref().unwrap();
    assert_eq!((latency.to.as_str(), latency.max_ms), ("fra", 40));
    assert_eq!(group.attributes.len(), 1);
    assert_eq!(group.units[0].rate_max, Rate(600));
    assert_eq!(group.units[0].need.ports, 1);

    let plain = &groups(&small(&[], "0.5")).unwrap()[0];
    let for_ms = HABITS.bidding_ms;
    assert_eq!(plain.terms.book, Book::Open { for_ms });
    assert_eq!(plain.terms.choice, Choice::Cheapest);
    assert_eq!(plain.units[0].rate_max, Rate(300));
}

#[test]
fn what_this_market_does_not_have_is_refused() {
    let fault = |more: &[&str], price: &str| groups(&small(more, price)).unwrap_err().to_string();
    assert!(fault(&["lilliput/verification: proven"], "1").contains("a level of jobs"));
    assert!(fault(&[], "0.001").contains("no whole number"));
    let foreign = small(&[], "1").replace(
        "      pricing:",
        "      signedBy:\n        anyOf:\n          - akash1365yvmc4s7awdyj3n2sav7xfx76adc6dnmlx63\n      pricing:",
    );
    let told = groups(&foreign).unwrap_err().to_string();
    assert!(told.contains("no account of this network"), "{told}");
}

#[test]
fn words_that_exclude_or_need_each_other_are_refused_with_their_place() {
    for (more, message) in [
        (
            &["lilliput/split: true", "lilliput/spot-ceiling: 1"][..],
            "exclude each other",
        ),
        (
            &["lilliput/reserve-for: 1h", "lilliput/spot-ceiling: 1"],
            "exclude each other",
        ),
        (
            &["lilliput/split: true", "lilliput/verification: replicated"],
            "exclude each other",
        ),
        (&["lilliput/reserve-in: 1h"], "needs `lilliput/reserve-for`"),
        (
            &["lilliput/latency-to: fra"],
            "needs `lilliput/latency-max-ms`",
        ),
        (
            &["lilliput/latency-max-ms: 3"],
            "needs `lilliput/latency-to`",
        ),
        (&["lilliput/latency-max-ms: 0"], "60000"),
        (&["lilliput/bids: shouted"], "shouted"),
    ] {
        let refusal = read(small(more, "2").as_bytes()).unwrap_err();
        let told = refusal.to_string();
        assert!(told.contains(message), "{told}");
        let place = &refusal.problems()[0];
        assert!(told.contains("line 2"), "{told} {}", place.path);
    }
}
