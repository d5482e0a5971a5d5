//! A desk's answers: each way in, once, and what it refuses.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use lilliput_pass::desk::{DeskRequest, DeskResponse};
use lilliput_pass::{Class, Effort, Offer, Way};
use serde_json::{Value, json};

use crate::humans::{Wallet, keys, tokens};
use crate::world::{NOW_S, World, cookie, get, header, text};

const CLASS: Class = Class(4);

fn solved(world: &World) -> Value {
    let effort = Effort::new(256, 4).unwrap();
    let challenge = world.desk.work(CLASS, effort, NOW_S).unwrap();
    json!({ "challenge": challenge.text(), "solution": challenge.solve() })
}

#[test]
fn work_opens_one_session() {
    let world = World::new();
    let body = solved(&world);
    let answer = world.post("work", &body, NOW_S);
    assert_eq!(answer.status, 200, "{}", text(&answer));
    let session = world.desk.session(&cookie(&answer), NOW_S).unwrap();
    assert_eq!((session.way, session.class), (Way::Work, CLASS));
    assert_eq!(answer.opened, Some(session));
    let again = world.post("work", &body, NOW_S);
    assert_eq!(again.status, 409);
    assert!(header(&again, "set-cookie").is_none());
    assert_eq!(world.post("work", &solved(&world), NOW_S + 600).status, 403);
}

/// The address in a page's refresh: of the challenge (with an offer), or of a wait (with a ticket).
fn refresh_of(answer: &DeskResponse) -> String {
    let page = text(answer);
    let (_, rest) = page.split_once("url=/.lilliput/wait?").unwrap();
    rest.split_once('"').unwrap().0.replace("&amp;", "&")
}

fn challenge(world: &World, to: &str) -> DeskResponse {
    let offer = Offer {
        class: CLASS,
        effort: Some(Effort::new(256, 4).unwrap()),
        wait: true,
        human: true,
        pay: None,
        rule: None,
    };
    world.desk.challenge(&offer, "", to, NOW_S).unwrap()
}

#[test]
fn waiting_opens_one_session_after_its_time() {
    let world = World::new();
    let offer = refresh_of(&challenge(&world, "/a?b=c&d"));
    let wait = world.ask(&get("/.lilliput/wait", &offer, NOW_S));
    assert_eq!(wait.status, 200, "{}", text(&wait));
    let ticket = refresh_of(&wait);
    let early = world.ask(&get("/.lilliput/wait", &ticket, NOW_S + 5));
    assert_eq!((early.status, refresh_of(&early)), (200, ticket.clone()));
    assert!(early.opened.is_none());
    let passed = world.ask(&get("/.lilliput/wait", &ticket, NOW_S + 10));
    assert_eq!(passed.status, 303);
    let session = world.desk.session(&cookie(&passed), NOW_S + 10).unwrap();
    assert_eq!((session.way, session.class), (Way::Wait, CLASS));
    let to = header(&passed, "location").unwrap();
    assert_eq!(to, "/.lilliput/arrived?to=/a%3Fb%3Dc%26d");
    // With the cookie one goes on; without it one is told, and not sent in circles.
    let cookies = cookie(&passed);
    let (path, query) = to.split_once('?').unwrap();
    let arrived = get(path, query, NOW_S + 11);
    let on = world.ask(&DeskRequest {
        cookies: &cookies,
        ..arrived
    });
    assert_eq!(
        (on.status, header(&on, "location")),
        (303, Some("/a?b=c&d"))
    );
    let lost = world.ask(&arrived);
    assert!(
        lost.status == 403 && text(&lost).contains("cookies"),
        "{}",
        text(&lost)
    );

    let again = world.ask(&get("/.lilliput/wait", &ticket, NOW_S + 11));
    assert_eq!((again.status, again.opened), (409, None));
    let late = world.ask(&get("/.lilliput/wait", &ticket, NOW_S + 200));
    assert_eq!((late.status, late.opened), (403, None));
    for garbage in [
        "",
        "ticket=",
        "offer=x",
        "ticket=%",
        "ticket=%zz&to=/",
        "ticket=%ff",
    ] {
        let answer = world.ask(&get("/.lilliput/wait", garbage, NOW_S));
        assert!(answer.status == 400 && answer.opened.is_none(), "{garbage}");
    }
}

#[test]
fn of_ten_thousand_tries_each_thing_opens_one_session() {
    let world = World::new();
    let token = json!({ "token": tokens(&world, 1, NOW_S).remove(0).to_text() }).to_string();
    let work = solved(&world).to_string();
    let offer = refresh_of(&challenge(&world, "/"));
    let ticket = refresh_of(&world.ask(&get("/.lilliput/wait", &offer, NOW_S)));
    for (name, body, query) in [
        ("redeem", token, ""),
        ("work", work, ""),
        ("wait", String::new(), &ticket),
    ] {
        let (body, query) = (Arc::<str>::from(body), Arc::<str>::from(query));
        let (opened, refused) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        world.runtime.block_on(async {
            let tries: Vec<_> = (0..10_000)
                .map(|_| {
                    let desk = Arc::clone(&world.desk);
                    let (body, query) = (Arc::clone(&body), Arc::clone(&query));
                    let (opened, refused) = (Arc::clone(&opened), Arc::clone(&refused));
                    tokio::spawn(async move {
                        let method = if body.is_empty() { "GET" } else { "POST" };
                        let path = format!("/.lilliput/{name}");
                        let answer = desk
                            .answer(&DeskRequest {
                                method,
                                body: body.as_bytes(),
                                ..get(&path, &query, NOW_S + 20)
                            })
                            .await;
                        match (answer.status, answer.opened) {
                            (200 | 303, Some(_)) => opened.fetch_add(1, Ordering::Relaxed),
                            (409, None) => refused.fetch_add(1, Ordering::Relaxed),
                            other => panic!("{other:?}"),
                        };
                    })
                })
                .collect();
            for one in tries {
                one.await.unwrap();
            }
        });
        let counts = (
            opened.load(Ordering::Relaxed),
            refused.load(Ordering::Relaxed),
        );
        assert_eq!(counts, (1, 9_999), "{name}");
    }
}

#[test]
fn own_paths_take_what_they_are_for() {
    let world = World::new();
    for (method, path, status) in [
        ("GET", "/.lilliput/work", 405),
        ("POST", "/.lilliput/keys", 405),
        ("GET", "/.lilliput/nothing", 404),
        ("GET", "/.lilliput/../etc/passwd", 404),
        ("GET", "/elsewhere", 404),
        ("GET", "/.lilliput/human", 200),
        ("HEAD", "/.lilliput/keys", 200),
        ("POST", "/.lilliput/work", 400),
    ] {
        let answer = world.ask(&DeskRequest {
            method,
            ..get(path, "", NOW_S)
        });
        assert_eq!(answer.status, status, "{method} {path}");
        assert_eq!(header(&answer, "cache-control"), Some("no-store"));
    }
    let body = solved(&world).to_string();
    let foreign = world.ask(&DeskRequest {
        method: "POST",
        body: body.as_bytes(),
        fetch_site: "cross-site",
        ..get("/.lilliput/work", "", NOW_S)
    });
    assert_eq!((foreign.status, foreign.opened), (403, None));
    let long = world.ask(&DeskRequest {
        method: "POST",
        body: &[b' '; 70_000],
        ..get("/.lilliput/work", "", NOW_S)
    });
    assert_eq!(long.status, 400);
}

#[test]
fn nobody_is_sent_to_another_site() {
    use lilliput_pass::query::return_path;
    for good in ["/", "/a/b?c=d&e=//x", "/ä", "/a#b"] {
        assert_eq!(return_path(good), good);
    }
    for bad in [
        "",
        "a",
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "\t//evil.example",
        "/\t/evil.example",
        "/a\r\nset-cookie: x=y",
        "/ a",
        "javascript:alert(1)",
        "/.lilliput/wait?x",
        &format!("/{}", "a".repeat(5000)),
    ] {
        assert_eq!(return_path(bad), "/", "{bad:.40}");
    }
    let world = World::new();
    let page = text(&challenge(
        &world,
        "//evil.example/\"><script>alert(1)</script>",
    ));
    assert!(!page.contains("evil"), "{page}");
    let page = text(&challenge(&world, "/\"><script>alert(1)</script>"));
    assert!(!page.contains("<script>alert"), "{page}");
}

#[test]
fn languages_are_chosen_by_weight() {
    use lilliput_pass::language::Language::{self, English, German};
    for (header, language) in [
        ("", English),
        ("de", German),
        ("de-AT,de;q=0.9,en;q=0.8", German),
        ("en-US,en;q=0.9,de;q=0.8", English),
        ("fr, de;q=0.4, en;q=0.3", German),
        ("fr;q=0.9, *;q=0.1", English),
        ("DE-ch", German),
        ("de;q=0", English),
        ("de;q=1.5, en;q=0.1", English),
        ("de;q=abc", English),
        ("den, det", English),
    ] {
        assert_eq!(Language::from_header(header), language, "{header}");
    }
    assert_eq!(
        Language::from_header(&format!("{}de", "x,".repeat(100_000))),
        English
    );
}

#[test]
fn bodies_and_queries_from_anywhere_open_nothing() {
    use rand::{RngExt, SeedableRng};
    let world = World::new();
    // So hard that a changed nonce is never another solution.
    let effort = Effort::new(1 << 20, 4).unwrap();
    let challenge = world.desk.work(CLASS, effort, NOW_S).unwrap();
    let solution =
        json!({ "challenge": challenge.text(), "solution": challenge.solve() }).to_string();
    let whole = [
        ("work", solution),
        (
            "tokens",
            Wallet::new(&keys(&world, NOW_S), 1).body.to_string(),
        ),
        (
            "redeem",
            json!({ "token": tokens(&world, 2, NOW_S)[0].to_text() }).to_string(),
        ),
    ];
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(6);
    for round in 0..1_500 {
        let (name, body) = &whole[round % 3];
        let mut body = body.as_bytes().to_vec();
        match random.random_range(0..3) {
            0 => body.truncate(random.random_range(0..body.len())),
            1 => {
                let at = random.random_range(0..body.len());
                // Bytes that JSON reads the same are no change.
                body[at] = body[at].wrapping_add(random.random_range(1..=255));
            }
            _ => {
                body = (0..random.random_range(0..200))
                    .map(|_| random.random())
                    .collect();
            }
        }
        let answer = world.ask(&DeskRequest {
            method: "POST",
            body: &body,
            // Each from another network, so that none is turned away for the others' failures.
            lane: round as u64,
            ..get(&format!("/.lilliput/{name}"), "", NOW_S)
        });
        assert!(
            answer.opened.is_none(),
            "{name} {}",
            String::from_utf8_lossy(&body)
        );
        assert!(
            (400..=503).contains(&answer.status) || *name == "tokens",
            "{name}"
        );
        let query = String::from_utf8_lossy(&body[..body.len().min(300)]).into_owned();
        let answer = world.ask(&get("/.lilliput/wait", &query, NOW_S));
        assert!(answer.status >= 400 && answer.opened.is_none(), "{query}");
    }
}

#[test]
fn a_desk_that_is_opened_again_knows_its_sessions_and_what_was_spent() {
    use lilliput_pass::desk::{DeskFiles, DeskRules};
    use lilliput_pass::{Desk, Place};

    let folder = tempfile::tempdir().unwrap();
    let files = DeskFiles {
        secret: folder.path().join("secret"),
        store: Place::Folder(folder.path().join("store")),
    };
    let open = || Desk::open(DeskRules::default(), &files, None, NOW_S).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let desk = open();
    let challenge = desk
        .work(CLASS, Effort::new(64, 4).unwrap(), NOW_S)
        .unwrap();
    let solution = challenge.solve();
    let spend = |desk: &Desk| runtime.block_on(desk.spend_work(challenge.text(), &solution, NOW_S));
    assert_eq!(spend(&desk).unwrap(), CLASS);
    let (session, set) = desk.open_paid(CLASS, NOW_S).unwrap();
    let cookie = set.split(';').next().unwrap().to_owned();
    drop(desk);
    let desk = open();
    assert_eq!(desk.session(&cookie, NOW_S), Some(session));
    assert!(spend(&desk).is_err());
    assert!(runtime.block_on(desk.redeem("AAAA", NOW_S)).is_err());
    // Without a check of humans there is no way in for them.
    let keys = runtime.block_on(desk.answer(&get("/.lilliput/keys", "", NOW_S)));
    assert_eq!(keys.status, 404);
}
