//! How a kernel slides over two axes.

/// Kernel, steps and padding along the vertical and the horizontal axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) kernel: [usize; 2],
    pub(crate) stride: [usize; 2],
    pub(crate) dilation: [usize; 2],
    /// Zeros before each axis.
    pub(crate) before: [usize; 2],
    /// Zeros behind each axis that the model asks for.
    pub(crate) after: [usize; 2],
    /// Number of positions along each axis.
    pub(crate) count: [usize; 2],
}

impl Window {
    /// Zeros behind `axis` that the last position needs, which rounding up may make more than what
    /// the model asks for.
    pub(crate) fn needed_after(&self, axis: usize, length: usize) -> usize {
        let reach = (self.count[axis] - 1) * self.stride[axis] + self.reach(axis);
        reach.saturating_sub(length + self.before[axis])
    }

    /// Distance that the kernel spans along `axis`.
    pub(crate) fn reach(&self, axis: usize) -> usize {
        (self.kernel[axis] - 1) * self.dilation[axis] + 1
    }

    /// Positions of the input that position `index` of the output sees along `axis`.
    pub(crate) fn seen(
        &self,
        axis: usize,
        index: usize,
        length: usize,
    ) -> impl Iterator<Item = usize> {
        let start = index * self.stride[axis];
        let (before, dilation) = (self.before[axis], self.dilation[axis]);
        (0..self.kernel[axis])
            .filter_map(move |tap| (start + tap * dilation).checked_sub(before))
            .filter(move |&position| position < length)
    }

    /// By how many an average along `axis` divides at each position.
    pub(crate) fn divisors(&self, axis: usize, length: usize, include_pad: bool) -> Vec<usize> {
        let padded = self.before[axis] + length + self.after[axis];
        let divisor = |index: usize| {
            if include_pad {
                let start = index * self.stride[axis];
                self.kernel[axis].min(padded.saturating_sub(start))
            } else {
                self.seen(axis, index, length).count()
            }
        };
        (0..self.count[axis]).map(divisor).collect()
    }
}
