//! What people are told of an order.

use std::path::Path;

use super::{read, refused, text};

fn example(name: &str) -> lilliput_sdl::Sdl {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/sdl");
    let bytes = read(&Path::new(folder).join(name)).unwrap();
    lilliput_sdl::read(&bytes).unwrap()
}

#[test]
fn a_sound_order_is_summed_up_by_group() {
    let sdl = example("batch.yaml");
    assert_eq!(
        text::check(&sdl, "2.1", &sdl.groups()),
        "sound: SDL 2.1, 1 service, 1 group\n  \
           anywhere: at most 1200 uakt per block\n  \
           verified: 3 providers agree\n  \
           done within 6h\n  \
           spot: runs at up to 900 per block\n  \
           notice of 30m before it ends"
    );
}

#[test]
fn groups_say_what_the_market_is_asked_for() {
    let sdl = example("gpu.yaml");
    assert_eq!(
        text::groups(&sdl, &sdl.groups()),
        "group audited\n  \
           needs lilliput/verification = proven\n  \
           audited by any of akash1exampleauditor\n  \
           1 x 250m CPU, 256Mi memory, 1Gi default, at most 10 uact each per block\n  \
           1 x 8000m CPU, 32Gi memory, 100Gi default, 1 GPU (a100/ram/40Gi/interface/pcie or rtx4090/ram/24Gi), \
         at most 4200.5 uact each per block\n  \
           verified: by proof"
    );
}

#[test]
fn a_manifest_says_what_runs_and_no_password() {
    let text = text::manifest(&example("gpu.yaml").manifest());
    assert!(text.contains("port 8080 as 80 for everyone"), "{text}");
    assert!(!text.contains("replace-me"), "{text}");
    let text = text::manifest(&example("web.yaml").manifest());
    assert_eq!(
        text,
        "group europe\n  \
           web: 2 x nginx:1.29\n    \
             on 500m CPU, 256Mi memory, 1Gi default, 2Gi pages (beta2)\n    \
             port 80 as 80 for everyone by page.example\n    \
             pages at /usr/share/nginx/html, read only"
    );
}

#[test]
fn a_refusal_names_the_file_and_every_problem() {
    let refusal = lilliput_sdl::read(b"version: 2.0\nservice: {}\n").unwrap_err();
    let message = format!("{:?}", refused(Path::new("web.yaml"), &refusal));
    assert!(message.contains("web.yaml: 5 problems"), "{message}");
    assert!(message.contains("did you mean `services`?"), "{message}");
}
