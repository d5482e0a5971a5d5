//! A chain of layers, its training and its answers.

use super::layers::Layer;
use super::random::Random;

/// How many images share one step of the optimiser.
const BATCH: usize = 32;
const RATE: f32 = 2e-3;
const MOMENTUM: f32 = 0.9;
const SECOND_MOMENTUM: f32 = 0.999;
const WEIGHT_DECAY: f32 = 1e-4;

/// Layers and their parameters.
pub(crate) struct Network {
    pub(crate) layers: Vec<Layer>,
    pub(crate) parameters: Vec<f32>,
    /// `values[i]` is what layer `i` reads; the last is the answer.
    values: Vec<Vec<f32>>,
    /// Gradients of `values`.
    deltas: Vec<Vec<f32>>,
}

/// Gives a layer its place among the parameters.
type Place = fn(usize) -> Layer;

impl Network {
    /// Two convolutions and three matrices, after LeCun's LeNet-5: 44,426 parameters.
    pub(crate) fn lenet(random: &mut Random) -> Self {
        let places: [Place; 11] = [
            |offset| Layer::Conv {
                inputs: 1,
                outputs: 6,
                side: 28,
                offset,
            },
            |_| Layer::Relu {
                length: 6 * 24 * 24,
            },
            |_| Layer::MaxPool {
                planes: 6,
                side: 24,
            },
            |offset| Layer::Conv {
                inputs: 6,
                outputs: 16,
                side: 12,
                offset,
            },
            |_| Layer::Relu { length: 16 * 8 * 8 },
            |_| Layer::MaxPool {
                planes: 16,
                side: 8,
            },
            |offset| Layer::Dense {
                inputs: 256,
                outputs: 120,
                offset,
            },
            |_| Layer::Relu { length: 120 },
            |offset| Layer::Dense {
                inputs: 120,
                outputs: 84,
                offset,
            },
            |_| Layer::Relu { length: 84 },
            |offset| Layer::Dense {
                inputs: 84,
                outputs: 10,
                offset,
            },
        ];
        Self::new(&places, random)
    }

    /// One hidden layer: 101,770 parameters.
    pub(crate) fn mlp(random: &mut Random) -> Self {
        let places: [Place; 3] = [
            |offset| Layer::Dense {
                inputs: 784,
                outputs: 128,
                offset,
            },
            |_| Layer::Relu { length: 128 },
            |offset| Layer::Dense {
                inputs: 128,
                outputs: 10,
                offset,
            },
        ];
        Self::new(&places, random)
    }

    /// Weights uniform with the variance that keeps signals their size (He), biases zero.
    fn new(places: &[Place], random: &mut Random) -> Self {
        let mut layers = Vec::new();
        let mut parameters = Vec::new();
        let mut values = vec![vec![0.0; 784]];
        for place in places {
            let layer = place(parameters.len());
            let (weights, biases) = layer.parameters();
            if let Some(fan_in) = weights.checked_div(biases) {
                let spread = (6.0 / fan_in as f32).sqrt();
                parameters.extend((0..weights).map(|_| spread * random.signed()));
                parameters.extend(std::iter::repeat_n(0.0, biases));
            }
            values.push(vec![0.0; layer.output_length()]);
            layers.push(layer);
        }
        let deltas = values.clone();
        Self {
            layers,
            parameters,
            values,
            deltas,
        }
    }

    /// The ten scores of an image.
    pub(crate) fn answer(&mut self, image: &[f32]) -> &[f32] {
        self.values[0].copy_from_slice(image);
        for (index, layer) in self.layers.iter().enumerate() {
            let (before, after) = self.values.split_at_mut(index + 1);
            layer.forward(&self.parameters, &before[index], &mut after[0]);
        }
        &self.values[self.layers.len()]
    }

    /// Adds the gradient of the cross entropy of one image.
    fn learn(&mut self, image: &[f32], label: usize, gradient: &mut [f32]) {
        let mut delta = softmax(self.answer(image));
        delta[label] -= 1.0;
        let last = self.layers.len();
        self.deltas[last].copy_from_slice(&delta);
        for (index, layer) in self.layers.iter().enumerate().rev() {
            let (before, after) = self.deltas.split_at_mut(index + 1);
            layer.backward(
                &self.parameters,
                gradient,
                &self.values[index],
                &self.values[index + 1],
                &after[0],
                &mut before[index],
            );
        }
    }
}

fn softmax(scores: &[f32]) -> Vec<f32> {
    let largest = scores.iter().copied().fold(f32::MIN, f32::max);
    let powers: Vec<f32> = scores.iter().map(|s| libm::expf(s - largest)).collect();
    let sum: f32 = powers.iter().sum();
    powers.iter().map(|power| power / sum).collect()
}

/// Adam with decoupled weight decay (Loshchilov and Hutter).
struct Adam {
    mean: Vec<f32>,
    square: Vec<f32>,
    /// Powers of the momenta, for the correction of the first steps.
    power: f32,
    second_power: f32,
}

impl Adam {
    fn new(length: usize) -> Self {
        Self {
            mean: vec![0.0; length],
            square: vec![0.0; length],
            power: 1.0,
            second_power: 1.0,
        }
    }

    fn step(&mut self, parameters: &mut [f32], gradient: &[f32], rate: f32) {
        self.power *= MOMENTUM;
        self.second_power *= SECOND_MOMENTUM;
        let (first, second) = (1.0 - self.power, 1.0 - self.second_power);
        let state = self.mean.iter_mut().zip(&mut self.square);
        for ((parameter, slope), (mean, square)) in parameters.iter_mut().zip(gradient).zip(state) {
            *mean += (1.0 - MOMENTUM) * (slope - *mean);
            *square += (1.0 - SECOND_MOMENTUM) * (slope * slope - *square);
            let direction = (*mean / first) / ((*square / second).sqrt() + 1e-8);
            *parameter -= rate * (direction + WEIGHT_DECAY * *parameter);
        }
    }
}

/// Trains on `count` images for some epochs; the rate falls in a straight line to zero. `image`
/// makes the picture and label of an index, `report` hears of each epoch.
pub(crate) fn train(
    network: &mut Network,
    count: usize,
    epochs: usize,
    random: &mut Random,
    image: impl Fn(usize, &mut Random) -> (Vec<f32>, usize),
    mut report: impl FnMut(usize, &mut Network),
) {
    let mut adam = Adam::new(network.parameters.len());
    let mut gradient = vec![0.0; network.parameters.len()];
    let mut order: Vec<usize> = (0..count).collect();
    let steps = epochs * count.div_ceil(BATCH);
    let mut step = 0;
    for epoch in 0..epochs {
        random.shuffle(&mut order);
        for batch in order.chunks(BATCH) {
            gradient.fill(0.0);
            for &index in batch {
                let (pixels, label) = image(index, random);
                network.learn(&pixels, label, &mut gradient);
            }
            let share = 1.0 / batch.len() as f32;
            gradient.iter_mut().for_each(|slope| *slope *= share);
            let rate = RATE * (1.0 - step as f32 / steps as f32);
            let mut parameters = std::mem::take(&mut network.parameters);
            adam.step(&mut parameters, &gradient, rate);
            network.parameters = parameters;
            step += 1;
        }
        report(epoch, network);
    }
}
