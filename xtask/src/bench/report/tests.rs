use anyhow::anyhow;

use super::{Run, markdown};
use crate::bench::ezkl::{Ezkl, Proven};
use crate::bench::measure::Usage;
use crate::bench::prover::Row;
use crate::bench::work::ALL;

fn row(name: &str, ezkl: Option<Ezkl>) -> Row {
    let work = ALL.iter().find(|work| work.name == name);
    Row {
        work: *work.expect("there is such a row"),
        folder: "folder".into(),
        ours: Err(anyhow!("not measured")),
        open: Err(anyhow!("not measured")),
        runtime: None,
        ezkl,
    }
}

fn ezkl(date: &str) -> Ezkl {
    let usage = Usage {
        wall_seconds: 1.0,
        cpu_seconds: 1.0,
        memory_mb: 1.0,
    };
    Ezkl {
        settings: usage,
        setup: usage,
        logrows: 15,
        verifying_key_bytes: 1,
        proving_key_bytes: 1,
        proven: Some(Proven {
            prove: usage,
            verify: usage,
            check_ms: 1.0,
            proof_bytes: 1,
        }),
        date: date.into(),
        machine: "a machine".into(),
    }
}

#[test]
fn the_heading_says_what_was_run_and_what_is_from_earlier() {
    let rows = [
        row("lenet-44k", Some(ezkl("2026-01-02"))),
        row("mlp-268k", Some(ezkl("2026-01-03"))),
        row("mlp-17k", Some(ezkl("2026-01-02"))),
        row("block-16", None),
        row("mlp-4m", None),
    ];
    let run = Run {
        peer: false,
        data: false,
        skipped: vec!["Magika, file types"],
        runs: 5,
    };
    let text = markdown(&rows, &run);
    for expected in [
        "`cargo xtask bench prover` on",
        "figures of 2026-01-02 (a machine): LeNet 44 k; MLP 17 k.",
        "figures of 2026-01-03 (a machine): MLP 268 k.",
        "Without figures of EZKL, which `--peer ezkl` measures: transformer block, 16 tokens, width 64.",
        "Left out, since they need `--data DIR`: Magika, file types.",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
}

#[test]
fn the_heading_names_the_flags_that_were_given() {
    let rows = [row("magika", None)];
    let run = Run {
        peer: true,
        data: true,
        skipped: vec![],
        runs: 3,
    };
    let text = markdown(&rows, &run);
    assert!(
        text.contains("`cargo xtask bench prover --peer ezkl --data DIR` on"),
        "{text}"
    );
    assert!(text.contains("[real-models.md](real-models.md)"), "{text}");
    assert!(
        !text.contains("Left out") && !text.contains("Without figures"),
        "{text}"
    );
    assert!(text.contains("the median of 3 runs"), "{text}");
}
