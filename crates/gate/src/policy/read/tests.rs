use crate::policy::{Policy, Unsure};
use crate::trial::Trial;

fn explained(policy: &str, request: &str) -> (String, String, Option<String>) {
    let policy = Policy::read(policy).unwrap_or_else(|problems| panic!("{problems}"));
    let told = Trial::read(request).unwrap().explain(&policy).unwrap();
    (
        told.decision.to_owned(),
        told.rule,
        told.price.map(|price| price.to_string()),
    )
}

fn problems(policy: &str) -> Vec<(u32, String)> {
    match Policy::read(policy) {
        Ok(_) => Vec::new(),
        Err(problems) => problems
            .0
            .into_iter()
            .map(|one| (one.place.line, one.message))
            .collect(),
    }
}

#[test]
fn the_built_in_policy_tells_kinds_of_visitors_apart() {
    let built_in = Policy::built_in_text();
    let cases = [
        (
            "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
            "203.0.113.1",
            "challenge",
            "light",
            None,
        ),
        (
            "Mozilla/5.0 (compatible; GPTBot/1.2)",
            "203.0.113.1",
            "pay",
            "training",
            Some("0.01"),
        ),
        (
            "ChatGPT-User/1.0",
            "203.0.113.1",
            "pay",
            "agents",
            Some("0.001"),
        ),
        (
            "Mozilla/5.0 (compatible; Googlebot/2.1)",
            "66.249.66.1",
            "pass",
            "verified-search",
            None,
        ),
        (
            "Mozilla/5.0 (compatible; Googlebot/2.1)",
            "203.0.113.1",
            "challenge",
            "unverified-search",
            None,
        ),
        (
            "python-requests/2.32",
            "203.0.113.1",
            "challenge",
            "heavy",
            None,
        ),
        ("", "203.0.113.1", "challenge", "heavy", None),
    ];
    for (agent, address, decision, rule, price) in cases {
        let request = format!(
            r#"{{"path": "/a", "address": "{address}", "headers": {{"User-Agent": "{agent}", "Accept": "*/*", "Accept-Language": "en"}}}}"#
        );
        let told = explained(built_in, &request);
        assert_eq!(
            told,
            (
                decision.to_owned(),
                rule.to_owned(),
                price.map(str::to_owned)
            ),
            "{agent} from {address}"
        );
    }
}

#[test]
fn rules_count_in_their_order_and_weights_add_up() {
    let policy = r#"
version = 1
when_unsure = "closed"
[[rule]]
name = "api"
action = "allow"
path = "^/api/"
method = ["GET"]
[[rule]]
name = "one"
action = "weigh"
header = { X-One = "." }
weight = 5
[[rule]]
name = "two"
action = "weigh"
when = '"X-Two" in headers && headers["X-Two"].startsWith("yes")'
weight = 7
[[threshold]]
name = "some"
at_least = 5
action = "challenge"
[[threshold]]
name = "much"
at_least = 12
action = "pay"
price = "0.5"
"#;
    assert_eq!(Policy::read(policy).unwrap().unsure, Unsure::Closed);
    let decide = |request: &str| explained(policy, request);
    let told = |decision: &str, rule: &str, price: Option<&str>| {
        (
            decision.to_owned(),
            rule.to_owned(),
            price.map(str::to_owned),
        )
    };
    assert_eq!(
        decide(r#"{"path": "/"}"#),
        told("pass", "nothing-fits", None)
    );
    assert_eq!(
        decide(r#"{"path": "/", "headers": {"X-One": "a"}}"#),
        told("challenge", "some", None)
    );
    assert_eq!(
        decide(r#"{"path": "/", "headers": {"X-One": "a", "X-Two": "yes!"}}"#),
        told("pay", "much", Some("0.5"))
    );
    assert_eq!(
        decide(r#"{"path": "/api/a", "headers": {"X-One": "a", "X-Two": "yes"}}"#),
        told("pass", "api", None)
    );
    assert_eq!(
        decide(r#"{"path": "/api/a", "method": "POST", "headers": {"X-One": "a"}}"#),
        told("challenge", "some", None)
    );
    assert_eq!(
        decide(r#"{"path": "/api/../a", "headers": {"X-One": "a"}}"#),
        told("challenge", "some", None)
    );
    assert_eq!(
        decide(r#"{"path": "/../a"}"#),
        told("deny", "refused", None)
    );
}

#[test]
fn every_problem_is_told_with_its_line() {
    let policy = r#"version = 2
[[rule]]
name = "a"
action = "block"
path = "("
[[rule]]
name = "a"
action = "weigh"
path = "x"
network = ["10.0.0.0/40"]
[[rule]]
name = "empty"
action = "deny"
[[rule]]
name = "b"
action = "deny"
price = "1"
when = 'load_1m > 3.0'
"#;
    let lines: Vec<u32> = problems(policy).iter().map(|problem| problem.0).collect();
    assert_eq!(lines, [1, 4, 5, 7, 8, 10, 11, 17, 18]);
    let text = Policy::read(policy).unwrap_err().to_string();
    assert!(text.contains("line 18: near `load_1m > 3.0`: `load_1m` isn't known here: it depends on the machine's load"), "{text}");
    assert_eq!(problems("version = 1\nrules = 3\n")[0].0, 2);
    assert_eq!(problems("version = 1\n[[rule]]\nname = \"a\n")[0].0, 3);
}

#[test]
fn patterns_and_lists_are_bounded() {
    let pattern = |pattern: &str| {
        format!("version = 1\n[[rule]]\nname = \"a\"\naction = \"deny\"\npath = '{pattern}'\n")
    };
    assert!(
        problems(&pattern("((a{1000}){1000}){1000}"))[0]
            .1
            .contains("too large")
    );
    assert!(!problems(&pattern(&"a".repeat(20_000))).is_empty());
    assert!(!problems(&pattern(&"(".repeat(200))).is_empty());
    let deep = format!(
        "version = 1\n[[rule]]\nname = \"a\"\naction = \"deny\"\nwhen = '{}path == \"a\"{}'\n",
        "(".repeat(100),
        ")".repeat(100)
    );
    assert!(problems(&deep)[0].1.contains("within each other"));
    let nots = format!(
        "version = 1\n[[rule]]\nname = \"a\"\naction = \"deny\"\nwhen = '{}(path == \"a\")'\n",
        "!".repeat(5_000)
    );
    assert!(problems(&nots)[0].1.contains("within each other"));
}
