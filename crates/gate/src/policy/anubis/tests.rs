use std::collections::BTreeMap;
use std::path::Path;

use super::{Imported, Missing, import};
use crate::policy::Policy;
use crate::policy::place::Problems;
use crate::trial::Trial;

const MAIN: &str = r#"
bots:
  - import: (data)/bots/bad.yaml
  - import: own/more.yaml
  - name: api
    path_regex: ^/api/.*$
    action: ALLOW
  - name: real-browser
    action: WEIGH
    expression:
      all:
        - '"Accept" in headers'
        - ( userAgent.contains("Firefox") ) || ( userAgent.contains("Chrome") )
        - userAgent.matches("Firefox/1[0-9][0-9]\\.")
    weight:
      adjust: -10
  - name: like-a-browser
    user_agent_regex: >-
      Mozilla|Opera
    action: WEIGH
    weight:
      adjust: 15
dnsbl: false
status_codes:
  CHALLENGE: 200
  DENY: 200
thresholds:
  - name: fine
    expression: weight <= 0
    action: ALLOW
  - name: odd
    expression:
      all:
        - weight > 0
        - weight < 10
    action: CHALLENGE
    challenge:
      algorithm: metarefresh
      difficulty: 1
  - name: bad
    expression: weight >= 10
    action: CHALLENGE
    challenge:
      algorithm: fast
      difficulty: 5
"#;
const BAD: &str = "- name: bad\n  user_agent_regex: (?i:evil|worse)\n  remote_addresses: [\"203.0.113.0/24\"]\n  action: DENY\n";
const MORE: &str = "- name: worker\n  headers_regex:\n    CF-Worker: .*\n  action: CHALLENGE\n";

fn run(files: &[(&str, &str)], missing: Missing) -> Result<Imported, Problems> {
    let files: BTreeMap<String, String> = files
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect();
    let open = |path: &Path| {
        files
            .get(&path.display().to_string())
            .cloned()
            .ok_or_else(|| "there is no such file".to_owned())
    };
    import(
        Path::new("p/main.yaml"),
        Some(Path::new("data")),
        missing,
        &open,
    )
}

fn whole() -> [(&'static str, &'static str); 3] {
    [
        ("p/main.yaml", MAIN),
        ("data/bots/bad.yaml", BAD),
        ("p/own/more.yaml", MORE),
    ]
}

#[test]
fn a_policy_of_anubis_decides_as_it_did() {
    let imported = run(&whole(), Missing::Refuse).unwrap();
    let policy = Policy::read(&imported.text).unwrap();
    let decide = |request: &str| {
        let told = Trial::read(request).unwrap().explain(&policy).unwrap();
        (told.decision, told.rule, told.extra_bits)
    };
    let browser = r#""Accept": "*/*", "User-Agent": "Mozilla/5.0 Firefox/140.0""#;
    assert_eq!(
        decide(r#"{"path": "/", "headers": {"User-Agent": "curl"}}"#),
        ("pass", "threshold fine".to_owned(), 0)
    );
    assert_eq!(
        decide(&format!(r#"{{"path": "/", "headers": {{{browser}}}}}"#)),
        ("challenge", "threshold odd".to_owned(), -8)
    );
    let bad = r#"{"path": "/", "headers": {"User-Agent": "Mozilla/5.0"}}"#;
    assert_eq!(decide(bad), ("challenge", "threshold bad".to_owned(), 4));
    assert_eq!(
        decide(r#"{"path": "/api/x", "headers": {"User-Agent": "Mozilla/5.0"}}"#).0,
        "pass"
    );
    assert_eq!(
        decide(r#"{"path": "/", "address": "203.0.113.9", "headers": {"User-Agent": "EVIL"}}"#).0,
        "deny"
    );
    assert_eq!(
        decide(r#"{"path": "/", "address": "203.0.114.9", "headers": {"User-Agent": "EVIL"}}"#).0,
        "pass"
    );
    assert_eq!(
        decide(r#"{"path": "/", "headers": {"CF-Worker": "x"}}"#),
        ("challenge", "002 worker".to_owned(), 0)
    );
    assert_eq!(
        imported.notes.len(),
        1,
        "status codes have no meaning here: {:?}",
        imported.notes
    );
    // Nothing but what its rules allow is exempt.
    assert_eq!(
        decide(r#"{"path": "/robots.txt", "headers": {"User-Agent": "Mozilla/5.0"}}"#).0,
        "challenge"
    );
}

#[test]
fn what_can_not_be_translated_is_refused_with_file_and_line() {
    let main = "bots:\n  - name: far\n    action: WEIGH\n    geoip:\n      countries: [BR]\n    weight: {adjust: 10}\n  - name: busy\n    action: DENY\n    expression: load_1m > 5.0\n  - name: kept\n    action: DENY\n    path_regex: ^/x\n  - import: (data)/none.yaml\n  - import: (data)/../etc/passwd\n";
    let problems = run(&[("p/main.yaml", main)], Missing::Refuse)
        .unwrap_err()
        .0;
    let lines: Vec<(String, u32)> = problems
        .iter()
        .map(|one| (one.file.clone(), one.place.line))
        .collect();
    let file = || "p/main.yaml".to_owned();
    assert_eq!(
        lines,
        [(file(), 4), (file(), 9), (file(), 13), (file(), 14)]
    );
    assert!(
        problems[0]
            .message
            .contains("`geoip` needs a map of addresses")
    );
    let left = run(&[("p/main.yaml", main)], Missing::LeaveOut).unwrap();
    assert_eq!(left.left_out.len(), 4);
    assert!(left.text.contains("kept") && !left.text.contains("name = \"002"));
    Policy::read(&left.text).unwrap();
}

#[test]
fn hostile_files_are_bounded() {
    let deep = format!("bots: {}", "[".repeat(1_000));
    assert!(run(&[("p/main.yaml", &deep)], Missing::Refuse).is_err());
    let cycle = "- import: main.yaml\n";
    let main = "bots:\n  - import: cycle.yaml\n";
    let files = [
        ("p/main.yaml", main),
        ("p/cycle.yaml", "- import: cycle.yaml\n"),
    ];
    assert!(
        run(&files, Missing::Refuse)
            .unwrap_err()
            .to_string()
            .contains("deep")
    );
    assert!(run(&[("p/main.yaml", cycle)], Missing::Refuse).is_err());
    assert!(
        run(&[("p/main.yaml", "a: &a [1]\nb: *a\n")], Missing::Refuse)
            .unwrap_err()
            .to_string()
            .contains("aliases")
    );
    assert!(run(&[("p/main.yaml", "")], Missing::Refuse).is_err());
}
