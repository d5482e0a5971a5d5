//! What the commands say to people.

use std::fmt::Write;

use lilliput_sdl::{
    GroupSpec, ManifestExpose, ManifestGroup, Sdl, Terms, UnitResources, Verification,
};

/// Bytes as a file would write them.
fn size(bytes: &str) -> String {
    let bytes = bytes.parse().map(lilliput_sdl::Bytes);
    bytes.map_or_else(|_| "?".to_owned(), |bytes| bytes.to_string())
}

/// An amount without the zeros at its end.
fn amount(amount: lilliput_sdl::Amount) -> String {
    let text = amount.to_string();
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

pub(super) fn check(sdl: &Sdl, version: &str, groups: &[GroupSpec]) -> String {
    let mut text = format!(
        "sound: SDL {version}, {}, {}",
        counted(sdl.services.len(), "service"),
        counted(groups.len(), "group"),
    );
    for group in groups {
        let name = group.name.as_str();
        let denom = group.resources.first().map_or("", |unit| unit.price.denom);
        let price = amount(sdl.group_price(name));
        line(
            &mut text,
            format_args!("  {name}: at most {price} {denom} per block"),
        );
        if let Some(place) = sdl.placements.get(name) {
            terms(&mut text, &place.terms);
        }
    }
    for warning in &sdl.warnings {
        line(&mut text, format_args!("warning: {warning}"));
    }
    text
}

pub(super) fn groups(sdl: &Sdl, groups: &[GroupSpec]) -> String {
    let mut text = String::new();
    for group in groups {
        line(&mut text, format_args!("group {}", group.name));
        for attribute in group.requirements.attributes.iter().flatten() {
            line(
                &mut text,
                format_args!("  needs {} = {}", attribute.key, attribute.value),
            );
        }
        let signed_by = &group.requirements.signed_by;
        for (word, auditors) in [("all", &signed_by.all_of), ("any", &signed_by.any_of)] {
            if let Some(auditors) = auditors.as_ref().filter(|list| !list.is_empty()) {
                line(
                    &mut text,
                    format_args!("  audited by {word} of {}", auditors.join(", ")),
                );
            }
        }
        for unit in &group.resources {
            let price = amount(unit.price.amount);
            let (count, denom) = (unit.count, unit.price.denom);
            line(
                &mut text,
                format_args!(
                    "  {count} x {}, at most {price} {denom} each per block",
                    resources(&unit.resource)
                ),
            );
        }
        if let Some(place) = sdl.placements.get(group.name.as_str()) {
            terms(&mut text, &place.terms);
        }
    }
    text.trim_start().to_owned()
}

pub(super) fn manifest(groups: &[ManifestGroup]) -> String {
    let mut text = String::new();
    for group in groups {
        line(&mut text, format_args!("group {}", group.name));
        for service in &group.services {
            let (name, image, count) = (&service.name, &service.image, service.count);
            line(&mut text, format_args!("  {name}: {count} x {image}"));
            line(
                &mut text,
                format_args!("    on {}", resources(&service.resources)),
            );
            for way in &service.expose {
                line(&mut text, format_args!("    {}", exposed(way)));
            }
            let params = service.params.iter();
            for mount in params.flat_map(|params| params.storage.iter().flatten()) {
                let (volume, path) = (&mount.name, &mount.mount);
                let how = if mount.read_only { ", read only" } else { "" };
                line(&mut text, format_args!("    {volume} at {path}{how}"));
            }
        }
    }
    text.trim_start().to_owned()
}

fn exposed(way: &ManifestExpose) -> String {
    let outside = if way.external_port.0 == 0 {
        way.port
    } else {
        way.external_port
    };
    let mut text = format!("port {} as {}", way.port.0, outside.0);
    if way.global {
        text.push_str(" for everyone");
    }
    if !way.service.is_empty() {
        let _ = write!(text, " for {}", way.service);
    }
    if !way.ip.is_empty() {
        let _ = write!(text, " at address {}", way.ip);
    }
    if let Some(hosts) = way.hosts.as_ref().filter(|hosts| !hosts.is_empty()) {
        let _ = write!(text, " by {}", hosts.join(", "));
    }
    text
}

fn resources(unit: &UnitResources) -> String {
    let mut text = format!(
        "{}m CPU, {} memory",
        unit.cpu.units.as_str(),
        size(unit.memory.size.as_str())
    );
    for volume in &unit.storage {
        let _ = write!(text, ", {} {}", size(volume.size.as_str()), volume.name);
        let class = volume
            .attributes
            .iter()
            .find(|attribute| attribute.key == "class");
        if let Some(class) = class {
            let _ = write!(text, " ({})", class.value);
        }
    }
    if unit.gpu.units.as_str() != "0" {
        let models = unit.gpu.attributes.iter();
        let models: Vec<&str> = models
            .map(|model| model.key.trim_start_matches("vendor/nvidia/model/"))
            .collect();
        let _ = write!(
            text,
            ", {} GPU ({})",
            unit.gpu.units.as_str(),
            models.join(" or ")
        );
    }
    text
}

fn terms(text: &mut String, terms: &Terms) {
    match terms.verification {
        Verification::Trusted => {}
        Verification::Replicated { replicas } => {
            line(text, format_args!("  verified: {replicas} providers agree"));
        }
        Verification::Disputable => line(text, format_args!("  verified: open to dispute")),
        Verification::Proven => line(text, format_args!("  verified: by proof")),
    }
    if let Some(deadline) = terms.deadline {
        line(text, format_args!("  done within {deadline}"));
    }
    if let Some(ceiling) = terms.spot_ceiling {
        line(
            text,
            format_args!("  spot: runs at up to {} per block", amount(ceiling)),
        );
    }
    if let Some(window) = terms.notice_window {
        line(text, format_args!("  notice of {window} before it ends"));
    }
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a String can't fail.
    let _ = write!(text, "\n{line}");
}

fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}
