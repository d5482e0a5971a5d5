"""What onnxruntime takes for one run: run_onnx.py ONNX INPUT REPORT SAMPLES.

CPU milliseconds of a run, on one thread and with the threads it chooses itself: the median of SAMPLES
measurements, each of enough runs to last 100 ms.
"""

import json
import statistics
import sys
import time

import numpy
import onnxruntime

KINDS = {"tensor(float)": numpy.float32, "tensor(int64)": numpy.int64, "tensor(int32)": numpy.int32}


def session(path, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def feed_of(runner, lists):
    feed = {}
    for values, wanted in zip(lists, runner.get_inputs(), strict=True):
        array = numpy.array(values, dtype=numpy.float64).astype(KINDS[wanted.type])
        lengths = [length if isinstance(length, int) else 1 for length in wanted.shape]
        if numpy.prod(lengths) != array.size:
            # One free axis: the last takes what is there.
            lengths = lengths[:-1] + [-1]
        feed[wanted.name] = array.reshape(lengths)
    return feed


def cpu_ms(runner, feed, samples):
    for _ in range(20):
        runner.run(None, feed)
    measured = []
    for _ in range(samples):
        runs, wall, cpu = 0, time.perf_counter(), time.process_time()
        while time.perf_counter() - wall < 0.1:
            runner.run(None, feed)
            runs += 1
        measured.append((time.process_time() - cpu) / runs * 1e3)
    return statistics.median(measured)


def main():
    onnx, sample, report, samples = sys.argv[1:5]
    with open(sample) as file:
        lists = json.load(file)["input_data"]
    alone = session(onnx, 1)
    feed = feed_of(alone, lists)
    outputs = alone.run(None, feed)
    facts = {
        "version": onnxruntime.__version__,
        "cpu_ms": cpu_ms(alone, feed, int(samples)),
        "output": [float(value) for output in outputs for value in output.ravel()],
    }
    del alone
    facts["threaded_cpu_ms"] = cpu_ms(session(onnx, 0), feed, int(samples))
    with open(report, "w") as file:
        json.dump(facts, file)


main()
