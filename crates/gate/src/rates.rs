//! How much of the site one session may take while the site is loaded.
//!
//! Who passed isn't asked again; but one piece of work must not buy a flood. While the controller asks for
//! anything at all, each session has a bucket: so many requests at once, and so many a second. A reader
//! never empties it. Who does is asked for work again, at the level that counts then.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Requests that a session may make at once: a page with all that belongs to it.
const BURST: u32 = 120;
/// Requests a second that come back.
const A_SECOND: u32 = 3;
/// Sessions that are remembered in one shard, in each of two generations.
const SESSIONS_MAX: usize = 8_192;
const SHARDS: usize = 16;
/// Parts of a request, so that refilling is exact.
const PARTS: u64 = 1_000;

#[derive(Clone, Copy)]
struct Bucket {
    /// In thousandths of a request.
    left: u64,
    seen_ms: u64,
}

#[derive(Default)]
struct Shard {
    young: HashMap<[u8; 16], Bucket>,
    old: HashMap<[u8; 16], Bucket>,
}

/// Buckets of sessions. Not stored: after a restart all are full.
#[derive(Default)]
pub(crate) struct Rates([Mutex<Shard>; SHARDS]);

impl Rates {
    /// Takes one request from a session's bucket, if there is one left.
    pub(crate) fn take(&self, session: &[u8; 16], now_ms: u64) -> bool {
        let place = usize::from(session[0]) % SHARDS;
        let mut shard = self.0[place].lock().unwrap_or_else(PoisonError::into_inner);
        let full = u64::from(BURST) * PARTS;
        let known = shard
            .young
            .get(session)
            .or_else(|| shard.old.get(session))
            .copied();
        let mut bucket = known.unwrap_or(Bucket {
            left: full,
            seen_ms: now_ms,
        });
        let back = now_ms
            .saturating_sub(bucket.seen_ms)
            .saturating_mul(u64::from(A_SECOND));
        bucket.left = bucket.left.saturating_add(back).min(full);
        bucket.seen_ms = now_ms.max(bucket.seen_ms);
        let enough = bucket.left >= PARTS;
        if enough {
            bucket.left -= PARTS;
        }
        // The oldest are forgotten together: their buckets are full by then, or someone paid for many.
        if shard.young.len() >= SESSIONS_MAX && !shard.young.contains_key(session) {
            shard.old = std::mem::take(&mut shard.young);
        }
        shard.young.insert(*session, bucket);
        enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_never_empties_a_bucket_and_a_flood_does() {
        let rates = Rates::default();
        let reader = [1; 16];
        assert!((0..600_u64).all(|second| (0..3).all(|_| rates.take(&reader, second * 1_000))));
        let flood = [2; 16];
        let passed = (0..10_000_u64)
            .filter(|number| rates.take(&flood, number / 10))
            .count();
        assert!((120..=123).contains(&passed), "{passed}");
        assert!(rates.take(&flood, 10_000));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let rates = Rates::default();
        for number in 0..400_000_u32 {
            let mut session = [0; 16];
            session[1..5].copy_from_slice(&number.to_be_bytes());
            rates.take(&session, 0);
        }
        let shard = rates.0[0].lock().unwrap_or_else(PoisonError::into_inner);
        assert!(shard.young.len() <= SESSIONS_MAX && shard.old.len() <= SESSIONS_MAX);
    }
}
