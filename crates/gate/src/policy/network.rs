//! Networks as people write them: an address, or `ADDRESS/PREFIX`.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// Addresses that share a prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    bits: u128,
    prefix: u8,
    /// IPv4 and IPv6 are told apart: `::/0` doesn't hold the addresses of version 4.
    version_four: bool,
}

impl Network {
    /// Whether it holds an address; an IPv4 address in IPv6 form counts as IPv4.
    #[must_use]
    pub fn holds(&self, address: IpAddr) -> bool {
        let (bits, version_four) = bits(address.to_canonical());
        version_four == self.version_four && (bits ^ self.bits) & mask(self.prefix) == 0
    }
}

/// The address at the upper end of 128 bits.
fn bits(address: IpAddr) -> (u128, bool) {
    match address {
        IpAddr::V4(four) => (u128::from(four.to_bits()) << 96, true),
        IpAddr::V6(six) => (six.to_bits(), false),
    }
}

fn mask(prefix: u8) -> u128 {
    match prefix {
        0 => 0,
        prefix => u128::MAX << (128 - u32::from(prefix.min(128))),
    }
}

impl From<IpAddr> for Network {
    fn from(address: IpAddr) -> Self {
        let (bits, version_four) = bits(address);
        Self {
            bits,
            prefix: if version_four { 32 } else { 128 },
            version_four,
        }
    }
}

/// What is wrong with a network's text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no network; write an address, or ADDRESS/PREFIX")]
pub struct NetworkError(String);

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let refused = || NetworkError(text.chars().take(64).collect());
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address = IpAddr::from_str(address).map_err(|_| refused())?;
        let (bits, version_four) = bits(address);
        let longest = if version_four { 32 } else { 128 };
        let prefix = match prefix {
            None => longest,
            Some(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => {
                text.parse().map_err(|_| refused())?
            }
            Some(_) => return Err(refused()),
        };
        if prefix > longest {
            return Err(refused());
        }
        Ok(Self {
            bits: bits & mask(prefix),
            prefix,
            version_four,
        })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.version_four {
            let address = std::net::Ipv4Addr::from_bits((self.bits >> 96) as u32);
            write!(formatter, "{address}/{}", self.prefix)
        } else {
            let address = std::net::Ipv6Addr::from_bits(self.bits);
            write!(formatter, "{address}/{}", self.prefix)
        }
    }
}

#[cfg(test)]
mod tests;
