//! Stores: nothing is spent twice, whatever happens to the process.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use lilliput_pass::{SpendKey, Store, StoreError};

use crate::world::NOW_S;

const CHILD: &str = "LILLIPUT_PASS_TEST_STORE";
const HOUR_S: u64 = 3600;

pub(crate) fn key(number: u64) -> SpendKey {
    SpendKey::of(b"test", &number.to_be_bytes())
}

pub(crate) fn fresh(
    store: &Store,
    number: u64,
    expires_s: u64,
    now_s: u64,
) -> Result<bool, StoreError> {
    let before = store.claim(key(number), b"", expires_s, now_s)?.wait()?;
    Ok(before.is_none())
}

/// Ten thousand tries in sixteen threads for a few keys: one of them is first, for each.
pub(crate) fn ten_thousand_tries(store: &Store, now_s: u64) {
    const TRIES: u64 = 10_000;
    const KEYS: u64 = 5;
    let expires_s = now_s + 600;
    let first: Vec<u64> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..16)
            .map(|thread| {
                scope.spawn(move || {
                    let pending: Vec<_> = (thread..TRIES)
                        .step_by(16)
                        .map(|number| {
                            let number = number % KEYS;
                            (
                                number,
                                store.claim(key(number), b"", expires_s, now_s).unwrap(),
                            )
                        })
                        .collect();
                    pending
                        .into_iter()
                        .filter_map(|(number, pending)| {
                            pending.wait().unwrap().is_none().then_some(number)
                        })
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    });
    let mut first = first;
    first.sort_unstable();
    assert_eq!(first, (0..KEYS).collect::<Vec<_>>());
}

#[test]
fn of_ten_thousand_tries_one_is_first() {
    let folder = tempfile::tempdir().unwrap();
    ten_thousand_tries(&Store::in_folder(folder.path()).unwrap(), NOW_S);
}

#[test]
fn a_claim_tells_what_stood_there() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::in_folder(folder.path()).unwrap();
    let claim = |value: &[u8]| {
        store
            .claim(key(1), value, NOW_S + 60, NOW_S)
            .unwrap()
            .wait()
            .unwrap()
    };
    assert_eq!(
        store
            .look(key(1), NOW_S + 60, NOW_S)
            .unwrap()
            .wait()
            .unwrap(),
        None
    );
    assert_eq!(claim(b"one"), None);
    assert_eq!(claim(b"two"), Some(b"one".to_vec()));
    assert_eq!(
        store
            .look(key(1), NOW_S + 60, NOW_S)
            .unwrap()
            .wait()
            .unwrap(),
        Some(b"one".to_vec())
    );
    assert!(matches!(
        store.claim(key(1), &[0; 5000], NOW_S + 60, NOW_S),
        Err(StoreError::TooMuch { .. })
    ));
    assert!(matches!(
        store.claim(key(1), b"", u64::MAX, NOW_S),
        Err(StoreError::TooMuch { .. })
    ));
}

#[test]
fn what_was_spent_is_remembered_by_the_next_process() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::in_folder(folder.path()).unwrap();
    assert!(fresh(&store, 1, NOW_S + 60, NOW_S).unwrap());
    let second = Store::in_folder(folder.path());
    assert!(
        matches!(second, Err(StoreError::Locked { .. })),
        "{second:?}"
    );
    drop(store);
    let store = Store::in_folder(folder.path()).unwrap();
    assert!(!fresh(&store, 1, NOW_S + 60, NOW_S).unwrap());
    assert!(fresh(&store, 2, NOW_S + 60, NOW_S).unwrap());
}

#[test]
fn what_expired_is_forgotten_and_never_taken_again_even_by_a_clock_set_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::in_folder(folder.path()).unwrap();
    let expires_s = NOW_S + 60;
    assert!(fresh(&store, 1, expires_s, NOW_S).unwrap());
    assert!(matches!(
        fresh(&store, 1, expires_s, expires_s),
        Err(StoreError::Late)
    ));
    // Two hours later a commit drops the hour; then the clock is set back.
    assert!(fresh(&store, 2, NOW_S + 3 * HOUR_S, NOW_S + 2 * HOUR_S).unwrap());
    assert!(matches!(
        fresh(&store, 1, expires_s, NOW_S),
        Err(StoreError::Late)
    ));
    drop(store);
    let store = Store::in_folder(folder.path()).unwrap();
    assert!(matches!(
        fresh(&store, 1, expires_s, NOW_S),
        Err(StoreError::Late)
    ));
    assert!(!fresh(&store, 2, NOW_S + 3 * HOUR_S, NOW_S).unwrap());
}

#[test]
fn a_clock_that_was_far_ahead_costs_new_visitors_and_lets_nothing_be_spent_twice() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::in_folder(folder.path()).unwrap();
    let later_s = NOW_S + 86_400;
    assert!(fresh(&store, 1, later_s, NOW_S).unwrap());
    assert!(fresh(&store, 2, later_s + 20 * HOUR_S, later_s + 10 * HOUR_S).unwrap());
    // Right again: what was spent is forgotten, and refused with all that expires as early.
    for number in [1, 3] {
        let refused = fresh(&store, number, later_s, NOW_S);
        assert!(matches!(refused, Err(StoreError::Late)), "{refused:?}");
    }
    assert!(!fresh(&store, 2, later_s + 20 * HOUR_S, NOW_S).unwrap());
    assert!(fresh(&store, 3, later_s + 20 * HOUR_S, NOW_S).unwrap());
}

#[test]
fn a_folder_that_holds_something_else_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("spent.redb"), b"not a database at all").unwrap();
    let opened = Store::in_folder(folder.path());
    assert!(
        matches!(opened, Err(StoreError::Folder { .. })),
        "{opened:?}"
    );
}

/// Runs this test binary again as a process of its own, which does what the variable says.
fn child(test: &str, job: &str, path: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(CHILD, format!("{job}:{}", path.display()))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn job(name: &str) -> Option<std::path::PathBuf> {
    let variable = std::env::var(CHILD).ok()?;
    let path = variable.strip_prefix(name)?.strip_prefix(':')?;
    Some(path.into())
}

/// Not a test by itself: the process that is killed. It tells each key after it was acknowledged.
#[test]
fn child_spends_until_it_is_killed() {
    let Some(path) = job("spend") else { return };
    let store = Store::in_folder(&path).unwrap();
    let mut number = 0;
    loop {
        let pending: Vec<_> = (0..50)
            .map(|_| {
                number += 1;
                (
                    number,
                    store.claim(key(number), b"", NOW_S + 600, NOW_S).unwrap(),
                )
            })
            .collect();
        for (number, pending) in pending {
            if pending.wait().unwrap().is_none() {
                println!("spent {number}");
                std::io::stdout().flush().unwrap();
            }
        }
    }
}

#[test]
fn what_was_acknowledged_before_kill_9_is_spent_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut spent = 0_u64;
    for round in 0..5_u64 {
        let mut process = child(
            "store::child_spends_until_it_is_killed",
            "spend",
            folder.path(),
        );
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut seen = Vec::new();
        for line in lines {
            // The harness writes its own line before the first.
            let line = line.unwrap();
            let Some((_, number)) = line.split_once("spent ") else {
                continue;
            };
            seen.push(number.parse::<u64>().unwrap());
            if seen.len() as u64 == 120 + 61 * round {
                process.kill().unwrap();
            }
        }
        process.wait().unwrap();
        let store = Store::in_folder(folder.path()).unwrap();
        for number in &seen {
            assert!(
                !fresh(&store, *number, NOW_S + 600, NOW_S).unwrap(),
                "{number} twice"
            );
        }
        // The next process begins at 1 again: none of those counts as fresh for it.
        let most = *seen.iter().max().unwrap();
        assert!(most > spent, "{most} {spent}");
        spent = most;
    }
}

/// Not a test by itself: the process whose memory is measured.
#[test]
fn child_holds_a_hundred_thousand_tokens() {
    let Some(path) = job("hold") else { return };
    let store = Store::in_folder(&path).unwrap();
    let begin = Instant::now();
    for thousand in 0..100 {
        let pending: Vec<_> = (0..1000)
            .map(|number| {
                let key = key(thousand * 1000 + number);
                store.claim(key, b"", NOW_S + 86_400, NOW_S).unwrap()
            })
            .collect();
        for pending in pending {
            assert_eq!(pending.wait().unwrap(), None);
        }
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap();
    println!(
        "claims a second: {}",
        100_000 * 1000 / begin.elapsed().as_millis().max(1)
    );
    println!("peak {}", peak.split_whitespace().nth(1).unwrap());
}

#[test]
fn a_hundred_thousand_live_tokens_fit_in_64_megabytes() {
    let folder = tempfile::tempdir().unwrap();
    let process = child(
        "store::child_holds_a_hundred_thousand_tokens",
        "hold",
        folder.path(),
    );
    let output = process.wait_with_output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let (_, peak) = text.split_once("peak ").unwrap();
    let peak_kb: u64 = peak.split_whitespace().next().unwrap().parse().unwrap();
    println!("100,000 live tokens: {peak_kb} kB at most\n{text}");
    assert!(peak_kb < 64 * 1024, "{peak_kb} kB");
}
