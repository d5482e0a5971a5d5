//! Who may do what, asked of a real gateway.

use lilliput_crypto::SecretKey;
use lilliput_gateway::token::{SigningKey, issue};
use serde_json::json;

use crate::provider::{Provider, account, lease, now_s, token, web};

#[test]
fn nothing_of_a_lease_is_told_without_its_owners_token() {
    let provider = Provider::start();
    let manifest = web(&[]);
    let lease = lease(1, 7, &manifest);
    provider
        .desk
        .reconcile(vec![lease.clone(), self::lease(2, 8, &manifest)])
        .unwrap();
    provider.deploy(7, &lease, "hello", &manifest);
    let about = |what: &str, token: &str| {
        provider
            .api("GET", &format!("/lease/1/1/1/{what}"), token, b"")
            .status
    };
    let full = json!({"access": "full"});
    let key = || SigningKey::Ed25519(SecretKey::from_seed([7; 32]));
    let leases = || serde_json::from_value(full.clone()).unwrap();
    let good = token(7, full.clone());
    for what in ["status", "logs", "kubeevents", "manifest", "files"] {
        assert_eq!(about(what, &good), 200, "{what}");
        assert_eq!(
            provider
                .ask(
                    "GET",
                    &format!("/lease/1/1/1/{what}"),
                    "gateway.test",
                    None,
                    b""
                )
                .status,
            401
        );
        assert_eq!(about(what, "a.b.c"), 401);
        let expired = issue(&key(), leases(), now_s() - 100, 50).unwrap();
        assert_eq!(about(what, &expired), 401);
        let early = issue(&key(), leases(), now_s() + 100, 50).unwrap();
        assert_eq!(about(what, &early), 401);
        // Somebody else's token, with a lease here and without: there is no such lease for them.
        assert_eq!(about(what, &token(8, full.clone())), 404);
        assert_eq!(about(what, &token(9, full.clone())), 404);
        // A token for another provider.
        let elsewhere = json!({"access": "granular", "permissions": [{"provider": account(3).to_string(), "access": "full"}]});
        assert_eq!(about(what, &token(7, elsewhere)), 403);
        // The wrong scope.
        assert_eq!(
            about(
                what,
                &token(7, json!({"access": "scoped", "scope": ["restart"]}))
            ),
            403
        );
        // The wrong lease.
        let other = json!({"access": "granular", "permissions": [{"provider": account(1).to_string(), "access": "granular",
            "deployments": [{"dseq": 2, "scope": ["status", "logs", "events", "get-manifest", "shell"]}]}]});
        assert_eq!(about(what, &token(7, other)), 403);
    }
}

#[test]
fn a_scope_allows_what_it_names_and_nothing_else() {
    let provider = Provider::start();
    let manifest = web(&[]);
    let lease = lease(1, 7, &manifest);
    provider.desk.reconcile(vec![lease.clone()]).unwrap();
    provider.deploy(7, &lease, "hello", &manifest);
    let about = |what: &str, token: &str| {
        let target = format!("/lease/1/1/1/{what}");
        provider.api("GET", &target, token, b"").status
    };
    let full = json!({"access": "full"});
    let scoped = token(7, json!({"access": "scoped", "scope": ["logs"]}));
    assert_eq!(about("logs", &scoped), 200);
    assert_eq!(about("status", &scoped), 403);
    assert_eq!(
        provider
            .api("POST", "/lease/1/1/1/restart", &scoped, b"")
            .status,
        403
    );
    assert_eq!(
        provider
            .api("PUT", "/deployment/1/manifest", &scoped, &manifest)
            .status,
        403
    );
    assert_eq!(
        provider
            .api("PUT", "/deployment/1/manifest", &token(8, full), &manifest)
            .status,
        404
    );
}

#[test]
fn a_wallet_that_the_lease_names_signs_tokens_like_the_owner() {
    let provider = Provider::start();
    let manifest = web(&[]);
    let mut lease = lease(1, 7, &manifest);
    let wallet = SigningKey::secp256k1(&[5; 32]).unwrap();
    let leases = || serde_json::from_value(json!({"access": "full"})).unwrap();
    let signed = issue(&wallet, leases(), now_s(), 60).unwrap();
    provider.desk.reconcile(vec![lease.clone()]).unwrap();
    assert_eq!(
        provider
            .api("GET", "/lease/1/1/1/status", &signed, b"")
            .status,
        404
    );
    lease.delegates.insert(wallet.public().address());
    provider.desk.reconcile(vec![lease]).unwrap();
    assert_eq!(
        provider
            .api("GET", "/lease/1/1/1/status", &signed, b"")
            .status,
        200
    );
}
