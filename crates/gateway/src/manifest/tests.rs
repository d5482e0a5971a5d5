use lilliput_types::Address;
use lilliput_workload::Kind;
use serde_json::{Value, json};

use super::{ManifestError, plan, workload_name};
use crate::lease::{Lease, LeaseState};
use crate::token::LeaseId;

const COMPONENT: &str = "00000000000000000000000000000000000000000000000000000000000000aa";

fn lease(manifest: &[u8]) -> Lease {
    Lease {
        id: LeaseId {
            dseq: 1,
            gseq: 2,
            oseq: 3,
        },
        owner: Address(lilliput_crypto::Digest::ZERO),
        delegates: Default::default(),
        manifest: lilliput_workload::Digest::of_blob(manifest),
        group: "here".to_owned(),
        state: LeaseState::Active,
        memory_bytes: 1 << 28,
        disk_bytes: 1 << 28,
    }
}

fn service() -> Value {
    json!({
        "name": "web", "image": format!("lilliput.wasm/service/{COMPONENT}"),
        "command": null, "args": ["a"], "env": ["KEY=value", "LILLIPUT_FUEL=77"],
        "resources": {"memory": {"size": {"val": "134217728"}}, "storage": [{"name": "default", "size": {"val": "1048576"}}]},
        "count": 1,
        "expose": [{"port": 80, "global": true, "hosts": ["a.example"]}, {"port": 81, "global": false, "hosts": ["b.example"]}],
    })
}

fn check(service: &Value) -> Result<super::Planned, ManifestError> {
    let bytes = json!([{"name": "here", "services": [service]}]).to_string();
    plan(&lease(bytes.as_bytes()), bytes.as_bytes()).map(|planned| planned[0].clone())
}

#[test]
fn a_service_becomes_a_workload_within_what_is_leased() {
    let planned = check(&service()).unwrap();
    assert_eq!(planned.hosts, ["a.example"]);
    let workload = planned.workload;
    assert_eq!(workload.kind, Kind::Service);
    assert_eq!(workload.component.to_string(), COMPONENT);
    assert_eq!(workload.arguments, ["a"]);
    assert_eq!(
        workload.environment.iter().collect::<Vec<_>>(),
        [(&"KEY".to_owned(), &"value".to_owned())]
    );
    assert_eq!(
        (workload.limits.fuel, workload.limits.memory_bytes),
        (77, 1 << 27)
    );
}

#[test]
fn what_cannot_be_run_is_refused_with_its_reason() {
    for (key, value, reason) in [
        ("image", json!("nginx"), "no component"),
        ("image", json!("lilliput.wasm/daemon/00"), "no component"),
        ("count", json!(2), "count is 2"),
        ("command", json!(["sh"]), "no command"),
        ("env", json!(["A=1", "A=2"]), "set twice"),
        ("env", json!(["LILLIPUT_FULE=1"]), "unknown"),
        ("env", json!(["LILLIPUT_FUEL=-1"]), "no number"),
        ("env", json!(["LILLIPUT_FUEL=99999999999999999"]), "at most"),
        ("env", json!(["LILLIPUT_FILES=../x=00"]), "list of PATH=ID"),
        (
            "env",
            json!([format!("LILLIPUT_SEED={COMPONENT}")]),
            "never deterministic",
        ),
        (
            "resources",
            json!({"memory": {"size": {"val": "x"}}}),
            "no number of bytes",
        ),
        (
            "resources",
            json!({"memory": {"size": {"val": "999999999"}}}),
            "are leased",
        ),
    ] {
        let mut service = service();
        service[key] = value;
        let error = check(&service).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }
}

#[test]
fn another_manifest_or_group_than_the_ledgers_is_refused() {
    let bytes = json!([{"name": "there", "services": [service()]}]).to_string();
    let here = lease(bytes.as_bytes());
    assert_eq!(
        plan(&here, bytes.as_bytes()),
        Err(ManifestError::Group("here".to_owned()))
    );
    assert!(matches!(
        plan(&here, b"[]"),
        Err(ManifestError::Other { .. })
    ));
}

#[test]
fn every_lease_and_service_has_a_name_of_its_own() {
    let one = lease(b"");
    let mut other = one.clone();
    other.id.oseq = 4;
    let names = [
        workload_name(&one, "a"),
        workload_name(&one, "b"),
        workload_name(&other, "a"),
    ];
    assert!(names[0] != names[1] && names[0] != names[2] && names[1] != names[2]);
}

#[test]
fn both_hashes_name_a_blob_alike() {
    let ledgers = lilliput_crypto::Digest::of(lilliput_crypto::Label::Blob, b"bytes");
    assert_eq!(lilliput_workload::Digest::of_blob(b"bytes").0, ledgers.0);
}

#[test]
fn the_example_names_the_component_that_lies_beside_it() {
    let component = include_bytes!("../../../runtime/components/hello.wasm");
    let example = include_str!("../../../../examples/sdl/component.yaml");
    let id = lilliput_workload::Digest::of_blob(component);
    assert!(
        example.contains(&format!("lilliput.wasm/service/{id}")),
        "{id}"
    );
}
