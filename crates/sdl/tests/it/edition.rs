//! Where the editions differ, and what Akash's schema and parser make of the rest.

use lilliput_sdl::{Gpu, Version, read};
use serde_json::{Value, json};

use crate::sample::{SAMPLE, problem, sample, with};

fn groups(text: &str) -> Value {
    serde_json::to_value(read(text.as_bytes()).unwrap().groups()).unwrap()
}

fn manifest(text: &str) -> Value {
    serde_json::to_value(read(text.as_bytes()).unwrap().manifest()).unwrap()
}

/// Both services on the profile of the first.
fn shared(version: &str) -> String {
    SAMPLE
        .replace("version: \"2.1\"", &format!("version: \"{version}\""))
        .replace("profile: large", "profile: small")
        .replace(
            "image: example/worker:1",
            "image: example/worker:1\n    params: {storage: {data: {mount: /w}}}",
        )
}

#[test]
fn services_that_share_a_profile_share_a_unit_in_the_second_edition_only() {
    let first = groups(&shared("2.0"));
    let ids: Vec<&Value> = first[0]["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|unit| &unit["resource"]["id"])
        .collect();
    assert_eq!(ids, [&json!(1), &json!(2)]);
    let second = groups(&shared("2.1"));
    assert_eq!(second[0]["resources"].as_array().unwrap().len(), 1);
    assert_eq!(second[0]["resources"][0]["count"], 3);
    let told = manifest(&shared("2.1"));
    assert_eq!(told[0]["services"][1]["resources"]["id"], 1);
    let told = manifest(&shared("2.0"));
    assert_eq!(told[0]["services"][1]["resources"]["id"], 2);
}

#[test]
fn credentials_lose_their_email_in_the_first_edition() {
    let credentials = "    credentials:\n      host: ' registry.example '\n      username: me\n      \
                       password: secret-one\n      email: me@example\n";
    let text = SAMPLE.replace("    env:\n", &format!("{credentials}    env:\n"));
    let second = manifest(&text);
    let expected = json!({"host": "registry.example", "email": "me@example", "username": "me", "password": "secret-one"});
    assert_eq!(second[0]["services"][0]["credentials"], expected);
    let first = manifest(&text.replace("version: \"2.1\"", "version: \"2.0\""));
    let expected = json!({"host": " registry.example ", "email": "", "username": "me", "password": "secret-one"});
    assert_eq!(first[0]["services"][0]["credentials"], expected);
    let sdl = read(text.as_bytes()).unwrap();
    assert!(!format!("{sdl:?}").contains("secret-one"));
}

#[test]
fn memory_that_is_read_only_is_refused_in_the_second_edition_only() {
    let text = SAMPLE
        .replace("class: beta2", "class: ram")
        .replace("persistent: true", "persistent: false")
        .replace("readOnly: false", "readOnly: true");
    let refusal = read(text.as_bytes()).unwrap_err();
    assert!(
        refusal.to_string().contains("can't be read only"),
        "{refusal}"
    );
    let sdl = read(
        text.replace("version: \"2.1\"", "version: \"2.0\"")
            .as_bytes(),
    )
    .unwrap();
    assert_eq!(sdl.version, Version::V2_0);
    assert_eq!(sdl.warnings.len(), 1);
}

#[test]
fn equal_volumes_stand_in_the_order_akash_gives_them() {
    let volumes = "storage:\n          - {name: a, size: 1Gi}\n          - {name: b, size: 1Gi}\n          \
                   - {name: z, size: 1Gi, attributes: {class: beta1, persistent: true}}\n          \
                   - {name: data, size: 1Gi, attributes: {class: beta2, persistent: true}}\n          \
                   - {name: r, size: 1Gi, attributes: {class: ram, persistent: false}}\n          \
                   - {name: c, size: 512Mi}\n";
    let old = "storage:\n          - name: data\n            size: 1Gi\n            attributes:\n              \
               class: beta2\n              persistent: true\n";
    let mount = "          readOnly: false\n";
    let text = SAMPLE
        .replace(old, volumes)
        .replace(mount, "          readOnly: false\n        z: {mount: /z}\n");
    let sdl = read(text.as_bytes()).unwrap();
    let names: Vec<&str> = sdl.profiles["small"]
        .volumes
        .iter()
        .map(|v| v.name.as_str())
        .collect();
    assert_eq!(names, ["c", "b", "a", "r", "data", "z"]);
}

#[test]
fn leased_addresses_are_numbered_by_name_with_gaps_for_the_nameless() {
    let text = SAMPLE
        .replace(
            "- global: true\n",
            "- global: true\n            ip: web-ip\n",
        )
        .replace(
            "deployment:\n",
            "endpoints:\n  web-ip:\n    kind: ip\ndeployment:\n",
        );
    let told = manifest(&text);
    // The worker's `to` names no address: it takes number 1, the web's address number 2.
    let expose = &told[0]["services"][0]["expose"][0];
    assert_eq!(expose["endpointSequenceNumber"], 2);
    assert_eq!(expose["ip"], "web-ip");
    let endpoints = &told[0]["services"][0]["resources"]["endpoints"];
    assert_eq!(
        endpoints,
        &json!([{"sequence_number": 0}, {"kind": 2, "sequence_number": 2}])
    );
}

#[test]
fn two_ports_of_one_address_are_not_the_same_port() {
    let ip = |text: &str| {
        text.replace(
            "- global: true\n",
            "- global: true\n            ip: web-ip\n",
        )
        .replace(
            "- service: web\n",
            "- global: true\n            ip: web-ip\n",
        )
        .replace(
            "deployment:\n",
            "endpoints:\n  web-ip: {kind: ip}\ndeployment:\n",
        )
    };
    read(ip(SAMPLE).as_bytes()).unwrap();
    let clash = ip(&SAMPLE.replace("port: 9000", "port: 80\n        proto: TCP"));
    let refusal = read(clash.as_bytes()).unwrap_err();
    assert!(
        refusal
            .to_string()
            .ends_with("endpoint `web-ip` already has port 80/TCP, from service `web`"),
        "{refusal}"
    );
    let apart = ip(&SAMPLE.replace("port: 9000", "port: 80\n        proto: udp"));
    read(apart.as_bytes()).unwrap();
}

#[test]
fn gpus_become_attributes_of_the_provider() {
    let models = |text: &str| {
        let sdl = with("                - model: h100\n                  ram: 80Gi\n                  interface: sxm\n", text).unwrap();
        let models = sdl.profiles["large"].gpu.models.iter();
        models
            .map(lilliput_sdl::GpuModel::attribute)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        sample().profiles["large"].gpu.models[0].attribute(),
        "vendor/nvidia/model/h100/ram/80Gi/interface/sxm"
    );
    assert_eq!(models(""), ["vendor/nvidia/model/*"]);
    assert_eq!(
        models("                - {model: rtx4090}\n                - {model: a100, ram: 40Gi}\n"),
        [
            "vendor/nvidia/model/a100/ram/40Gi",
            "vendor/nvidia/model/rtx4090"
        ]
    );
    assert_eq!(sample().profiles["small"].gpu, Gpu::default());
    let found = problem("- model: h100", "- model: \"rtx 4090\"");
    assert!(found.to_string().contains("is no model of GPU"), "{found}");
    let found = problem(
        "nvidia:\n                - model: h100\n                  ram: 80Gi",
        "amd:\n                - model: h100\n                  ram: 80Gi",
    );
    assert!(found.to_string().contains("`amd`"), "{found}");
}

#[test]
fn proxies_get_akashs_defaults_and_what_the_file_says() {
    let told = manifest(SAMPLE);
    let defaults = &told[0]["services"][0]["expose"][0]["httpOptions"];
    assert_eq!(
        defaults,
        &json!({"maxBodySize": 1_048_576, "readTimeout": 60_000, "sendTimeout": 60_000, "nextTries": 3,
                "nextTimeout": 0, "nextCases": ["error", "timeout"]})
    );
    let options = "        as: 80\n        http_options: {max_body_size: 5, next_cases: [\"off\"], proxy_buffer_size: 9}\n";
    let told = manifest(&SAMPLE.replace("        as: 80\n", options));
    let options = &told[0]["services"][0]["expose"][0]["httpOptions"];
    assert_eq!(options["maxBodySize"], 5);
    assert_eq!(options["nextCases"], json!(["off"]));
    assert_eq!(options["proxyBufferSize"], 9);
    let alone = "as: 80\n        http_options: {next_cases: [\"off\", error]}";
    assert!(
        problem("as: 80", alone)
            .to_string()
            .contains("`off` stands alone")
    );
    let quotes = "as: 80\n        http_options: {next_cases: [500]}";
    assert!(
        problem("as: 80", quotes)
            .to_string()
            .contains("put it in quotes")
    );
}

#[test]
fn lists_that_are_missing_and_empty_ones_stay_apart() {
    let told = manifest(SAMPLE);
    assert_eq!(told[0]["services"][0]["command"], Value::Null);
    assert_eq!(told[0]["services"][0]["env"], json!(["MODE=fast"]));
    let told = manifest(&SAMPLE.replace("    env:\n", "    args: []\n    command:\n    env:\n"));
    assert_eq!(told[0]["services"][0]["args"], json!([]));
    assert_eq!(told[0]["services"][0]["command"], Value::Null);
    let spec = groups(&SAMPLE.replace(
        "        anyOf:\n          - akash1auditor\n",
        "        anyOf: []\n",
    ));
    let expected = json!({"all_of": null, "any_of": []});
    assert_eq!(spec[0]["requirements"]["signed_by"], expected);
}

#[test]
fn confidential_computing_is_a_requirement_of_the_group() {
    let text = SAMPLE.replace(
        "image: example/worker:1",
        "image: example/worker:1\n    params: {tee: cpu-gpu, permissions: {read: [logs]}}",
    );
    let spec = groups(&text);
    let attributes = &spec[0]["requirements"]["attributes"];
    assert_eq!(
        attributes[1],
        json!({"key": "tee/type", "value": "cpu-gpu"})
    );
    let told = manifest(&text);
    let expected = json!({"storage": null, "permissions": {"read": ["logs"]},
                          "tee": {"type": "cpu-gpu", "attestation": true}});
    assert_eq!(told[0]["services"][1]["params"], expected);
    let two = text.replace("    params:\n", "    params:\n      tee: cpu\n");
    let refusal = read(two.as_bytes()).unwrap_err();
    assert!(
        refusal.to_string().contains("already has `tee: cpu`"),
        "{refusal}"
    );
}

#[test]
fn reclamation_is_one_whole_number_and_one_unit() {
    let sdl = with(
        "version: \"2.1\"",
        "version: \"2.1\"\nreclamation: {min_window: 24h}",
    )
    .unwrap();
    assert_eq!(sdl.reclamation.map(|window| window.0), Some(86_400));
    for window in ["0s", "1h30m", "1.5h", "'24'", "024h", "9999999h"] {
        let new = format!("version: \"2.1\"\nreclamation: {{min_window: {window}}}");
        assert_eq!(
            problem("version: \"2.1\"", &new).path,
            "reclamation.min_window",
            "{window}"
        );
    }
}
