//! Sizes of codes.
//!
//! A code has as many rows of coefficients as its message, plus blinding rows for every position that openings may
//! show. Its domain is the smallest one at whose rate the queries below reach [`QUERY_BITS`] together with
//! [`GRINDING_BITS`]: each query catches a word that agrees with the code on `1.05 sqrt(rate)` of the domain or less
//! (the Johnson bound, with a twentieth to spare).

/// Fewest variables of a committed polynomial; smaller ones are padded.
pub const VARIABLES_MIN: usize = 8;

/// Most variables of a committed polynomial.
pub const VARIABLES_MAX: usize = 26;

/// Bits that the queries of one opening give, proof of work included.
pub const QUERY_BITS: u32 = 112;

/// Bits of proof of work before positions are drawn.
pub const GRINDING_BITS: usize = 12;

/// Openings of the weights beyond those of proofs: the range argument, the links to predecessor and successor.
const RESERVED_OPENINGS: usize = 3;

/// Uniform rows beyond those that openings may use up. Without one, whoever guesses the message and sees as many rows as
/// there are uniform ones could compute all others, and compare the root.
const SPARE_ROWS: usize = 1;

/// Openings of a committed input that stay hidden.
pub const PORT_OPENINGS: usize = 4;

/// A bound on the rate, in 128ths, and the queries that it asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// The rate is at most this, over 128.
    pub of_128: usize,
    /// Queries.
    pub queries: usize,
}

/// A little above 1/16.
const LOW: Rate = Rate {
    of_128: 9,
    queries: 55,
};

/// A little above 1/8.
const MIDDLE: Rate = Rate {
    of_128: 18,
    queries: 75,
};

/// A little above 1/4.
const HIGH: Rate = Rate {
    of_128: 36,
    queries: 119,
};

/// All rates in use.
pub const RATES: [Rate; 3] = [LOW, MIDDLE, HIGH];

/// An interleaved Reed-Solomon code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// Rows of the message.
    pub rows: usize,
    /// Uniform rows below them.
    pub blinding: usize,
    /// Variables of the columns.
    pub fold: usize,
    /// Logarithm of the domain's size.
    pub log_domain: usize,
    /// Its rate's bound, and the queries.
    pub rate: Rate,
}

/// Variables of the committed polynomial that holds `variables` ones: at least [`VARIABLES_MIN`].
#[must_use]
pub fn padded_variables(variables: usize) -> usize {
    variables.max(VARIABLES_MIN)
}

impl Code {
    fn new(rows: usize, fold: usize, rate: Rate, openings: usize) -> Self {
        let blinding = rate.queries.saturating_mul(openings);
        let blinding = blinding.saturating_add(SPARE_ROWS);
        let coefficients = rows.saturating_add(blinding);
        let least = coefficients.saturating_mul(128).div_ceil(rate.of_128);
        let log_domain = least.next_power_of_two().trailing_zeros();
        Self {
            rows,
            blinding,
            fold,
            log_domain: usize::try_from(log_domain).unwrap_or(usize::MAX),
            rate,
        }
    }

    /// The code of a witness: opened once.
    #[must_use]
    pub fn witness(variables: usize) -> Self {
        let fold = match variables {
            ..=12 => variables.saturating_sub(6).max(4),
            13..=17 => 6,
            18..=20 => 7,
            21..=22 => 8,
            23 => 9,
            24.. => 10,
        };
        Self::of_cube(variables, fold, MIDDLE, 1)
    }

    /// The code of weights that are opened in that many proofs.
    #[must_use]
    pub fn weights(variables: usize, openings: u32) -> Self {
        let (fold, rate) = match variables {
            ..=11 => (variables.saturating_sub(6).max(4), LOW),
            12..=17 => (6, LOW),
            18..=19 => (7, LOW),
            20 => (8, LOW),
            21..=23 => (9, MIDDLE),
            24..=25 => (10, HIGH),
            26.. => (11, HIGH),
        };
        let openings = usize::try_from(openings).unwrap_or(usize::MAX);
        let all = openings.saturating_add(RESERVED_OPENINGS);
        Self::of_cube(variables, fold, rate, all)
    }

    /// The code of inputs or outputs that are committed.
    #[must_use]
    pub fn ports(variables: usize) -> Self {
        let fold = variables.saturating_sub(6).clamp(4, 6);
        Self::of_cube(variables, fold, MIDDLE, PORT_OPENINGS)
    }

    /// The code of columns of extension elements that the last argument is about, `elements` in all.
    #[must_use]
    pub fn columns(elements: usize) -> Self {
        let bits = elements.next_power_of_two().trailing_zeros();
        let log_rows = bits.saturating_add(7).checked_div(2).unwrap_or(0).max(6);
        Self::new(1 << log_rows.min(20), 0, MIDDLE, 1)
    }

    fn of_cube(variables: usize, fold: usize, rate: Rate, openings: usize) -> Self {
        let rows = variables.saturating_sub(fold);
        let rows = u32::try_from(rows)
            .ok()
            .and_then(|bits| 1usize.checked_shl(bits));
        Self::new(rows.unwrap_or(usize::MAX), fold, rate, openings)
    }

    /// Coefficients of each column.
    #[must_use]
    pub fn coefficients(&self) -> usize {
        self.rows.saturating_add(self.blinding)
    }

    /// Size of the domain.
    #[must_use]
    pub fn domain(&self) -> usize {
        1 << self.log_domain.min(60)
    }

    /// Number of columns.
    #[must_use]
    pub fn width(&self) -> usize {
        1 << self.fold.min(60)
    }
}
