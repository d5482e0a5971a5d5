//! The closed lists of what can be wrong and what is doubtful.

use crate::quantity::{Amount, QuantityError};

/// Why a file is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the message of each variant says what it is")]
pub enum Cause {
    // The text.
    #[error("the file has more than {max} bytes")]
    TooLong { max: usize },
    #[error("the file isn't UTF-8 text from here on")]
    NotUtf8,
    #[error("this isn't YAML: {reason}")]
    Syntax { reason: String },
    #[error("the file is empty")]
    NoDocument,
    #[error("a second document begins here; an order is one document")]
    SecondDocument,
    #[error("more than {max} levels of lists and mappings")]
    TooDeep { max: usize },
    #[error("more than {max} values, with aliases counted as what they stand for")]
    TooManyNodes { max: u64 },
    #[error("more than {max} bytes of text, with aliases counted as what they stand for")]
    TooMuchText { max: u64 },
    #[error("an alias stands inside of what it stands for")]
    AliasInItself,
    #[error("key `{key}` stands here a second time; the first is in line {first_line}")]
    DuplicateKey { key: String, first_line: u32 },
    #[error("a key is a word, not a list, a mapping or nothing")]
    KeyNotText,
    #[error("tag `{tag}` means nothing in an order")]
    ForeignTag { tag: String },
    #[error("`<<` takes a mapping or a list of mappings")]
    MergeNotMapping,

    // The shape.
    #[error("unknown key `{key}`{}", meant(nearest.as_deref(), known))]
    UnknownKey {
        key: String,
        nearest: Option<String>,
        known: &'static [&'static str],
    },
    #[error("key `{key}` is missing")]
    MissingKey { key: &'static str },
    #[error("expected {expected}, got {got}{}", hint.map(|hint| format!("; {hint}")).unwrap_or_default())]
    WrongType {
        expected: &'static str,
        got: String,
        hint: Option<&'static str>,
    },
    #[error("`{got}` is none of {}{}", listed(known), suggestion(nearest.as_deref()))]
    NotOneOf {
        got: String,
        nearest: Option<String>,
        known: &'static [&'static str],
    },
    #[error("{got} is out of range; {min} to {max} is allowed")]
    OutOfRange {
        got: String,
        min: String,
        max: String,
    },
    #[error("`{got}` is no {what}: {source}")]
    NotQuantity {
        what: &'static str,
        got: String,
        source: QuantityError,
    },
    #[error("more than {max} {what}")]
    TooMany { what: &'static str, max: usize },
    #[error("it has {got} bytes; {max} is the limit")]
    TooLongText { got: usize, max: usize },
    #[error("`{got}` is no {what}: {rule}")]
    NotA {
        what: &'static str,
        got: String,
        rule: &'static str,
    },
    #[error("it is empty")]
    Empty,
    #[error("it needs at least {min} characters")]
    TooShort { min: usize },

    // What belongs together.
    #[error("no {what} is named `{name}`{}", suggestion(nearest.as_deref()))]
    UnknownName {
        what: &'static str,
        name: String,
        nearest: Option<String>,
    },
    #[error("there is no price for profile `{profile}` in placement `{placement}`")]
    NoPrice { profile: String, placement: String },
    #[error("nothing is deployed; `deployment` has no service with a placement")]
    NoDeployment,
    #[error("nothing is reachable; one deployed service needs `global: true` in an `expose`")]
    NothingGlobal,
    #[error(
        "host name `{host}` is already accepted in line {first_line}; hosts are unique, and an entry counts once per `to` and placement"
    )]
    DuplicateHost { host: String, first_line: u32 },
    #[error("endpoint `{endpoint}` already has port {port}/{protocol}, from service `{service}`")]
    DuplicatePort {
        endpoint: String,
        port: u16,
        protocol: &'static str,
        service: String,
    },
    #[error("endpoint `{endpoint}` is used by no deployed service")]
    UnusedEndpoint { endpoint: String },
    #[error("an `ip` needs `global: true` beside it")]
    IpNotGlobal,
    #[error("two volumes are named `{volume}`")]
    DuplicateVolume { volume: String },
    #[error("mount `{mount}` is already taken by volume `{volume}`")]
    DuplicateMount { mount: String, volume: String },
    #[error(
        "persistent volume `{volume}` needs a mount: `services.{service}.params.storage.{volume}.mount`"
    )]
    PersistentWithoutMount { volume: String, service: String },
    #[error("class `ram` can't be persistent")]
    RamPersistent,
    #[error("class `{class}` needs `persistent: true`")]
    ClassNotPersistent { class: &'static str },
    #[error("a volume of class `ram` can't be read only")]
    RamReadOnly,
    #[error("a profile needs at least one volume")]
    NoVolume,
    #[error("GPUs need `attributes` with a vendor")]
    GpuWithoutAttributes,
    #[error("`attributes` of a GPU need `units` above zero")]
    GpuAttributesWithoutUnits,
    #[error("this model is already listed as `{attribute}`")]
    DuplicateGpuModel { attribute: String },
    #[error("`tee: cpu-gpu` needs GPUs, and profile `{profile}` has none")]
    TeeWithoutGpu { profile: String },
    #[error("placement `{placement}` already has `tee: {first}`; a group has one kind")]
    TeeMismatch {
        placement: String,
        first: &'static str,
    },
    #[error("`off` stands alone or not at all")]
    OffNotAlone,
    #[error("prices are in {first} and in {second}; an order has one denomination")]
    MixedDenominations {
        first: &'static str,
        second: &'static str,
    },
    #[error("placement `{placement}` asks for {got} {what} in all; {max} is the limit")]
    GroupTooLarge {
        placement: String,
        what: &'static str,
        got: u128,
        max: u128,
    },

    // Attributes of ours.
    #[error("`lilliput/replicas` needs `lilliput/verification: replicated` beside it")]
    ReplicasWithoutReplication,
    #[error("`{key}` needs `{needs}` beside it")]
    TermNeeds {
        key: &'static str,
        needs: &'static str,
    },
    #[error("`{key}` and `{other}` exclude each other")]
    TermExcludes {
        key: &'static str,
        other: &'static str,
    },
    #[error("a spot ceiling of {ceiling} is above {price}, the price of the whole group")]
    SpotCeilingAbovePrice { ceiling: Amount, price: Amount },
}

/// What is allowed and probably not meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the message of each variant says what it is")]
pub enum Doubt {
    #[error("service `{service}` is never deployed; Akash's console refuses such a file")]
    ServiceNotDeployed { service: String },
    #[error("{what} `{name}` is never used")]
    NeverUsed { what: &'static str, name: String },
    #[error("no service is named `{name}`{}", suggestion(nearest.as_deref()))]
    UnknownService {
        name: String,
        nearest: Option<String>,
    },
    #[error("the only volume of a profile is always named `default`; make it a list to name it")]
    NameIgnored,
    #[error("`include` is read by no one: put everything in this file")]
    IncludeIgnored,
    #[error("no provider can have an attribute of this name")]
    AttributeUnmatchable,
    #[error("a volume of class `ram` that is read only stays empty")]
    RamReadOnly,
}

fn listed(known: &[&str]) -> String {
    let words: Vec<String> = known.iter().map(|word| format!("`{word}`")).collect();
    words.join(", ")
}

fn suggestion(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |word| format!(" (did you mean `{word}`?)"))
}

fn meant(nearest: Option<&str>, known: &[&str]) -> String {
    match nearest {
        Some(word) => format!(" (did you mean `{word}`?)"),
        None => format!("; known here: {}", listed(known)),
    }
}
