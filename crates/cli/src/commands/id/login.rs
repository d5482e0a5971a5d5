//! `lilliput id login`: an account that belongs to a login elsewhere.

mod hidden;

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::anyhow;
use clap::Subcommand;
use lilliput_client::Sender;
use lilliput_crypto::{Digest, PublicKey, SecretKey, random_bytes};
use lilliput_oidc::{Claims, TOKEN_LEN_MAX, Token};
use lilliput_types::login::{
    EndSession, LoginMessage, LoginProof, NAME_LEN_MAX, OpenSession, TokenProof, account,
    hidden_account, open_bytes,
};
use lilliput_types::{Address, DurationMs, LoginIssuerId, Message, Text, TimeMs};
use serde_json::json;

use crate::failure::{Failure, OrExit, Result};
use crate::files;
use crate::logins::{self, Login};
use crate::node::{KeyArgs, NodeArgs};
use crate::outcome::Outcome;
use crate::session::Session;
use crate::span::span;
use crate::wallet::{self, Wallet};

/// An account that belongs to a login at an OpenID provider.
///
/// `begin` makes a key that will sign for a while and says with which nonce to log in; `finish` brings the provider's ID
/// token to the ledger. From then on every command signs for the account with `--key NAME`, until the session expires or
/// `end` ends it.
///
/// The token is public from then on, with all that it says: ask the provider for the scope `openid` alone. The salt in
/// `logins/salt` of the data folder is a part of the account's address and of every login: keep a copy of it.
///
/// With `begin --hidden` a zkLogin proof takes the token's place, which then stays here: `request` writes what a prover is
/// asked with, `finish --proof` brings its answer.
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Begin(Begin),
    Account(Account),
    Request(hidden::Request),
    Finish(Finish),
    Show(Show),
    End(End),
}

/// Make a session's key and the nonce to log in with.
#[derive(clap::Args)]
struct Begin {
    /// What to call the key: a-z, 0-9 and -.
    name: String,

    /// At which issuer; see `lilliput id keys list`.
    #[arg(long)]
    issuer: LoginIssuerId,

    /// The client id that the provider knows your app by.
    #[arg(long, value_name = "CLIENT")]
    audience: Text<NAME_LEN_MAX>,

    /// How long the key may sign: a number and s, m, h or d.
    #[arg(long, value_parser = span, default_value = "12h")]
    valid_for: DurationMs,

    /// Keep token and subject off the ledger: a zkLogin proof opens the session.
    #[arg(long)]
    hidden: bool,

    #[command(flatten)]
    node: NodeArgs,
}

/// Show whose account an ID token is of; nothing is sent.
#[derive(clap::Args)]
struct Account {
    /// The login's name.
    name: String,

    /// File with the ID token.
    #[arg(long, value_name = "FILE")]
    token: PathBuf,
}

/// Open the session with the provider's ID token.
#[derive(clap::Args)]
struct Finish {
    /// The login's name.
    name: String,

    /// File with the ID token.
    #[arg(long, value_name = "FILE")]
    token: PathBuf,

    /// File with the prover's answer, for a login begun with --hidden; the token then stays here.
    #[arg(long, value_name = "FILE")]
    proof: Option<PathBuf>,

    /// Name of a key that pays the fee; without it the account itself does, but for a hidden login.
    #[arg(long, value_name = "NAME")]
    paid_by: Option<String>,

    #[command(flatten)]
    node: NodeArgs,
}

/// Show the account of a login and its sessions.
#[derive(clap::Args)]
struct Show {
    /// The login's name.
    name: String,

    #[command(flatten)]
    node: NodeArgs,
}

/// End the session: its key signs no longer.
#[derive(clap::Args)]
struct End {
    /// The login's name.
    name: String,

    #[command(flatten)]
    node: NodeArgs,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    match &args.command {
        Command::Begin(args) => begin(args, session),
        Command::Account(args) => show_account(args, session),
        Command::Request(args) => hidden::request(args, session),
        Command::Finish(args) => finish(args, session),
        Command::Show(args) => show(args, session),
        Command::End(args) => end(args, session),
    }
}

/// What the clock on the wall shows: logins go by it, also on a network that was halted.
pub(super) fn wall() -> TimeMs {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let since = since.map_or(0, |since| since.as_millis());
    TimeMs(u64::try_from(since).unwrap_or(u64::MAX))
}

fn begin(args: &Begin, session: &Session) -> Result<Outcome> {
    let data = session.data()?;
    let client = args.node.client()?;
    let chain = client.status()?.chain;
    let issuer = client.login_issuer(args.issuer)?;
    if args.valid_for > issuer.session_max_ms {
        return Err(Failure::bad_input(anyhow!(
            "sessions of this issuer last at most {} ms",
            issuer.session_max_ms
        )));
    }
    let secret = SecretKey::generate()?;
    let login = Login {
        chain,
        issuer: args.issuer,
        issuer_name: issuer.issuer.as_str().to_owned(),
        audience: args.audience.as_str().to_owned(),
        expires_at: expiry(args),
        randomness: Digest(random_bytes()?),
        hidden: args.hidden,
        account: None,
    };
    let passphrase = wallet::new_passphrase(session)?;
    Wallet::new(&data).add(&args.name, &secret, &passphrase)?;
    login.keep(&data, &args.name)?;
    let nonce = nonce(&login, secret.public_key())?;
    Ok(Outcome::new(
        format!(
            "log in at {} as client {} with scope=openid and\n  nonce={nonce}\nthen run\n  lilliput id login finish {} --token FILE",
            issuer.issuer, args.audience, args.name
        ),
        json!({
            "name": args.name,
            "issuer": issuer.issuer,
            "audience": args.audience,
            "key": secret.public_key(),
            "expires_at": login.expires_at,
            "nonce": nonce,
        }),
    ))
}

/// A hidden login's expiry is a whole second.
fn expiry(args: &Begin) -> TimeMs {
    let exact = wall().after(args.valid_for);
    match args.hidden {
        true => TimeMs(exact.0 / 1_000 * 1_000),
        false => exact,
    }
}

fn nonce(login: &Login, key: PublicKey) -> Result<String> {
    if login.hidden {
        return hidden::login_nonce(login, key);
    }
    Ok(lilliput_oidc::nonce(
        login.chain.as_bytes(),
        &key.0,
        login.expires_at.0,
        login.randomness.as_bytes(),
    ))
}

/// A token as it stands in a file, and what it says, unchecked: checking is the ledger's business.
fn read_token(path: &Path) -> Result<(String, Claims)> {
    let limit = u64::try_from(TOKEN_LEN_MAX).unwrap_or(u64::MAX);
    let bytes = files::read(path, limit)?;
    let text = String::from_utf8(bytes).or_bad_input(path.display())?;
    let text = text.trim().to_owned();
    let claims = Token::parse(&text).and_then(|token| token.unchecked_claims());
    Ok((text, claims.or_bad_input(path.display())?))
}

/// The account of a token's subject.
fn account_of(data: &Path, login: &Login, claims: &Claims) -> Result<Address> {
    if login.hidden {
        let seed = hidden::seed(data, login, claims)?;
        return Ok(hidden_account(login.issuer, Digest(seed.to_bytes())));
    }
    let salt_key = logins::salt_key(data, login, &claims.subject)?.public_key();
    Ok(account(
        login.issuer,
        &login.audience,
        &claims.subject,
        salt_key,
    ))
}

fn show_account(args: &Account, session: &Session) -> Result<Outcome> {
    let data = session.data()?;
    let login = Login::open(&data, &args.name)?;
    let (_, claims) = read_token(&args.token)?;
    let account = account_of(&data, &login, &claims)?;
    Ok(Outcome::new(
        account.to_string(),
        json!({ "account": account }),
    ))
}

fn finish(args: &Finish, session: &Session) -> Result<Outcome> {
    let data = session.data()?;
    let mut login = Login::open(&data, &args.name)?;
    let (token, claims) = read_token(&args.token)?;
    let account = account_of(&data, &login, &claims)?;
    let key = Wallet::new(&data).public_key(&args.name)?;
    let proof = match (login.hidden, &args.proof) {
        (false, None) => token_proof(&data, &login, &claims, key, token)?,
        (true, Some(answer)) => hidden::proof(answer, hidden::seed(&data, &login, &claims)?)?,
        (true, None) => {
            return Err(Failure::bad_input(anyhow!("a hidden login needs --proof"))
                .hint("ask a zkLogin prover with what `lilliput id login request` writes"));
        }
        (false, Some(_)) => {
            return Err(Failure::bad_input(anyhow!(
                "the login wasn't begun with --hidden"
            )));
        }
    };
    let message = LoginMessage::Open(OpenSession {
        issuer: login.issuer,
        key,
        expires_at: login.expires_at,
        proof,
    });
    login.account = Some(account);
    // Before it is sent: the account's own key signs for it.
    login.keep(&data, &args.name)?;
    let payer = args.paid_by.as_ref().unwrap_or(&args.name);
    let sender = sender(payer, session, &args.node)?;
    let sent = sender.send(vec![Message::Login(message)], Vec::new())?;
    Ok(Outcome::new(
        format!(
            "{account}\n  until {}; sign for it with `--key {}`",
            login.expires_at, args.name
        ),
        json!({
            "account": account,
            "key": key,
            "expires_at": login.expires_at,
            "transaction": sent.id,
            "height": sent.height,
        }),
    ))
}

/// The token itself, with the salt key's word for it.
fn token_proof(
    data: &Path,
    login: &Login,
    claims: &Claims,
    key: PublicKey,
    token: String,
) -> Result<LoginProof> {
    let salt_key = logins::salt_key(data, login, &claims.subject)?;
    let salted = open_bytes(login.chain, login.issuer, key, login.expires_at, &token);
    Ok(LoginProof::Token(TokenProof {
        token: Text::new(token)?,
        audience: Text::new(login.audience.clone())?,
        randomness: login.randomness,
        salt_key: salt_key.public_key(),
        salt_signature: salt_key.sign(&salted),
    }))
}

fn show(args: &Show, session: &Session) -> Result<Outcome> {
    let login = Login::open(&session.data()?, &args.name)?;
    let Some(account) = login.account else {
        return Err(
            Failure::bad_input(anyhow!("the login {:?} isn't finished", args.name))
                .hint("run `lilliput id login finish` with the provider's token"),
        );
    };
    let sessions = args.node.client()?.login_sessions(account)?;
    let now = wall();
    let mut text = account.to_string();
    for one in &sessions {
        let state = if one.is_open(now) { "open" } else { "over" };
        text.push_str(&format!(
            "\n  {}  {state}, until {}",
            one.key, one.expires_at
        ));
    }
    Ok(Outcome::new(
        text,
        json!({ "account": account, "sessions": sessions }),
    ))
}

fn end(args: &End, session: &Session) -> Result<Outcome> {
    let key = Wallet::new(&session.data()?).public_key(&args.name)?;
    let sender = sender(&args.name, session, &args.node)?;
    let message = LoginMessage::End(EndSession { key });
    let sent = sender.send(vec![Message::Login(message)], Vec::new())?;
    Ok(Outcome::new(
        format!("ended in block {}", sent.height),
        json!({ "key": key, "transaction": sent.id, "height": sent.height }),
    ))
}

fn sender(name: &str, session: &Session, node: &NodeArgs) -> Result<Sender> {
    KeyArgs::named(name).sender(session, node)
}
