//! The market on a local network: from an SDL file over bids to a lease, settled and closed, every coin accounted for.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use lilliput_client::Client;
use lilliput_types::Message;
use lilliput_types::market::{LeaseId, LeaseState, MarketMessage, OrderId, OrderState, Settle};
use serde_json::Value;

use crate::world::{Up, arg, json, ledger, refused, secret, sender};

const STAKE: i128 = 10_000_000;
/// A replica at 12 smallest units a block; 7,200 an hour.
const SDL: &str = r#"version: "2.0"
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
          units: 1
        memory:
          size: 1Gi
        storage:
          size: 1Gi
  placement:
    here:
MORE
      pricing:
        web:
          denom: uact
          amount: 12000
deployment:
  web:
    here:
      profile: web
      count: 2
"#;

/// A network with providers `cheap` and `dear`; `default` buys.
pub(crate) struct Field {
    pub(crate) up: Up,
    pub(crate) folder: tempfile::TempDir,
}

impl Field {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let up = ledger(folder.path());
        let field = Self { up, folder };
        for name in ["cheap", "dear", "auditor"] {
            field.make_account(name);
        }
        for name in ["cheap", "dear"] {
            let register = ["provider", "register", "--endpoint", "http://127.0.0.1:9"];
            field.run(name, &register, 0);
        }
        field
    }

    fn make_account(&self, name: &str) {
        let buyer = self.up.buyer();
        let mut all = vec!["account", "new", name];
        all.extend(buyer.iter().skip(2).map(String::as_str));
        json(&all, 0);
        for asset in ["LIL", "USDX"] {
            let mut all = vec!["tx", "send", "--to", name, "--asset", asset];
            all.extend(["--amount", "100000000", "--key", "dev-owner"]);
            all.extend(buyer.iter().map(String::as_str));
            json(&all, 0);
        }
    }

    pub(crate) fn run(&self, key: &str, arguments: &[&str], exit: i32) -> Value {
        let mut all = arguments.to_vec();
        let buyer = self.up.buyer();
        all.extend(buyer.iter().map(String::as_str));
        all.extend(["--key", key]);
        json(&all, exit)
    }

    pub(crate) fn ask(&self, arguments: &[&str], exit: i32) -> Value {
        let mut all = arguments.to_vec();
        all.extend(["--node", &self.up.url, "--data", arg(self.folder.path())]);
        json(&all, exit)
    }

    fn file(&self, name: &str, more: &[&str]) -> PathBuf {
        let mut lines = String::new();
        if !more.is_empty() {
            lines.push_str("      attributes:\n");
            for line in more {
                lines.push_str(&format!("        {line}\n"));
            }
        }
        let path = self.folder.path().join(name);
        std::fs::write(&path, SDL.replace("MORE\n", &lines)).unwrap();
        path
    }

    pub(crate) fn address(&self, key: &str) -> String {
        sender(&self.up.url, secret(self.folder.path(), key))
            .address()
            .to_string()
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(&self.up.url).unwrap()
    }

    /// What an account holds of the settlement asset.
    pub(crate) fn held(&self, key: &str) -> i128 {
        let address = self.address(key).parse().unwrap();
        let account = self.client().account(address).unwrap();
        let held = account.balances.iter();
        let held = held.filter(|balance| balance.asset.to_string() == "USDX");
        held.map(|balance| i128::try_from(balance.amount.0).unwrap())
            .sum()
    }

    /// The lease of an order, once there is one.
    pub(crate) fn leased(&self, order: OrderId) -> LeaseId {
        let begun = Instant::now();
        loop {
            let book = self.client().order_book(order).unwrap();
            if let Some(lease) = book.order.leases.first() {
                return *lease;
            }
            assert!(book.order.is_open(), "{book:?}");
            assert!(begun.elapsed() < Duration::from_secs(60));
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub(crate) fn create(&self, file: &Path, more: &[&str]) -> (Value, OrderId) {
        let mut arguments = vec!["deploy", "create", arg(file)];
        if !more.contains(&"--bidding") {
            arguments.extend(["--bidding", "8s"]);
        }
        arguments.extend(more);
        let told = self.run("default", &arguments, 0);
        let order = told["order_ids"][0].as_u64().unwrap();
        (told, OrderId(order))
    }
}

#[test]
fn a_file_becomes_an_order_a_lease_and_money_and_every_coin_is_accounted_for() {
    let field = Field::start();
    let file = field.file("web.yaml", &[]);
    let before = ["default", "cheap", "dear"].map(|key| field.held(key));
    let (_, order) = field.create(&file, &["--deposit-for", "2h"]);
    let name = order.to_string();
    field.run("dear", &["bid", "place", &name, "--rate", "0=7000000"], 0);
    field.run("cheap", &["bid", "place", &name, "--rate", "0=3600000"], 0);
    let dear = refused_bid(&field, &name, "0=7200001");
    assert!(dear.contains("at most 7200000"), "{dear}");
    let lease = field.leased(order);
    let standing = field.client().lease(lease).unwrap();
    assert_eq!(standing.lease.rate.0, 7_200_000);
    assert_eq!(standing.lease.provider.to_string(), field.address("cheap"));
    assert_eq!(standing.lease.escrow.0, 2 * 2 * 7_200_000);
    assert!(!standing.suspended && standing.lasts_ms.unwrap() > 3 * 3_600_000);

    // Two beats with a second between them are paid by the millisecond.
    field.run("cheap", &["provider", "beat"], 0);
    std::thread::sleep(Duration::from_millis(1_000));
    field.run("cheap", &["provider", "beat"], 0);
    let settled = field.run("auditor", &["lease", "settle", &lease.to_string()], 0);
    assert!(settled["events"][0]["settled"]["paid"].as_u64().unwrap() >= 1_999);
    field.run(
        "dev-owner",
        &["lease", "top-up", &lease.to_string(), "--amount", "777"],
        0,
    );

    let shown = field.ask(&["deploy", "show", "1"], 0);
    assert_eq!(shown["leases"][0]["lease"]["id"], lease.0);
    let closed = field.run("default", &["deploy", "close", "1"], 0);
    assert!(closed.to_string().contains("owner_left"), "{closed}");
    let lease = field.client().lease(lease).unwrap().lease;
    assert!(matches!(lease.state, LeaseState::Closed { .. }));
    assert_eq!(lease.paid.0 + lease.refunded.0, lease.funded.0);
    let after = ["default", "cheap", "dear"].map(|key| field.held(key));
    let paid = i128::try_from(lease.paid.0).unwrap();
    assert_eq!(after[1] - before[1], paid);
    assert_eq!(after[0] - before[0], 777 - paid);
    assert_eq!(after[2], before[2]);
    let supply = field.client().supply().unwrap();
    assert!(supply.conserved, "{supply:?}");

    // What was traded has a price now, and what it says stands on the pages.
    let index = field.ask(&["price", "index"], 0);
    assert_eq!(index["classes"][0]["class"], "cpu/compute");
    assert_eq!(index["classes"][0]["index"], 3_600_000);
    let quote = field.ask(&["price", "quote", arg(&file)], 0);
    assert_eq!(quote["units"][0]["usual"], 3_600_000);
    for page in [
        "market",
        "market/orders/1",
        "market/leases/1",
        "market/prices/cpu/compute",
    ] {
        let page = ureq::get(format!("{}/{page}", field.up.url))
            .call()
            .unwrap();
        let text = page.into_body().read_to_string().unwrap();
        assert!(
            text.contains("<h1>") && !text.contains("Not found"),
            "{text}"
        );
    }
}

fn refused_bid(field: &Field, order: &str, rate: &str) -> String {
    let buyer = field.up.buyer();
    let mut all = vec!["bid", "place", order, "--rate", rate, "--key", "dear"];
    all.extend(buyer.iter().map(String::as_str));
    refused(&all, 2)
}

#[test]
fn sealed_bids_declines_audits_and_a_choice_by_hand() {
    let field = Field::start();
    let more = [
        "region: eu-west",
        "lilliput/bids: sealed",
        "lilliput/choice: manual",
    ];
    let file = field.file("sealed.yaml", &more);
    let (_, order) = field.create(&file, &["--reveal", "20s"]);
    let name = order.to_string();
    let cheap = field.address("cheap");
    field.run(
        "cheap",
        &["provider", "describe", "--attribute", "region=eu-west"],
        0,
    );
    let audit = ["provider", "audit", &cheap, "--attribute", "region=eu-west"];
    field.run("auditor", &audit, 0);
    field.run("cheap", &["bid", "seal", &name, "--rate", "0=5000"], 0);
    let why = "attribute:region=eu-west:region=us-east";
    field.run("dear", &["bid", "decline", &name, "--reason", why], 0);
    let shown = field.ask(&["deploy", "show", "1"], 0);
    let decline = &shown["orders"][0]["declines"][0];
    assert_eq!(decline["reasons"][0]["has"], "region=us-east");
    assert!(shown["orders"][0]["bids"][0]["terms"].is_null());
    let begun = Instant::now();
    while !matches!(
        field.client().order_book(order).unwrap().order.state,
        OrderState::Revealing { .. }
    ) {
        assert!(begun.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(50));
    }
    field.run("cheap", &["bid", "reveal", &name], 0);
    let profile = field.ask(&["provider", "show", &cheap], 0);
    assert_eq!(
        profile["audits"][0]["auditor"],
        field.address("auditor").as_str()
    );
    field.run("default", &["deploy", "close", "1", "--order", &name], 0);
    assert_eq!(field.held("cheap"), 100_000_000 - STAKE);
}

#[test]
fn late_and_repeated_messages_change_nothing() {
    let field = Field::start();
    let file = field.file("web.yaml", &[]);
    let (_, order) = field.create(&file, &[]);
    let name = order.to_string();
    field.run("cheap", &["bid", "place", &name, "--rate", "0=3600000"], 0);
    let lease = field.leased(order);
    field.run("cheap", &["bid", "place", &name, "--rate", "0=1"], 1);
    // One and the same signed transaction twice: the second is refused by its nonce.
    let owner = sender(&field.up.url, secret(field.folder.path(), "default"));
    let message = Message::Market(MarketMessage::Settle(Settle { lease }));
    let submission = owner.sign(vec![message], Vec::new()).unwrap();
    let client = field.client();
    client.submit(&submission).unwrap();
    assert!(client.submit(&submission).is_err());
    field.run("default", &["lease", "leave", &lease.to_string()], 0);
    let held = field.held("default");
    for arguments in [
        &["lease", "leave", "1"][..],
        &["lease", "settle", "1"],
        &["lease", "top-up", "1", "--amount", "5"],
        &["deploy", "close", "1"],
    ] {
        field.run("default", arguments, 1);
    }
    assert_eq!(field.held("default"), held);
}

#[test]
fn a_provider_bids_by_its_machines_and_another_says_why_not() {
    let field = Field::start();
    let file = field.file("sealed.yaml", &["lilliput/bids: sealed"]);
    let (_, order) = field.create(&file, &["--reveal", "8s"]);
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/market/provider.json");
    let large = std::fs::read_to_string(&example).unwrap();
    let small = large.replace("549755813888", "1073741824");
    let small_file = field.folder.path().join("small.json");
    std::fs::write(&small_file, small).unwrap();
    let auto = |key: &str, path: &Path| {
        let done = field.run(key, &["bid", "auto", arg(path)], 0);
        done["done"].as_array().unwrap().clone()
    };
    let bid = auto("cheap", &example);
    assert!(bid[0].as_str().unwrap().starts_with("sealed "), "{bid:?}");
    let decline = auto("dear", &small_file);
    let said = decline[0].as_str().unwrap();
    assert!(
        said.contains("memory: wanted 2147483648 bytes, has 1073741824 bytes"),
        "{said}"
    );
    assert_eq!(
        auto("cheap", &example),
        Vec::<Value>::new(),
        "nothing is said twice"
    );
    assert_eq!(auto("dear", &small_file), Vec::<Value>::new());
    let begun = Instant::now();
    while field.client().order_book(order).unwrap().order.is_open() {
        auto("cheap", &example);
        assert!(begun.elapsed() < Duration::from_secs(60));
    }
    let lease = field.leased(order);
    // 9,000 a core, 1,500 a GiB, 10 a GiB of disk, 100 a replica; two replicas.
    let rate = field.client().lease(lease).unwrap().lease.rate;
    assert_eq!(rate.0, 2 * (9_000 + 1_500 + 10 + 100));
    let done = auto("cheap", &example);
    assert_eq!(done, vec![Value::from("serves 1 leases")]);
}
