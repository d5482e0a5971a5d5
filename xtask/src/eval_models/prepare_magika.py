"""Writes what `cargo xtask eval-models` needs of Magika: model, samples, files, expected labels.

Needs the Python packages magika, onnxruntime, numpy. Files come from folders of the machine: up to
`--each` of an ending, spread over the sorted list of all that end so, empty and huge ones left out;
or, with `--spread N`, N of all files, as common as they are there.
The features are the package's own. OUT/magika-files.txt names the files in the order of the inputs.
Usage: prepare_magika.py OUT FOLDER [FOLDER ...]
"""

import argparse
import pathlib

import magika
import numpy as np
import onnxruntime
from magika import Magika
from magika.types import Seekable

SIZE_MAX = 4 << 20
CALIBRATION = 48


def everything(folders):
    """All files that are looked at, in order."""
    for folder in folders:
        for path in sorted(pathlib.Path(folder).rglob("*")):
            if path.is_file() and not path.is_symlink() and 16 <= path.stat().st_size <= SIZE_MAX:
                yield path


def spread(folders, count):
    """So many of all files, far apart, the same ones each time."""
    paths = list(everything(folders))
    return paths[:: max(len(paths) // count, 1)][:count]


def files(folders, each):
    """A few files of every ending, the same ones each time."""
    by_ending = {}
    for path in everything(folders):
        by_ending.setdefault(path.suffix.lower()[:12], []).append(path)
    chosen = []
    for ending in sorted(by_ending):
        paths = by_ending[ending]
        step = max(len(paths) // each, 1)
        chosen.extend(paths[::step][:each])
    return chosen


def features(path, config):
    """The model's input for a file, by the package's own rules."""
    with open(path, "rb") as stream:
        taken = Magika._extract_features_from_seekable(
            Seekable(stream),
            config.beg_size,
            config.mid_size,
            config.end_size,
            config.padding_token,
            config.block_size,
            config.use_inputs_at_offsets,
        )
    return taken.beg + taken.mid + taken.end


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("out", type=pathlib.Path)
    arguments.add_argument("folders", nargs="+")
    arguments.add_argument("--each", type=int, default=10)
    arguments.add_argument("--spread", type=int)
    options = arguments.parse_args()
    config = Magika()._model_config
    models = sorted(pathlib.Path(magika.__file__).parent.glob("models/*/model.onnx"))
    model = models[-1].read_bytes()
    inputs, paths = [], []
    if options.spread:
        chosen = spread(options.folders, options.spread)
    else:
        chosen = files(options.folders, options.each)
    for path in chosen:
        try:
            inputs.append(features(path, config))
            paths.append(path)
        except OSError:
            continue
    inputs = np.array(inputs, dtype=np.int32)
    # Some files, far apart in the list, are samples for calibration and not for the test.
    is_sample = np.zeros(len(inputs), dtype=bool)
    is_sample[:: max(len(inputs) // CALIBRATION, 2)][:CALIBRATION] = True
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    scores = np.concatenate([session.run(None, {"bytes": row[None]})[0] for row in inputs])
    labels = scores.argmax(axis=1)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "magika.onnx").write_bytes(model)
    np.save(options.out / "magika-samples.npy", inputs[is_sample])
    np.save(options.out / "magika-inputs.npy", inputs[~is_sample])
    np.save(options.out / "magika-expected.npy", scores[~is_sample].astype(np.float32))
    tested = [path for path, sample in zip(paths, is_sample, strict=True) if not sample]
    (options.out / "magika-files.txt").write_text("".join(f"{path}\n" for path in tested))
    kinds = len(set(labels[~is_sample]))
    print(f"magika {magika.__version__}: {(~is_sample).sum()} files of {kinds} labels")


main()
