//! What is hidden stays hidden, opens when it is to, and no opening of the weights is used twice.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use serde_json::Value;

use crate::world::{Imported, arg, json, lilliput, next, refused, run, text};

/// Rounds of killing a prover.
const KILLS: u64 = 12;

fn prove(model: &Path, input: &Path, out: &Path, more: &[&str], exit: i32) -> Value {
    let prove = ["prove", "--model", arg(model), "--input", arg(input)];
    json(&[&prove[..], &["--out", arg(out)], more].concat(), exit)
}

fn verify(key: &Path, proof: &Path, more: &[&str], exit: i32) -> Value {
    let verify = ["verify", "--key", arg(key), "--proof", arg(proof)];
    json(&[&verify[..], more].concat(), exit)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_hidden_input_is_confirmed_by_its_opening_alone() {
    let model = Imported::digits();
    let (input, other) = (model.input("in.json", 1), model.input("other.json", 2));
    let (proof, proved) = model.prove(&input, "p.lproof");
    let (_, elsewhere) = model.prove(&input, "q.lproof");
    assert_eq!(proved["hidden"], serde_json::json!(["weights", "input"]));
    let key = model.path("model.lvk");
    let plain = verify(&key, &proof, &[], 0);
    assert_eq!(plain["hidden"], proved["hidden"]);
    assert_eq!(plain["output"], proved["output"]);
    let unconfirmed = verify(&key, &proof, &["--input", arg(&input)], 3);
    assert_eq!(unconfirmed["unconfirmed"], "input");
    let opening = PathBuf::from(proved["opening_file"].as_str().unwrap());
    assert_eq!(mode(&opening), 0o600);
    assert_eq!(mode(&model.path("model.lmodel")), 0o600);
    let opened = ["--opening", arg(&opening)];
    let same = [&opened[..], &["--input", arg(&input)]].concat();
    verify(&key, &proof, &same, 0);
    let another = [&opened[..], &["--input", arg(&other)]].concat();
    assert_eq!(
        verify(&key, &proof, &another, 3)["unconfirmed"],
        Value::Null
    );
    // The same input under another seed is another commitment.
    let elsewhere = elsewhere["opening_file"].as_str().unwrap();
    verify(&key, &proof, &["--opening", elsewhere], 3);
    let mut changed: Value = serde_json::from_slice(&fs::read(&opening).unwrap()).unwrap();
    let first = changed["input"]["values"][0][0].as_i64().unwrap();
    changed["input"]["values"][0][0] = (first ^ 1).into();
    let path = model.path("changed.opening");
    fs::write(&path, changed.to_string()).unwrap();
    verify(&key, &proof, &["--opening", arg(&path)], 3);
    fs::write(&path, "{}").unwrap();
    verify(&key, &proof, &["--opening", arg(&path)], 2);
}

#[test]
fn a_hidden_output_is_null_until_it_is_opened() {
    let model = Imported::digits();
    let input = model.input("in.json", 1);
    let (file, key) = (model.path("model.lmodel"), model.path("model.lvk"));
    let proof = model.path("p.lproof");
    let hide = ["--hide", "weights,input,output"];
    let proved = prove(&file, &input, &proof, &hide, 0);
    let hidden = verify(&key, &proof, &[], 0);
    assert_eq!(hidden["output"], Value::Null);
    let said = run(&["verify", "--key", arg(&key), "--proof", arg(&proof)]);
    assert!(text(&said.stdout).contains("output  hidden"));
    let output = model.path("out.json");
    fs::write(&output, proved["output"].to_string()).unwrap();
    let unconfirmed = verify(&key, &proof, &["--output", arg(&output)], 3);
    assert_eq!(unconfirmed["unconfirmed"], "output");
    let opening = proved["opening_file"].as_str().unwrap();
    let opened = ["--opening", opening, "--output", arg(&output)];
    assert_eq!(verify(&key, &proof, &opened, 0)["output"], proved["output"]);
}

#[test]
fn what_is_public_needs_no_opening() {
    let model = Imported::digits();
    let input = model.input("in.json", 1);
    let (file, key) = (model.path("model.lmodel"), model.path("model.lvk"));
    let proof = model.path("p.lproof");
    let proved = prove(&file, &input, &proof, &["--hide", "none"], 0);
    assert_eq!(proved["opening_file"], Value::Null);
    // Decided at import.
    assert_eq!(proved["hidden"], serde_json::json!(["weights"]));
    verify(&key, &proof, &["--input", arg(&input)], 0);
    let said = refused(
        &[
            "prove",
            "--model",
            arg(&file),
            "--input",
            arg(&input),
            "--out",
            arg(&proof),
            "--hide",
            "none,input",
        ],
        2,
    );
    assert!(said.contains("none"), "{said}");
}

#[test]
fn a_model_imported_openly_has_the_same_key_everywhere_and_hides_no_weights() {
    let (one, two) = (
        Imported::digits_with(&["--hide", "none"]),
        Imported::digits_with(&["--hide", "none"]),
    );
    for name in ["model.lvk", "model.lmodel"] {
        assert_eq!(
            fs::read(one.path(name)).unwrap(),
            fs::read(two.path(name)).unwrap()
        );
    }
    assert!(!one.path("model.openings").exists());
    let (input, proof) = (one.input("in.json", 1), one.path("p.lproof"));
    let file = one.path("model.lmodel");
    let refused = prove(&file, &input, &proof, &["--hide", "weights"], 2);
    let message = refused["error"]["message"].as_str().unwrap();
    assert!(message.contains("when a model is imported"), "{message}");
    let proved = prove(&file, &input, &proof, &[], 0);
    assert_eq!(proved["hidden"], serde_json::json!(["input"]));
    verify(&one.path("model.lvk"), &proof, &[], 0);
}

#[test]
fn a_proof_more_than_there_are_openings_is_refused() {
    let model = Imported::digits_with(&["--openings", "2"]);
    let input = model.input("in.json", 1);
    let (file, proof) = (model.path("model.lmodel"), model.path("p.lproof"));
    for number in 0..2 {
        let proved = prove(&file, &input, &proof, &[], 0);
        assert_eq!(proved["opening"], number);
        assert_eq!(proved["openings_left"], 1 - number);
        let verified = verify(&model.path("model.lvk"), &proof, &[], 0);
        assert_eq!(
            (&verified["opening"], &verified["openings"]),
            (&number.into(), &2.into())
        );
    }
    fs::remove_file(&proof).unwrap();
    let refused = prove(&file, &input, &proof, &[], 2);
    let message = refused["error"]["message"].as_str().unwrap();
    assert!(
        message.contains("model rotate") && message.contains("model share"),
        "{message}"
    );
    assert!(!proof.exists());
    // Without its counter a model isn't used, whatever it had left.
    fs::remove_file(model.path("model.openings")).unwrap();
    let refused = prove(&file, &input, &proof, &[], 2);
    let message = refused["error"]["message"].as_str().unwrap();
    assert!(
        message.contains("missing") && message.contains("model rotate"),
        "{message}"
    );
    assert!(!model.path("model.openings").exists());
    // What the refusal names works without the counter.
    let next = model.path("next");
    json(&["model", "rotate", arg(&file), "--out", arg(&next)], 0);
    prove(&next.join("model.lmodel"), &input, &proof, &[], 0);
    // A new import would lose what hides the weights of the key that is out there.
    let said = model.import_again();
    assert!(said.contains("already"), "{said}");
}

#[test]
fn copies_have_openings_of_their_own() {
    let model = Imported::digits_with(&["--openings", "5"]);
    let input = model.input("in.json", 1);
    let (file, proof) = (model.path("model.lmodel"), model.path("p.lproof"));
    let mut used = vec![
        prove(&file, &input, &proof, &[], 0)["opening"]
            .as_u64()
            .unwrap(),
    ];
    let folder = model.path("copy");
    let share = [
        "model",
        "share",
        arg(&file),
        "--out",
        arg(&folder),
        "--openings",
    ];
    json(&[&share[..], &["5"]].concat(), 2);
    let shared = json(&[&share[..], &["2"]].concat(), 0);
    assert_eq!((&shared["from"], &shared["to"]), (&3.into(), &5.into()));
    assert_eq!(shared["openings_left"], 2);
    json(&[&share[..], &["1"]].concat(), 2);
    let copy = folder.join("model.lmodel");
    assert_eq!(mode(&copy), 0o600);
    for file in [&file, &copy] {
        for _ in 0..2 {
            let proved = prove(file, &input, &proof, &[], 0);
            verify(&model.path("model.lvk"), &proof, &[], 0);
            used.push(proved["opening"].as_u64().unwrap());
        }
        prove(file, &input, &proof, &[], 2);
    }
    used.sort_unstable();
    assert_eq!(used, [0, 1, 2, 3, 4]);
}

#[test]
fn a_successor_goes_on_where_its_model_ended() {
    let model = Imported::digits_with(&["--openings", "1"]);
    let input = model.input("in.json", 1);
    let (file, old) = (model.path("model.lmodel"), model.path("old.lproof"));
    prove(&file, &input, &old, &[], 0);
    prove(&file, &input, &model.path("no.lproof"), &[], 2);
    let folder = model.path("next");
    let rotate = [
        "model",
        "rotate",
        arg(&file),
        "--out",
        arg(&folder),
        "--openings",
        "3",
    ];
    let made = json(&rotate, 0);
    let key = folder.join("model.lvk");
    assert_ne!(
        fs::read(&key).unwrap(),
        fs::read(model.path("model.lvk")).unwrap()
    );
    let path = folder.join("model.llink");
    let (before, now) = (model.path("model.lvk"), arg(&key));
    let linked = |link: &Path, exit| {
        let link = ["--successor", now, "--link", arg(link)];
        let check = ["model", "link", "--key", arg(&before)];
        json(&[&check[..], &link].concat(), exit)
    };
    assert!(linked(&path, 0)["security_bits"].as_f64().unwrap() >= 100.0);
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let changed = model.path("changed.llink");
    fs::write(&changed, bytes).unwrap();
    linked(&changed, 3);
    let proof = model.path("p.lproof");
    let proved = prove(&folder.join("model.lmodel"), &input, &proof, &[], 0);
    assert_eq!(
        (&proved["opening"], &proved["openings"]),
        (&0.into(), &3.into())
    );
    assert_eq!(proved["model"], made["model"]);
    verify(&key, &proof, &[], 0);
    verify(&model.path("model.lvk"), &old, &[], 0);
    // Each under its own key alone.
    verify(&key, &old, &[], 3);
    // One link is all that this key has left to give.
    let again = model.path("again");
    let refused = refused(&["model", "rotate", arg(&file), "--out", arg(&again)], 2);
    assert!(refused.contains("successor"), "{refused}");
    assert!(!again.join("model.lmodel").exists());
}

/// Starts a proof and leaves it alone.
fn start(model: &Path, input: &Path, out: &Path) -> Child {
    let mut command = lilliput();
    command.args(["prove", "--model", arg(model), "--input", arg(input)]);
    command.args(["--out", arg(out)]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().unwrap()
}

#[test]
fn a_killed_prover_loses_an_opening_and_never_uses_one_again() {
    let model = Imported::digits();
    let input = model.input("in.json", 1);
    let (file, counter) = (model.path("model.lmodel"), model.path("model.openings"));
    let mut used = BTreeSet::new();
    let mut state = 4;
    for round in 0..KILLS {
        let before = fs::read(&counter).unwrap();
        let out = model.path(&format!("{round}.lproof"));
        let mut child = start(&model.path("model.lmodel"), &input, &out);
        // Every other round dies just after the number is taken, the others at any moment.
        state = next(state);
        let mut steps = state % 2_000;
        loop {
            let taken = fs::read(&counter).unwrap() != before;
            let due = if round % 2 == 0 { taken } else { steps == 0 };
            if due || child.try_wait().unwrap().is_some() {
                break;
            }
            steps = steps.saturating_sub(1);
            std::thread::yield_now();
        }
        let _ = child.kill();
        child.wait().unwrap();
        if out.exists() {
            // It was quicker: what it wrote is whole.
            let verified = verify(&model.path("model.lvk"), &out, &[], 0);
            assert!(used.insert(verified["opening"].as_u64().unwrap()));
        }
        let proved = prove(&file, &input, &model.path("p.lproof"), &[], 0);
        let number = proved["opening"].as_u64().unwrap();
        assert!(used.insert(number), "round {round} used {number} again");
        assert!(used.iter().all(|&other| other <= number));
    }
    assert!(used.len() as u64 >= KILLS);
}

#[test]
fn two_provers_at_once_use_different_openings() {
    let model = Imported::digits();
    let input = model.input("in.json", 1);
    let file = model.path("model.lmodel");
    let outs: Vec<PathBuf> = (0..4).map(|n| model.path(&format!("{n}.lproof"))).collect();
    let children: Vec<Child> = outs.iter().map(|out| start(&file, &input, out)).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let numbers: BTreeSet<u64> = outs
        .iter()
        .map(|out| {
            verify(&model.path("model.lvk"), out, &[], 0)["opening"]
                .as_u64()
                .unwrap()
        })
        .collect();
    assert_eq!(numbers, BTreeSet::from([0, 1, 2, 3]));
}

#[test]
fn inputs_out_of_range_are_moved_to_its_edge_and_said_or_refused() {
    let model = Imported::digits();
    let file = model.path("model.lmodel");
    let (input, proof) = (model.path("wide.json"), model.path("p.lproof"));
    let numbers = vec!["1000000"; 784].join(",");
    fs::write(&input, format!("{{\"input_data\": [[{numbers}]]}}")).unwrap();
    let arguments = ["prove", "--model", arg(&file), "--input", arg(&input)];
    let arguments = [&arguments[..], &["--out", arg(&proof)]].concat();
    let said = refused(&[&arguments[..], &["--strict"]].concat(), 2);
    assert!(said.contains("784 of 784"), "{said}");
    assert!(!proof.exists());
    let proved = run(&arguments);
    assert_eq!(proved.status.code(), Some(0));
    assert!(text(&proved.stdout).contains("moved to its edge"));
}

#[test]
fn the_secret_is_in_no_output() {
    let model = Imported::digits();
    let input = model.input("in.json", 1);
    let bytes = fs::read(model.path("model.lmodel")).unwrap();
    // Magic, version, name and kind come before the seed.
    let place = 4 + 1 + 1 + usize::from(bytes[5]) + 1;
    let seed = hex::encode(&bytes[place..place + 32]);
    let (proof, proved) = model.prove(&input, "p.lproof");
    let verified = verify(&model.path("model.lvk"), &proof, &[], 0);
    for value in [proved, verified] {
        assert!(!value.to_string().contains(&seed));
    }
    for name in [
        "model.lvk",
        "p.lproof",
        "model.openings",
        "p.lproof.opening",
    ] {
        let file = fs::read(model.path(name)).unwrap();
        assert!(!file.windows(32).any(|own| own == &bytes[place..place + 32]));
        assert!(!text(&file).contains(&seed));
    }
}

#[test]
fn verify_prints_the_account_and_the_parameters() {
    let model = Imported::digits();
    let (proof, _) = model.prove(&model.input("in.json", 1), "p.lproof");
    let verified = verify(&model.path("model.lvk"), &proof, &[], 0);
    let bits = verified["security_bits"].as_f64().unwrap();
    let terms = verified["security"].as_array().unwrap();
    let term = |term: &Value| (-term["bits"].as_f64().unwrap()).exp2();
    let sum: f64 = terms.iter().map(term).sum();
    assert!((bits + sum.log2()).abs() < 1e-6 && bits >= 100.0);
    let codes = verified["parameters"]["codes"].as_array().unwrap();
    let of: Vec<&str> = codes
        .iter()
        .map(|code| code["of"].as_str().unwrap())
        .collect();
    assert_eq!(of, ["witness", "weights", "inputs", "masks"]);
    for code in codes {
        for name in [
            "rows",
            "blinding",
            "fold",
            "log_domain",
            "rate_of_128",
            "queries",
        ] {
            assert!(code[name].is_u64(), "{name}: {code}");
        }
    }
}

#[test]
fn a_proof_explains_itself_with_and_without_its_key() {
    let model = Imported::digits();
    let (proof, _) = model.prove(&model.input("in.json", 1), "p.lproof");
    let plain = json(&["explain", arg(&proof)], 0);
    assert_eq!(plain["valid"], Value::Null);
    let key = model.path("model.lvk");
    let checked = json(&["explain", arg(&proof), "--key", arg(&key)], 0);
    assert_eq!(checked["valid"], true);
    assert!(checked["security_bits"].as_f64().unwrap() >= 100.0);
    let all = run(&["explain", arg(&proof), "--key", arg(&key)]);
    let said = text(&all.stdout);
    for part in [
        "what it states",
        "what it does not show",
        "hidden: weights, input",
        "opening 0 of the 128",
        "queries",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let mut bytes = fs::read(&proof).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&proof, bytes).unwrap();
    json(&["explain", arg(&proof), "--key", arg(&key)], 3);
    json(&["explain", "neither"], 2);
}

#[test]
fn a_proof_that_needs_more_memory_than_there_is_isnt_begun() {
    let model = Imported::digits();
    let (file, proof) = (model.path("model.lmodel"), model.path("p.lproof"));
    let input = model.input("in.json", 1);
    let before = fs::read(model.path("model.openings")).unwrap();
    let refused = prove(&file, &input, &proof, &["--memory-mib", "8"], 1);
    assert!(refused["memory_bytes_needed"].as_u64().unwrap() > 8 << 20);
    // No opening is lost, and nothing is written.
    assert_eq!(fs::read(model.path("model.openings")).unwrap(), before);
    assert!(!proof.exists());
}
