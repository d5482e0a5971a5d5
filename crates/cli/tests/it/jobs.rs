//! Jobs from order to payment or refund: the demo, `up` and `ask`, providers that fail.

use std::path::Path;
use std::process::{Child, Stdio};

use lilliput_client::{Client, JobInput, Sender};
use lilliput_crypto::Digest;
use lilliput_types::job::{
    Accept, Answer, Job, JobMessage, JobState, Order, RefundReason, VerificationLevel,
};
use lilliput_types::provider::{Deposit, MakeOffer, ProviderMessage, Register};
use lilliput_types::{Amount, Blob, DurationMs, InputCommitment, JobId, Message, ModelId, Text};
use serde_json::Value;

use crate::world::{Imported, Up, arg, json, ledger, lilliput, models, refused, secret, sender};

/// Numbers in a model's input.
const PIXELS: usize = 784;

fn total(rows: &Value) -> u64 {
    let rows = rows.as_array().unwrap();
    rows.iter().map(|row| row["amount"].as_u64().unwrap()).sum()
}

#[test]
fn the_demo_keeps_its_contract() {
    let image = models().join("digits/images/01-label2.png");
    let demo = json(&["demo", "--image", arg(&image)], 0);
    assert_eq!(demo["answer"]["label"], 2);
    assert_eq!(demo["job"]["state"], "paid");
    for name in ["bytes", "prove_ms", "verify_ms", "security_bits"] {
        assert!(demo["proof"][name].is_number(), "{name}: {}", demo["proof"]);
    }
    assert!(demo["proof"]["security_bits"].as_f64().unwrap() >= 100.0);
    assert!(demo["ledger"]["height"].as_u64().unwrap() > 0);
    assert!(demo["ledger"]["state_root"].is_string());
    assert_eq!(demo["ledger"]["supply_conserved"], true);
    let escrow = demo["escrow"].as_u64().unwrap();
    assert_eq!(escrow, total(&demo["payments"]) + total(&demo["refunds"]));
    let payments = demo["payments"].as_array().unwrap();
    for segment in ["iaas", "software", "security"] {
        assert!(
            payments
                .iter()
                .any(|payment| payment["segment"] == segment && payment["to"].is_string()),
            "{segment}: {payments:?}"
        );
    }
}

#[test]
fn what_is_no_picture_of_the_right_size_is_exit_code_2() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text.png");
    std::fs::write(&text, "not a picture").unwrap();
    let said = refused(&["demo", "--image", arg(&text)], 2);
    assert!(said.contains("no readable PNG"), "{said}");
    let small = folder.path().join("small.png");
    let file = std::fs::File::create(&small).unwrap();
    let mut encoder = png::Encoder::new(file, 5, 7);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[0; 35]).unwrap();
    writer.finish().unwrap();
    let said = refused(&["demo", "--image", arg(&small)], 2);
    assert!(said.contains("5 x 7") && said.contains("28 x 28"), "{said}");
}

#[test]
fn up_goes_on_with_its_chain_and_answers_questions() {
    let folder = tempfile::tempdir().unwrap();
    let first = Up::start(folder.path());
    let chain = first.json(&["status"], 0)["status"].clone();
    first.kill();
    let up = Up::start(folder.path());
    let again = up.json(&["status"], 0)["status"].clone();
    assert_eq!(again["chain"], chain["chain"]);
    assert!(again["height"].as_u64() > chain["height"].as_u64());
    let image = models().join("digits/images/03-label0.png");
    let asked = up.json(&["ask", arg(&image)], 0);
    assert_eq!(asked["answer"]["label"], 0);
    assert!(asked["total_ms"].is_number());
    let job = asked["job"]["id"].as_str().unwrap();
    let explained = json(&["explain", job, "--node", &up.url], 0);
    assert_eq!(explained["answer"], asked["answer"]);
    assert_eq!(explained["story"].as_array().unwrap().len(), 3);
    assert!(up.page.contains("?key="));
    let listed = json(&["model", "list", "--node", &up.url], 0);
    assert_eq!(listed["models"].as_array().unwrap().len(), 1);
    let id = listed["models"][0]["id"].as_str().unwrap();
    let digits = models().join("digits");
    let (onnx, samples) = (digits.join("digits.onnx"), digits.join("calibration.json"));
    let audit = ["model", "audit", id, "--node", &up.url];
    let files = ["--onnx", arg(&onnx), "--calibrate", arg(&samples)];
    let unconfirmed = json(&[&audit[..], &files].concat(), 3);
    assert_eq!(unconfirmed["same"], Value::Null);
    assert_eq!(unconfirmed["same_graph"], true);
    let secret = folder.path().join("models/digits.lmodel");
    let owner = ["--secret", arg(&secret)];
    let audited = json(&[&audit[..], &files, &owner].concat(), 0);
    assert_eq!(audited["same"], true);
    let other = models().join("mlp/mlp.onnx");
    let files = ["--onnx", arg(&other), "--calibrate", arg(&samples)];
    json(&[&audit[..], &files].concat(), 3);
}

#[test]
fn up_gives_its_model_a_successor_when_openings_run_low() {
    let folder = tempfile::tempdir().unwrap();
    Up::start(folder.path()).kill();
    let models = folder.path().join("models");
    let (file, elsewhere) = (models.join("digits.lmodel"), folder.path().join("copy"));
    let share = ["model", "share", arg(&file), "--out", arg(&elsewhere)];
    json(&[&share[..], &["--openings", "230"]].concat(), 0);
    let up = Up::start(folder.path());
    let image = crate::world::models().join("digits/images/03-label0.png");
    let asked = up.json(&["ask", arg(&image)], 0);
    let job = &asked["job"];
    assert_eq!(job["state"], "paid");
    assert_ne!(job["key"], job["model"]);
    assert!(models.join("successor-1/digits.llink").exists());
}

/// A ledger with the digits model on it, and someone who offers it but does as the test says.
struct Market {
    up: Up,
    buyer: Sender,
    provider: Sender,
    model: ModelId,
    imported: Imported,
    _folder: tempfile::TempDir,
}

impl Market {
    fn open() -> Self {
        Self::open_with(&[])
    }

    /// The model imported with more arguments.
    fn open_with(more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let up = ledger(folder.path());
        let imported = Imported::digits_with(more);
        let key = imported.path("model.lvk");
        let published = up.json(
            &[
                "model",
                "publish",
                "--key-file",
                arg(&key),
                "--name",
                "digits",
                "--price",
                "20000",
                "--key",
                "dev-owner",
            ],
            0,
        );
        let buyer = sender(&up.url, secret(folder.path(), "default"));
        let provider = sender(&up.url, secret(folder.path(), "dev-provider"));
        Self {
            model: published["model"].as_str().unwrap().parse().unwrap(),
            up,
            buyer,
            provider,
            imported,
            _folder: folder,
        }
    }

    /// The provider is there for the ledger, whatever it does afterwards.
    fn offer(&self) {
        let endpoint = Text::new("http://127.0.0.1:1").unwrap();
        let messages = [
            ProviderMessage::Register(Register { endpoint }),
            ProviderMessage::Deposit(Deposit {
                amount: Amount(1_000_000),
            }),
            ProviderMessage::Offer(MakeOffer {
                model: self.model,
                price: Amount(30_000),
            }),
        ];
        let messages = messages.map(Message::Provider).to_vec();
        self.provider.send(messages, Vec::new()).unwrap();
    }

    /// Orders; the input is for the caller to send.
    fn order(&self, accept_within_ms: u64, answer_within_ms: u64) -> (JobId, JobInput) {
        let input = JobInput {
            salt: [7; 32],
            inputs: vec![vec![0; PIXELS]],
        };
        let key = std::fs::read(self.imported.path("model.lvk")).unwrap();
        let key = lilliput_verifier::VerifyingKey::decode(&key).unwrap();
        let commitment =
            lilliput_verifier::InputCommitment::new(&input.salt, &input.inputs, key.checked())
                .unwrap();
        let order = Order {
            model: self.model,
            level: VerificationLevel::Proven,
            input: InputCommitment(Digest(commitment.0)),
            price_max: Amount(1_000_000),
            accept_within_ms: DurationMs(accept_within_ms),
            answer_within_ms: DurationMs(answer_within_ms),
            provider: Some(self.provider.address()),
        };
        let message = Message::Job(JobMessage::Order(order));
        let sent = self.buyer.send(vec![message], Vec::new()).unwrap();
        (JobId::of(sent.id, 0), input)
    }

    fn put_input(&self, job: JobId, input: &JobInput) {
        let (secret, chain) = (self.buyer.secret(), self.buyer.chain());
        self.client().put_input(secret, chain, job, input).unwrap();
    }

    fn accept(&self, job: JobId) {
        let message = Message::Job(JobMessage::Accept(Accept { job }));
        self.provider.send(vec![message], Vec::new()).unwrap();
    }

    fn client(&self) -> &Client {
        self.buyer.client()
    }

    /// Waits until a job is closed, by its own deadlines.
    fn closed(&self, job: JobId) -> Job {
        loop {
            let found = self.client().job(job).unwrap();
            if matches!(found.state, JobState::Paid | JobState::Refunded) {
                assert!(self.client().supply().unwrap().conserved);
                return found;
            }
            std::thread::yield_now();
        }
    }

    /// `lilliput provider` as a process of its own.
    fn provider_process(&self) -> Child {
        self.provider_of(&[&self.imported.path("model.lmodel")])
    }

    /// One that has these model files.
    fn provider_of(&self, files: &[&Path]) -> Child {
        let mut command = lilliput();
        command.arg("provider");
        for file in files {
            command.args(["--models", arg(file)]);
        }
        command.args(["--key", "dev-provider"]);
        command.args(self.up.buyer());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    }
}

fn assert_refunded(job: &Job, reason: RefundReason, slashed: bool) {
    assert_eq!(job.state, JobState::Refunded);
    assert_eq!(job.refund_reason, Some(reason));
    assert!(job.payments.is_empty());
    let refunded = Amount::sum(job.refunds.iter().map(|refund| refund.amount)).unwrap();
    assert_eq!(refunded, job.escrow);
    assert_eq!(!job.penalties.is_empty(), slashed);
}

#[test]
fn a_buyer_that_never_sends_the_input_gets_its_escrow_back_and_nobody_pays() {
    let market = Market::open();
    market.offer();
    let mut provider = market.provider_process();
    let (job, _) = market.order(1_500, 60_000);
    let closed = market.closed(job);
    provider.kill().unwrap();
    provider.wait().unwrap();
    assert_refunded(&closed, RefundReason::NotAccepted, false);
}

#[test]
fn a_provider_that_never_answers_loses_its_bond() {
    let market = Market::open();
    market.offer();
    let (job, input) = market.order(60_000, 500);
    market.put_input(job, &input);
    market.accept(job);
    assert_refunded(&market.closed(job), RefundReason::AnswerLate, true);
}

#[test]
fn a_provider_that_answers_wrongly_loses_its_bond() {
    let market = Market::open();
    market.offer();
    let (job, input) = market.order(60_000, 60_000);
    market.put_input(job, &input);
    market.accept(job);
    // A good proof, of another job.
    let (proof, _) = market
        .imported
        .prove(&market.imported.input("in.json", 3), "p.lproof");
    let blob = Blob::new(std::fs::read(proof).unwrap()).unwrap();
    let answer = Answer {
        job,
        proof: blob.id(),
        key: market.model,
    };
    let message = Message::Job(JobMessage::Answer(answer));
    market.provider.send(vec![message], vec![blob]).unwrap();
    assert_refunded(&market.closed(job), RefundReason::ProofRefused, true);
}

#[test]
fn a_provider_that_dies_in_mid_job_answers_when_it_comes_back() {
    let market = Market::open();
    market.offer();
    let (job, input) = market.order(60_000, 120_000);
    market.put_input(job, &input);
    // What a process does that dies between acceptance and answer.
    market.accept(job);
    let mut provider = market.provider_process();
    let closed = market.closed(job);
    provider.kill().unwrap();
    provider.wait().unwrap();
    assert_eq!(closed.state, JobState::Paid);
}

#[test]
fn answers_go_on_under_a_successor_of_the_key() {
    let market = Market::open_with(&["--openings", "1"]);
    market.offer();
    let imported = &market.imported;
    let (file, next) = (imported.path("model.lmodel"), imported.path("next"));
    let made = json(
        &[
            "model",
            "rotate",
            arg(&file),
            "--out",
            arg(&next),
            "--openings",
            "1",
        ],
        0,
    );
    let model = market.model.to_string();
    let (key, link) = (next.join("model.lvk"), next.join("model.llink"));
    let succeed = ["model", "succeed", &model, "--key-file", arg(&key)];
    let succeed = [&succeed[..], &["--link", arg(&link), "--key"]].concat();
    let failed = market
        .up
        .json(&[&succeed[..], &["dev-provider"]].concat(), 1);
    let message = failed["error"]["message"].as_str().unwrap();
    assert!(message.contains("doesn't own"), "{message}");
    let added = market.up.json(&[&succeed[..], &["dev-owner"]].concat(), 0);
    assert_eq!(added["key"], made["model"]);
    // The newest key first, then the one before; then there is nothing left to answer with.
    let successor = next.join("model.lmodel");
    let mut provider = market.provider_of(&[&file, &successor]);
    for expected in [added["key"].as_str().unwrap(), &model] {
        let (job, input) = market.order(60_000, 120_000);
        market.put_input(job, &input);
        let closed = market.closed(job);
        assert_eq!(closed.state, JobState::Paid);
        assert_eq!(
            closed.key.map(|key| key.to_string()).as_deref(),
            Some(expected)
        );
        assert_eq!(closed.model, market.model);
        // The buyer follows the link by itself.
        let explained = json(&["explain", &job.to_string(), "--node", &market.up.url], 0);
        assert!(explained["proof"]["security_bits"].as_f64().unwrap() >= 100.0);
    }
    let (job, input) = market.order(2_000, 120_000);
    market.put_input(job, &input);
    assert_refunded(&market.closed(job), RefundReason::NotAccepted, false);
    provider.kill().unwrap();
    provider.wait().unwrap();
    let shown = json(
        &[
            "model",
            "show",
            added["key"].as_str().unwrap(),
            "--node",
            &market.up.url,
        ],
        0,
    );
    assert_eq!(shown["model"]["id"], model);
}

#[test]
fn only_buyer_and_provider_read_a_jobs_input() {
    let market = Market::open();
    market.offer();
    let (job, input) = market.order(60_000, 60_000);
    let stranger = sender(&market.up.url, secret(&market.up.data, "dev-owner"));
    let client = market.client();
    let chain = stranger.chain();
    assert!(
        client
            .put_input(stranger.secret(), chain, job, &input)
            .is_err()
    );
    let mut other = input.clone();
    other.inputs[0][0] = 1;
    assert!(
        client
            .put_input(market.buyer.secret(), chain, job, &other)
            .is_err()
    );
    market.put_input(job, &input);
    assert!(client.input(stranger.secret(), chain, job).is_err());
    let read = client.input(market.provider.secret(), chain, job).unwrap();
    assert_eq!(read, input);
}
