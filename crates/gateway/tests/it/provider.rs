//! A provider of a test's own: runtime, desk, gateway.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use lilliput_crypto::SecretKey;
use lilliput_gateway::token::{LeaseId, Leases, SigningKey, issue};
use lilliput_gateway::{Config, Desk, Gateway, Lease, LeaseState, manifest, serve};
use lilliput_types::{AccountKey, Address};
use lilliput_workload::{Client, Digest, ensure_serving};
use serde_json::{Value, json};
use tokio::sync::watch;

const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) struct Provider {
    folder: tempfile::TempDir,
    pub(crate) desk: Arc<Desk>,
    pub(crate) address: SocketAddr,
    stop: watch::Sender<bool>,
    _threads: tokio::runtime::Runtime,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Provider {
    pub(crate) fn start() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("gw")
            .tempdir_in("/tmp")
            .unwrap();
        Self::in_folder(folder, Config::default())
    }

    pub(crate) fn with(config: Config) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("gw")
            .tempdir_in("/tmp")
            .unwrap();
        Self::in_folder(folder, config)
    }

    fn in_folder(folder: tempfile::TempDir, config: Config) -> Self {
        let started = ensure_serving(&folder.path().join("rt")).unwrap();
        let manifests = folder.path().join("manifests");
        let desk = Desk::open(account(1), "gateway.test", started.client, &manifests).unwrap();
        let desk = Arc::new(desk);
        let threads = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let listener = threads
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        let gateway = Arc::new(Gateway::new(Arc::clone(&desk)));
        threads.spawn(serve(listener, gateway, config, stopped));
        Self {
            folder,
            desk,
            address,
            stop,
            _threads: threads,
        }
    }

    /// A provider process that ends and begins again; the runtime goes on.
    pub(crate) fn start_again(mut self) -> Self {
        self.stop.send(true).unwrap();
        let empty = tempfile::tempdir().unwrap();
        let folder = std::mem::replace(&mut self.folder, empty);
        drop(self);
        Self::in_folder(folder, Config::default())
    }

    pub(crate) fn runtime(&self) -> Client {
        self.desk.runtime().clone()
    }

    pub(crate) fn ask(
        &self,
        method: &str,
        target: &str,
        host: &str,
        token: Option<&str>,
        body: &[u8],
    ) -> Answer {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let token = token
            .map(|token| format!("authorization: Bearer {token}\r\n"))
            .unwrap_or_default();
        let head = format!(
            "{method} {target} HTTP/1.1\r\nhost: {host}\r\n{token}connection: close\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        let _ = stream.write_all(body);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        read_answer(&answer)
    }

    pub(crate) fn api(&self, method: &str, target: &str, token: &str, body: &[u8]) -> Answer {
        self.ask(method, target, "gateway.test", Some(token), body)
    }

    pub(crate) fn get(&self, host: &str, target: &str) -> Answer {
        self.ask("GET", target, host, None, b"")
    }

    /// Uploads a component and a manifest with one service, and waits until the service answers; its host name.
    pub(crate) fn deploy(&self, seed: u8, lease: &Lease, component: &str, bytes: &[u8]) -> String {
        let token = token(seed, json!({"access": "full"}));
        let dseq = lease.id.dseq;
        let put = self.api(
            "POST",
            &format!("/deployment/{dseq}/blobs"),
            &token,
            &self::component(component),
        );
        assert_eq!(put.status, 200, "{}", put.body);
        let sent = self.api(
            "PUT",
            &format!("/deployment/{dseq}/manifest"),
            &token,
            bytes,
        );
        assert_eq!(sent.status, 200, "{}", sent.body);
        let host = format!("{}.gateway.test", manifest::workload_name(lease, "web"));
        until("the service answers", || {
            (self.get(&host, "/").status == 200).then_some(())
        });
        host
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let runtime = self.desk.runtime().hello();
        let alone = self.folder.path().join("rt").exists();
        if let (Ok((_, process)), true) = (runtime, alone) {
            let process = i32::try_from(process).unwrap();
            let process = rustix::process::Pid::from_raw(process).unwrap();
            let _ = rustix::process::kill_process(process, rustix::process::Signal::KILL);
        }
    }
}

fn read_answer(bytes: &[u8]) -> Answer {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    Answer {
        status: status.unwrap_or(0),
        body: body.to_owned(),
    }
}

pub(crate) fn until<T>(what: &str, look: impl Fn() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "it never was that {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

pub(crate) fn component(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../runtime/components");
    std::fs::read(folder.join(format!("{name}.wasm"))).unwrap()
}

pub(crate) fn account(seed: u8) -> Address {
    AccountKey::Ed25519(SecretKey::from_seed([seed; 32]).public_key()).address()
}

pub(crate) fn now_s() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

pub(crate) fn token(seed: u8, leases: Value) -> String {
    let leases: Leases = serde_json::from_value(leases).unwrap();
    let key = SigningKey::Ed25519(SecretKey::from_seed([seed; 32]));
    issue(&key, leases, now_s(), 600).unwrap()
}

/// A manifest with one service called web.
pub(crate) fn web(hosts: &[&str]) -> Vec<u8> {
    let id = Digest::of_blob(&component("hello"));
    let size = |bytes: u64| json!({"size": {"val": bytes.to_string()}});
    json!([{"name": "here", "services": [{
        "name": "web", "image": format!("lilliput.wasm/service/{id}"), "command": null, "args": null, "env": null,
        "resources": {"memory": size(64 << 20), "storage": [size(1 << 20)]}, "count": 1,
        "expose": [{"port": 80, "global": true, "hosts": hosts}],
    }]}])
    .to_string()
    .into_bytes()
}

pub(crate) fn lease(dseq: u64, owner: u8, manifest: &[u8]) -> Lease {
    Lease {
        id: LeaseId {
            dseq,
            gseq: 1,
            oseq: 1,
        },
        owner: account(owner),
        delegates: Default::default(),
        manifest: Digest::of_blob(manifest),
        group: "here".to_owned(),
        state: LeaseState::Active,
        memory_bytes: 1 << 28,
        disk_bytes: 1 << 28,
    }
}
