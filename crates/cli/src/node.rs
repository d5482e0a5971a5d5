//! Which node, and which key: what the commands that use a network share.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::anyhow;
use lilliput_client::api::Page;
use lilliput_client::{Client, ClientError, Sender};
use lilliput_types::{Address, TimeMs};

use crate::failure::{Exit, Failure, Result};
use crate::logins;
use crate::session::Session;
use crate::wallet::{self, Wallet};

/// Where `lilliput up` listens if nothing else is said.
pub(crate) const DEFAULT_NODE: &str = "http://127.0.0.1:7878";

/// The node to talk to.
#[derive(clap::Args)]
pub(crate) struct NodeArgs {
    /// The node.
    #[arg(long, value_name = "URL", default_value = DEFAULT_NODE)]
    node: String,
}

/// The key to sign with.
#[derive(clap::Args)]
pub(crate) struct KeyArgs {
    /// Name of the key to sign with; see `lilliput account list`.
    #[arg(long, value_name = "NAME", default_value = "default")]
    key: String,
}

impl NodeArgs {
    pub(crate) fn client(&self) -> Result<Client> {
        Ok(Client::new(&self.node)?)
    }

    pub(crate) fn url(&self) -> &str {
        &self.node
    }
}

impl KeyArgs {
    /// A key that isn't named by a flag of its own.
    pub(crate) fn named(name: &str) -> Self {
        Self {
            key: name.to_owned(),
        }
    }

    /// Opens the key and asks the node for its chain.
    pub(crate) fn sender(&self, session: &Session, node: &NodeArgs) -> Result<Sender> {
        let wallet = Wallet::new(&session.data()?);
        if !wallet.contains(&self.key)? {
            // Asked before the passphrase is.
            wallet.public_key(&self.key)?;
        }
        let client = node.client()?;
        client.status()?;
        let development = wallet.open_development(session, &self.key)?;
        let secret = match development {
            Some(secret) => secret,
            None => wallet.open(&self.key, &wallet::passphrase(session)?)?,
        };
        // A session's key signs for the account that opened it.
        Ok(match logins::account_of(&session.data()?, &self.key)? {
            Some(account) => Sender::for_session(client, secret, account)?,
            None => Sender::new(client, secret)?,
        })
    }
}

/// What network time the next block will have, more or less: that of the latest one stands still until then.
pub(crate) fn now(client: &Client) -> Result<TimeMs> {
    let latest = client.status()?.time;
    let clock = SystemTime::now().duration_since(UNIX_EPOCH);
    let clock = clock.map_or(0, |since| since.as_millis());
    Ok(latest.max(TimeMs(u64::try_from(clock).unwrap_or(0))))
}

/// The most pages of a list that are fetched: more than the longest one has.
const PAGES_MAX: usize = 30_000;

/// All items of a list that comes in pages; `page` is asked with what stands behind the one before.
pub(crate) fn all<T>(
    page: impl Fn(Option<&str>) -> std::result::Result<Page<T>, ClientError>,
) -> Result<Vec<T>> {
    let mut items = Vec::new();
    let mut next: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let found = page(next.as_deref())?;
        items.extend(found.items);
        match found.next {
            Some(more) => next = Some(more),
            None => return Ok(items),
        }
    }
    Err(Failure::failed(anyhow!("the node's list doesn't end")))
}

/// An account by its address, or by the name of one of our keys.
pub(crate) fn address(session: &Session, text: &str) -> Result<Address> {
    if text.starts_with("lil1") {
        return text
            .parse()
            .map_err(|error: lilliput_types::ParseError| Failure::bad_input(anyhow!("{error}")));
    }
    let data = session.data()?;
    if let Some(account) = logins::account_of(&data, text)? {
        return Ok(account);
    }
    let key = Wallet::new(&data).public_key(text)?;
    Ok(lilliput_types::AccountKey::Ed25519(key).address())
}

/// Exit code and hint of what a node said.
pub(crate) fn classify(error: anyhow::Error) -> Failure {
    let Some(known) = error.downcast_ref::<ClientError>() else {
        return Failure::failed_with(Exit::Failed, error);
    };
    let (exit, hint) = match known {
        ClientError::Unreachable { .. } => (
            Exit::Failed,
            Some("start a network with `lilliput up`, or name a node with --node URL".to_owned()),
        ),
        ClientError::Refused { status, error } => {
            let exit = if (400..500).contains(status) {
                Exit::BadInput
            } else {
                Exit::Failed
            };
            (exit, error.hint.clone())
        }
        ClientError::Url { .. } | ClientError::Bound(_) | ClientError::Input(_) => {
            (Exit::BadInput, None)
        }
        ClientError::Malformed { .. } | ClientError::Failed { .. } | ClientError::Amount(_) => {
            (Exit::Failed, None)
        }
    };
    let code = known.code().map(ToOwned::to_owned);
    let mut failure = Failure::failed_with(exit, error);
    if let Some(hint) = hint {
        failure = failure.hint(hint);
    }
    match code {
        Some(code) => failure.fact("code", code),
        None => failure,
    }
}
