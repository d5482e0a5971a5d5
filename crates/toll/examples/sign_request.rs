//! Signs a request as a crawler: prints the three header fields, and with `directory` the key directory to publish.
//!
//! ```text
//! sign_request SEED_FILE https://crawler.example https://site.example/page [NAME=VALUE]…
//! sign_request SEED_FILE https://crawler.example directory
//! ```
//!
//! `SEED_FILE` holds 64 hexadecimal digits, and is readable by its owner alone. Fields named are signed, too:
//! send them as they stand here.

use std::error::Error;
use std::io::Write;
use std::time::{SystemTime, UNIX_EPOCH};

use http::{HeaderMap, HeaderName, Uri};
use lilliput_crypto::{SecretKey, random_bytes};
use lilliput_toll::bot::{RequestHead, Signer};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || {
        arguments
            .next()
            .ok_or("usage: SEED_FILE AGENT URL|directory [NAME=VALUE]…")
    };
    let (file, agent, url) = (next()?, next()?, next()?);
    let mut seed = [0; 32];
    hex::decode_to_slice(std::fs::read_to_string(file)?.trim(), &mut seed)?;
    let signer = Signer::new(SecretKey::from_seed(seed), &agent)?;
    let mut out = std::io::stdout();
    if url == "directory" {
        writeln!(out, "{}", signer.directory())?;
        return Ok(());
    }
    let mut headers = HeaderMap::new();
    let mut names = Vec::new();
    for field in arguments {
        let (name, value) = field.split_once('=').ok_or("a field is NAME=VALUE")?;
        let name: HeaderName = name.parse()?;
        headers.insert(name.clone(), value.parse()?);
        names.push(name);
    }
    let names: Vec<&str> = names.iter().map(HeaderName::as_str).collect();
    let uri: Uri = url.parse()?;
    let head = RequestHead {
        method: "GET",
        scheme: uri.scheme_str().unwrap_or("https"),
        authority: uri.authority().ok_or("the address has no host")?.as_str(),
        path: uri.path(),
        query: uri.query(),
        headers: &headers,
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let nonce: [u8; 32] = random_bytes()?;
    let signed = signer.sign(&head, &names, now, 60, &nonce)?;
    writeln!(out, "Signature-Agent: {}", signed.signature_agent)?;
    writeln!(out, "Signature-Input: {}", signed.signature_input)?;
    writeln!(out, "Signature: {}", signed.signature)?;
    Ok(())
}
