//! The figures that a gate's requests depend on. The best of several runs is held against the limit, as
//! others use the machine, too.

use std::time::{Duration, Instant};

use lilliput_pass::blind::Blinding;
use lilliput_pass::session::{self, Way, cookie_name, from_cookies};
use lilliput_pass::token::{TokenKey, token_challenge};
use lilliput_pass::{Class, Effort, work};

use crate::world::{NOW_S, secrets};

fn best_of(runs: u32, calls: u32, mut call: impl FnMut()) -> Duration {
    (0..runs)
        .map(|_| {
            let begin = Instant::now();
            for _ in 0..calls {
                call();
            }
            begin.elapsed() / calls
        })
        .min()
        .unwrap()
}

#[test]
fn a_session_is_checked_in_two_microseconds() {
    let secrets = secrets();
    let (_, value) = session::open(&secrets, Way::Human, Class::ANY, NOW_S, 100).unwrap();
    let header = format!("theme=dark; {}={value}", cookie_name(true));
    let time = best_of(20, 2_000, || {
        assert!(from_cookies(&secrets, std::hint::black_box(&header), true, NOW_S).is_some());
    });
    println!("session: {time:?}");
    assert!(time < Duration::from_micros(2), "{time:?}");
}

#[test]
fn work_is_checked_in_twenty_microseconds() {
    let secrets = secrets();
    let effort = Effort::new(16 * 64, 16).unwrap();
    let challenge = work::challenge(&secrets, Class::ANY, effort, NOW_S, 100).unwrap();
    let solution = challenge.solve();
    let time = best_of(20, 500, || {
        let text = std::hint::black_box(challenge.text());
        work::check(&secrets, text, &solution, NOW_S).unwrap();
    });
    println!("work, 16 puzzles: {time:?}");
    assert!(time < Duration::from_micros(20), "{time:?}");
}

#[test]
fn a_token_is_checked_in_a_millisecond() {
    let key = TokenKey::generate().unwrap();
    let challenge = token_challenge("ducks.example").unwrap();
    let blinding = Blinding::new(key.public(), &challenge).unwrap();
    let sign = best_of(5, 4, || {
        key.blind_sign(std::hint::black_box(blinding.blinded()))
            .unwrap();
    });
    let signed = key.blind_sign(blinding.blinded()).unwrap();
    let token = blinding.finish(key.public(), &signed).unwrap();
    let check = best_of(10, 20, || {
        key.public().verify(std::hint::black_box(&token)).unwrap();
    });
    println!("token: checked in {check:?}, signed in {sign:?}");
    assert!(check < Duration::from_millis(1), "{check:?}");
}
