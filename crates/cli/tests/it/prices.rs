//! A feed and a contest on a local network, over the recorded series: reported, signalled, settled, paid, recomputed; and the
//! same contest from files.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use lilliput_client::{Client, Sender};
use lilliput_crypto::Digest;
use lilliput_types::prices::{
    Contest, ContestId, ContestState, Entrant, Feed, FeedId, Judgement, OutCause, PricesMessage,
    Report, RevealSignal, SealSignal, Standing, seal_signal,
};
use lilliput_types::{Message, TimeMs};
use serde_json::Value;

use crate::browser::Browser;
use crate::world::{Up, arg, json, ledger, refused, secret, sender};

const FEED: FeedId = FeedId(1);
const CONTEST: ContestId = ContestId(1);
const STAKE: i128 = 20_000_000;
const FEE: i128 = 1_000_000;
const POT: i128 = 50_000_000;
const FUNDED: i128 = 7_000_000;
const PERIODS: usize = 10;
const SALT: Digest = Digest([3; 32]);
/// How long a time may take to come.
const PATIENCE: Duration = Duration::from_secs(120);
const REPORTERS: [&str; 3] = ["dev-owner", "dev-provider", "liar"];
const ENTRANTS: [&str; 4] = ["good", "random", "copier", "bold"];

fn example(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/prices");
    folder.join(name)
}

/// Every fifth recorded price, in cents: moves that can be told from noise.
fn recorded() -> Vec<u64> {
    let text = std::fs::read_to_string(example("prices.csv")).unwrap();
    let prices = text.lines().skip(1).step_by(5).take(PERIODS);
    prices
        .map(|line| line.split_once(',').unwrap().1.replace('.', ""))
        .map(|cents| cents.parse().unwrap())
        .collect()
}

/// What each entrant holds from a price to the next; `None` is no signal.
fn leverage(name: &str, prices: &[u64], step: usize) -> Option<i32> {
    let up = |step: usize| match prices.get(step + 1) {
        Some(next) if *next < prices[step] => -1,
        _ => 1,
    };
    match name {
        // Knows the recording, as only a test can.
        "good" => Some(up(step) * (1_500 + step as i32)),
        "copier" => step
            .checked_sub(1)
            .and_then(|before| leverage("good", prices, before)),
        "random" => Some([100, -200, 300, 0, -400, 150, -250, 350, 50, -450][step]),
        _ => (step == 0).then_some(-5_000 * up(0)),
    }
}

/// A network and everybody's keys.
struct Field {
    up: Up,
    folder: tempfile::TempDir,
}

impl Field {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let field = Self {
            up: ledger(folder.path()),
            folder,
        };
        for name in ENTRANTS.iter().chain(["liar"].iter()) {
            field.make_account(name);
        }
        field
    }

    fn make_account(&self, name: &str) {
        let buyer = self.up.buyer();
        let mut all = vec!["account", "new", name];
        all.extend(buyer.iter().skip(2).map(String::as_str));
        json(&all, 0);
        for asset in ["LIL", "USDX"] {
            let mut all = vec!["tx", "send", "--to", name, "--asset", asset];
            all.extend(["--amount", "100000000", "--key", "dev-owner"]);
            all.extend(buyer.iter().map(String::as_str));
            json(&all, 0);
        }
    }

    /// Runs a command of `prices` with someone's key.
    fn run(&self, key: &str, arguments: &[&str], exit: i32) -> Value {
        let mut all = vec!["prices"];
        all.extend(arguments);
        let buyer = self.up.buyer();
        all.extend(buyer.iter().map(String::as_str));
        all.extend(["--key", key]);
        json(&all, exit)
    }

    /// Runs a command of `prices` that needs no key.
    fn ask(&self, arguments: &[&str], exit: i32) -> Value {
        let mut all = vec!["prices"];
        all.extend(arguments);
        all.extend(["--node", &self.up.url, "--data", arg(self.folder.path())]);
        json(&all, exit)
    }

    fn sender(&self, name: &str) -> Sender {
        sender(&self.up.url, secret(self.folder.path(), name))
    }

    fn client(&self) -> Client {
        Client::new(&self.up.url).unwrap()
    }

    fn feed(&self) -> Feed {
        self.client().feed(FEED).unwrap()
    }

    fn contest(&self) -> Contest {
        self.client().contest(CONTEST).unwrap()
    }

    fn entrants(&self) -> Vec<Entrant> {
        self.client().entrants(CONTEST).unwrap()
    }

    /// What a key holds in USDX.
    fn held(&self, key: &str) -> i128 {
        let buyer = self.up.buyer();
        let mut all = vec!["account", "show", key];
        all.extend(buyer.iter().map(String::as_str));
        let account = json(&all[..all.len() - 2], 0);
        let balances = account["balances"].as_array().unwrap();
        let found = balances.iter().find(|balance| balance["asset"] == "USDX");
        found.map_or(0, |balance| i128::from(balance["amount"].as_u64().unwrap()))
    }

    fn all_held(&self) -> Vec<i128> {
        let keys = REPORTERS.iter().chain(&ENTRANTS);
        keys.map(|key| self.held(key)).collect()
    }

    fn conserved(&self) {
        let status = json(&["status", "--node", &self.up.url], 0);
        assert_eq!(status["supply"]["conserved"], true, "{}", status["supply"]);
    }
}

fn wait_until(time: TimeMs) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let target = Duration::from_millis(time.0);
    std::thread::sleep(target.saturating_sub(now));
}

/// Waits until a period is settled.
fn wait_for(field: &Field, period: u64) {
    let begin = Instant::now();
    while field.feed().next <= period && field.contest().state == ContestState::Open {
        assert!(begin.elapsed() < PATIENCE, "period {period} isn't settled");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Everybody sends at once; each waits for its block.
fn send_all(messages: Vec<(&Sender, PricesMessage)>) {
    std::thread::scope(|scope| {
        for (sender, message) in messages {
            scope.spawn(move || {
                sender
                    .send(vec![Message::Prices(message)], Vec::new())
                    .unwrap()
            });
        }
    });
}

fn open(field: &Field) {
    let stake = STAKE.to_string();
    let mut command = vec!["feed", "open", "--name", "recorded", "--first-in", "60s"];
    command.extend([
        "--period",
        "10s",
        "--window",
        "5s",
        "--stake-min",
        "10000000",
    ]);
    field.run("dev-owner", &command, 0);
    for reporter in REPORTERS {
        field.run(reporter, &["feed", "stake", "1", "--amount", &stake], 0);
    }
    let pot = POT.to_string();
    let mut command = vec!["contest", "open", "1", "--name", "test", "--pot", &pot];
    command.extend(["--epoch", "5", "--epochs", "2", "--challenge", "2"]);
    field.run("dev-owner", &command, 0);
    for entrant in ENTRANTS {
        field.run(entrant, &["contest", "enter", "1"], 0);
    }
    let funded = FUNDED.to_string();
    field.run(
        "dev-provider",
        &["contest", "fund", "1", "--amount", &funded],
        0,
    );
    field.run("good", &["contest", "enter", "1"], 1);
    field.run("dev-owner", &["feed", "close", "1"], 1);
    let nan = field.run("dev-owner", &["feed", "report", "1", "--price", "NaN"], 2);
    assert!(nan["error"].to_string().contains("NaN"), "{nan}");
}

/// Seals, reveals and reports a period, over the client but for what the commands do in the first one.
fn period(field: &Field, senders: &[Sender], prices: &[u64], step: usize) {
    let feed = field.feed();
    let number = step as u64;
    let chain = senders[0].chain();
    let (reporters, entrants) = senders.split_at(REPORTERS.len());
    let by_hand = |name: &str| step == 0 && name == "good";
    let wanted: Vec<(&Sender, i32)> = ENTRANTS
        .iter()
        .zip(entrants)
        .filter(|(name, _)| !by_hand(name))
        .filter_map(|(name, sender)| Some((sender, leverage(name, prices, step)?)))
        // Who is out can't signal.
        .collect();
    let seals = wanted.iter().map(|(sender, leverage)| {
        let account = sender.address();
        let sealed = seal_signal(chain, CONTEST, account, number, *leverage, SALT);
        let message = PricesMessage::Signal(SealSignal {
            contest: CONTEST,
            period: number,
            sealed,
        });
        (*sender, message)
    });
    send_all(seals.collect());
    if step == 0 {
        let text = format!(
            "{}",
            f64::from(leverage("good", prices, 0).unwrap()) / 1_000.0
        );
        let command = ["contest", "signal", "1", "--leverage", &text];
        field.run("good", &command, 0);
        field.run("good", &command, 2);
        field.run("good", &["contest", "reveal", "1", "--period", "0"], 1);
    }
    // A block that was begun before the window opened has an earlier time.
    wait_until(TimeMs(feed.opens(number).0 + 700));
    let mut messages: Vec<(&Sender, PricesMessage)> = wanted
        .iter()
        .map(|(sender, leverage)| {
            let message = PricesMessage::Reveal(RevealSignal {
                contest: CONTEST,
                period: number,
                leverage: *leverage,
                salt: SALT,
            });
            (*sender, message)
        })
        .collect();
    for (place, sender) in reporters.iter().enumerate() {
        // The third one lies once.
        let lie = if place == 2 && step == 3 { 20_000 } else { 0 };
        let message = PricesMessage::Report(Report {
            feed: FEED,
            period: number,
            price: prices[step] + lie + place as u64,
        });
        messages.push((sender, message));
    }
    send_all(messages);
    if step == 0 {
        field.run("good", &["contest", "reveal", "1", "--period", "0"], 0);
    }
    wait_until(feed.closes(number));
    wait_for(field, number);
}

#[test]
fn a_contest_from_the_first_report_to_the_last_coin() {
    let field = Field::start();
    let before = field.all_held();
    open(&field);
    field.conserved();
    let senders: Vec<Sender> = REPORTERS
        .iter()
        .chain(&ENTRANTS)
        .map(|name| field.sender(name))
        .collect();
    let prices = recorded();
    for step in 0..PERIODS {
        period(&field, &senders, &prices, step);
        if step == 6 {
            // In the middle of it, too.
            assert_eq!(field.ask(&["contest", "check", "1"], 0)["holds"], true);
        }
    }
    let contest = field.contest();
    assert_eq!(contest.state, ContestState::Closed);
    let [good, random, copier, bold] = field.entrants().try_into().unwrap();
    assert!(good.paid.0 > 0 && good.copies.is_none(), "{good:?}");
    assert_eq!((copier.paid.0, copier.copies), (0, Some(good.number)));
    let fell = matches!(
        bold.standing,
        Standing::Out {
            cause: OutCause::Drawdown,
            ..
        }
    );
    assert!(fell && bold.paid.0 == 0, "{bold:?}");
    assert_eq!(random.standing, Standing::In);
    liar_lost(&field);
    let checked = field.ask(&["contest", "check", "1"], 0);
    assert_eq!(checked["holds"], true);
    assert_eq!(checked["medians_checked"], PERIODS);
    page(&field);
    every_coin(&field, &before, &contest, &[good, random, copier, bold]);
}

fn liar_lost(field: &Field) {
    let shown = field.ask(&["feed", "show", "1"], 0);
    let lie = &shown["prices"][3];
    let off: Vec<&Value> = lie["reports"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|report| report["judgement"] == serde_json::json!(Judgement::Off))
        .collect();
    assert_eq!(off.len(), 1, "{lie}");
    assert_eq!(field.feed().slashed.0, STAKE as u128 / 10);
    assert_eq!(field.feed().priced, PERIODS as u64);
}

fn page(field: &Field) {
    let Some(mut browser) = Browser::start(1200, 900) else {
        return;
    };
    for (path, heading) in [
        ("/prices", "Prices"),
        ("/feeds/1", "recorded"),
        ("/contests/1", "test"),
    ] {
        browser.open(&format!("{}{path}", field.up.url));
        browser.wait_for(&format!(
            "document.querySelector('h1')?.textContent.startsWith('{heading}')"
        ));
        let fits = "document.documentElement.scrollWidth <= window.innerWidth";
        assert_eq!(
            browser.evaluate(fits),
            true,
            "{path} is wider than the screen"
        );
        browser.screenshot(&format!("desk{}.png", path.replace('/', "-")));
    }
    let bars = "document.querySelectorAll('svg.chart rect').length";
    assert_eq!(browser.evaluate(bars), ENTRANTS.len());
}

/// Stakes and deposit go back; what nobody has is with the treasury: the slashed stake and what nobody earned.
fn every_coin(field: &Field, before: &[i128], contest: &Contest, entrants: &[Entrant]) {
    for reporter in REPORTERS {
        field.run(reporter, &["feed", "leave", "1"], 0);
    }
    field.run("dev-owner", &["feed", "close", "1"], 0);
    field.conserved();
    let slashed = STAKE / 10;
    let mut wanted = vec![before[0] - POT, before[1] - FUNDED, before[2] - slashed];
    let paid = |entrant: &Entrant| entrant.paid.0 as i128;
    wanted.extend(
        before[3..]
            .iter()
            .zip(entrants)
            .map(|(before, entrant)| before - FEE + paid(entrant)),
    );
    let after = field.all_held();
    assert_eq!(after, wanted);
    let gone = before.iter().sum::<i128>() - after.iter().sum::<i128>();
    assert_eq!(gone, slashed + contest.left.0 as i128);
    assert_eq!(contest.funded.0 as i128, POT + FUNDED + 4 * FEE);
}

#[test]
fn the_recorded_contest_replays_from_files() {
    let (prices, signals) = (example("prices.csv"), example("signals.csv"));
    let command = [
        "prices",
        "replay",
        "--csv",
        arg(&prices),
        "--signals",
        arg(&signals),
    ];
    let replayed = json(&command, 0);
    let account = |name: &str| {
        let all = replayed["entrants"].as_array().unwrap();
        let found = all.iter().find(|entrant| entrant["name"] == name);
        found.unwrap().clone()
    };
    let paid = |name: &str| account(name)["account"]["paid"].as_u64().unwrap();
    assert!(account("good")["gain"].as_f64().unwrap() > 0.5);
    assert!(paid("good") > 0 && paid("copier") == 0 && paid("bold") == 0);
    assert!(account("copier")["gain"].as_f64().unwrap() > 0.5);
    assert!(account("bold")["account"]["standing"]["out"].is_object());
    assert!(account("good")["metrics"]["days365_flat"]["sharpe"].is_number());
    let contest = &replayed["contest"];
    let number = |name: &str| contest[name].as_u64().unwrap();
    assert_eq!(number("paid") + number("left"), number("funded"));
    assert_eq!(json(&command, 0), replayed);
}

#[test]
fn bad_recordings_are_refused_with_their_line() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let good = write("good.csv", "time,price\n1,1\n2,2\n3,3\n");
    let cases = [
        ("time,price\n1,1\n2,NaN\n", "line 3"),
        ("time,price\n1,-5\n", "line 2"),
        ("time,price\n3,1\n2,1\n", "line 3"),
        ("time,cost\n1,1\n", "line 1"),
    ];
    let signals = write("signals.csv", "time,entrant,leverage\n0,a,1\n");
    for (text, why) in cases {
        let bad = write("bad.csv", text);
        let command = [
            "prices",
            "replay",
            "--csv",
            arg(&bad),
            "--signals",
            arg(&signals),
        ];
        let said = refused(&command, 2);
        assert!(said.contains(why), "{text}: {said}");
    }
    let cases = [
        ("0,a,NaN", "line 2"),
        ("0,a,6", "beyond the limit"),
        ("0,a,0.0001", "line 2"),
        ("0,a b,1", "no name"),
        ("1,a,1\n0,a,1", "line 3"),
        ("0,a,1\n0,a,2", "second signal"),
        ("3,a,1", "no price follows"),
    ];
    for (rows, why) in cases {
        let bad = write("bad.csv", &format!("time,entrant,leverage\n{rows}\n"));
        let mut command = vec![
            "prices",
            "replay",
            "--csv",
            arg(&good),
            "--signals",
            arg(&bad),
        ];
        command.extend(["--epoch", "1"]);
        let said = refused(&command, 2);
        assert!(said.contains(why), "{rows}: {said}");
    }
}
