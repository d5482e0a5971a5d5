//! The gate's secret, and what is derived from it: one key for each purpose, in two generations.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lilliput_crypto::{private_file, random_bytes};
use zeroize::Zeroizing;

use crate::error::{PassError, Thing};

/// Bytes of an authentication code.
pub(crate) const MAC_LEN: usize = 16;
/// Longest body that is sealed.
const BODY_LEN_MAX: usize = 64;
const SECRET_FILE_LEN_MAX: usize = 256;

/// What a key is for. Two purposes never share a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Work,
    Offer,
    Ticket,
    Session,
}

impl Purpose {
    fn tag(self) -> u8 {
        match self {
            Self::Work => 0x11,
            Self::Ticket => 0x12,
            Self::Session => 0x13,
            Self::Offer => 0x14,
        }
    }

    fn thing(self) -> Thing {
        match self {
            Self::Work => Thing::Work,
            Self::Ticket => Thing::Ticket,
            Self::Session => Thing::Session,
            Self::Offer => Thing::Offer,
        }
    }
}

/// The secret of a gate, shared by all gates of one site. Never printed.
///
/// A gate that changes its secret keeps the one before for as long as what was sealed under it lives.
pub struct Secrets {
    current: Generation,
    previous: Option<Generation>,
}

struct Generation {
    /// Tells which secret sealed something; derived from the secret, so that gates agree on it.
    mark: u8,
    work: Zeroizing<[u8; 32]>,
    offer: Zeroizing<[u8; 32]>,
    ticket: Zeroizing<[u8; 32]>,
    session: Zeroizing<[u8; 32]>,
    token_keys: Zeroizing<[u8; 32]>,
}

impl Generation {
    fn new(secret: &[u8; 32]) -> Self {
        let derive = |context| Zeroizing::new(blake3::derive_key(context, secret));
        Self {
            mark: derive("lilliput pass 2026 mark")[0],
            work: derive("lilliput pass 2026 work"),
            offer: derive("lilliput pass 2026 offer to wait"),
            ticket: derive("lilliput pass 2026 wait ticket"),
            session: derive("lilliput pass 2026 session"),
            token_keys: derive("lilliput pass 2026 token keys"),
        }
    }

    fn key(&self, purpose: Purpose) -> &[u8; 32] {
        match purpose {
            Purpose::Work => &self.work,
            Purpose::Offer => &self.offer,
            Purpose::Ticket => &self.ticket,
            Purpose::Session => &self.session,
        }
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secrets(hidden)")
    }
}

impl Secrets {
    /// From the secret that counts now, and the one that counted before.
    #[must_use]
    pub fn new(current: &[u8; 32], previous: Option<&[u8; 32]>) -> Self {
        Self {
            current: Generation::new(current),
            previous: previous.map(Generation::new),
        }
    }

    /// Reads a private file with one or two lines of 64 hexadecimal digits: the secret, and the one
    /// before. A file that doesn't exist is made, with a fresh secret.
    ///
    /// # Errors
    /// When the file can't be read or made, others can read it, or it holds something else.
    pub fn from_file(path: &Path) -> Result<Self, PassError> {
        if !path.exists() {
            let secret = Zeroizing::new(random_bytes::<32>()?);
            let mut text = Zeroizing::new(String::with_capacity(65));
            for byte in secret.iter() {
                text.push_str(&format!("{byte:02x}"));
            }
            text.push('\n');
            match private_file::create(path, text.as_bytes()) {
                // Another gate was faster: its secret counts.
                Err(_) if path.exists() => {}
                made => made?,
            }
        }
        let bytes = Zeroizing::new(private_file::read(path, SECRET_FILE_LEN_MAX)?);
        let wrong = || PassError::Key {
            why: format!(
                "{} holds no secret, expected one or two lines of 64 hexadecimal digits",
                path.display()
            ),
        };
        let text = std::str::from_utf8(&bytes).map_err(|_| wrong())?;
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let current = lines.next().and_then(parse_hex).ok_or_else(wrong)?;
        let previous = match lines.next() {
            Some(line) => Some(parse_hex(line).ok_or_else(wrong)?),
            None => None,
        };
        if lines.next().is_some() {
            return Err(wrong());
        }
        Ok(Self::new(&current, previous.as_deref()))
    }

    /// Keys that seal token keys at rest: the current one, and the one before.
    pub(crate) fn token_key_seals(&self) -> impl Iterator<Item = &[u8; 32]> {
        std::iter::once(&self.current)
            .chain(&self.previous)
            .map(|generation| &*generation.token_keys)
    }

    /// Which tag and mark a sealed body starts with.
    pub(crate) fn head(&self, purpose: Purpose) -> [u8; 2] {
        [purpose.tag(), self.current.mark]
    }

    /// Text that only this gate can make: the body with its authentication code.
    pub(crate) fn seal(&self, purpose: Purpose, body: &[u8]) -> String {
        let mut bytes = body.to_vec();
        bytes.extend_from_slice(&mac(self.current.key(purpose), body));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The body of sealed text, `N` bytes long with its head, and all sealed bytes.
    pub(crate) fn open<const N: usize>(
        &self,
        purpose: Purpose,
        text: &str,
    ) -> Result<Opened<N>, PassError> {
        let thing = purpose.thing();
        let malformed = |why| PassError::Malformed { thing, why };
        let mut buffer = [0; BODY_LEN_MAX + MAC_LEN];
        // The length is known before anything is decoded.
        if text.len() != (N + MAC_LEN) * 4 / 3 + usize::from(!(N + MAC_LEN).is_multiple_of(3)) {
            return Err(malformed("its length is wrong"));
        }
        let len = URL_SAFE_NO_PAD
            .decode_slice(text, &mut buffer)
            .map_err(|_| malformed("it is not base64url"))?;
        if len != N + MAC_LEN {
            return Err(malformed("its length is wrong"));
        }
        let (body, code) = buffer[..len].split_at(N);
        let body: [u8; N] = body
            .try_into()
            .map_err(|_| malformed("its length is wrong"))?;
        if body[0] != purpose.tag() {
            return Err(malformed("it is of another kind"));
        }
        // Constant time: `blake3::Hash` compares so.
        let holds = std::iter::once(&self.current)
            .chain(&self.previous)
            .filter(|generation| generation.mark == body[1])
            .any(|generation| same(&mac(generation.key(purpose), &body), code));
        if !holds {
            return Err(PassError::Forged { thing });
        }
        Ok(Opened { body })
    }
}

/// A body whose code was right.
pub(crate) struct Opened<const N: usize> {
    pub(crate) body: [u8; N],
}

fn mac(key: &[u8; 32], body: &[u8]) -> [u8; MAC_LEN] {
    let hash = blake3::keyed_hash(key, body);
    let mut code = [0; MAC_LEN];
    code.copy_from_slice(&hash.as_bytes()[..MAC_LEN]);
    code
}

/// Equality that takes as long for every pair.
fn same(left: &[u8; MAC_LEN], right: &[u8]) -> bool {
    let difference = left
        .iter()
        .zip(right)
        .fold(0, |sum, (left, right)| sum | (left ^ right));
    right.len() == MAC_LEN && std::hint::black_box(difference) == 0
}

fn parse_hex(line: &str) -> Option<Zeroizing<[u8; 32]>> {
    let mut secret = Zeroizing::new([0; 32]);
    if line.len() != 64 || !line.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (index, byte) in secret.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&line[2 * index..2 * index + 2], 16).ok()?;
    }
    Some(secret)
}
