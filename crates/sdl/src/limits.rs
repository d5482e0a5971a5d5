//! Every limit on a file: what bounds the work of reading it, and what the Akash chain accepts.

/// Bytes of a file.
pub const TEXT_BYTES_MAX: usize = 1 << 20;
/// Mappings and lists inside of each other.
pub const DEPTH_MAX: usize = 32;
/// Values and keys of a file, with every alias counted as what it stands for.
pub const NODES_MAX: u64 = 1 << 16;
/// Bytes of all texts of a file, with every alias counted as what it stands for.
pub const EXPANDED_BYTES_MAX: u64 = 2 << 20;
/// Problems that one answer lists; the rest is counted.
pub const PROBLEMS_MAX: usize = 50;

/// Words of a file for which the nearest known one is sought.
pub const SUGGESTIONS_MAX: usize = 2 * PROBLEMS_MAX;

/// Services of a file.
pub const SERVICES_MAX: usize = 1_024;
/// Placements of a file; each becomes a group.
pub const PLACEMENTS_MAX: usize = 32;
/// Compute profiles of a file.
pub const PROFILES_MAX: usize = 1_024;
/// Pairs of a service and a placement.
pub const ASSIGNMENTS_MAX: usize = 2_048;
/// Ways in to a service: the entries of `expose`, each counted once per entry of its `to`.
pub const EXPOSES_MAX: usize = 256;
/// Host names of one entry of `expose`.
pub const HOSTS_MAX: usize = 256;
/// Volumes of a compute profile. Up to here the order of equal volumes is the one Akash produces.
pub const VOLUMES_MAX: usize = 20;
/// Models of GPU that a compute profile accepts.
pub const GPU_MODELS_MAX: usize = 256;
/// Attributes of a placement.
pub const ATTRIBUTES_MAX: usize = 256;
/// Auditors in one list of `signedBy`.
pub const AUDITORS_MAX: usize = 256;
/// Entries of `endpoints`.
pub const ENDPOINTS_MAX: usize = 256;
/// Entries of `include`.
pub const INCLUDES_MAX: usize = 64;
/// Bytes of a name, a path or an image reference.
pub const NAME_BYTES_MAX: usize = 1_024;
/// Longest duration of a `lilliput/` attribute: 366 days.
pub const TERM_SECONDS_MAX: u64 = 366 * 24 * 3_600;

/// Longest `min_window`: what fits Akash's signed nanoseconds.
pub const WINDOW_SECONDS_MAX: u64 = 9_223_372_036;
/// CPU of one replica, in thousandths of a core.
pub const CPU_MILLI_MIN: u64 = 10;
/// CPU of one replica, in thousandths of a core.
pub const CPU_MILLI_MAX: u64 = 384_000;
/// GPUs of one replica.
pub const GPU_UNITS_MAX: u64 = 24;
/// Memory of one replica.
pub const MEMORY_BYTES_MIN: u64 = 1 << 20;
/// Memory of one replica.
pub const MEMORY_BYTES_MAX: u64 = 2 << 40;
/// One volume of one replica.
pub const VOLUME_BYTES_MIN: u64 = 5 << 20;
/// One volume of one replica.
pub const VOLUME_BYTES_MAX: u64 = 32 << 40;
/// Price of one replica, in whole units of the denomination.
pub const PRICE_MAX: u64 = 10_000_000;
/// A group may ask for this many times the largest replica.
pub const GROUP_FACTOR: u64 = 50;
/// Bytes of a request's body.
pub const BODY_BYTES_MAX: u64 = 104_857_600;
/// Bytes of the buffer for a response's header.
pub const PROXY_BUFFER_BYTES_MAX: u64 = 1_048_576;
/// Milliseconds of a read or send timeout.
pub const TIMEOUT_MS_MAX: u64 = 60_000;
