//! A small file, and the same with one piece of text exchanged.

use lilliput_sdl::{Problem, Refusal, Sdl, read};

pub(crate) const SAMPLE: &str = r#"version: "2.1"
services:
  web:
    image: example/web:1
    env:
      - MODE=fast
    expose:
      - port: 8080
        as: 80
        accept:
          - web.example
        to:
          - global: true
    params:
      storage:
        data:
          mount: /data
          readOnly: false
  worker:
    image: example/worker:1
    expose:
      - port: 9000
        to:
          - service: web
profiles:
  compute:
    small:
      resources:
        cpu:
          units: 500m
        memory:
          size: 512Mi
        storage:
          - name: data
            size: 1Gi
            attributes:
              class: beta2
              persistent: true
    large:
      resources:
        cpu:
          units: 2
        memory:
          size: 4Gi
        storage:
          size: 10Gi
        gpu:
          units: 1
          attributes:
            vendor:
              nvidia:
                - model: h100
                  ram: 80Gi
                  interface: sxm
  placement:
    here:
      attributes:
        region: eu-west
      signedBy:
        anyOf:
          - akash1auditor
      pricing:
        small:
          denom: uakt
          amount: 100
        large:
          denom: uakt
          amount: "2000.5"
deployment:
  web:
    here:
      profile: small
      count: 2
  worker:
    here:
      profile: large
      count: 1
"#;

/// The sample, read.
pub(crate) fn sample() -> Sdl {
    read(SAMPLE.as_bytes()).unwrap()
}

/// The sample with `old`, which stands there once, exchanged for `new`.
pub(crate) fn with(old: &str, new: &str) -> Result<Sdl, Refusal> {
    assert_eq!(
        SAMPLE.matches(old).count(),
        1,
        "{old:?} must stand there once"
    );
    read(SAMPLE.replace(old, new).as_bytes())
}

/// The only problem of the sample with `old` exchanged for `new`.
pub(crate) fn problem(old: &str, new: &str) -> Problem {
    let refusal = match with(old, new) {
        Ok(_) => panic!("{new:?} in place of {old:?} was accepted"),
        Err(refusal) => refusal,
    };
    assert_eq!(refusal.problems().len(), 1, "{new:?}:\n{refusal}");
    refusal.problems()[0].clone()
}
