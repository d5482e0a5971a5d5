//! Makes tokens, for buyers.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::{Claims, Leases, SigningKey, TokenError};

/// A token that is good from now on for a while.
///
/// # Errors
/// When the claims contradict each other.
pub fn issue(
    key: &SigningKey,
    leases: Leases,
    now_s: u64,
    lifetime_s: u64,
) -> Result<String, TokenError> {
    let public = key.public();
    let claims = Claims {
        iss: public.address().to_string(),
        iat: now_s,
        exp: now_s.saturating_add(lifetime_s),
        nbf: Some(now_s),
        version: "v1".to_owned(),
        leases,
    };
    claims.check()?;
    let header = json!({"alg": public.algorithm(), "typ": "JWT", "kid": public.id()});
    let claims = serde_json::to_string(&claims).map_err(|_| TokenError::Form("unwritable"))?;
    let header = URL_SAFE_NO_PAD.encode(header.to_string());
    let message = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes()));
    Ok(format!("{message}.{signature}"))
}
