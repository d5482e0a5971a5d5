//! What shows that a human is behind an account.

use lilliput_crypto::Digest;
use lilliput_ledger::{Failure, MessageContext, Refusal, State};
use lilliput_types::identity::{
    Attestation, Evidence, Group, Issuer, IssuerKind, TokenEvidence, Voucher, login_subject,
    token_binding, voucher_bytes,
};
use lilliput_types::{AccountKey, Address, LoginIssuerId, Segment, TimeMs};

use super::{SKEW_MS, VOUCHER_MAX_MS, state as keys};
use crate::refuse::{refusal, refuse};
use crate::{bank, genesis, login};

/// What needs no state: something is there, from different issuers, and for a bounded time.
pub(super) fn check(evidence: &[Evidence]) -> Result<(), Refusal> {
    if evidence.is_empty() {
        return Err(refusal(
            "identity.evidence",
            "there is no evidence; ask an issuer of the group for a voucher",
        ));
    }
    for (place, piece) in evidence.iter().enumerate() {
        let mut earlier = evidence.iter().take(place);
        if earlier.any(|other| other.issuer() == piece.issuer()) {
            return Err(refusal(
                "identity.evidence",
                format!("two pieces of evidence are from issuer {}", piece.issuer()),
            ));
        }
        let Evidence::Voucher(voucher) = piece else {
            continue;
        };
        let span = voucher.expires_at.0.checked_sub(voucher.issued_at.0);
        if span.is_none_or(|span| span > VOUCHER_MAX_MS) {
            return Err(refusal(
                "identity.voucher",
                format!("a voucher counts for 0 to {VOUCHER_MAX_MS} ms"),
            ));
        }
    }
    Ok(())
}

/// Checks each piece for the signer, and that together they carry a member. Nothing is paid yet.
pub(super) fn weigh(
    state: &State<'_>,
    context: &MessageContext<'_>,
    group: &Group,
    evidence: &[Evidence],
) -> Result<Vec<(Issuer, Attestation)>, Failure> {
    let mut weighed = Vec::new();
    let mut sum: u32 = 0;
    for piece in evidence {
        let issuer = super::execute::known_issuer(state, piece.issuer())?;
        let weight = group.weight(issuer.id);
        if weight == 0 {
            return refuse(
                "identity.evidence",
                format!("group {} doesn't believe issuer {}", group.id, issuer.id),
            );
        }
        let (subject, issued_at) = about(state, context, group, &issuer, piece)?;
        sum = sum.saturating_add(weight);
        let attestation = Attestation {
            issuer: issuer.id,
            subject,
            weight,
            issued_at,
            revoked: false,
        };
        weighed.push((issuer, attestation));
    }
    if sum < group.terms.threshold {
        return refuse(
            "identity.threshold",
            format!(
                "the evidence weighs {sum}, {} is needed; bring that of more issuers",
                group.terms.threshold
            ),
        );
    }
    Ok(weighed)
}

/// Whom a piece is about, and when it was issued.
fn about(
    state: &State<'_>,
    context: &MessageContext<'_>,
    group: &Group,
    issuer: &Issuer,
    piece: &Evidence,
) -> Result<(Digest, TimeMs), Failure> {
    match (piece, &issuer.kind) {
        (Evidence::Voucher(voucher), IssuerKind::Vouching { key }) => {
            check_voucher(context, group, key, voucher)?;
            Ok((voucher.subject, voucher.issued_at))
        }
        (Evidence::Token(token), IssuerKind::Login { provider, audience }) => {
            let whom = (*provider, audience.as_str());
            check_token(state, context, group, whom, token)
        }
        (Evidence::Voucher(_), IssuerKind::Login { .. })
        | (Evidence::Token(_), IssuerKind::Vouching { .. }) => refuse(
            "identity.evidence",
            format!(
                "this isn't the kind of evidence that issuer {} gives",
                issuer.id
            ),
        ),
    }
}

fn check_voucher(
    context: &MessageContext<'_>,
    group: &Group,
    key: &AccountKey,
    voucher: &Voucher,
) -> Result<(), Failure> {
    let now = context.block.time;
    if now >= voucher.expires_at || voucher.issued_at.0 > now.0.saturating_add(SKEW_MS) {
        return refuse(
            "identity.expired",
            format!("the voucher of issuer {} doesn't count now", voucher.issuer),
        );
    }
    let bytes = voucher_bytes(context.block.chain, group.id, context.signer, voucher);
    if key.verify(&bytes, &voucher.signature).is_err() {
        return refuse(
            "identity.voucher",
            format!(
                "issuer {} didn't sign this for {} and group {}",
                voucher.issuer, context.signer, group.id
            ),
        );
    }
    Ok(())
}

/// The subject of a login, and when the token was made.
fn check_token(
    state: &State<'_>,
    context: &MessageContext<'_>,
    group: &Group,
    (provider, audience): (LoginIssuerId, &str),
    evidence: &TokenEvidence,
) -> Result<(Digest, TimeMs), Failure> {
    let Some(provider) = login::query::issuer(state, provider)? else {
        return refuse(
            "identity.evidence",
            format!("the ledger keeps no keys of provider {provider}"),
        );
    };
    // Logins are dated by clocks on walls.
    if context.block.wall() >= evidence.expires_at {
        return refuse(
            "identity.expired",
            format!(
                "the login for issuer {} expired; log in again",
                evidence.issuer
            ),
        );
    }
    let binding = token_binding(group.id, evidence.issuer, context.signer);
    let nonce = lilliput_oidc::nonce(
        context.block.chain.as_bytes(),
        binding.as_bytes(),
        evidence.expires_at.0,
        evidence.randomness.as_bytes(),
    );
    let (block, token) = (&context.block, evidence.token.as_str());
    let claims = login::token_claims(state, block, &provider, audience, token, &nonce)?;
    let subject = login_subject(provider.id, audience, &claims.subject);
    Ok((subject, TimeMs(claims.issued_s.saturating_mul(1_000))))
}

/// Pays the issuers, and counts.
pub(super) fn pay(
    state: &mut State<'_>,
    payer: Address,
    weighed: &[(Issuer, Attestation)],
) -> Result<(), Failure> {
    let asset = genesis::params(state)?.settlement_asset;
    for (issuer, _) in weighed {
        let to = issuer.owner.into();
        bank::pay(
            state,
            asset,
            payer.into(),
            to,
            issuer.fee,
            Segment::Identity,
        )?;
        let used = issuer.used.saturating_add(1);
        keys::write_issuer(
            state,
            &Issuer {
                used,
                ..issuer.clone()
            },
        );
    }
    Ok(())
}
