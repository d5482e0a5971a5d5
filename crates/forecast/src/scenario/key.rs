//! Names of inputs and outputs, as typed values instead of strings.

use std::fmt;

/// A segment of the market: lower-case letters, digits and `_`, 32 at most, so that formulas can name it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SegmentName(String);

impl SegmentName {
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let starts_well = text.starts_with(|c: char| c.is_ascii_lowercase());
        let rest_fits = text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        (starts_well && rest_fits && text.len() <= 32).then(|| Self(text.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As people call the study's segments.
    #[must_use]
    pub fn title(&self) -> String {
        if self.0 == "iaas" {
            return "IaaS".to_owned();
        }
        let spaced = self.0.replace('_', " ");
        let mut letters = spaced.chars();
        match letters.next() {
            Some(first) => first.to_uppercase().chain(letters).collect(),
            None => spaced,
        }
    }
}

impl fmt::Display for SegmentName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Which of the two shares of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ShareKind {
    /// Of all spending on AI.
    Segment,
    /// Of the segment's revenue, for crypto networks.
    Crypto,
}

impl ShareKind {
    #[must_use]
    pub fn table(self) -> &'static str {
        match self {
            Self::Segment => "segment_share",
            Self::Crypto => "crypto_share",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum InputKey {
    ProductivityTam,
    Adoption,
    ValueCapture,
    Share(ShareKind, SegmentName),
}

impl InputKey {
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "productivity_tam" => Some(Self::ProductivityTam),
            "adoption" => Some(Self::Adoption),
            "value_capture" => Some(Self::ValueCapture),
            _ => {
                let (table, segment) = text.split_once('.')?;
                let kind = match table {
                    "segment_share" => ShareKind::Segment,
                    "crypto_share" => ShareKind::Crypto,
                    _ => return None,
                };
                Some(Self::Share(kind, SegmentName::parse(segment)?))
            }
        }
    }

    /// For tables and pictures.
    #[must_use]
    pub fn title(&self) -> String {
        match self {
            Self::ProductivityTam => "Productivity gains (TAM)".to_owned(),
            Self::Adoption => "Enterprise adoption".to_owned(),
            Self::ValueCapture => "Value captured by AI".to_owned(),
            Self::Share(ShareKind::Segment, segment) => {
                format!("{}: share of AI spending", segment.title())
            }
            Self::Share(ShareKind::Crypto, segment) => format!("{}: crypto share", segment.title()),
        }
    }
}

impl fmt::Display for InputKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ProductivityTam => formatter.write_str("productivity_tam"),
            Self::Adoption => formatter.write_str("adoption"),
            Self::ValueCapture => formatter.write_str("value_capture"),
            Self::Share(kind, segment) => write!(formatter, "{}.{segment}", kind.table()),
        }
    }
}

/// Everything the model can be asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OutputKey {
    EnterpriseTam,
    AiSpend,
    SegmentRevenue(SegmentName),
    CryptoRevenue(SegmentName),
    Total,
    /// The sum of the segment shares, which can't exceed 1.
    SegmentShareSum,
    Input(InputKey),
    Quantity(String),
}

impl OutputKey {
    /// `None` also for names of inputs and quantities: those are not results.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "enterprise_tam" => Some(Self::EnterpriseTam),
            "ai_spend" => Some(Self::AiSpend),
            "total" => Some(Self::Total),
            _ => {
                let (table, segment) = text.split_once('.')?;
                let segment = SegmentName::parse(segment)?;
                match table {
                    "segment_revenue" => Some(Self::SegmentRevenue(segment)),
                    "crypto_revenue" => Some(Self::CryptoRevenue(segment)),
                    _ => None,
                }
            }
        }
    }
}

impl fmt::Display for OutputKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EnterpriseTam => formatter.write_str("enterprise_tam"),
            Self::AiSpend => formatter.write_str("ai_spend"),
            Self::SegmentRevenue(segment) => write!(formatter, "segment_revenue.{segment}"),
            Self::CryptoRevenue(segment) => write!(formatter, "crypto_revenue.{segment}"),
            Self::Total => formatter.write_str("total"),
            Self::SegmentShareSum => formatter.write_str("segment_share_sum"),
            Self::Input(key) => key.fmt(formatter),
            Self::Quantity(name) => formatter.write_str(name),
        }
    }
}
