//! Payments of our own ledger: its real rules, behind as much of a node's HTTP as is asked for.

use std::path::Path;
use std::sync::{Arc, Mutex};

use lilliput_client::Client;
use lilliput_client::api::{ApiError, DryRun, FeeSchedule, Status, Submitted, TransactionDetail};
use lilliput_crypto::{Digest, SecretKey};
use lilliput_ledger::{BlockContext, BlockExecution, Machine, MemoryState, State};
use lilliput_modules::{Genesis, Network, Verifier, bank};
use lilliput_toll::payment::{
    Answer, Booth, LedgerRail, OfferToken, PaymentPayload, Requirements, toll_payload,
};
use lilliput_types::bank::{BankMessage, Toll, Transfer};
use lilliput_types::{
    AccountKey, Address, Amount, AssetId, BlockId, DurationMs, Height, List, Message, Nonce,
    Receipt, Segment, SignedTransaction, Submission, TimeMs, TollNonce, Transaction,
};
use serde::Serialize;
use tempfile::tempdir;

use crate::support::{NOW, asked, booth_with, charge, paid, reason, serve_raw};

const PAYER: u8 = 0;
const GATE: u8 = 1;

fn secret(number: u8) -> SecretKey {
    SecretKey::from_seed([number; 32])
}

fn address(number: u8) -> Address {
    AccountKey::from(&secret(number)).address()
}

fn asset() -> AssetId {
    "USDX".parse().unwrap()
}

/// A chain in memory that makes a block of each transaction.
struct Chain {
    network: Network,
    state: MemoryState,
    height: Height,
    included: Vec<(Submission, Receipt)>,
    /// Takes transactions, and loses the answer.
    mute: bool,
}

impl Chain {
    fn start() -> (Arc<Mutex<Self>>, String) {
        let accounts = [PAYER, GATE].map(address);
        let validator = secret(200).public_key();
        let genesis = Genesis::play(Digest([1; 32]), validator, &accounts, Amount(1_000_000));
        let network = Network::new(genesis.unwrap(), Box::new(Verifier::default()));
        let empty = MemoryState::default();
        let mut overlay = State::new(&empty);
        network.write_genesis(&mut overlay).unwrap();
        let mut state = MemoryState::default();
        state.apply(&overlay.into_changes());
        let chain = Arc::new(Mutex::new(Self {
            network,
            state,
            height: Height(1),
            included: Vec::new(),
            mute: false,
        }));
        let served = Arc::clone(&chain);
        let url = serve_raw(move |path, body| served.lock().unwrap().answer(path, body));
        (chain, url)
    }

    fn answer(&mut self, path: &str, body: &[u8]) -> Vec<u8> {
        match path {
            "/v1/status" => json("200 OK", &self.status()),
            "/v1/transactions/dry-run" => match self.run(body, false) {
                Ok((_, receipt)) => json(
                    "200 OK",
                    &DryRun {
                        receipt,
                        changes: Vec::new(),
                    },
                ),
                Err(refused) => refused,
            },
            "/v1/transactions" => match self.run(body, true) {
                Ok(_) if self.mute => Vec::new(),
                Ok((submission, receipt)) => {
                    let id = submission.transaction.transaction.id();
                    let height = self.height;
                    json(
                        "200 OK",
                        &Submitted {
                            id,
                            height,
                            index: 0,
                            receipt,
                        },
                    )
                }
                Err(refused) => refused,
            },
            other => {
                let id = other.strip_prefix("/v1/transactions/").unwrap();
                let found = self.included.iter().find(|(submission, _)| {
                    submission.transaction.transaction.id().to_string() == id
                });
                match found {
                    None => refusal("404 Not Found", "not_found"),
                    Some((submission, receipt)) => {
                        let detail = TransactionDetail {
                            id: submission.transaction.transaction.id(),
                            height: self.height,
                            index: 0,
                            transaction: submission.transaction.clone(),
                            receipt: receipt.clone(),
                        };
                        json("200 OK", &detail)
                    }
                }
            }
        }
    }

    fn run(&mut self, body: &[u8], keep: bool) -> Result<(Submission, Receipt), Vec<u8>> {
        let submission = Submission::decode(body).unwrap();
        submission.check(self.network.chain()).unwrap();
        let context = BlockContext {
            chain: self.network.chain(),
            height: self.height.next(),
            time: TimeMs(NOW * 1000),
            halted: DurationMs(0),
            proposer: secret(200).public_key(),
        };
        let mut execution = BlockExecution::new(&self.network, &self.state, context);
        let applied = execution.apply(&submission);
        applied.map_err(|error| refusal("409 Conflict", &error.to_string()))?;
        let executed = execution.finish().unwrap();
        let receipt = executed.events.receipts[0].clone();
        if keep {
            self.state.apply(&executed.changes);
            self.height = context.height;
            self.included.push((submission.clone(), receipt.clone()));
        }
        Ok((submission, receipt))
    }

    fn status(&self) -> Status {
        Status {
            version: "test".to_owned(),
            chain: self.network.chain(),
            height: self.height,
            block: BlockId::default(),
            time: TimeMs(NOW * 1000),
            state_root: Digest([0; 32]),
            fee_asset: "LIL".parse().unwrap(),
            settlement_asset: asset(),
            fees: FeeSchedule {
                per_message: Amount(10),
                per_kib: Amount(1),
            },
            check_fee_per_million: Amount(0),
            accept_within_max_ms: DurationMs(0),
            answer_within_max_ms: DurationMs(0),
        }
    }

    fn held(&self, number: u8) -> u128 {
        let held = bank::query::balance(&self.state, address(number).into(), asset());
        held.unwrap().0
    }
}

fn json(status: &str, value: &impl Serialize) -> Vec<u8> {
    let body = serde_json::to_string(value).unwrap();
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}")
        .into_bytes()
}

fn refusal(status: &str, code: &str) -> Vec<u8> {
    let error = ApiError {
        code: code.to_owned(),
        message: code.to_owned(),
        hint: None,
    };
    json(status, &error)
}

fn booth(chain: &Arc<Mutex<Chain>>, url: &str, file: &Path) -> Booth {
    let client = Client::new(url).unwrap();
    let id = chain.lock().unwrap().network.chain();
    let rail = LedgerRail::rail(client, id, asset(), address(GATE), 1_000_000);
    booth_with(vec![rail], file)
}

fn toll(requirements: &Requirements) -> Toll {
    let offer = OfferToken::read(requirements.extra["offer"].as_str().unwrap()).unwrap();
    Toll {
        asset: asset(),
        to: requirements.pay_to.parse().unwrap(),
        amount: requirements.amount.parse().unwrap(),
        nonce: TollNonce(Digest(offer.0)),
        valid_until: TimeMs((NOW + 60) * 1000),
    }
}

fn signed(chain: &Mutex<Chain>, nonce: u64, messages: Vec<Message>) -> SignedTransaction {
    let chain = chain.lock().unwrap();
    let transaction = Transaction {
        chain: chain.network.chain(),
        signer: AccountKey::from(&secret(PAYER)).into(),
        nonce: Nonce(nonce),
        expires_at: Height(chain.height.0 + 5),
        fee_max: Amount(100_000),
        fee_payer: None,
        messages: List::new(messages).unwrap(),
    };
    transaction.sign(&secret(PAYER))
}

fn header(requirements: &Requirements, transaction: &SignedTransaction) -> String {
    let payload = PaymentPayload {
        x402_version: 2,
        resource: None,
        accepted: requirements.clone(),
        payload: toll_payload(transaction),
        extensions: None,
    };
    payload.to_header()
}

#[test]
fn a_toll_on_the_ledger_buys_its_request_and_is_revenue_of_identity() {
    let folder = tempdir().unwrap();
    let (chain, url) = Chain::start();
    let booth = booth(&chain, &url, &folder.path().join("toll"));
    let required = asked(&booth, &charge("/page"));
    let requirements = &required.accepts[0];
    let network = requirements.network.strip_prefix("lilliput:").unwrap();
    assert_eq!(network.len(), 32, "CAIP-2 allows no more");
    let pay = Message::Bank(BankMessage::Toll(toll(requirements)));
    let transaction = signed(&chain, 0, vec![pay.clone()]);
    let header_once = header(requirements, &transaction);
    let granted = paid(booth.pay(&charge("/page"), &header_once, NOW).unwrap());
    assert_eq!(granted.payer, address(PAYER).to_string());
    let again = booth.pay(&charge("/page"), &header_once, NOW + 1).unwrap();
    assert!(matches!(again, Answer::AlreadyServed(_)));
    // Another transaction for the same offer is the same payment.
    let second = header(requirements, &signed(&chain, 1, vec![pay]));
    let again = booth.pay(&charge("/page"), &second, NOW + 1).unwrap();
    assert!(matches!(again, Answer::AlreadyServed(_)));

    let chain = chain.lock().unwrap();
    assert_eq!((chain.held(PAYER), chain.held(GATE)), (990_000, 1_010_000));
    let revenue = bank::query::revenue(&chain.state, asset()).unwrap();
    let identity = revenue
        .iter()
        .find(|(segment, _)| *segment == Segment::Identity);
    assert_eq!(identity.unwrap().1.participants, Amount(10_000));
    assert_eq!(chain.included.len(), 1);
}

#[test]
fn a_transaction_must_pay_just_what_is_asked() {
    let folder = tempdir().unwrap();
    let (chain, url) = Chain::start();
    let booth = booth(&chain, &url, &folder.path().join("toll"));
    let required = asked(&booth, &charge("/page"));
    let requirements = &required.accepts[0];
    let right = || toll(requirements);
    let tried = |nonce, toll: Toll, more: Option<Message>| {
        let mut messages = vec![Message::Bank(BankMessage::Toll(toll))];
        messages.extend(more);
        let header = header(requirements, &signed(&chain, nonce, messages));
        reason(&booth.pay(&charge("/page"), &header, NOW).unwrap()).to_owned()
    };
    let little = Toll {
        amount: Amount(1),
        ..right()
    };
    assert!(tried(0, little, None).contains("it pays 1 of"));
    let elsewhere = Toll {
        to: address(PAYER),
        ..right()
    };
    assert!(tried(0, elsewhere, None).contains("expected"));
    let other = Toll {
        nonce: TollNonce(Digest([9; 32])),
        ..right()
    };
    assert!(tried(0, other, None).contains("not the offer's"));
    let late = Toll {
        valid_until: TimeMs(NOW * 1000),
        ..right()
    };
    assert!(tried(0, late, None).contains("too late"));
    let back = Message::Bank(BankMessage::Transfer(Transfer {
        asset: asset(),
        to: address(PAYER),
        amount: Amount(1),
    }));
    assert!(tried(0, right(), Some(back)).contains("one toll"));
    // The ledger itself is asked before anything is reserved.
    assert!(tried(7, right(), None).contains("nonce"));
    assert!(booth.unknown(1).unwrap().is_empty());
    assert!(chain.lock().unwrap().included.is_empty());
}

#[test]
fn a_lost_answer_of_the_ledger_is_asked_for_and_nothing_is_paid_twice() {
    let folder = tempdir().unwrap();
    let (chain, url) = Chain::start();
    let booth = booth(&chain, &url, &folder.path().join("toll"));
    let required = asked(&booth, &charge("/page"));
    let requirements = &required.accepts[0];
    let pay = Message::Bank(BankMessage::Toll(toll(requirements)));
    let header = header(requirements, &signed(&chain, 0, vec![pay]));
    chain.lock().unwrap().mute = true;
    // The connection breaks, and yet the chain can be asked: it is paid.
    paid(booth.pay(&charge("/page"), &header, NOW).unwrap());
    let chain = chain.lock().unwrap();
    assert_eq!((chain.included.len(), chain.held(GATE)), (1, 1_010_000));
}
