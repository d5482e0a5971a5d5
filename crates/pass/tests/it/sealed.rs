//! Challenges, tickets, sessions: only the gate can make them, and each bit counts.

use lilliput_pass::session::{self, CLOCK_SKEW_S, Way, cookie_name, from_cookies};
use lilliput_pass::{Class, Effort, PassError, Secrets, wait, work};
use proptest::prelude::*;

use crate::world::{NOW_S, secrets};

const CLASS: Class = Class(3);

#[test]
fn a_solution_is_right_until_its_challenge_expires() {
    let secrets = secrets();
    let effort = Effort::new(600, 6).unwrap();
    let challenge = work::challenge(&secrets, CLASS, effort, NOW_S, 60).unwrap();
    let solution = challenge.solve();
    let solved = work::check(&secrets, challenge.text(), &solution, NOW_S + 59).unwrap();
    assert_eq!((solved.class, solved.expires_s), (CLASS, NOW_S + 60));
    let late = work::check(&secrets, challenge.text(), &solution, NOW_S + 60);
    assert!(matches!(late, Err(PassError::Expired { .. })), "{late:?}");
}

#[test]
fn a_solution_counts_for_no_other_challenge_and_no_other_order() {
    let secrets = secrets();
    let effort = Effort::new(64_000, 4).unwrap();
    let first = work::challenge(&secrets, CLASS, effort, NOW_S, 60).unwrap();
    let second = work::challenge(&secrets, CLASS, effort, NOW_S, 60).unwrap();
    let solution = first.solve();
    let moved = work::check(&secrets, second.text(), &solution, NOW_S);
    assert!(
        matches!(moved, Err(PassError::Unsolved { .. })),
        "{moved:?}"
    );
    let turned = format!("{}{}", &solution[16..], &solution[..16]);
    assert!(work::check(&secrets, first.text(), &turned, NOW_S).is_err());
    assert!(work::check(&secrets, first.text(), &solution[..16], NOW_S).is_err());
}

#[test]
fn efforts_are_fine_grained_and_bounded() {
    for (quarters, hashes) in [(40, 1024), (41, 1217), (42, 1448), (43, 1722), (44, 2048)] {
        assert_eq!(Effort::from_quarter_bits(quarters, 16).hashes(), hashes);
    }
    assert_eq!(Effort::from_quarter_bits(0, 16).hashes(), 16);
    assert_eq!(Effort::from_quarter_bits(u32::MAX, 200).hashes(), 1 << 32);
    for (hashes, puzzles) in [(100, 0), (100, 65), (3, 4), (1 << 28, 1), (u64::MAX, 64)] {
        assert!(Effort::new(hashes, puzzles).is_err(), "{hashes} {puzzles}");
    }
}

#[test]
fn what_a_solution_costs_is_what_was_asked_for() {
    let secrets = secrets();
    let effort = Effort::new(64 * 500, 64).unwrap();
    // A puzzle's nonce is how many hashes came before it.
    let mut tries = 0_u64;
    for _ in 0..8 {
        let challenge = work::challenge(&secrets, CLASS, effort, NOW_S, 60).unwrap();
        let bytes = base64::Engine::decode(
            &base64::engine::general_purpose::URL_SAFE_NO_PAD,
            challenge.solve(),
        )
        .unwrap();
        let (nonces, _) = bytes.as_chunks::<4>();
        tries += nonces
            .iter()
            .map(|nonce| u64::from(u32::from_be_bytes(*nonce)) + 1)
            .sum::<u64>();
    }
    let mean = tries / 8;
    // 512 puzzles: the standard deviation of the mean is 4.4 per cent.
    assert!((25_000..39_000).contains(&mean), "{mean}");
}

#[test]
fn a_ticket_counts_between_its_times() {
    let secrets = secrets();
    let ticket = wait::ticket(&secrets, CLASS, NOW_S + 10).unwrap();
    let early = wait::check(&secrets, &ticket.text, NOW_S + 7);
    assert!(
        matches!(early, Err(PassError::Early { in_s: 3, .. })),
        "{early:?}"
    );
    let waited = wait::check(&secrets, &ticket.text, NOW_S + 10).unwrap();
    assert_eq!(waited.class, CLASS);
    let late = wait::check(&secrets, &ticket.text, NOW_S + 10 + wait::TICKET_GRACE_S);
    assert!(matches!(late, Err(PassError::Expired { .. })), "{late:?}");
}

#[test]
fn a_session_says_its_way_and_ends() {
    let secrets = secrets();
    let (opened, value) = session::open(&secrets, Way::Human, CLASS, NOW_S, 100).unwrap();
    assert_eq!(
        session::check(&secrets, &value, NOW_S + 99).unwrap(),
        opened
    );
    assert!(matches!(
        session::check(&secrets, &value, NOW_S + 100),
        Err(PassError::Expired { .. })
    ));
    // A little skew is borne, a clock that was wrong by more isn't.
    session::check(&secrets, &value, NOW_S - CLOCK_SKEW_S).unwrap();
    assert!(matches!(
        session::check(&secrets, &value, NOW_S - CLOCK_SKEW_S - 1),
        Err(PassError::Early { .. })
    ));
}

#[test]
fn a_cookie_is_found_among_others_and_only_under_its_name() {
    let secrets = secrets();
    let (opened, value) = session::open(&secrets, Way::Work, CLASS, NOW_S, 100).unwrap();
    for secure in [true, false] {
        let name = cookie_name(secure);
        let header = format!("a=b; {name}=garbage; theme=dark; {name}={value}; z=1");
        assert_eq!(from_cookies(&secrets, &header, secure, NOW_S), Some(opened));
        assert_eq!(from_cookies(&secrets, &header, !secure, NOW_S), None);
        let longer = format!("{name}x={value}; x{name}={value}");
        assert_eq!(from_cookies(&secrets, &longer, secure, NOW_S), None);
        let hidden = format!("{}{name}={value}", format!("{name}=x;").repeat(4));
        assert_eq!(from_cookies(&secrets, &hidden, secure, NOW_S), None);
        let long = format!("{}{name}={value}", "a=b;".repeat(5000));
        assert_eq!(from_cookies(&secrets, &long, secure, NOW_S), None);
    }
    let set = session::set_cookie(&value, 100, true);
    for part in [
        "__Host-",
        "Path=/",
        "Max-Age=100",
        "HttpOnly",
        "SameSite=Lax",
        "Secure",
    ] {
        assert!(set.contains(part), "{set}");
    }
}

#[test]
fn a_secret_that_was_changed_counts_until_it_is_dropped() {
    let before = Secrets::new(&[1; 32], None);
    let both = Secrets::new(&[2; 32], Some(&[1; 32]));
    let after = Secrets::new(&[2; 32], None);
    let (_, old) = session::open(&before, Way::Work, CLASS, NOW_S, 100).unwrap();
    let (_, new) = session::open(&both, Way::Work, CLASS, NOW_S, 100).unwrap();
    for (secrets, value, counts) in [
        (&both, &old, true),
        (&both, &new, true),
        (&after, &new, true),
        (&after, &old, false),
        (&before, &new, false),
    ] {
        assert_eq!(session::check(secrets, value, NOW_S).is_ok(), counts);
    }
}

#[test]
fn a_secret_lives_in_a_private_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    let made = Secrets::from_file(&path).unwrap();
    let read = Secrets::from_file(&path).unwrap();
    let (_, value) = session::open(&made, Way::Work, CLASS, NOW_S, 100).unwrap();
    session::check(&read, &value, NOW_S).unwrap();
    assert_eq!(format!("{made:?}"), "Secrets(hidden)");
    for wrong in [
        "",
        "abc\n",
        &"0".repeat(63),
        &format!("{0}\n{0}\n{0}\n", "0".repeat(64)),
    ] {
        std::fs::write(&path, wrong).unwrap();
        assert!(Secrets::from_file(&path).is_err(), "{wrong:?}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::write(&path, "0".repeat(64)).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(Secrets::from_file(&path).is_err());
    }
}

/// Changes one letter to another of base64url.
fn change(text: &str, at: usize, by: u8) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut bytes = text.as_bytes().to_vec();
    let at = at % bytes.len();
    let place = LETTERS
        .iter()
        .position(|letter| *letter == bytes[at])
        .unwrap();
    bytes[at] = LETTERS[(place + 1 + usize::from(by) % 63) % 64];
    String::from_utf8(bytes).unwrap()
}

proptest! {
    #[test]
    fn any_changed_letter_is_refused(at in 0..200_usize, by in 0..63_u8) {
        let secrets = secrets();
        let (_, value) = session::open(&secrets, Way::Wait, CLASS, NOW_S, 100).unwrap();
        prop_assert!(session::check(&secrets, &change(&value, at, by), NOW_S).is_err());
        let ticket = wait::ticket(&secrets, CLASS, NOW_S).unwrap().text;
        prop_assert!(wait::check(&secrets, &change(&ticket, at, by), NOW_S).is_err());
        let offer = wait::offer(&secrets, CLASS, NOW_S);
        prop_assert!(wait::check_offer(&secrets, &change(&offer, at, by), NOW_S).is_err());
        let challenge = work::challenge(&secrets, CLASS, Effort::new(1, 1).unwrap(), NOW_S, 60).unwrap();
        let changed = change(challenge.text(), at, by);
        prop_assert!(work::check(&secrets, &changed, &challenge.solve(), NOW_S).is_err());
    }

    #[test]
    fn garbage_is_refused_and_never_panics(text in ".{0,200}", other in "[A-Za-z0-9_-]{0,120}") {
        let secrets = secrets();
        for text in [&text, &other] {
            prop_assert!(session::check(&secrets, text, NOW_S).is_err());
            prop_assert!(wait::check(&secrets, text, NOW_S).is_err());
            prop_assert!(wait::check_offer(&secrets, text, NOW_S).is_err());
            prop_assert!(work::check(&secrets, text, &other, NOW_S).is_err());
            prop_assert!(from_cookies(&secrets, text, false, NOW_S).is_none());
            prop_assert!(lilliput_pass::token::Token::from_text(text).is_err());
            let _ = lilliput_pass::language::Language::from_header(text);
        }
    }
}

#[test]
fn one_kind_is_not_taken_for_another() {
    let secrets = secrets();
    let (_, session) = session::open(&secrets, Way::Work, CLASS, NOW_S, 100).unwrap();
    let challenge =
        work::challenge(&secrets, CLASS, Effort::new(1, 1).unwrap(), NOW_S, 60).unwrap();
    // Both bodies are of one length.
    assert_eq!(session.len(), challenge.text().len());
    assert!(session::check(&secrets, challenge.text(), NOW_S).is_err());
    assert!(work::check(&secrets, &session, "AAAAAA", NOW_S).is_err());
}
