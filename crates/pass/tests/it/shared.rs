//! One Redis for several gates.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use lilliput_pass::{Place, Store, StoreError};

use crate::store::{fresh, key, ten_thousand_tries};

/// A Redis of its own on a free port, or nothing where there is none and tests needn't be complete.
struct Redis {
    process: Child,
    address: String,
    folder: tempfile::TempDir,
    port: u16,
}

impl Redis {
    fn start(durable: bool) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let process = Self::spawn(&folder, port, durable)?;
        let redis = Self {
            process,
            address: format!("redis://127.0.0.1:{port}/"),
            folder,
            port,
        };
        redis.wait();
        Some(redis)
    }

    fn spawn(folder: &tempfile::TempDir, port: u16, durable: bool) -> Option<Child> {
        let spawned = Command::new("redis-server")
            .args([
                "--bind",
                "127.0.0.1",
                "--port",
                &port.to_string(),
                "--save",
                "",
            ])
            .args(["--appendonly", if durable { "yes" } else { "no" }])
            .args(["--appendfsync", "always", "--dir"])
            .arg(folder.path())
            .stdout(Stdio::null())
            .spawn();
        match spawned {
            Ok(process) => Some(process),
            Err(error) if std::env::var_os("CI").is_none() => {
                eprintln!("skipped: redis-server can't be started: {error}");
                None
            }
            Err(error) => panic!("redis-server can't be started: {error}"),
        }
    }

    fn wait(&self) {
        let begin = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(
                begin.elapsed() < Duration::from_secs(30),
                "redis-server doesn't listen"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn kill_and_start_again(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        self.process = Self::spawn(&self.folder, self.port, true).unwrap();
        self.wait();
    }

    fn place(&self) -> Place {
        Place::Redis(self.address.clone())
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn two_gates_with_one_redis_spend_once() {
    let Some(mut redis) = Redis::start(true) else {
        return;
    };
    let now_s = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let (one, two) = (
        Store::open(&redis.place()).unwrap(),
        Store::open(&redis.place()).unwrap(),
    );
    ten_thousand_tries(&one, now_s);
    for number in 0..5 {
        assert!(!fresh(&two, number, now_s + 600, now_s).unwrap());
    }
    assert!(fresh(&two, 77, now_s + 600, now_s).unwrap());
    let before = one
        .claim(key(88), b"one", now_s + 600, now_s)
        .unwrap()
        .wait()
        .unwrap();
    assert_eq!(before, None);
    let before = two
        .claim(key(88), b"two", now_s + 600, now_s)
        .unwrap()
        .wait()
        .unwrap();
    assert_eq!(before, Some(b"one".to_vec()));
    assert!(matches!(
        fresh(&two, 1, now_s - 700, now_s - 800),
        Err(StoreError::Late)
    ));

    redis.kill_and_start_again();
    // A connection that broke is an answer that doesn't count; the next ask connects anew.
    let _ = fresh(&one, 77, now_s + 600, now_s);
    assert!(!fresh(&one, 77, now_s + 600, now_s).unwrap());
    redis.process.kill().unwrap();
    redis.process.wait().unwrap();
    assert!(matches!(
        fresh(&one, 99, now_s + 600, now_s),
        Err(StoreError::Shared { .. })
    ));
}

#[test]
fn a_redis_that_could_forget_is_refused() {
    let Some(redis) = Redis::start(false) else {
        return;
    };
    let opened = Store::open(&redis.place());
    assert!(
        matches!(
            opened,
            Err(StoreError::Forgetful {
                name: "appendonly",
                ..
            })
        ),
        "{opened:?}"
    );
}

#[test]
fn nobody_new_gets_in_when_the_store_fails_and_who_is_in_stays() {
    use lilliput_pass::desk::{DeskRequest, DeskRules};
    use lilliput_pass::{Class, Desk, Effort};

    let Some(mut redis) = Redis::start(true) else {
        return;
    };
    let now_s = crate::server::now_s();
    let rules = DeskRules {
        secure: false,
        ..DeskRules::default()
    };
    let store = Store::open(&redis.place()).unwrap();
    let desk = Desk::with(rules, crate::world::secrets(), store, None, now_s).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let work = || {
        let challenge = desk
            .work(Class(1), Effort::new(64, 4).unwrap(), now_s)
            .unwrap();
        let body = serde_json::json!({
            "challenge": challenge.text(), "solution": challenge.solve(),
        })
        .to_string();
        runtime.block_on(desk.answer(&DeskRequest {
            method: "POST",
            body: body.as_bytes(),
            ..crate::world::get("/.lilliput/work", "", now_s)
        }))
    };
    let cookie = crate::world::cookie(&work());
    redis.process.kill().unwrap();
    redis.process.wait().unwrap();
    let refused = work();
    assert_eq!((refused.status, refused.opened), (503, None));
    assert!(crate::world::header(&refused, "set-cookie").is_none());
    assert!(desk.session(&cookie, now_s).is_some());
}

#[test]
fn two_gates_with_one_redis_take_each_others_tokens_once() {
    use lilliput_pass::Desk;
    use lilliput_pass::desk::DeskRules;

    let Some(redis) = Redis::start(true) else {
        return;
    };
    let now_s = crate::server::now_s();
    let rules = DeskRules {
        site: "ducks.example".to_owned(),
        batch: 2,
        ..DeskRules::default()
    };
    // Both come up at the same time, and need a key.
    let desks: Vec<Desk> = std::thread::scope(|scope| {
        let open = || {
            let store = Store::open(&redis.place()).unwrap();
            let humans = Some(crate::world::open_check());
            Desk::with(rules.clone(), crate::world::secrets(), store, humans, now_s).unwrap()
        };
        let threads = [scope.spawn(open), scope.spawn(open)];
        threads.map(|thread| thread.join().unwrap()).into()
    });
    assert_eq!(desks[0].issuer().directory(), desks[1].issuer().directory());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let tokens = crate::humans::tokens_of(&runtime, &desks[0], 9, now_s);
    runtime.block_on(async {
        desks[1].redeem(&tokens[0].to_text(), now_s).await.unwrap();
        for desk in &desks {
            desk.redeem(&tokens[0].to_text(), now_s).await.unwrap_err();
        }
        desks[0].redeem(&tokens[1].to_text(), now_s).await.unwrap();
    });
}
