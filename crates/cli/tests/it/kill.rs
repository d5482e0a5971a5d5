//! `kill -9` under load: what was acknowledged is there afterwards.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lilliput_client::Client;
use lilliput_types::TransactionId;

use crate::world::{ledger, next, secret, sender, transfer};

const KILLS: u64 = 100;
/// Longest time under load before a kill.
const LOAD_MS_MAX: u64 = 150;
const SEED: u64 = 20_261_122;

#[test]
fn a_hundred_kills_under_load_lose_nothing_that_was_acknowledged() {
    println!("seed {SEED}");
    let folder = tempfile::tempdir().unwrap();
    let mut state = SEED;
    let mut acknowledged: Vec<TransactionId> = Vec::new();
    let mut checked = 0;
    for round in 0..KILLS {
        let up = ledger(folder.path());
        let client = Client::new(&up.url).unwrap();
        for id in &acknowledged[checked..] {
            let found = client.transaction(*id);
            assert!(found.is_ok(), "round {round}: {id} is lost");
        }
        checked = acknowledged.len();
        let acks = Arc::new(Mutex::new(Vec::new()));
        let stop = Arc::new(AtomicBool::new(false));
        let to = sender(&up.url, secret(folder.path(), "dev-owner")).address();
        let loaders: Vec<_> = ["default", "dev-provider"]
            .map(|name| {
                let sender = sender(&up.url, secret(folder.path(), name));
                let (acks, stop) = (Arc::clone(&acks), Arc::clone(&stop));
                std::thread::spawn(move || {
                    while !stop.load(Ordering::Relaxed) {
                        let Ok(sent) = sender.send(vec![transfer(to, 1)], Vec::new()) else {
                            return;
                        };
                        acks.lock().unwrap().push(sent.id);
                    }
                })
            })
            .into();
        state = next(state);
        std::thread::sleep(Duration::from_millis(state % LOAD_MS_MAX));
        up.kill();
        stop.store(true, Ordering::Relaxed);
        for loader in loaders {
            loader.join().unwrap();
        }
        acknowledged.append(&mut acks.lock().unwrap());
    }
    let up = ledger(folder.path());
    let client = Client::new(&up.url).unwrap();
    for id in &acknowledged {
        assert!(client.transaction(*id).is_ok(), "{id} is lost");
    }
    assert!(client.supply().unwrap().conserved);
    println!("{} transactions were acknowledged", acknowledged.len());
    assert!(acknowledged.len() as u64 > KILLS / 2, "hardly any load");
}
