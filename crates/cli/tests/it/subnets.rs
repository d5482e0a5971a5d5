//! A subnet by commands: opened, joined, staked, scored with evidence, audited, and every payout explained.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use lilliput_client::{Client, Sender};
use lilliput_crypto::Digest;
use lilliput_types::subnet::{
    AnswerContext, Answered, Phase, Probe, Rule, Subnet, TranscriptEntry,
};
use lilliput_types::{AccountKey, List, SubnetEpoch, SubnetId};
use serde_json::Value;

use crate::world::{Up, arg, json, ledger, lilliput, refused, secret, sender};

const SUBNET: SubnetId = SubnetId(1);
/// No phase of the test lasts as long.
const PATIENCE: Duration = Duration::from_secs(60);

/// Looks until a phase has begun; gives its epoch.
fn wait_for(client: &Client, wanted: impl Fn(&Subnet) -> bool) -> SubnetEpoch {
    let started = Instant::now();
    loop {
        let subnet = client.subnet(SUBNET).unwrap().subnet;
        if wanted(&subnet) {
            return subnet.epoch;
        }
        assert!(started.elapsed() < PATIENCE, "{subnet:?}");
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

/// Runs a command as this network's buyer; whether it succeeds.
fn succeeds(up: &Up, arguments: &[&str]) -> bool {
    let mut command = lilliput();
    let output = command.args(arguments).args(up.buyer()).output().unwrap();
    output.status.success()
}

/// An epoch of the validator by commands; none if one of them came too late.
fn score(
    up: &Up,
    client: &Client,
    [validator, good, bad]: [&Sender; 3],
    round: &Path,
) -> Option<SubnetEpoch> {
    let epoch = wait_for(client, |subnet| {
        subnet.epoch > SubnetEpoch(0) && subnet.phase == Phase::Commit
    });
    let entries = [
        entry(client, validator, good, 10),
        entry(client, validator, bad, 5),
    ];
    let file = round.with_extension("entries");
    std::fs::write(&file, serde_json::to_string(&entries).unwrap()).unwrap();
    let (file, round) = (arg(&file), arg(round));
    let key = ["--key", "dev-owner"];
    let did = |command: &[&str]| succeeds(up, &[command, &key].concat()).then_some(());
    did(&["subnet", "commit", "1", file, "--out", round])?;
    wait_for(client, |subnet| {
        subnet.epoch > epoch || subnet.phase != Phase::Commit
    });
    did(&["subnet", "reveal", round])?;
    wait_for(client, |subnet| {
        subnet.epoch > epoch || subnet.phase == Phase::Audit
    });
    did(&["subnet", "audit", round])?;
    Some(epoch)
}

#[test]
fn a_subnet_is_run_and_explained_by_commands() {
    let folder = tempfile::tempdir().unwrap();
    let up = opened(folder.path());
    let client = Client::new(&up.url).unwrap();
    let [validator, good, bad] = ["dev-owner", "dev-provider", "friend"]
        .map(|name| sender(&up.url, secret(folder.path(), name)));

    let actors = [&validator, &good, &bad];
    let epoch = scored(&up, &client, actors, &folder.path().join("round"));

    let payout = |name: &str| -> Value {
        let explained = up.json(&["explain", &format!("subnet:1:{epoch}"), name], 0);
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

    rule_and_leave(&up, &client, actors, folder.path());
}

/// Scores until an epoch has settled in which everything was shown.
fn scored(up: &Up, client: &Client, actors: [&Sender; 3], rounds: &Path) -> SubnetEpoch {
    // On a slow machine a phase may pass by; then the next epoch is tried.
    let mut tries = 0..5;
    let epoch = loop {
        let number = tries.next().unwrap();
        let round = rounds.with_extension(format!("{number}.json"));
        if let Some(epoch) = score(up, client, actors, &round) {
            break epoch;
        }
    };
    wait_for(client, |subnet| subnet.epoch > epoch);
    epoch
}

/// The owner changes the rule, an epoch is computed again from a file, a miner leaves.
fn rule_and_leave(up: &Up, client: &Client, actors: [&Sender; 3], folder: &Path) {
    up.json(
        &[
            "subnet",
            "rule",
            "1",
            "subtensor-425",
            "--with",
            "kappa=30000",
        ],
        0,
    );
    wait_for(client, |subnet| subnet.rule != Rule::Evidence1);
    let epoch = scored(up, client, actors, &folder.join("other"));
    let detail = client.subnet_epoch(SUBNET, epoch).unwrap();
    let case = json(
        &["subnet", "case", "1", &epoch.to_string(), "--node", &up.url],
        0,
    );
    assert_eq!(case["cases"][0]["steps"][0]["input"]["kappa"], 30_000);
    let file = folder.join("case.json");
    std::fs::write(&file, case.to_string()).unwrap();
    let computed = json(
        &["subnet", "epoch", arg(&file), "--rule", "subtensor-425"],
        0,
    );
    let output = &computed["cases"][0]["steps"][0]["output"];
    assert_eq!(detail.payouts.len(), 3);
    for payout in &detail.payouts {
        let uid = usize::from(payout.uid);
        let amount = |field: &str| u128::from(output[field][uid].as_u64().unwrap());
        assert_eq!(payout.incentive.0, amount("server_emission"));
        assert_eq!(payout.dividend.0, amount("validator_emission"));
    }
    assert!(detail.payouts.iter().any(|payout| payout.incentive.0 > 0));
    for name in ["dev-owner", "dev-provider"] {
        let explained = up.json(&["explain", &format!("subnet:1:{epoch}"), name], 0);
        assert_eq!(explained["matches"], true);
        assert!(explained["explanation"]["by_stake"] == false);
    }

    up.json(&["subnet", "leave", "1", "--key", "friend"], 0);
    wait_for(client, |subnet| subnet.members() == 2);
    assert!(client.subnet_member(SUBNET, actors[2].address()).is_err());
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

#[test]
fn a_subnet_with_a_token_of_its_own_is_traded_and_explained_by_commands() {
    let folder = tempfile::tempdir().unwrap();
    let up = ledger(folder.path());
    let client = Client::new(&up.url).unwrap();
    let node = ["--node", &up.url];
    up.json(
        &["subnet", "open", "--name", "traded", "--phase-seconds", "1"],
        0,
    );
    up.json(&["stake", "market", "1", "50000000"], 0);
    up.json(&["subnet", "register", "1", "--key", "dev-owner"], 0);
    let quote = json(
        &[&["stake", "quote", "1", "--buy", "10000000"][..], &node].concat(),
        0,
    );
    assert_eq!(quote["gets"], 8_333_333);
    up.json(
        &["stake", "buy", "1", "10000000", "--behind", "dev-owner"],
        0,
    );
    let epoch = wait_for(&client, |subnet| subnet.minted.0 > 0);
    wait_for(&client, |subnet| subnet.epoch > epoch);
    let explained = up.json(&["explain", &format!("subnet:1:{epoch}"), "default"], 0);
    assert_eq!(explained["matches"], true);
    let market = &explained["record"]["market"];
    assert!(market["bought"].as_u64().unwrap() > 0);
    // What is bought can be sold again, for less; and not for more than the market gives.
    up.json(&["stake", "buy", "1", "5000000"], 0);
    let dear = ["stake", "sell", "1", "--least", "9000000"];
    assert!(!succeeds(&up, &dear));
    up.json(&["stake", "sell", "1", "1000000"], 0);
    up.json(&["stake", "sell", "1"], 0);
    let shown = json(&[&["subnet", "show", "1"][..], &node].concat(), 0);
    assert!(shown["subnet"]["market"]["network"].as_u64().unwrap() >= 60_000_000);
    assert!(client.supply().unwrap().conserved);
}
