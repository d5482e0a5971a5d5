//! Real models on a network of this machine: imported and published by the command `lilliput`, asked
//! about real inputs, every answer proven, checked and compared with onnxruntime's.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use lilliput_import::{Calibration, FloatModel};
use serde_json::{Value, json};

use super::network::{self, Network, Running};
use super::{Args, Real, read};
use crate::say;

/// A model's price, in the smallest unit.
const PRICE: &str = "20000";
/// How long the provider may take: a slow machine is no reason to fail here.
const ANSWER_WITHIN_MS: &str = "600000";

/// A model on the ledger.
struct Published {
    real: Real,
    id: String,
    file: PathBuf,
}

/// Buys `questions` answers of each model.
pub(super) fn run(args: &Args, models: &[Real], questions: usize) -> Result<()> {
    let lilliput = match &args.lilliput {
        Some(path) => path.clone(),
        None => crate::root()?.join("target/release/lilliput"),
    };
    ensure!(
        lilliput.is_file(),
        "there is no {}; build it with `cargo build --release`, or name one with --lilliput PATH",
        lilliput.display()
    );
    let folder = tempfile::tempdir()?;
    let network = Network::start(&lilliput, &folder.path().join("network"))?;
    let mut published = Vec::new();
    for &real in models {
        let out = folder.path().join(real.name);
        let one = publish(args, &lilliput, &network, real, &out);
        published.push(one.with_context(|| real.name.to_owned())?);
    }
    let files: Vec<PathBuf> = published.iter().map(|one| one.file.clone()).collect();
    let mut provider = network.provider(&files)?;
    for one in &published {
        ask(args, &network, &mut provider, one, folder.path(), questions)
            .with_context(|| one.real.name.to_owned())?;
    }
    let memory = |process: &Running| {
        let memory = process.memory_mb();
        memory.map_or("?".into(), |memory| format!("{memory:.0}"))
    };
    say(&format!(
        "most memory, MB: provider {}, ledger {}",
        memory(&provider),
        memory(&network.ledger)
    ));
    Ok(())
}

fn publish(
    args: &Args,
    lilliput: &Path,
    network: &Network,
    real: Real,
    out: &Path,
) -> Result<Published> {
    let mut import = Command::new(lilliput);
    import.args([
        "model",
        "import",
        "--json",
        "--name",
        real.name,
        "--calibrate",
    ]);
    import.arg(args.data.join(real.samples()));
    import.args(["--weight-bits", &args.weight_bits.to_string()]);
    import.arg("--out").arg(out);
    import.arg(args.data.join(real.onnx()));
    let imported = network::report(&mut import)?;
    let key = out.join("model.lvk").display().to_string();
    let publish = ["model", "publish", "--key-file", &key, "--name", real.name];
    let publish = [&publish[..], &["--price", PRICE]].concat();
    let sent = network.report(&publish, "dev-owner")?;
    let id = sent["model"].as_str().context("no id")?.to_owned();
    let shown = network.shown(&id)?;
    say(&format!(
        "{}: imported in {:.1} s, published in block {} for a fee of {}; key {} bytes, model file {} bytes, \
         {} units to check a proof",
        real.name,
        number(&imported, "setup_ms")? / 1e3,
        sent["height"],
        sent["fee"],
        imported["key_bytes"],
        imported["model_bytes"],
        shown["model"]["check_units"],
    ));
    Ok(Published {
        real,
        id,
        file: out.join("model.lmodel"),
    })
}

fn ask(
    args: &Args,
    network: &Network,
    provider: &mut Running,
    one: &Published,
    folder: &Path,
    questions: usize,
) -> Result<()> {
    let real = one.real;
    let model = FloatModel::read(&read(&args.data.join(real.onnx()))?)?;
    let inputs = Calibration::parse(&read(&args.data.join(real.inputs))?)?;
    let inputs = model.samples(&inputs)?;
    let mut pairs = Vec::new();
    let chosen = spread(inputs.len(), questions.min(args.most));
    for &place in &chosen {
        let file = folder.join(format!("{}-{place}.json", real.name));
        fs::write(&file, json!({ "input_data": inputs[place] }).to_string())?;
        let file = file.display().to_string();
        let question = ["ask", &file, "--model", &one.id];
        let question = [&question[..], &["--answer-within-ms", ANSWER_WITHIN_MS]].concat();
        let answer = network.report(&question, "default")?;
        let told = provider.until("answered ")?;
        ensure!(answer["job"]["state"] == "paid", "the job isn't paid");
        let output = numbers(&answer["answer"]["output"])?;
        let bits = number(&answer["proof"], "security_bits")?;
        say(&format!(
            "{}: input {place}: paid, {:.1} s in all, run and proof {}, proof {} bytes, checked in {:.1} ms, {bits:.1} bits",
            real.name,
            number(&answer, "total_ms")? / 1e3,
            proving_time(&told),
            answer["proof"]["bytes"],
            number(&answer["proof"], "verify_ms")?,
        ));
        pairs.push((output, place));
    }
    let length = pairs.first().map_or(0, |(output, _)| output.len());
    let expected = Calibration::parse(&read(&args.data.join(real.expected()))?)?;
    let expected = expected.samples(&[("expected", length)])?;
    let pairs: Vec<_> = pairs
        .into_iter()
        .map(|(output, place)| (output, expected[place][0].clone()))
        .collect();
    say(&format!(
        "{}: proven answers beside onnxruntime's: {}",
        real.name,
        (real.judge)(&pairs)
    ));
    Ok(())
}

/// The provider's "… in 812 ms with …".
fn proving_time(told: &str) -> &str {
    let rest = told.split_once(" in ").map_or(told, |(_, rest)| rest);
    rest.split_once(" with ").map_or(rest, |(time, _)| time)
}

/// Some of `count` places, far apart.
fn spread(count: usize, some: usize) -> Vec<usize> {
    let step = (count / some.max(1)).max(1);
    (0..count).step_by(step).take(some).collect()
}

fn number(report: &Value, name: &str) -> Result<f64> {
    report[name].as_f64().with_context(|| format!("no {name}"))
}

fn numbers(list: &Value) -> Result<Vec<f64>> {
    let list = list.as_array().context("no list of numbers")?;
    Ok(list.iter().filter_map(Value::as_f64).collect())
}

#[cfg(test)]
mod tests {
    use super::{proving_time, spread};

    #[test]
    fn questions_lie_far_apart() {
        assert_eq!(spread(2080, 3), [0, 693, 1386]);
        assert_eq!(spread(2, 5), [0, 1]);
        assert_eq!(spread(5, 0), Vec::<usize>::new());
    }

    #[test]
    fn the_providers_line_names_its_time() {
        let line = "answered 5f in 812 ms with 900 bytes of proof: Paid";
        assert_eq!(proving_time(line), "812 ms");
    }
}
