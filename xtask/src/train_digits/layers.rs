//! Forward and backward steps of the layers.
//!
//! All sums run in an order that the source fixes, so a seed gives one network on every machine.

/// Kernel side of every convolution.
pub(crate) const KERNEL: usize = 5;
const LANES: usize = 8;

/// One step of a network; `offset` is where its parameters begin: weights, then biases.
#[derive(Clone, Copy)]
pub(crate) enum Layer {
    /// `inputs` square planes of side `side` to `outputs` planes of side `side - 4`.
    Conv {
        inputs: usize,
        outputs: usize,
        side: usize,
        offset: usize,
    },
    Dense {
        inputs: usize,
        outputs: usize,
        offset: usize,
    },
    Relu {
        length: usize,
    },
    /// The largest of each 2 x 2 pixels.
    MaxPool {
        planes: usize,
        side: usize,
    },
}

impl Layer {
    /// Weights and biases.
    pub(crate) fn parameters(self) -> (usize, usize) {
        match self {
            Self::Conv {
                inputs, outputs, ..
            } => (inputs * outputs * KERNEL * KERNEL, outputs),
            Self::Dense {
                inputs, outputs, ..
            } => (inputs * outputs, outputs),
            Self::Relu { .. } | Self::MaxPool { .. } => (0, 0),
        }
    }

    pub(crate) fn output_length(self) -> usize {
        match self {
            Self::Conv { outputs, side, .. } => outputs * (side - KERNEL + 1).pow(2),
            Self::Dense { outputs, .. } => outputs,
            Self::Relu { length } => length,
            Self::MaxPool { planes, side } => planes * (side / 2).pow(2),
        }
    }

    pub(crate) fn forward(self, parameters: &[f32], x: &[f32], y: &mut [f32]) {
        match self {
            Self::Conv {
                inputs,
                side,
                offset,
                ..
            } => {
                let parameters = self.own(parameters, offset);
                match side {
                    28 => conv_forward::<24>(parameters, x, y, inputs),
                    _ => conv_forward::<8>(parameters, x, y, inputs),
                }
            }
            Self::Dense { inputs, offset, .. } => {
                let (weights, biases) = self.own(parameters, offset);
                for ((sum, bias), row) in y.iter_mut().zip(biases).zip(weights.chunks(inputs)) {
                    *sum = bias + dot(row, x);
                }
            }
            Self::Relu { .. } => {
                for (y, x) in y.iter_mut().zip(x) {
                    *y = x.max(0.0);
                }
            }
            Self::MaxPool { side, .. } => {
                for (index, y) in y.iter_mut().enumerate() {
                    let corner = pool_corner(index, side);
                    *y = x[corner].max(x[corner + 1]);
                    *y = y.max(x[corner + side]).max(x[corner + side + 1]);
                }
            }
        }
    }

    /// Adds to the gradient of the parameters and overwrites `dx`, the gradient of `x`.
    pub(crate) fn backward(
        self,
        parameters: &[f32],
        gradient: &mut [f32],
        x: &[f32],
        y: &[f32],
        dy: &[f32],
        dx: &mut [f32],
    ) {
        dx.fill(0.0);
        match self {
            Self::Conv {
                inputs,
                side,
                offset,
                ..
            } => {
                let (weights, _) = self.own(parameters, offset);
                let gradient = self.own_mut(gradient, offset);
                match side {
                    // Nothing needs the gradient of the image.
                    28 => conv_gradient::<24>(gradient, x, dy, inputs),
                    _ => {
                        conv_gradient::<8>(gradient, x, dy, inputs);
                        conv_backward::<8>(weights, dy, dx, inputs);
                    }
                }
            }
            Self::Dense { inputs, offset, .. } => {
                let (weights, _) = self.own(parameters, offset);
                let (weight_gradient, bias_gradient) = self.own_mut(gradient, offset);
                for (output, &delta) in dy.iter().enumerate() {
                    bias_gradient[output] += delta;
                    let row = output * inputs..(output + 1) * inputs;
                    add_scaled(&mut weight_gradient[row.clone()], x, delta);
                    add_scaled(dx, &weights[row], delta);
                }
            }
            Self::Relu { .. } => {
                for ((dx, dy), y) in dx.iter_mut().zip(dy).zip(y) {
                    *dx = if *y > 0.0 { *dy } else { 0.0 };
                }
            }
            Self::MaxPool { side, .. } => {
                for (index, (dy, y)) in dy.iter().zip(y).enumerate() {
                    let corner = pool_corner(index, side);
                    let places = [corner, corner + 1, corner + side, corner + side + 1];
                    if let Some(place) = places.into_iter().find(|&place| x[place] == *y) {
                        dx[place] += dy;
                    }
                }
            }
        }
    }

    fn own(self, all: &[f32], offset: usize) -> (&[f32], &[f32]) {
        let (weights, biases) = self.parameters();
        all[offset..offset + weights + biases].split_at(weights)
    }

    fn own_mut(self, all: &mut [f32], offset: usize) -> (&mut [f32], &mut [f32]) {
        let (weights, biases) = self.parameters();
        all[offset..offset + weights + biases].split_at_mut(weights)
    }
}

/// Where the 2 x 2 pixels of a pooled pixel begin.
fn pool_corner(index: usize, side: usize) -> usize {
    let half = side / 2;
    let (plane, row, column) = (index / (half * half), index / half % half, index % half);
    plane * side * side + 2 * row * side + 2 * column
}

fn add_scaled(sums: &mut [f32], values: &[f32], factor: f32) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += factor * value;
    }
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; LANES];
    let (a_chunks, b_chunks) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest = a_chunks.remainder().iter().zip(b_chunks.remainder());
    let tail: f32 = rest.map(|(a, b)| a * b).sum();
    for (a, b) in a_chunks.zip(b_chunks) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum::<f32>() + tail
}

/// `OUT` is the output's side; it is a constant so that a row of sums stays in registers.
fn conv_forward<const OUT: usize>(
    (weights, biases): (&[f32], &[f32]),
    x: &[f32],
    y: &mut [f32],
    inputs: usize,
) {
    let side = OUT + KERNEL - 1;
    for (output, (plane, bias)) in y.chunks_exact_mut(OUT * OUT).zip(biases).enumerate() {
        let kernels = &weights[output * inputs * KERNEL * KERNEL..];
        for (row, out) in plane.chunks_exact_mut(OUT).enumerate() {
            let mut sums = [*bias; OUT];
            for input in 0..inputs {
                for ky in 0..KERNEL {
                    let x = &x[input * side * side + (row + ky) * side..][..side];
                    let kernel = &kernels[(input * KERNEL + ky) * KERNEL..][..KERNEL];
                    for (kx, weight) in kernel.iter().enumerate() {
                        let x = &x[kx..kx + OUT];
                        for column in 0..OUT {
                            sums[column] += weight * x[column];
                        }
                    }
                }
            }
            out.copy_from_slice(&sums);
        }
    }
}

fn conv_gradient<const OUT: usize>(
    (weights, biases): (&mut [f32], &mut [f32]),
    x: &[f32],
    dy: &[f32],
    inputs: usize,
) {
    let side = OUT + KERNEL - 1;
    for (output, plane) in dy.chunks_exact(OUT * OUT).enumerate() {
        biases[output] += plane.iter().sum::<f32>();
        for input in 0..inputs {
            for ky in 0..KERNEL {
                for kx in 0..KERNEL {
                    let mut sums = [0.0f32; OUT];
                    for (row, dy) in plane.chunks_exact(OUT).enumerate() {
                        let start = input * side * side + (row + ky) * side + kx;
                        let x = &x[start..start + OUT];
                        for column in 0..OUT {
                            sums[column] += dy[column] * x[column];
                        }
                    }
                    let index = ((output * inputs + input) * KERNEL + ky) * KERNEL + kx;
                    weights[index] += sums.iter().sum::<f32>();
                }
            }
        }
    }
}

fn conv_backward<const OUT: usize>(weights: &[f32], dy: &[f32], dx: &mut [f32], inputs: usize) {
    let side = OUT + KERNEL - 1;
    for (output, plane) in dy.chunks_exact(OUT * OUT).enumerate() {
        for input in 0..inputs {
            for (row, dy) in plane.chunks_exact(OUT).enumerate() {
                for ky in 0..KERNEL {
                    for kx in 0..KERNEL {
                        let index = ((output * inputs + input) * KERNEL + ky) * KERNEL + kx;
                        let start = input * side * side + (row + ky) * side + kx;
                        let dx = &mut dx[start..start + OUT];
                        for column in 0..OUT {
                            dx[column] += weights[index] * dy[column];
                        }
                    }
                }
            }
        }
    }
}
