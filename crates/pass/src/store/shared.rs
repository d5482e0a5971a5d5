//! Redis, for several gates of one site. Each claim is one `SET … NX GET EXAT`, which is atomic there;
//! claims of a batch go in one pipeline, behind the server's own time.
//!
//! A Redis that could forget what it acknowledged is refused when it is opened: it has to write each
//! command to disk before it answers, and must not evict.

use std::sync::Arc;
use std::time::Duration;

use redis::{Client, Connection, RedisError, Value};

use super::StoreError;
use super::batch::{Answer, Job};

const PATIENCE: Duration = Duration::from_secs(3);
/// Claims outlive their expiry by this, for gates whose clock is behind.
const MARGIN_S: u64 = 600;
const KEY_PREFIX: &[u8] = b"lilliput-pass:";

pub(super) struct Shared {
    client: Client,
    connection: Option<Connection>,
}

impl Shared {
    pub(super) fn open(address: &str) -> Result<Self, StoreError> {
        let client = Client::open(address).map_err(|error| failed(&error))?;
        let mut shared = Self {
            client,
            connection: None,
        };
        let mut connection = shared.connect().map_err(|error| failed(&error))?;
        for (name, expected) in [
            ("appendonly", "yes"),
            ("appendfsync", "always"),
            ("maxmemory-policy", "noeviction"),
        ] {
            let (_, got): (String, String) = redis::cmd("CONFIG")
                .arg("GET")
                .arg(name)
                .query(&mut connection)
                .map_err(|error| failed(&error))?;
            if got != expected {
                return Err(StoreError::Forgetful {
                    name,
                    got: Arc::from(got),
                    expected,
                });
            }
        }
        shared.connection = Some(connection);
        Ok(shared)
    }

    pub(super) fn apply(&mut self, jobs: &[Job]) -> Result<Vec<Answer>, StoreError> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.connect().map_err(|error| failed(&error))?,
        };
        // After a failure nothing is known of the batch: the connection is dropped, nobody is served.
        let answers = ask(&mut connection, jobs).map_err(|error| failed(&error))?;
        self.connection = Some(connection);
        Ok(answers)
    }

    fn connect(&self) -> Result<Connection, RedisError> {
        let connection = self.client.get_connection_with_timeout(PATIENCE)?;
        connection.set_read_timeout(Some(PATIENCE))?;
        connection.set_write_timeout(Some(PATIENCE))?;
        Ok(connection)
    }
}

fn ask(connection: &mut Connection, jobs: &[Job]) -> Result<Vec<Answer>, RedisError> {
    let mut pipe = redis::pipe();
    pipe.cmd("TIME");
    for job in jobs {
        let mut key = KEY_PREFIX.to_vec();
        key.extend_from_slice(job.key.bytes());
        key.extend_from_slice(&job.expires_s.to_be_bytes());
        match &job.value {
            Some(value) => pipe
                .cmd("SET")
                .arg(key)
                .arg(value.as_slice())
                .arg("NX")
                .arg("GET")
                .arg("EXAT")
                .arg(job.expires_s.saturating_add(MARGIN_S)),
            None => pipe.cmd("GET").arg(key),
        };
    }
    let answers: Vec<Value> = pipe.query(connection)?;
    let mut answers = answers.into_iter();
    let time = answers.next().unwrap_or(Value::Nil);
    let (server_s, _): (u64, u64) = redis::from_redis_value(time)?;
    if answers.len() != jobs.len() {
        return Err(RedisError::from((
            redis::ErrorKind::Parse,
            "the server gave another number of answers",
        )));
    }
    jobs.iter()
        .zip(answers)
        .map(|(job, answer)| {
            // What the server's clock may have dropped already counts as spent.
            if job.expires_s <= job.now_s || job.expires_s.saturating_add(MARGIN_S) <= server_s + 1
            {
                return Ok(Err(StoreError::Late));
            }
            Ok(Ok(redis::from_redis_value::<Option<Vec<u8>>>(answer)?))
        })
        .collect()
}

fn failed(error: &RedisError) -> StoreError {
    StoreError::Shared {
        why: Arc::from(error.to_string()),
    }
}
