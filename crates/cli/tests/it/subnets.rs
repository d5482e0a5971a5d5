//! A subnet by commands: opened, joined, staked, scored with evidence, audited, and every payout explained.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use lilliput_client::{Client, Sender};
use lilliput_crypto::Digest;
use lilliput_types::subnet::{AnswerContext, Answered, Phase, Probe, TranscriptEntry};
use lilliput_types::{AccountKey, List, SubnetEpoch, SubnetId};
use serde_json::Value;

use crate::world::{Up, arg, json, ledger, refused, secret, sender};

const SUBNET: SubnetId = SubnetId(1);
/// No phase of the test lasts as long.
const PATIENCE: Duration = Duration::from_secs(60);

/// Looks until a phase of an epoch has begun.
fn wait_for(client: &Client, epoch: u64, phase: Phase) {
    let started = Instant::now();
    loop {
        let subnet = client.subnet(SUBNET).unwrap().subnet;
        if subnet.epoch == SubnetEpoch(epoch) && subnet.phase == phase {
            return;
        }
        let waits = subnet.epoch <= SubnetEpoch(epoch) && started.elapsed() < PATIENCE;
        assert!(waits, "epoch {}, phase {:?}", subnet.epoch, subnet.phase);
        thread::sleep(Duration::from_millis(50));
    }
}

/// What a miner answers to ten probes of a validator, the first `right` of them rightly.
fn entry(client: &Client, validator: &Sender, miner: &Sender, right: i64) -> TranscriptEntry {
    let subnet = client.subnet(SUBNET).unwrap().subnet;
    let member = |who: &Sender| client.subnet_member(SUBNET, who.address()).unwrap().member;
    let context = AnswerContext {
        chain: validator.chain(),
        subnet: SUBNET,
        epoch: subnet.epoch,
        validator: validator.address(),
        validator_registration: member(validator).registration,
        miner: member(miner).registration,
    };
    let answered = (0..10_u8).map(|number| {
        let probe = Probe {
            input: Digest([number; 32]),
            truth: List::new(vec![i64::from(number)]).unwrap(),
            salt: Digest([7; 32]),
        };
        let wrong = i64::from(i64::from(number) >= right);
        let answer = List::new(vec![i64::from(number) + wrong]).unwrap();
        let signature = context.sign(miner.secret(), probe.id(), probe.input, &answer);
        Answered {
            probe,
            answer,
            signature,
        }
    });
    TranscriptEntry {
        uid: member(miner).uid,
        registration: context.miner,
        key: AccountKey::from(miner.secret()),
        answered: List::new(answered.collect()).unwrap(),
        votes: None,
    }
}

/// A subnet of the buyer with validator `owner` and the miners `provider` and `friend`.
fn opened(folder: &Path) -> Up {
    let up = ledger(folder);
    let open = [
        "subnet",
        "open",
        "--name",
        "digits",
        "--phase-seconds",
        "4",
        "--with",
        "power=2",
    ];
    up.json(&open, 0);
    up.json(&["account", "new", "friend"], 0);
    up.json(&["tx", "send", "--to", "friend", "--amount", "5000000"], 0);
    for key in ["dev-owner", "dev-provider", "friend"] {
        up.json(&["subnet", "register", "1", "--key", key], 0);
    }
    up.json(
        &[
            "stake",
            "add",
            "1",
            "dev-owner",
            "20000000",
            "--key",
            "dev-owner",
        ],
        0,
    );
    up.json(&["stake", "add", "1", "dev-owner", "5000000"], 0);
    up
}

#[test]
fn a_subnet_is_run_and_explained_by_commands() {
    let folder = tempfile::tempdir().unwrap();
    let up = opened(folder.path());
    let client = Client::new(&up.url).unwrap();
    let [validator, good, bad] = ["dev-owner", "dev-provider", "friend"]
        .map(|name| sender(&up.url, secret(folder.path(), name)));

    wait_for(&client, 1, Phase::Commit);
    let entries = [
        entry(&client, &validator, &good, 10),
        entry(&client, &validator, &bad, 5),
    ];
    let (file, round) = (
        folder.path().join("entries.json"),
        folder.path().join("round.json"),
    );
    std::fs::write(&file, serde_json::to_string(&entries).unwrap()).unwrap();
    let (file, round) = (arg(&file), arg(&round));
    up.json(
        &[
            "subnet",
            "commit",
            "1",
            file,
            "--out",
            round,
            "--key",
            "dev-owner",
        ],
        0,
    );
    wait_for(&client, 1, Phase::Reveal);
    up.json(&["subnet", "reveal", round, "--key", "dev-owner"], 0);
    wait_for(&client, 1, Phase::Audit);
    let audited = up.json(&["subnet", "audit", round, "--key", "dev-owner"], 0);
    assert!(!audited["audited"].as_array().unwrap().is_empty());
    wait_for(&client, 2, Phase::Commit);

    let payout = |name: &str| -> Value {
        let explained = up.json(&["explain", "subnet:1:1", name], 0);
        assert_eq!(explained["matches"], true);
        explained
    };
    let (good, bad) = (payout("dev-provider"), payout("friend"));
    let incentive = |one: &Value| one["payout"]["incentive"].as_u64().unwrap();
    assert!(incentive(&good) > 3 * incentive(&bad) && incentive(&bad) > 0);
    let lines = good["explanation"]["supporters"].as_array().unwrap();
    assert_eq!(lines.len(), 1);
    assert!(payout("dev-owner")["payout"]["dividend"].as_u64().unwrap() > 0);
    assert!(payout("default")["owner"].as_u64().unwrap() > 0);

    let shown = json(&["subnet", "show", "1", "--node", &up.url], 0);
    assert_eq!(shown["uids"].as_array().unwrap().len(), 3);
    let held = up.json(&["stake", "show", "1", "dev-owner", "default"], 0);
    assert!(held["worth"].as_u64().unwrap() > 5_000_000);
    let listed = json(&["subnet", "list", "--node", &up.url], 0);
    assert!(listed["market"]["deposit"].as_u64() > Some(150_000_000));
    assert!(client.supply().unwrap().conserved);
}

#[test]
fn what_is_wrong_about_a_subnet_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let up = ledger(folder.path());
    let at = ["--node", &up.url];
    let said = |arguments: &[&str], exit| refused(&[arguments, &at].concat(), exit);
    assert!(said(&["subnet", "show", "1"], 2).contains("subnet"));
    assert!(said(&["explain", "subnet:1:1", "lil1"], 2).contains("lil1"));
    let mut open = vec!["subnet", "open", "--name", "x", "--with", "powr=2"];
    let buyer = up.buyer();
    open.extend(buyer.iter().map(String::as_str));
    assert!(refused(&open, 2).contains("there is no setting \"powr\""));
    let mut wide = vec!["subnet", "open", "--name", "x", "--with", "power=99"];
    wide.extend(buyer.iter().map(String::as_str));
    assert!(refused(&wide, 2).contains("power is 1 to 16"));
}
