//! Akash's own files: the same groups and manifests, the same refusals.
//!
//! The files aren't part of this repository; where they aren't found, these tests say so.

use std::path::{Path, PathBuf};

use lilliput_sdl::{Cause, read};
use serde_json::Value;

const SHARED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors/sdl");

/// The files and folders of a folder, by name.
fn entries(folder: &str) -> Option<Vec<PathBuf>> {
    let folder = Path::new(SHARED).join(folder);
    let Ok(found) = std::fs::read_dir(&folder) else {
        eprintln!("skipped: Akash's files aren't at {}", folder.display());
        return None;
    };
    let mut found: Vec<PathBuf> = found.map(|entry| entry.unwrap().path()).collect();
    found.sort();
    Some(found)
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn groups_and_manifests_equal_akash() {
    let Some(cases) = entries("golden") else {
        return;
    };
    assert_eq!(cases.len(), 7);
    for case in cases {
        let sdl = read(&std::fs::read(case.join("input.yaml")).unwrap()).unwrap();
        let name = case.display();
        let groups = serde_json::to_value(sdl.groups()).unwrap();
        assert!(
            groups == json(&case.join("group-specs.json")),
            "{name}: {groups:#}"
        );
        let manifest = serde_json::to_value(sdl.manifest()).unwrap();
        assert!(
            manifest == json(&case.join("manifest.json")),
            "{name}: {manifest:#}"
        );
    }
}

/// The path of the problem that each invalid file is about, and its cause.
fn right_reason(file: &str) -> (&'static str, fn(&Cause) -> bool) {
    match file {
        "count-zero" => (
            "deployment.web.akash.count",
            |cause| matches!(cause, Cause::OutOfRange { got, .. } if got == "0"),
        ),
        "empty-image" => ("services.web.image", |cause| matches!(cause, Cause::Empty)),
        "invalid-endpoint-name" => (
            "endpoints.Invalid-Name",
            |cause| matches!(cause, Cause::NotA { what, .. } if *what == "name of an endpoint"),
        ),
        "invalid-protocol" => (
            "services.web.expose[0].proto",
            |cause| matches!(cause, Cause::NotOneOf { got, .. } if got == "HTTP"),
        ),
        "missing-deployment" => ("", |cause| {
            matches!(cause, Cause::MissingKey { key: "deployment" })
        }),
        "missing-memory-size" => ("profiles.compute.web.resources.memory", |cause| {
            matches!(cause, Cause::MissingKey { key: "size" })
        }),
        "missing-version" => ("", |cause| {
            matches!(cause, Cause::MissingKey { key: "version" })
        }),
        "persistent-without-mount" => (
            "profiles.compute.web.resources.storage",
            |cause| matches!(cause, Cause::PersistentWithoutMount { volume, .. } if volume == "data"),
        ),
        "port-zero" => (
            "services.web.expose[0].port",
            |cause| matches!(cause, Cause::OutOfRange { got, .. } if got == "0"),
        ),
        "unknown-field" => ("unknown_field", |cause| {
            matches!(cause, Cause::UnknownKey { nearest: None, .. })
        }),
        "v2.1-tee-cpu-gpu-no-gpu" => ("services.web.params.tee", |cause| {
            matches!(cause, Cause::TeeWithoutGpu { .. })
        }),
        other => panic!("no reason is written down for {other}"),
    }
}

#[test]
fn what_akash_refuses_is_refused_for_the_same_reason() {
    let Some(files) = entries("invalid") else {
        return;
    };
    assert_eq!(files.len(), 11);
    for file in files {
        let name = file.file_stem().unwrap().to_str().unwrap();
        let refusal = read(&std::fs::read(&file).unwrap()).unwrap_err();
        let (path, is_right) = right_reason(name);
        let found = refusal.problems().iter();
        let right = found
            .filter(|problem| problem.path == path && is_right(&problem.cause))
            .count();
        assert_eq!(right, 1, "{name}:\n{refusal}");
        // Two files have a second fault by Akash's schema; nothing else is reported.
        let faults = match name {
            "missing-memory-size" | "persistent-without-mount" => 2,
            _ => 1,
        };
        assert_eq!(refusal.problems().len(), faults, "{name}:\n{refusal}");
    }
}

/// Which part of Akash refuses a file that people published, by what is wrong with it.
const REFUSED: [(&str, &str); 20] = [
    // Akash's schema.
    ("big-dipper__deploy.yaml", "services.web.depends-on"),
    ("bitcoin__deploy.yml", "profiles.placement.akash.attributes"),
    (
        "dolly-v2-12b__deploy.yaml",
        "profiles.placement.akash.attributes",
    ),
    (
        "gpustack__deploy.yaml",
        "profiles.placement.akash.attributes",
    ),
    ("langflow__deploy.yaml", "services.langflow.depends_on"),
    ("open-gpt__deploy.yaml", "services.opengpt.depends_on"),
    (
        "packetstream__deploy.yaml",
        "profiles.placement.akash.placement",
    ),
    ("phoronix__deploy.yaml", "services.phoronix.environment"),
    ("postgres-restore__deploy.yaml", "services.cron.depends_on"),
    (
        "privategpt-cpu__deploy.yaml",
        "profiles.placement.akash.attributes",
    ),
    ("redmine__deploy.yaml", "services.redmine.depends-on"),
    (
        "torchbench__torchbench_gpu_sdl_cuda12_0.yaml",
        "services.gpu-test.cmd",
    ),
    (
        "vllm__vllm_crew_notebook_deployment.yml",
        "profiles.compute.vllm.resources.storage[1].attributes",
    ),
    (
        "vllm__vllm_with_openwebui_wizardlm2-8x22.yml",
        "profiles.compute.vllm.resources.storage[1].attributes",
    ),
    // Its parser: units such as `GB`.
    (
        "bark-small__deploy.yaml",
        "profiles.compute.bark-small.resources.storage[0].size",
    ),
    (
        "elasticsearch__deploy_with_kibana.yaml",
        "profiles.compute.elasticsearch.resources.memory.size",
    ),
    (
        "gitea__deploy_postgres.yaml",
        "profiles.compute.gitea.resources.memory.size",
    ),
    (
        "handshake__deploy.yaml",
        "profiles.compute.hnsnode.resources.memory.size",
    ),
    (
        "ray__deploy.yaml",
        "profiles.compute.ray-head.resources.storage[0].size",
    ),
    // Its console: a persistent volume that is mounted nowhere.
    (
        "axolotlai__deploy.yaml",
        "profiles.compute.axolotl-trainer.resources.storage",
    ),
];

#[test]
fn published_files_are_read_or_refused_with_a_place() {
    let Some(files) = entries("awesome-akash") else {
        return;
    };
    assert_eq!(files.len(), 97);
    let mut accepted = 0;
    for file in files {
        let name = file.file_name().unwrap().to_str().unwrap();
        let expected = REFUSED.iter().find(|(refused, _)| *refused == name);
        match (read(&std::fs::read(&file).unwrap()), expected) {
            (Ok(sdl), None) => {
                assert!(!sdl.groups().is_empty() && !sdl.manifest().is_empty());
                accepted += 1;
            }
            (Err(refusal), Some((_, path))) => {
                let first = &refusal.problems()[0];
                eprintln!("{name}: {first}");
                assert_eq!(first.path, *path, "{name}:\n{refusal}");
                for problem in refusal.problems() {
                    assert!(
                        problem.place.line > 1 && !problem.path.is_empty(),
                        "{problem}"
                    );
                }
            }
            (Ok(_), Some(_)) => panic!("{name} was read; Akash refuses it"),
            (Err(refusal), None) => panic!("{name} was refused:\n{refusal}"),
        }
    }
    eprintln!("accepted {accepted} of 97");
    assert_eq!(accepted, 77);
}
