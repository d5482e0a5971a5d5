//! Two processes on one folder, a port that is taken, a disk that is full.

use std::path::Path;
use std::process::Command;

use lilliput_client::Client;
use rustix::process::{Pid, Resource, Rlimit, prlimit};

use crate::world::{Up, arg, ledger, lilliput, refused, secret, sender, transfer};

#[test]
fn a_second_process_on_one_data_folder_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let _up = ledger(folder.path());
    let data = arg(folder.path());
    let said = refused(
        &[
            "up",
            "--ledger-only",
            "--listen",
            "127.0.0.1:0",
            "--data",
            data,
        ],
        1,
    );
    assert!(
        said.contains("another process uses the data folder"),
        "{said}"
    );
    assert!(said.contains("--data"), "{said}");
}

#[test]
fn a_taken_port_is_refused_with_what_to_do() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    let data = arg(folder.path());
    let said = refused(
        &["up", "--ledger-only", "--listen", &address, "--data", data],
        1,
    );
    assert!(
        said.contains(&format!("another process listens on {address}")),
        "{said}"
    );
    assert!(said.contains("--listen"), "{said}");
}

/// A process whose files may not grow gets an error for each write beyond, as on a full disk.
fn ledger_that_survives_the_signal(data: &Path) -> Up {
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' XFSZ; exec \"$@\"", "sh"]);
    command.arg(lilliput().get_program());
    command.args(["up", "--ledger-only", "--listen", "127.0.0.1:0"]);
    command.args(["--data", arg(data)]);
    Up::spawn(command, data)
}

fn limit_files(up: &Up, bytes: Option<u64>) {
    let pid = Pid::from_raw(i32::try_from(up.id()).unwrap());
    let limit = Rlimit {
        current: bytes,
        maximum: None,
    };
    prlimit(pid, Resource::Fsize, limit).unwrap();
}

/// Most blocks until the database has to grow.
const BLOCKS_MAX: usize = 5_000;

#[test]
fn a_full_disk_refuses_writes_goes_on_reading_and_recovers() {
    let folder = tempfile::tempdir().unwrap();
    let up = ledger_that_survives_the_signal(folder.path());
    let buyer = sender(&up.url, secret(folder.path(), "default"));
    let client = Client::new(&up.url).unwrap();
    let to = sender(&up.url, secret(folder.path(), "dev-owner")).address();
    let before = buyer.send(vec![transfer(to, 1)], Vec::new()).unwrap();
    let database = folder.path().join("node/ledger/ledger.redb");
    limit_files(&up, Some(database.metadata().unwrap().len()));
    let mut acknowledged = vec![before.id];
    let refusal = loop {
        let many = (0..16).map(|amount| transfer(to, 1 + amount)).collect();
        match buyer.send(many, Vec::new()) {
            Ok(sent) => acknowledged.push(sent.id),
            Err(error) => break error,
        }
        assert!(acknowledged.len() < BLOCKS_MAX, "the limit was never met");
    };
    assert!(refusal.is_temporary(), "{refusal}");
    assert_eq!(refusal.code(), Some("node.disk_full"), "{refusal}");
    assert!(client.status().is_ok() && client.transaction(before.id).is_ok());
    limit_files(&up, None);
    let mut recovered = None;
    for _ in 0..50 {
        // The first request after the failure opens the database again.
        if let Ok(sent) = buyer.send(vec![transfer(to, 1)], Vec::new()) {
            recovered = Some(sent.id);
            break;
        }
    }
    acknowledged.push(recovered.expect("the node writes again"));
    for id in acknowledged {
        client.transaction(id).unwrap();
    }
    assert!(client.supply().unwrap().conserved);
}
