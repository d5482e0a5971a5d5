//! Which language a visitor reads, from `Accept-Language`.

/// Most bytes of the header that are read, and most entries.
const HEADER_LEN_MAX: usize = 512;
const ENTRIES_MAX: usize = 16;

/// A language that the pages speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English: what is spoken when nothing else is asked for.
    #[default]
    English,
    /// German.
    German,
}

impl Language {
    /// The language's tag.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// The best of the header's languages that is spoken; the first of equals. A header that is too long
    /// or makes no sense counts as far as it goes.
    #[must_use]
    pub fn from_header(header: &str) -> Self {
        let end = header.floor_char_boundary(HEADER_LEN_MAX);
        let mut best: Option<(u16, Self)> = None;
        for entry in header[..end].split(',').take(ENTRIES_MAX) {
            let (tag, weight) = match entry.split_once(';') {
                Some((tag, parameter)) => (tag, weight_of(parameter)),
                None => (entry, Some(1000)),
            };
            let (Some(language), Some(weight)) = (Self::of_tag(tag), weight) else {
                continue;
            };
            if weight > 0 && best.is_none_or(|(most, _)| weight > most) {
                best = Some((weight, language));
            }
        }
        best.map_or_else(Self::default, |(_, language)| language)
    }

    fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim_ascii().split('-').next()?;
        if primary.eq_ignore_ascii_case("de") {
            Some(Self::German)
        } else if primary.eq_ignore_ascii_case("en") || primary == "*" {
            Some(Self::English)
        } else {
            None
        }
    }
}

/// Thousandths of a `q=0.8`.
fn weight_of(parameter: &str) -> Option<u16> {
    let value = parameter.trim_ascii().strip_prefix("q=")?;
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let fraction = format!("{fraction:0<3}").parse::<u16>().ok()?;
    match whole {
        "0" => Some(fraction),
        "1" if fraction == 0 => Some(1000),
        _ => None,
    }
}
