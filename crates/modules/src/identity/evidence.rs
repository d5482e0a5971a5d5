//! What shows that a human is behind an account.

use lilliput_ledger::{Failure, MessageContext, Refusal, State};
use lilliput_types::identity::{
    Attestation, Evidence, Group, Issuer, IssuerKind, Voucher, voucher_bytes,
};
use lilliput_types::{Address, Segment};

use super::{SKEW_MS, VOUCHER_MAX_MS, state as keys};
use crate::refuse::{refusal, refuse};
use crate::{bank, genesis};

/// What needs no state: something is there, from different issuers, and for a bounded time.
pub(super) fn check(evidence: &[Evidence]) -> Result<(), Refusal> {
    if evidence.is_empty() {
        return Err(refusal(
            "identity.evidence",
            "there is no evidence; ask an issuer of the group for a voucher",
        ));
    }
    for (place, piece) in evidence.iter().enumerate() {
        let Evidence::Voucher(voucher) = piece;
        let earlier = evidence.iter().take(place);
        if earlier
            .into_iter()
            .any(|other| issuer_of(other) == voucher.issuer)
        {
            return Err(refusal(
                "identity.evidence",
                format!("two pieces of evidence are from issuer {}", voucher.issuer),
            ));
        }
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

fn issuer_of(evidence: &Evidence) -> lilliput_types::identity::IssuerId {
    match evidence {
        Evidence::Voucher(voucher) => voucher.issuer,
    }
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
        let issuer = super::execute::known_issuer(state, issuer_of(piece))?;
        let weight = group.weight(issuer.id);
        if weight == 0 {
            return refuse(
                "identity.evidence",
                format!("group {} doesn't believe issuer {}", group.id, issuer.id),
            );
        }
        let Evidence::Voucher(voucher) = piece;
        check_voucher(context, group, &issuer, voucher)?;
        sum = sum.saturating_add(weight);
        let attestation = Attestation {
            issuer: issuer.id,
            subject: voucher.subject,
            weight,
            issued_at: voucher.issued_at,
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

fn check_voucher(
    context: &MessageContext<'_>,
    group: &Group,
    issuer: &Issuer,
    voucher: &Voucher,
) -> Result<(), Failure> {
    let now = context.block.time;
    if now >= voucher.expires_at || voucher.issued_at.0 > now.0.saturating_add(SKEW_MS) {
        return refuse(
            "identity.expired",
            format!("the voucher of issuer {} doesn't count now", issuer.id),
        );
    }
    let bytes = voucher_bytes(context.block.chain, group.id, context.signer, voucher);
    let IssuerKind::Vouching { key } = &issuer.kind;
    if key.verify(&bytes, &voucher.signature).is_err() {
        return refuse(
            "identity.voucher",
            format!(
                "issuer {} didn't sign this for {} and group {}",
                issuer.id, context.signer, group.id
            ),
        );
    }
    Ok(())
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
