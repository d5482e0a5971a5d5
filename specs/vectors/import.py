"""Makes import.json: small ONNX models, samples, and onnxruntime's answers.

    pip install numpy onnx onnxruntime
    python3 specs/vectors/import.py

Made with onnx 1.23.2, onnxruntime 1.32.0 and numpy 2.4.6. Every case has samples to calibrate with and
samples to compare on, drawn from a seed that is its place in the list; the latter lie within what the former reach.
"""

import base64
import json
import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

CASES = []
F = np.float32


def rng():
    return np.random.default_rng(len(CASES))


def case(name, nodes, inputs, constants=(), opset=17, outputs=("y",), low=-1.0, high=1.0, tolerance=None):
    """inputs: {name: shape}, a None in a shape being a length that isn't fixed."""
    random = rng()
    fixed = {key: [1 if n is None else n for n in shape] for key, shape in inputs.items()}
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info(k, TensorProto.FLOAT, s) for k, s in inputs.items()],
        [helper.make_tensor_value_info(k, TensorProto.FLOAT, None) for k in outputs],
        [numpy_helper.from_array(np.asarray(v), k) for k, v in dict(constants).items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    data = model.SerializeToString()
    session = onnxruntime.InferenceSession(data)

    def sample(part=1.0):
        return {k: (part * random.uniform(low, high, s)).round(3).astype(F) for k, s in fixed.items()}

    calibration = [sample() for _ in range(8)]
    tests = [sample(0.8) for _ in range(2)]
    answers = [session.run(list(outputs), x) for x in tests]
    CASES.append(
        {
            "name": name,
            "onnx_base64": base64.b64encode(data).decode(),
            "calibration": [[flat(x[k]) for k in fixed] for x in calibration],
            "tests": [[flat(x[k]) for k in fixed] for x in tests],
            "outputs": [[flat(y) for y in answer] for answer in answers],
            **({"tolerance_percent": tolerance} if tolerance else {}),
        }
    )


def flat(array):
    return [float(f"{x:.6g}") for x in np.asarray(array, dtype=np.float64).ravel()]


def node(op, inputs, output="y", name="", **attributes):
    return helper.make_node(op, inputs, output if isinstance(output, list) else [output], name=name, **attributes)


def weight(*shape):
    return rng().normal(0, 0.4, shape).astype(F)


def convolutions():
    image = {"x": [1, 4, 7, 6]}
    w, b = weight(6, 4, 3, 3), weight(6)
    conv = lambda name, w=w, **attributes: case(
        name, [node("Conv", ["x", "w", "b"], **attributes)], image, {"w": w, "b": weight(len(w))}
    )
    conv("conv_defaults")
    conv("conv_strides", strides=[2, 3])
    conv("conv_pads", pads=[1, 0, 2, 1])
    conv("conv_dilations", dilations=[2, 1], pads=[1, 1, 1, 1])
    conv("conv_all", kernel_shape=[3, 3], strides=[2, 1], pads=[2, 1, 0, 2], dilations=[1, 2])
    conv("conv_same_upper", auto_pad="SAME_UPPER", strides=[2, 2])
    conv("conv_same_lower", auto_pad="SAME_LOWER", strides=[2, 2])
    conv("conv_valid", auto_pad="VALID")
    conv("conv_groups", w=weight(6, 2, 3, 3), group=2)
    conv("conv_depthwise", w=weight(4, 1, 3, 3), group=4, pads=[1, 1, 1, 1])
    conv("conv_depthwise_twice", w=weight(8, 1, 2, 2), group=4)
    case("conv_no_bias", [node("Conv", ["x", "w"])], image, {"w": w})
    case(
        "conv_of_lines",
        [node("Conv", ["x", "w", "b"], pads=[1, 2], strides=[2])],
        {"x": [1, 3, 11]},
        {"w": weight(5, 3, 4), "b": weight(5)},
    )
    case(
        "conv_relu_pool",
        [
            node("Conv", ["x", "w", "b"], "c"),
            node("Relu", ["c"], "r"),
            node("MaxPool", ["r"], kernel_shape=[2, 2], strides=[2, 2]),
        ],
        image,
        {"w": w, "b": b},
    )
    case(
        "conv_pool_relu",
        [
            node("Conv", ["x", "w", "b"], "c"),
            node("MaxPool", ["c"], "p", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]),
            node("Relu", ["p"]),
        ],
        image,
        {"w": w, "b": b},
    )
    norm = {"s": weight(6) + 1, "o": weight(6), "m": weight(6), "v": np.abs(weight(6)) + F(0.5)}
    case(
        "conv_norm_relu",
        [
            node("Conv", ["x", "w"], "c"),
            node("BatchNormalization", ["c", "s", "o", "m", "v"], "n", epsilon=1e-3),
            node("Relu", ["n"]),
        ],
        image,
        {"w": w, **norm},
    )
    case(
        "conv_norm_shared",
        [
            node("Conv", ["x", "w"], "c"),
            node("BatchNormalization", ["c", "s", "o", "m", "v"], "n"),
            node("Add", ["n", "c"]),
        ],
        image,
        {"w": w, **norm},
    )
    case(
        "conv_scaled_and_moved",
        [
            node("Conv", ["x", "w", "b"], "c"),
            node("Mul", ["c", "f"], "m"),
            node("Add", ["m", "o"]),
        ],
        image,
        {"w": w, "b": b, "f": weight(6, 1, 1), "o": weight(1, 6, 1, 1)},
    )
    case(
        "norm_alone",
        [node("BatchNormalization", ["x", "s", "o", "m", "v"])],
        {"x": [1, 6, 4, 3]},
        norm,
    )
    case(
        "residual",
        [
            node("Conv", ["x", "w", "b"], "c", pads=[1, 1, 1, 1]),
            node("Relu", ["c"], "r"),
            node("Conv", ["r", "w2"], "d", pads=[1, 1, 1, 1]),
            node("Add", ["d", "x"], "a"),
            node("Relu", ["a"]),
        ],
        image,
        {"w": w, "b": b, "w2": weight(4, 6, 3, 3)},
    )


def matrices():
    row = {"x": [1, 12]}
    w, b = weight(7, 12), weight(7)
    case("gemm_defaults", [node("Gemm", ["x", "w", "b"])], row, {"w": weight(12, 7), "b": b})
    case("gemm_transposed", [node("Gemm", ["x", "w", "b"], transB=1)], row, {"w": w, "b": b})
    case("gemm_no_bias", [node("Gemm", ["x", "w"], transB=1)], row, {"w": w})
    case(
        "gemm_alpha_beta",
        [node("Gemm", ["x", "w", "b"], transB=1, alpha=0.5, beta=-2.0)],
        row,
        {"w": w, "b": weight(1, 7)},
    )
    case("gemm_one_bias", [node("Gemm", ["x", "w", "b"], transB=1)], row, {"w": w, "b": F([0.7])})
    case(
        "gemm_left_transposed",
        [node("Gemm", ["x", "w", "b"], transA=1, transB=1)],
        {"x": [12, 3]},
        {"w": w, "b": b},
    )
    case(
        "gemm_matrix_bias",
        [node("Gemm", ["x", "w", "b"], transB=1)],
        {"x": [3, 12]},
        {"w": w, "b": weight(3, 7)},
    )
    case("gemm_of_variables", [node("Gemm", ["x", "z"], transB=1)], {"x": [3, 12], "z": [5, 12]})
    case("gemm_open_batch", [node("Gemm", ["x", "w", "b"], transB=1)], {"x": [None, 12]}, {"w": w, "b": b})
    case(
        "matmul_bias",
        [node("MatMul", ["x", "w"], "m"), node("Add", ["m", "b"])],
        row,
        {"w": weight(12, 7), "b": b},
    )
    case("matmul_of_rows", [node("MatMul", ["x", "w"])], {"x": [1, 5, 12]}, {"w": weight(12, 7)})
    case("matmul_of_variables", [node("MatMul", ["x", "z"])], {"x": [1, 2, 3, 4], "z": [1, 2, 4, 5]})
    case(
        "flatten_gemm",
        [
            node("Conv", ["x", "c"], "a"),
            node("Relu", ["a"], "r"),
            node("Flatten", ["r"], "f"),
            node("Gemm", ["f", "w", "b"], transB=1),
        ],
        {"x": [1, 2, 5, 5]},
        {"c": weight(3, 2, 2, 2), "w": weight(6, 48), "b": weight(6)},
    )
    case(
        "deep",
        [
            node("Gemm", ["x", "w1", "b1"], "a1", transB=1),
            node("Relu", ["a1"], "r1"),
            node("Gemm", ["r1", "w2", "b2"], "a2", transB=1),
            node("Relu", ["a2"], "r2"),
            node("Gemm", ["r2", "w3", "b3"], transB=1),
        ],
        row,
        {"w1": weight(16, 12), "b1": weight(16), "w2": weight(16, 16), "b2": weight(16), "w3": weight(4, 16), "b3": weight(4)},
    )
    case(
        "softmax",
        [node("Gemm", ["x", "w", "b"], "g", transB=1), node("Softmax", ["g"], axis=-1)],
        row,
        {"w": w, "b": b},
    )
    case(
        "two_outputs",
        [node("Gemm", ["x", "w", "b"], "g", transB=1), node("Relu", ["g"])],
        row,
        {"w": w, "b": b},
        outputs=("g", "y"),
    )


def pools():
    image = {"x": [1, 3, 7, 8]}
    pool = lambda name, op="MaxPool", **attributes: case(
        name, [node(op, ["x"], **attributes)], image
    )
    pool("maxpool", kernel_shape=[2, 2], strides=[2, 2])
    pool("maxpool_defaults", kernel_shape=[3, 2])
    pool("maxpool_pads", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    pool("maxpool_uneven_pads", kernel_shape=[3, 3], strides=[2, 2], pads=[0, 2, 1, 0])
    pool("maxpool_ceil", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
    pool("maxpool_dilated", kernel_shape=[2, 3], dilations=[3, 2])
    pool("maxpool_same", kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER")
    pool("maxpool_all", "GlobalMaxPool")
    pool("averagepool", "AveragePool", kernel_shape=[2, 2], strides=[2, 2])
    pool("averagepool_pads", "AveragePool", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    pool(
        "averagepool_count_pads", "AveragePool", kernel_shape=[3, 3], pads=[1, 1, 1, 1], count_include_pad=1
    )
    pool("averagepool_ceil", "AveragePool", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
    pool("averagepool_all", "GlobalAveragePool")
    pool("mean_of_space", "ReduceMean", axes=[2, 3], keepdims=0)
    case("maxpool_of_lines", [node("MaxPool", ["x"], kernel_shape=[3], strides=[2])], {"x": [1, 3, 9]})


def arithmetic():
    pair = {"x": [1, 3, 4], "z": [1, 3, 4]}
    for op in ["Add", "Sub", "Mul"]:
        case(f"{op.lower()}_variables", [node(op, ["x", "z"])], pair)
        case(f"{op.lower()}_broadcast", [node(op, ["x", "z"])], {"x": [1, 3, 4], "z": [3, 1]})
        case(f"{op.lower()}_constant", [node(op, ["x", "c"])], {"x": [1, 3, 4]}, {"c": weight(3, 4)})
        case(f"{op.lower()}_constant_row", [node(op, ["x", "c"])], {"x": [1, 3, 4]}, {"c": weight(4)})
        case(f"{op.lower()}_scalar_left", [node(op, ["c", "x"])], {"x": [1, 3, 4]}, {"c": F(0.3)})
    case("mul_negative_scalar", [node("Mul", ["x", "c"])], {"x": [1, 3, 4]}, {"c": F(-2.5)})
    case("div_constant", [node("Div", ["x", "c"])], {"x": [1, 3, 4]}, {"c": F([2, -4, 0.5, 8])})
    case("add_constant_wider", [node("Add", ["x", "c"])], {"x": [1, 1, 4]}, {"c": weight(3, 1)})
    case(
        "add_far_scales",
        [node("Mul", ["z", "c"], "s"), node("Add", ["x", "s"])],
        pair,
        {"c": F(37.5)},
    )
    case("relu", [node("Relu", ["x"])], {"x": [1, 20]})
    case("clip", [node("Clip", ["x", "lo", "hi"])], {"x": [1, 20]}, {"lo": F(-0.3), "hi": F(0.6)})
    case("clip_upper", [node("Clip", ["x", "", "hi"])], {"x": [1, 20]}, {"hi": F(0.5)})
    case("clip_attributes", [node("Clip", ["x"], min=0.0, max=6.0)], {"x": [1, 20]}, opset=6, low=-8.0, high=8.0)
    case(
        "conv_clip",
        [node("Conv", ["x", "w"], "c"), node("Clip", ["c", "lo", "hi"])],
        {"x": [1, 4, 5, 5]},
        {"w": weight(3, 4, 3, 3), "lo": F(0), "hi": F(0.8)},
    )
    for op, attributes in [
        ("Abs", {}),
        ("Elu", {"alpha": 0.7}),
        ("Erf", {}),
        ("HardSigmoid", {"alpha": 0.3}),
        ("HardSwish", {}),
        ("LeakyRelu", {"alpha": 0.2}),
        ("Neg", {}),
        ("Sigmoid", {}),
        ("Softplus", {}),
        ("Tanh", {}),
    ]:
        case(op.lower(), [node(op, ["x"], **attributes)], {"x": [1, 20]}, low=-4.0, high=4.0)
    case(
        "hard_swish_in_parts",
        [
            node("Add", ["x", "three"], "a"),
            node("Clip", ["a", "zero", "six"], "c"),
            node("Mul", ["x", "c"], "m"),
            node("Div", ["m", "six"]),
        ],
        {"x": [1, 20]},
        {"three": F(3), "zero": F(0), "six": F(6)},
        low=-5.0,
        high=5.0,
    )
    case(
        "silu_in_parts",
        [node("Sigmoid", ["x"], "s"), node("Mul", ["s", "x"])],
        {"x": [1, 20]},
        low=-5.0,
        high=5.0,
    )
    case(
        "softmax_renamed",
        [node("Softmax", ["x"], "s"), node("Identity", ["s"])],
        {"x": [1, 5]},
    )
    case("gelu", [node("Gelu", ["x"])], {"x": [1, 20]}, opset=20, low=-4.0, high=4.0)
    case(
        "gemm_tanh_gemm",
        [
            node("Gemm", ["x", "w", "b"], "g", transB=1),
            node("Tanh", ["g"], "t"),
            node("Gemm", ["t", "v"], transB=1),
        ],
        {"x": [1, 12]},
        {"w": weight(8, 12), "b": weight(8), "v": weight(5, 8)},
    )


def shapes():
    image = {"x": [1, 2, 3, 4]}
    ints = lambda *values: np.asarray(values, dtype=np.int64)
    case("flatten_0", [node("Flatten", ["x"], axis=0)], image)
    case("flatten_2", [node("Flatten", ["x"], axis=2)], image)
    case("reshape_minus_one", [node("Reshape", ["x", "s"])], image, {"s": ints(0, -1, 2)})
    case("transpose", [node("Transpose", ["x"], perm=[0, 2, 3, 1])], image)
    case("transpose_defaults", [node("Transpose", ["x"])], image)
    case(
        "transpose_flatten_gemm",
        [
            node("Transpose", ["x"], "t", perm=[0, 2, 3, 1]),
            node("Flatten", ["t"], "f"),
            node("Gemm", ["f", "w"], transB=1),
        ],
        image,
        {"w": weight(5, 24)},
    )
    case(
        "concat",
        [node("Mul", ["x", "c"], "m"), node("Concat", ["x", "m"], axis=1)],
        image,
        {"c": F(0.37)},
    )
    case("concat_same", [node("Concat", ["x", "x"], axis=-1)], image)
    case("squeeze", [node("Squeeze", ["x", "a"])], {"x": [1, 3, 1, 4]}, {"a": ints(2)})
    case("unsqueeze", [node("Unsqueeze", ["x", "a"])], {"x": [1, 3, 4]}, {"a": ints(1, -1)})
    case(
        "slice",
        [node("Slice", ["x", "b", "e", "a", "s"])],
        {"x": [1, 2, 7, 6]},
        {"b": ints(1, -5), "e": ints(7, 100), "a": ints(2, 3), "s": ints(2, 1)},
    )
    case("pad", [node("Pad", ["x", "p"])], image, {"p": ints(0, 0, 1, 2, 0, 1, 0, 3)})
    case(
        "computed_shape",
        [
            node("Shape", ["x"], "s"),
            node("Gather", ["s", "zero"], "n", axis=0),
            node("Unsqueeze", ["n", "axes"], "u"),
            node("Concat", ["u", "rest"], "t", axis=0),
            node("Reshape", ["x", "t"]),
        ],
        {"x": [None, 2, 3, 4]},
        {"zero": np.int64(0), "axes": ints(0), "rest": ints(-1)},
    )
    case(
        "nothing_but_names",
        [
            node("Identity", ["x"], "i"),
            node("Dropout", ["i"], "d"),
            node("Cast", ["d"], "c", to=TensorProto.FLOAT),
            node("Constant", [], "k", value=numpy_helper.from_array(F([0.5]))),
            node("Add", ["c", "k"]),
        ],
        {"x": [1, 6]},
    )


convolutions()
matrices()
pools()
arithmetic()
shapes()
path = pathlib.Path(__file__).with_suffix(".json")
head = {
    "made_by": "specs/vectors/import.py",
    "tolerance_percent": 2.0,
    "of": "the range of the output over the calibration samples",
}
lines = ",\n".join(json.dumps(each, separators=(",", ":")) for each in CASES)
path.write_text(json.dumps(head)[:-1] + ', "cases": [\n' + lines + "\n]}\n")
print(len(CASES), "cases", path.stat().st_size, "bytes")
