//! Orders in the format people have: the Akash Stack Definition Language 2.0 and 2.1.
//!
//! Text in, a typed deployment out, or every problem with its line, column, path of keys and what
//! was meant. No I/O and no clock: `include` is checked and never opened, durations stay durations.
//! The format, its limits and where this crate is stricter than Akash: `specs/sdl.md`.
//!
//! | module | purpose |
//! |---|---|
//! | [`limits`] | every limit, ours and Akash's |
//! | `tree` | YAML to a tree with places; aliases, merges, bounds |
//! | `at` | a value that knows its place and says what is wrong with it |
//! | `decode` | tree to model, section by section |
//! | `check` | what must fit together across sections |
//! | `model`, `names`, `quantity` | the typed deployment |
//! | [`terms`] | the `lilliput/` attributes |
//! | `groups`, `manifest` | what Akash makes of a file, in its JSON form |
//! | `problem`, `nearest` | what is wrong, where, and what was meant |
//!
//! **Invariant:** a file that [`read`] accepts is accepted by Akash's schema and by its parser;
//! [`Sdl::groups`] and [`Sdl::manifest`] of it can't fail.

mod at;
mod check;
mod decode;
mod groups;
pub mod limits;
mod manifest;
mod model;
mod names;
mod nearest;
mod problem;
mod quantity;
mod read;
pub mod terms;
mod tree;

pub use groups::{
    Attribute, AuditorLists, Coin, Endpoint, GroupSpec, NamedSize, Number, Requirements,
    ResourceUnit, Size, UnitResources, Units,
};
pub use manifest::{
    ManifestCredentials, ManifestExpose, ManifestGroup, ManifestMount, ManifestParams,
    ManifestPermissions, ManifestService, ManifestTee,
};
pub use model::{
    Assignment, Credentials, Denomination, Expose, Gpu, GpuInterface, GpuModel, HttpOptions, Mount,
    NextCase, Params, Permission, Placement, Port, Price, Protocol, Resources, Sdl, Secret,
    Service, SignedBy, StorageClass, Target, Tee, Version, Volume,
};
pub use names::{EndpointName, PlacementName, ProfileName, ServiceName, VolumeName};
pub use problem::{Cause, Doubt, Finding, Place, Problem, Refusal, Warning};
pub use quantity::{Amount, Bytes, MilliCpu, QuantityError, Seconds};
pub use read::read;
pub use terms::{Terms, Verification};
