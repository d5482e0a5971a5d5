//! The split of a subnet's emission in doubles.

/// What one block of a subnet pays to whom, fractions of units included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EmissionSplitExact {
    pub owner: f64,
    pub servers: f64,
    pub root: f64,
    pub validators: f64,
}

impl EmissionSplitExact {
    /// `owner_cut` in 65535ths; `root_share` of the validators' half.
    pub fn new(amount: f64, owner_cut: u16, root_share: f64) -> Self {
        let owner = amount * (f64::from(owner_cut) / f64::from(u16::MAX));
        let rest = amount - owner;
        let root = root_share * rest * 0.5;
        let servers = rest * 0.5;
        Self {
            owner,
            servers,
            root,
            validators: rest - servers - root,
        }
    }
}
