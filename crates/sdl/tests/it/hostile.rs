//! Files that are written to hurt: each is refused, soon, and with a place.

use std::fmt::Write;

use lilliput_sdl::limits::{
    DEPTH_MAX, EXPANDED_BYTES_MAX, NODES_MAX, PROBLEMS_MAX, TEXT_BYTES_MAX,
};
use lilliput_sdl::{Cause, Refusal, read};

use crate::sample::{SAMPLE, problem, with};

fn refused(text: &str) -> Refusal {
    read(text.as_bytes()).unwrap_err()
}

fn cause(text: &str) -> Cause {
    refused(text).problems()[0].cause.clone()
}

#[test]
fn a_file_above_the_limit_is_not_even_looked_at() {
    let text = "#".repeat(TEXT_BYTES_MAX + 1);
    assert!(matches!(cause(&text), Cause::TooLong { .. }));
    // At the limit it is read: comments alone are an empty file.
    let text = "#".repeat(TEXT_BYTES_MAX);
    assert_eq!(cause(&text), Cause::NoDocument);
}

#[test]
fn aliases_that_multiply_are_refused_before_they_do() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let below = format!("*a{}", level - 1);
        let list = [below.as_str(); 10].join(", ");
        writeln!(bomb, "a{level}: &a{level} [{list}]").unwrap();
    }
    assert_eq!(cause(&bomb), Cause::TooManyNodes { max: NODES_MAX });

    let long = "x".repeat(500_000);
    let aliases = "- *a\n".repeat(1_000);
    let text = format!("- &a {long}\n{aliases}");
    let max = EXPANDED_BYTES_MAX;
    assert_eq!(cause(&text), Cause::TooMuchText { max });
}

#[test]
fn merges_that_multiply_are_refused_before_they_do() {
    let mut text = "a: &a\n".to_owned();
    for key in 0..2_000 {
        writeln!(text, "  k{key}: v").unwrap();
    }
    let many = vec!["*a"; 2_000].join(", ");
    writeln!(text, "b:\n  <<: [{many}]").unwrap();
    assert_eq!(cause(&text), Cause::TooManyNodes { max: NODES_MAX });
    assert_eq!(cause("a: 1\n<<: 5\n"), Cause::MergeNotMapping);
}

#[test]
fn an_alias_of_what_it_stands_in_is_refused() {
    assert_eq!(cause("a: &a [1, *a]\n"), Cause::AliasInItself);
    assert_eq!(cause("a: &a\n  b: *a\n"), Cause::AliasInItself);
    assert_eq!(cause("a: &a\n  <<: *a\n"), Cause::AliasInItself);
}

#[test]
fn an_honest_alias_and_an_honest_merge_are_read() {
    let text = SAMPLE
        .replace("units: 500m", "units: &cpu 500m")
        .replace("units: 2\n", "units: *cpu\n");
    let sdl = read(text.as_bytes()).unwrap();
    assert_eq!(sdl.profiles["large"].cpu.0, 500);
    let text = SAMPLE
        .replace(
            "  web:\n    image: example/web:1",
            "  web:\n    <<: &base\n      image: example/web:1",
        )
        .replace(
            "  worker:\n    image: example/worker:1",
            "  worker:\n    <<: *base",
        );
    let sdl = read(text.as_bytes()).unwrap();
    assert_eq!(sdl.services["worker"].image, "example/web:1");
}

#[test]
fn deep_files_are_refused_without_recursion() {
    for deep in [
        "[".repeat(100_000),
        "- ".repeat(100_000),
        "{a: ".repeat(100_000),
    ] {
        let found = cause(&deep);
        let expected = matches!(found, Cause::TooDeep { .. } | Cause::Syntax { .. });
        assert!(expected, "{found}");
    }
    let mut steps = String::new();
    for level in 0..1_000 {
        writeln!(steps, "{}a:", " ".repeat(level)).unwrap();
    }
    assert_eq!(cause(&steps), Cause::TooDeep { max: DEPTH_MAX });
}

#[test]
fn a_million_services_are_too_many_however_they_are_written() {
    let mut text = "version: \"2.0\"\nservices:\n".to_owned();
    for service in 0..2_000 {
        writeln!(text, "  s{service}: {{image: a}}").unwrap();
    }
    let refusal = refused(&text);
    let too_many = |problem: &lilliput_sdl::Problem| {
        problem.path == "services" && matches!(problem.cause, Cause::TooMany { .. })
    };
    assert!(refusal.problems().iter().any(too_many), "{refusal}");

    let mut text = "version: \"2.0\"\nservices:\n".to_owned();
    while text.len() < TEXT_BYTES_MAX - 16 {
        let service = text.len();
        writeln!(text, "  s{service}:").unwrap();
    }
    assert_eq!(cause(&text), Cause::TooManyNodes { max: NODES_MAX });

    let text = format!(
        "services:\n  a: &a {{image: a}}\n{}",
        "  - *a\n".repeat(1_000_000)
    );
    assert!(matches!(cause(&text), Cause::TooLong { .. }));
}

#[test]
fn thousands_of_unknown_names_among_thousands_of_known_ones_are_soon_answered() {
    let name = |letter: &str, number: usize| format!("{}{number:04}", letter.repeat(56));
    let compute = "{resources: {cpu: {units: 1}, memory: {size: 1Gi}, storage: {size: 1Gi}}}";
    let mut text = "version: \"2.0\"\nservices:\n".to_owned();
    for number in 0..1_000 {
        let to = format!("{{service: {}}}", name("b", number));
        let expose = format!("[{{port: 1, to: [{to}, {to}]}}]");
        writeln!(
            text,
            "  {}: {{image: a, expose: {expose}}}",
            name("a", number)
        )
        .unwrap();
    }
    text.push_str("profiles:\n  compute:\n    x: &x\n      ");
    writeln!(text, "resources: {}", &compute[12..compute.len() - 1]).unwrap();
    for number in 0..1_000 {
        writeln!(text, "    {}: *x", name("c", number)).unwrap();
    }
    text.push_str(
        "  placement:\n    p:\n      pricing: {x: {denom: uakt, amount: 1}}\ndeployment:\n",
    );
    for number in 0..1_000 {
        let assignment = format!("{{profile: {}, count: 1}}", name("d", number));
        writeln!(text, "  {}: {{p: {assignment}}}", name("a", number)).unwrap();
    }
    let refusal = refused(&text);
    assert_eq!(
        refusal.problems().len() + refusal.omitted(),
        1_000,
        "{refusal}"
    );
}

#[test]
fn a_file_full_of_faults_gets_a_bounded_answer() {
    let mut text = "version: \"2.0\"\nservices:\n".to_owned();
    for service in 0..1_000 {
        writeln!(text, "  s{service}: {{imgae: a}}").unwrap();
    }
    let refusal = refused(&text);
    assert_eq!(refusal.problems().len(), PROBLEMS_MAX);
    assert!(refusal.omitted() > 1_000);
    assert!(refusal.to_string().len() < 20_000);
}

#[test]
fn duplicate_and_strange_keys_are_refused() {
    assert!(matches!(
        cause("a: 1\nb: 2\na: 3\n"),
        Cause::DuplicateKey { first_line: 1, .. }
    ));
    assert_eq!(cause("? [1]\n: 2\n"), Cause::KeyNotText);
    assert_eq!(cause("? {a: b}\n: 2\n"), Cause::KeyNotText);
    assert_eq!(cause("~: 2\n"), Cause::KeyNotText);
    assert!(matches!(
        cause("a: !python/object:os.system x\n"),
        Cause::ForeignTag { .. }
    ));
    assert!(matches!(
        cause("a: !!binary aGk=\n"),
        Cause::ForeignTag { .. }
    ));
}

#[test]
fn one_file_is_one_document() {
    assert_eq!(cause(""), Cause::NoDocument);
    assert_eq!(cause("---\n...\n"), Cause::NoDocument);
    assert_eq!(cause("# nothing\n"), Cause::NoDocument);
    assert_eq!(
        cause(&format!("{SAMPLE}---\nversion: \"2.1\"\n")),
        Cause::SecondDocument
    );
    assert!(matches!(cause("just text"), Cause::WrongType { .. }));
    let mut bytes = SAMPLE.as_bytes().to_vec();
    bytes.splice(30..30, [0xff, 0xfe]);
    let refusal = read(&bytes).unwrap_err();
    assert_eq!(refusal.problems()[0].cause, Cause::NotUtf8);
    assert_eq!(refusal.problems()[0].place.line, 3);
    // A byte order mark is no text.
    read(format!("\u{feff}{SAMPLE}").as_bytes()).unwrap();
}

#[test]
fn paths_lead_nowhere_else() {
    for mount in [
        "../x",
        "data",
        "/",
        "/.",
        "/a/../../b",
        "/a/..",
        "/data\\u0000",
        "''",
    ] {
        let quoted = format!("mount: \"{mount}\"");
        let found = problem("mount: /data", &quoted);
        assert_eq!(
            found.path, "services.web.params.storage.data.mount",
            "{found}"
        );
    }
    for file in [
        "/etc/passwd",
        "../x.yaml",
        "a/../../x",
        "~/x",
        "C:\\x",
        "https://x/y",
        "a\\..\\..\\b",
    ] {
        let include = format!("include: ['{file}']\nversion: \"2.1\"");
        let found = problem("version: \"2.1\"", &include);
        assert_eq!(found.path, "include[0]", "{found}");
    }
    let sdl = with(
        "version: \"2.1\"",
        "include: [base/common.yaml]\nversion: \"2.1\"",
    )
    .unwrap();
    assert_eq!(sdl.includes, ["base/common.yaml"]);
    assert_eq!(sdl.warnings.len(), 1);
}

#[test]
fn mounts_that_are_one_path_in_two_spellings_collide() {
    let old = "          readOnly: false\n";
    let new = "          readOnly: false\n        more:\n          mount: /data/./\n";
    let refusal = with(old, new).unwrap_err();
    let text = refusal.to_string();
    assert!(
        text.contains("mount `/data/./` is already taken by volume `data`"),
        "{text}"
    );
}

#[test]
fn huge_numbers_are_out_of_range_and_nothing_else() {
    let huge = "9".repeat(4_000);
    for (old, new) in [
        ("port: 8080", format!("port: {huge}")),
        ("port: 8080", "port: 65536".to_owned()),
        ("port: 8080", "port: -1".to_owned()),
        ("count: 2", format!("count: {huge}")),
        ("count: 2", "count: 4294967296".to_owned()),
        ("units: 500m", format!("units: {huge}m")),
        ("units: 500m", "units: 18446744073709551616".to_owned()),
        ("size: 512Mi", format!("size: {huge}Ei")),
        ("size: 512Mi", "size: 3Ti".to_owned()),
        ("amount: 100", format!("amount: {huge}")),
        ("amount: 100", "amount: 0".to_owned()),
        (
            "amount: 100",
            "amount: 10000000.000000000000000001".to_owned(),
        ),
        (
            "gpu:\n          units: 1",
            "gpu:\n          units: 25".to_owned(),
        ),
    ] {
        let found = problem(old, &new);
        let expected = matches!(
            found.cause,
            Cause::OutOfRange { .. } | Cause::NotQuantity { .. }
        );
        assert!(expected, "{found}");
        assert!(found.to_string().len() < 300, "{found}");
    }
    // 2^32 - 1 replicas of 500m are more than a group may have; nothing overflows on the way.
    let refusal = with("count: 2", "count: 4294967295").unwrap_err();
    let causes = refusal.problems().iter().map(|problem| &problem.cause);
    assert!(
        causes
            .clone()
            .all(|cause| matches!(cause, Cause::GroupTooLarge { .. })),
        "{refusal}"
    );
    assert_eq!(causes.count(), 3);
}

#[test]
fn messages_carry_no_control_characters_from_the_file() {
    let found = problem("profile: small", "profile: \"a\\e[2J\\nb\"");
    assert!(!found.to_string().chars().any(char::is_control), "{found}");
    let refusal = with("  worker:\n    image", "  \"\\e[31mx\":\n    image").unwrap_err();
    for problem in refusal.problems() {
        assert!(
            !problem.to_string().chars().any(char::is_control),
            "{problem}"
        );
    }
}

#[test]
fn every_value_of_every_wrong_type_is_refused_or_read_without_harm() {
    let lines: Vec<&str> = SAMPLE.lines().collect();
    let values = [
        "",
        "~",
        "[]",
        "{}",
        "[[]]",
        "{a: b}",
        "true",
        "-1",
        "0",
        "1.5",
        "0x10",
        ".inf",
        "''",
        "\"\\0\"",
        "'..'",
        "2001-01-01",
        "1e999",
        "!!str 5",
        "é",
        "&x y",
    ];
    for (index, line) in lines.iter().enumerate() {
        let Some((key, _)) = line.split_once(':') else {
            continue;
        };
        for value in values {
            let mut changed = lines.clone();
            let new = format!("{key}: {value}");
            changed[index] = &new;
            let text = changed.join("\n");
            if let Err(refusal) = read(text.as_bytes()) {
                for problem in refusal.problems() {
                    assert!(problem.place.line >= 1 && problem.place.column >= 1);
                    assert!(problem.place.line as usize <= lines.len() + 1, "{problem}");
                }
            }
        }
    }
}
