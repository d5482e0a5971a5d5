//! Miners that are late, lie about lengths, send others' signatures or send us elsewhere.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use lilliput_crypto::{Digest, SecretKey};
use lilliput_types::subnet::Member;
use lilliput_types::{
    AccountKey, Amount, ChainId, Height, List, Registration, SubnetEpoch, SubnetId, Text,
};

use super::{AskError, Asker, Task};
use crate::ask::{Answers, Ask, Reply, input_digest};
use crate::images::{Images, Side};

const CHAIN: ChainId = ChainId(Digest([1; 32]));
const SOON: Duration = Duration::from_secs(20);

fn secret(number: u8) -> SecretKey {
    SecretKey::from_seed([number; 32])
}

/// A server that takes one request and says this.
fn server(said: impl Into<Vec<u8>>) -> SocketAddr {
    let said = said.into();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut heard = Vec::new();
        let mut part = [0; 4096];
        // The body ends with the last question, which only there is followed by the end of the list.
        while !heard.ends_with(b"]}]}") {
            match stream.read(&mut part) {
                Ok(count) if count > 0 => heard.extend(&part[..count]),
                _ => return,
            }
        }
        let _ = stream.write_all(&said);
        // Nothing said is nothing said for long.
        if said.is_empty() {
            std::thread::sleep(SOON);
        }
    });
    address
}

fn http(status: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
}

/// Two questions of validator 1 to miner 2.
fn task(address: SocketAddr) -> Task {
    let side = Side {
        height: 1,
        width: 2,
    };
    let images = Images::new(side, vec![(vec![9, 200], 7)]).unwrap();
    let miner = Registration(5);
    let drawn: Vec<_> = (0..2)
        .map(|number| images.draw(&Digest([3; 32]), miner, number))
        .collect();
    let probes = drawn.iter().map(|drawn| drawn.question.clone()).collect();
    Task {
        miner: Member {
            uid: 4,
            registration: miner,
            account: AccountKey::from(&secret(2)).address(),
            endpoint: Text::new(format!("http://{address}")).unwrap(),
            since: SubnetEpoch(0),
            immune_until: SubnetEpoch(3),
            earned: Amount::ZERO,
            earned_total: Amount::ZERO,
            registered_at: Height(1),
            permit: false,
            leaves_after: None,
        },
        ask: Ask {
            subnet: SubnetId(1),
            epoch: SubnetEpoch(8),
            validator: 0,
            validator_registration: Registration(1),
            miner,
            probes: List::new(probes).unwrap(),
        },
        drawn,
    }
}

/// Answers of a key to a task; `change` may falsify what is signed.
fn answers(signer: u8, task: &Task, change: impl Fn(&mut Ask)) -> Answers {
    let validator = AccountKey::from(&secret(1)).address();
    let mut ask = task.ask.clone();
    change(&mut ask);
    let context = ask.context(CHAIN, validator);
    let replies = ask.probes.iter().map(|probe| {
        let answer = List::new(vec![7]).unwrap();
        let input = input_digest(&probe.input);
        let signature = context.sign(&secret(signer), probe.id, input, &answer);
        Reply { answer, signature }
    });
    Answers {
        key: AccountKey::from(&secret(signer)),
        answers: List::new(replies.collect()).unwrap(),
    }
}

/// What comes of a miner that says these answers.
fn entry(signer: u8, change: impl Fn(&mut Ask)) -> Result<usize, AskError> {
    let unreached = task("127.0.0.1:1".parse().unwrap());
    let answers = answers(signer, &unreached, change);
    let body = serde_json::to_string(&answers).unwrap();
    let task = task(server(http("200 OK", &body)));
    let entry = asker().entry(&task, SOON)?;
    assert_eq!((entry.uid, entry.registration), (4, Registration(5)));
    Ok(entry.answered.len())
}

fn asker() -> Asker {
    Asker::new(secret(1), CHAIN)
}

#[test]
fn answers_that_the_member_signed_for_us_count() {
    assert_eq!(entry(2, |_| {}).unwrap(), 2);
}

#[test]
fn answers_of_others_for_others_and_to_other_questions_dont() {
    let signature = |entry: Result<usize, AskError>| matches!(entry, Err(AskError::Signature));
    assert!(signature(entry(3, |_| {})));
    assert!(signature(entry(2, |ask| ask.miner = Registration(6))));
    assert!(signature(entry(2, |ask| ask.epoch = SubnetEpoch(7))));
    assert!(signature(entry(2, |ask| {
        ask.validator_registration = Registration(2);
    })));
    assert!(signature(entry(2, |ask| {
        let mut probes = ask.probes.to_vec();
        probes.swap(0, 1);
        ask.probes = List::new(probes).unwrap();
    })));
    let fewer = entry(2, |ask| {
        let probes = ask.probes[..1].to_vec();
        ask.probes = List::new(probes).unwrap();
    });
    assert!(matches!(fewer, Err(AskError::Malformed(_))));
}

#[test]
fn refusals_redirects_and_nonsense_are_told_apart() {
    let said = |said: &str| asker().entry(&task(server(said)), SOON).unwrap_err();
    let refused = r#"{"code":"probe.epoch","message":"this is epoch 9","hint":null}"#;
    let refused = said(&http("409 Conflict", refused));
    assert!(matches!(&refused, AskError::Refused { code, .. } if code == "probe.epoch"));
    for nonsense in [
        http("200 OK", "{}"),
        http("200 OK", "<html>"),
        http("500 Oh", "no"),
    ] {
        assert!(matches!(said(&nonsense), AskError::Malformed(_)));
    }
    let away = "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n";
    assert!(!matches!(said(away), AskError::Signature));
    let endless = format!("HTTP/1.1 200 OK\r\n\r\n{}", " ".repeat(2 << 20));
    assert!(matches!(said(&endless), AskError::Unreachable(_)));
}

#[test]
fn a_late_miner_has_no_answers_and_holds_nobody_up() {
    let tasks: Vec<Task> = (0..3).map(|_| task(server(""))).collect();
    let begin = Instant::now();
    let found = asker().ask_all(&tasks, Duration::from_millis(200), begin + SOON);
    assert_eq!(found.len(), 3);
    assert!(
        found
            .iter()
            .all(|one| matches!(one, Err(AskError::Unreachable(_))))
    );
    assert!(begin.elapsed() < SOON);
    let over = asker().ask_all(&tasks, SOON, begin);
    assert!(over.iter().all(|one| matches!(one, Err(AskError::NoTime))));
}

#[test]
fn endpoints_are_plain_addresses() {
    for endpoint in [
        "",
        "127.0.0.1:9",
        "https://a",
        "http://",
        "http://a/b",
        "http://u@a",
        "http://a?x",
    ] {
        let refused = asker().send(endpoint, "", b"", SOON);
        assert!(matches!(refused, Err(AskError::Endpoint(_))), "{endpoint}");
    }
}
