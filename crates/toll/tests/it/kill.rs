//! A gate that is killed between reserving a payment and hearing of its settlement.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use lilliput_toll::payment::{Answer, RecordState};
use tempfile::tempdir;

use crate::support::{
    FacilitatorInMemory, Manner, NOW, booth_with, charge, evm_rail, paid, payment,
};

const FILE: &str = "TOLL_TEST_FILE";
const HEADER: &str = "TOLL_TEST_HEADER";
const URL: &str = "TOLL_TEST_URL";

/// The process that is killed: only does something when the test below starts it.
#[test]
fn killed_process() {
    let (Ok(file), Ok(header)) = (std::env::var(FILE), std::env::var(HEADER)) else {
        return;
    };
    let rail = evm_rail(&std::env::var(URL).unwrap(), Duration::from_secs(60));
    let booth = booth_with(vec![rail], file.as_ref());
    let answer = booth.pay(&charge("/page"), &header, NOW).unwrap();
    panic!("it should have been killed, and got {answer:?}");
}

#[test]
fn a_payment_survives_a_kill_between_reservation_and_settlement() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("toll");
    let facilitator = FacilitatorInMemory::start(Manner::Silent);
    let open = || {
        booth_with(
            vec![evm_rail(&facilitator.url, Duration::from_secs(5))],
            &file,
        )
    };
    let header = payment(&open(), &charge("/page"));
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::killed_process", "--nocapture"])
        .env(FILE, &file)
        .env(HEADER, &header)
        .env(URL, &facilitator.url)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let began = Instant::now();
    while facilitator.moved.lock().unwrap().asked_to_settle == 0 {
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "it never came to settle"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
    // SIGKILL: nothing of it runs any more.
    child.kill().unwrap();
    child.wait().unwrap();
    facilitator.be(Manner::Honest);

    let booth = open();
    let id = booth.unknown(10).unwrap();
    assert_eq!(id.len(), 1, "the reservation was on disk");
    assert_eq!(
        booth.payment(id[0]).unwrap().unwrap().state,
        RecordState::Settling
    );
    let other = booth.pay(&charge("/other"), &header, NOW + 10).unwrap();
    assert!(matches!(other, Answer::Refused(_)));
    paid(booth.pay(&charge("/page"), &header, NOW + 10).unwrap());
    let again = booth.pay(&charge("/page"), &header, NOW + 11).unwrap();
    assert!(matches!(again, Answer::AlreadyServed(_)));
    assert_eq!(facilitator.settlements(), 1, "charged once");
}
