//! Each mistake is found at its line and column, under its keys, with what was meant.

use crate::sample::{problem, sample, with};

fn check(old: &str, new: &str, expected: &str) {
    assert_eq!(problem(old, new).to_string(), expected);
}

#[test]
fn the_sample_is_sound() {
    let sdl = sample();
    assert_eq!(sdl.warnings, []);
    assert_eq!(
        sdl.group_price("here").to_string(),
        "2200.500000000000000000"
    );
}

#[test]
fn misspelt_keys_and_words_are_named_with_what_was_meant() {
    check(
        "    image: example/web:1\n",
        "    image: example/web:1\n    depends-on: [worker]\n",
        "line 5, column 5, services.web.depends-on: unknown key `depends-on` (did you mean `dependencies`?)",
    );
    check(
        "class: beta2",
        "class: beta22",
        "line 37, column 22, profiles.compute.small.resources.storage[0].attributes.class: `beta22` is none of `default`, `beta1`, `beta2`, `beta3`, `ram` (did you mean `beta2`?)",
    );
    check(
        "count: 2",
        "count: 2\n      replicas: 3",
        "line 74, column 7, deployment.web.here.replicas: unknown key `replicas` (did you mean `count`?)",
    );
}

#[test]
fn names_that_lead_nowhere_are_named_with_the_nearest() {
    check(
        "profile: small",
        "profile: smal",
        "line 72, column 16, deployment.web.here.profile: no compute profile is named `smal` (did you mean `small`?)",
    );
    check(
        "  worker:\n    here:",
        "  wroker:\n    here:",
        "line 74, column 3, deployment.wroker: no service is named `wroker` (did you mean `worker`?)",
    );
    check(
        "  web:\n    here:",
        "  web:\n    there:",
        "line 71, column 5, deployment.web.there: no placement is named `there` (did you mean `here`?)",
    );
}

#[test]
fn a_volume_under_another_name_lacks_both_its_mount_and_its_place() {
    let refusal = with("        data:\n", "        date:\n").unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "line 16, column 9, services.web.params.storage.date: no volume of the compute profile is named `date` (did you mean `data`?)\n\
         line 33, column 9, profiles.compute.small.resources.storage: persistent volume `data` needs a mount: `services.web.params.storage.data.mount`"
    );
}

#[test]
fn wrong_types_are_told_apart_from_missing_quotes() {
    check(
        "version: \"2.1\"",
        "version: 2.1",
        "line 1, column 10, version: expected text, got the number 2.1; put it in quotes",
    );
    check(
        "global: true",
        "global: yes",
        "line 13, column 21, services.web.expose[0].to[0].global: expected `true` or `false`, got the text `yes`; write one of these words without quotes",
    );
    check(
        "- MODE=fast",
        "- MODE: fast",
        "line 6, column 9, services.web.env[0]: expected text, got a mapping",
    );
    check(
        "count: 1",
        "count: [1]",
        "line 77, column 14, deployment.worker.here.count: expected a whole number, got a list",
    );
}

#[test]
fn quantities_are_refused_with_the_unit_that_was_meant() {
    check(
        "size: 512Mi",
        "size: 512MB",
        "line 32, column 17, profiles.compute.small.resources.memory.size: `512MB` is no size: `MB` is no unit (did you mean `Mi`?)",
    );
    check(
        "units: 500m",
        "units: 5m",
        "line 30, column 18, profiles.compute.small.resources.cpu.units: 5m is out of range; 10m to 384000m is allowed",
    );
    check(
        "amount: 100",
        "amount: 1e2",
        "line 65, column 19, profiles.placement.here.pricing.small.amount: `1e2` is no price: a number is digits, with a point and more digits where needed",
    );
}

#[test]
fn what_does_not_belong_together_is_refused() {
    check(
        "mount: /data",
        "mount: /data/../etc",
        "line 17, column 18, services.web.params.storage.data.mount: `/data/../etc` is no mount: it has no `..`",
    );
    check(
        "- global: true",
        "- global: false",
        "line 2, column 1, services: nothing is reachable; one deployed service needs `global: true` in an `expose`",
    );
    check(
        "          denom: uakt\n          amount: 100",
        "          denom: uact\n          amount: 100",
        "line 67, column 18, profiles.placement.here.pricing.large.denom: prices are in uact and in uakt; an order has one denomination",
    );
    check(
        "          - global: true",
        "          - global: true\n          - service: worker",
        "line 11, column 13, services.web.expose[0].accept[0]: host name `web.example` is already accepted in line 11; hosts are unique, and an entry counts once per `to` and placement",
    );
}

#[test]
fn problems_of_one_file_are_found_together() {
    let refusal = with("image: example/web:1", "imgae: example/web:1").unwrap_err();
    let found: Vec<String> = refusal.problems().iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "line 3, column 3, services.web: key `image` is missing",
            "line 4, column 5, services.web.imgae: unknown key `imgae` (did you mean `image`?)",
        ]
    );
}

#[test]
fn broken_yaml_is_refused_where_it_breaks() {
    let refusal = with("- MODE=fast", "- \"MODE=fast").unwrap_err();
    let text = refusal.to_string();
    assert!(
        text.contains("services.web.env[0]: this isn't YAML"),
        "{text}"
    );
    let refusal = with("    env:", "    image: twice\n    env:").unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "line 5, column 5, services.web: key `image` stands here a second time; the first is in line 4"
    );
}

#[test]
fn what_is_allowed_and_hardly_meant_is_a_warning() {
    let sdl = with("- service: web", "- service: wbe").unwrap();
    let warnings: Vec<String> = sdl.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            "line 24, column 13, services.worker.expose[0].to[0].service: no service is named `wbe` (did you mean `web`?)"
        ]
    );
    let sdl = with(
        "  worker:\n    here:\n      profile: large\n      count: 1\n",
        "",
    )
    .unwrap();
    let warnings: Vec<&str> = sdl.warnings.iter().map(|w| w.path.as_str()).collect();
    assert_eq!(warnings, ["services.worker", "profiles.compute.large"]);
}
