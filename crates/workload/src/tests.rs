use crate::{Deterministic, Digest, FilePath, Kind, Limits, Name, NetworkRule, Workload};

fn workload() -> Workload {
    Workload {
        name: "a".parse().unwrap(),
        component: Digest::of_blob(b"component"),
        kind: Kind::Job,
        arguments: Vec::new(),
        environment: Default::default(),
        stdin: None,
        files: Default::default(),
        limits: Limits::default(),
        network: Default::default(),
        deterministic: None,
    }
}

#[test]
fn names_are_labels() {
    for good in ["a", "web-1", &"x".repeat(63)] {
        assert!(good.parse::<Name>().is_ok(), "{good}");
    }
    for bad in [
        "",
        "-a",
        "a-",
        "A",
        "a.b",
        "a/b",
        "..",
        "ä",
        &"x".repeat(64),
    ] {
        assert!(bad.parse::<Name>().is_err(), "{bad}");
    }
}

#[test]
fn paths_stay_where_they_are() {
    for good in ["a", "a/b.txt", "ä b"] {
        assert!(good.parse::<FilePath>().is_ok(), "{good}");
    }
    for bad in [
        "",
        "/a",
        "a/",
        "a//b",
        ".",
        "a/../b",
        "..",
        "a\0b",
        "a\\b",
        "a\nb",
        &"x".repeat(256),
    ] {
        assert!(bad.parse::<FilePath>().is_err(), "{bad:?}");
    }
}

#[test]
fn rules_name_a_host_and_a_port() {
    for good in ["example.org:80", "127.0.0.1:8080", "[::1]:443"] {
        let rule: NetworkRule = good.parse().unwrap();
        assert_eq!(rule.to_string(), good);
    }
    assert!(
        "[::1]:443"
            .parse::<NetworkRule>()
            .unwrap()
            .address()
            .is_some()
    );
    assert!(
        "example.org:80"
            .parse::<NetworkRule>()
            .unwrap()
            .address()
            .is_none()
    );
    for bad in [
        "",
        "example.org",
        ":80",
        "a:0",
        "a:65536",
        "a b:80",
        "A:80",
        "[::1:80",
        "*:80",
        "http://a:80",
    ] {
        assert!(bad.parse::<NetworkRule>().is_err(), "{bad}");
    }
}

#[test]
fn a_workload_beyond_a_ceiling_or_against_itself_is_refused() {
    assert!(workload().check().is_ok());
    let fixed = Some(Deterministic {
        seed: Digest::of_blob(b"seed"),
        time_s: 0,
    });
    let changes: [fn(&mut Workload); 8] = [
        |workload| workload.limits.fuel = 0,
        |workload| workload.limits.memory_bytes = u64::MAX,
        |workload| workload.limits.wall_ms = Limits::CEILING.wall_ms + 1,
        |workload| workload.arguments = vec![String::new(); 257],
        |workload| workload.arguments = vec!["x".repeat(20_000)],
        |workload| workload.arguments = vec!["a\0b".to_owned()],
        |workload| drop(workload.environment.insert("A=B".to_owned(), String::new())),
        |workload| {
            workload.kind = Kind::Service;
            workload.stdin = Some(workload.component);
        },
    ];
    for (number, change) in changes.iter().enumerate() {
        let mut workload = workload();
        change(&mut workload);
        assert!(workload.check().is_err(), "change {number}");
    }
    let mut service = workload();
    service.deterministic = fixed;
    assert!(service.check().is_ok());
    service.network.insert("a:80".parse().unwrap());
    assert!(
        service.check().is_err(),
        "no network where everything must be the same"
    );
    service.network.clear();
    service.kind = Kind::Service;
    assert!(service.check().is_err(), "no service that is deterministic");
}

#[test]
fn what_is_unknown_is_refused() {
    let mut text = serde_json::to_value(workload()).unwrap();
    assert!(serde_json::from_value::<Workload>(text.clone()).is_ok());
    text["privileged"] = true.into();
    assert!(serde_json::from_value::<Workload>(text).is_err());
}
