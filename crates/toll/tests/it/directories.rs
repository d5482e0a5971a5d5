//! Directories that strangers name: what is fetched, from where, how often, and for how long it counts.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use lilliput_crypto::SecretKey;
use lilliput_toll::bot::{
    Agent, AgentKind, Directories, DirectoryPolicy, Fetch, FetchError, Fetched, HttpsFetch, Lookup,
    Signer, Thumbprint, is_public,
};

use crate::support::{NOW, serve_raw};

fn directory(seed: u8) -> (String, String) {
    let signer = Signer::new(SecretKey::from_seed([seed; 32]), "https://a.example").unwrap();
    (signer.thumbprint().to_string(), signer.directory())
}

fn agent(text: &str) -> Agent {
    Agent::parse(text, AgentKind::Directory, false).unwrap()
}

/// Gives prepared answers, and counts.
#[derive(Clone, Debug, Default)]
struct Prepared {
    answers: Arc<Mutex<VecDeque<Option<Fetched>>>>,
    fetches: Arc<Mutex<usize>>,
}

impl Prepared {
    fn say(&self, body: Option<&str>) {
        let answer = body.map(|body| Fetched {
            body: body.as_bytes().to_vec(),
            max_age: Some(100),
        });
        self.answers.lock().unwrap().push_back(answer);
    }

    fn fetches(&self) -> usize {
        *self.fetches.lock().unwrap()
    }
}

impl Fetch for Prepared {
    fn fetch(&self, agent: &Agent) -> Result<Fetched, FetchError> {
        *self.fetches.lock().unwrap() += 1;
        let answer = self.answers.lock().unwrap().pop_front().flatten();
        answer.ok_or(FetchError::Status {
            url: agent.to_string(),
            status: 503,
        })
    }
}

#[test]
fn only_public_addresses_are_public() {
    let private = [
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.1",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fec0::1",
        "fc00::1",
        "fd12::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "100::1",
        "5f00::1",
    ];
    for address in private {
        assert!(!is_public(address.parse().unwrap()), "{address}");
    }
    for address in [
        "1.1.1.1",
        "9.9.9.9",
        "172.32.0.1",
        "2606:4700::1111",
        "2a00:1450::1",
    ] {
        assert!(is_public(address.parse().unwrap()), "{address}");
    }
}

#[test]
fn an_agents_address_has_one_spelling_and_no_tricks() {
    let refused = [
        "http://a.example",
        "ftp://a.example",
        "https://",
        "https://localhost",
        "https://a",
        "https://127.0.0.1",
        "https://2130706433",
        "https://0x7f.1",
        "https://127.1",
        "https://[::1]",
        "https://a.example:8443",
        "https://user@a.example",
        "https://a.example#b",
        "https://a.example/x",
        "https://a.example?q",
        "https://a.example\\b",
        "https://a..example",
        "https://-a.example",
        "https://a.example.",
        "https://ä.example",
        "https://a.exam%70le",
        "https://a.example/..",
        " https://a.example",
        "https://a.example/\n",
        "data:x",
    ];
    for text in refused {
        assert_eq!(
            Agent::parse(text, AgentKind::Directory, false),
            None,
            "{text}"
        );
    }
    let same = [
        "https://a.example",
        "https://a.example/",
        "https://A.Example:443",
    ];
    for text in same {
        assert_eq!(agent(text), agent("https://a.example"), "{text}");
    }
    for text in [
        "https://a.example/../b",
        "https://a.example/%2e%2e",
        "https://a.example",
    ] {
        assert_eq!(Agent::parse(text, AgentKind::KeySet, false), None, "{text}");
    }
    let set = Agent::parse("https://a.example/keys?x=1", AgentKind::KeySet, false).unwrap();
    assert_eq!(set.to_string(), "https://a.example/keys");
    assert_eq!(set.fetch_url(), "https://a.example/keys?x=1");
}

#[test]
fn a_name_that_leads_inside_is_not_fetched_from() {
    let inside = serve_raw(|_, _| panic!("someone was made to fetch from inside"));
    let address = inside["http://".len()..].parse().unwrap();
    let public = "1.1.1.1:443".parse().unwrap();
    for addresses in [vec![address], vec![public, address]] {
        let hosts = BTreeMap::from([("a.example".to_owned(), addresses)]);
        let refused = HttpsFetch::with_hosts(hosts).fetch(&agent("https://a.example"));
        assert!(
            matches!(refused, Err(FetchError::NotPublic { .. })),
            "{refused:?}"
        );
    }
}

#[test]
fn what_is_no_directory_is_not_read() {
    let (_, body) = directory(1);
    let kind = "content-type: application/http-message-signatures-directory+json";
    let whole = |status: &str, headers: &str, body: &str| {
        let length = body.len();
        format!(
            "HTTP/1.1 {status}\r\n{headers}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
        )
    };
    let fetch = |answer: String| {
        let url = serve_raw(move |_, _| answer.clone().into_bytes());
        let agent = Agent::parse(&url, AgentKind::Directory, true).unwrap();
        HttpsFetch::on_this_machine().fetch(&agent)
    };
    let right = fetch(whole(
        "200 OK",
        &format!("{kind}\r\ncache-control: max-age=120"),
        &body,
    ));
    assert_eq!(right.unwrap().max_age, Some(120));
    let moved = whole(
        "302 Found",
        &format!("{kind}\r\nlocation: http://127.0.0.1:1/"),
        &body,
    );
    assert!(matches!(
        fetch(moved),
        Err(FetchError::Status { status: 302, .. })
    ));
    let page = whole("200 OK", "content-type: text/html", &body);
    assert!(matches!(fetch(page), Err(FetchError::MediaType { .. })));
    let long = whole("200 OK", kind, &"x".repeat(70_000));
    assert!(matches!(fetch(long), Err(FetchError::Unreachable { .. })));
    let short = whole("200 OK", kind, &body).replace("content-length: ", "content-length: 9");
    assert!(matches!(fetch(short), Err(FetchError::Unreachable { .. })));
    let wide = whole(
        "200 OK",
        &format!("{kind}\r\nx: {}", "x".repeat(20_000)),
        &body,
    );
    assert!(matches!(fetch(wide), Err(FetchError::Unreachable { .. })));
}

#[test]
fn answers_are_kept_failures_too_and_an_outage_revokes_nothing() {
    let fetch = Prepared::default();
    let (kid, body) = directory(1);
    let directories = Directories::new(DirectoryPolicy::default(), Box::new(fetch.clone()));
    let agent = agent("https://a.example");
    let look = |now| directories.lookup(Some(&agent), &kid, now);
    assert_eq!(look(NOW), Lookup::Fetch);
    // A failure is remembered for a while, longer each time.
    directories.refresh(&agent, NOW).unwrap_err();
    assert_eq!(look(NOW + 1), Lookup::Unavailable(NOW + 15));
    directories.refresh(&agent, NOW + 1).unwrap();
    assert_eq!(fetch.fetches(), 1, "not asked again at once");
    directories.refresh(&agent, NOW + 15).unwrap_err();
    assert_eq!(look(NOW + 16), Lookup::Unavailable(NOW + 45));

    fetch.say(Some(&body));
    directories.refresh(&agent, NOW + 45).unwrap();
    assert!(matches!(look(NOW + 46), Lookup::Key(_)));
    let other = directory(2).0;
    let unknown = |now| directories.lookup(Some(&agent), &other, now);
    assert_eq!(unknown(NOW + 50), Lookup::NoSuchKey);
    assert_eq!(
        unknown(NOW + 106),
        Lookup::Fetch,
        "it may have been added since"
    );
    // Stale, and away: the old answer counts on. Stale, and without the key: it doesn't.
    assert_eq!(look(NOW + 200), Lookup::Fetch);
    directories.refresh(&agent, NOW + 200).unwrap_err();
    assert!(matches!(look(NOW + 201), Lookup::Key(_)));
    fetch.say(Some(&directory(2).1));
    directories.refresh(&agent, NOW + 300).unwrap();
    assert_eq!(look(NOW + 301), Lookup::NoSuchKey);
}

#[test]
fn strangers_cannot_make_it_fetch_or_remember_without_bound() {
    let fetch = Prepared::default();
    let policy = DirectoryPolicy {
        entries_max: 20,
        fetches_per_minute_max: 30,
        ..DirectoryPolicy::default()
    };
    let directories = Directories::new(policy, Box::new(fetch.clone()));
    for number in 0..1_000 {
        let agent = agent(&format!("https://a{number}.example"));
        let _ = directories.refresh(&agent, NOW);
    }
    assert_eq!(fetch.fetches(), 30);
    let listed = DirectoryPolicy {
        open: false,
        listed: vec![agent("https://known.example")],
        ..DirectoryPolicy::default()
    };
    let directories = Directories::new(listed, Box::new(fetch));
    let stranger = agent("https://stranger.example");
    assert_eq!(
        directories.lookup(Some(&stranger), "x", NOW),
        Lookup::NotListed
    );
    let known = agent("https://known.example");
    assert_eq!(directories.lookup(Some(&known), "x", NOW), Lookup::Fetch);
}

#[test]
fn many_who_ask_at_once_make_one_fetch() {
    let fetch = Prepared::default();
    fetch.say(Some(&directory(1).1));
    let directories = Arc::new(Directories::new(
        DirectoryPolicy::default(),
        Box::new(fetch.clone()),
    ));
    let threads: Vec<_> = (0..16)
        .map(|_| {
            let directories = Arc::clone(&directories);
            std::thread::spawn(move || {
                directories
                    .refresh(&agent("https://a.example"), NOW)
                    .unwrap();
            })
        })
        .collect();
    threads
        .into_iter()
        .for_each(|thread| thread.join().unwrap());
    assert_eq!(fetch.fetches(), 1);
}

#[test]
fn entries_that_are_no_keys_are_passed_over() {
    use lilliput_toll::bot::KeySet;
    let (kid, right) = directory(1);
    let x = right
        .split("\"x\":\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let entry = |members: &str| format!("{{\"keys\":[{{{members}}}]}}");
    let count = |text: &str, directory| KeySet::read(text.as_bytes(), directory).map(|k| k.len());
    let base = format!(r#""kty":"OKP","crv":"Ed25519","x":"{x}""#);
    assert_eq!(count(&right, true), Some(1));
    assert_eq!(
        count(
            &entry(&format!(r#"{base},"kid":"{kid}","extra":[1]"#)),
            true
        ),
        Some(1)
    );
    for wrong in [
        r#","kid":"other""#,
        r#","alg":"HS256""#,
        r#","use":"enc""#,
        r#","d":"AA""#,
    ] {
        assert_eq!(
            count(&entry(&format!("{base}{wrong}")), true),
            Some(0),
            "{wrong}"
        );
    }
    assert_eq!(
        count(&entry(&format!(r#"{base},"kid":"other""#)), false),
        Some(1)
    );
    for wrong in [
        r#""kty":"oct","k":"AAAA""#,
        r#""kty":"OKP","crv":"X25519","x":"AA""#,
    ] {
        assert_eq!(count(&entry(wrong), true), Some(0), "{wrong}");
    }
    assert_eq!(count("[]", true), None);
    let many = vec![r#"{"kty":"OKP"}"#; 65].join(",");
    assert_eq!(count(&format!("{{\"keys\":[{many}]}}"), true), None);
    assert!(!Thumbprint::of(&SecretKey::from_seed([1; 32]).public_key()).is_test_key());
}
